from odoo import api, models


class MtoStockReader(models.AbstractModel):
    """Counts what is reserved for no customer as free, where a person tries that."""

    _inherit = "mto.stock.reader"

    @api.model
    def _get_balances(self, products, place):
        free = super()._get_balances(products, place)
        if products and self.env.context.get("mto_use_idle"):
            idle = self.env["mto.tried.supply"]._sum_idle(products, place)
            free = {key: quantity + idle[key] for key, quantity in free.items()}
        return free
