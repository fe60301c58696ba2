from datetime import datetime

from odoo import api, models


class MtoMilestones(models.AbstractModel):
    """How far an order is, for its customer: never names of vendors or internal documents."""

    _name = "mto.milestones"
    _description = "Make to Order: Milestones"

    @api.model
    def _get(self, order):
        """What a confirmed order has been through and what is to come.

        :param order: one ``sale.order``, with rights to read its documents
        :return: a list of {"key", "name", "done", "date"}, what is done first, then in the order
            of the dates; date: when it was done, or is expected; empty where nothing is made
            or bought for the order
        """
        lines = order.order_line
        productions = order._mto_get_productions()
        purchases = self.env["purchase.order.line"].search(
            [("mto_sale_line_ids", "in", lines.ids), ("state", "!=", "cancel")]
        )
        if order.state != "sale" or not (productions or purchases):
            return []
        names = self._get_names()
        stages = [("confirmed", True, order.date_order)]
        if purchases:
            stages.append(("ordered", *self._get_ordered(purchases)))
            stages.append(("received", *self._get_received(purchases)))
        if productions:
            stages.append(("making", *self._get_making(productions)))
        stages.append(("ready", *self._get_ready(order, productions)))
        stages.append(("shipped", *self._get_shipped(order)))
        # Making may begin before the last of the materials is in.
        stages.sort(key=lambda stage: (not stage[1], stage[2] or datetime.max))
        return [
            {"key": key, "name": names[key], "done": done, "date": date or False}
            for key, done, date in stages
        ]

    def _get_names(self):
        return {
            "confirmed": self.env._("Confirmed"),
            "ordered": self.env._("Materials ordered"),
            "received": self.env._("Materials in"),
            "making": self.env._("In production"),
            "ready": self.env._("Ready"),
            "shipped": self.env._("Shipped"),
        }

    def _get_ordered(self, purchases):
        orders = purchases.order_id
        done = all(order.state in ("purchase", "done") for order in orders)
        dates = orders.mapped("date_approve" if done else "date_order")
        return done, max(filter(None, dates), default=None)

    def _get_received(self, purchases):
        moves = purchases.move_ids.filtered(lambda move: move.state != "cancel")
        done = bool(moves) and all(
            line.product_uom_id.compare(line.qty_received, line.product_qty) >= 0
            for line in purchases
        )
        dates = moves.mapped("date") if done else purchases.mapped("date_planned")
        return done, max(filter(None, dates), default=None)

    def _get_making(self, productions):
        begun = productions.filtered(lambda p: p.state in ("progress", "to_close", "done"))
        dates = (begun or productions).mapped("date_start")
        return bool(begun), min(filter(None, dates), default=None)

    def _get_ready(self, order, productions):
        made = all(production.state == "done" for production in productions)
        deliveries = self._get_deliveries(order)
        done = made and all(picking.state in ("assigned", "done") for picking in deliveries)
        dates = productions.mapped("date_finished") or deliveries.mapped("scheduled_date")
        return bool(done), max(filter(None, dates), default=None)

    def _get_shipped(self, order):
        deliveries = self._get_deliveries(order)
        done = bool(deliveries) and all(picking.state == "done" for picking in deliveries)
        if done:
            return True, max(filter(None, deliveries.mapped("date_done")), default=None)
        return False, order.mto_forecast_date or order.mto_promise_date

    def _get_deliveries(self, order):
        return order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state != "cancel"
        )
