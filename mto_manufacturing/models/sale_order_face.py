from odoo import api, models
from odoo.exceptions import AccessError

from .. import planner


class SaleOrder(models.Model):
    """What screens, programs and customers ask an order for: a stable interface."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.readonly
    def get_mto_plan(self):
        """The plan of this order as JSON scalars: a stable interface for screens and programs.

        Beside the plan: "name", "state", "commitment_date", "forecast_date", "closed" (times in
        which nobody works) of the order; "product", "ordered", "forecast_date" of each line;
        "forecast_start", "forecast_end" of each node, of its document how much is "done" and
        whether the user "may_open" it; of a confirmed order "planned_at", and of each node
        "planned_end" and "changes" since then.

        :return: a dict, see the design's public face; dates are UTC, quantities are in the
            product's unit of measure
        """
        self.ensure_one()
        self._mto_check_plan_access()
        return self.env["mto.plan.face"]._answer(self)

    def _mto_show(self, plan):
        """A plan as JSON scalars, with its texts in the language of whoever reads it."""
        answer = self.env["mto.fault.text"]._fill(planner.plain(plan))
        answer = self.env["mto.reason.text"]._fill(plan, answer)
        return self.env["mto.surplus.face"]._tell(answer, plan, self.company_id)

    def _mto_check_plan_access(self):
        self.check_access("read")
        if not self.env.user._is_internal():
            # A customer may read the order, but not what it is made of and who supplies it.
            raise AccessError(self.env._("The plan of an order is for the company's own people."))

    def mto_refresh_promise(self):
        """Have this quotation planned again, as it is done when somebody opens it.

        :return: whether its promise has changed; False, too, where it could not be planned
        """
        self.ensure_one()
        self._mto_check_plan_access()
        return self.env["mto.promise"]._refresh_opened(self)

    @api.readonly
    def get_mto_summary(self, line_id):
        """What the date of one order line waits for. See ``planner.summarize``.

        :return: {"steps": [...], "stock": [...], "missing": [...]}, or False for another line;
            of a confirmed order as things are today, with "forecast_date", of the line, too
        """
        self.ensure_one()
        self._mto_check_plan_access()
        is_followed = self.state == "sale" and self.mto_promise_date
        plan = (
            self.env["mto.forecast"]._get_expected(self) if is_followed else self._mto_get_plan()
        )
        summaries = zip(plan.lines, planner.summarize(plan), strict=True)
        for line, summary in summaries:
            if line.line_id == line_id:
                date = line.promise_date
                known = {"forecast_date": date and date.isoformat()} if is_followed else {}
                return {**summary, **known}
        return False

    # -- what if -----------------------------------------------------------------------

    @api.readonly
    def preview_mto_plan(self, changes):
        """The plan of this quotation if something were otherwise; saves nothing.

        :param changes: {"quantities": {line id: quantity}, "commitment_date": ISO 8601 in UTC,
            "expedite": {product id: days sooner}, "vendors": {product id: partner id},
            "use_idle": whether to take what is reserved for no customer}, each of them optional
        :return: as ``get_mto_plan``, with "difference": {"before", "after", "days", "lines":
            [{"line_id", and the same}]} and "idle": [{"product", "quantity", "uom", "holder"}]
            that would have to be given up
        :raise UserError: where it is confirmed, or the changes make no sense
        """
        self.ensure_one()
        self._mto_check_plan_access()
        preview = self.env["mto.preview"]
        return preview._answer(self, preview._read_changes(self, changes))

    @api.readonly
    def get_mto_choices(self):
        """What can be tried on this quotation, besides its quantities and its date.

        :return: {"vendors": {product id: [{"id", "name", "days", "chosen"}]}} of what it buys;
            names are empty for those who may not see purchases
        """
        self.ensure_one()
        self._mto_check_plan_access()
        return self.env["mto.preview"]._get_choices(self)

    def action_mto_apply_changes(self, changes):
        """Write the quantities and the wanted date that were tried on this quotation."""
        self.ensure_one()
        self._mto_check_plan_access()
        preview = self.env["mto.preview"]
        preview._apply(self, preview._read_changes(self, changes))
        return True

    # -- for the customer --------------------------------------------------------------

    def _mto_get_milestones(self):
        """How far this order is, as its customer is told. See ``mto.milestones``."""
        self.ensure_one()
        if not self.company_id.mto_show_promise:
            return []
        return self.env["mto.milestones"]._get(self)
