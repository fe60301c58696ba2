from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import api, fields, models

from .. import planner
from .mto_receipt_reader import Receipts, get_receipt_ids
from .mto_rule_reader import Need

#: Supplies for which a move stays on its own and takes what stock there is.
_FROM_HERE = (planner.STOCK, planner.REORDERING, planner.MISSING)


def get_now(env):
    """Now. Where a plan leads what is created, that is when it was made: its dates begin there."""
    planned = env.context.get("mto_planned")
    return planned.made_at if planned else fields.Datetime.now()


class PlannedSupplies:
    """The plan of an order on its way through the confirmation.

    Handed down in the context as one object. Every move takes its own share by its key, so
    the order in which core creates documents does not decide who gets scarce stock.
    """

    def __init__(self, plan):
        self.made_at = plan.computed_at
        self._left = {
            key: [[part, part.quantity] for part in parts]
            for key, parts in planner.allocations(plan).items()
        }
        self._undecided = {
            plan.demands[node.demand].key
            for node in plan.nodes
            if node.reason == planner.UNDECIDED
        }
        self._dues = {demand.key: demand.due for demand in plan.demands}
        self._lines = {line.line_id: line.due for line in plan.lines}
        self._nodes = {
            plan.demands[node.demand].key: node
            for node in plan.nodes
            if node.supply in planner.PROCURED
        }

    def get_due(self, key):
        """When a demand's goods have to leave where they are kept, if that is planned."""
        return self._dues.get(key)

    def get_line_due(self, line):
        """When the goods of an order line have to be shipped, if that is planned."""
        return self._lines.get(line.id)

    def get_supply(self, key):
        """What is to be made, bought or brought for a demand: a ``planner.Node``, or None."""
        node = self._nodes.get(key)
        return node if node and node.start else None

    def is_undecided(self, key):
        """Whether a demand waits for a person to decide on a surplus."""
        return key in self._undecided

    def get_purchase(self, key):
        """What is to be bought for a demand: a ``planner.Purchase``, or None."""
        node = self._nodes.get(key)
        return node and node.purchase

    def take(self, key, quantity, rounding):
        """Take up to ``quantity`` of what is planned for a key.

        :return: a tuple ([(planner.Allocation, quantity)], what is left over)
        """
        parts = []
        for entry in self._left.get(key, ()):
            taken = planner.half_up(min(entry[1], quantity), rounding)
            if taken > 0:
                entry[1] = planner.half_up(entry[1] - taken, rounding)
                quantity = planner.half_up(quantity - taken, rounding)
                parts.append((entry[0], taken))
        return parts, quantity


@dataclass
class NettedMove:
    """How one move's need is covered, in the product's unit.

    ``receipts``: [(id of the ``stock.move`` that brings it, quantity)]. ``undecided``: a part
    waits for a person to decide on a surplus, and is not ordered. ``missing``: nothing supplies
    a part. ``supply``: the planner's word for what brings the shortage.
    """

    move: models.BaseModel
    stock: float = 0.0
    here: float = 0.0
    shortage: float = 0.0
    can_order: bool = False
    undecided: bool = False
    missing: bool = False
    supply: str = ""
    need: Need = None
    receipts: list = field(default_factory=list)

    @property
    def company(self):
        return self.move.company_id

    def is_all_ordered(self):
        """Whether nothing of the need is there, on its way, or to be waited for."""
        return bool(self.can_order and not self.here and not self.receipts and not self.undecided)

    def add(self, supply, quantity, takes=()):
        if supply == planner.RECEIPT:
            (receipt_id,) = get_receipt_ids(take.key for take in takes)
            self.receipts.append((receipt_id, quantity))
        elif supply in _FROM_HERE:
            self.here += quantity
            self.stock += quantity if supply == planner.STOCK else 0.0
            self.missing |= supply == planner.MISSING
        else:
            self.shortage += quantity
            self.can_order = True
            self.supply = supply


