from collections import defaultdict

from odoo import models

from .. import planner


class MtoSharedSource(models.AbstractModel):
    """Shares out what several moves bring to several needs, each tied to more than one.

    So it is where a production for two needs is made in part, or where what is to come is
    taken from another need. Links alone do not say who gets what.
    """

    _name = "mto.shared.source"
    _description = "Make to Order: What Brings Goods to Several Needs"

    def _get_origins(self, move):
        return move.move_orig_ids.filtered(lambda orig: orig.state != "cancel")

    def _get_dests(self, move):
        return move.move_dest_ids.filtered(lambda dest: dest.state not in ("draft", "cancel"))

    def _share_origins(self, move, shared, exactly=False):
        """{origin of a move: what it brings for this move, in the product's unit}.

        :param shared: {move: the answer of ``_share_out`` for it}, as things stand; filled in
        :param exactly: also of a single origin, of which no need gets more than it asks for
        """
        origins = self._get_origins(move)
        several = exactly or len(origins) > 1
        if several and any(len(self._get_dests(origin)) > 1 for origin in origins):
            if move not in shared:
                self._share_out(move, shared)
            shares = shared[move]
            return {origin: shares.get((origin, move), 0.0) for origin in origins}
        return {origin: origin._mto_get_quantity() for origin in origins}

    def _share_out(self, moves, shared=None, losses=None, last=()):
        """{(origin, move): quantity} of all that is tied to these moves, however far.

        What is there is for whom it is reserved; then what is there, and then what is to come,
        for whoever has asked first, and as much is covered as can be.

        :param shared: {move: this answer} of all that is looked at, to be filled in
        :param losses: {move: by how much less it is about to ask for, in the product's unit}
        :param last: origins from which goods are taken last
        """
        losses = losses or {}
        together = self._find_tied(moves)
        left = {origin: origin._mto_get_quantity() for origin in self._get_origins(together)}
        users = {origin: len(self._get_dests(origin)) for origin in left}
        origins = {
            move: self._get_origins(move).sorted(
                lambda one: (one.state != "done", one in last, users[one], one.id)
            )
            for move in together
        }
        there, rest = [], []
        for move in together:
            done = origins[move].filtered(lambda origin: origin.state == "done")
            kept = move._mto_get_quantity() - losses.get(move, 0.0)
            there.append(self._prepare_taker(move, min(move._mto_get_reserved(), kept), done))
        reserved = planner.cover(there, left)
        for move in together:
            wanted = move._mto_get_quantity() - losses.get(move, 0.0)
            wanted -= sum(reserved[move].values())
            rest.append(self._prepare_taker(move, wanted, origins[move]))
        given = defaultdict(float)
        for shares in (reserved, planner.cover(rest, left)):
            for move, own in shares.items():
                for origin, share in own.items():
                    given[origin, move] += share
        if shared is not None:
            shared.update(dict.fromkeys(together, given))
        return given

    def _prepare_taker(self, move, wanted, sources):
        rounding = move.product_id.uom_id.rounding
        return planner.Taker(move, planner.half_up(wanted, rounding), tuple(sources), rounding)

    def _find_tied(self, moves):
        """The moves that get goods from where these get theirs, and so on.

        In the order in which they get them: what is done has got them.
        """
        found = wave = moves
        while wave:
            sources = set().union(*map(self._get_sources, wave))
            wave = moves.union(*map(self._get_served, sources)) - found
            found |= wave
        return found.sorted(lambda move: (move.state != "done", move.id))

    def _get_sources(self, move):
        """What brings goods to a move."""
        return self._get_origins(move)

    def _get_served(self, source):
        """The moves that get goods from a source."""
        return self._get_dests(source)
