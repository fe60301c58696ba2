from odoo import models


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """Show the needs above that less is made for as uncovered, see ``mto.lost.supply``."""
        lost = self.env["mto.lost.supply"]
        with lost._watch(lost._find_needs(self.mo_id.move_finished_ids)):
            wizards = self.with_context(mto_watching=True)
            return super(ChangeProductionQty, wizards).change_prod_qty()
