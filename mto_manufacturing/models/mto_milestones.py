from datetime import datetime

from odoo import api, fields, models

#: Milestones that wait for all that is needed.
_WAITING = ("received", "making", "ready", "shipped")


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
        expected = self._get_expected(order)
        stages = [("confirmed", True, order.date_order)]
        if purchases:
            stages.append(("ordered", *self._get_ordered(purchases)))
            stages.append(("received", *self._get_received(purchases, expected)))
        if productions:
            stages.append(("making", *self._get_making(productions, expected)))
        stages.append(("ready", *self._get_ready(order, productions, expected)))
        stages.append(("shipped", *self._get_shipped(order)))
        stages = [
            (key, done, date if done else self._expect(order, key, date))
            for key, done, date in stages
        ]
        # Making may begin before the last of the materials is in.
        stages.sort(key=lambda stage: (not stage[1], stage[2] or datetime.max))
        names = self._get_names()
        return [
            {"key": key, "name": names[key], "done": done, "date": date or False}
            for key, done, date in stages
        ]

    def _expect(self, order, key, date):
        """When the customer is told to expect a milestone: not in the past, or not at all."""
        if key in _WAITING and order.mto_promise_status == "blocked":
            return None  # nobody knows while something is missing
        return date and max(date, fields.Datetime.now())

    def _get_expected(self, order):
        """{model: {document id: [(start, end)]}} as things are today, of what is not over."""
        expected = {"mrp.production": {}, "purchase.order": {}}
        if not order.mto_promise_date or order.delivery_status == "full":
            return expected
        for node in self.env["mto.forecast"]._get_expected(order).nodes:
            document = node.document
            if document and document.model in expected and node.start and node.end:
                own = expected[document.model].setdefault(document.id, [])
                own.append((node.start, node.end))
        return expected

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

    def _get_received(self, purchases, expected):
        moves = purchases.move_ids.filtered(lambda move: move.state != "cancel")
        done = bool(moves) and all(
            line.product_uom_id.compare(line.qty_received, line.product_qty) >= 0
            for line in purchases
        )
        dates = moves.mapped("date")
        if not done:
            spans = _gather(expected["purchase.order"], purchases.order_id)
            dates = [end for _start, end in spans] or purchases.mapped("date_planned")
        return done, max(filter(None, dates), default=None)

    def _get_making(self, productions, expected):
        begun = productions.filtered(lambda p: p.state in ("progress", "to_close", "done"))
        spans = [] if begun else _gather(expected["mrp.production"], productions)
        dates = [start for start, _end in spans] or (begun or productions).mapped("date_start")
        return bool(begun), min(filter(None, dates), default=None)

    def _get_ready(self, order, productions, expected):
        made = all(production.state == "done" for production in productions)
        deliveries = self._get_deliveries(order)
        done = made and all(picking.state in ("assigned", "done") for picking in deliveries)
        dates = productions.mapped("date_finished") or deliveries.mapped("scheduled_date")
        if not done:
            dates += [end for _start, end in _gather(expected["mrp.production"], productions)]
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


def _gather(spans, documents):
    """The times of documents, of those of which any is known."""
    return [span for document in documents for span in spans.get(document.id, ())]
