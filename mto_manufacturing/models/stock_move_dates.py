from odoo import fields, models


class StockMove(models.Model):
    """The dates that a make-to-order need hands down to what supplies it."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _mto_get_planned_supply(self):
        """What the plan on its way through the confirmation supplies this need with."""
        planned = self.env.context.get("mto_planned")
        if not planned or not self.mto_key:
            return None
        if not self.env["mto.netting"]._is_supply_place(self.location_id):
            return None  # netted where the goods are kept, further up
        return planned.get_supply(self.mto_key)

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if not self.env["stock.rule"]._mto_is_dated(values):
            return values
        node = self._mto_get_planned_supply()
        if node:
            values.update(date_planned=node.arrives, date_order=node.ordered)
            return values
        # A change by hand: nothing is planned in the past.
        now = fields.Datetime.now()
        for name in ("date_planned", "date_order"):
            if values.get(name):
                values[name] = max(fields.Datetime.to_datetime(values[name]), now)
        return values
