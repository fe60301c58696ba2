from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def unlink(self):
        self.env["mto.cancelled.delivery"]._delete(self)
        return super().unlink()
