"""What a subcontractor never sends of a receipt, beside Odoo's module for it."""

from subcontract_case import SubcontractCase

from odoo.tests import tagged

_DROP_SHIP = "stock_dropshipping.route_drop_shipping"


@tagged("post_install", "-at_install")
class TestSubcontractRests(SubcontractCase):
    """Nobody sends or buys cloth for what is not made any more."""

    def receive_no_more(self):
        self.receipt.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=self.receipt.ids
        ).button_validate()
        self.assertEqual(self.receipt.state, "done")
        self.assertFalse(self.receipt.backorder_ids)

    def test_less_comes_and_nothing_more(self):
        """Nobody sends or buys cloth for the rest, which there is no backorder for."""
        self.start(10, 1)
        self.type_in(6)
        self.receipt.move_ids.picked = True
        self.receive_no_more()
        self.assertEqual(self.amounts(), (6, 6))
        self.assertFalse(self.notes())

    def test_a_line_that_does_not_come(self):
        self.start(10, 1)
        self.type_in(6)
        move = self.receipt.move_ids
        move.move_line_ids.picked = True
        move.move_line_ids.create({**move._prepare_move_line_vals(quantity=3), "picked": False})
        self.assertEqual(self.consumed()[0], 9)
        self.receive_no_more()
        self.assertEqual(self.amounts(), (6, 6))

    def test_less_comes_than_the_cloth_was_sent_for(self):
        """Nothing is cancelled; somebody is told where there is too much cloth."""
        self.start(10, 1)
        while self.buy() + self.move_cloth():
            pass
        before = self.supplies()
        self.type_in(6)
        self.receipt.move_ids.picked = True
        self.receive_no_more()
        self.assertEqual(self.supplies(), before)
        self.assertEqual(len(self.notes()), 1)

    def test_what_the_buyer_added_stays(self):
        self.cloth.route_ids = self.env.ref(_DROP_SHIP)
        self.start(10, 1)
        line = self.purchase_lines_of(self.cloth)
        line.product_qty = 12
        self.type_in(6)
        self.receipt.move_ids.picked = True
        self.receive_no_more()
        self.assertEqual(line.product_qty, 8)

    def test_fewer_serial_numbers_come_and_nothing_more(self):
        self.start(3, 2, tracking="serial")
        self.name_serials(2)
        lines = self.receipt.move_ids.move_line_ids
        lines.filtered(lambda line: not line.lot_id).unlink()
        self.assertEqual(self.amounts(), (6, 6))
        self.receipt.move_ids.picked = True
        self.receive_no_more()
        self.assertEqual(self.amounts(), (4, 4))

    def test_fewer_are_ordered_than_have_serial_numbers(self):
        for named, ordered in ((2, 2), (3, 2)):
            with self.subTest(named=named):
                known = self.sent_there()
                self.start(3, 2, tracking="serial")
                self.name_serials(named)
                lines = self.receipt.move_ids.move_line_ids
                lines.filtered(lambda line: not line.lot_id).unlink()
                self.receipt.purchase_id.order_line.product_qty = ordered
                self.assertEqual(self.sent_there() - known, 4)

    def test_less_is_ordered_after_a_quantity_was_typed(self):
        for picked, ordered, left in (
            (False, 8, 8),
            (False, 6, 6),
            (False, 4, 4),
            (True, 8, 8),
            (True, 6, 6),
            (True, 4, 6),
        ):
            with self.subTest(picked=picked, ordered=ordered):
                known = self.amounts()
                self.start(10, 1)
                self.type_in(6)
                self.receipt.move_ids.picked = picked
                self.receipt.purchase_id.order_line.product_qty = ordered
                amounts = [now - then for now, then in zip(self.amounts(), known, strict=True)]
                self.assertEqual(amounts, [left, left])
                self.assertFalse(self.notes())

    def test_less_is_ordered_after_lots_were_typed(self):
        """The rest is given back once, of whichever lot it would have been."""
        self.start(10, 1, tracking="lot")
        self.say_lots(("A", 3), ("B", 3))
        self.receipt.move_ids.picked = True
        self.receipt.purchase_id.order_line.product_qty = 8
        self.assertEqual(self.amounts(), (8, 8))

    def test_a_receipt_is_cancelled_after_a_quantity_was_typed(self):
        for route in (self.cloth.route_ids, self.env.ref(_DROP_SHIP)):
            with self.subTest(route=route.name):
                self.cloth.route_ids = route
                self.start(10, 1)
                self.type_in(6)
                self.receipt.action_cancel()
                self.assertEqual(self.amounts(), (0, 0))
                self.assertFalse(self.notes())

    def test_less_is_ordered_of_the_subcontractor(self):
        self.start(10, 1)
        self.receipt.purchase_id.order_line.product_qty = 6
        self.assertEqual(self.consumed()[0], 6)
        self.assertEqual(self.sent_there(), 6)
