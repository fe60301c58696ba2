from odoo import fields, models


class StockMove(models.Model):
    """Needs that lose what supplied them, see ``mto.lost.supply``."""

    # A concept of its own beside the confirmation of moves.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    mto_lost_supply = fields.Char(
        string="Lost Supply",
        readonly=True,
        copy=False,
        help="What supplied this need, and does not do so any more.",
    )

    def _mto_get_supply_name(self):
        """The name of the document that brings this move's goods."""
        self.ensure_one()
        document = self.production_id
        if not self.origin_returned_move_id:
            document = self.purchase_line_id.order_id or document
        return (document or self.picking_id or self).display_name

    def _action_cancel(self):
        lost = self.env["mto.lost.supply"]
        with lost._watch(lost._find_needs(self)):
            return super(StockMove, self.with_context(mto_watching=True))._action_cancel()

    def _action_done(self, cancel_backorder=False):
        # Less than expected may have come, and what came may be on its way back.
        lost = self.env["mto.lost.supply"]
        with lost._watch(lost._find_needs(self)):
            moves = super(StockMove, self.with_context(mto_watching=True))._action_done(
                cancel_backorder
            )
        return moves.with_env(self.env)
