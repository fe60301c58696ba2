from odoo.tests import tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestGoneGoods(SupplyCase):
    """What had come for a need and is not there any more is missing, and supplied again."""

    def correct(self, quantity):
        """Receive all, and find later that less had come."""
        self.purchase.button_confirm()
        receipt = self.purchase.picking_ids
        receipt.button_validate()
        receipt.is_locked = False
        receipt.move_ids.move_line_ids.quantity = quantity

    def test_less_had_come_than_was_received(self):
        self.start(10)
        self.correct(8)
        self.assertEqual(self.production.move_raw_ids.quantity, 8)
        self.assertMissing(2)
        self.supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 2)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)
        self.assertSupplied()

    def test_less_had_come_and_lies_there_unreserved(self):
        self.start(10)
        self.correct(8)
        self.production.do_unreserve()
        self.assertMissing(2)
        self.supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 2)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)
        self.assertSupplied()

    def test_nothing_had_come(self):
        self.start(10)
        self.correct(0)
        self.assertMissing(10)
        self.put_in_stock(self.part, 4)
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=4, ordered=6)
        self.assertSupplied()

    def test_what_lies_there_unreserved_is_not_missing(self):
        self.start(10)
        self.purchase.button_confirm()
        self.purchase.picking_ids.button_validate()
        self.production.do_unreserve()
        self.assertFalse(self.order.mto_missing_supplies)
        self.production.move_raw_ids.quantity = 4
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)
