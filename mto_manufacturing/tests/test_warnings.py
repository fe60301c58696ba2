from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWarnings(TableCase):
    """What is odd, and does not keep anybody from confirming, is told with the way out."""

    def warnings_of(self, order):
        warnings = order.get_mto_plan()["warnings"]
        return {(told["code"], told["product_id"]): told["message"] for told in warnings}

    def test_an_archived_component(self):
        self.wood.active = False
        told = self.warnings_of(self.new_order({self.table: 1}))
        self.assertEqual(set(told), {("archived_product", self.wood.id)})
        self.assertIn("unarchive", told["archived_product", self.wood.id])

    def test_a_work_centre_without_working_time(self):
        never = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [Command.clear()]}
        )
        saw, press = self.env["mrp.workcenter"].create(
            [{"name": "Saw", "resource_calendar_id": never.id}, {"name": "Press"}]
        )
        self.top.bom_ids.operation_ids = [
            Command.create({"name": center.name, "workcenter_id": center.id})
            for center in (saw, press)
        ]
        order = self.new_order({self.table: 1})
        told = self.warnings_of(order)
        self.assertEqual(set(told), {("no_working_time", self.top.id)})
        self.assertIn("Saw", told["no_working_time", self.top.id])
        self.assertNotIn("Press", told["no_working_time", self.top.id])
        self.assertTrue(order.mto_promise_date)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_nothing_odd(self):
        order = self.new_order({self.table: 1})
        self.assertFalse(self.warnings_of(order))

    def test_a_confirmed_order_is_shipped_before_its_promise(self):
        order = self.confirm(self.table)
        with freeze_time(at(4)):
            order.invalidate_recordset()
            (line,) = order.get_mto_plan()["lines"]
            self.assertEqual(line["promise_date"], at(16).isoformat())
            self.assertEqual(line["ship_date"], at(15).isoformat())
