"""What a vendor does not sell is not ordered: minimums, multiples, units, tiers (N18, N19)."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestVendorQuantities(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.screw = cls.new_product("Screw", "mts_mto")

    def order_screws(self, *quantities):
        return [self.confirm(self.screw, quantity) for quantity in quantities]

    def line(self):
        line = self.purchase_lines_of(self.screw)
        self.assertEqual(len(line), 1)
        return line

    def test_n18_at_least_the_smallest_tier_at_its_price(self):
        self.new_price(self.screw, self.vendor, price=3.0, min_qty=50)
        self.new_price(self.screw, self.vendor, price=2.0, min_qty=100)
        self.order_screws(20)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (50, 3.0))
        self.assertEqual(self.line().move_dest_ids.product_qty, 20)

    def test_a_tier_below_is_no_minimum(self):
        self.new_price(self.screw, self.vendor, price=3.0)
        self.new_price(self.screw, self.vendor, price=2.0, min_qty=100)
        self.order_screws(20)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (20, 3.0))

    def test_a_minimum_and_a_multiple_of_their_own(self):
        self.new_price(self.screw, self.vendor, price=3.0, mto_minimum_qty=30, mto_multiple_qty=25)
        self.new_price(self.screw, self.vendor, price=2.0, min_qty=50)
        self.order_screws(20)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (50, 2.0))

    def test_n19_whole_boxes(self):
        self.new_price(self.screw, self.vendor, price=24.0, product_uom_id=self.dozen.id)
        self.order_screws(20)
        line = self.line()
        self.assertEqual(line.product_uom_id, self.dozen)
        self.assertEqual((line.product_qty, line.price_unit), (2, 24.0))

    def test_the_surplus_is_received_and_free(self):
        self.new_price(self.screw, self.vendor, price=24.0, product_uom_id=self.dozen.id)
        (order,) = self.order_screws(20)
        purchase = self.line().order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.assertEqual(self.screw.qty_available, 24)
        self.assertEqual(self.screw.free_qty, 4)
        self.assertEqual(order.picking_ids.move_ids.quantity, 20)

    def test_the_next_order_takes_the_surplus_that_is_there(self):
        self.test_the_surplus_is_received_and_free()
        order = self.confirm(self.screw, 3)
        self.assertEqual(order.picking_ids.move_ids.quantity, 3)
        self.assertEqual(len(self.purchase_lines_of(self.screw)), 1)

    def test_needs_of_several_orders_are_pooled_and_rounded_once(self):
        self.vendor.group_rfq = "all"
        self.new_price(self.screw, self.vendor, price=24.0, product_uom_id=self.dozen.id)
        self.order_screws(7, 8, 10)
        self.assertEqual(self.line().product_qty, 3)
        self.assertEqual(sum(self.line().move_dest_ids.mapped("product_qty")), 25)

    def test_needs_of_several_levels_are_pooled(self):
        self.new_price(self.screw, self.vendor, price=24.0, product_uom_id=self.dozen.id)
        frame = self.new_product("Frame")
        table = self.new_product("Table", "mto")
        self.new_bom(frame, {self.screw: 3})
        self.new_bom(table, {frame: 1, self.screw: 2})
        order = self.new_order({table: 3})
        self.assertEqual(self.bought(order), [(6, 9), (9, 0)])
        order.action_confirm()
        self.assertEqual(self.line().product_qty, 2)
        self.assertEqual(self.bought(order), [(6, 9), (9, 0)])

    def bought(self, order):
        """(needed, surplus) of every purchase in the order's plan."""
        nodes = order._mto_get_plan().nodes
        return [(node.quantity, node.surplus) for node in nodes if node.supply == "purchase"]

    def test_the_price_follows_the_tier_that_is_reached(self):
        self.vendor.group_rfq = "all"
        self.new_price(self.screw, self.vendor, price=3.0, min_qty=10)
        self.new_price(self.screw, self.vendor, price=2.0, min_qty=50)
        self.order_screws(5)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (10, 3.0))
        self.order_screws(4)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (10, 3.0))
        self.order_screws(45)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (54, 2.0))

    def test_the_price_follows_a_quantity_that_falls_again(self):
        self.new_price(self.screw, self.vendor, price=3.0)
        self.new_price(self.screw, self.vendor, price=2.0, min_qty=100)
        (order,) = self.order_screws(20)
        order.order_line.product_uom_qty = 120
        self.assertEqual((self.line().product_qty, self.line().price_unit), (120, 2.0))
        order.order_line.product_uom_qty = 30
        self.assertEqual((self.line().product_qty, self.line().price_unit), (30, 3.0))

    def test_what_a_buyer_added_by_hand_stays(self):
        self.vendor.group_rfq = "all"
        self.new_price(self.screw, self.vendor, price=3.0, min_qty=10)
        self.order_screws(5)
        self.line().product_qty = 40
        self.order_screws(20)
        self.assertEqual(self.line().product_qty, 40)
        self.order_screws(30)
        self.assertEqual(self.line().product_qty, 55)

    def test_a_unit_that_the_buyer_chose_stays(self):
        self.new_price(self.screw, self.vendor, price=24.0, product_uom_id=self.dozen.id)
        (order,) = self.order_screws(20)
        unit = self.screw.uom_id
        self.line().write({"product_uom_id": unit.id, "product_qty": 20})
        order.order_line.product_uom_qty = 22
        line = self.line()
        self.assertEqual((line.product_uom_id, line.product_qty), (unit, 22))
        self.assertEqual(line.price_unit, 2.0)
        order.order_line.product_uom_qty = 21
        self.assertEqual((line.product_uom_id, line.product_qty), (unit, 21))
        self.assertEqual(line.price_unit, 2.0)

    def test_a_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        self.new_price(self.screw, self.vendor, price=12.0, min_qty=50, currency_id=currency.id)
        self.order_screws(20)
        line = self.line()
        self.assertEqual(line.order_id.currency_id, currency)
        self.assertEqual((line.product_qty, line.price_unit), (50, 12.0))

    def test_the_minimum_of_today(self):
        today = fields.Date.today()
        day = timedelta(days=1)
        self.new_price(self.screw, self.vendor, price=9.0, min_qty=500, date_end=today - day)
        self.new_price(self.screw, self.vendor, price=3.0, min_qty=50, date_start=today)
        self.order_screws(20)
        self.assertEqual((self.line().product_qty, self.line().price_unit), (50, 3.0))

    def test_prices_that_have_all_expired_are_better_than_none(self):
        self.vendor.group_rfq = "all"
        yesterday = fields.Date.today() - timedelta(days=1)
        self.new_price(self.screw, self.vendor, price=3.0, min_qty=50, date_end=yesterday)
        self.order_screws(20, 10)
        line = self.line()
        self.assertEqual((line.product_qty, line.price_unit), (30, 3.0))
        self.assertEqual(line.product_uom_id, self.screw.uom_id)

    def test_a_reordering_rule_orders_as_core(self):
        self.new_price(self.screw, self.vendor, price=3.0, mto_multiple_qty=25)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.screw.id, "product_min_qty": 10, "product_max_qty": 10}
        ).action_replenish()
        self.assertEqual(self.line().product_qty, 10)

    @mute_logger("odoo.sql_db")
    def test_negative_quantities_are_refused(self):
        for field in ("mto_minimum_qty", "mto_multiple_qty"):
            with self.assertRaises(CheckViolation):
                self.new_price(self.screw, self.vendor, **{field: -1.0})
