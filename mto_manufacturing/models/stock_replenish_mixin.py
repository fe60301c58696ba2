from odoo import models
from odoo.fields import Domain


class StockReplenishMixin(models.AbstractModel):
    _inherit = "stock.replenish.mixin"

    def _get_allowed_route_domain(self):
        # A strategy says how orders are supplied; it brings nothing to a stock by itself.
        domain = Domain(super()._get_allowed_route_domain())
        return domain & Domain("supply_strategy", "=", False)
