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
        before = facts and self._find_there(facts, facts)
        reserved = {need: need._mto_get_reserved() for need in before}
        yield
        if before and self.env["mto.lost.supply"]._is_watched(inside=True):
            self.sudo()._settle(facts, before, reserved)

    def _find_there(self, lines, waiting):
        """{need: what is held for it where these lines take goods away, and is there}.

        :param waiting: those of the lines whose goods are there still
        """
        held, aside = self.env["mto.held.goods"], self.env["mto.aside.goods"]
        served = lines.move_id.origin_returned_move_id._rollup_move_dests()
        needs = held._find_held(
            Domain("product_id", "in", lines.product_id.ids)
            & Domain("company_id", "in", lines.company_id.ids)
            & Domain("id", "not in", list(served)),
            steps=True,
        )
        there = defaultdict(float)
        needs = aside._leave_within(needs, lines.move_id, lines)
        for shares in aside._share_aside(needs, waiting).values():
            for need, share in shares.items():
                there[need] += share
        return dict(there)

    def _settle(self, lines, before, reserved):
        """Cut off what needs have no more, one product after the other.

        :param lines: the ``stock.move.line`` records that have taken their goods
        :param before: {need: what was held for it and there}, in the product's unit
        :param reserved: {need: what it had reserved besides}
        """
        costs, now = defaultdict(dict), self._find_there(lines, lines.browse())
        for need, quantity in before.items():
            gained = max(need._mto_get_reserved() - reserved[need], 0.0)
            rounding = need.product_id.uom_id.rounding
            lost = planner.half_up(quantity - now.get(need, 0.0) - gained, rounding)
            if lost > 0:
                tie = need.procure_method, need.move_orig_ids
                holding = Holding(need, need._mto_get_reserved(), *tie, is_need=True)
                costs[need.product_id][holding] = lost
        for product, own in costs.items():
            takers = lines.move_id.filtered(lambda move, one=product: move.product_id == one)
            self.env["mto.freed.goods"]._cut_off(own, takers[:1])
