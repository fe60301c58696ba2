from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import planner


@dataclass
class Changes:
    """What is tried: quantities by order line, a wanted date, and how products are supplied.

    ``sooner``: days, by product; ``vendors``: partner ids, by product; ``use_idle``: whether
    stock is taken that is reserved for no customer.
    """

    quantities: dict = field(default_factory=dict)
    wanted: object = None
    sooner: dict = field(default_factory=dict)
    vendors: dict = field(default_factory=dict)
    use_idle: bool = False


class MtoPreview(models.AbstractModel):
    """Plans a quotation as it might be. Nothing is saved."""

    _name = "mto.preview"
    _description = "Make to Order: What If"

    @api.model
    def _read_changes(self, order, changes):
        """Check what a program or a screen asks for.

        :param changes: {"quantities": {line id: quantity in the line's unit},
            "commitment_date": ISO 8601 in UTC, "expedite": {product id: days},
            "vendors": {product id: partner id}, "use_idle": a boolean}, all optional
        :raise UserError: where the order is confirmed, or a value makes no sense
        """
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._("%s is no quotation any more: change the order itself.", order.name)
            )
        try:
            quantities = {int(k): float(v) for k, v in changes.get("quantities", {}).items()}
            sooner = {int(k): float(v) for k, v in changes.get("expedite", {}).items()}
            if any(days != days for days in sooner.values()):  # what JSON calls NaN
                raise ValueError("no number of days")
            vendors = {int(k): int(v) for k, v in changes.get("vendors", {}).items()}
            wanted = changes.get("commitment_date")
            wanted = fields.Datetime.to_datetime(wanted.replace("T", " ")) if wanted else None
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(self.env._("What is to be tried cannot be read.")) from error
        lines = order.order_line
        if set(quantities) - set(lines.ids) or any(not 0 <= q < 1e12 for q in quantities.values()):
            raise UserError(self.env._("Quantities are those of the order's lines, not below 0."))
        use_idle = bool(changes.get("use_idle"))
        return Changes(quantities, wanted, sooner, vendors, use_idle)

    @api.model
    def _make(self, order, changes, now=None):
        """The plan of a quotation with these changes.

        :param now: when it is made, if plans are to be compared
        :return: a ``planner.Plan``
        """
        tried = order.new(origin=order)
        try:
            return self._plan(tried, changes, now or fields.Datetime.now())
        finally:
            # All copies of an order share what is kept in memory: the next begins afresh.
            tried.order_line.invalidate_recordset(flush=False)
            tried.invalidate_recordset(flush=False)

    def _plan(self, tried, changes, now):
        for line in tried.order_line:
            if line._origin.id in changes.quantities:
                line.product_uom_qty = changes.quantities[line._origin.id]
        if changes.wanted:
            tried.commitment_date = changes.wanted
        tried = tried.with_context(
            mto_tried_vendors=changes.vendors, mto_use_idle=changes.use_idle
        )
        known, network, policy = tried.env["mto.snapshot"]._take(tried)
        network = planner.expedite(network, changes.sooner)
        return planner.make_plan(known, network, policy, now)

    @api.model
    def _apply(self, order, changes):
        """Write what can be written on the quotation; a faster vendor is for a person to find."""
        order.write(
            {
                "order_line": [
                    Command.update(line_id, {"product_uom_qty": quantity})
                    for line_id, quantity in changes.quantities.items()
                ],
                **({"commitment_date": changes.wanted} if changes.wanted else {}),
            }
        )

    @api.model
    def _compare(self, before, after):
        """The promises of two plans, and the days between them (more: later)."""
        lines = [
            {"line_id": one.line_id, **self._compare_dates(one, other)}
            for one, other in zip(before.lines, after.lines, strict=True)
        ]
        return {**self._compare_dates(before, after), "lines": lines}

    def _compare_dates(self, before, after):
        dates = before.promise_date, after.promise_date
        days = (dates[1] - dates[0]).total_seconds() / 86400 if all(dates) else None
        return {
            "before": dates[0] and dates[0].isoformat(),
            "after": dates[1] and dates[1].isoformat(),
            "days": days,
        }

    @api.model
    def _answer(self, order, changes):
        """What ``sale.order.preview_mto_plan`` answers."""
        now = fields.Datetime.now()
        plan = self._make(order, changes, now)
        answer = self.env["mto.plan.face"]._show(order, plan)
        if changes.wanted:
            answer["commitment_date"] = changes.wanted.isoformat()
        present = self._make(order, Changes(), now)
        answer["difference"] = self._compare(present, plan)
        answer["idle"] = self._list_idle(order, plan) if changes.use_idle else []
        return answer

    def _list_idle(self, order, plan):
        """What of the stock in a plan is reserved for no customer, and where."""
        taken = [
            (take.key, take.quantity)
            for node in plan.nodes
            if node.supply == planner.STOCK
            for take in node.takes
        ]
        return self.env["mto.tried.supply"]._list_idle(order, taken)

    @api.model
    def _get_choices(self, order):
        """What ``sale.order.get_mto_choices`` answers."""
        plan = self._make(order, Changes())
        bought = {
            node.product_id: node.vendor_id
            for node in plan.nodes
            if node.supply == planner.PURCHASE
        }
        return {"vendors": self.env["mto.tried.supply"]._list_vendors(order, bought)}
