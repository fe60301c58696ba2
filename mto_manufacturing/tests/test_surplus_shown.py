"""What is left over is shown, and used by the next need if a person agrees."""

import json
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .. import planner
from .test_surplus_policies import SurplusCase


@tagged("post_install", "-at_install")
class TestSurplusShown(SurplusCase):
    def bought(self, order, user=None):
        """What the only purchase of an order's plan tells."""
        order = order.with_user(user) if user else order
        (node,) = order.get_mto_plan()["lines"][0]["supplies"]
        return node["purchase"]

    def test_needed_ordered_left_over_and_for_whom(self):
        buyer = new_test_user(
            self.env,
            "mto_buyer",
            "purchase.group_purchase_user,sales_team.group_sale_salesman_all_leads",
        )
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman")
        other = self.confirm_as_planned(12)
        order = self.new_order({self.screw: 20}, user_id=seller.id)
        for confirmed in (False, True):
            if confirmed:
                order.action_confirm()
            told = self.bought(order, buyer)
            self.assertEqual((told["needed"], told["ordered"], told["surplus"]), (20, 50, 30))
            self.assertEqual(told["vendor_name"], self.vendor.display_name)
            currency = self.company.currency_id.name
            self.assertEqual(told["surplus_value"], {"amount": 90.0, "currency": currency})
            self.assertEqual(told["open_needs"], [{"order": other.name, "quantity": 12}])
            self.assertIn(other.name, told["text"])
            told = self.bought(order, seller)
            self.assertEqual((told["needed"], told["ordered"], told["surplus"]), (20, 50, 30))
            self.assertIsNone(told["surplus_value"])
            text = json.dumps(told)
            for secret in (self.vendor.name, other.name, "90"):
                self.assertNotIn(secret, text)

    def test_the_surplus_of_a_confirmed_purchase_serves_the_next_needs(self):
        self.confirm_as_planned(20)
        purchase = self.lines().order_id
        purchase.button_confirm()
        self.assertFalse(purchase.mto_open_needs)
        with self.assertRaises(UserError):
            purchase.action_mto_share_surplus()
        second, third = (self.confirm_as_planned(quantity) for quantity in (25, 15))
        self.assertEqual(self.ordered(), [(50, 15), (50, 25)])
        self.assertIn(second.name, purchase.mto_open_needs)
        purchase.action_mto_share_surplus()
        # The first gets all it needs, the next one what is left.
        self.assertEqual(self.ordered(), [(50, 10)])
        self.assertEqual(purchase.order_line.mto_surplus_qty, 0)
        self.assertEqual(purchase.order_line.product_qty, 50)
        for order in (second, third):
            self.assertFalse(order._mto_get_plan().gaps)
            self.assertIn(order.name, purchase.message_ids.mapped("body")[0])
            self.assertIn(purchase.name, order.message_ids.mapped("body")[0])
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        moves = second.picking_ids.move_ids
        self.assertEqual(sum(moves.mapped("quantity")), 25)
        self.assertEqual(sum(third.picking_ids.move_ids.mapped("quantity")), 5)

    def test_a_need_whose_vendor_does_not_send_takes_the_surplus(self):
        """What is ordered and brings nothing any more does not keep a need from it."""
        dead = self.confirm_as_planned(20)
        bought = self.lines().order_id
        bought.button_confirm()
        bought.picking_ids.action_cancel()
        self.confirm_as_planned(20)
        purchase = (self.lines().order_id - bought).ensure_one()
        purchase.button_confirm()
        self.assertIn(dead.name, purchase.mto_open_needs)
        purchase.action_mto_share_surplus()
        self.assertFalse(dead._mto_get_plan().gaps)
        self.assertEqual(purchase.order_line.mto_surplus_qty, 10)

    def test_a_need_that_waits_for_a_decision_takes_the_surplus(self):
        self.confirm_as_planned(20)
        purchase = self.lines().order_id
        purchase.button_confirm()
        self.screw.mto_surplus_policy = "ask"
        order = self.confirm_as_planned(8)
        self.assertTrue(order.mto_is_undecided)
        purchase.action_mto_share_surplus()
        self.assertFalse(order._mto_get_plan().gaps)
        self.assertEqual(purchase.order_line.mto_surplus_qty, 22)
        order._action_cancel()
        self.assertEqual(purchase.order_line.mto_surplus_qty, 30)


