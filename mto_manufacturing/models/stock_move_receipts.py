from odoo import fields, models
from odoo.fields import Command
from odoo.tools import SQL


class StockMove(models.Model):
    """Needs that are served by what is expected anyway, and was ordered for nobody.

    Such a need is tied to the move that brings the goods. What that brings beyond the need
    stays free, and whatever becomes of the need, it is not made smaller.
    """

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    mto_from_receipt = fields.Boolean(
        string="From an Expected Receipt",
        readonly=True,
        copy=False,
        help="What brings the goods of this need was not ordered for it.",
    )

    def _mto_get_arrival(self):
        """When the goods of a move come: a vendor's later date moves only its deadline in core."""
        self.ensure_one()
        if self.location_id.usage != "supplier" or not self.purchase_line_id.date_planned:
            return self.date
        return max(self.date, self.purchase_line_id.date_planned)

    def _mto_is_bought(self):
        """Whether a purchase's move comes from the vendor, or from what a subcontractor makes."""
        self.ensure_one()
        return self.location_id.usage == "supplier" or bool(self.move_orig_ids.production_id)

    def _mto_split_receipts(self, answer):
        """Make one draft move for each supply of a need that receipts serve.

        :param answer: a NettedMove
        :return: a tuple (this move where it is served from here, values of moves to create)
        """
        self.ensure_one()
        self.browse([move for move, _quantity in answer.receipts]).sudo()._mto_wait_for_receipts()
        parts = [(quantity, self._mto_prepare_tie(move)) for move, quantity in answer.receipts]
        if answer.shortage:
            parts.append((answer.shortage, {"procure_method": "make_to_order"}))
        if answer.here:
            vals_list = [{**self._mto_prepare_shortage_vals(q), **tie} for q, tie in parts]
            self._mto_set_quantity(answer.here)
            self.procure_method = "make_to_stock"
            return self, vals_list
        (first, own), *others = parts
        vals_list = [{**self._mto_prepare_shortage_vals(q), **tie} for q, tie in others]
        if others:
            self._mto_set_quantity(first)
        self.write(own)
        return self.browse(), vals_list

    def _mto_wait_for_receipts(self):
        """Have what is expected to oneself until the end of the transaction.

        To tie a need to a move does not change that move's row, so the row is touched: who was
        waiting for it meanwhile is refused, plans again, and sees what is left.

        :raises psycopg2.errors.SerializationFailure: as described
        """
        if not self:
            return
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                self._ids,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE stock_move SET write_uid = write_uid WHERE id IN %s", self._ids)
        )

    def _mto_prepare_tie(self, receipt_id):
        """The values that tie a need to what is expected."""
        # As core procures: who confirms need not have rights on what comes. To cancel it
        # cancels no need; the purchase is told, too, or another quantity of it is another move.
        receipt = self.browse(receipt_id).sudo()
        (receipt | receipt.purchase_line_id.move_ids).propagate_cancel = False
        receipt.purchase_line_id.propagate_cancel = False
        return {
            "procure_method": "make_to_order",
            "move_orig_ids": [Command.link(receipt_id)],
            "mto_from_receipt": True,
        }

    def _prepare_move_split_vals(self, qty):
        return {**super()._prepare_move_split_vals(qty), "mto_from_receipt": self.mto_from_receipt}

    def _get_backorder_move_vals(self):
        vals = super()._get_backorder_move_vals()
        return {**vals, "mto_from_receipt": self.mto_from_receipt}

    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), "mto_from_receipt"]
