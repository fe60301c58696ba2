from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import planner


class SaleOrder(models.Model):
    """When the customer can have the goods, and what the customer was told."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    mto_promise_date = fields.Datetime(
        string="Promise Date",
        compute="_compute_mto_promise_date",
        store=True,
        copy=False,
        help="The day on which the customer has the goods, by what has to be made and bought. "
        "It follows the quotation, and stays when the order is confirmed.",
    )
    mto_forecast_date = fields.Datetime(
        string="Forecast Date",
        copy=False,
        readonly=True,
        help="When the customer will have the goods as things are now.",
    )
    mto_planned_at = fields.Datetime(
        string="Planned At",
        copy=False,
        readonly=True,
        help="When the promise or the forecast was refreshed; empty where that is to be done.",
    )
    mto_promise_data = fields.Json(
        string="Dates of the Plan",
        compute="_compute_mto_promise_data",
        help="The dates of the order and its lines from one plan, and which lines are blocked.",
    )
    mto_baseline = fields.Json(
        string="Plan at Confirmation",
        copy=False,
        readonly=True,
        prefetch=False,
        help="What was planned when the order was confirmed, or its delivery date changed.",
    )
    mto_is_committed_late = fields.Boolean(
        string="Committed Too Early",
        compute="_compute_mto_is_committed_late",
        help="Whether the delivery date is earlier than the plan can keep.",
    )
    mto_early_reason = fields.Char(
        string="Reason for the Early Date",
        copy=False,
        help="Why the delivery date is before the promise: a manager says so, and it is logged.",
    )

    @api.depends(
        "state",
        "company_id",
        "warehouse_id",
        "partner_shipping_id",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.product_uom_id",
        "order_line.route_ids",
        "order_line.customer_lead",
        "order_line.warehouse_id",
        "order_line.product_no_variant_attribute_value_ids",
        "order_line.product_custom_attribute_value_ids",
    )
    def _compute_mto_promise_data(self):
        """Plan each quotation once, for its own date and those of all its lines."""
        for order in self:
            quoted = order.state in ("draft", "sent")
            dates = self.env["mto.promise"]._get_dates(order) if quoted else None
            order.mto_promise_data = dates

    @api.depends("mto_promise_data")
    def _compute_mto_promise_date(self):
        for order in self:
            if order.state in ("draft", "sent"):  # a confirmed order keeps its own
                order.mto_promise_date = order.mto_promise_data["order"]

    @api.depends("mto_promise_date", "mto_forecast_date", "commitment_date", "state")
    def _compute_mto_is_committed_late(self):
        for order in self:
            promise = order.mto_promise_date
            if order.state == "sale":
                promise = order.mto_forecast_date or promise
            commitment = order.commitment_date
            order.mto_is_committed_late = bool(promise and commitment and commitment < promise)

    @api.depends("order_line.mto_promise_date")
    def _compute_expected_date(self):
        return super()._compute_expected_date()

    @api.onchange("commitment_date", "expected_date")
    def _onchange_commitment_date(self):
        if self.company_id.mto_early_commitment == "allow" and self.mto_promise_date:
            return None
        return super()._onchange_commitment_date()

    @api.constrains("commitment_date", "mto_early_reason")
    def _check_mto_commitment_date(self):
        for order in self:
            order._mto_check_commitment()

    def _mto_check_commitment(self, log=True):
        """Refuse a date that cannot be kept where the company forbids it; log an exception."""
        self.ensure_one()
        commitment = self.commitment_date
        if not commitment or self.company_id.mto_early_commitment != "forbid":
            return
        promise = self.mto_promise_date
        if not promise or commitment >= promise:
            return
        # Constraints are checked as the system, so the person is asked for.
        user, system = self.env.user, self.env.user._is_superuser()
        if not system and not user.has_group("sales_team.group_sale_manager"):
            raise UserError(
                self.env._(
                    "%(order)s cannot be delivered before %(date)s. Choose that date or a later "
                    "one, or ask a sales manager for an exception.",
                    order=self.name,
                    date=format_datetime(self.env, promise),
                )
            )
        if not system and not self.mto_early_reason:
            raise UserError(
                self.env._(
                    "%(order)s cannot be delivered before %(date)s. To commit to an earlier "
                    "date all the same, give the reason for the early date.",
                    order=self.name,
                    date=format_datetime(self.env, promise),
                )
            )
        if log:
            self._mto_log_exception()

    def _mto_log_exception(self):
        """Tell on the order that its date is earlier than can be kept, and why."""
        self.ensure_one()
        self.message_post(
            body=self.env._(
                "Committed to %(date)s, before the promise of %(promise)s. Reason: %(reason)s",
                date=format_datetime(self.env, self.commitment_date),
                promise=format_datetime(self.env, self.mto_promise_date),
                reason=self.mto_early_reason or "-",
            )
        )

    def write(self, vals):
        result = super().write(vals)
        if "commitment_date" in vals:
            for order in self:
                if order.state == "sale" and order.mto_promise_date:
                    order._mto_follow_commitment()
        return result

    def _mto_follow_commitment(self):
        """Give the documents that have not started the dates for the commitment (N23)."""
        self.ensure_one()
        plan = self.env["mto.forecast"]._follow_commitment(self)
        if self.mto_baseline:
            self.sudo().mto_baseline = planner.set_baseline_dates(self.mto_baseline, plan)
        self.env["mto.promise"]._refresh_one(self)
        late = [issue for issue in plan.warnings if issue.code == planner.LATE]
        if late and self.commitment_date:
            lines = Markup().join(
                Markup("<li>%s</li>") % line for line in self.env["mto.fault.text"]._list(late)
            )
            intro = self.env._(
                "The delivery date of %s cannot be met. The documents have the earliest "
                "possible dates:",
                format_datetime(self.env, self.commitment_date),
            )
            self.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (intro, lines))

    def action_commit_promise(self):
        """Commit to the day that the plan promises."""
        for order in self:
            if order.state in ("draft", "sent"):
                self.env["mto.promise"]._refresh_one(order)
            if not order.mto_promise_date:
                raise UserError(
                    self.env._(
                        "Nothing of %s is made or bought to order: there is no promise to "
                        "commit to. Its expected date is that of its products' lead times.",
                        order.name,
                    )
                )
            order.commitment_date = order.mto_promise_date
        return True
