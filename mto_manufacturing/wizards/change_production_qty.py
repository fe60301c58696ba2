from odoo import api, models


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """Show the needs above that less is made for as uncovered, see ``mto.lost.supply``."""
        lost = self.env["mto.lost.supply"]
        with lost._watch(lost._find_needs(self.mo_id.move_finished_ids)):
            wizards = self.with_context(mto_watching=True)
            return super(ChangeProductionQty, wizards).change_prod_qty()

    @api.model
    def _need_quantity_propagation(self, move, qty):
        # Core adds a move for the difference and counts on it to be merged, which it is not
        # where the production is due at another time than what it makes, as after a merge.
        return super()._need_quantity_propagation(move, qty) and not move.production_id.mto_key
