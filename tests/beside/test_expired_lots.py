"""Lots that have expired are there, and serve nobody."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mto_manufacturing import planner
from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestExpiredLots(ChainCase):
    """What is made needs ten of a part, of which three are good and six have expired."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True, tracking="lot", use_expiration_date=True)
        cls.product = cls.new_product("Product", "mto")
        cls.new_bom(cls.product, {cls.part: 1})
        cls.put_lot_in_stock(6, days=-4)
        cls.put_lot_in_stock(3, days=300)

    @classmethod
    def put_lot_in_stock(cls, quantity, days):
        """Put some of the part in stock, which is to be removed in so many days."""
        removed = fields.Datetime.now() + timedelta(days=days)
        lot = cls.env["stock.lot"].create({"product_id": cls.part.id, "name": f"Lot {days}"})
        lot.expiration_date = removed + timedelta(days=1)
        lot.removal_date = removed
        cls.env["stock.quant"]._update_available_quantity(
            cls.part, cls.stock, quantity, lot_id=lot
        )

    def test_they_are_not_planned(self):
        self.assertEqual((self.part.qty_available, self.part.free_qty), (9, 3))
        order = self.new_order({self.product: 10})
        plan = self.confirm_as_planned(order)
        supplies = {
            node.supply: node.quantity for node in plan.nodes if node.product_id == self.part.id
        }
        self.assertEqual(supplies, {planner.STOCK: 3, planner.PURCHASE: 7})
        self.assertParts(self.productions_of(self.product), self.part, reserved=3, ordered=7)

    def test_they_do_not_serve_who_waits_for_stock(self):
        order = self.new_order({self.part: 5})
        self.confirm_as_planned(order)
        self.assertEqual(sum(order.order_line.move_ids.mapped("quantity")), 3)
        plan = order._mto_get_plan()
        pegged = [node.quantity for node in plan.nodes if node.supply == planner.STOCK]
        self.assertEqual(sum(pegged), 3)

    def test_dates_that_do_not_count(self):
        self.part.use_expiration_date = False
        order = self.new_order({self.product: 9})
        self.confirm_as_planned(order)
        self.assertParts(self.productions_of(self.product), self.part, reserved=9)
