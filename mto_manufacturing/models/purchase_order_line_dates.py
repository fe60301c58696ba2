from odoo import fields, models


class PurchaseOrderLine(models.Model):
    """A vendor's new date: the receipt and the forecasts of the orders served follow (N8)."""

    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        if not vals.get("date_planned"):
            return super().write(vals)
        date = fields.Datetime.to_datetime(vals["date_planned"])
        moved = self.sudo().filtered(
            lambda line: line.mto_sale_line_ids and line.date_planned != date
        )
        result = super().write(vals)
        if moved:
            moved._mto_move_receipts(date)
            self.env["mto.refresh"]._touch(moved.mto_sale_line_ids)
        return result

    def _mto_move_receipts(self, date):
        """Expect the goods when the vendor says. Core changes the receipt's deadline only."""
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and not move.origin_returned_move_id
        )
        moves.filtered(lambda move: move.date != date).date = date
