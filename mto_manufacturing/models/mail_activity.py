from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    mto_order_id = fields.Many2one(
        "sale.order",
        string="Made to Order For",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="The order because of which somebody has to decide what becomes of a document.",
    )
