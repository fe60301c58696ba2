from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Command

from .. import planner

#: A move in these states waits for nothing.
GONE = ("draft", "done", "cancel")
#: What is kept in place of a document's name where stock supplied a need: each reader is told
#: in their own language that it was stock, and who took it.
STOCK = "@stock/"


@dataclass(eq=False)
class Loss:
    """A need that has lost its supply: how much of it (product's unit), and what brought it."""

    move: models.BaseModel
    quantity: float
    supply: str


class Losses:
    """Losses that nobody is told of before their goods are replenished.

    Handed down in the context as one object.
    """

    def __init__(self):
        self.found = []


class Unmerged:
    """Moves that are united when all that is supplied again has been asked for."""

    def __init__(self, moves):
        self.moves = moves.browse()

    def add(self, moves):
        self.moves |= moves.with_env(self.moves.env)


class MtoLostSupply(models.AbstractModel):
    """Shows a need as uncovered when what supplied it is cancelled, reduced or gone.

    The part that nothing brings any more becomes a move of its own that waits for stock. It
    keeps its place in the plan, so it can be supplied again. Whoever must know is told once.
    """

    _name = "mto.lost.supply"
    _inherit = "mto.uncovered"
    _description = "Make to Order: Lost Supplies"

    @contextmanager
    def _watch(self, names):
        """See what the needs of ``names`` have lost when the block is left.

        :param names: {``stock.move`` of a need: the name of what supplies it}
        """
        yield
        if names:
            self.sudo()._settle(names)

    @api.model
    def _is_watched(self, inside=False):
        """Whether a person changes documents, and not a change that is carried through.

        :param inside: also while something else is watched already
        """
        if not self.env["mto.production.change"]._is_by_hand():
            return False
        return inside or not self.env.context.get("mto_watching")

    @api.model
    def _find_needs(self, moves):
        """{need: name of the move that supplies it}, of the needs that moves lead to."""
        if not self._is_watched():
            return {}
        names = {}
        for move in moves.sudo():
            # Of a return: those for whom the goods had come.
            wave = seen = move.move_dest_ids | move.origin_returned_move_id.move_dest_ids
            while wave:
                for need in self._filter(wave) | self._filter_brought(wave):
                    names.setdefault(need, move._mto_get_supply_name())
                wave = wave.move_dest_ids - seen
                seen |= wave
        return names

    @api.model
    def _filter(self, moves):
        """The make-to-order needs among moves that still wait for their goods."""
        is_place = self.env["mto.stock.reader"]._is_supply_place
        return self._filter_open(moves).filtered(lambda move: is_place(move.location_id))

    def _filter_brought(self, moves):
        """The moves that bring what another place sends for a make-to-order need."""
        return self._filter_open(moves).filtered(lambda move: move.location_id.usage == "transit")

    def _filter_open(self, moves):
        return moves.filtered(
            lambda move: move.mto_key and move.state not in GONE and move.product_id.is_storable
        )

    def _settle(self, names):
        """Cut off what nothing brings any more, and tell whoever must know."""
        losses = []
        names = self._leave_all_served(names)
        needs = self.env["stock.move"].union(*names)
        for need, uncovered in self._find_uncovered(needs).items():
            if uncovered > 0:
                self._leave_to_others(need, uncovered)
                part = self._cut(need, uncovered, names[need])
                losses.append(Loss(part, uncovered, names[need]))
            elif need._mto_get_expected_purchases():
                # Core takes the supply method away with one of several purchases.
                self._wait_for_purchase(need)
            else:
                self._tie_to_rest(need)
                if need.move_orig_ids.returned_move_ids:
                    self._reserve_again(need)
        self._notify(losses)

    def _leave_all_served(self, names):
        """{need that waits for its goods: name}, without what stock has served meanwhile."""
        waiting = {}
        needs = self.env["stock.move"].union(*names).exists().sudo()
        for need in self._filter(needs) | self._filter_brought(needs):
            lines = need._mto_get_expected_purchases().filtered("product_uom_qty")
            left = self._leave_served(need, lines) if lines else need
            waiting.update(dict.fromkeys(left, names[need]))
        return waiting

    @api.model
    def _leave_served(self, need, lines):
        """Let go of purchases for what stock has served of a need since they were for nothing.

        Else they would bring it once more, and what is reserved would be taken for theirs.

        :return: the move that waits for them: what is left of the need, as one of its own
        """
        unit, wanted = need.product_id.uom_id, need._mto_get_wanted()
        if need.picked or unit.compare(wanted, need._mto_get_quantity()) >= 0:
            return need
        left = need.browse()
        if unit.compare(wanted, 0.0) > 0:
            left = self._part_from_reserved(need, need._mto_get_reserved())
            left.write(
                {
                    "procure_method": "make_to_order",
                    "created_purchase_line_ids": [Command.set(lines.ids)],
                }
            )
            left._action_confirm(merge=False, create_proc=False)
        need.created_purchase_line_ids -= lines
        return left

    @api.model
    def _wait_for_purchase(self, need):
        """Let a need wait for what is bought for it, and take nothing else from stock."""
        need.write({"procure_method": "make_to_order", "mto_lost_supply": False})
        need._recompute_state()

    def _leave_to_others(self, need, uncovered):
        """Leave requests to those who get all that they ask for.

        A request for nothing keeps its need: its buyer may ask for it after all.
        """
        if need.product_id.uom_id.compare(uncovered, need.product_qty) >= 0:
            others = need._mto_get_expected_purchases().filtered("product_uom_qty")
            need.created_purchase_line_ids -= others

    def _tie_to_rest(self, need):
        """Tie a need to what is still to come for those who have got what was brought for it."""
        brought = need.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
        if not brought or any(origin.state != "done" for origin in brought):
            return
        there = need._mto_get_reserved() + self.env["mto.held.goods"]._get_held(need)
        if need.product_id.uom_id.compare(there, need.product_qty) >= 0:
            return
        others = need.union(*map(self._get_served, brought)) - need
        rest = others.move_orig_ids.filtered(lambda origin: origin.state not in GONE)
        if rest:
            need.move_orig_ids |= rest
            need._recompute_state()

    # -- cut off -----------------------------------------------------------------------

    def _cut(self, need, quantity, supply, brought=()):
        """Make what is uncovered a move that waits for stock; return that move.

        :param brought: the moves that have brought what a count does not find
        """
        lost = [Command.set((brought or need.mto_lost_orig_ids).ids)]
        whole = need.product_id.uom_id.compare(quantity, need.product_qty) >= 0
        if whole or not self._get_sources(need):
            # As a whole, or what is left of a part that stock covers.
            need.write(
                {
                    "procure_method": "make_to_stock",
                    "move_orig_ids": [Command.clear()],
                    "created_production_id": False,
                    "mto_from_receipt": False,
                    "mto_lost_supply": supply,
                    "mto_lost_orig_ids": lost,
                }
            )
            need._recompute_state()
            return need
        vals = need._mto_prepare_shortage_vals(quantity)
        vals.update(
            procure_method="make_to_stock",
            move_orig_ids=False,
            created_purchase_line_ids=False,
            created_production_id=False,
            mto_from_receipt=False,
            mto_lost_supply=supply,
            mto_lost_orig_ids=lost,
        )
        need._mto_set_quantity(
            planner.half_up(need.product_qty - quantity, need.product_id.uom_id.rounding)
        )
        need._recompute_state()
        self._reserve_again(need)
        return need.create(vals)._action_confirm(merge=False, create_proc=False)

    @api.model
    def _reserve_again(self, moves):
        """Reserve what is left there: core lets go of all when some is to be returned."""
        moves.filtered(
            lambda move: move.picking_type_id.reservation_method == "at_confirm"
        )._action_assign()

    # -- who is told -------------------------------------------------------------------

    def _notify(self, losses):
        """One activity for each order and responsible person, however many losses there are.

        Nobody is told of what is about to be replenished, see ``_replenish``.
        """
        put_off = self.env.context.get("mto_losses")
        if put_off is not None:
            put_off.found += losses
            return
        self.env["mto.refresh"]._touch(
            self.env["sale.order.line"].union(*(loss.move.mto_sale_line_id for loss in losses))
        )
        groups = {}
        for loss in losses:
            order = loss.move.mto_sale_line_id.order_id
            if order.state == "sale":
                user = self.env["mto.responsible"]._find(order, loss.move.product_id)
                groups.setdefault((order, user), []).append(loss)
        for (order, user), own in groups.items():
            if user:
                self._schedule(order, user, own)

    def _schedule(self, order, user, losses):
        texts = self.with_context(lang=user.lang)
        self.env["mto.responsible"]._tell(
            order,
            user,
            losses[0].move.product_id,
            texts.env._("Supply lost for %s", order.name),
            texts.env._("Nothing supplies any more what %s needs:", order.name),
            [texts._describe(loss) for loss in losses],
        )

    def _describe(self, loss):
        move = loss.move
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s for %(document)s, from %(supply)s",
            quantity=self.env["mto.supply.text"]._format_number(loss.quantity),
            unit=move.product_id.uom_id.name,
            product=move.product_id.with_env(self.env).display_name,
            document=(move.raw_material_production_id or move.picking_id).name,
            supply=self._tell_supply(loss.supply),
        )

    @api.model
    def _tell_supply(self, supply):
        """What supplied a need, in words; see ``stock.move.mto_lost_supply``."""
        if not supply.startswith(STOCK):
            return supply
        taker = supply.removeprefix(STOCK)
        return self.env._("stock (%s)", taker or self.env._("a count found less"))

    # -- supply again ------------------------------------------------------------------

    @api.model
    def _supply_again(self, orders, only=None):
        """Cover what nothing supplies: from stock first, then through its own rules.

        :param only: the moves that it is done for, if it is not for all
        :return: whether something to be made, bought or brought was asked for
        """
        words = self.env["mto.supply.text"]
        waiting = words._find_waiting(orders.order_line)
        if only is not None:
            waiting &= only.with_env(waiting.env)
        lines = waiting.mto_sale_line_id  # a step that is asked for again may join another
        # What has come for a need and was unreserved is reserved again.
        tied = waiting.filtered("move_orig_ids")
        self._filter(tied)._action_assign()
        gone = self.env["mto.gone.goods"]._cut(tied)
        # More of a need may need more of another that is asked for again at the same time.
        unmerged = Unmerged(waiting)
        uncovered = words._find_uncovered((waiting - tied) | gone)
        uncovered = uncovered.with_context(mto_unmerged=unmerged)
        needs = self._filter(uncovered)
        ordered = self._ask_again(uncovered - needs) | self._confirm_again(needs)
        unmerged.moves.exists()._merge_moves()
        self.env["mto.refresh"]._touch(lines)
        return bool(ordered)

    @api.model
    def _replenish(self, losses):
        """Supply again at once what needs have lost, and tell of what nothing supplies.

        :param losses: a list of Loss, of which nobody has been told
        :return: {product: how much is supplied for needs, in the product's unit}
        """
        lost = self.sudo().with_context(mto_losses=None)
        moves = lost.env["stock.move"].union(*(loss.move.sudo() for loss in losses))
        orders = moves.mto_sale_line_id.order_id.filtered(lambda order: order.state == "sale")
        totals = defaultdict(float)
        for loss in losses:
            if loss.move.sudo().mto_sale_line_id.order_id in orders:
                totals[loss.move.product_id] += loss.quantity
        if totals:
            lost._supply_again(orders, moves)
            left = self.env["mto.supply.text"]._find_uncovered(moves.exists())
            lost._notify([loss for loss in losses if loss.move in left])
        return totals

    def _confirm_again(self, needs):
        """Confirm anew what needs wait for, and return what was asked for."""
        needs = needs.filtered(
            lambda move: move.procure_method == "make_to_stock" and not move.picked
        )
        needs = needs.sorted(lambda move: (move.mto_key.count("/"), move.id))
        drafts, rests = needs.browse(), {}
        for need in needs:
            reserved = need._mto_get_reserved()
            draft = need
            if need.product_id.uom_id.compare(reserved, 0.0) > 0:
                draft = rests[need] = self._part_from_reserved(need, reserved)
            drafts |= draft
        # What was ordered for them, and brings nothing any more, is left behind.
        drafts.created_purchase_line_ids = [Command.clear()]
        drafts.write({"state": "draft", "mto_lost_supply": False})
        confirmed = drafts.with_context(mto_again=True)._action_confirm(merge=False)
        ordered = confirmed.filtered(lambda move: move.procure_method == "make_to_order")
        for need, rest in rests.items():
            self._put_back(need, rest)
        return ordered

    def _ask_again(self, moves):
        """Pull again what another place was to send, and what leads to it was cancelled."""
        hanging = moves.filtered(
            lambda move: move.mto_key and move.state not in GONE and not self._get_sources(move)
        )
        hanging.write({"state": "draft", "procure_method": "make_to_order"})
        hanging._action_confirm(merge=False)
        return hanging

    def _put_back(self, need, rest):
        """Unite a need with the part for which there was nothing."""
        if rest.exists() and rest.procure_method == "make_to_stock" and not rest.quantity:
            need._mto_set_quantity(need.product_qty + rest.product_qty)
            self.env["mto.parts"]._remove(rest)
            need._recompute_state()

    def _part_from_reserved(self, need, reserved):
        """Leave what is reserved as it is; a draft move for the rest."""
        unit = need.product_id.uom_id
        rest = planner.half_up(need.product_qty - reserved, unit.rounding)
        vals = need._mto_prepare_shortage_vals(rest)
        vals["procure_method"] = "make_to_stock"
        need._mto_set_quantity(reserved)
        need.mto_lost_supply = False
        need._recompute_state()
        return need.create(vals)
