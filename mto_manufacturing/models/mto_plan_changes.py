from datetime import datetime

from odoo import api, models
from odoo.tools import format_datetime

from .. import planner


class MtoPlanChanges(models.AbstractModel):
    """What became of what was planned when an order was confirmed, in words."""

    _name = "mto.plan.changes"
    _description = "Make to Order: Changes Since the Confirmation"

    @api.model
    def _add(self, answer, order, plan):
        """Tell at each node of an answer what differs from what was planned.

        :param answer: what ``get_mto_plan`` answers, changed in place: "planned_end" and
            "changes": [{"code", "text"}] of each node, "planned_at" of the whole
        """
        baseline = order.sudo().mto_baseline
        changes = planner.compare_with_baseline(baseline, plan) if baseline else {}
        products = {product.product_id: product for product in plan.products}
        answer["planned_at"] = baseline["at"] if baseline else None
        for node in self.env["mto.plan.face"]._iterate(answer):
            found = changes.get(node["key"], ())
            node["changes"] = [
                {"code": change.code, "text": self._describe(change, products[node["product_id"]])}
                for change in found
            ]
            node["planned_end"] = next(
                (dict(change.args)["planned_end"] for change in found if change.code == "moved"),
                None,
            )

    def _describe(self, change, product):
        args = dict(change.args)
        return getattr(self, f"_describe_{change.code}")(args, product)

    def _describe_moved(self, args, product):
        words = {
            "days": self._format_days(abs(args["days"])),
            "date": self._format_moment(args["planned_end"]),
        }
        if args["days"] > 0:
            return self.env._("Moved: %(days)s later than planned (%(date)s).", **words)
        return self.env._("Moved: %(days)s sooner than planned (%(date)s).", **words)

    def _describe_vanished(self, args, product):
        return self.env._(
            "Gone: %(planned)s was planned (%(kind)s).", **self._prepare_words(args, product)
        )

    def _describe_replaced(self, args, product):
        return self.env._(
            "Planned otherwise: %(planned)s (%(kind)s).", **self._prepare_words(args, product)
        )

    def _describe_unplanned(self, args, product):
        return self.env._(
            "Not planned: %(actual)s were added by hand.", **self._prepare_words(args, product)
        )

    def _describe_resized(self, args, product):
        return self.env._(
            "Changed by hand: %(actual)s instead of %(planned)s.",
            **self._prepare_words(args, product),
        )

    def _describe_untied(self, args, product):
        return self.env._("No longer tied to this order: anybody can take the goods.")

    def _describe_need(self, args, product):
        other = self.env["product.product"].browse(args["product_id"])
        words = self._prepare_words(args, product)
        if other.id == product.product_id:
            return self.env._("Needed now: %(actual)s instead of %(planned)s.", **words)
        words["product"] = other.sudo().display_name
        return self.env._("No longer needed: %(planned)s of %(product)s.", **words)

    def _prepare_words(self, args, product):
        return {
            "planned": self._format(args["planned"], product),
            "actual": self._format(args["actual"], product),
            "kind": self._get_kinds().get(args["planned_supply"], ""),
        }

    def _get_kinds(self):
        """{supply: word} of the planner's supplies."""
        return {
            planner.STOCK: self.env._("from stock"),
            planner.RECEIPT: self.env._("an expected receipt"),
            planner.PURCHASE: self.env._("a purchase"),
            planner.PRODUCTION: self.env._("a production"),
            planner.TRANSFER: self.env._("a transfer"),
            planner.REORDERING: self.env._("by a reordering rule"),
            planner.MISSING: self.env._("nothing supplies it"),
        }

    def _format(self, quantity, product):
        number = self.env["mto.supply.text"]._format_number(quantity)
        return f"{number} {product.uom}".strip()

    def _format_moment(self, text):
        return format_datetime(self.env, datetime.fromisoformat(text), dt_format="short")

    def _format_days(self, days):
        hours = round(days * 24)
        if hours < 24:
            return self.env._("1 hour") if hours <= 1 else self.env._("%s hours", hours)
        number = self.env["mto.supply.text"]._format_number(days, most=1)
        return self.env._("1 day") if round(days, 1) == 1 else self.env._("%s days", number)
