from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "mto.served.mixin"]
    _mto_served_path = "order_line.mto_sale_line_ids"

    def button_cancel(self):
        """Show the needs that these orders were for as uncovered, see ``mto.lost.supply``."""
        with self.order_line._mto_watch_needs():
            return super(PurchaseOrder, self.with_context(mto_watching=True)).button_cancel()

    def write(self, vals):
        """What a vendor has confirmed, or nobody asks for any more, changes forecasts."""
        result = super().write(vals)
        if "state" in vals:
            # A buyer may not see the orders that are served.
            self.env["mto.refresh"]._touch(self.sudo().order_line.mto_sale_line_ids)
        return result

    def action_merge(self):
        """Let what is merged serve all that its parts serve."""
        return super(PurchaseOrder, self.with_context(mto_merging=True)).action_merge()
