from odoo import api, fields, models

from .sale_order_lateness import STATUSES


class SaleOrderLine(models.Model):
    """Whether a line keeps the date of its order."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    mto_late_days = fields.Integer(
        string="Days Late",
        compute="_compute_mto_late_days",
        store=True,
        aggregator="max",
        help="By how many days the customer has the goods of this line after the order's date; "
        "0 once they are delivered.",
    )
    mto_promise_status = fields.Selection(
        selection=STATUSES,
        string="Promise",
        compute="_compute_mto_promise_status",
        help="Whether the promise keeps the delivery date, and nothing is missing.",
    )
    mto_promise_is_known = fields.Boolean(
        string="Promise Is Known",
        compute="_compute_mto_promise_is_known",
        help="Nobody knows the date in a quotation while something of the line is missing.",
    )

    @api.depends(
        "mto_promise_date",
        "mto_forecast_date",
        "order_id.state",
        "order_id.commitment_date",
        "order_id.mto_promise_date",
        "qty_delivered",
        "product_uom_qty",
    )
    def _compute_mto_late_days(self):
        self.mapped("mto_late_days")  # what Odoo does not know to be the same is written
        for order, lines in self.grouped("order_id").items():
            if not order or order.state == "cancel" or not order._mto_get_due():
                lines.mto_late_days = 0
                continue
            for line in lines:
                unit = line.product_uom_id
                is_open = not unit or unit.compare(line.qty_delivered, line.product_uom_qty) < 0
                expected = is_open and order._mto_get_expected(line)
                line.mto_late_days = order._mto_count_late_days(expected)

    @api.depends("mto_promise_date", "mto_is_blocked", "mto_late_days")
    def _compute_mto_promise_status(self):
        for line in self:
            if line.mto_is_blocked:
                line.mto_promise_status = "blocked"
            elif line.mto_late_days > 0:
                line.mto_promise_status = "late"
            else:
                line.mto_promise_status = "fine" if line.mto_promise_date else False

    @api.depends("mto_is_blocked", "order_id.state")
    def _compute_mto_promise_is_known(self):
        for line in self:
            line.mto_promise_is_known = line.order_id._mto_knows_promise(line.mto_is_blocked)
