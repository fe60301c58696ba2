from odoo import api, models
from odoo.fields import Command

from .. import planner
from .mto_change_source import Excess, GivenBack
from .mto_memo import remember


class MtoChange(models.AbstractModel):
    """Gives back what is not needed any more, level by level down to the last.

    Of a need the part that nothing supplies yet goes first, then what was ordered and has not
    started, then what is reserved from stock. A production that has not started makes less or
    nothing, and so its components are needed less: the next level. What has started and what
    is bought for good stays, and is listed for the person who looks after it.
    """

    _name = "mto.change"
    _inherit = "mto.change.supply"
    _description = "Make to Order: Changes"

    @api.model
    def _give_back(self, needs):
        """Shrink needs, and all that supplies them and nobody else.

        :param needs: a list of Excess, all that one change makes superfluous
        :return: a GivenBack; ``mto.change.notice`` tells whoever must know
        """
        given = GivenBack()
        # As in core, who changes an order need not have rights on what supplies it.
        engine = self.sudo().with_context(mto_giving_back=True, skip_activity=True)
        engine = remember(engine)
        for need in needs:
            need.moves = need.moves.with_env(engine.env)
        wave = needs
        while wave:
            wave = engine._give_back_level(wave, given)
        engine.env["mrp.production"].union(*given.productions)._action_cancel()
        engine._release(engine._get_kept_productions(given))
        engine._leave_to_others(given)
        return given

    def _leave_to_others(self, given):
        """What is left of supplies that were for somebody else, too, is for these alone."""
        moves = self.env["stock.move"].union(
            *(
                source.move_finished_ids if source._name == "mrp.production" else source
                for source in given.sources
            )
        )
        alive = moves.filtered(lambda move: move.state != "cancel")
        self.env["mto.exchange"]._tell_lines(alive)

    def _get_kept_productions(self, given):
        """The productions that stay, also those whose goods have come on by steps."""
        productions, moves = self.env["mrp.production"], self.env["stock.move"]
        for document, _product in given.kept:
            if document._name == "mrp.production":
                productions |= document.with_env(self.env)
            elif document._name == "stock.move":
                moves |= document.with_env(self.env)
        return productions | self._find_made(moves)

    def _give_back_level(self, wave, given):
        """Shrink needs by as much as they may; what is needed less for them, a list of Excess."""
        shared = {}  # how things stand before anything changes
        cuts = self._choose(wave, shared)
        given.sources.update(self._iterate_sources(cuts))
        pulls = [(cut, self._get_pulls(cut, shared)) for cut in cuts]
        losses = self._sum_losses(cuts)
        gone = self._find_gone(losses)
        left = self._find_left(pulls, losses, gone)
        self._keep_started(pulls, left, given)
        productions = self._group_productions(cuts, shared)
        purchases = self._group_purchases(cuts)
        below = self._find_pulled(pulls, left, gone)
        changed = self._cut_moves(losses)
        below += self._make_less(productions, given)
        self._buy_less(purchases, given)
        changed._recompute_state()
        return below

    def _find_left(self, pulls, losses, gone):
        """{origin of needs that shrink, and of others: what of it nobody needs afterwards}.

        Needs that were made of one by a split have its origins, and get what it leaves.

        :param pulls: [(cut, moves that are less for it)]
        :param losses: see ``_sum_losses``
        :param gone: see ``_find_gone``
        """
        last = self.env["stock.move"].union(*(moves for _cut, moves in pulls))
        started = [cut.place for cut, moves in pulls if cut.rank == planner.STARTED and not moves]
        origins = last | self._get_origins(last.union(*started))
        several = origins.filtered(lambda origin: self._get_dests(origin) - gone)
        left = {origin: origin._mto_get_quantity() for origin in several}
        shares = {}
        if several:
            shares = self._share_out(self._get_dests(several), losses=losses, last=last)
        for (origin, _move), share in shares.items():
            if origin in left:
                rounding = origin.product_id.uom_id.rounding
                left[origin] = planner.half_up(left[origin] - share, rounding)
        return left

    def _find_gone(self, losses):
        """The needs of which nothing is left."""
        return self.env["stock.move"].union(
            *(
                place
                for place, loss in losses.items()
                if place.product_id.uom_id.compare(loss, place.product_qty) >= 0
            )
        )

    def _keep_started(self, pulls, left, given):
        """Remember what has started and stays, for whoever must know what becomes of it.

        :param left: see ``_find_left``; what is told of it is taken from it
        """
        left = dict(left)
        for cut, moves in pulls:
            if cut.rank != planner.STARTED or cut.source is None or moves:
                continue
            origins = self._get_origins(cut.place)
            quantity = self._take(left, origins, cut.quantity)
            if quantity > 0:
                given.keep(cut.source, cut.place, quantity)

    def _take(self, left, origins, quantity):
        """Take what nobody needs of origins; all of it where nobody else has a part in them."""
        if not origins or any(origin not in left for origin in origins):
            return quantity
        taken = 0.0
        for origin in origins:
            share = min(left[origin], quantity - taken)
            left[origin] -= share
            taken += share
        return planner.half_up(taken, origins.product_id.uom_id.rounding)

    def _iterate_sources(self, cuts):
        """Yields what is made or moved for needs that shrink, also what they had no share of."""
        for cut in cuts:
            if cut.source is not None and cut.source._name in ("mrp.production", "stock.move"):
                yield cut.source
            if not cut.place.mto_from_receipt:  # else it was ordered for nobody
                yield from cut.place.move_orig_ids

    def _choose(self, wave, shared):
        """The shares that are lost: ``planner.Share`` with the quantity that is lost."""
        known, cuts = {}, []
        self._read_together(self.env["stock.move"].union(*(need.moves for need in wave)))
        for need in wave:
            moves = self._get_alive(need.moves)
            for move in moves:
                if move not in known:
                    known[move] = self._get_shares(move, shared)
            for product, own in moves.grouped("product_id").items():
                shares = [share for move in own for share in known[move]]
                amount = need.quantity
                if amount is None:
                    amount = sum(share.quantity for share in shares)
                lost, _left = planner.choose(shares, amount, product.uom_id.rounding)
                cuts += lost
                for move in own:
                    known[move] = planner.remaining(known[move], lost, product.uom_id.rounding)
        return cuts

    def _get_pulls(self, cut, shared):
        """The moves on the way to a need that are less for a cut: those that have not begun.

        What supplies them may have: a purchase is confirmed, and its goods are not picked yet.
        """
        source, none = cut.source, cut.place.browse()
        if source is None:
            return none
        if cut.rank < planner.STARTED:
            return source if source._name == "stock.move" else none
        return self._find_coming(cut.place).filtered(
            lambda move: any(share.source == source for share in self._get_shares(move, shared))
        )

    def _find_coming(self, need):
        """The moves that take goods on to a need, and have not begun."""
        return need.move_orig_ids.filtered(
            lambda move: (
                move.mto_key == need.mto_key
                and move.state not in ("done", "cancel")
                and not move.picked
                and not move.production_id
            )
        )

    def _find_pulled(self, pulls, left, gone):
        """What is pulled less for the moves that are cut.

        :param pulls: [(cut, moves that are less for it)]
        :param left: what of these moves nobody needs afterwards, see ``_find_left``
        :param gone: see ``_find_gone``
        """
        pulled, left = {}, dict(left)
        for cut, sources in pulls:
            if sources:
                moves, quantity = pulled.get(cut.place, (sources, 0.0))
                pulled[cut.place] = (moves | sources, quantity + cut.quantity)
        # Also what is on its way beyond a need: what had come for another part was left over.
        coming = gone.browse().union(
            *(moves for moves, _quantity in pulled.values()), *map(self._find_coming, gone)
        )
        useless = coming.filtered(
            lambda move: move.move_dest_ids & gone and self._get_dests(move) <= gone
        )
        below = [Excess(useless.sorted("id"))] if useless else []
        for moves, quantity in pulled.values():
            quantity -= sum((moves & useless).mapped("product_qty"))
            moves -= useless
            quantity = self._take(left, moves, min(quantity, sum(moves.mapped("product_qty"))))
            if quantity > 0:
                below.append(Excess(moves.sorted("id"), quantity))
        return below

    def _cut_moves(self, losses):
        """Make the moves smaller, unreserve what is beyond, and cancel those that are empty.

        :param losses: see ``_sum_losses``
        :return: the moves that are left of them
        """
        gone = changed = self.env["stock.move"]
        for move, loss in losses.items():
            quantity = planner.half_up(move.product_qty - loss, move.product_id.uom_id.rounding)
            if quantity > 0:
                changed |= move
                self._unreserve_beyond(move, quantity)
                move._mto_set_quantity(quantity)
            else:
                gone |= move
        self._cancel_moves(gone)
        return changed

    def _unreserve_beyond(self, move, quantity):
        """Free what is reserved beyond a quantity in the product's unit; the last line first."""
        if move.picked:
            return
        unit = move.product_id.uom_id
        kept = self.env["stock.move.line"]
        for line in move.move_line_ids:
            if quantity <= 0:
                break
            kept |= line
            reserved = line.quantity_product_uom
            if unit.compare(quantity, reserved) < 0:
                line.quantity = unit._compute_quantity(
                    quantity, line.product_uom_id, rounding_method="HALF-UP"
                )
            quantity -= reserved
        (move.move_line_ids - kept).unlink()

    def _cancel_moves(self, moves):
        """Cancel needs that are none any more, and tie nothing to them."""
        moves.filtered("move_dest_ids").write({"move_dest_ids": [Command.clear()]})
        moves.filtered("created_purchase_line_ids").write(
            {"created_purchase_line_ids": [Command.clear()]}
        )
        moves.created_production_id = False
        # A production is cancelled by whoever cancels its needs, with all that belongs to it.
        moves.with_context(skip_mo_check=True)._action_cancel()
