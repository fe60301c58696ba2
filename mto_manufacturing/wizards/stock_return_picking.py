from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def action_create_exchanges(self):
        """What the customer sends back for an exchange is asked for again at once."""
        action = super().action_create_exchanges()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.env["mto.sent.back"].sudo()._mark(back.sudo().move_ids)
        return action
