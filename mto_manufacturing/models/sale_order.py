from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import planner
from .mto_memo import remember


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_archived_route_warning = fields.Char(
        string="Archived Routes",
        compute="_compute_mto_archived_route_warning",
        groups="base.group_user",
        help="Products of this order that rely on an archived route.",
    )

    mto_missing_supplies = fields.Text(
        string="Missing Supplies",
        compute="_compute_mto_missing_supplies",
        groups="base.group_user",
        help="What this confirmed order needs and nothing supplies.",
    )
    mto_is_undecided = fields.Boolean(
        string="Waiting for a Decision",
        compute="_compute_mto_missing_supplies",
        groups="base.group_user",
        help="Whether a purchaser has to decide on what a vendor sells beyond the need.",
    )
    mto_production_count = fields.Integer(
        string="Productions for This Order",
        compute="_compute_mto_production_count",
        groups="mrp.group_mrp_user",
        help="How many productions serve this order, at every level.",
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
            relying = lines._mto_filter_relying() if lines else ()
            warnings = [line._mto_describe_archived_routes() for line in relying]
            order.mto_archived_route_warning = "; ".join(dict.fromkeys(filter(None, warnings)))

    @api.depends(
        "state",
        "order_line.move_ids.state",
        "order_line.move_ids.quantity",
        "order_line.purchase_line_ids.state",
    )
    @api.depends_context("lang")
    def _compute_mto_missing_supplies(self):
        confirmed = self._origin.filtered(lambda order: order.state == "sale")
        words = self.env["mto.supply.text"]
        missing = words._list_missing(confirmed)
        undecided = words._find_undecided(confirmed.filtered(lambda order: order in missing))
        for order in self:
            order.mto_missing_supplies = "\n".join(missing.get(order._origin, ()))
            order.mto_is_undecided = order._origin in undecided

    @api.depends("stock_reference_ids.production_ids")
    def _compute_mto_production_count(self):
        for order in self:
            order.mto_production_count = len(order._mto_get_productions())

    # -- the plan and its confirmation -------------------------------------------------

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

    def _mto_make_plan(self, planned=None, lines=None):
        """Plan this order as it is now, whatever documents it has; changes nothing.

        :param planned: a PlannedOrders with what is confirmed before this order
        :param lines: those of its lines that are planned, if not all
        :return: a ``planner.Plan``
        """
        self.ensure_one()
        reader = self.env["mto.snapshot"]
        order, network, policy = reader._take(self, lines)
        network = planned.limit(network, reader.sudo()) if planned else network
        return planner.make_plan(order, network, policy, fields.Datetime.now())

    def _mto_has_make_to_order(self):
        """Whether any line may be made or bought to order."""
        self.ensure_one()
        return self.env["mto.made.to.order"]._is_any(self.order_line)

    def action_confirm(self):
        """Confirm, and say all that stands in the way of these orders before and after it.

        From the web client's button, a dialog lists every fault before anything is written.
        For a program core alone refuses, and then its error names every fault.

        :return: as core; or the action of the dialog, and then nothing is confirmed
        """
        self = remember(self)
        confirmation = self.env["mto.confirmation"]
        hidden = self.order_line._mto_with_hidden_suppliers()
        planned = confirmation._plan(self.sudo() if hidden else self)
        if hidden:
            self.order_line._mto_forget_ways()
        if self.env.context.get("mto_show_faults"):
            dialog = self.env["mto.confirm.order"]._open(self, planned)
            if dialog:
                return dialog
        confirmation._lock(planned)
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            told = order._mto_get_told_promise()
            planned.freeze(order)  # what is checked is the plan that is carried out
            order._mto_check_commitment(told)
        orders = self.with_context(mto_show_faults=False, mto_planned_orders=planned)
        try:
            result = super(SaleOrder, orders).action_confirm()
        except UserError as error:
            raise confirmation._explain(error, self, planned) from error
        if planned.has_plans():
            orders.env.flush_all()  # what is still to compute, while core's answers are known
            self.env["mto.promise"]._freeze_delivered(
                self.filtered(lambda order: order.state == "sale")
            )
        confirmation._notify(self, planned)
        return result

    def action_mto_supply_again(self):
        """Cover what nothing supplies: from stock first, then through its own rules, pegged.

        Nothing happens where there is nothing to do. As at confirmation, who may change the
        order need not have rights on stock, purchases or productions.
        """
        self.check_access("write")
        confirmed = self.sudo().filtered(lambda order: order.state == "sale")
        lost = self.env["mto.lost.supply"].sudo()
        supplied = lost._supply_again(confirmed)
        delivered = self.env["mto.cancelled.delivery"].sudo()._deliver_again(confirmed)
        if supplied or delivered:
            # What is bought for them may have room for what waits for a decision.
            asked = self.env["mto.supply.text"]._find_asked(confirmed)
            if asked:
                lost._supply_again(confirmed, asked)
        return True

    def action_mto_order_minimum(self):
        """Supply what waits for a decision on a surplus: order what the vendor sells.

        :raise AccessError: where the user may not buy
        """
        self.check_access("read")
        self._mto_order_minimum()
        return True

    def _mto_order_minimum(self):
        """The same for who need not see the orders: who buys decides."""
        self.env["purchase.order"].check_access("create")
        # Who buys need not have rights on what it is for.
        confirmed = self.sudo().filtered(lambda order: order.state == "sale")
        lost = self.env["mto.lost.supply"].sudo().with_context(mto_order_minimum=True)
        asked = self.env["mto.supply.text"]._find_asked(confirmed)
        lost._supply_again(confirmed.with_context(mto_order_minimum=True), asked)

    def action_mto_take(self):
        """Open the dialog that takes goods from another order for this one."""
        self.ensure_one()
        served = [("mto_sale_line_id", "in", self.order_line.ids)]
        moves = self.order_line.move_ids | self.env["stock.move"].search(served)
        return self.env["mto.release"]._open(moves, self)

    # -- changes -----------------------------------------------------------------------

    def write(self, vals):
        """Of what is saved at once let lines give back before others ask for more."""
        if vals.get("order_line") and len(self) == 1 and self.state == "sale":
            vals = {**vals, "order_line": self._mto_sort_changes(vals["order_line"])}
        return super().write(vals)

    def _mto_sort_changes(self, commands):
        """Commands for order lines: of those that give a line another quantity the lower first.

        All else keeps its place, and everything where a line is changed more than once.
        """
        changed = [command[1] for command in commands if command[0] == Command.UPDATE]
        places = [
            place for place, command in enumerate(commands) if self._mto_is_quantity(command)
        ]
        if len(places) < 2 or len(set(changed)) < len(changed):
            return commands
        before = {line.id: line.product_uom_qty for line in self.order_line}
        own = [commands[place] for place in places]
        own.sort(key=lambda one: (one[2]["product_uom_qty"] or 0.0) >= before.get(one[1], 0.0))
        result = list(commands)
        for place, command in zip(places, own, strict=True):
            result[place] = command
        return result

    def _mto_is_quantity(self, command):
        """Whether a command gives a line another quantity of the same."""
        if command[0] != Command.UPDATE or "product_uom_qty" not in command[2]:
            return False
        return {"product_id", "product_uom_id"}.isdisjoint(command[2])

    def _mto_has_live_moves(self):
        """Whether anything of the order is on its way or was delivered."""
        self.ensure_one()
        return any(move.state != "cancel" for move in self.order_line.move_ids)

    def _action_cancel(self):
        """Give back what was ordered for these orders, before core cancels the deliveries."""
        self.env["mto.order.change"]._cancel(self)
        left = self.with_context(mto_left_orders=self.ids)
        result = super(SaleOrder, left)._action_cancel()
        self.env["mto.order.change"]._leave(self)
        return result

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        # Core tells whoever looks after the first level that less is ordered, even where that
        # is done already. See mto.change.notice for what a person has to know.
        others = {
            (parent, user): context
            for (parent, user), context in documents.items()
            if not self._mto_is_told(parent, cancel)
        }
        return super()._log_decrease_ordered_quantity(others, cancel)

    @api.model
    def _mto_is_told(self, document, cancel):
        """Whether a person is told of a document by us.

        Of what a vendor ships core tells, where the order is cancelled.
        """
        if document._name == "purchase.order":
            return not (cancel and document.sudo().order_line.sale_line_id)
        return document._name == "mrp.production" and bool(document.mto_key)

    # -- the documents of an order -----------------------------------------------------

    def _mto_get_productions(self):
        """The productions that serve this order, at every level."""
        self.ensure_one()
        productions = self.env["mrp.production"]
        productions.flush_model(["mto_sale_line_ids"])  # a search does not: it is many2many
        served = productions.search(
            [("mto_sale_line_ids", "in", self.order_line.ids), ("state", "!=", "cancel")]
        )
        own = self.mrp_production_ids.filtered(lambda one: not one.mto_sale_line_ids)
        return own | served

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
        # Purchases of every level: of components too, as far as one may see them.
        lines = self.env["purchase.order.line"].sudo()
        lines.flush_model(["mto_sale_line_ids"])
        served = lines.search([("mto_sale_line_ids", "in", self.order_line.ids)])
        found = super()._get_purchase_orders() | served.order_id.sudo(self.env.su)
        return found._filtered_access("read")
