from pytz import timezone, utc

from odoo import api, fields, models

STATUSES = [
    ("fine", "In time"),
    ("late", "Too late"),
    ("blocked", "Something is missing"),
]


class SaleOrder(models.Model):
    """Whether an order keeps its date: stored, so that lists can ask for it."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    mto_late_days = fields.Integer(
        string="Days Late",
        compute="_compute_mto_late_days",
        store=True,
        aggregator="max",
        help="By how many days the customer has the goods after the delivery date, or after the "
        "promise where no delivery date was agreed. Of a quotation by its promise, of a "
        "confirmed order by its forecast; 0 once all is delivered.",
    )
    mto_promise_status = fields.Selection(
        selection=STATUSES,
        string="Promise",
        compute="_compute_mto_promise_status",
        store=True,
        help="Whether the order keeps its date, and nothing that it needs is missing. Empty "
        "where nothing is made or bought to order, or all is delivered.",
    )

    mto_promise_is_known = fields.Boolean(
        string="Promise Is Known",
        compute="_compute_mto_promise_is_known",
        help="Nobody knows the date of a quotation while something that it needs is missing.",
    )

    @api.depends(
        "state", "commitment_date", "mto_promise_date", "mto_forecast_date", "delivery_status"
    )
    def _compute_mto_late_days(self):
        for order in self:
            is_open = order.state != "cancel" and order.delivery_status != "full"
            expected = is_open and order._mto_get_expected(order)
            order.mto_late_days = order._mto_count_late_days(expected)

    @api.depends(
        "state",
        "delivery_status",
        "mto_promise_date",
        "mto_late_days",
        "order_line.mto_is_blocked",
    )
    def _compute_mto_promise_status(self):
        for order in self:
            if order.state == "cancel" or order.delivery_status == "full":
                order.mto_promise_status = False
            elif any(order.order_line.mapped("mto_is_blocked")):
                order.mto_promise_status = "blocked"
            elif order.mto_late_days > 0:
                order.mto_promise_status = "late"
            else:
                order.mto_promise_status = "fine" if order.mto_promise_date else False

    @api.depends("state", "mto_promise_status")
    def _compute_mto_promise_is_known(self):
        for order in self:
            is_blocked = order.mto_promise_status == "blocked"
            order.mto_promise_is_known = order._mto_knows_promise(is_blocked)

    def _mto_knows_promise(self, is_blocked):
        """Whether there is a promise to show: what was promised once, stays.

        :param is_blocked: whether something is missing of what is asked about
        """
        self.ensure_one()
        return not is_blocked or self.state not in ("draft", "sent")

    def _mto_is_followed(self):
        """Whether the order has a date that may change, or waits for what nothing supplies."""
        self.ensure_one()
        is_dated = self.mto_promise_date or self.mto_forecast_date
        return bool(is_dated or any(self.order_line.mapped("mto_is_blocked")))

    def _mto_get_due(self):
        """When the customer was told to have the goods: agreed, or promised when confirmed."""
        self.ensure_one()
        return self.commitment_date or (self.state == "sale" and self.mto_promise_date)

    def _mto_get_expected(self, record):
        """When the customer will have the goods of this order, or of a line of it."""
        self.ensure_one()
        forecast = record.mto_forecast_date if self.state == "sale" else False
        return forecast or record.mto_promise_date

    def _mto_count_late_days(self, expected):
        """By how many days of the calendar a moment is after the order's date, or 0."""
        self.ensure_one()
        due = self._mto_get_due()
        if not due or not expected:
            return 0
        zone = timezone(self.company_id.resource_calendar_id.tz or "UTC")
        expected, due = (
            utc.localize(moment).astimezone(zone).date() for moment in (expected, due)
        )
        return max((expected - due).days, 0)
