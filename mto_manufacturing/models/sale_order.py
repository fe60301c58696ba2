from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from .. import planner
from .mto_memo import remember


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_archived_route_warning = fields.Char(
        string="Archived Routes",
        compute="_compute_mto_archived_route_warning",
        help="Products of this order that rely on an archived route.",
    )

    mto_missing_supplies = fields.Text(
        string="Missing Supplies",
        compute="_compute_mto_missing_supplies",
        help="What this confirmed order needs and nothing supplies.",
    )
    mto_production_count = fields.Integer(
        string="Productions for This Order",
        compute="_compute_mto_production_count",
        groups="mrp.group_mrp_user",
    )

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
    mto_planned_at = fields.Datetime(copy=False, readonly=True, help="When it was refreshed.")
    mto_promise_data = fields.Json(compute="_compute_mto_promise_data")
    mto_is_committed_late = fields.Boolean(
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
        "order_line.product_id.route_ids",
        "order_line.product_id.categ_id",
        "order_line.route_ids",
    )
    def _compute_mto_archived_route_warning(self):
        for order in self:
            quoted = order.state in ("draft", "sent")
            lines = order.order_line.filtered("product_id") if quoted else ()
            warnings = [line._mto_describe_archived_routes() for line in lines]
            order.mto_archived_route_warning = "; ".join(dict.fromkeys(filter(None, warnings)))

    @api.depends("state", "order_line.move_ids.state", "order_line.move_ids.quantity")
    def _compute_mto_missing_supplies(self):
        confirmed = self._origin.filtered(lambda order: order.state == "sale")
        missing = self.env["mto.supply.text"]._list_missing(confirmed)
        for order in self:
            order.mto_missing_supplies = "\n".join(missing.get(order._origin, ()))

    @api.depends("stock_reference_ids.production_ids")
    def _compute_mto_production_count(self):
        for order in self:
            order.mto_production_count = len(order._mto_get_productions())

    # -- the promise -------------------------------------------------------------------

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

    @api.readonly
    def get_mto_plan(self):
        """The plan of this order as JSON scalars: a stable interface for screens and programs.

        :return: a dict, see the design's public face; dates are UTC, quantities are in the
            product's unit of measure
        """
        self.ensure_one()
        self._mto_check_plan_access()
        return self.env["mto.fault.text"]._fill(planner.plain(self._mto_get_plan()))

    def _mto_check_plan_access(self):
        self.check_access("read")
        if not self.env.user._is_internal():
            # A customer may read the order, but not what it is made of and who supplies it.
            raise AccessError(self.env._("The plan of an order is for the company's own people."))

    def _mto_get_plan(self):
        """The tree of demands and supplies of this order; changes nothing.

        :return: a ``planner.Plan``: of a confirmed order, what its documents are
        """
        self.ensure_one()
        if self.state == "sale":
            if not self.mto_promise_date:
                return self.env["mto.pegging"]._read(self)
            return self.env["mto.forecast"]._get_plan(self)
        return self._mto_make_plan()

    def _mto_make_plan(self, planned=None):
        """Plan this order as it is now, whatever documents it has; changes nothing.

        :param planned: a PlannedOrders with what is confirmed before this order
        :return: a ``planner.Plan``
        """
        self.ensure_one()
        order, network, policy = self.env["mto.snapshot"]._take(self)
        network = planned.limit(network) if planned else network
        plan = planner.explode(order, network, policy)
        return planner.schedule(plan, order, network, policy, fields.Datetime.now())

    def _mto_has_make_to_order(self):
        """Whether any line may be made or bought to order."""
        self.ensure_one()
        return any(line._mto_is_make_to_order() for line in self.order_line if line.product_id)

    def action_confirm(self):
        """Confirm, and say all that stands in the way of these orders before and after it.

        From the web client's button, a dialog lists every fault before anything is written.
        For a program core alone refuses, and then its error names every fault.

        :return: as core; or the action of the dialog, and then nothing is confirmed
        """
        self = remember(self)
        confirmation = self.env["mto.confirmation"]
        planned = confirmation._plan(self)
        if self.env.context.get("mto_show_faults"):
            dialog = self.env["mto.confirm.order"]._open(self, planned)
            if dialog:
                return dialog
        confirmation._lock(planned)
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            order._mto_check_commitment(log=False)
            planned.freeze(order)
        orders = self.with_context(mto_show_faults=False, mto_planned_orders=planned)
        try:
            result = super(SaleOrder, orders).action_confirm()
        except UserError as error:
            raise confirmation._explain(error, self, planned) from error
        if planned.has_plans():
            orders.env.flush_all()  # what is still to compute, while core's answers are known
        confirmation._notify(self, planned)
        return result

    def action_mto_supply_again(self):
        """Cover what nothing supplies: from stock first, then through its own rules, pegged.

        Nothing happens where there is nothing to do. As at confirmation, who may change the
        order need not have rights on stock, purchases or productions.
        """
        self.check_access("write")
        confirmed = self.filtered(lambda order: order.state == "sale")
        self.env["mto.lost.supply"].sudo()._supply_again(confirmed.sudo())
        return True

    def action_mto_take(self):
        """Open the dialog that takes goods from another order for this one."""
        self.ensure_one()
        served = [("mto_sale_line_id", "in", self.order_line.ids)]
        moves = self.order_line.move_ids | self.env["stock.move"].search(served)
        return self.env["mto.release"]._open(moves, self)

    # -- changes -----------------------------------------------------------------------

    def _mto_has_live_moves(self):
        """Whether anything of the order is on its way or was delivered."""
        self.ensure_one()
        return any(move.state != "cancel" for move in self.order_line.move_ids)

    def _action_cancel(self):
        """Give back what was ordered for these orders, before core cancels the deliveries."""
        self.env["mto.order.change"]._cancel(self)
        return super()._action_cancel()

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        # Core tells whoever looks after the first level that less is ordered, even where that
        # is done already. See mto.change.notice for what a person has to know.
        others = {
            (parent, user): context
            for (parent, user), context in documents.items()
            if parent._name != "purchase.order"
            and not (parent._name == "mrp.production" and parent.mto_key)
        }
        return super()._log_decrease_ordered_quantity(others, cancel)

    # -- the documents of an order -----------------------------------------------------

    def _mto_get_productions(self):
        """The productions that serve this order, at every level."""
        self.ensure_one()
        productions = self.env["mrp.production"]
        productions.flush_model(["mto_sale_line_ids"])  # a search does not: it is many2many
        served = productions.search(
            [("mto_sale_line_ids", "in", self.order_line.ids), ("state", "!=", "cancel")]
        )
        return self.mrp_production_ids | served

    def action_view_mrp_production(self):
        """Open the productions of every level; core knows the first."""
        action = super().action_view_mrp_production()
        productions = self._mto_get_productions()
        if productions - self.mrp_production_ids:
            action.pop("res_id", None)
            action.update(
                name=self.env._("Manufacturing Orders for %s", self.name),
                view_mode="list,form",
                domain=[("id", "in", productions.ids)],
            )
        return action

    def _get_purchase_orders(self):
        # Purchases of every level: of components too. Who may see them is core's matter.
        lines = self.env["purchase.order.line"].sudo()
        lines.flush_model(["mto_sale_line_ids"])
        served = lines.search([("mto_sale_line_ids", "in", self.order_line.ids)])
        return super()._get_purchase_orders() | served.order_id.sudo(self.env.su)

    # -- what if -----------------------------------------------------------------------

    @api.readonly
    def preview_mto_plan(self, changes):
        """The plan of this quotation if something were otherwise; saves nothing.

        :param changes: {"quantities": {line id: quantity}, "commitment_date": ISO 8601 in UTC,
            "expedite": {product id: days sooner}}, each of them optional
        :return: as ``get_mto_plan``, with "difference": {"before", "after", "days"}
        :raise UserError: where it is confirmed, or the changes make no sense
        """
        self.ensure_one()
        self._mto_check_plan_access()
        preview = self.env["mto.preview"]
        return preview._answer(self, preview._read_changes(self, changes))

    def action_mto_apply_changes(self, changes):
        """Write the quantities and the wanted date that were tried on this quotation."""
        self.ensure_one()
        self._mto_check_plan_access()
        preview = self.env["mto.preview"]
        preview._apply(self, preview._read_changes(self, changes))
        return True

    # -- for the customer --------------------------------------------------------------

    def _mto_get_milestones(self):
        """How far this order is, as its customer is told. See ``mto.milestones``."""
        self.ensure_one()
        if not self.company_id.mto_show_promise:
            return []
        return self.env["mto.milestones"]._get(self)
