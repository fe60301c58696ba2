from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from .mto_held_goods import get_place


class MtoMovedGoods(models.AbstractModel):
    """Goods that were brought for a need, and that somebody has put elsewhere since.

    Core looks for them only where they were brought: at that location, in that package. They
    are followed from there, within their need's place. A batch is named by its location, lot,
    package and owner, as core does it.
    """

    _name = "mto.moved.goods"
    _description = "Make to Order: Goods That Were Moved"

    @api.model
    def _follow(self, move, brought):
        """What was brought for a move and those that share it, where it is by now.

        :param brought: {batch: quantity as it was brought, in the product's unit}
        :return: the same quantities, with what was moved in the batch where it is now
        """
        move = move.sudo()
        compare = move.product_id.uom_id.compare
        taken = self._get_taken(move)
        untaken = [batch for batch in brought if compare(brought[batch], taken[batch]) > 0]
        if not untaken:
            return brought
        free = self._get_free(move)
        strays = [batch for batch in taken if compare(taken[batch], brought.get(batch, 0.0)) > 0]
        is_there = all(
            compare(brought[batch] - taken[batch], free[batch]) <= 0 for batch in untaken
        )
        if is_there and not strays:
            return brought
        ways = self._find_ways(move, untaken)
        moved = defaultdict(float, brought)
        # First what is taken there already.
        self._shift(
            moved,
            ways,
            lambda batch: moved[batch] - taken[batch],
            lambda batch: taken[batch] - moved[batch],
        )
        self._shift(
            moved,
            ways,
            lambda batch: moved[batch] - taken[batch] - free[batch],
            lambda batch: free[batch] - max(moved[batch] - taken[batch], 0.0),
        )
        return dict(moved)

    def _shift(self, moved, ways, get_missing, get_room):
        """Count what is missing in a batch to those that its goods have come to."""
        for batch, targets in ways.items():
            for target in targets:
                quantity = min(get_missing(batch), get_room(target))
                if quantity > 0:
                    moved[batch] -= quantity
                    moved[target] += quantity

    def _get_taken(self, move):
        """{batch: what this move and those that share its goods have reserved or taken}."""
        taken = defaultdict(float)
        for line in move.move_orig_ids.move_dest_ids.move_line_ids:
            if line.state not in ("draft", "cancel") and line.quantity_product_uom:
                taken[get_place(line)] += line.quantity_product_uom
        return taken

    @api.model
    def _read_together(self, moves):
        """Moves that reserve together, and have what there is of their goods read at once."""
        needs = moves.filtered(lambda move: move.move_orig_ids and move._mto_is_for_need())
        if len(needs) < 2 or "mto_quants" in self.env.context:
            return moves
        found = self._find_quants(needs).grouped("product_id")
        none = self.env["stock.quant"].sudo()
        quants = {move.id: found.get(move.product_id, none) for move in needs}
        return moves.with_context(mto_quants=quants)

    def _find_quants(self, moves):
        """All that there is of some moves' goods, in their places."""
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                Domain("product_id", "in", moves.product_id.ids)
                & Domain("location_id", "child_of", moves.location_id.ids)
            )
        )

    def _get_free(self, move):
        """{batch: what nobody has reserved of it}, in a move's place."""
        free = defaultdict(float)
        quants = self.env.context.get("mto_quants", {}).get(move.id)
        for quant in self._find_quants(move) if quants is None else quants:
            if quant.location_id.parent_path.startswith(move.location_id.parent_path):
                free[get_place(quant)] += quant.quantity - quant.reserved_quantity
        return free

    def _find_ways(self, move, batches):
        """{batch: the batches that goods were moved to from it}, within a move's place.

        The line in the context, ``mto_moving``, is about to be done.
        """
        origins = move.move_orig_ids.filtered(lambda origin: origin.state == "done")
        common = (
            Domain("product_id", "=", move.product_id.id)
            & Domain("location_dest_id", "child_of", move.location_id.id)
            & Domain("date", ">=", min(origins.move_line_ids.mapped("date"), default=move.date))
            & Domain("state", "=", "done")
        ) | Domain("id", "=", self.env.context.get("mto_moving", 0))
        steps, asked = defaultdict(dict), set()
        places = {location.id for location, *_rest in batches}
        while places:
            asked |= places
            domain = common & Domain("location_id", "in", sorted(places))
            for line in self.env["stock.move.line"].sudo().search(domain, order="id"):
                target = (
                    line.location_dest_id,
                    line.lot_id,
                    line.result_package_id,
                    line.owner_id,
                )
                steps[get_place(line)][target] = True
            places = {target[0].id for targets in steps.values() for target in targets} - asked
        return {batch: self._reach(batch, steps) for batch in batches}

    def _reach(self, batch, steps):
        reached = {}
        wave = [batch]
        while wave:
            wave = [target for place in wave for target in steps.get(place, ())]
            wave = [target for target in wave if target not in reached and target != batch]
            reached.update(dict.fromkeys(wave))
        return list(reached)
