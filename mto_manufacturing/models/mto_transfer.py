from odoo import api, models

from .mto_change_source import Excess


class MtoTransfer(models.AbstractModel):
    """What another place sends for a need: what is not received need not be sent.

    Nor made or bought in order to be sent. What has been sent is on its way, see mto.steps.
    """

    _name = "mto.transfer"
    _description = "Make to Order: What Another Place Sends"

    @api.model
    def _give_back(self, moves):
        """Give back what moves that are about to be cancelled would send or bring."""
        sent = self._find_sent(moves) | self._filter(moves)
        self.env["mto.production.change"]._give_back([Excess(sent)])

    @api.model
    def _give_back_rest(self, moves):
        """Give back what is not sent along with the rest, or not received, and never will be."""
        if not self.env["mto.production.change"]._is_by_hand():
            return
        moves = moves.sudo()
        left_out = moves.filtered(lambda move: not move.picked or not move.quantity)
        rests = {move: move._mto_get_rest() for move in moves - left_out}
        in_part = moves.browse().union(*(move for move, rest in rests.items() if rest > 0))
        sent = self._find_sent(left_out | in_part) | self._filter(left_out)
        needs = [Excess(move, rests[move]) for move in self._filter(in_part)]
        self.env["mto.production.change"]._give_back([Excess(sent), *needs])

    def _find_sent(self, moves):
        """What is to be sent for moves that bring it, in any number of steps, and is not yet."""
        lost = self.env["mto.lost.supply"]
        moves = moves.sudo()
        on_the_way = moves.filtered(lambda move: move.location_id.usage == "transit")
        return lost._filter(moves.move_orig_ids) | lost._filter_open(on_the_way.move_orig_ids)

    def _filter(self, moves):
        """The moves that take goods from where they are kept to send them to another place."""
        needs = self.env["mto.lost.supply"]._filter(moves.sudo())
        return needs.filtered(
            lambda move: any(
                step.location_id.usage == "transit" for step in move._mto_find_steps()
            )
        )
