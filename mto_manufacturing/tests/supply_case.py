from freezegun import freeze_time

from odoo import fields

from .common import MtoCommon


class SupplyCase(MtoCommon):
    """An order whose production needs bought parts, and what is done when they are missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Product", "mto")
        cls.bom = cls.new_bom(cls.product, {cls.part: 1})

    def start(self, quantity=10, stock=0):
        if stock:
            self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, quantity)
        self.production = self.productions_of(self.product)
        self.purchase = self.purchase_lines_of(self.part).order_id

    def new_purchase(self):
        return self.purchase_lines_of(self.part).order_id.filtered(
            lambda purchase: purchase.state == "draft"
        )

    def supplies(self, product):
        plan = self.order._mto_get_plan()
        return [
            (node.supply, node.quantity) for node in plan.nodes if node.product_id == product.id
        ]

    def count(self):
        models = ("stock.move", "purchase.order.line", "mrp.production", "stock.picking")
        return [self.env[model].search_count([]) for model in models]

    def supply_again(self, order=None):
        """Once it does what is left to do, twice it does no more."""
        order = order or self.order
        with freeze_time(fields.Datetime.now()):  # plans are compared, and tell when they are of
            order.action_mto_supply_again()
            before = self.count(), order._mto_get_plan()
            order.action_mto_supply_again()
            self.assertEqual((self.count(), order._mto_get_plan()), before)

    def assertSupplied(self):
        self.order.invalidate_recordset()
        plan = self.order._mto_get_plan()
        self.assertEqual(plan.gaps, ())
        self.assertEqual([node for node in plan.nodes if node.unpegged], [])
        self.assertFalse(self.order.mto_missing_supplies)

    def assertMissing(self, quantity):
        self.order.invalidate_recordset()
        self.assertIn(f"{quantity} Units of Part", self.order.mto_missing_supplies)
