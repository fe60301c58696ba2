import json
from datetime import timedelta

from odoo import api, fields, models

from .. import planner
from .mto_confirmation import Gaps
from .mto_memo import get_memo, remember
from .mto_netting import PlannedSupplies, get_now


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "mto.strategy.mixin"]

    supply_strategy = fields.Selection(
        readonly=False,
        help="How this line is supplied, whatever its product says. Empty: as the product.",
    )

    mto_promise_date = fields.Datetime(
        string="Promise Date",
        compute="_compute_mto_promise_date",
        store=True,
        copy=False,
        help="The day on which the customer has the goods, where anything of them is made or "
        "bought to order.",
    )
    mto_forecast_date = fields.Datetime(
        string="Forecast Date",
        copy=False,
        readonly=True,
        help="When the customer will have the goods as things are now.",
    )

    mto_is_blocked = fields.Boolean(
        string="Blocked",
        compute="_compute_mto_promise_date",
        store=True,
        copy=False,
        help="Whether something that this line needs is supplied by nothing.",
    )
    mto_is_undecided = fields.Boolean(
        string="Waiting for a Decision",
        compute="_compute_mto_promise_date",
        store=True,
        copy=False,
        help="Whether this line lacks nothing but a purchaser's decision to buy more than is "
        "needed.",
    )

    # As text: a form with many lines reads it often, and a Json field copies what is read.
    mto_promise_summary = fields.Text(
        string="Promise in Short",
        compute="_compute_mto_promise_summary",
        groups="base.group_user",
        help="What the promise of a quotation's line waits for, as JSON: see planner.summarize.",
    )

    @api.depends("order_id.mto_promise_kept")
    @api.depends_context("lang")
    def _compute_mto_promise_summary(self):
        for order, lines in self.grouped("order_id").items():
            kept = (order.mto_promise_kept or {}).get("summaries")
            if not kept:
                lines.mto_promise_summary = False
                continue
            ids = {line._mto_get_json_id() for line in lines}
            own = {key: summary for key, summary in kept.items() if key in ids}
            told = self.env["mto.promise.text"]._tell_summaries(own)
            for line in lines:
                summary = told.get(line._mto_get_json_id())
                line.mto_promise_summary = summary and json.dumps(summary)

    @api.depends("order_id.mto_promise_kept")
    def _compute_mto_promise_date(self):
        for order, lines in self.grouped("order_id").items():
            if order.state in ("draft", "sent"):  # a confirmed order keeps its own
                data = order.mto_promise_kept or {"lines": {}}
                if not data["lines"] and not data.get("blocked"):
                    # All of them are told the same: nothing.
                    lines.update({"mto_promise_date": False, **lines[0]._mto_read_blocked(data)})
                    continue
                for line in lines:
                    date = data["lines"].get(line._mto_get_json_id()) or False
                    line.update({"mto_promise_date": date, **line._mto_read_blocked(data)})

    def _mto_read_blocked(self, dates):
        """The values of this line's flags, from what ``mto.promise`` tells of its order."""
        own = self._mto_get_json_id()
        names = {"mto_is_blocked": "blocked", "mto_is_undecided": "undecided"}
        return {name: own in dates.get(key, ()) for name, key in names.items()}

    def _mto_get_json_id(self):
        """What stands for this line in JSON: in a form its record's id, if it has one."""
        self.ensure_one()
        return str(self.id or self._origin.id or self.id)

    def _mto_get_promise_question(self):
        """What the promise of an order depends on in this line, to be compared."""
        self.ensure_one()
        texts = self.product_custom_attribute_value_ids
        chosen = texts and texts.custom_product_template_attribute_value_id._origin._ids
        return (
            self._mto_get_json_id(),
            self.display_type,
            self.product_id._origin.id,
            self.product_uom_qty,
            self.product_uom_id._origin.id,
            self.customer_lead,
            self.warehouse_id._origin.id,
            self.route_ids._origin._ids,
            self.product_no_variant_attribute_value_ids._origin._ids,
            chosen or (),
            tuple(text.custom_value for text in texts),
        )

    def onchange(self, values, field_names, fields_spec):
        # In an order's form: what is planned here is shown by the order's own onchange next.
        return super(SaleOrderLine, remember(self)).onchange(values, field_names, fields_spec)

    def _get_linked_lines(self):
        # Core looks through all lines for each of them, whenever something is typed in one.
        memo, order = get_memo(self.env), self.order_id
        if memo is None:
            return super()._get_linked_lines()
        known = memo.table("linked lines")
        if order.id not in known:
            known[order.id] = any(
                line.linked_line_id or line.linked_virtual_id for line in order.order_line
            )
        return super()._get_linked_lines() if known[order.id] else self.browse()

    def _mto_get_shown_date(self):
        """The day that a customer is told for this line, or nothing."""
        self.ensure_one()
        order = self.order_id
        if not self.company_id.mto_show_promise or order.state == "cancel":
            return False
        if self.mto_is_blocked:
            return False  # the date is that of the parts that can be supplied
        forecast = self.mto_forecast_date if order.state == "sale" else False
        return forecast or self.mto_promise_date

    def _expected_date(self):
        # What is made or bought to order is there when the plan says; the rest as in core.
        return self.mto_promise_date or super()._expected_date()

    def _mto_get_company(self):
        return self.company_id or super()._mto_get_company()

    def _mto_get_archived_routes(self):
        archived = super()._mto_get_archived_routes()
        if self._mto_get_strategy_routes().filtered("active"):
            return archived  # the line's own strategy replaces the product's
        return archived | self.product_id.product_tmpl_id._mto_get_archived_routes()

    def _mto_filter_relying(self):
        # As of products: few do.
        templates = self.product_id.product_tmpl_id._mto_filter_relying()
        own = self._origin.with_context(active_test=False).filtered("route_ids")
        return self.filtered(
            lambda line: (
                line.route_ids
                or line._origin in own
                or line.product_id.product_tmpl_id in templates
            )
        )

    def _mto_describe_archived_routes(self):
        """The product and the archived routes that the line relies on, or nothing."""
        self.ensure_one()
        names = ", ".join(self._mto_get_archived_routes().mapped("name"))
        return f"{self.product_id.display_name} ({names})" if names else ""

    def _mto_is_custom(self):
        """Whether the line asks for a configuration that stock cannot be told to have."""
        self.ensure_one()
        chosen = self.product_no_variant_attribute_value_ids.filtered(
            lambda value: len(value.attribute_line_id.value_ids) > 1
        )
        return bool(chosen or self.product_custom_attribute_value_ids)

    def _mto_get_texts(self):
        """The values for which the customer gave a text of their own."""
        custom = self.product_custom_attribute_value_ids
        return custom.custom_product_template_attribute_value_id

    def _mto_describe_configuration(self):
        """What is configured, as it is described to whoever makes or sells it; as in core."""
        line = self.with_context(lang=self.order_id.partner_id.lang)
        return line._get_sale_order_line_multiline_description_variants().strip()

    def _mto_get_rest(self):
        """What of the line is not delivered and not on its way (line's unit).

        All of it, but where it was confirmed before, or a vendor ships a part of it.
        """
        self.ensure_one()
        saved = self._origin
        if not saved.move_ids and not saved.purchase_line_ids:
            return self.product_uom_qty
        return max(self.product_uom_qty - saved._mto_get_alive(), 0.0)

    def _mto_get_asked_before(self):
        """What the line has asked for before it is changed, in its unit."""
        self.ensure_one()
        return self.env.context.get("mto_asked_before", {}).get(self.id, self.product_uom_qty)

    def _mto_get_alive(self):
        """What of the line is delivered or on its way (line's unit).

        As core reckons, but for what vendors ship: core goes by what they were asked for, and
        whatever is said here of that is not heard where drop shipping is installed.
        """
        self.ensure_one()
        line, goods = self.sudo(), self.env["mto.delivered.goods"]
        if goods._is_shipped(line):
            return goods._get_alive(line)
        return self._get_qty_procurement()

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        values.update(mto_key=planner.line_key(self.id), mto_sale_line_id=self.id)
        if self.mto_promise_date:
            values.update(self._mto_prepare_dates(values["date_deadline"]))
        return values

    def _mto_prepare_dates(self, deadline):
        """When a line's goods are shipped and have to be there: never before now."""
        now, planned = get_now(self.env), self.env.context.get("mto_planned")
        due = planned and planned.get_line_due(self)
        if not due:
            days = self.company_id.security_lead
            if self.company_id.mto_customer_lead == "shipping":
                days += self.customer_lead
            due = deadline - timedelta(days=days)
        return {"date_planned": max(due, now), "date_deadline": max(deadline, now)}

    def _mto_with_hidden_suppliers(self):
        """These lines, with the rights to read what companies offer that the user does not see.

        :return: nothing where that makes no difference
        """
        companies = self.env["res.company"]
        if self.env.su or not companies._mto_is_any_hidden():
            return self.browse()
        self.check_access("read")
        self._mto_forget_ways()
        lines = self.sudo()
        if self.env["mto.made.to.order"]._is_any(lines):
            return lines
        self._mto_forget_ways()
        return self.browse()

    def _mto_forget_ways(self):
        """Have all that says how these lines are supplied read again, with whatever rights."""
        self.product_id._mto_forget_ways()
        self.invalidate_recordset(["route_ids"])

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Plan an order once, when it is confirmed, and let the plan lead what core creates."""
        if self.env.context.get("skip_procurement"):
            return super()._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        lines = self._mto_with_hidden_suppliers()
        if lines:
            lines._action_launch_stock_rule(previous_product_uom_qty=previous_product_uom_qty)
            self._mto_forget_ways()
            return True
        planned_orders = self.env.context.get("mto_planned_orders")
        is_told = planned_orders is not None or self.env.context.get("mto_again")
        gaps = None if is_told else Gaps()
        self = remember(
            self.with_context(mto_asked_before=previous_product_uom_qty or {}, mto_gaps=gaps)
        )
        get_memo(self.env).expect(self.product_id)
        if not self.env.context.get("mto_again"):  # then only what was lost is asked for
            self.env["mto.sent.back"]._ask_again(self)
        if previous_product_uom_qty:
            self.env["mto.order.change"]._decrease(self, previous_product_uom_qty)
        if planned_orders is None:  # else what is planned comes from the stock
            self.env["mto.closed.delivery"]._send(self)
        for order, lines in self.grouped("order_id").items():
            for part, planned in lines._mto_plan_parts(order, planned_orders):
                part = part.with_context(mto_planned=planned) if planned else part
                own = part.env["mto.drop.shipment"]._launch(part)
                rest = part.with_context(mto_launched=own.ids) if own else part
                super(SaleOrderLine, rest)._action_launch_stock_rule(
                    previous_product_uom_qty=previous_product_uom_qty
                )
                # Not of what is being planned: its forecast is fresh.
                part.env["mto.refresh"]._touch(part)
        if gaps is not None:
            self.env["mto.confirmation"]._notify_more(self.order_id, gaps)
        return True

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        quantity = super()._get_qty_procurement(previous_product_uom_qty=previous_product_uom_qty)
        return self.env["mto.delivered.goods"]._limit_delivered(self, quantity)

    def _create_procurements(self, product_qty, procurement_uom, values):
        if self.id in self.env.context.get("mto_launched", ()):
            return []  # what is missing of it has just been asked for
        procurements = super()._create_procurements(product_qty, procurement_uom, values)
        goods = self.env["mto.delivered.goods"]
        procurements = goods._make_exact(self, procurements)
        return goods._limit_procurements(self, procurements)

    def _mto_plan_parts(self, order, planned_orders):
        """These lines of an order, with the plan that leads what core creates for them.

        :param planned_orders: a PlannedOrders, if the order is being confirmed
        Yields (lines, PlannedSupplies or None).
        """
        if not order._mto_has_make_to_order():
            yield self, None
            return
        planned = planned_orders and planned_orders.get_supplies(order)
        if planned:
            yield self, planned
            return
        live = order._mto_has_live_moves()
        added = self._mto_filter_added()
        if added:
            plan = order._mto_make_plan(lines=added)
            self.env["mto.promise"]._freeze_added(added, plan)
            yield added, PlannedSupplies(plan)
        if self - added:
            rest = self - added
            yield rest, None if live else PlannedSupplies(order._mto_make_plan(lines=rest))

    def _mto_filter_added(self):
        """The lines that ask for something for the first time, after their order is confirmed."""
        fresh = self.filtered(
            lambda line: (
                line.product_id  # no section, no note
                and line.state == "sale"
                and line.product_uom_id.compare(line.product_uom_qty, 0.0) > 0
                and not line.move_ids
                and not line.mto_promise_date
            )
        )
        return self.env["mto.made.to.order"]._filter(fresh)

    def _get_incoming_outgoing_moves_filter(self):
        """Count the components of a kit whichever strategy they have.

        Core goes by the rules of the first moves; each strategy has a rule of its own.
        """
        filters = super()._get_incoming_outgoing_moves_filter()
        known = filters["incoming_moves"]
        ways = {move.rule_id._mto_get_way() for move in self.move_ids if known(move)}

        def is_incoming(move):
            return known(move) or (
                move.state != "cancel"
                and move.rule_id._mto_get_way() in ways
                and move.location_final_id.usage == "customer"
                and (not move.origin_returned_move_id or move.to_refund)
            )

        return {**filters, "incoming_moves": is_incoming}
