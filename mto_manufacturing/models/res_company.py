from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    mto_component_policy = fields.Selection(
        selection=[
            ("cascade", "Make and buy what is short"),
            ("routes_only", "As the routes of each component say"),
        ],
        string="Components of Make-to-Order Productions",
        default="cascade",
        required=True,
        help="Make and buy what is short: components are reserved from stock, and the shortage "
        "is supplied through each component's own route, down to the last level, whether or "
        "not it carries the MTO route.\n"
        "As the routes of each component say: only components with the MTO route are made or "
        "bought for the order.",
    )
