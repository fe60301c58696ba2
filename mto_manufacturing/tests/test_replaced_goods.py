from odoo.tests import new_test_user, tagged

from .. import planner
from .receipt_case import ReceiptCase


@tagged("post_install", "-at_install")
class TestReplacedGoods(ReceiptCase):
    """What goes back to the vendor in exchange for other goods is not missing."""

    def exchange(self, picking, quantity=4, user=None, **vals):
        """Return two transfers: what goes back, and what is to come in its place."""
        wizard = self.env["stock.return.picking"].with_user(user or self.env.user)
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": quantity, **vals})
        back = picking.browse(wizard.action_create_exchanges()["res_id"])
        return back, back.return_ids

    def reserved(self):
        return sum(self.raw_moves(self.production, self.part).mapped("quantity"))

    def get_supplies(self):
        nodes = [
            node for node in self.order._mto_get_plan().nodes if node.product_id == self.part.id
        ]
        return [(node.supply, node.quantity, node.surplus) for node in nodes]

    def assertWaiting(self, quantity=10):
        """All comes from the one purchase, nothing is missing and nothing is bought."""
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual(self.get_supplies(), [(planner.PURCHASE, quantity, 0)])
        self.order.action_mto_supply_again()
        self.assertEqual(self.purchase_lines_of(self.part), self.purchase.order_line)

    def assertMissing(self, quantity):
        self.order.invalidate_recordset()
        self.assertIn(f"{quantity} Units of Part", self.order.mto_missing_supplies)
        self.assertIn((planner.MISSING, quantity, 0), self.get_supplies())
        self.order.action_mto_supply_again()
        new = self.purchase_lines_of(self.part) - self.purchase.order_line
        self.assertEqual(new.product_qty, quantity)

    def assertNothingLeft(self):
        self.run_chain(self.order)
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id.usage", "=", "internal")]
        )
        self.assertEqual(sum(quants.mapped("quantity")), 0)

    def test_others_come_later(self):
        for refund in (True, False):
            with self.subTest(refund=refund):
                back, replacing = self.exchange(self.start(), to_refund=refund)
                self.assertWaiting()
                self.send(back)
                self.assertWaiting()
                self.send(replacing)
                self.assertEqual(self.reserved(), 10)
                self.assertWaiting()
                self.assertNothingLeft()

    def test_others_come_first(self):
        back, replacing = self.exchange(self.start())
        self.send(replacing)
        self.assertWaiting()
        self.send(back)
        self.assertWaiting()
        self.assertNothingLeft()

    def test_in_steps(self):
        """What has come into the stock goes back, and others are received in steps."""
        for steps in ("two_steps", "three_steps"):
            with self.subTest(steps):
                received = self.start(steps=steps)
                while not self.reserved():
                    self.move()
                back, replacing = self.exchange(received)
                back.move_ids.location_id = self.stock
                self.send(back, quantity=4)
                self.assertWaiting()
                self.send(replacing)
                self.assertWaiting()
                self.assertNothingLeft()

    def test_others_are_exchanged_once_more(self):
        back, replacing = self.exchange(self.start())
        self.send(back)
        back, replacing = self.exchange(self.send(replacing), 3)
        self.send(back)
        self.assertWaiting()
        self.send(replacing)
        self.assertEqual(self.reserved(), 10)
        self.assertNothingLeft()

    def test_others_do_not_come(self):
        for first in (True, False):
            with self.subTest(first=first):
                back, replacing = self.exchange(self.start())
                if first:
                    replacing.action_cancel()
                self.send(back)
                if not first:
                    replacing.action_cancel()
                self.assertMissing(4)
                self.assertNothingLeft()

    def test_nothing_goes_back_after_all(self):
        back, replacing = self.exchange(self.start())
        back.action_cancel()
        replacing.action_cancel()
        self.assertWaiting()
        self.assertNothingLeft()

    def test_less_is_needed(self):
        back, replacing = self.exchange(self.start())
        self.send(back)
        self.order.order_line.product_uom_qty = 7
        self.send(replacing)
        self.assertEqual(self.reserved(), 7)
        self.run_chain(self.order)

    def test_a_stock_user_may(self):
        user = new_test_user(self.env, "mto_stock", "stock.group_stock_user")
        back, replacing = self.exchange(self.start(), user=user)
        self.send(back)
        self.assertWaiting()
