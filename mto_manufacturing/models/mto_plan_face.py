from dataclasses import replace
from datetime import datetime

from odoo import api, fields, models

from .. import planner

#: Who works with documents of a kind. Salespeople may read some of their records, and are refused
#: by what is on their forms.
_USERS = {
    "mrp.production": "mrp.group_mrp_user",
    "purchase.order": "purchase.group_purchase_user",
    "stock.picking": "stock.group_stock_user",
    "stock.move": "stock.group_stock_user",
}
#: Days. What is to begin at once slides with the clock.
_LEAST_LATE = 1 / 24


class MtoPlanFace(models.AbstractModel):
    """What ``get_mto_plan`` answers: the plan, with all that a screen shows beside it."""

    _name = "mto.plan.face"
    _description = "Make to Order: The Plan as It Is Shown"

    @api.model
    def _answer(self, order):
        """The plan of an order as JSON scalars; of a confirmed one with its forecast."""
        forecast = None
        if order.state == "sale" and order.mto_promise_date:
            plan, forecast = self.env["mto.forecast"]._look(order)
        else:
            plan = order._mto_get_plan()
        answer = self._show(order, plan)
        self._add_forecast(answer, plan, forecast)
        self._add_documents(answer)
        if order.state == "sale":
            self.env["mto.plan.changes"]._add(answer, order, plan)
        return answer

    @api.model
    def _show(self, order, plan):
        """A plan with its texts, the order's own facts and the company's working time."""
        warnings = tuple(issue for issue in plan.warnings if not self._is_negligible(issue))
        plan = replace(plan, warnings=warnings)
        answer = order._mto_show(plan)
        answer.update(
            name=order.name or "",
            state=order.state,
            promise_is_known=order._mto_knows_promise(not plan.feasible),
            commitment_date=_plain_date(order.commitment_date),
            forecast_date=None,
            closed=self._get_closed(order, plan),
        )
        lines, short = {line.id: line for line in order.order_line}, plan.lines_short()
        for index, one in enumerate(answer["lines"]):
            line = lines.get(one["line_id"], order.order_line.browse())
            one.update(
                promise_is_known=order._mto_knows_promise(index in short),
                product=line.product_id.display_name or "",
                ordered={"quantity": line.product_uom_qty, "uom": line.product_uom_id.name or ""},
                forecast_date=None,
            )
        return answer

    def _is_negligible(self, issue):
        """Whether somebody is late by no more than the time since the order was confirmed."""
        return issue.code == planner.LATE and dict(issue.args)["days"] < _LEAST_LATE

    def _get_closed(self, order, plan):
        moments = [
            date
            for node in plan.nodes
            for date in (node.earliest_start, node.start, node.end)
            if date
        ]
        moments += [line.promise_date for line in plan.lines if line.promise_date]
        if not moments:
            return []
        now = fields.Datetime.now()
        closed = self.env["mto.working.time"]._get_closed(
            order.company_id, min(now, *moments), max(now, *moments)
        )
        return [[start.isoformat(), end.isoformat()] for start, end in closed]

    @api.model
    def _iterate(self, answer):
        """The nodes of an answer, in no order; a tree may be deeper than Python's stack."""
        waiting = [node for line in answer["lines"] for node in line["supplies"]]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node["supplies"])

    # -- of a confirmed order ----------------------------------------------------------

    def _add_forecast(self, answer, plan, forecast):
        """When each supply will begin and be there as things are now."""
        dates = {node.key: node for node in forecast.nodes} if forecast else {}
        for node in self._iterate(answer):
            later = dates.get(node["key"])
            done = node["document"] and node["document"]["state"] == "done"
            known = later and not done
            node["forecast_start"] = _plain_date(later.earliest_start) if known else None
            node["forecast_end"] = _plain_date(later.earliest_end) if known else None
        if forecast:
            answer["forecast_date"] = _plain_date(forecast.promise_date)
            for line, later in zip(answer["lines"], forecast.lines, strict=True):
                line["forecast_date"] = _plain_date(later.promise_date)

    def _add_documents(self, answer):
        """How much of each document is done, and whether the user may open it."""
        nodes = [node for node in self._iterate(answer) if node["document"]]
        by_model = {}
        for node in nodes:
            by_model.setdefault(node["document"]["model"], []).append(node)
        for model, own in by_model.items():
            ids = {node["document"]["id"] for node in own}
            records = self.env[model].browse(ids)
            readable = set()
            if self.env.user.has_group(_USERS[model]) and self.env[model].has_access("read"):
                readable = set(records._filtered_access("read").ids)
            # Whoever may see the order sees how far its documents are.
            done = self._read_done(records.sudo().exists())
            for node in own:
                document = node["document"]
                document["done"] = done.get((document["id"], node["product_id"]), 0.0)
                document["may_open"] = document["id"] in readable

    def _read_done(self, documents):
        """{(document id, product id): given so far, in the product's unit}."""
        iterate = getattr(self, f"_iterate_done_{documents._name.replace('.', '_')}")
        done = {}
        for document, product, unit, quantity in iterate(documents):
            place = document.id, product.id
            given = unit._compute_quantity(quantity, product.uom_id) if quantity else 0.0
            done[place] = done.get(place, 0.0) + given
        return done

    def _iterate_done_mrp_production(self, productions):
        for one in productions:
            yield one, one.product_id, one.product_uom_id, one.qty_produced

    def _iterate_done_purchase_order(self, purchases):
        for line in purchases.order_line.filtered("product_id"):
            yield line.order_id, line.product_id, line.product_uom_id, line.qty_received

    def _iterate_done_stock_picking(self, pickings):
        for move, *done in self._iterate_done_stock_move(pickings.move_ids):
            yield move.picking_id, *done

    def _iterate_done_stock_move(self, moves):
        for move in moves.filtered(lambda move: move.state == "done"):
            yield move, move.product_id, move.product_uom, move.quantity


def _plain_date(value):
    return value.isoformat() if value and value != datetime.min else None
