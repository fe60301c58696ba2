from odoo import api, models
from odoo.fields import Command


class MtoClosedDelivery(models.AbstractModel):
    """Goods that have left the stock for a customer, and whose transfer a person closes.

    As in one step they are not sent then, and the order shows that nothing brings them. Asked
    for again, they are sent from where they lie; only what is not there comes from the stock.
    """

    _name = "mto.closed.delivery"
    _description = "Make to Order: Closed Deliveries of Picked Goods"

    @api.model
    def _close(self, moves):
        """Look again where orders stand of which a person cancels what sends their goods."""
        self.env["mto.refresh"]._touch(self._filter(moves).sale_line_id)

    @api.model
    def _close_rest(self, moves):
        """Show what is not sent along with the rest: a cancelled move stands for it."""
        vals_list, steps = [], self._filter(moves)
        self.env["mto.refresh"]._touch(steps.sale_line_id)
        for move in steps:
            rest = move._mto_get_rest()
            if rest > 0:
                vals = move._mto_prepare_shortage_vals(rest)
                vals_list.append({**vals, "move_orig_ids": False, "state": "cancel"})
        moves.sudo().create(vals_list)

    @api.model
    def _filter(self, moves):
        """The moves that take on what was picked to order, about to be closed by a person."""
        if not self.env["mto.production.change"]._is_by_hand():
            return moves.browse()
        roots, steps = self.env["mto.order.change"]._find_roots, self.env["mto.steps"]
        return moves.sudo().filtered(
            lambda move: (
                move.sale_line_id.state == "sale"
                and move.state not in ("draft", "done", "cancel")
                and self._is_step(move)
                and move not in roots(move.sale_line_id)  # what leads to it is given back
                and steps._find_pull(move)
            )
        )

    @api.model
    def _is_step(self, move):
        """Whether a move takes goods of a customer on from where they only pass through."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        return (
            move._mto_goes_to_customer()
            and move.location_id.usage == "internal"
            and not is_kept(move.location_id)
            and not is_kept(move.location_dest_id)
            and not move.origin_returned_move_id
        )

    @api.model
    def _send(self, lines):
        """Send what order lines ask for and nothing brings, as far as it lies in a later step."""
        cancelled, goods = self.env["mto.cancelled.delivery"], self.env["mto.delivered.goods"]
        for line, quantity in cancelled._find_cancelled(lines.sudo()).items():
            for _place, product, bom_line, missing in goods._iterate_goods(line, quantity):
                moves = line.move_ids.filtered(
                    lambda move, product=product, bom_line=bom_line: (
                        move.product_id == product
                        and (not bom_line or move.bom_line_id == bom_line)
                    )
                )
                self._send_missing(moves, missing)

    def _send_missing(self, moves, missing):
        """Send what is missing from the places that it has come to, the last one first.

        :param moves: all of an order line for one product
        :param missing: in the product's unit
        """
        closed = moves.filtered(
            lambda move: move.state in ("done", "cancel") and self._is_continued(move)
        )
        places = closed.sorted("id", reverse=True).grouped("location_id")
        for place, own in places.items():
            brought = moves.filtered(
                lambda move, place=place: move.state == "done" and move.location_dest_id == place
            )
            quantity = min(missing, self._get_left(moves, brought))
            if moves.product_id.uom_id.compare(quantity, 0.0) > 0:
                missing -= self._send_on(own[0], quantity, brought)

    def _is_continued(self, move):
        """Whether what a step brings goes on by itself, or is with the customer."""
        is_there = move.location_dest_usage == "customer"
        return self._is_step(move) and (is_there or move.rule_id.action == "push")

    def _get_left(self, moves, brought):
        """What of the goods that were brought to a place is to be taken on by nothing."""
        place = brought.location_dest_id
        taken = moves | brought.move_dest_ids | brought.returned_move_ids
        taken = taken.filtered(
            lambda move: (
                move.state not in ("draft", "cancel")
                and move.location_id.parent_path.startswith(place.parent_path or "-")
            )
        )
        quantities = [move._mto_get_quantity() for move in brought]
        return sum(quantities) - sum(move._mto_get_quantity() for move in taken)

    def _send_on(self, closed, quantity, brought):
        """Take a quantity on as a closed move would have; return how much of it is there."""
        vals = {
            "procure_method": "make_to_order",
            "move_orig_ids": [Command.set(brought.ids)],
        }
        move = self.env["mto.steps"]._create_pull(closed, quantity, closed.browse(), vals)
        there = move._mto_get_reserved()
        if move.product_id.uom_id.compare(there, quantity) >= 0:
            return quantity
        if there:
            move._mto_set_quantity(there)
            move._recompute_state()
        else:
            self.env["mto.parts"]._remove(move)
        return there
