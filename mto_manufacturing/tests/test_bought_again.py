from itertools import product

from odoo.tests import tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestBoughtAgain(SupplyCase):
    """What a person buys less, and then more again, is for whom it was lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.supply_strategy = "mto"

    def receive_part(self, confirmed=True):
        """An order for ten, of which four have come if its purchase is confirmed."""
        known = self.purchase_lines_of(self.part)
        self.order = self.confirm(self.product, 10)
        line = self.purchase_lines_of(self.part) - known
        if confirmed:
            line.order_id.button_confirm()
            receipt = line.order_id.picking_ids
            receipt.move_ids.write({"quantity": 4, "picked": True})
            receipt.with_context(skip_backorder=True).button_validate()
        return line

    def assertBroughtBy(self, line, surplus=0):
        """Nothing else is bought, and all that comes is for the production that needs it."""
        self.order.invalidate_recordset()
        self.assertEqual(self.order._mto_get_plan().gaps, ())
        self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual((line.mto_needed_qty, line.mto_surplus_qty), (10, surplus))
        bought = self.purchase_lines_of(self.part)
        self.order.action_mto_supply_again()
        self.assertEqual(self.purchase_lines_of(self.part), bought)
        self.assertEqual(line.product_qty, 10 + surplus)
        if line.state == "draft":
            line.order_id.button_confirm()
        receipts = line.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(receipts.mapped("product_qty")), 10 + surplus)
        for _step in ("receipt", "to the stock"):
            moves = line.move_ids | line.move_ids.move_dest_ids
            pickings = moves.picking_id.filtered(lambda one: one.state == "assigned")
            pickings.move_ids.picked = True
            pickings._action_done()
        self.assertEqual(self.order.mrp_production_ids.reservation_state, "assigned")

    def test_what_is_bought_less_is_bought_after_all(self):
        for steps, confirmed in product(("one_step", "two_steps"), (True, False)):
            with self.subTest(steps=steps, confirmed=confirmed):
                self.warehouse.reception_steps = steps
                line = self.receive_part(confirmed)
                line.product_qty = 4
                self.order.invalidate_recordset()
                self.assertIn("6 Units of Part", self.order.mto_missing_supplies)
                line.product_qty = 10
                self.assertBroughtBy(line)

    def test_it_is_bought_after_all_when_the_vendor_has_numbered_it(self):
        line = self.receive_part()
        line.product_qty = 4
        line.order_id.partner_ref = "V77"
        line.product_qty = 10
        self.assertBroughtBy(line)

    def test_what_was_lost_is_not_served_by_a_request_that_is_merged(self):
        """As much comes with the other request as its own need takes."""
        line = self.receive_part(confirmed=False)
        first = self.order
        line.product_qty = 4
        other = self.receive_part(confirmed=False)
        self.assertNotEqual(line.order_id, other.order_id)
        (line | other).order_id.action_merge()
        merged = (line | other).exists().filtered(lambda one: one.state != "cancel")
        self.assertEqual(merged.product_qty, 14)
        (first | self.order).invalidate_recordset()
        self.assertIn("6 Units of Part", first.mto_missing_supplies)
        self.assertFalse(self.order.mto_missing_supplies)

    def test_what_is_bought_less_is_bought_in_two_goes(self):
        line = self.receive_part()
        line.product_qty = 4
        line.product_qty = 7
        self.order.invalidate_recordset()
        self.assertIn("3 Units of Part", self.order.mto_missing_supplies)
        line.product_qty = 10
        self.assertBroughtBy(line)

    def test_more_is_bought_when_the_rest_is_not_received(self):
        """Core makes a receipt for all that has not come, whatever was cancelled."""
        for quantity in (10, 12):
            with self.subTest(quantity=quantity):
                line = self.receive_part()
                line.order_id.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
                line.product_qty = quantity + 1
                line.product_qty = quantity
                self.assertBroughtBy(line, quantity - 10)
