from odoo import models


class StockMove(models.Model):
    """Moves that leave alone what is held for the needs of others, see mto.held.goods."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_assign(self, force_qty=False):
        held = self.env["mto.held.goods"]
        takers = held._filter_takers(self)
        if not held._find_others(takers):
            return super()._action_assign(force_qty)
        # What was brought for these is theirs, before others look for something.
        super(StockMove, self - takers)._action_assign(force_qty)
        with held._set_aside(takers):
            return super(StockMove, takers)._action_assign(force_qty)

    def _set_quantity_done(self, qty):
        # What a person takes without asking what is free; a form that is not saved takes none.
        held = self.env["mto.held.goods"]
        grows = self.id and self.product_uom.compare(qty, self._quantity_sml()) > 0
        takers = held._filter_forced(self if grows else self.browse())
        with held._set_aside(takers, self.env["stock.move.line"]):
            return super()._set_quantity_done(qty)
