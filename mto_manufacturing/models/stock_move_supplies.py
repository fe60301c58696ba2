from odoo import models

from .. import planner
from .mto_held_goods import get_place


class StockMove(models.Model):
    """What a move has got of its goods, and what is still to bring them."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _mto_get_quantity(self):
        """What this move asks for, or what was done with it, in the product's unit."""
        return self._mto_get_reserved() if self.state == "done" else self.product_qty

    def _mto_get_reserved(self):
        """What is reserved for this move, or was done with it, in the product's unit."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return self.product_uom._compute_quantity(self.quantity, unit, rounding_method="HALF-UP")

    def _mto_get_wanted(self):
        """What this move wants of what is ordered for it, in the product's unit.

        Not what stock serves of a need whose request was set to nothing: it is tied to it still.
        """
        self.ensure_one()
        quantity = self._mto_get_quantity()
        if self.procure_method == "make_to_order":
            return quantity
        if any(origin.state != "cancel" for origin in self.move_orig_ids):
            return quantity
        rest = quantity - self._mto_get_reserved()
        return max(planner.half_up(rest, self.product_id.uom_id.rounding), 0.0)

    def _mto_get_rest(self):
        """What is left over when this move is done without a backorder, product's unit.

        Nothing where core cancels it as a whole: no part of it is picked.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        picked = self._get_picked_quantity() if self.picked else 0.0
        if self.product_uom.compare(picked, 0.0) <= 0:
            return 0.0
        picked = self.product_uom._compute_quantity(picked, unit, rounding_method="HALF-UP")
        return max(planner.half_up(self.product_qty - picked, unit.rounding), 0.0)

    def _mto_get_sent_back(self):
        """What of the goods that these moves brought has gone back, in the product's unit.

        What is to go back counts, too, where the vendor is to send other goods instead.
        """
        back = self.returned_move_ids.filtered(
            lambda move: (
                move.state == "done"
                or (
                    move.state != "cancel"
                    and any(other.state != "cancel" for other in move.picking_id.return_ids)
                )
            )
        )
        return sum(move._mto_get_quantity() for move in back)

    def _mto_get_expected_purchases(self):
        """The purchase lines that still bring goods for these needs.

        What has receipts comes by them, and they are among the moves before the needs: where
        none is left of a confirmed purchase, nothing comes of it. Drafts are last: they shrink
        first.
        """
        lines = self.created_purchase_line_ids
        expected = lines.filtered(lambda line: line._mto_is_expected())
        if len(expected) > 1:
            expected = expected.sorted(lambda line: (line.state == "draft", line.id))
        return expected.with_prefetch(lines._prefetch_ids)

    def _get_available_move_lines_in(self):
        # Not where it was brought, where somebody has put it elsewhere since.
        brought = super()._get_available_move_lines_in()
        if not brought or not self._mto_is_for_need() or self._should_bypass_reservation():
            return brought
        return self.env["mto.moved.goods"]._follow(self, brought)

    def _get_available_move_lines_out(self, assigned_moves_ids, partially_available_moves_ids):
        # Core forgets what siblings have taken on where they have also reserved something.
        taken = super()._get_available_move_lines_out(
            assigned_moves_ids, partially_available_moves_ids
        )
        siblings = self.move_orig_ids.move_dest_ids - self
        done = siblings.filtered(lambda move: move.state == "done")
        if not done or not self._mto_is_for_need():
            return taken
        started = {*assigned_moves_ids, *partially_available_moves_ids}
        reserved = siblings.filtered(
            lambda move: move.state in ("partially_available", "assigned") or move.id in started
        )
        places = set(map(get_place, reserved.move_line_ids))
        for line in done.move_line_ids:
            if get_place(line) in places:
                taken[get_place(line)] += line.quantity_product_uom
        return taken

    def _mto_is_for_need(self):
        """Whether this is a make-to-order need, or brings goods for one."""
        self.ensure_one()
        return bool(self.mto_key or any(move.mto_key for move in self.sudo().move_dest_ids))

    def _action_assign(self, force_qty=False):
        moves = self.env["mto.moved.goods"]._read_together(self)
        return super(StockMove, moves)._action_assign(force_qty)
