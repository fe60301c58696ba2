import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import planner

_logger = logging.getLogger(__name__)

#: Orders that are planned between two reports of progress.
_BATCH = 20
#: How old the promise of a quotation may be when somebody opens it.
_FRESH = timedelta(minutes=5)


class MtoPromise(models.AbstractModel):
    """When the customers of orders can have the goods: kept with the orders, refreshed."""

    _name = "mto.promise"
    _description = "Make to Order: Promises"

    @api.model
    def _get_dates(self, order):
        """The dates of a quotation's plan, as JSON.

        :param order: one ``sale.order``, which may be a form's that is not saved yet
        :return: {"order": date, "lines": {line id: date}, "blocked": line ids, "undecided": line
            ids, "summaries": {line id: summary}, "faults": [{"product_id", "path", "code",
            "args"}]}, without names, see ``mto.promise.text``; dates only for lines with
            something made or bought to order, of the others they are core's; blocked: lines with
            something that nothing supplies; undecided: those of them that lack nothing but a
            purchaser's decision
        """
        if not order._mto_has_make_to_order():
            return self._get_no_dates()
        return self._tell_dates(order.order_line, order._mto_make_plan())

    @api.model
    def _get_no_dates(self):
        """What ``_get_dates`` says where nothing is made or bought to order."""
        nothing = {"blocked": [], "undecided": [], "summaries": {}, "faults": []}
        return {"order": False, "lines": {}, **nothing}

    @api.model
    def _tell_dates(self, lines, plan):
        """What ``_get_dates`` says, of the plan of these lines."""
        goods = lines.filtered(self.env["mto.snapshot"]._is_goods_line)
        text = self.env["mto.promise.text"]
        return {
            **self._read_dates(lines, plan),
            "summaries": {
                line._mto_get_json_id(): text._keep_summary(summary)
                for line, summary in zip(goods, planner.summarize(plan), strict=True)
            },
            "faults": text._keep_faults(plan),
        }

    @api.model
    def _describe_dates(self, dates):
        """What ``_get_dates`` says, with the "path" and the "message" of every fault in words."""
        faults = self.env["mto.promise.text"]._tell_faults(dates.get("faults", ()))
        return {**dates, "faults": faults}

    @api.model
    def _read_dates(self, planned, plan):
        """The same, without what stands behind the dates.

        :param planned: the lines that the plan is for
        """
        lines = {}
        goods = planned.filtered(self.env["mto.snapshot"]._is_goods_line)
        procured = plan.lines_to_order()
        for index, (line, dated) in enumerate(zip(goods, plan.lines, strict=True)):
            if index in procured and dated.promise_date:
                lines[line._mto_get_json_id()] = fields.Datetime.to_string(dated.promise_date)
        promise = lines and fields.Datetime.to_string(plan.promise_date)
        ids = [line._mto_get_json_id() for line in goods]
        return {
            "order": promise or False,
            "lines": lines,
            "blocked": [ids[index] for index in sorted(plan.lines_short())],
            "undecided": [ids[index] for index in sorted(plan.lines_undecided())],
        }

    @api.model
    def _freeze(self, order, plan):
        """Keep what a plan promises with an order that is being confirmed."""
        dates = self._read_dates(order.order_line, plan)
        for record, date in self._pair(order.sudo(), dates):
            # Not read before: that would plan once more where it is still to be computed.
            record.write({"mto_promise_date": date, "mto_forecast_date": date})
        for line in order.sudo().order_line:
            line.update(line._mto_read_blocked(dates))
        order.sudo().mto_planned_at = fields.Datetime.now()
        order.sudo().mto_baseline = planner.freeze(plan)

    @api.model
    def _freeze_delivered(self, orders):
        """Keep what was delivered before orders were confirmed again with what is planned."""
        for order in orders.sudo():
            moves = order.order_line.move_ids
            if order.mto_baseline and any(move.state == "done" for move in moves):
                order.mto_baseline = planner.freeze(order._mto_get_plan())

    @api.model
    def _freeze_added(self, lines, plan):
        """Keep what a plan promises for lines that are added to a confirmed order.

        The order's own promise is that of its last line; the other lines keep theirs.
        """
        order = lines.order_id
        dates = self._read_dates(lines, plan)
        for line in lines.sudo():
            date = dates["lines"].get(line._mto_get_json_id(), False)
            line.write({"mto_promise_date": date, "mto_forecast_date": date})
            line.update(line._mto_read_blocked(dates))
        for name in ("mto_promise_date", "mto_forecast_date") if dates["order"] else ():
            promised = fields.Datetime.to_datetime(dates["order"])
            order.sudo()[name] = max(order[name] or promised, promised)
        baseline = order.sudo().mto_baseline
        if baseline:
            baseline = planner.extend_baseline(baseline, plan)
            order.sudo().mto_baseline = baseline

    @api.model
    def _write(self, order, name, dates):
        """Write the dates that differ, whatever the user may write on the order."""
        order = order.sudo()
        for record, date in self._pair(order, dates):
            date = fields.Datetime.to_datetime(date)
            if record[name] != date:
                record[name] = date

    @api.model
    def _write_blocked(self, order, dates):
        """Write which lines have something that nothing supplies, where that has changed."""
        for line in order.sudo().order_line:
            for name, value in line._mto_read_blocked(dates).items():
                if line[name] != value:
                    line[name] = value

    def _pair(self, order, dates):
        yield order, dates["order"]
        for line in order.order_line:
            yield line, dates["lines"].get(line._mto_get_json_id(), False)

    # -- batches -----------------------------------------------------------------------

    @api.model
    def _get_refreshed_domain(self):
        """The orders whose dates change by themselves. Hook that aims to be extended."""
        # What nothing at all supplies has no promise, and is looked at until something does.
        is_dated = Domain("mto_promise_date", "!=", False) | Domain(
            "mto_forecast_date", "!=", False
        )
        return Domain("state", "in", ("draft", "sent")) | (
            Domain("state", "=", "sale")
            & (is_dated | Domain("mto_promise_status", "=", "blocked"))
            & Domain("delivery_status", "!=", "full")
        )

    @api.model
    def _cron_refresh(self):
        """Plan open quotations again, and look where confirmed orders stand, in batches.

        Those first that have not been refreshed for the longest time.
        """
        orders = self.env["sale.order"].search(
            self._get_refreshed_domain(), order="mto_planned_at asc nulls first, id"
        )
        self._refresh_all(orders)

    def _refresh_all(self, orders):
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for start in range(0, len(orders), _BATCH):
            batch = orders[start : start + _BATCH]
            self._refresh(batch)
            # Odoo asks for the time that is left; the next run takes up the rest.
            if not cron._commit_progress(len(batch)):
                break

    @api.model
    def _refresh(self, orders):
        """Plan orders again. One that cannot be planned does not hold up the others."""
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    self._refresh_one(order.with_company(order.company_id))
            except Exception:
                _logger.exception("The promise of %s could not be refreshed", order.name)
        orders.sudo().mto_planned_at = fields.Datetime.now()

    @api.model
    def _refresh_opened(self, order):
        """Plan a quotation again that somebody opens, if that was not done just now.

        :param order: one ``sale.order``, saved
        :return: whether its promise is another one, or one of its lines'
        """
        old = fields.Datetime.now() - _FRESH
        if order.state not in ("draft", "sent") or (order.mto_planned_at or old) > old:
            return False
        # Whoever is changing it at this moment has it planned anyway.
        if not order.sudo().try_lock_for_update(allow_referencing=True):
            return False
        before = self._read_kept(order)
        self._refresh(order)
        return self._read_kept(order) != before

    def _read_kept(self, order):
        lines = order.order_line
        dates = lines.mapped("mto_promise_date")
        return [order.mto_promise_kept, order.mto_promise_date, *dates]

    def _refresh_one(self, order):
        """Plan a quotation again and keep its dates; of a confirmed order the forecast."""
        if order.state == "sale":
            plan = self.env["mto.forecast"]._forecast(order)
            dates = self._read_dates(order.order_line, plan)
            self._write(order, "mto_forecast_date", dates)
            self._write_blocked(order, dates)
            self.env["mto.refresh"]._forget(order)
            return
        dates = self._get_dates(order)
        if order.mto_promise_kept != dates:
            order.sudo().mto_promise_kept = dates
        self._write(order, "mto_promise_date", dates)
        self._write(order, "mto_forecast_date", dates)
        self._write_blocked(order, dates)
