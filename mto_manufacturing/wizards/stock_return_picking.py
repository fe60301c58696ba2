from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def action_create_exchanges(self):
        """What the customer sends back for an exchange is asked for again at once."""
        action = super().action_create_exchanges()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.env["mto.sent.back"].sudo()._mark(back.sudo().move_ids)
        return action

    def _create_exchange(self, return_picking):
        """What the vendor sends for what goes back is for whom that was."""
        exchange = super()._create_exchange(return_picking)
        lines = self.product_return_moves.filtered("quantity")
        received, replacing = lines.move_id.sudo(), exchange.move_ids.sudo()
        self.env["mto.replaced.goods"].sudo()._tie(received, replacing)
        return exchange

    def _get_proc_values(self, line):
        """What is sent in exchange is for the line of a kit's BoM of which it came back."""
        values, delivered = super()._get_proc_values(line), line.move_id
        if delivered.sale_line_id and delivered.bom_line_id:
            values["bom_line_id"] = delivered.bom_line_id.id
        return values
