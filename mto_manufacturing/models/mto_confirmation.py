from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import planner
from .mto_netting import PlannedSupplies
from .mto_receipt_reader import get_receipt_ids


class PlannedOrders:
    """The plans of the orders that are being confirmed, handed down in the context."""

    def __init__(self):
        self._plans = {}
        self._taken = planner.Taken()

    def add(self, order, plan):
        """Keep an order's plan; what it takes is no longer free for the orders after it."""
        self._plans[order.id] = plan
        self._taken.add(plan)

    def has_plans(self):
        """Whether anything is made to order at all."""
        return bool(self._plans)

    def limit(self, network, reader):
        """The network of the next order, less what the orders before it take.

        :param reader: the ``mto.snapshot`` that the network was read by
        """
        return self._taken.limit(network, reader._find_enclosing)

    def get_taken(self):
        """[(product id, place id)] of the stock that the plans count on."""
        taken = {
            plan.demands[node.demand].product_id
            for plan in self._plans.values()
            for node in plan.nodes
            if node.supply == planner.STOCK
        }
        pools = (map(int, pool.split("@")) for pool in self._taken.get_pools())
        return [(product_id, place_id) for product_id, place_id in pools if product_id in taken]

    def get_receipts(self):
        """The ids of the moves whose goods the plans count on before they are there."""
        takes = (
            take
            for plan in self._plans.values()
            for node in plan.nodes
            if node.supply == planner.RECEIPT
            for take in node.takes
        )
        return get_receipt_ids(dict.fromkeys(take.key for take in takes))

    def get_supplies(self, order):
        """What the plan of an order hands down to its moves, if it is among these."""
        plan = self._plans.get(order.id)
        return plan and PlannedSupplies(plan)

    def freeze(self, order):
        """Keep the dates that an order was planned with as what was promised."""
        plan = self._plans.get(order.id)
        if plan:
            order.env["mto.promise"]._freeze(order, plan)

    def get_blockers(self, order):
        """The blockers of an order."""
        plan = self._plans.get(order.id)
        return plan.blockers if plan else ()

    def is_line(self, order, issue):
        """Whether a fault is an order line's own, and not of what it is made of."""
        plan = self._plans[order.id]
        own = (node.key for node in plan.nodes if plan.demands[node.demand].parent < 0)
        return issue.key in own

    def get_faults(self, order):
        """The blockers and gaps of an order."""
        plan = self._plans.get(order.id)
        return (*plan.blockers, *plan.gaps) if plan else ()


class Gaps:
    """What is asked for after orders are confirmed, and nothing supplies it.

    Handed down in the context as one object. It keeps places in the tree of an order: the
    moves themselves are united with others.
    """

    def __init__(self):
        self._keys = {}

    def add(self, moves):
        """Keep the needs of moves."""
        for move in moves:
            order = move.sudo().mto_sale_line_id.order_id
            self._keys.setdefault(order.id, set()).add((move.mto_key, move.product_id.id))

    def filter(self, orders):
        """The orders for which anything is kept."""
        return orders.filtered(lambda order: order.id in self._keys)

    def select(self, order, issues):
        """Those of an order's issues that are about what is kept."""
        kept = {
            (planner.node_key(key, planner.MISSING), product_id)
            for key, product_id in self._keys[order.id]
        }
        return [issue for issue in issues if (issue.key, issue.product_id) in kept]


class MtoConfirmation(models.AbstractModel):
    """Looks at orders before they are confirmed, and tells whoever must know afterwards."""

    _name = "mto.confirmation"
    _description = "Make to Order: Confirmation"

    @api.model
    def _plan(self, orders):
        """Plan the orders that are about to be confirmed; changes nothing.

        One after the other, as they will be carried out. Where nothing is made to order,
        nothing is planned, and core is left alone.

        :return: a PlannedOrders
        """
        planned = PlannedOrders()
        if self.env.context.get("skip_procurement"):
            return planned
        if any(order._confirmation_error_message() for order in orders):
            return planned  # core refuses, and says why
        if not any(order._mto_has_make_to_order() for order in orders):
            return planned
        for order in orders:
            planned.add(order, order._mto_make_plan(planned))
        return planned

    @api.model
    def _lock(self, planned):
        """Have the stock that the plans count on to oneself, before anything is written.

        Confirmations that want the same goods wait for one another here. If it is taken
        meanwhile, the database refuses, and core plans again with what is left.
        """
        places = {}
        for product_id, place_id in planned.get_taken():
            places.setdefault(place_id, []).append(product_id)
        domain = Domain.OR(
            Domain("product_id", "in", product_ids) & Domain("location_id", "child_of", place_id)
            for place_id, product_ids in places.items()
        )
        self.env["stock.quant"].sudo().search(domain)._mto_wait_for_lock()
        self.env["stock.move"].browse(planned.get_receipts()).sudo()._mto_wait_for_receipts()

    @api.model
    def _get_faults(self, orders, planned):
        """[(order, planner.Issue)] of the orders with something made to order."""
        return [
            (order, issue)
            for order in orders
            for issue in planned.get_faults(order)
            if order._mto_has_make_to_order()
        ]

    @api.model
    def _is_refused(self, order, issue, planned):
        """Whether core refuses to confirm for this reason.

        It does so for want of a rule, where the order line itself or goods that are not kept
        in stock need one. A component in stock waits instead.
        """
        if issue.code != "no_rule":
            return False
        product = self.env["product.product"].browse(issue.product_id)
        return planned.is_line(order, issue) or not product.sudo().is_storable

    @api.model
    def _explain(self, error, orders, planned):
        """Core's refusal, with every fault of the orders beside it.

        Customers, who sign or pay on the portal, are told no more than core tells them.
        """
        blocked = any(planned.get_blockers(order) for order in orders)
        if type(error) is not UserError or not blocked or not self.env.user._is_internal():
            return error
        issues = [issue for _order, issue in self._get_faults(orders, planned)]
        lines = "\n".join(f"- {line}" for line in self.env["mto.fault.text"]._list(issues))
        return UserError(
            self.env._(
                "%(refusal)s\n\nAll that stands in the way:\n%(faults)s",
                refusal=error.args[0],
                faults=lines,
            )
        )

    # -- who is told -------------------------------------------------------------------

    @api.model
    def _notify(self, orders, planned):
        """Give one activity for each order and responsible person, with all their faults."""
        for order in orders.filtered(lambda order: order.state == "sale"):
            self._tell(order, [issue for _order, issue in self._get_faults(order, planned)])

    @api.model
    def _notify_more(self, orders, gaps):
        """The same for what is asked for after orders are confirmed.

        :param gaps: Gaps
        """
        for order in gaps.filter(orders):
            self._tell(order, gaps.select(order, self.env["mto.pegging"]._read(order).gaps))

    def _tell(self, order, issues):
        groups = {}
        for issue in issues:
            product = self.env["product.product"].browse(issue.product_id)
            user = self.env["mto.responsible"]._find(order, product)
            groups.setdefault(user, []).append(issue)
        for user, own in groups.items():
            self._schedule(order, user, own)

    def _schedule(self, order, user, issues):
        if not user:
            return  # the order tells by itself
        texts = self.env["mto.fault.text"].with_context(lang=user.lang)
        self.env["mto.responsible"]._tell(
            order,
            user,
            self.env["product.product"].browse(issues[0].product_id),
            texts.env._("Supply for %s", order.name),
            texts.env._("%s is confirmed, but nothing supplies:", order.name),
            texts._list(issues),
            once=True,
        )
