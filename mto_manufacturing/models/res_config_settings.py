from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mto_component_policy = fields.Selection(
        related="company_id.mto_component_policy", readonly=False
    )
    mto_customer_lead = fields.Selection(related="company_id.mto_customer_lead", readonly=False)
    mto_count_receipts = fields.Boolean(related="company_id.mto_count_receipts", readonly=False)
    mto_early_commitment = fields.Selection(
        related="company_id.mto_early_commitment", readonly=False
    )
    mto_show_promise = fields.Boolean(related="company_id.mto_show_promise", readonly=False)
    mto_surplus_policy = fields.Selection(related="company_id.mto_surplus_policy", readonly=False)
    mto_vendor_choice = fields.Selection(related="company_id.mto_vendor_choice", readonly=False)
