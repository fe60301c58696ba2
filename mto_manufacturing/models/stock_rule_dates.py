from datetime import timedelta

from odoo import api, fields, models

from .mto_netting import get_now


class StockRule(models.Model):
    """Documents get the dates of the plan; where nothing is planned, none before now."""

    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _mto_get_planned(self, key, name):
        """What the plan on its way through the confirmation says of a need."""
        planned = self.env.context.get("mto_planned")
        return planned and getattr(planned, name)(key.removesuffix("/@"))

    @api.model
    def _mto_is_dated(self, values):
        """Whether a need serves an order line with a promise; others keep core's dates."""
        line = self.env["sale.order.line"].sudo().browse(values.get("mto_sale_line_id") or ())
        return bool(values.get("mto_key") and line.mto_promise_date)

    # -- transfers and deliveries ------------------------------------------------------

    def _mto_prepare_demand_vals(self, values):
        vals = super()._mto_prepare_demand_vals(values)
        if not self._mto_is_dated(values):
            return vals
        key = vals.get("mto_key") or values["mto_key"]
        if not values.get("move_dest_ids") and values.get("date_deadline"):
            vals["date_deadline"] = values["date_deadline"]  # one for all steps of a delivery
        if self.env["mto.netting"]._is_supply_place(self.location_src_id):
            due = self._mto_get_planned(key, "get_due")
            if due:
                vals["date"] = due
        return vals

    def _get_stock_move_values(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
    ):
        vals = super()._get_stock_move_values(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
        )
        if self._mto_is_dated(values):
            vals["date"] = max(fields.Datetime.to_datetime(vals["date"]), get_now(self.env))
        return vals

    # -- productions -------------------------------------------------------------------

    def _prepare_mo_vals(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        bom,
    ):
        vals = super()._prepare_mo_vals(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            bom,
        )
        if values.get("mto_key"):
            vals.update(self._mto_prepare_mo_dates(values["mto_key"], vals, bom))
        return vals

    def _mto_prepare_mo_dates(self, key, vals, bom):
        """When a production begins and ends: as planned, else as core, but never before now."""
        node = self._mto_get_planned(key, "get_supply")
        if node:
            return {
                "date_start": node.start,
                "date_finished": node.arrives,
                "date_deadline": node.arrives,
            }
        start = max(fields.Datetime.to_datetime(vals["date_start"]), get_now(self.env))
        end = start + (timedelta(days=bom.produce_delay) or timedelta(hours=1))
        deadline = vals["date_deadline"] and fields.Datetime.to_datetime(vals["date_deadline"])
        return {"date_start": start, "date_deadline": max(deadline or end, end)}

    # -- purchases ---------------------------------------------------------------------

    @api.model
    def _run_buy(self, procurements):
        result = super()._run_buy(procurements)
        needs = [need for need, _rule in procurements if need.values.get("mto_key")]
        if needs:
            self._mto_set_order_deadlines(needs)
        return result

    @api.model
    def _mto_set_order_deadlines(self, needs):
        """Requests are sent in time for their earliest line, and not before now.

        Core looks at whole days, and goes back as far as a vendor takes.
        """
        now = get_now(self.env)
        for need in needs:
            supplier, planned = need.values.get("supplier"), need.values.get("date_planned")
            moves = need.values.get("move_dest_ids") or self.env["stock.move"]
            lines = moves.sudo().created_purchase_line_ids
            if not lines and need.values.get("sale_line_id"):
                sold = self.env["sale.order.line"].browse(need.values["sale_line_id"])
                lines = sold.sudo().purchase_line_ids
            for order in lines.order_id.filtered(lambda order: order.state == "draft"):
                wanted = order.date_order
                if supplier and planned:
                    planned = fields.Datetime.to_datetime(planned)
                    wanted = min(wanted, planned - timedelta(days=supplier.delay))
                wanted = max(wanted, now)
                if order.date_order != wanted:
                    order.date_order = wanted

    def _update_purchase_order_line(
        self, product_id, product_qty, product_uom, company_id, values, line
    ):
        vals = super()._update_purchase_order_line(
            product_id, product_qty, product_uom, company_id, values, line
        )
        if values.get("mto_key") and line.date_planned:
            wanted = fields.Datetime.to_datetime(values["date_planned"])
            vals["date_planned"] = line._mto_get_date_for(wanted, values)
        return vals
