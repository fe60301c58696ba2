"""What a vendor sells beyond the need: to stock, wait for others, or ask (issue: surplus)."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .. import planner
from .common import MtoCommon

NOW = "2025-03-05 14:20:00"


@freeze_time(NOW)
class SurplusCase(MtoCommon):
    """Screws that are sold fifty at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.screw = cls.new_product("Screw", "mts_mto")
        cls.price = cls.new_price(cls.screw, cls.vendor, price=3.0, min_qty=50, delay=4)

    def lines(self, state="draft"):
        lines = self.purchase_lines_of(self.screw)
        return lines.filtered(lambda line: line.state == state)

    def ordered(self):
        """[(ordered, needed)] of the open requests, in the product's unit."""
        return sorted(
            (line.product_uom_qty, sum(line.move_dest_ids.mapped("product_qty")))
            for line in self.lines()
        )

    def confirm_as_planned(self, quantity, **vals):
        return self.confirm_order_as_planned(self.new_order({self.screw: quantity}, **vals))

    def confirm_order_as_planned(self, order):
        plan = order._mto_get_plan()
        order.action_confirm()
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff(plan, actual), ())
        self.assertEqual(planner.diff_dates(plan, actual), ())
        self.assertEqual(
            [node.surplus for node in plan.nodes], [node.surplus for node in actual.nodes]
        )
        return order

    def in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)


@tagged("post_install", "-at_install")
class TestSurplusToStock(SurplusCase):
    """Policy: order, and the rest goes to stock."""

    def test_each_order_orders_the_minimum_and_gives_it_back(self):
        first, second = (self.confirm_as_planned(quantity) for quantity in (20, 15))
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])
        self.assertEqual(sum(self.lines().mapped("mto_surplus_qty")), 65)
        second._action_cancel()
        self.assertEqual(self.ordered(), [(50, 20)])
        first.order_line.product_uom_qty = 60
        self.assertEqual(self.ordered(), [(60, 60)])
        first.order_line.product_uom_qty = 30
        self.assertEqual(self.ordered(), [(50, 30)])

    def test_one_request_for_all_is_rounded_once_and_the_plan_knows(self):
        self.vendor.group_rfq = "all"
        orders = [self.confirm_as_planned(quantity) for quantity in (20, 15, 25)]
        self.assertEqual(self.ordered(), [(60, 60)])
        orders[1]._action_cancel()
        self.assertEqual(self.ordered(), [(50, 45)])
        orders[0].order_line.product_uom_qty = 4
        self.assertEqual(self.ordered(), [(50, 29)])


