"""One request per order, day or week: every need keeps its peg, and is rounded with the others."""

from odoo.tests import tagged

from .test_surplus_policies import SurplusCase


@tagged("post_install", "-at_install")
class TestGrouping(SurplusCase):
    """NOW is a Wednesday, and the vendor takes four days: commitments are from five days on."""

    def order_for(self, *wanted):
        """Confirm an order for each (quantity, days until it is to be delivered)."""
        return [
            self.confirm_as_planned(quantity, commitment_date=self.in_days(days))
            for quantity, days in wanted
        ]

    def test_one_for_each_order(self):
        self.order_for((20, 10), (15, 10))
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])

    def test_one_for_each_day(self):
        self.vendor.group_rfq = "day"
        orders = self.order_for((20, 10), (35, 10), (5, 11))
        self.assertEqual(self.ordered(), [(50, 5), (55, 55)])
        orders[1].order_line.product_uom_qty = 12
        self.assertEqual(self.ordered(), [(50, 5), (50, 32)])
        orders[0]._action_cancel()
        self.assertEqual(self.ordered(), [(50, 5), (50, 12)])
        orders[1]._action_cancel()
        self.assertEqual(self.ordered(), [(50, 5)])

    def test_one_for_each_week(self):
        self.vendor.group_rfq = "week"
        self.price.mto_multiple_qty = 8
        # Monday to Friday of the next week, and the Monday after it.
        orders = self.order_for((20, 5), (21, 9), (22, 7), (9, 12))
        self.assertEqual(self.ordered(), [(56, 9), (64, 63)])
        orders[2]._action_cancel()
        self.assertEqual(self.ordered(), [(56, 9), (56, 41)])
        orders[0].order_line.product_uom_qty = 70
        self.assertEqual(self.ordered(), [(56, 9), (96, 91)])

    def test_a_confirmed_purchase_is_not_touched(self):
        self.vendor.group_rfq = "day"
        first, second = self.order_for((20, 10), (35, 10))
        purchase = self.lines().order_id
        purchase.button_confirm()
        second._action_cancel()
        line = purchase.order_line
        told = line.product_qty, line.mto_needed_qty, line.mto_surplus_qty
        self.assertEqual(told, (55, 20, 35))
        third = self.confirm_as_planned(30, commitment_date=self.in_days(10))
        self.assertEqual(self.ordered(), [(50, 30)])
        purchase.action_mto_share_surplus()
        self.assertFalse(self.ordered())
        self.assertEqual((line.product_qty, line.mto_surplus_qty), (55, 5))
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        for order, quantity in ((first, 20), (third, 30)):
            self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), quantity)
