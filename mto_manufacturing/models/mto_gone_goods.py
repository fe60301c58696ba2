from odoo import api, models

from .. import planner


class MtoGoneGoods(models.AbstractModel):
    """Tells what had come for a need and is not there any more, whatever became of it.

    A receipt that is corrected, or goods that somebody has taken while they were not reserved:
    no document says that the need has lost them, and none will bring them.
    """

    _name = "mto.gone.goods"
    _description = "Make to Order: Goods That Have Come and Are Gone"

    @api.model
    def _get_gone(self, move):
        """How much of what a need waits for had come and is gone, in the product's unit.

        Nothing while anything is still to come for it. What lies there unreserved is not gone.
        """
        lost = self.env["mto.lost.supply"]
        origins = move.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
        expected = move._mto_get_expected_purchases().filtered("product_uom_qty")
        if not origins or expected or any(origin.state != "done" for origin in origins):
            return 0.0
        if not lost._filter(move):
            return 0.0
        there = move._mto_get_reserved() + self.env["mto.held.goods"]._get_there(move)
        return max(planner.half_up(move.product_qty - there, move.product_id.uom_id.rounding), 0.0)

    def _cut(self, moves):
        """Make what is gone moves that wait for stock, and that nothing is to bring any more."""
        lost = self.env["mto.lost.supply"]
        parts = moves.browse()
        for need in moves:
            gone = self._get_gone(need)
            if gone:
                brought = need.move_orig_ids.filtered(lambda origin: origin.state == "done")
                name = brought[:1]._mto_get_supply_name()
                parts |= lost._cut(need, gone, name, brought)
        return parts
