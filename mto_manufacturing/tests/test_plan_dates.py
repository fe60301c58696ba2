from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .common import MtoCommon

NOW = "2025-03-03 08:00:00"  # a Monday


def at(days=0, hours=0):
    return fields.Datetime.to_datetime(NOW) + timedelta(days=days, hours=hours)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPlanDates(MtoCommon):
    """What the snapshot reads of times, seen in the dates of a quotation's plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The worked example of the README: 10 + 2 + 3 + 1 days.
        cls.wood = cls.new_product("Wood")
        cls.new_price(cls.wood, cls.vendor, delay=10)
        cls.leg = cls.new_product("Leg")
        cls.new_price(cls.leg, cls.vendor, delay=5)
        cls.put_in_stock(cls.leg, 1)
        cls.top = cls.new_product("Top")
        cls.table = cls.new_product("Table", "mto", sale_delay=1)
        cls.bom_top = cls.new_bom(cls.top, {cls.wood: 1}, produce_delay=2)
        cls.bom_table = cls.new_bom(cls.table, {cls.top: 1, cls.leg: 4}, produce_delay=3)

    def plan_of(self, order):
        """{(product, supply): node}, and the plan."""
        plan = order._mto_get_plan()
        nodes = {}
        for node in plan.nodes:
            product = self.env["product.product"].browse(node.product_id)
            nodes.setdefault((product, node.supply), node)
        return nodes, plan

    def spans(self, order):
        nodes, _plan = self.plan_of(order)
        return {
            (product.name, supply): ((node.start - at()).days, (node.end - at()).days)
            for (product, supply), node in nodes.items()
        }

    def test_the_worked_example(self):
        order = self.new_order({self.table: 1})
        self.assertEqual(
            self.spans(order),
            {
                ("Table", "production"): (12, 15),
                ("Top", "production"): (10, 12),
                ("Wood", "purchase"): (0, 10),
                ("Leg", "stock"): (12, 12),
                ("Leg", "purchase"): (7, 12),
            },
        )
        plan = order.get_mto_plan()
        self.assertEqual(plan["promise_date"], at(16).isoformat())
        self.assertEqual(plan["lines"][0]["ship_date"], at(15).isoformat())
        self.assertEqual(plan["computed_at"], at().isoformat())

    def test_days_to_purchase_and_security_days_count(self):
        self.company.days_to_purchase = 2
        self.company.security_lead = 3
        _nodes, plan = self.plan_of(self.new_order({self.table: 1}))
        self.assertEqual(plan.promise_date, at(21))

    def test_the_customer_lead_time_as_the_least_total(self):
        self.company.mto_customer_lead = "total"
        self.table.sale_delay = 20
        _nodes, plan = self.plan_of(self.new_order({self.table: 1}))
        self.assertEqual(plan.promise_date, at(20))
        self.table.sale_delay = 1
        _nodes, plan = self.plan_of(self.new_order({self.table: 1}))
        self.assertEqual(plan.promise_date, at(15))

    def test_steps_of_receipt_production_and_delivery_count(self):
        self.warehouse.write(
            {
                "reception_steps": "three_steps",
                "manufacture_steps": "pbm_sam",
                "delivery_steps": "pick_pack_ship",
            }
        )
        for rule in self.warehouse.reception_route_id.rule_ids:
            rule.delay = 1
        for rule in self.warehouse.delivery_route_id.rule_ids:
            rule.delay = 2
        rules = self.warehouse.pbm_route_id.rule_ids | self.env["stock.rule"].search(
            [("location_dest_id", "=", self.warehouse.pbm_loc_id.id)]
        )
        rules.filtered(lambda rule: rule.action == "pull").delay = 1
        pushes = self.env["stock.rule"].search(
            [
                ("location_src_id", "=", self.warehouse.sam_loc_id.id),
                ("action", "=", "push"),
            ]
        )
        self.assertTrue(pushes)
        pushes.delay = 4
        # Both receipt steps; each production's components and its store; the delivery's pushes.
        deliveries = self.env["stock.rule"].search(
            [
                ("location_dest_id", "child_of", self.customer.property_stock_customer.id),
                ("route_id", "=", self.route_mto.id),
                ("warehouse_id", "=", self.warehouse.id),
            ]
        )
        deliveries.delay = 0
        nodes, plan = self.plan_of(self.new_order({self.table: 1}))
        self.assertEqual(nodes[self.wood, "purchase"].end, at(12))
        self.assertEqual(nodes[self.top, "production"].start, at(13))
        self.assertEqual(nodes[self.top, "production"].end, at(15))
        self.assertEqual(nodes[self.table, "production"].start, at(20))
        self.assertEqual(nodes[self.table, "production"].end, at(23))
        self.assertEqual(plan.promise_date, at(23 + 4 + 4 + 1))

    def new_work_center(self):
        """Open from Monday to Friday, 7:00 to 11:00 and 12:00 to 16:00 UTC, half as fast."""
        hours = [(str(day), *pair) for day in range(5) for pair in ((8, 12), (13, 17))]
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Shop",
                "tz": "Europe/Brussels",
                "attendance_ids": [
                    Command.create(
                        {"name": day, "dayofweek": day, "hour_from": first, "hour_to": last}
                    )
                    for day, first, last in hours
                ],
            }
        )
        return self.env["mrp.workcenter"].create(
            {
                "name": "Bench",
                "resource_calendar_id": calendar.id,
                "time_efficiency": 50,
                "time_start": 30,
                "time_stop": 30,
            }
        )

    def get_production_dates(self, order):
        (node,) = (node for node in order._mto_get_plan().nodes if node.supply == "production")
        return node.start, node.end

    def test_operations_take_the_working_time_of_the_work_centre(self):
        """Set-up and clean-up take 1 hour, each of 3 things 2 hours."""
        center = self.new_work_center()
        thing = self.new_product("Thing", "mto")
        saw = {"name": "Saw", "workcenter_id": center.id, "time_cycle_manual": 60}
        part = self.new_product("Part", is_storable=False)
        bom = self.new_bom(thing, {part: 1}, operation_ids=[Command.create(saw)])
        order = self.new_order({thing: 3})
        self.assertEqual(self.get_production_dates(order), (at(), at(hours=8)))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": center.resource_calendar_id.id,
                "date_from": at(),
                "date_to": at(days=4, hours=12),
            }
        )
        self.assertEqual(self.get_production_dates(order), (at(7, -1), at(7, 7)))
        bom.produce_delay = 9
        self.assertEqual(self.get_production_dates(order)[1], at(9))

    def test_operations_of_a_kit_count_as_core_counts_them(self):
        """The kit is glued for each of 3 things, after these are sawn."""
        center = self.new_work_center()
        center.write({"resource_calendar_id": False, "time_efficiency": 100})
        glue = {"name": "Glue", "workcenter_id": center.id, "time_cycle_manual": 20}
        saw = {"name": "Saw", "workcenter_id": center.id, "time_cycle_manual": 60}
        kit, part = self.new_product("Kit"), self.new_product("Part", is_storable=False)
        self.new_bom(kit, {part: 1}, type="phantom", operation_ids=[Command.create(glue)])
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {kit: 2}, operation_ids=[Command.create(saw)])
        order = self.new_order({thing: 3})
        # Set-up and clean-up take an hour each time.
        self.assertEqual(self.get_production_dates(order), (at(), at(hours=1 + 3 + 1 + 1)))
        order.action_confirm()
        works = self.productions_of(thing).workorder_ids
        self.assertEqual(sum(works.mapped("duration_expected")), 6 * 60)

    def test_a_vendor_who_delivers_on_one_day_of_the_week(self):
        """Ordered on Monday the wood comes on a Thursday, and core puts nothing off."""
        self.vendor.write({"group_rfq": "week", "group_on": "4"})
        order = self.new_order({self.table: 1})
        self.assertEqual(self.spans(order)["Wood", "purchase"], (0, 10))
        self.vendor.group_on = "3"
        plan = order._mto_get_plan()
        self.assertEqual(plan.promise_date, at(22, -2))
        order.action_confirm()
        self.assertEqual(self.purchase_lines_of(self.wood).date_planned, at(16, -2))
        self.assertEqual(planner.diff_dates(plan, order._mto_get_plan()), ())

    def test_a_reordering_rule_takes_its_lead_days(self):
        nail = self.new_product("Nail")
        self.new_price(nail, self.vendor, delay=21)
        self.env["stock.warehouse.orderpoint"].create({"product_id": nail.id})
        self.new_bom(self.wood, {nail: 1})
        self.wood.seller_ids.unlink()
        _nodes, plan = self.plan_of(self.new_order({self.table: 1}))
        self.assertEqual(plan.promise_date, at(21 + 2 + 3 + 1, 1))

    def test_a_transfer_from_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids
        route.rule_ids.delay = 2
        self.top.route_ids = route
        self.wood.seller_ids.delay = 1
        spans = self.spans(self.new_order({self.table: 1}))
        self.assertEqual(spans["Top", "production"], (1, 3))
        self.assertEqual(spans["Top", "transfer"], (3, 7))

    def test_a_commitment_that_cannot_be_kept(self):
        order = self.new_order({self.table: 1}, commitment_date=at(10))
        plan = order.get_mto_plan()
        self.assertEqual(plan["lines"][0]["late_days"], 6)
        (late,) = plan["warnings"]
        self.assertEqual(late["path"][1:], ["Table", "Top", "Wood"])
        self.assertIn("6", late["message"])

    def test_lines_of_stock_keep_the_date_of_core(self):
        oil = self.new_product("Oil", sale_delay=4)
        self.put_in_stock(oil, 5)
        order = self.new_order({oil: 1})
        self.assertEqual(order._mto_get_plan().promise_date, order.expected_date)

    def test_times_that_nobody_lives_to_see(self):
        """A quantity, a vendor or a date was mistyped: the order can be seen, and mended."""
        center = self.new_work_center()
        saw = {"name": "Saw", "workcenter_id": center.id, "time_cycle_manual": 60}
        self.bom_top.operation_ids = [Command.create(saw)]
        self.wood.seller_ids.delay = 2_000_000_000
        order = self.new_order({self.table: 1})
        order.commitment_date = "9999-12-31 23:59:59"
        for quantity in (1, 1_000_000_000):
            with self.subTest(quantity=quantity):
                order.order_line.product_uom_qty = quantity
                self.assertTrue(order.get_mto_plan()["promise_date"])
                self.assertTrue(order.order_line.mto_promise_date)

    def test_confirmed_for_a_date_that_was_mistyped(self):
        order = self.new_order({self.table: 1})
        order.commitment_date = "9999-12-31 23:59:59"
        with self.assertRaisesRegex(UserError, "Correct its delivery date"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        order.commitment_date = "2099-12-31 23:59:59"
        order.action_confirm()
        self.assertTrue(self.productions_of(self.top))

    def test_more_than_can_be_made(self):
        center = self.new_work_center()
        saw = {"name": "Saw", "workcenter_id": center.id, "time_cycle_manual": 60}
        self.bom_top.operation_ids = [Command.create(saw)]
        order = self.new_order({self.table: 1_000_000_000})
        order.action_confirm()
        self.assertEqual(self.productions_of(self.top).product_qty, 1_000_000_000)
        self.assertTrue(order.get_mto_plan()["forecast_date"])
