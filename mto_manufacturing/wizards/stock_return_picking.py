from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def action_create_exchanges(self):
        """What the customer sends back for an exchange is asked for again at once."""
        action = super().action_create_exchanges()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.env["mto.sent.back"].sudo()._mark(back.sudo().move_ids)
        return action

    def _get_proc_values(self, line):
        """What is sent in exchange is for the line of a kit's BoM of which it came back."""
        values, delivered = super()._get_proc_values(line), line.move_id
        if delivered.sale_line_id and delivered.bom_line_id:
            values["bom_line_id"] = delivered.bom_line_id.id
        return values
