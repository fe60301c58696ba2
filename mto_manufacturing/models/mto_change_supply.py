from dataclasses import dataclass, replace

from odoo import models

from .. import planner
from .mto_change_source import OPEN_PURCHASE, Excess
from .purchase_order_line_needs import Asked


@dataclass(eq=False)
class MadeFor:
    """The productions of one need that have not started, as they are before it shrinks.

    ``lots``: these productions. ``raws``: {production: moves of what it consumes for the
    need}. ``needed`` and ``made``: quantities of the need and of all that is made for it,
    started or not. ``cut``: by how much the need shrinks.
    """

    key: str
    bom: planner.Bom
    rounding: float
    lots: list
    raws: dict
    needed: float
    made: float
    cut: float


@dataclass(eq=False)
class BoughtFor:
    """A line of an open purchase, what is asked of it before, and which of its needs shrink."""

    line: models.BaseModel
    asked: Asked
    places: models.BaseModel


class MtoChangeSupply(models.AbstractModel):
    """Makes and buys less where less is needed."""

    _name = "mto.change.supply"
    _inherit = "mto.change.production"
    _description = "Make to Order: What Supplies Less"

    # -- productions -------------------------------------------------------------------

    def _group_productions(self, cuts, shared):
        """What is made for the needs that cuts make smaller; a list of MadeFor."""
        groups, losses, sources = {}, self._sum_losses(cuts), {}
        for cut in cuts:
            index, source = (cut.place.mto_key, cut.place.product_id), cut.source
            if not source or source._name != "mrp.production":
                continue
            if cut.rank == planner.ORDERED:
                groups[index] = groups.get(index, source) | source
                own = (cut.place.mto_key, source)
                sources[own] = sources.get(own, 0.0) + cut.quantity
            elif waiting := self._find_waiting(cut.place):
                # The rest of a batch of which the need has all that it wants.
                groups[index] = groups.get(index, waiting) | waiting
        return [
            self._prepare_made_for(key, productions, losses, sources, shared)
            for (key, _product), productions in groups.items()
        ]

    def _sum_losses(self, cuts):
        """{move: by how much it shrinks, in the product's unit}."""
        losses = {}
        for cut in cuts:
            losses[cut.place] = losses.get(cut.place, 0.0) + cut.quantity
        return losses

    def _prepare_made_for(self, key, productions, losses, sources, shared):
        """What is made for the need of a key, a MadeFor.

        :param losses: {move of a need: by how much it shrinks}
        :param sources: {(key, production): how much less is needed of it for that key}
        :param shared: see ``mto.shared.source._share_origins``
        """
        bom = self._prepare_sizes(productions[:1])
        dests = productions._mto_get_finished().move_dest_ids.filtered(
            lambda move: move.state != "cancel" and move.mto_key == key
        )
        # Batches share their need: those that lose nothing by themselves, too.
        productions = self._find_waiting(dests)
        given = self._share_out(dests | productions._mto_get_finished().move_dest_ids)
        lots = [
            planner.Lot(
                production,
                production.product_uom_qty,
                self._get_own_share(production, key, given),
                bool(bom and bom.batch),
                sources.get((key, production), 0.0),
            )
            for production in productions.sorted("id")
        ]
        return MadeFor(
            key=key,
            bom=bom,
            rounding=productions.product_id.uom_id.rounding,
            lots=lots,
            raws={lot.place: self._get_raws_for(lot.place, key) for lot in lots},
            needed=sum(move._mto_get_quantity() for move in dests),
            made=sum(lot.share for lot in lots) + self._get_started(dests, shared),
            cut=sum(losses.get(move, 0.0) for move in dests),
        )

    def _find_waiting(self, moves):
        """The productions for moves that have not started."""
        return moves.move_orig_ids.production_id.filtered(
            lambda one: one.state != "cancel" and not one._mto_has_started()
        )

    def _get_started(self, moves, shared):
        """What is made or brought for moves and has started, in the product's unit."""
        started = {}
        for move in moves:
            for share in self._iterate_shares(move, shared, exactly=True):
                if share.rank == planner.STARTED and share.source is not None:
                    started[share.source] = started.get(share.source, 0.0) + share.quantity
        return sum(started.values())

    def _get_own_share(self, production, key, given):
        """What a production makes for the need of a key, in the product's unit.

        That is all that it does not make for others; of one that is for stock, too, only what
        the need gets of it.

        :param given: what its needs get of it, see ``_share_out``
        """
        finished = production._mto_get_finished()
        dests = finished.move_dest_ids.filtered(lambda move: move.state != "cancel")
        needs = dests.grouped("mto_key")
        own, whole = needs.pop(key, dests.browse()), production.product_uom_qty
        if production.mto_is_for_stock:
            return min(self._get_size(production, own, given), whole)
        return max(
            whole - sum(self._get_size(production, one, given) for one in needs.values()), 0.0
        )

    def _get_size(self, production, moves, given):
        """What of a production is made for the moves of one need, in the product's unit."""
        bom = self._prepare_sizes(production)
        bom = bom and replace(bom, batch=0.0)
        finished = production._mto_get_finished()
        needed = sum(given.get((one, move), 0.0) for one in finished for move in moves)
        return planner.sized(needed, bom, production.product_id.uom_id.rounding)

    def _prepare_sizes(self, production):
        """How a production's quantity is rounded: in its BoM's unit, by its batches."""
        bom = production.bom_id
        return self.env["mto.snapshot"]._prepare_bom(bom, ()) if bom else None

    def _make_less(self, groups, given):
        """Make less for needs that fell.

        :param groups: a list of MadeFor
        :return: what is consumed less, a list of Excess
        """
        quantities, below, whole, empty = {}, [], {}, self.env["mrp.production"]
        for made_for in groups:
            shares = {lot.place: lot.share for lot in made_for.lots}
            for production, loss in self._spread(made_for).items():
                before = quantities.get(production, production.product_uom_qty)
                quantities[production] = planner.half_up(before - loss, made_for.rounding)
                if quantities[production] <= 0:
                    empty |= production
                share, raws = shares[production], made_for.raws[production]
                if raws == self._get_alive(production.move_raw_ids):
                    whole[production] = raws
                else:
                    below += self._find_consumed_less(production, share, share - loss, raws)
        for production in empty:
            self._detach(production)
        empty |= self._find_useless(groups, given)
        for production, raws in whole.items():
            if production not in empty:
                before, after = production.product_uom_qty, quantities[production]
                below += self._find_consumed_less(production, before, after, raws)
        for production in empty:
            quantities.pop(production, None)
            given.productions.append(production)
            self._detach(production)
            below.append(Excess(production.move_raw_ids))
        empty._mto_set_quantities(quantities)
        for production in quantities:
            self._leave_lines(production)
        return below

    def _find_useless(self, groups, given):
        """Batches that were for several needs, of which none is left, or gets anything of them.

        What one need leaves of a batch may be all that another one gets of the next.
        """
        lots = [lot for made_for in groups for lot in made_for.lots]
        productions = self.env["mrp.production"].union(*(lot.place for lot in lots))
        productions = productions.filtered(lambda one: not one.mto_is_for_stock)
        useless = productions.filtered(
            lambda one: all(
                need.state == "done" for need in self._get_dests(one._mto_get_finished())
            )
        )
        shared = self.env["mrp.production"].union(
            *(lot.place for lot in lots if lot.whole and lot.share < lot.quantity)
        )
        shared = (shared & productions) - useless
        shares = self._share_out(self._get_dests(shared._mto_get_finished()))
        users = {origin.production_id for (origin, _move), share in shares.items() if share > 0}
        idle = shared.filtered(lambda one: one not in users)
        self._limit_kept(idle, shares, given)
        return useless | idle

    def _limit_kept(self, idle, shares, given):
        """What others get of what has started, and no more of an idle batch, is not left over."""
        left = {}
        for production in self._get_dests(idle._mto_get_finished()).move_orig_ids.production_id:
            finished = production._mto_get_finished()
            got = sum(share for (origin, _move), share in shares.items() if origin in finished)
            left[production] = sum(move._mto_get_quantity() for move in finished) - got
        for kept in given.kept.values():
            if kept.document in left:
                most = planner.half_up(left[kept.document], kept.product.uom_id.rounding)
                kept.quantity = min(kept.quantity, most)

    def _spread(self, made_for):
        """{production: how much less it makes} for a need that fell."""
        after = planner.half_up(made_for.needed - made_for.cut, made_for.rounding)
        drop = planner.dispensable(
            made_for.made, made_for.needed, after, made_for.bom, made_for.rounding
        )
        if after <= 0:
            drop = sum(lot.share for lot in made_for.lots)  # also what a person added to it
        return planner.spread(made_for.lots, drop, made_for.rounding)

    def _find_consumed_less(self, production, before, after, raws):
        """What is consumed less where ``after`` is made for a need and no longer ``before``."""
        found = []
        if production.state == "draft":
            # Core reckons by itself what a draft consumes by its bill of materials.
            raws = raws.filtered(lambda move: not move.bom_line_id)
        groups = raws.grouped(lambda move: (move.bom_line_id, move.product_id))
        for (line, product), moves in groups.items():
            unit = product.uom_id
            total = sum(moves.mapped("product_qty"))
            target = planner.up(total * after / before, unit.rounding)
            if line and line.bom_id == production.bom_id:
                if unit.compare(total, self._explode(line, before)) == 0:
                    target = self._explode(line, after)
            if unit.compare(total, target) > 0:
                found.append(Excess(moves, planner.half_up(total - target, unit.rounding)))
        return found

    def _explode(self, line, quantity):
        """What a BoM line asks for, in its product's unit, to make a quantity."""
        bom = self.env["mto.snapshot"]._prepare_bom(line.bom_id, ())
        unit = line.product_id.uom_id
        component = planner.Component(
            line_id=line.id,
            item="",
            quantity=line.product_qty,
            rounding=line.product_uom_id.rounding,
            unit_factor=line.product_uom_id._compute_quantity(1.0, unit, round=False),
        )
        lots = planner.Lots(quantity, quantity / bom.quantity)
        return planner.component_quantity(component, lots, unit.rounding)

    # -- purchases ---------------------------------------------------------------------

    def _group_purchases(self, cuts):
        """What is bought for the needs that cuts make smaller; a list of BoughtFor.

        Also what they had no share of: what a vendor's minimum adds to another request.
        """
        places = {}
        for place in self.env["stock.move"].union(*(cut.place for cut in cuts)):
            for line in place._mto_get_expected_purchases():
                if line.state in OPEN_PURCHASE:
                    places[line] = places.get(line, place) | place
        lines = self.env["purchase.order.line"].union(*places)
        return [
            BoughtFor(line, asked, places[line]) for line, asked in lines._mto_read_asked().items()
        ]

    def _buy_less(self, purchases, given):
        """Buy less where needs fell; an order of which nothing is left is cancelled."""
        lines = self.env["purchase.order.line"].union(*(bought.line for bought in purchases))
        # Their vendors have seen them. What is told of is the order: the line may be removed.
        seen = [(one, one.line.order_id) for one in purchases if one.line.state == "sent"]
        after = lines._mto_buy_less({one.line: one.asked for one in purchases})
        for bought, order in seen:
            less = bought.asked.share - after[bought.line].share
            given.keep(order, bought.places, less)
