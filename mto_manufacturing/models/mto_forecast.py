from dataclasses import replace
from datetime import datetime

from odoo import api, fields, models

from .. import planner

_STARTED = ("progress", "to_close")


class MtoForecast(models.AbstractModel):
    """The dates of a confirmed order: when it will be ready, and when its documents could be.

    The documents that are there, with the times that a plan of today would have. What has
    started, or a vendor has confirmed, stays where it is.
    """

    _name = "mto.forecast"
    _inherit = "mto.pegging"
    _description = "Make to Order: Forecast"

    @api.model
    def _schedule(self, order):
        """The tree of a confirmed order with the dates its documents could have.

        :param order: one confirmed ``sale.order``
        :return: a tuple (``planner.Plan`` with the latest dates that keep the commitment, or
            the promise where there is none; ``planner.Leads``)
        """
        tree, leads = self._read_leads(order)
        return planner.set_dates(tree, leads, fields.Datetime.now()), leads

    @api.model
    def _forecast(self, order):
        """The same tree with the dates that its documents have now, and what follows from it.

        :return: a ``planner.Plan``: a line's promise is when the customer will have it
        """
        now = fields.Datetime.now()
        tree, leads = self._read_leads(order)
        dates = self._read_documents(tree)
        nodes = []
        for node, timing in zip(tree.nodes, leads.nodes, strict=True):
            start = dates[node.key][0] if node.key in dates else None
            if timing and start and not timing.fixed:
                timing = replace(timing, not_before=start + timing.ordering)
            nodes.append(timing)
        leads = replace(leads, nodes=tuple(nodes))
        forecast = planner.set_dates(tree, leads, now)
        return replace(forecast, nodes=self._show_documents(forecast.nodes, dates))

    def _read_leads(self, order):
        now = fields.Datetime.now()
        wanted, network, policy = self._take(order)
        wanted = replace(
            wanted,
            placed=order.date_order or now,
            commitment=order.commitment_date or order.mto_promise_date or None,
        )
        tree = planner.match_items(self._read(order), wanted, network)
        leads = planner.read_leads(tree, wanted, network, policy, now)
        fixed = self._find_fixed(tree)
        nodes = []
        for node, timing in zip(tree.nodes, leads.nodes, strict=True):
            if timing and node.document:
                word = (node.document.model, node.document.id, node.product_id)
                timing = replace(timing, fixed=fixed.get(node.key), shared=word)
            nodes.append(timing)
        return tree, replace(leads, nodes=tuple(nodes))

    # -- what documents say ------------------------------------------------------------

    def _browse(self, tree, model):
        """{record: nodes} of the documents of a model in a tree, read together."""
        nodes = [node for node in tree.nodes if node.document and node.document.model == model]
        records = self.env[model].browse(dict.fromkeys(node.document.id for node in nodes))
        by_id = {record.id: record for record in records}
        return [(by_id[node.document.id], node) for node in nodes]

    def _find_purchase_lines(self, order, node):
        return order.order_line.filtered(lambda line: line.product_id.id == node.product_id)

    def _find_fixed(self, tree):
        """{node key: date} of what nobody moves any more: when the goods are there."""
        fixed = {}
        for production, node in self._browse(tree, "mrp.production"):
            if production.state == "done":
                fixed[node.key] = datetime.min
            elif production.state in _STARTED or production.is_planned:
                fixed[node.key] = production.date_finished or datetime.min
        for order, node in self._browse(tree, "purchase.order"):
            if order.state == "purchase":
                fixed[node.key] = self._get_receipt_date(self._find_purchase_lines(order, node))
        for picking, node in self._browse(tree, "stock.picking"):
            if picking.state == "done":
                fixed[node.key] = datetime.min
            elif node.supply == planner.RECEIPT:
                fixed[node.key] = picking.scheduled_date
        return fixed

    def _get_receipt_date(self, lines):
        """When the last of confirmed purchase lines is in stock, by its open moves."""
        moves = lines.move_ids
        open_moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        if moves and not open_moves:
            return datetime.min
        return max(open_moves.mapped("date") or lines.mapped("date_planned"))

    def _read_documents(self, tree):
        """{node key: (start, end)} as the documents have them."""
        dates = {}
        for production, node in self._browse(tree, "mrp.production"):
            dates[node.key] = production.date_start, production.date_finished
        for order, node in self._browse(tree, "purchase.order"):
            lines = self._find_purchase_lines(order, node).filtered("date_planned")
            arrival = min(lines.mapped("date_planned"), default=order.date_planned)
            dates[node.key] = order.date_order, arrival
        for picking, node in self._browse(tree, "stock.picking"):
            dates[node.key] = picking.scheduled_date, picking.scheduled_date
        return dates

    def _show_documents(self, nodes, dates):
        """The nodes with the dates of their documents."""
        return tuple(
            replace(node, start=dates[node.key][0] or None, end=dates[node.key][1] or None)
            if node.key in dates
            else node
            for node in nodes
        )

    # -- a date that changes -----------------------------------------------------------

    @api.model
    def _follow_commitment(self, order):
        """Give every document that has not started the dates for today's commitment.

        :return: the ``planner.Plan`` with those dates
        """
        plan, leads = self._schedule(order)
        free = {
            node.key
            for node, timing in zip(plan.nodes, leads.nodes, strict=True)
            if timing and node.document and not timing.fixed
        }
        self._date_productions(plan, free)
        self._date_purchases(plan, free)
        self._date_moves(order, plan)
        return plan

    def _date_productions(self, plan, free):
        for production, node in self._browse(plan, "mrp.production"):
            if node.key not in free:
                continue
            vals = {"date_start": node.start, "date_deadline": node.arrives}
            if any(production[name] != value for name, value in vals.items()):
                production.write(vals)
            if production.date_finished != node.arrives:
                production.date_finished = node.arrives

    def _date_purchases(self, plan, free):
        orders = self.env["purchase.order"]
        for order, node in self._browse(plan, "purchase.order"):
            if node.key not in free:
                continue
            orders |= order
            for line in self._find_purchase_lines(order, node):
                if line.date_planned != node.arrives:
                    line.date_planned = node.arrives
        asked = {}
        for order, node in self._browse(plan, "purchase.order"):
            if order in orders:
                asked[order] = min(asked.get(order, node.ordered), node.ordered)
        for order, date in asked.items():
            others = order.order_line.filtered(lambda line: not line.mto_sale_line_ids)
            if others:
                date = min(date, order.date_order)
            if order.date_order != date:
                order.date_order = date

    def _date_moves(self, order, plan):
        """Needs leave when what they are for begins; deliveries are due when committed."""
        dues = {demand.key: demand.due for demand in plan.demands if demand.due}
        lines = order.order_line
        moves = self.env["stock.move"].search(
            [
                ("mto_sale_line_id", "in", lines.ids),
                ("mto_key", "in", list(dues)),
                ("raw_material_production_id", "=", False),
                ("production_id", "=", False),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        deadline = order.commitment_date or order.mto_promise_date
        for move in moves:
            if self._is_supply_place(move.location_id) and move.date != dues[move.mto_key]:
                move.date = dues[move.mto_key]
            root = not move.move_dest_ids.raw_material_production_id and not move.move_dest_ids
            if root and deadline and move.date_deadline != deadline:
                move.date_deadline = deadline