class MtoNetting(models.AbstractModel):
    """Decides which part of a move's need comes from stock and which part is ordered.

    What the plan of the order says; where it says nothing (a change by hand, a backorder)
    the planner's own function nets the move against live stock.
    """

    _name = "mto.netting"
    _inherit = "mto.snapshot"
    _description = "Make to Order: Netting of Moves"

    @api.model
    def _net(self, moves):
        """Cover the needs of draft moves.

        :param moves: ``stock.move`` records in the order in which they may take stock
        :return: a list of NettedMove, in that order
        """
        planned = self.env.context.get("mto_planned")
        netted, unplanned = [], []
        for move in moves:
            answer = NettedMove(move)
            netted.append(answer)
            left = planner.half_up(move.product_qty, move.product_id.uom_id.rounding)
            if planned:
                rounding = move.product_id.uom_id.rounding
                parts, left = planned.take(move.mto_key, left, rounding)
                for part, quantity in parts:
                    answer.add(part.supply, quantity, part.takes)
                answer.undecided = planned.is_undecided(move.mto_key)
            if left > 0:
                unplanned.append((answer, left))
        self._net_by_company(unplanned)
        self._keep_gaps(netted)
        return netted

    def _keep_gaps(self, netted):
        """Remember what nothing supplies, for who is told of it; see ``mto.confirmation``."""
        gaps = self.env.context.get("mto_gaps")
        if gaps is not None:
            gaps.add([answer.move for answer in netted if answer.missing])

    @api.model
    def _net_deficits(self, deficits):
        """Cover what core could not reserve of planned stock: by anything else.

        :param deficits: [(confirmed ``stock.move``, quantity in the product's unit)]
        :return: a list of NettedMove, in that order
        """
        unplanned = [(NettedMove(move), quantity) for move, quantity in deficits]
        self._net_by_company(unplanned, deficit=True)
        answers = [answer for answer, _quantity in unplanned]
        self._keep_gaps(answers)
        return answers

    def _net_by_company(self, unplanned, deficit=False):
        for company in self.env["res.company"].union(*(one.company for one, _left in unplanned)):
            own = [(answer, left) for answer, left in unplanned if answer.company == company]
            self.sudo().with_company(company)._net_live(own, company, deficit)

    def _net_live(self, unplanned, company, deficit=False):
        """Net what no plan covers on what is free now in a company.

        :param unplanned: [(NettedMove, quantity in the product's unit)]
        :param deficit: whether it is what confirmed moves found no stock for
        """
        needs = {}
        for answer, _left in unplanned:
            answer.need = self._prepare_move_need(answer.move)
            needs[answer.need.key] = answer.need
        resolved = self._resolve(needs)
        stock, receipts = self._read_free(resolved, unplanned if deficit else ())
        orderpoints = self._find_orderpoints(resolved)
        components = self._read_components(resolved)
        items = {
            key: self._prepare_item(answer, components.get(key, ()), orderpoints, receipts)
            for key, answer in resolved.items()
        }
        policy = self._get_policy(company)
        expected = {key: receipt.quantity for key, receipt in receipts.expected.items()}
        ledger = planner.Ledger({**stock, **expected}, self._find_enclosing(stock))
        self.env["stock.move"].union(*(one.move for one, _left in unplanned))._mto_read_above()
        found = []
        for answer, left in unplanned:
            item = items[answer.need.key]
            method = answer.move._mto_get_method(item, policy)
            obstacle = planner.CYCLE if answer.move._mto_is_cyclic() else None
            rounding = answer.move.product_id.uom_id.rounding
            ready = {key: receipts.expected[key].ready for key in item.receipts}
            source = resolved[answer.need.key]
            in_time = self._find_in_time(answer.move, source, item, method, ready)
            parts = planner.net(item, left, method, ledger, rounding, obstacle, in_time)
            found += [(answer, part) for part in parts]
        self._add_parts(found, resolved)

    def _add_parts(self, found, resolved):
        """Tell moves how their needs are covered; what a purchaser has to decide on waits.

        :param found: [(NettedMove, ``planner.Part``)]
        """
        bought = [one for one in found if one[1].supply == planner.PURCHASE]
        undecided = self._find_undecided(
            [(answer.move, part.quantity, resolved[answer.need.key]) for answer, part in bought]
        )
        waiting = {id(bought[place][1]) for place in undecided}
        for answer, part in found:
            is_waiting = id(part) in waiting
            answer.undecided |= is_waiting
            supply = planner.MISSING if is_waiting else part.supply
            answer.add(supply, part.quantity, part.takes)

    def _read_free(self, resolved, deficits):
        """What is free for needs: {pool: quantity}, and Receipts.

        :param deficits: [(NettedMove, quantity)] that found no stock: there is none for them,
            and they wait themselves for what is expected
        """
        stock, receipts = {}, Receipts()
        lacks = self._read_stock(resolved, stock)
        for answer, quantity in deficits:
            pool = resolved[answer.need.key].pool
            lacks[pool] = max(lacks.get(pool, 0.0) - quantity, 0.0)
        self._read_receipts(resolved, lacks, receipts)
        return {} if deficits else stock, receipts

    def _find_in_time(self, move, answer, item, method, ready):
        """Which of the expected receipts serve a need.

        :param ready: {key of a receipt: when it is there}
        :return: a tuple of keys
        """
        if not ready:
            return ()
        until = self._get_latest(move, answer, item, method)
        return tuple(key for key, moment in ready.items() if moment <= until)

    def _get_latest(self, move, answer, item, method):
        """Until when what is expected anyway serves a need, as in the plan of an order.

        No later than a reordering rule brings it; what is made or bought for it need not be
        there before the move's own date. Where nothing else brings it, it is never too late.
        """
        now = fields.Datetime.now()
        if method == planner.FROM_STOCK:
            if move._mto_is_root():
                return datetime.min  # it waits for its stock, as in core
            if item.orderpoint_id is None:
                return datetime.max
            days = self._read_reordering_days([item])[item.orderpoint_id]
            return now + timedelta(days=days)
        if not item.source or item.source.fault:
            return datetime.max
        if not answer.price:
            return max(move.date, now)
        times = self._read_purchase(answer, {})
        days = sum(times[name] for name in ("order_days", "lead_days", "store_days"))
        return max(move.date, now + timedelta(days=days))

    def _prepare_move_need(self, move):
        """The need that a move stands for, in the place where it takes its goods."""
        return Need(
            product=move.product_id,
            location=move.location_id,
            warehouse=move.location_id.warehouse_id or move.warehouse_id,
            company=move.company_id,
            routes=move.route_ids,
            packaging=move.packaging_uom_id,
            never=move.never_product_template_attribute_value_ids,
            texts=move.mto_sale_line_id._mto_get_texts(),
            words=move._mto_describe_configuration(),
            custom=bool(move._mto_filter_kept_apart()),
        )

    @api.model
    def _filter_left_to_rule(self, moves):
        """Moves of which a reordering rule, where there is one, brings what they lack.

        By the planner's own criterion: what has a strategy of its own is ordered for its need.
        """
        apart = moves._mto_filter_kept_apart()
        return moves.filtered(
            lambda move: not move.mto_key or self._is_left_to_rule(move, move in apart)
        )

    def _is_left_to_rule(self, move, is_apart):
        company = move.company_id
        template = move.product_id.with_company(company).product_tmpl_id
        item = planner.Item(
            key=move.mto_key,
            product_id=move.product_id.id,
            location_id=move.location_id.id,
            strategy=self._get_strategy(template),
            explicit=template.mto_effective_strategy != "mts",
            always_order=template.mto_always_order,
            orderpoint_id=None if is_apart else 0,  # whichever it is
        )
        return move._mto_get_method(item, self._get_policy(company)) == planner.FROM_STOCK

    def _is_left_to_stock(self, answer):
        return False  # then the need of a move is not told to be custom
