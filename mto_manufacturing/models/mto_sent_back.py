from odoo import api, models


class MtoSentBack(models.AbstractModel):
    """What customers send back of what was delivered.

    It is not sent again by itself: the order may stand as it is, with a refund. When a person
    changes or confirms the order, core asks for what it comes to again, and when goods are
    sent in exchange, these are for it, refunded or not. From then on it counts as not delivered:
    else what cancels those deliveries, or the rest, would lose it.
    """

    _name = "mto.sent.back"
    _description = "Make to Order: Goods Sent Back"

    @api.model
    def _ask_again(self, lines):
        """Order lines are about to ask for all that core takes for not delivered."""
        asking = lines.sudo().filtered(
            lambda line: line.state == "sale" and not line.order_id.locked
        )
        self._mark(asking.move_ids.filtered("to_refund"))

    @api.model
    def _mark(self, moves):
        """Goods are asked for in place of what these moves bring back."""
        back = moves.filtered(lambda move: self._comes_back(move) and not move.mto_is_asked_again)
        if back:
            back.mto_is_asked_again = True

    @api.model
    def _find(self, line):
        """{move: what the customer has sent back with it and is to get again, product's unit}.

        All of it while the order is quoted: it is asked for when that is confirmed.
        """
        is_open = line.state == "sale"
        return {
            move: self._get_quantity(move)
            for move in line.move_ids
            if self._is_back(move) and not (is_open and self._is_left(move))
        }

    @api.model
    def _has_left(self, line):
        """Whether the customer has sent something back that nobody has asked for again."""
        return any(self._is_back(move) and self._is_left(move) for move in line.move_ids)

    @api.model
    def _has_exchanged(self, line):
        """Whether goods were exchanged without a refund: core counts both as delivered."""
        return any(
            move.mto_is_asked_again and not move.to_refund and self._is_back(move)
            for move in line.move_ids
        )

    def _is_back(self, move):
        """Whether goods come back from the customer, and count as not delivered."""
        return self._comes_back(move) and (move.to_refund or move.mto_is_asked_again)

    def _comes_back(self, move):
        """Whether a move brings, or has brought, goods back from the customer."""
        return (
            move.state != "cancel"
            and move.location_id._is_outgoing()
            and move.location_dest_usage != "inventory"
            and not self._is_pulled(move)
        )

    def _is_pulled(self, move):
        """Whether a rule brings goods from there: another company has sent them this far."""
        source = move.rule_id.location_src_id
        is_return = move.origin_returned_move_id
        return bool(source and not is_return and move.location_id._child_of(source))

    def _is_left(self, move):
        """Whether nobody has asked for other goods in its place.

        What is no return of a transfer was made because less is ordered.
        """
        return move.origin_returned_move_id and not move.mto_is_asked_again

    def _get_quantity(self, move):
        """What comes back, less what of that goes to the customer after all."""
        again = move.returned_move_ids.filtered(
            lambda one: one.to_refund and one.state != "cancel"
        )
        return move._mto_get_quantity() - sum(one._mto_get_quantity() for one in again)
