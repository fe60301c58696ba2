from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models


@dataclass(frozen=True)
class LinePlan:
    """What one line's plan has to do with the others: its products at all levels, its promise."""

    products: frozenset
    promise: datetime | None


class MtoTypedPlan(models.AbstractModel):
    """Plans a quotation while a person types: of its lines those that the typing concerns.

    Lines that have no product in common, at whatever level, take nothing from one another. So
    the others keep what was planned for them, for as long as that is fresh.
    """

    _name = "mto.typed.plan"
    _description = "Make to Order: Plan While Typing"

    @api.model
    def _plan(self, order, question, shown):
        """The dates of a quotation as it is typed, as ``mto.promise`` tells them.

        :param question: what its promise depends on, see ``sale.order``
        :param shown: the Shown of what was planned before
        :return: a tuple (dates, {line's id in JSON: LinePlan}, when the oldest part was planned)
        """
        lines = self._find_changed(order, question, shown)
        typed = lines and self._plan_part(order, lines, shown)
        if typed:
            return typed
        plan = order._mto_make_plan()
        parts = self._read_lines(order.order_line, plan)
        dates = self.env["mto.promise"]._tell_dates(order.order_line, plan)
        return dates, parts, plan.computed_at

    def _find_changed(self, order, question, shown):
        """The lines that were typed since the whole was planned; None: plan all of them."""
        if not shown.is_fresh() or not shown.lines or self._is_vendor_chosen():
            return None
        before, now = shown.question, question
        own = order._mto_get_promise_header()
        if len(before) != len(now) or before[: len(own)] != own:
            return None
        pairs = list(zip(before[len(own) :], now[len(own) :], strict=True))
        if any(old[0] != new[0] for old, new in pairs):
            return None
        ids = {new[0] for old, new in pairs if old != new}
        return order.order_line.filtered(lambda line: line._mto_get_json_id() in ids)

    def _is_vendor_chosen(self):
        """Whether a vendor may be chosen by when the order is due: that concerns all lines.

        Each company chooses for what it buys, also for the orders of others.
        """
        choosing = [("mto_vendor_choice", "!=", "core")]
        return bool(self.env["res.company"].sudo().search_count(choosing, limit=1))

    def _plan_part(self, order, lines, shown):
        """Plan only these lines; None where others have to do with them."""
        plan = order._mto_make_plan(lines=lines)
        dates = self.env["mto.promise"]._tell_dates(lines, plan)
        parts = self._read_lines(lines, plan)
        ids = {line._mto_get_json_id() for line in lines}
        others = {key: part for key, part in shown.lines.items() if key not in ids}
        taken = frozenset().union(*(part.products for part in others.values()))
        if any(part.products & taken for part in parts.values()):
            return None
        if dates["faults"] or shown.answer["faults"]:
            return None  # they are told in the order of the lines
        known = shown.answer
        parts = others | parts
        united = {
            name: {key: told for key, told in known[name].items() if key not in ids} | dates[name]
            for name in ("lines", "summaries")
        }
        promises = [part.promise for part in parts.values() if part.promise]
        promise = united["lines"] and fields.Datetime.to_string(max(promises))
        return {**dates, **united, "order": promise or False}, parts, shown.moment

    def _read_lines(self, lines, plan):
        """{line's id in JSON: LinePlan} of the lines that a plan is for."""
        goods = lines.filtered(self.env["mto.snapshot"]._is_goods_line)
        products = [set() for _line in goods]
        for demand in plan.demands:
            products[demand.line].add(demand.product_id)
        return {
            line._mto_get_json_id(): LinePlan(frozenset(own), dated.promise_date)
            for line, own, dated in zip(goods, products, plan.lines, strict=True)
        }
