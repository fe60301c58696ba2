from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import planner


@dataclass
class Changes:
    """What is tried: quantities by order line, a wanted date, days sooner by product."""

    quantities: dict
    wanted: object
    sooner: dict


class MtoPreview(models.AbstractModel):
    """Plans a quotation as it might be. Nothing is saved."""

    _name = "mto.preview"
    _description = "Make to Order: What If"

    @api.model
    def _read_changes(self, order, changes):
        """Check what a program or a screen asks for.

        :param changes: {"quantities": {line id: quantity in the line's unit},
            "commitment_date": ISO 8601 in UTC, "expedite": {product id: days}}, all optional
        :raise UserError: where the order is confirmed, or a value makes no sense
        """
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._("%s is no quotation any more: change the order itself.", order.name)
            )
        try:
            quantities = {int(k): float(v) for k, v in changes.get("quantities", {}).items()}
            sooner = {int(k): float(v) for k, v in changes.get("expedite", {}).items()}
            wanted = changes.get("commitment_date")
            wanted = fields.Datetime.to_datetime(wanted.replace("T", " ")) if wanted else None
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(self.env._("What is to be tried cannot be read.")) from error
        lines = order.order_line
        if set(quantities) - set(lines.ids) or any(not 0 <= q < 1e12 for q in quantities.values()):
            raise UserError(self.env._("Quantities are those of the order's lines, not below 0."))
        return Changes(quantities, wanted, sooner)

    @api.model
    def _make(self, order, changes):
        """The plan of a quotation with these changes.

        :return: a ``planner.Plan``
        """
        tried = order.new(origin=order)
        try:
            return self._plan(tried, changes)
        finally:
            # All copies of an order share what is kept in memory: the next begins afresh.
            tried.order_line.invalidate_recordset(flush=False)
            tried.invalidate_recordset(flush=False)

    def _plan(self, tried, changes):
        for line in tried.order_line:
            if line._origin.id in changes.quantities:
                line.product_uom_qty = changes.quantities[line._origin.id]
        if changes.wanted:
            tried.commitment_date = changes.wanted
        known, network, policy = self.env["mto.snapshot"]._take(tried)
        network = planner.expedite(network, changes.sooner)
        return planner.make_plan(known, network, policy, fields.Datetime.now())

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
        plan = self._make(order, changes)
        answer = order._mto_show(plan)
        present = self._make(order, Changes({}, None, {}))
        answer["difference"] = self._compare(present, plan)
        return answer
