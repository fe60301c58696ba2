"""What the plan view gets besides the plan: documents, forecast, changes, working time."""

import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCommon

NOW = "2025-03-03 08:00:00"  # a Monday


def at(days=0, hours=0):
    return fields.Datetime.to_datetime(NOW) + timedelta(days=days, hours=hours)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPlanFace(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wood = cls.new_product("Wood")
        cls.new_price(cls.wood, cls.vendor, delay=10)
        cls.leg = cls.new_product("Leg")
        cls.new_price(cls.leg, cls.vendor, delay=5)
        cls.top = cls.new_product("Top")
        cls.table = cls.new_product("Table", "mto", sale_delay=1)
        cls.new_bom(cls.top, {cls.wood: 1}, produce_delay=2)
        cls.new_bom(cls.table, {cls.top: 1, cls.leg: 4}, produce_delay=3)
        cls.order = cls.new_order({cls.table: 2})

    def nodes(self, answer=None):
        """{product's name: node}; the last one where there are several."""
        answer = answer or self.order.get_mto_plan()
        face = self.env["mto.plan.face"]
        return {node["product"]: node for node in face._iterate(answer)}

    def codes(self):
        return {
            name: [change["code"] for change in node["changes"]]
            for name, node in self.nodes().items()
            if node["changes"]
        }

    def test_a_quotation_and_when_nobody_works(self):
        answer = self.order.get_mto_plan()
        self.assertEqual(answer["name"], self.order.name)
        self.assertEqual(answer["state"], "draft")
        (line,) = answer["lines"]
        self.assertEqual(line["product"], "Table")
        self.assertEqual(line["ordered"], {"quantity": 2.0, "uom": "Units"})
        closed = [tuple(map(datetime.fromisoformat, pair)) for pair in answer["closed"]]
        saturday = fields.Datetime.to_datetime("2025-03-08 12:00:00")
        # A night is too short to be seen beside three weeks.
        for moment, expected in ((saturday, True), (at(hours=1), False), (at(hours=14), False)):
            found = any(start <= moment <= end for start, end in closed)
            self.assertEqual(found, expected, moment)
        closed = self.env["mto.working.time"]._get_closed(self.env.company, at(), at(2))
        self.assertTrue(any(start <= at(hours=14) <= end for start, end in closed))
        self.order.company_id.resource_calendar_id = False
        self.assertEqual(self.order.get_mto_plan()["closed"], [])

    def test_the_last_day_that_there_is(self):
        self.order.commitment_date = "9999-12-31 23:59:59"
        self.assertEqual(self.order.get_mto_plan()["warnings"], [])

    def test_documents_how_far_they_are_and_who_may_open_them(self):
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman")
        self.order.user_id = seller
        self.order.action_confirm()
        nodes = self.nodes()
        self.assertTrue(nodes["Wood"]["document"]["may_open"])
        self.assertEqual(nodes["Wood"]["document"]["done"], 0.0)
        purchase = self.purchase_lines_of(self.wood).order_id
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        top = self.productions_of(self.top)
        top.button_mark_done()
        self.env.invalidate_all()
        nodes = self.nodes(self.order.with_user(seller).get_mto_plan())
        # sale_mrp lets salespeople read productions, but not all that their form shows.
        for name in ("Wood", "Top"):
            document = nodes[name]["document"]
            self.assertEqual((document["done"], document["may_open"]), (2.0, False), name)
        self.assertEqual(nodes["Table"]["document"]["done"], 0.0)
        self.assertFalse(nodes["Top"]["forecast_end"], "it is done")

    def test_nothing_has_changed_when_it_is_confirmed(self):
        self.order.action_confirm()
        self.assertEqual(self.codes(), {})
        answer = self.order.get_mto_plan()
        self.assertEqual(answer["forecast_date"], answer["promise_date"])
        for name, node in self.nodes(answer).items():
            self.assertEqual(node["forecast_end"], node["end"], name)
        self.assertTrue(self.nodes(answer)["Wood"]["critical"])
        self.assertFalse(self.nodes(answer)["Leg"]["critical"])

    def test_a_later_vendor_names_the_new_critical_path(self):  # N8
        self.order.action_confirm()
        line = self.purchase_lines_of(self.leg)
        planned = line.date_planned
        line.date_planned = planned + timedelta(days=8)
        answer = self.order.get_mto_plan()
        nodes = self.nodes(answer)
        self.assertEqual(self.codes(), {"Leg": ["moved"]})
        self.assertEqual(nodes["Leg"]["planned_end"], planned.isoformat())
        self.assertIn("8 days later", nodes["Leg"]["changes"][0]["text"])
        self.assertEqual(answer["promise_date"], at(16).isoformat())
        self.assertEqual(answer["forecast_date"], at(24).isoformat())
        self.assertEqual(nodes["Table"]["end"], at(15).isoformat(), "the document is as it was")
        self.assertEqual(nodes["Table"]["forecast_end"], at(23).isoformat())
        critical = {name for name, node in nodes.items() if node["critical"]}
        self.assertEqual(critical, {"Leg", "Table"})
        line.order_id.button_confirm()
        self.assertEqual(self.order.get_mto_plan()["forecast_date"], at(24).isoformat())

    def test_what_vanished_or_was_changed_by_hand_says_so(self):
        self.order.action_confirm()
        self.purchase_lines_of(self.leg).order_id.button_cancel()
        self.assertEqual(self.codes().get("Leg"), ["replaced"])
        text = self.nodes()["Leg"]["changes"][0]["text"]
        self.assertIn("8 Units", text)
        self.order.action_mto_supply_again()
        production = self.productions_of(self.table)
        production.move_raw_ids.filtered(
            lambda move: move.product_id == self.leg
        ).product_uom_qty = 12
        self.assertIn("need", self.codes().get("Leg", ()))

    def test_an_order_that_wants_more_tells_it_once(self):
        self.order.action_confirm()
        self.order.order_line.product_uom_qty = 3
        self.assertEqual(self.codes(), {"Table": ["need"]})

    def test_a_line_that_is_added_is_planned_with_it(self):
        self.order.action_confirm()
        stool, cloth = self.new_product("Stool", "mto"), self.new_product("Cloth")
        self.new_price(cloth, self.vendor, delay=4)
        self.new_bom(stool, {cloth: 3})
        self.order.order_line = [Command.create({"product_id": stool.id, "product_uom_qty": 1})]
        self.assertIn("Stool", self.nodes())
        self.assertEqual(self.codes(), {})

    def test_another_delivery_date_is_planned_anew(self):
        self.order.action_confirm()
        self.order.commitment_date = at(30)
        self.assertEqual(self.codes(), {})

    def test_orders_confirmed_before_there_was_a_baseline(self):
        self.order.action_confirm()
        self.order.mto_baseline = False
        self.purchase_lines_of(self.leg).order_id.button_cancel()
        self.assertEqual(self.codes(), {})

    # -- in a few words ----------------------------------------------------------------

    def test_the_summary_of_a_line_follows_what_is_typed(self):
        self.put_in_stock(self.leg, 4)
        stone = self.new_product("Stone", "mto")
        self.table.bom_ids.bom_line_ids[:1].copy({"product_id": stone.id})
        order = self.new_order({self.table: 2})
        (line,) = order.order_line
        summary = json.loads(line.mto_promise_summary)
        steps = [(step["product"], step["days"]) for step in summary["steps"]]
        self.assertEqual(steps, [("Wood", 10.0), ("Top", 2.0), ("Table", 3.0), ("", 1.0)])
        self.assertEqual([one["quantity"] for one in summary["stock"]], [4.0])
        self.assertEqual([one["product"] for one in summary["missing"]], ["Stone"])
        self.assertEqual(order.get_mto_summary(line.id), summary)
        (fault,) = order.mto_promise_data["faults"]
        self.assertEqual(fault["product_id"], stone.id)
        with self.form_of(order) as form, form.order_line.edit(0) as edited:
            edited.product_uom_qty = 1
            (missing,) = json.loads(edited.mto_promise_summary)["missing"]
            self.assertEqual(missing["quantity"], 1.0)
        self.assertFalse(order.get_mto_summary(0))

    def test_the_summary_of_a_late_order_is_what_is_expected_today(self):
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.wood)
        purchase.order_id.button_confirm()
        purchase.date_planned = at(40)
        summary = self.order.get_mto_summary(self.order.order_line.id)
        self.assertEqual(summary["forecast_date"], at(46).isoformat())
        steps = [(step["product"], step["start"], step["end"]) for step in summary["steps"]]
        self.assertEqual(
            steps,
            [
                ("Wood", at(0).isoformat(), at(40).isoformat()),
                ("Top", at(40).isoformat(), at(42).isoformat()),
                ("Table", at(42).isoformat(), at(45).isoformat()),
                ("", at(45).isoformat(), at(46).isoformat()),
            ],
        )

    def test_what_is_done_is_no_step_of_a_summary(self):
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.wood).order_id
        purchase.button_confirm()
        for move in purchase.picking_ids.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        purchase.picking_ids._action_done()
        top = self.productions_of(self.top)
        top.qty_producing = top.product_qty
        top._set_qty_producing()
        top.button_mark_done()
        summary = self.order.get_mto_summary(self.order.order_line.id)
        self.assertEqual([step["product"] for step in summary["steps"]], ["Table", ""])

    def test_a_summary_is_for_who_may_see_the_order(self):
        self.order.action_confirm()
        self.assertTrue(self.order.get_mto_summary(self.order.order_line.id)["steps"])
        self.assertFalse(self.order.order_line.mto_promise_summary)
        other = new_test_user(self.env, "mto_other", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.order.with_user(other).get_mto_summary(self.order.order_line.id)
