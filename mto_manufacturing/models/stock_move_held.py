from odoo import models


class StockMove(models.Model):
    """Moves that leave alone what is held for the needs of others, see mto.aside.goods."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_assign(self, force_qty=False):
        aside = self.env["mto.aside.goods"]
        takers = aside._filter_takers(self)
        others = aside._find_others(takers)
        if not others:
            return super()._action_assign(force_qty)
        # What was brought for these is theirs, before others look for something.
        first = self - takers
        super(StockMove, first)._action_assign(force_qty)
        brought = first.sudo().move_orig_ids
        if any(move.move_orig_ids & brought for move in others):
            others = None  # they have reserved some of it
        with aside._set_aside(takers, others=others):
            return super(StockMove, takers)._action_assign(force_qty)

    def _set_quantity_done(self, qty):
        # What a person takes without asking what is free; a form that is not saved takes none.
        aside = self.env["mto.aside.goods"]
        grows = self.id and self.product_uom.compare(qty, self._quantity_sml()) > 0
        takers = aside._filter_forced(self if grows else self.browse())
        with aside._set_aside(takers, self.env["stock.move.line"]) as goods:
            moves = self.with_context(mto_aside=goods) if goods else self
            return super(StockMove, moves)._set_quantity_done(qty)
