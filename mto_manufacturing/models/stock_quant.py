from odoo import api, models
from odoo.tools import SQL


class StockQuant(models.Model):
    """Stock that several confirmations want at once.

    Where another transaction is changing a quant, core does not wait: it reserves on a new
    quant beside it, and so the same goods twice. Whoever reserves waits here; and if the other
    one has changed the quant, the database refuses and core begins the whole request again.
    """

    _inherit = "stock.quant"

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        reserving = bool(reserved_quantity and reserved_quantity > 0)
        model = self.with_context(mto_reserving=True) if reserving else self
        return super(StockQuant, model)._update_available_quantity(
            product_id,
            location_id,
            quantity=quantity,
            reserved_quantity=reserved_quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            in_date=in_date,
        )

    @api.private
    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        if not self.env.context.get("mto_reserving") or not self:
            return super().try_lock_for_update(allow_referencing=allow_referencing, limit=limit)
        self._mto_wait_for_lock()
        return self[:limit]

    def _mto_wait_for_lock(self):
        """Have these quants to oneself until the end of the transaction.

        :raises psycopg2.errors.SerializationFailure: if somebody has changed one of them since
            this transaction began; core then tries again with what is true now
        """
        if self:
            # In the order of the ids, so that two who want the same wait for one another once.
            self.env.execute_query(
                SQL(
                    "SELECT id FROM stock_quant WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    self._ids,
                )
            )
