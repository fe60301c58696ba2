from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import planner
from .mto_memo import Shown, get_memo, keep, recall, remember

#: A delivery date that is so far ahead was mistyped.
_MISTYPED = timedelta(days=36_525)


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
    # Kept, and fetched by forms (which compute what is read-only), so that to open a quotation
    # and to compare it with what is typed need no plan of it as it was.
    mto_promise_kept = fields.Json(
        string="Plan in Short",
        compute="_compute_mto_promise_kept",
        store=True,
        readonly=False,
        copy=False,
        prefetch=False,
        groups="base.group_user",
        help="What the plan of a quotation says of its lines, see mto.promise.",
    )
    mto_promise_data = fields.Json(
        string="Dates of the Plan",
        compute="_compute_mto_promise_data",
        groups="base.group_user",
        help="The same, in the language of whoever reads it.",
    )
    mto_baseline = fields.Json(
        string="Plan at Confirmation",
        copy=False,
        readonly=True,
        prefetch=False,
        groups="base.group_user",
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
        groups="base.group_user",
        help="Why the delivery date is before the promise: a manager says so, and it is logged.",
    )
    mto_excepted_date = fields.Datetime(
        string="Excepted Delivery Date",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_manager",
        help="The date for which a sales manager has made an exception. Whoever confirms the "
        "order with it, or with a later one, needs no other.",
    )

    @api.depends(
        "state",
        "company_id",
        "warehouse_id",
        "partner_shipping_id",
        "commitment_date",  # who sells the cheapest in time
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.product_uom_id",
        "order_line.route_ids",
        "order_line.customer_lead",
        "order_line.warehouse_id",
        "order_line.product_no_variant_attribute_value_ids",
        "order_line.product_custom_attribute_value_ids.custom_value",
    )
    def _compute_mto_promise_kept(self):
        """Plan each quotation once, for its own date and those of all its lines."""
        for order in self:
            quoted = order.state in ("draft", "sent")
            order.mto_promise_kept = order._mto_get_promise_kept() if quoted else None

    @api.depends("mto_promise_kept")
    @api.depends_context("lang")
    def _compute_mto_promise_data(self):
        for order in self:
            kept = order.mto_promise_kept
            order.mto_promise_data = kept and self.env["mto.promise"]._describe_dates(kept)

    def _mto_get_promise_kept(self):
        """What the plan of a quotation says, planned once while a person types and saves.

        The form asks with each value typed in a line, once more for the whole order, and again
        when it is saved.
        """
        memo, key = not self.id and get_memo(self.env), self._mto_get_form_key()
        form = memo.table("form") if memo else {}
        if form.get("compares"):
            # With what the form shows now; see onchange.
            return recall((*key, "form")).answer or self._origin.mto_promise_kept
        if not memo and not self.env.context.get("mto_saving"):
            return self.env["mto.promise"]._get_dates(self)
        planned = self._mto_get_typed_plan(key)
        if form:
            keep((*key, "form"), planned.question, planned.answer)
        return planned.answer

    def _mto_get_typed_plan(self, key):
        """What a person is shown of the plan: what was shown last, where that still holds."""
        planned = recall(key)
        question = planned.is_fresh() and self._mto_get_promise_question()
        if question and planned.question == question:
            return planned
        if not self._mto_has_make_to_order():
            return Shown(answer=self.env["mto.promise"]._get_no_dates())
        question = question or self._mto_get_promise_question()
        return keep(key, question, *self.env["mto.typed.plan"]._plan(self, question, planned))

    def _mto_get_form_key(self):
        """What tells a person's form of this order from others."""
        return self.env.cr.dbname, self.env.uid, self._origin.id

    def _mto_get_promise_question(self):
        """All that the promise depends on while nothing is saved, to be compared."""
        self.ensure_one()
        lines = (line._mto_get_promise_question() for line in self.order_line)
        return (*self._mto_get_promise_header(), *lines)

    def _mto_get_promise_header(self):
        """What the promise depends on beside the lines."""
        shipped_to = self.partner_shipping_id._origin.id
        return self.warehouse_id._origin.id, shipped_to, self.commitment_date

    def onchange(self, values, field_names, fields_spec):
        # Core computes the lines with what was typed before it compares them with the outcome.
        order = remember(self)
        get_memo(order.env).table("form")["compares"] = True
        return super(SaleOrder, order).onchange(values, field_names, fields_spec)

    def _apply_onchange_methods(self, field_name, result):
        memo = get_memo(self.env)
        if memo:
            memo.table("form")["compares"] = False
        return super()._apply_onchange_methods(field_name, result)

    def web_save(self, vals, specification, next_id=None):
        saving = self.with_context(mto_saving=True)
        return super(SaleOrder, saving).web_save(vals, specification, next_id)

    @api.depends("mto_promise_kept")
    def _compute_mto_promise_date(self):
        for order in self:
            if order.state in ("draft", "sent"):  # a confirmed order keeps its own
                data = order.mto_promise_kept or {"order": False}
                order.mto_promise_date = data["order"]

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

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        date = self.commitment_date
        if message or not date or date - fields.Datetime.now() < _MISTYPED:
            return message
        return self.env._(
            "%(order)s is to be delivered on %(date)s, in more than a hundred years. Correct its "
            "delivery date.",
            order=self.name,
            date=format_datetime(self.env, date),
        )

    @api.constrains("commitment_date", "mto_early_reason")
    def _check_mto_commitment_date(self):
        for order in self:
            order._mto_check_commitment()

    def _mto_get_told_promise(self):
        """The promise that the date of this order was checked with, if there is one."""
        self.ensure_one()
        pending = self.env.is_to_compute(self._fields["mto_promise_date"], self)
        return not pending and self.mto_promise_date  # to ask for it would plan once more

    def _mto_check_commitment(self, told=None):
        """Refuse a date that cannot be kept where the company forbids it; log an exception.

        :param told: the promise for which that is logged already
        """
        self.ensure_one()
        commitment = self.commitment_date
        if not commitment or self.company_id.mto_early_commitment != "forbid":
            return
        promise = self.mto_promise_date
        if not promise or commitment >= promise:
            return
        # Constraints are checked as the system, so the person is asked for. A customer who
        # signs or pays agrees to the date: they are not refused what they were offered. Nor is
        # anybody refused for what a manager has excepted.
        user = self.env.user
        excepted = self.sudo().mto_excepted_date
        is_excepted = bool(excepted) and commitment >= excepted
        is_free = is_excepted or user._is_superuser() or not user._is_internal()
        if not is_free and not user.has_group("sales_team.group_sale_manager"):
            raise UserError(
                self.env._(
                    "%(order)s cannot be delivered before %(date)s. Choose that date or a later "
                    "one, or ask a sales manager for an exception.",
                    order=self.name,
                    date=format_datetime(self.env, promise),
                )
            )
        if not is_free and not self.mto_early_reason:
            raise UserError(
                self.env._(
                    "%(order)s cannot be delivered before %(date)s. To commit to an earlier "
                    "date all the same, give the reason for the early date.",
                    order=self.name,
                    date=format_datetime(self.env, promise),
                )
            )
        if promise != told:
            self._mto_log_exception()

    def _mto_log_exception(self):
        """Tell on the order that its date is earlier than can be kept, and why."""
        self.ensure_one()
        granted = self.sudo().mto_excepted_date
        self.sudo().mto_excepted_date = min(granted or self.commitment_date, self.commitment_date)
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
                if not order.mto_promise_is_known:
                    raise UserError(
                        self.env._(
                            "Something of %s is missing, so nobody knows when the customer can "
                            "have it. Mend that first, or set a delivery date of your own.",
                            order.name,
                        )
                    )
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
