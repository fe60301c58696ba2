from odoo import fields, models

from .mto_netting import get_now


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
        now = get_now(self.env)
        for name in ("date_planned", "date_order"):
            if values.get(name):
                values[name] = max(fields.Datetime.to_datetime(values[name]), now)
        return values

    def _mto_is_due_by_order(self):
        """Whether an order says when this is due: the date it is committed to, or its promise."""
        self.ensure_one()
        return bool(self.mto_sale_line_id) and self._mto_goes_to_customer()

    def _set_date_deadline(self, new_deadline):
        """Hand a deadline on to what supplies a delivery, and never from there to a delivery.

        Core would have the deliveries of all whom a production or a purchase serves due with it.
        """
        due = self.move_dest_ids.filtered(lambda move: move._mto_is_due_by_order())
        if not due:
            return super()._set_date_deadline(new_deadline)
        reached = self.env.context.get("date_deadline_propagate_ids", set())
        reached.update(due.ids)  # as core does, for all that are reached from here
        moves = self.with_context(date_deadline_propagate_ids=reached)
        return super(StockMove, moves)._set_date_deadline(new_deadline)

    # -- forecasts that follow, see mto.refresh ----------------------------------------

    def _mto_get_served_lines(self):
        """The order lines that these moves serve: as a need, a receipt or a product made.

        What is between, and tells of none, serves those that it leads to.
        """
        return (
            self.env["mto.subcontracting"]._find_needs(self).mto_sale_line_id
            | self.purchase_line_id.mto_sale_line_ids
            | self.production_id.mto_sale_line_ids
        )

    def write(self, vals):
        # A production that is moved moves its components and its products.
        if "date" in vals:
            # What has been done is there, or is not; a date of what is to come is news.
            moved = self if vals.get("state") == "done" else self._mto_filter_moved(vals["date"])
            lines = moved.sudo()._mto_get_served_lines()
            self.env["mto.refresh"]._touch(lines, at_once=vals.get("state") != "done")
        return super().write(vals)

    def _mto_filter_moved(self, date):
        """The moves that a date is new to."""
        date = fields.Datetime.to_datetime(date)
        return self.filtered(lambda move: move.date != date)

    def _action_assign(self, force_qty=False):
        result = super()._action_assign(force_qty=force_qty)
        served = self.sudo().mto_sale_line_id
        # What was missing may be there now.
        self.env["mto.refresh"]._touch(served.filtered("mto_is_blocked"), at_once=False)
        return result
