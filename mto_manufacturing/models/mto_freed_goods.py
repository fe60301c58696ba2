from contextlib import contextmanager
from dataclasses import dataclass

from odoo import models
from odoo.fields import Command, Domain

from .. import planner
from .mto_held_goods import get_place
from .mto_lost_supply import GONE, STOCK, Loss


@dataclass(eq=False)
class Holding:
    """What a move has before somebody takes goods: how much is reserved (product's unit),
    how it is supplied, what leads to it, and whether it is an order's, or on the way to one's.
    """

    move: models.BaseModel
    reserved: float
    method: str
    origins: models.BaseModel
    is_need: bool

    def get_lost(self):
        """What is not reserved for it any more, in the product's unit; negative: it has more."""
        rounding = self.move.product_id.uom_id.rounding
        return planner.half_up(self.reserved - self.move._mto_get_reserved(), rounding)


class MtoFreedGoods(models.AbstractModel):
    """Reserved goods that a move line takes all the same.

    Core then lets the needs reserve what there is, and lets go of all that leads to them. They
    keep what is still to come for them; only what they could not reserve again is lost.
    """

    _name = "mto.freed.goods"
    _description = "Make to Order: Reserved Goods That Are Taken"

    @contextmanager
    def _watch(self, line, product, location):
        """See which needs lose goods that are reserved for them to a move line."""
        domain = Domain("product_id", "=", product.id) & Domain("location_id", "=", location.id)
        lines = self.env["stock.move.line"].sudo().search(domain & Domain("state", "not in", GONE))
        moves = lines.move_id - line.move_id
        needs = moves.filtered("mto_key") | self.env["mto.steps"]._filter(moves)
        holdings = [
            Holding(
                move,
                move._mto_get_reserved(),
                move.procure_method,
                move.move_orig_ids,
                move in needs,
            )
            for move in (moves if needs else needs)
        ]
        yield
        if holdings:
            self.sudo()._settle(holdings, line.sudo())

    def _settle(self, holdings, line):
        """Leave needs all that leads to them, and cut off only what was taken from them.

        :param holdings: a list of Holding, of all that had reserved such goods
        """
        needs = [holding for holding in holdings if holding.is_need]
        freed = [holding for holding in needs if self._restore(holding, line)]
        if any(holding.get_lost() > 0 for holding in holdings):
            self._reserve_again(holdings, line)
        for holding in freed:
            self._tie_to_given(holding, line)
        costs = {holding: holding.get_lost() for holding in needs}
        costs = {holding: lost for holding, lost in costs.items() if lost > 0}
        self.env["mto.held.goods"]._refuse_costs(
            line, {holding.move: lost for holding, lost in costs.items()}
        )
        if self.env["mto.lost.supply"]._is_watched(inside=True):
            self._cut_off(costs, line.move_id)

    def _restore(self, holding, line):
        """Tie a move again to all that leads to it, and let it have no more than it had.

        :return: whether core had let go of that
        """
        move = holding.move
        if move.procure_method == holding.method and move.move_orig_ids == holding.origins:
            return False
        tie = [Command.set(holding.origins.ids)]
        move.write({"procure_method": holding.method, "move_orig_ids": tie})
        if holding.origins or holding.method == "make_to_order":
            self._trim(holding, line)
        move._recompute_state()
        return True

    def _reserve_again(self, holdings, line):
        """Let all have what they had, needs first, before anybody gets more than that."""
        greedy = [holding for holding in holdings if holding.get_lost() < 0]
        for holding in greedy:
            self._trim(holding, line)
        needs = [holding for holding in holdings if holding.is_need]
        common = [holding for holding in holdings if not holding.is_need]
        self._assign_robbed(needs, line)
        self._give_way(common, needs, line)
        self._assign_robbed(needs, line)
        self._assign_robbed(common, line)
        line.move_id.browse().union(*(holding.move for holding in greedy))._action_assign()

    def _assign_robbed(self, holdings, line):
        """Let those who have lost goods reserve as much again."""
        for holding in holdings:
            if holding.get_lost() > 0:
                holding.move.with_context(mto_moving=line.id)._action_assign()
                self._trim(holding, line)

    def _give_way(self, common, needs, line):
        """Let common demands give up what was taken from other orders' needs in their stead.

        Core takes whole reservations in an order of its own, whoever they are for.
        """
        held = self.env["mto.held.goods"]
        lost = sum(
            max(holding.get_lost(), 0.0)
            for holding in needs
            if held._is_held_from(holding.move, line)
        )
        reserved = self.env["stock.move.line"].union(
            *(holding.move.move_line_ids for holding in common)
        )
        reserved = reserved.filtered(
            lambda one: not one.picked and get_place(one) == get_place(line)
        )
        # As core does it, what is due last goes first.
        for own in reserved.sorted(lambda one: (one.move_id.date, one.id), reverse=True):
            lost -= self._let_go(own, lost)

    def _tie_to_given(self, holding, line):
        """Tie a need to what had brought the lot that it has got for the one that was taken."""
        move = holding.move
        lots = move.move_line_ids.lot_id - move.move_orig_ids.move_line_ids.lot_id
        given = line.move_id.move_orig_ids.filtered(
            lambda origin: origin.state == "done" and origin.move_line_ids.lot_id & lots
        )
        if holding.origins and given:
            move.move_orig_ids |= given

    def _trim(self, holding, line):
        """Let go of what a move has reserved beyond what it had.

        What the line has moved is kept: it may be the move's own.
        """
        move, excess = holding.move, -holding.get_lost()
        here = (line.location_dest_id, line.result_package_id)
        reserved = move.move_line_ids.filtered(lambda one: not one.picked)
        for own in reserved.sorted(
            lambda one: ((one.location_id, one.package_id) == here, -one.id)
        ):
            excess -= self._let_go(own, excess)

    def _let_go(self, line, quantity):
        """Let go of what a line has reserved, up to a quantity; return how much it was."""
        unit = line.product_id.uom_id
        if unit.compare(quantity, 0.0) <= 0:
            return 0.0
        less = min(quantity, line.quantity_product_uom)
        rest = line.quantity_product_uom - less
        move = line.move_id
        if unit.is_zero(rest):
            line.unlink()
        else:
            line.quantity = unit._compute_quantity(
                rest, line.product_uom_id, rounding_method="HALF-UP"
            )
        move._recompute_state()
        return less

    def _cut_off(self, costs, taker):
        """Show what was taken as uncovered, and tell whoever must know.

        :param costs: {Holding: what is lost, in the product's unit}
        :param taker: the ``stock.move`` that took it
        """
        lost_supply, steps = self.env["mto.lost.supply"], self.env["mto.steps"]
        supply = STOCK + ("" if taker.is_inventory else taker._mto_get_supply_name())
        losses, needs = [], self.env["stock.move"]
        costs = self.env["mto.replaced.goods"]._leave_coming(costs, taker)
        for holding, lost in costs.items():
            move = holding.move
            if lost_supply._filter(move):
                brought = holding.origins.filtered(lambda origin: origin.state == "done")
                part = lost_supply._cut(move, lost, supply, brought if supply == STOCK else ())
                losses.append(Loss(part, lost, supply))
            elif steps._filter(move):
                again, robbed = steps._lose(move, lost)
                losses += self._find_losses(again, supply)
                needs |= lost_supply._filter(robbed)
        lost_supply._notify(losses)
        if needs:
            lost_supply._settle(dict.fromkeys(needs, supply))

    def _find_losses(self, moves, supply):
        """What needs that were asked for once more could not reserve, a list of Loss."""
        losses = []
        for move in moves:
            missing = move.product_qty - move._mto_get_reserved()
            if move.product_id.uom_id.compare(missing, 0.0) > 0:
                move.mto_lost_supply = supply
                losses.append(Loss(move, missing, supply))
        return losses
