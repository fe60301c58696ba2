from odoo import api, fields, models
from odoo.fields import Domain


class MtoServedMixin(models.AbstractModel):
    """For which orders a document is there, and whether their customers wait: also in lists.

    Names and days only: they are told to whoever may see the document, with or without rights
    in sales.
    """

    _name = "mto.served.mixin"
    _description = "Make to Order: Documents for Orders"

    #: How the order lines that are served are reached.
    _mto_served_path = "mto_sale_line_ids"

    mto_order_names = fields.Char(
        string="For Order",
        compute="_compute_mto_order_names",
        groups="base.group_user",  # no vendor with a login on the portal
        search="_search_mto_order_names",
        compute_sudo=True,  # names only, also for who has no rights in sales
        help="The orders that this serves, at whatever level.",
    )
    mto_customer_late_days = fields.Integer(
        string="Days Late for the Customer",
        compute="_compute_mto_customer_late_days",
        groups="base.group_user",  # no vendor with a login on the portal
        search="_search_mto_customer_late_days",
        compute_sudo=True,  # a number only
        help="By how many days the customer has the goods too late, of the orders that this "
        "serves the one that is latest.",
    )

    @api.depends(lambda self: [f"{self._mto_served_path}.order_id.name"])
    def _compute_mto_order_names(self):
        for document in self:
            names = document.mapped(self._mto_served_path).order_id.mapped("name")
            document.mto_order_names = ", ".join(names)

    @api.model
    def _search_mto_order_names(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        # Whoever may see the document may look for it by the name it shows.
        return self._mto_serves(Domain("order_id", "any!", [("name", operator, value)]))

    @api.depends(lambda self: [f"{self._mto_served_path}.mto_late_days"])
    def _compute_mto_customer_late_days(self):
        for document in self:
            days = document.mapped(self._mto_served_path).mapped("mto_late_days")
            document.mto_customer_late_days = max(days, default=0)

    @api.model
    def _search_mto_customer_late_days(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._mto_serves(Domain("mto_late_days", operator, value))

    @api.model
    def _mto_serves(self, domain):
        """The documents that serve an order line of a domain."""
        for name in reversed(self._mto_served_path.split(".")):
            domain = Domain(name, "any!", domain)
        return domain
