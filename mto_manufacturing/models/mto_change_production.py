from odoo import models
from odoo.fields import Command

from .. import planner


class MtoChangeProduction(models.AbstractModel):
    """Unties productions from needs that are gone."""

    _name = "mto.change.production"
    _inherit = "mto.change.source"
    _description = "Make to Order: Productions That Are Needed Less"

    def _get_raws_for(self, production, key):
        """The moves of what is consumed here for the need of a key, of those that are served.

        What belongs to none of them by its key (a component that was added by hand) counts
        for the need that the production was made for, unless it is for stock, too. Where a
        need took what is made from another one, nothing is its own: everything is consumed for
        all of them.
        """
        alive = self._get_alive(production.move_raw_ids)
        served = set(production._mto_get_finished().move_dest_ids.mapped("mto_key")) - {False}

        owners = {
            move: {
                one
                for one in served
                if planner.component_key(one, move.bom_line_id.id) == move.mto_key
            }
            for move in alive
        }
        if served - set().union(*owners.values()):
            return alive
        takes_rest = key == production.mto_key and not production.mto_is_for_stock
        return alive.filtered(lambda move: key in owners[move] or takes_rest and not owners[move])

    def _get_alive(self, moves):
        return moves.filtered(lambda move: move.state not in ("done", "cancel"))

    def _detach(self, production):
        """Tie a production that is about to be cancelled to no need any more."""
        dests = production._mto_get_finished().move_dest_ids
        production.move_finished_ids.filtered("move_dest_ids").move_dest_ids = [Command.clear()]
        for move in production.move_dest_ids:
            others = move.move_orig_ids.production_id - production
            move.created_production_id = others.filtered(lambda one: one.state != "cancel")[:1]
        dests._recompute_state()

    def _leave_lines(self, production):
        """Let a production belong to no order line that it makes nothing for any more.

        Core counts what was made for a line among what its customer gets.
        """
        dests = production._mto_get_finished().move_dest_ids
        served = dests.filtered(lambda move: move.state != "cancel").sale_line_id
        if production.sale_line_id - served:
            production.sale_line_id = False
            production.move_finished_ids.sale_line_id = False

    def _release(self, productions):
        """Let productions leave an order where nobody needs them, with all that supplies them.

        What is made goes to stock. Keys of its own keep it apart from the needs of the order,
        should that be confirmed once more.
        """
        waiting = productions
        while waiting:
            production, waiting = waiting[:1], waiting[1:]
            self._leave_lines(production)
            self._leave_sent(production)
            if not production.mto_key or self._is_for_order(production):
                continue
            old, new = production.mto_key, f"p{production.id}"
            production.mto_key = new
            moves = production.move_raw_ids
            while moves:
                for move in moves.filtered("mto_key"):
                    same = move.mto_key.startswith(f"{old}/")
                    key = new + move.mto_key[len(old) :] if same else f"m{move.id}"
                    move.write({"mto_key": key, "mto_sale_line_id": False})
                waiting |= moves.move_orig_ids.production_id
                moves = moves.move_orig_ids.filtered(
                    lambda move: move.mto_sale_line_id and not move.production_id
                )

    def _leave_sent(self, production):
        """Untie what is not made yet from what has left with goods that others brought."""
        coming = production._mto_get_finished().filtered(lambda move: move.state != "done")
        sent = coming.move_dest_ids.filtered(lambda move: move.state != "cancel")
        if all(move.state == "done" for move in sent):
            coming.move_dest_ids = [Command.unlink(move.id) for move in sent]
            asked = production.move_dest_ids & sent
            asked.created_production_id = False

    def _is_for_order(self, production):
        """Whether what is made here is still for an order, through any steps."""
        wave = seen = production._mto_get_finished().move_dest_ids
        while wave:
            wave = wave.filtered(lambda move: move.state != "cancel")
            ends = wave.filtered(
                lambda move: (
                    move.raw_material_production_id
                    or move.sale_line_id
                    or (move.state != "done" and not move.move_dest_ids)
                )
            )
            if ends.mto_sale_line_id:
                return True
            wave = wave.move_dest_ids - seen
            seen |= wave
        return False

    def _find_made(self, moves):
        """The productions of which moves bring, or have brought, what they make."""
        productions, seen = moves.production_id, moves
        while moves:
            moves = moves.move_orig_ids - seen
            seen |= moves
            productions |= moves.production_id
        return productions
