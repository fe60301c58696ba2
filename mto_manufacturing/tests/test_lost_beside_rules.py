from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestLostBesideRules(SupplyCase):
    """What is supplied to order has lost its supply, and a reordering rule looks after it, too."""

    def get_asked(self, product):
        """What the live documents for a product ask for."""
        documents = [*self.productions_of(product), *self.purchase_lines_of(product)]
        return [one.product_uom_qty for one in documents if one.state != "cancel"]

    def run_rules(self):
        self.env["stock.rule"].run_scheduler()

    def assertOrderedOnce(self, product, quantity):
        """It is told; the rule does not bring it, and whoever supplies it again does so once."""
        self.order.invalidate_recordset()
        self.assertIn(f"{quantity} Units of {product.name}", self.order.mto_missing_supplies)
        self.run_rules()
        self.assertEqual(self.get_asked(product), [])
        self.supply_again()
        self.assertEqual(self.get_asked(product), [quantity])
        self.run_rules()
        self.assertEqual(self.get_asked(product), [quantity])
        self.assertSupplied()

    def test_a_production(self):
        """Also where the rule brings nothing by itself."""
        for trigger in ("auto", "manual"):
            with self.subTest(trigger):
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.new_orderpoint(self.product, trigger=trigger)
                self.start(10)
                self.production.action_cancel()
                self.assertOrderedOnce(self.product, 10)

    def test_a_purchase(self):
        """Of all of a component, or of what the stock does not cover."""
        for strategy, stock in (("mto", 0), ("mts_mto", 4)):
            with self.subTest(strategy):
                self.part = self.new_product("Part", strategy, vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.new_orderpoint(self.part)
                self.start(10, stock)
                self.purchase.button_cancel()
                self.assertOrderedOnce(self.part, 10 - stock)

    def test_what_is_always_ordered(self):
        self.part.mto_always_order = True
        self.new_orderpoint(self.part)
        self.start(10)
        self.purchase.button_cancel()
        self.assertOrderedOnce(self.part, 10)

    def test_what_is_left_to_the_rule_comes_with_it(self):
        """It has no strategy of its own: nobody has to supply it again."""
        self.new_orderpoint(self.part)
        self.start(10)
        for _time in range(2):
            self.run_rules()
            self.assertEqual(self.get_asked(self.part), [10])
            self.order.invalidate_recordset()
            self.assertFalse(self.order.mto_missing_supplies)
            self.purchase_lines_of(self.part).order_id.button_cancel()

    @freeze_time("2025-03-05 14:20:00")  # the rule looks ahead from now
    def test_a_minimum_in_stock_is_ordered_by_the_rule(self):
        """No less of it for what is told, whether the rule looks ahead as far or not."""
        for days in (0, 500):
            with self.subTest(days=days):
                self.part = self.new_product("Part", "mto", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                date = fields.Datetime.now() + timedelta(days=days)
                self.order = self.new_order({self.product: 10}, commitment_date=days and date)
                self.order.action_confirm()
                self.purchase_lines_of(self.part).order_id.button_cancel()
                self.new_orderpoint(self.part, minimum=4)
                self.run_rules()
                self.assertEqual(self.get_asked(self.part), [4])
                self.supply_again()
                self.assertEqual(sorted(self.get_asked(self.part)), [4, 10])

    def test_an_order_that_is_cancelled_tells_nothing(self):
        """What has started stays, and the rule brings what it needs."""
        self.part.supply_strategy = "mto"
        self.new_orderpoint(self.part)
        other = self.new_product("Other")
        self.bom.bom_line_ids.copy({"product_id": other.id})
        self.put_in_stock(other, 10)
        self.start(10)
        self.purchase.button_cancel()
        self.production.qty_producing = 2
        self.production._set_qty_producing()
        self.order._action_cancel()
        self.assertEqual(self.production.state, "progress")
        self.run_rules()
        self.assertEqual(self.get_asked(self.part), [10])
