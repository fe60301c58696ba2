from odoo import fields, models


class PurchaseOrderLine(models.Model):
    """A vendor's date: it stays; the receipt and forecasts of the orders served follow (N8)."""

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

    def _update_move_date_deadline(self, new_date):
        """Leave the deadlines of deliveries to their orders, also before there is a receipt."""
        lines = self.filtered(
            lambda line: (
                any(move.state not in ("done", "cancel") for move in line.move_ids)
                or not any(move._mto_is_due_by_order() for move in line.move_dest_ids)
            )
        )
        return super(PurchaseOrderLine, lines)._update_move_date_deadline(new_date)

    # -- another quantity --------------------------------------------------------------

    def _mto_order(self, quantity):
        """Order another quantity for the same date: core reckons a new one with the price."""
        self.ensure_one()
        date, self.product_qty = self.date_planned, quantity
        if self.date_planned != date:
            self.date_planned = date

    def _mto_get_date_for(self, wanted, values):
        """When this line is to come with one more need: as early as any of them wants it.

        Where it comes later than that already, somebody has told so: more of the same is no
        reason for another date.

        :param wanted: when the need wants it (UTC)
        :param values: those of the need's procurement
        """
        self.ensure_one()
        line, is_planned = self.sudo(), bool(self.env.context.get("mto_planned"))
        is_same = values.get("mto_sale_line_id") in line.mto_sale_line_ids.ids
        if not is_same or (is_planned and not line.sale_line_id):
            return min(line.date_planned, wanted)
        dates = line._mto_find_needs().mapped("date")
        if line.sale_line_id and not dates:
            return line.date_planned  # shipped to the customer: one order line asks for it all
        if not is_planned and dates and line.date_planned > min(dates):
            return line.date_planned
        return min(line.date_planned, wanted)