@tagged("post_install", "-at_install")
class TestSurplusOnce(SurplusCase):
    """What is left over of a receipt is given to one need only, however it is tied."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls.new_product("Lamp", "mto", vendor=True)

    def buy_ten(self):
        """An order for ten lamps, which are bought; return it and its purchase."""
        order = self.confirm(self.lamp, 10)
        purchase = self.purchase_lines_of(self.lamp).order_id
        purchase.button_confirm()
        return order, purchase

    def asked(self):
        """What open requests ask for."""
        lines = self.purchase_lines_of(self.lamp).filtered(lambda line: line.state == "draft")
        return sum(lines.mapped("product_qty"))

    def test_what_the_order_itself_has_taken_again(self):
        order, purchase = self.buy_ten()
        order.order_line.product_uom_qty = 6
        self.assertEqual(purchase.order_line.mto_surplus_qty, 4)
        order.order_line.product_uom_qty = 9
        line = purchase.order_line
        self.assertEqual((line.mto_needed_qty, line.mto_surplus_qty), (9, 1))
        other = self.confirm(self.lamp, 4)
        purchase.action_mto_share_surplus()
        self.assertEqual((line.mto_needed_qty, line.mto_surplus_qty), (10, 0))
        self.assertEqual(self.asked(), 3)
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 9)
        self.assertEqual(sum(other.picking_ids.move_ids.mapped("quantity")), 1)

    def test_what_another_order_has_taken_of_the_receipt(self):
        self.lamp.supply_strategy = "mts_mto"
        self.company.mto_count_receipts = True
        order, purchase = self.buy_ten()
        order.order_line.product_uom_qty = 6
        self.confirm(self.lamp, 3)
        self.assertEqual(self.asked(), 0)
        self.assertEqual(purchase.order_line.mto_surplus_qty, 1)
        self.company.mto_count_receipts = False
        self.confirm(self.lamp, 4)
        purchase.action_mto_share_surplus()
        self.assertEqual(self.asked(), 3)

    def test_a_need_that_goes_leaves_its_share(self):
        """Within one transaction, too."""
        order, purchase = self.buy_ten()
        order.order_line.product_uom_qty = 6
        order.order_line.product_uom_qty = 9
        line = purchase.order_line
        self.assertEqual(line.mto_surplus_qty, 1)
        line.move_ids.move_dest_ids.sorted("id")[-1:]._action_cancel()
        self.assertEqual(line.mto_surplus_qty, 4)

    def test_two_at_once_do_not_take_the_same(self):
        """Whoever ties a need to what is left over has the receipt to itself."""
        order, purchase = self.buy_ten()
        receipt = purchase.order_line.move_ids
        order.order_line.product_uom_qty = 6
        moves = self.env.registry["stock.move"]
        wait = moves._mto_wait_for_receipts
        with patch.object(moves, "_mto_wait_for_receipts", autospec=True, side_effect=wait) as own:
            order.order_line.product_uom_qty = 8
            self.assertIn(receipt, [call.args[0] for call in own.call_args_list])
            self.confirm(self.lamp, 2)
            own.reset_mock()
            purchase.action_mto_share_surplus()
            self.assertIn(receipt, [call.args[0] for call in own.call_args_list])


@tagged("post_install", "-at_install")
class TestSurplusInPlaces(SurplusCase):
    """Surplus is offered where its receipt brings it, and nowhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id}
        )
        cls.at_shelf = cls.warehouse.manu_type_id.copy({"default_location_src_id": cls.shelf.id})

    def renew(self):
        """A lamp that nobody knows, and a sign that takes one of it from the shelf."""
        self.lamp = self.new_product("Lamp", "mto", vendor=True)
        self.sign = self.new_product("Sign", "mto")
        self.new_bom(self.sign, {self.lamp: 1}, picking_type_id=self.at_shelf.id)

    def buy_ten(self, product):
        """A confirmed purchase of ten lamps, of which four are left over."""
        order = self.confirm(product, 10)
        purchase = self.purchase_lines_of(self.lamp).order_id
        purchase.button_confirm()
        order.order_line.product_uom_qty = 6
        self.assertEqual(purchase.order_line.mto_surplus_qty, 4)
        return purchase

    def asked(self):
        """What open requests ask for."""
        lines = self.purchase_lines_of(self.lamp).filtered(lambda line: line.state == "draft")
        return sum(lines.mapped("product_qty"))

    def receive(self, purchase):
        """Receive and store all of a purchase."""
        moves = purchase.order_line.move_ids
        while moves:
            moves.picked = True
            moves.picking_id._action_done()
            moves = moves.move_dest_ids.filtered(lambda move: move.picking_code == "internal")

    def test_what_is_taken_from_another_place_is_left_alone(self):
        for steps in ("one_step", "two_steps"):
            self.warehouse.reception_steps = steps
            with self.subTest(steps=steps):
                self.renew()
                purchase = self.buy_ten(self.lamp)
                self.confirm(self.sign, 3)
                self.assertEqual(self.asked(), 3)
                self.assertFalse(purchase.mto_open_needs)
                with self.assertRaises(UserError):
                    purchase.action_mto_share_surplus()
                self.assertEqual(self.asked(), 3)

    def test_what_is_taken_where_it_comes_is_served(self):
        for steps in ("one_step", "two_steps"):
            for where in ("lamp", "sign"):
                self.warehouse.reception_steps = steps
                with self.subTest(steps=steps, where=where):
                    self.renew()
                    product = getattr(self, where)
                    purchase = self.buy_ten(product)
                    other = self.confirm(product, 3)
                    purchase.action_mto_share_surplus()
                    self.assertEqual(self.asked(), 0)
                    self.receive(purchase)
                    self.assertFalse(other._mto_get_plan().gaps)
                    need = purchase.order_line.move_dest_ids.filtered(
                        lambda move, line=other.order_line: move.mto_sale_line_id == line
                    )
                    self.assertEqual((need.state, need.quantity), ("assigned", 3))

    def test_what_is_taken_from_above_where_it_comes(self):
        """Only what is not stored in steps is free for all the stock."""
        for steps, left in (("one_step", 0), ("two_steps", 3)):
            self.warehouse.reception_steps = steps
            with self.subTest(steps=steps):
                self.renew()
                purchase = self.buy_ten(self.sign)
                other = self.confirm(self.lamp, 3)
                self.assertEqual(bool(purchase.mto_open_needs), not left)
                if not left:
                    purchase.action_mto_share_surplus()
                    self.receive(purchase)
                    self.assertEqual(other.picking_ids.move_ids.quantity, 3)
                self.assertEqual(self.asked(), left)


