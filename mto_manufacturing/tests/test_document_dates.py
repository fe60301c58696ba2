from datetime import timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDocumentDates(TableCase):
    """N6, N7: documents get the dates of the plan, none of them in the past."""

    def test_the_worked_example(self):
        order = self.confirm(self.table)
        self.assertDates(self.table, at(12), at(15))
        self.assertDates(self.top, at(10), at(12))
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertPurchase(self.leg, at(12), at(7))
        self.assertDelivery(order, at(15), at(16))

    def test_a_later_commitment(self):
        order = self.new_order({self.table: 1}, commitment_date=at(30))
        order.action_confirm()
        self.assertDates(self.table, at(26), at(29))
        self.assertPurchase(self.wood, at(24), at(14))
        self.assertDelivery(order, at(29), at(30))

    def test_a_commitment_that_cannot_be_kept_plans_nothing_in_the_past(self):
        order = self.new_order({self.table: 1}, commitment_date=at(5))
        order.action_confirm()
        self.assertDates(self.top, at(10), at(12))
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertDelivery(order, at(15), at(5))

    def test_security_days_and_days_to_purchase(self):
        self.company.security_lead = 2
        self.company.days_to_purchase = 3
        order = self.confirm(self.table)
        self.assertPurchase(self.wood, at(13), at(3))
        self.assertDelivery(order, at(18), at(21))

    def test_what_supplies_a_delivery_does_not_say_when_it_is_due(self):
        self.company.security_lead = 2
        for steps in ("ship_only", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                order = self.confirm(self.table)
                production = order.mrp_production_ids.filtered(
                    lambda one: one.product_id == self.table
                )
                moves = order.picking_ids.move_ids
                before = moves.mapped("date_deadline")
                production.date_start = at(30)
                self.assertEqual(moves.mapped("date_deadline"), before, "it was moved")
                production.date_deadline = at(35)
                self.assertEqual(moves.mapped("date_deadline"), before, "it is due later")
                order.commitment_date = at(40)
                self.assertEqual(set(moves.mapped("date_deadline")), {at(40)})

    def test_a_purchase_that_comes_later_does_not_say_when_a_delivery_is_due(self):
        wood = self.new_product("Wood", "mto", vendor=True)
        order = self.confirm(wood)
        moves = order.picking_ids.move_ids
        before = moves.mapped("date_deadline")
        line = self.purchase_lines_of(wood)
        for day in (30, 40):
            with self.subTest(state=line.state):
                line.date_planned = at(day)
                self.assertEqual(moves.mapped("date_deadline"), before)
            line.order_id.button_confirm()
        self.assertEqual(line.move_ids.mapped("date_deadline"), [at(40)])

    def test_time_goes_by_while_it_is_confirmed(self):
        """Goods that arrive ten days after they are ordered are ordered when it is planned."""
        with freeze_time(NOW, auto_tick_seconds=1):
            self.confirm(self.table)
            line = self.purchase_lines_of(self.wood)
            self.assertEqual(line.date_planned - line.order_id.date_order, timedelta(days=10))

    def test_one_request_for_two_products(self):
        """Its deadline is that of the line that takes longest, as the plan has it."""
        self.leg.seller_ids.partner_id = self.vendor
        self.confirm(self.table)
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertPurchase(self.leg, at(12), at(0))

    def test_a_production_that_grows_keeps_the_earlier_dates(self):
        """Tops of the table, made in the second round, and of its drawer, in the third."""
        drawer = self.new_product("Drawer")
        self.new_bom(drawer, {self.top: 2}, produce_delay=1)
        self.table.bom_ids.bom_line_ids = [
            Command.create({"product_id": drawer.id, "product_qty": 1})
        ]
        self.confirm(self.table)
        self.assertDates(self.top, at(10), at(12))
        self.assertEqual(self.productions_of(self.top).product_qty, 3)
        self.assertDates(drawer, at(12), at(13))
        self.assertDates(self.table, at(13), at(16))
        self.assertPurchase(self.wood, at(10), at(0))

    def test_operations_are_counted_beside_a_lead_time(self):
        center = self.env["mrp.workcenter"].create(
            {"name": "Bench", "resource_calendar_id": False, "time_start": 0, "time_stop": 0}
        )
        saw = {"name": "Saw", "workcenter_id": center.id, "time_cycle_manual": 60 * 24 * 4}
        self.table.bom_ids.operation_ids = [Command.create(saw)]
        self.confirm(self.table)
        self.assertDates(self.table, at(12), at(16))

    def test_steps_of_the_warehouse(self):
        self.warehouse.write(
            {
                "reception_steps": "two_steps",
                "manufacture_steps": "pbm_sam",
                "delivery_steps": "pick_ship",
            }
        )
        self.warehouse.reception_route_id.rule_ids.delay = 1
        pushes = self.env["stock.rule"].search([("action", "=", "push")])
        places = self.warehouse.sam_loc_id | self.warehouse.wh_output_stock_loc_id
        pushes.filtered(lambda rule: rule.location_src_id in places).delay = 2
        order = self.confirm(self.table)
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertDates(self.top, at(11), at(13))
        self.assertDates(self.table, at(15), at(18))
        self.assertDelivery(order, at(20), at(23))

    def test_a_transfer_from_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids
        route.rule_ids.delay = 2
        self.wood.route_ids = route
        self.put_in_stock(self.wood, 9, other.lot_stock_id)
        self.confirm(self.table)
        self.assertDates(self.top, at(4), at(6))
        moves = self.env["stock.move"].search([("product_id", "=", self.wood.id)], order="date")
        self.assertEqual(moves.mapped("date"), [at(0), at(2), at(4)])

    def test_a_greater_quantity_later_is_not_planned_in_the_past(self):
        order = self.confirm(self.table)
        with freeze_time(at(14)):
            order.order_line.product_uom_qty = 3
            for product in (self.table, self.top):
                for production in self.productions_of(product):
                    self.assertGreaterEqual(production.date_finished, at(12))
            dates = self.purchase_lines_of(self.wood).order_id.mapped("date_order")
            self.assertLessEqual(max(dates), at(14))
            new = order.picking_ids.move_ids.filtered(lambda move: move.date != at(15))
            self.assertFalse(new.filtered(lambda move: move.date < at(14)))

    def test_lines_from_stock_are_as_in_core(self):
        oil = self.new_product("Oil", sale_delay=4)
        self.put_in_stock(oil, 5)
        order = self.confirm(oil)
        self.assertDelivery(order, at(4), at(4))

    def test_the_plan_is_what_happens(self):
        self.leg.seller_ids.partner_id = self.vendor
        order = self.new_order({self.table: 2, self.top: {"supply_strategy": "mto"}})
        plan = order._mto_get_plan()
        order.action_confirm()
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff_dates(plan, actual), ())
        self.assertEqual(actual.promise_date, plan.promise_date)
        self.assertEqual([line.late_days for line in actual.lines], [0, 0])
        self.assertEqual(
            [node.slack_days for node in actual.nodes], [node.slack_days for node in plan.nodes]
        )
