from datetime import timedelta

from odoo import api, fields, models

from .. import planner


class MtoForecast(models.AbstractModel):
    """A date that changes: what has not started gets the dates for today's commitment (N23).

    What others wait for as well is made earlier if need be, and never later.
    """

    # A concept of its own beside where an order stands.
    _inherit = "mto.forecast"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _follow_commitment(self, order):
        """Give every document that has not started the dates for today's commitment.

        :return: the ``planner.Plan`` with those dates
        """
        reader, order = self._as_system(order)
        tree, leads = reader._read_leads(order)
        held = reader._find_held(tree)
        leads = reader._hold(tree, leads, held)
        plan = planner.set_dates(tree, leads, fields.Datetime.now())
        free = {
            node.key
            for node, timing in zip(plan.nodes, leads.nodes, strict=True)
            if timing and node.document and not timing.fixed
        }
        reader._date_productions(plan, free, held)
        reader._date_purchases(plan, free)
        reader._date_moves(order, plan)
        return plan

    def _find_held(self, tree):
        """{node key: when it arrives at the latest} of the documents that others wait for, too."""
        sold, held = self._get_sold(tree), {}
        for production, node in self._browse(tree, "mrp.production"):
            if production.date_finished and not production._mto_is_only_for(sold):
                held[node.key] = production.date_finished
        for order, node in self._browse(tree, "purchase.order"):
            lines = self._find_purchase_lines(tree, order, node).filtered("date_planned")
            lines = lines.filtered(lambda line: not line._mto_is_only_for(sold))
            if lines:
                held[node.key] = min(lines.mapped("date_planned"))
        return held

    def _hold(self, tree, leads, held):
        """The same times; what others wait for, and so what is below it, is no later than now."""
        pairs = zip(tree.nodes, leads.nodes, strict=True)
        nodes = (
            planner.evolve(timing, not_after=held[node.key])
            if timing and node.key in held
            else timing
            for node, timing in pairs
        )
        return planner.evolve(leads, nodes=tuple(nodes))

    def _date_productions(self, plan, free, held):
        for production, node in self._browse(plan, "mrp.production"):
            # Where others wait for it, it may be too late for them already.
            is_kept = node.key in held and node.arrives >= held[node.key]
            if node.key not in free or is_kept:
                continue
            vals = {"date_start": node.start, "date_deadline": node.arrives}
            if any(production[name] != value for name, value in vals.items()):
                production.write(vals)
            if production.date_finished != node.arrives:
                production.date_finished = node.arrives

    def _date_purchases(self, plan, free):
        asked, sold = {}, self._get_sold(plan)
        for order, node in self._browse(plan, "purchase.order"):
            if node.key in free:
                asked[order] = min(asked.get(order, node.ordered), node.ordered)
                for line in self._find_purchase_lines(plan, order, node):
                    self._date_purchase_line(line, node.arrives, sold)
        for order, date in asked.items():
            bought = order.order_line.filtered("product_id")
            if not all(line._mto_is_only_for(sold) for line in bought):
                date = min(date, order.date_order)  # what others need keeps its time
            if order.date_order != date:
                order.date_order = date

    def _date_purchase_line(self, line, date, sold):
        if line.date_planned and not line._mto_is_only_for(sold):
            date = min(date, line.date_planned)
        if line.date_planned != date:
            line.date_planned = date

    def _date_moves(self, order, plan):
        """Needs leave when what they are for begins; deliveries are due when committed."""
        dues = {demand.key: demand.due for demand in plan.demands if demand.due}
        brought = [f"{key}/@" for key in dues]  # on the last steps to a need
        moves = self.env["stock.move"].search(
            [
                ("mto_sale_line_id", "in", order.order_line.ids),
                ("mto_key", "in", [*dues, *brought]),
                ("raw_material_production_id", "=", False),
                ("production_id", "=", False),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        needs = moves.filtered(lambda move: move.mto_key in dues)
        for move in needs:
            if self._is_supply_place(move.location_id) and move.date != dues[move.mto_key]:
                move.date = dues[move.mto_key]
            promise = move.mto_sale_line_id.mto_promise_date or order.mto_promise_date
            deadline = order.commitment_date or promise
            if not move.move_dest_ids and deadline and move.date_deadline != deadline:
                move.date_deadline = deadline
        self._date_steps(moves - needs)

    def _date_steps(self, steps):
        """Steps of a transfer end when what they lead to leaves, the last step first."""
        while steps:
            ends = steps.filtered(lambda move, steps=steps: not move.move_dest_ids & steps)
            last = ends or steps
            for move in last.filtered("move_dest_ids"):
                date = min(move.move_dest_ids.mapped("date"))
                date -= timedelta(days=move.rule_id.delay)
                if move.date != date:
                    move.date = date
            steps -= last