@tagged("post_install", "-at_install")
class TestSurplusWaits(SurplusCase):
    """Policy: wait for other needs until it has to be ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.mto_surplus_policy = "pool"
        cls.buyer = new_test_user(cls.env, "mto_buyer", "purchase.group_purchase_user")
        cls.screw.responsible_id = cls.buyer

    def release(self):
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["mto.request.pool"]._cron_release()

    def test_orders_wait_together(self):
        first = self.confirm_as_planned(20, commitment_date=self.in_days(30))
        (request,) = self.lines().order_id
        self.assertTrue(request.mto_waits)
        self.assertEqual(request.mto_wait_until, request.date_order)
        self.assertEqual(request.date_order, self.in_days(26))
        second = self.confirm_as_planned(15, commitment_date=self.in_days(20))
        self.assertEqual(self.ordered(), [(50, 35)])
        self.assertEqual(request.date_order, self.in_days(16))
        third = self.confirm_as_planned(15, commitment_date=self.in_days(40))
        self.assertEqual(self.ordered(), [(50, 50)])
        served = self.lines().move_dest_ids.mto_sale_line_id.order_id
        self.assertEqual(served, first | second | third)
        second._action_cancel()
        self.assertEqual(self.ordered(), [(50, 35)])
        third.order_line.product_uom_qty = 45
        self.assertEqual(self.ordered(), [(65, 65)])
        self.assertTrue(request.mto_waits)

    def test_an_order_whose_date_is_later_keeps_the_others_waiting_no_longer(self):
        self.confirm_as_planned(20, commitment_date=self.in_days(20))
        second = self.confirm_as_planned(15, commitment_date=self.in_days(20))
        (request,) = self.lines().order_id
        second.commitment_date = self.in_days(40)
        self.assertEqual(request.mto_wait_until, self.in_days(16))
        self.assertEqual(request.order_line.date_planned, self.in_days(20))
        second.commitment_date = self.in_days(15)
        self.assertEqual(request.mto_wait_until, self.in_days(11))

    def test_what_leaves_nothing_over_waits_for_nobody(self):
        self.confirm_as_planned(60, commitment_date=self.in_days(30))
        self.assertFalse(self.lines().order_id.mto_waits)

    def test_it_is_let_go_when_it_has_to_be_ordered(self):
        self.confirm_as_planned(20, commitment_date=self.in_days(30))
        (request,) = self.lines().order_id
        self.release()
        self.assertTrue(request.mto_waits)
        with freeze_time("2025-03-30 15:00:00"):
            self.release()
        self.assertFalse(request.mto_waits)
        (activity,) = request.activity_ids
        self.assertEqual(activity.user_id, self.buyer)
        self.assertIn("20", activity.note)
        self.assertIn("50", activity.note)
        # It is a request as any other now: the next one waits for itself.
        self.confirm_as_planned(10, commitment_date=self.in_days(30))
        self.assertEqual(self.ordered(), [(50, 10), (50, 20)])

    def test_it_is_let_go_when_nothing_is_left_over(self):
        for quantity in (20, 30):
            self.confirm_as_planned(quantity, commitment_date=self.in_days(30))
        self.release()
        self.assertFalse(self.lines().order_id.mto_waits)

    def test_the_vendor_may_sell_otherwise_by_then(self):
        self.confirm_as_planned(20, commitment_date=self.in_days(30))
        self.price.min_qty = 80
        self.lines().order_id.action_mto_stop_waiting()
        self.assertEqual(self.ordered(), [(80, 20)])

    def test_ordered_early_it_waits_no_longer(self):
        self.confirm_as_planned(20, commitment_date=self.in_days(30))
        request = self.lines().order_id
        request.button_confirm()
        self.assertFalse(request.mto_waits)
        self.assertEqual(request.picking_ids.move_ids.move_dest_ids.product_qty, 20)
        self.assertEqual(sum(request.picking_ids.move_ids.mapped("product_qty")), 50)

    def test_a_reordering_rule_and_other_products_wait_for_nobody(self):
        self.confirm_as_planned(20, commitment_date=self.in_days(30))
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.screw.id, "product_min_qty": 60, "product_max_qty": 60}
        ).action_replenish()
        nail = self.new_product("Nail", "mto", vendor=True)
        self.confirm(nail, 3)
        self.assertEqual(len(self.lines()), 2)
        self.assertEqual(len(self.lines().order_id.filtered("mto_waits").order_line), 1)
        self.assertFalse(self.purchase_lines_of(nail).order_id.mto_waits)

    def test_an_increase_waits_with_its_own_order(self):
        order = self.confirm_as_planned(20, commitment_date=self.in_days(30))
        order.order_line.product_uom_qty = 28
        self.assertEqual(self.ordered(), [(50, 28)])
        self.lines().order_id.action_mto_stop_waiting()
        order.order_line.product_uom_qty = 33
        self.assertEqual(self.ordered(), [(50, 33)])
        order._action_cancel()
        self.assertFalse(self.lines())

    def test_a_product_says_otherwise(self):
        self.screw.mto_surplus_policy = "buy"
        self.confirm_as_planned(20)
        self.assertFalse(self.lines().order_id.mto_waits)


@tagged("post_install", "-at_install")
class TestSurplusAsk(SurplusCase):
    """Policy: nothing is ordered before a purchaser decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.mto_surplus_policy = "ask"
        cls.buyer = new_test_user(
            cls.env,
            "mto_buyer",
            "purchase.group_purchase_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.seller = new_test_user(cls.env, "mto_seller", "sales_team.group_sale_salesman")
        cls.screw.responsible_id = cls.buyer

    def codes(self, order):
        return [gap.code for gap in order._mto_get_plan().gaps]

    def test_a_gap_for_whoever_buys_and_one_click_to_decide(self):
        order = self.confirm_as_planned(20, user_id=self.seller.id)
        self.assertFalse(self.lines())
        self.assertEqual(self.codes(order), ["surplus_undecided"])
        self.assertTrue(order.mto_is_undecided)
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertIn("50", activity.note)
        order.with_user(self.seller).action_mto_supply_again()
        self.assertFalse(self.lines())
        with self.assertRaises(AccessError):
            order.with_user(self.seller).action_mto_order_minimum()
        order.with_user(self.buyer).action_mto_order_minimum()
        self.assertEqual(self.ordered(), [(50, 20)])
        self.assertEqual(self.codes(order), [])
        self.assertFalse(order.mto_is_undecided)
        order.with_user(self.buyer).action_mto_order_minimum()
        self.assertEqual(self.ordered(), [(50, 20)])

    def test_the_unit_is_told_in_the_language_of_whoever_reads(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.screw.uom_id.with_context(lang="fr_FR").name = "Pièces"
        order = self.new_order({self.screw: 20})
        promise = self.env["mto.promise"]
        dates = promise.with_context(lang="fr_FR")._get_dates(order.with_context(lang="fr_FR"))
        for reader, unit in ((promise, "Units"), (promise.with_context(lang="fr_FR"), "Pièces")):
            (fault,) = reader._describe_dates(dates)["faults"]
            self.assertIn(f"20 {unit}", fault["message"])

    def test_the_dashboard_has_it_wait_for_a_decision(self):
        board, stand = self.new_product("Board"), self.new_product("Stand", "mto")
        self.new_bom(stand, {board: 1})
        order, lacking = self.confirm_as_planned(20), self.new_order({self.screw: 5, stand: 1})
        lacking.action_confirm()
        self.env.cr.flush()
        orders = order | lacking
        alerts = self.env["mto.alert"].search([("order_id", "in", orders.ids)], order="id")
        found = {(one.order_id, one.cause): one for one in alerts}
        kinds = [(order, "decision"), (lacking, "decision"), (lacking, "missing")]
        self.assertEqual(set(found), set(kinds))
        decision, _other, missing = (found[kind] for kind in kinds)
        self.assertRegex(decision.words, r"20 Units of Screw .*: buy more than is needed\?")
        self.assertIn(board.name, missing.words)
        self.assertEqual(alerts.mapped("lateness"), ["Blocked"] * 3)
        self.assertEqual(decision.action_open()["res_id"], order.id)
        order.action_mto_order_minimum()
        self.env.cr.flush()
        self.assertFalse(alerts.search([("id", "=", decision.id)]))

    def test_what_was_decided_has_room_for_more(self):
        order = self.confirm_as_planned(20)
        order.action_mto_order_minimum()
        order.order_line.product_uom_qty = 45
        self.assertEqual(self.ordered(), [(50, 45)])
        order.order_line.product_uom_qty = 10
        self.assertEqual(self.ordered(), [(50, 10)])
        order.order_line.product_uom_qty = 70
        self.assertEqual(self.ordered(), [(70, 70)])

    def test_a_line_that_is_added_uses_what_was_decided(self):
        order = self.confirm_as_planned(20)
        order.action_mto_order_minimum()
        values = {"product_id": self.screw.id, "product_uom_qty": 10}
        order.order_line = [Command.create(values)]
        self.assertEqual(self.ordered(), [(50, 30)])
        self.assertEqual(self.codes(order), [])

    def test_competing_orders_are_asked_each_for_itself(self):
        orders = [self.confirm_as_planned(quantity) for quantity in (20, 15, 50)]
        self.assertEqual(self.ordered(), [(50, 50)])
        orders[1].action_mto_order_minimum()
        self.assertEqual(self.ordered(), [(50, 15), (50, 50)])
        orders[1]._action_cancel()
        orders[0].order_line.product_uom_qty = 5
        self.assertEqual(self.ordered(), [(50, 50)])
        self.assertEqual(self.codes(orders[0]), ["surplus_undecided"])

    def test_what_another_order_was_asked_for_uses_no_room_of_its_own(self):
        """Core adds it to requests of the order that it was asked for, whomever it serves now."""
        table = self.new_product("Table", "mto")
        self.new_bom(table, {self.screw: 8})
        other = self.new_order({table: 2})
        other.action_confirm()
        order = self.confirm_as_planned(20)
        order.action_mto_order_minimum()
        need = self.productions_of(table).move_raw_ids
        need.mto_sale_line_id = order.order_line
        order.action_mto_supply_again()
        self.assertEqual(self.ordered(), [(50, 20)])
        self.assertFalse(need.created_purchase_line_ids)

    def test_a_component_of_a_production(self):
        table = self.new_product("Table", "mto")
        self.new_bom(table, {self.screw: 8})
        order = self.new_order({table: 2})
        plan = order._mto_get_plan()
        order.action_confirm()
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff(plan, actual), ())
        self.assertEqual([gap.path for gap in plan.gaps], [gap.path for gap in actual.gaps])
        self.assertEqual(self.codes(order), ["surplus_undecided"])
        order.action_mto_order_minimum()
        self.assertEqual(self.ordered(), [(50, 16)])
