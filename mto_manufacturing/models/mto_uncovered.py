from dataclasses import replace

from odoo import models

from .. import planner


class MtoUncovered(models.AbstractModel):
    """Tells how much of a need nothing covers, where several needs may share what comes."""

    _name = "mto.uncovered"
    _inherit = "mto.shared.source"
    _description = "Make to Order: What Nothing Covers"

    def _find_uncovered(self, needs):
        """{need: what neither stock nor any document covers, in the product's unit}."""
        takers = self._prepare_takers(needs)
        shares = self._cover(takers)
        uncovered = {}
        for taker in takers:
            move = taker.key
            quantity = move._mto_get_quantity()
            served = quantity - taker.quantity  # by stock, and wants no other
            covered = max(served + sum(shares[move].values()), move._mto_get_reserved())
            uncovered[move] = planner.half_up(quantity - covered, taker.rounding)
        return {need: uncovered[need] for need in needs}

    def _sum_shares(self, lines, needs, aside):
        """{purchase line: what needs get of it that nothing else brings, in the product's unit}.

        :param needs: all that these lines were ordered for
        :param aside: the purchase lines that count for nothing
        """
        totals, takers = dict.fromkeys(lines, 0.0), self._prepare_takers(needs)
        if aside:
            brought = aside.move_ids.browse(aside.move_ids._rollup_move_dests())
            left_out = {*aside, *brought}
            takers = [
                replace(taker, sources=tuple(one for one in taker.sources if one not in left_out))
                for taker in takers
            ]
        for own in self._cover(takers).values():
            for line in own.keys() & totals.keys():
                totals[line] += own[line]
        return {
            line: planner.half_up(total, line.product_id.uom_id.rounding)
            for line, total in totals.items()
        }

    def _prepare_takers(self, needs):
        """These needs, and those that get goods from where they get theirs."""
        return [
            self._prepare_taker(move, move._mto_get_wanted(), self._get_sources(move))
            for move in self._find_tied(needs)
        ]

    def _cover(self, takers):
        """{need: {what brings goods to it: how much}}."""
        sources = set().union(*(taker.sources for taker in takers))
        return planner.cover(takers, {source: self._get_supplied(source) for source in sources})

    def _get_sources(self, move):
        """What brings goods to a move: moves, and purchase lines that have no receipt yet."""
        return [*super()._get_sources(move), *move._mto_get_expected_purchases()]

    def _get_served(self, source):
        # Core ties what goes back to all that brought goods for the same needs.
        together = source.move_dest_ids.move_orig_ids
        return source.move_dest_ids.filtered(
            lambda move: (
                move.state not in ("draft", "cancel")
                and move.origin_returned_move_id not in together
            )
        )

    def _get_supplied(self, source):
        """What a source brings, or has brought and is not returned, in the product's unit."""
        if source._name == "purchase.order.line":
            return source.product_uom_qty
        if source.state != "done":
            return source.product_qty
        return source._mto_get_reserved() - source._mto_get_sent_back()
