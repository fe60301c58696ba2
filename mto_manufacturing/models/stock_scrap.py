from odoo import models

from .. import planner
from .mto_lost_supply import Losses


class StockScrap(models.Model):
    """Scraps that are to be replenished: what needs lose to them is supplied for them."""

    _inherit = "stock.scrap"

    def do_scrap(self):
        replenished = self.filtered("should_replenish")
        for scrap in replenished:
            super(StockScrap, scrap.with_context(mto_losses=Losses())).do_scrap()
        return super(StockScrap, self - replenished).do_scrap()

    def do_replenish(self, values=False):
        """Supply again what needs have lost; core replenishes only what was nobody's."""
        losses = self.env.context.get("mto_losses")
        lost = losses and self.env["mto.lost.supply"]._replenish(losses.found)
        if not lost:
            return super().do_replenish(values)
        unit = self.product_id.uom_id
        scrapped = self.product_uom_id._compute_quantity(
            self.scrap_qty, unit, rounding_method="HALF-UP"
        )
        rest = planner.half_up(scrapped - lost.get(self.product_id, 0.0), unit.rounding)
        if rest > 0:
            part = self.new({"product_uom_id": unit.id, "scrap_qty": rest}, origin=self)
            super(StockScrap, part).do_replenish(values)
        return None
