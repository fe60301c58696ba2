from odoo import api, fields, models

from .mto_memo import get_memo


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
    mto_customer_lead = fields.Selection(
        selection=[
            ("shipping", "Shipping, on top of what making and buying takes"),
            ("total", "The least total from the order to the customer"),
        ],
        string="Customer Lead Time Means",
        default="shipping",
        required=True,
        help="What the customer lead time of a product is, where something is made or bought "
        "for an order.\n"
        "Shipping: the customer has the goods so many days after they are ready.\n"
        "The least total: making and buying is included; the promise is later where that "
        "takes longer.",
    )
    mto_count_receipts = fields.Boolean(
        string="Count Expected Receipts",
        help="What is to come on a confirmed purchase, on a production for stock or on a "
        "transfer, and that nobody waits for, is taken for an order like stock, if it comes no "
        "later than what would be made or bought for the order instead.",
    )
    mto_early_commitment = fields.Selection(
        selection=[
            ("allow", "Allow it"),
            ("warn", "Warn"),
            ("forbid", "Forbid it; a manager may, with a reason"),
        ],
        string="Delivery Date Before the Promise",
        default="warn",
        required=True,
        help="What happens when somebody commits to a delivery date that the plan says cannot "
        "be kept.",
    )
    mto_show_promise = fields.Boolean(
        string="Show Promise Dates to Customers",
        default=True,
        help="Quotations and orders tell the customer, on paper and on the portal, when each "
        "line is delivered and how far the order is.",
    )
    mto_surplus_policy = fields.Selection(
        selection=[
            ("buy", "Order what the vendor sells, the rest goes to stock"),
            ("pool", "Wait for other needs, until it has to be ordered"),
            ("ask", "Ask a purchaser"),
        ],
        string="When a Vendor Sells More Than Is Needed",
        default="buy",
        required=True,
        help="What happens when a vendor's minimum, multiple or unit is more than the orders "
        "need. A product may say otherwise.\n"
        "Order: the rest goes to stock, free for the next order.\n"
        "Wait: the request waits for other needs of the product, until the latest day that "
        "keeps the dates.\n"
        "Ask: nothing is ordered before a purchaser decides.",
    )
    mto_vendor_choice = fields.Selection(
        selection=[
            ("core", "The first, as Odoo chooses"),
            ("cheapest", "The cheapest that keeps the promise"),
            ("fastest", "The fastest"),
        ],
        string="Which of Several Vendors",
        default="core",
        required=True,
        help="Of whom it is bought for an order when several vendors sell it. The cheapest: for "
        "all that has to be ordered, in the company's currency.",
    )

    @api.model
    def _mto_is_any_hidden(self):
        """Whether there are companies that the user may not see, or has not chosen to see."""
        memo, seen = get_memo(self.env), self.env.companies._ids
        known = {} if memo is None else memo.table("hidden companies")
        if seen not in known:
            known[seen] = bool(self.sudo().search_count([("id", "not in", seen)], limit=1))
        return known[seen]