@tagged("post_install", "-at_install")
class TestSeveralVendors(SurplusCase):
    """The first, the fastest, or the cheapest that keeps the promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.express, cls.overseas = cls.env["res.partner"].create(
            [{"name": "Express"}, {"name": "Overseas"}]
        )
        cls.price.write({"min_qty": 0, "sequence": 1})
        cls.new_price(cls.screw, cls.express, price=5.0, delay=1, sequence=2)
        cls.money = cls.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        # A dozen for 60 T: 1.25 each.
        cls.new_price(
            cls.screw,
            cls.overseas,
            price=60.0,
            delay=20,
            sequence=3,
            currency_id=cls.money.id,
            product_uom_id=cls.dozen.id,
        )

    def check(self, by, vendor, why, quantity=20, **vals):
        self.company.mto_vendor_choice = by
        order = self.new_order({self.screw: quantity}, **vals)
        (node,) = order._mto_get_plan().nodes
        self.assertEqual(node.purchase.why, why)
        order = self.confirm_as_planned(quantity, **vals)
        line = order._get_purchase_orders().order_line
        self.assertEqual(line.order_id.partner_id, vendor)
        return line

    def test_as_core(self):
        line = self.check("core", self.vendor, "vendor_core")
        self.assertEqual(line.price_unit, 3.0)

    def test_the_fastest(self):
        self.check("fastest", self.express, "vendor_fastest")

    def test_the_cheapest_that_keeps_the_promise(self):
        # Nothing else takes as long: the promise is that of the fastest.
        self.check("cheapest", self.express, "vendor_in_time")
        self.check("cheapest", self.vendor, "vendor_in_time", commitment_date=self.in_days(10))
        line = self.check(
            "cheapest", self.overseas, "vendor_cheapest", commitment_date=self.in_days(40)
        )
        self.assertEqual((line.product_qty, line.price_unit), (2, 60.0))
        self.assertEqual(line.order_id.currency_id, self.money)
        # Three more are in the two dozens already; ten more are not.
        order = line.mto_sale_line_ids.order_id
        order.order_line.product_uom_qty = 23
        self.assertEqual((line.product_qty, line.mto_surplus_qty), (2, 1))
        order.order_line.product_uom_qty = 30
        self.assertEqual(line.product_qty, 3)

    def test_what_is_promised_follows_the_commitment(self):
        self.company.mto_vendor_choice = "cheapest"
        order = self.new_order({self.screw: 20})
        soon = order.mto_promise_date
        form = self.form_of(order)
        form.commitment_date = self.in_days(40)
        shown = fields.Datetime.to_datetime(form.mto_promise_date)
        self.assertGreater(shown, soon)
        form.save()
        self.assertEqual(order.mto_promise_date, shown)
        self.assertEqual(order.mto_promise_date, order._mto_get_plan().promise_date)
        order.commitment_date = False
        self.assertEqual(order.mto_promise_date, soon)

    def test_the_tier_that_is_reached_decides(self):
        self.new_price(self.screw, self.express, price=1.0, delay=1, sequence=2, min_qty=100)
        line = self.check(
            "cheapest", self.express, "vendor_cheapest", 100, commitment_date=self.in_days(40)
        )
        self.assertEqual(line.price_unit, 1.0)
        self.check(
            "cheapest", self.overseas, "vendor_cheapest", 90, commitment_date=self.in_days(40)
        )

    def test_components_leave_each_other_their_time(self):
        wood = self.new_product("Wood")
        self.new_price(wood, self.vendor, delay=25)
        table = self.new_product("Table", "mto")
        self.new_bom(table, {self.screw: 8, wood: 1})
        self.company.mto_vendor_choice = "fastest"
        order = self.new_order({table: 3})
        fastest = order.mto_promise_date
        self.company.mto_vendor_choice = "cheapest"
        order = order.copy()
        self.assertEqual(order.mto_promise_date, fastest)
        plan = order._mto_get_plan()
        order.action_confirm()
        self.assertEqual(self.lines().order_id.partner_id, self.overseas)
        self.assertEqual(planner.diff_dates(plan, order._mto_get_plan()), ())
        self.assertEqual(order.mto_promise_date, fastest)
