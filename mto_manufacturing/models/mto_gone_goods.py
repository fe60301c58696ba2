from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain

from .. import planner
from .mto_freed_goods import Holding


class MtoGoneGoods(models.AbstractModel):
    """Tells what had come for a need and is not there any more, whatever became of it.

    A receipt that is corrected, or goods that somebody has taken while they were not reserved:
    no document says that the need has lost them, and none will bring them.
    """

    _name = "mto.gone.goods"
    _description = "Make to Order: Goods That Have Come and Are Gone"

    @api.model
    def _get_gone(self, move):
        """How much of what a need waits for had come and is gone, in the product's unit.

        Nothing while anything is still to come for it. What lies there unreserved is not gone.
        """
        lost = self.env["mto.lost.supply"]
        origins = move.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
        expected = move._mto_get_expected_purchases().filtered("product_uom_qty")
        if not origins or expected or any(origin.state != "done" for origin in origins):
            return 0.0
        if not lost._filter(move):
            return 0.0
        there = move._mto_get_reserved() + self.env["mto.held.goods"]._get_there(move)
        return max(planner.half_up(move.product_qty - there, move.product_id.uom_id.rounding), 0.0)

    def _cut(self, moves):
        """Make what is gone moves that wait for stock, and that nothing is to bring any more."""
        lost = self.env["mto.lost.supply"]
        parts = moves.browse()
        for need in moves:
            gone = self._get_gone(need)
            if gone:
                brought = need.move_orig_ids.filtered(lambda origin: origin.state == "done")
                name = brought[:1]._mto_get_supply_name()
                parts |= lost._cut(need, gone, name, brought)
        return parts

    # -- gone by a count, a scrap, a return --------------------------------------------

    @api.model
    @contextmanager
    def _watch(self, lines):
        """See what these lines take of what is held, where they tell a fact, and cut it off.

        Else it would be held of what is left, which others have reserved. What was reserved
        itself is looked after by ``mto.freed.goods``, who loses a return by ``mto.lost.supply``.

        :param lines: ``stock.move.line`` records that are about to be done
        """
        held = self.env["mto.held.goods"]
        facts = lines.sudo().filtered(
            lambda line: (
                held._is_fact(line.move_id)
                and not line.move_id._should_bypass_reservation(line.location_id)
            )
        )
        before = facts and self._find_there(facts)
        reserved = {need: need._mto_get_reserved() for need in before}
        yield
        if before and self.env["mto.lost.supply"]._is_watched(inside=True):
            self.sudo()._settle(facts.move_id, before, reserved)

    def _find_there(self, lines):
        """{need: what is held for it of the products of these lines, and is there}."""
        returned = lines.move_id.origin_returned_move_id
        there = self.env["mto.held.goods"]._find_there(
            Domain("product_id", "in", lines.product_id.ids)
            & Domain("company_id", "in", lines.company_id.ids),
            lines,
        )
        served = set(returned._rollup_move_dests())
        return {need: quantity for need, quantity in there.items() if need.id not in served}

    def _settle(self, facts, before, reserved):
        """Cut off what needs have no more, one product after the other.

        :param before: {need: what was held for it and there}, in the product's unit
        :param reserved: {need: what it had reserved besides}
        """
        held, costs = self.env["mto.held.goods"], defaultdict(dict)
        now = held._find_there(Domain("id", "in", [need.id for need in before]))
        for need, quantity in before.items():
            gained = max(need._mto_get_reserved() - reserved[need], 0.0)
            rounding = need.product_id.uom_id.rounding
            lost = planner.half_up(quantity - now.get(need, 0.0) - gained, rounding)
            if lost > 0:
                tie = need.procure_method, need.move_orig_ids
                holding = Holding(need, need._mto_get_reserved(), *tie, is_need=True)
                costs[need.product_id][holding] = lost
        for product, own in costs.items():
            taker = facts.filtered(lambda move, product=product: move.product_id == product)[:1]
            self.env["mto.freed.goods"]._cut_off(own, taker)
