"""What a storekeeper says of a subcontractor's receipt, beside Odoo's module for it."""

from freezegun import freeze_time
from subcontract_case import SubcontractCase

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSubcontractReceipts(SubcontractCase):
    """A receipt says what came. What was sent for it stays for it."""

    def test_a_quantity_is_typed_and_corrected(self):
        for sent, stock in ((True, 0), (False, 0), (False, 10)):
            with self.subTest(sent=sent, stock=stock):
                if stock:
                    self.put_in_stock(self.cloth, stock)
                order = self.start(10, 1)
                while sent and self.buy() + self.move_cloth():
                    pass
                before, known = self.supplies(), self.notes()
                self.type_in(6)
                self.assertEqual(self.consumed()[0], 6)
                self.assertEqual(self.supplies(), before)
                self.type_in(10)
                self.assertEqual(self.supplies(), before)
                self.assertEqual(self.consumed(), (10, 10 if sent else 0))
                self.assertFalse(self.notes() - known)
                self.assertFalse(order._mto_get_plan().gaps)
                self.run_chain(order)

    def test_a_quantity_is_cleared(self):
        """A line of the receipt is deleted: what is made is what is ordered again."""
        for sent in (False, True):
            with self.subTest(sent=sent):
                self.start(10, 1)
                while sent and self.buy() + self.move_cloth():
                    pass
                before, known = self.supplies(), self.notes()
                self.type_in(6, 0)
                self.assertFalse(self.receipt.move_ids.move_line_ids)
                self.assertEqual(self.consumed()[0], 10)
                self.assertEqual(self.supplies(), before)
                self.assertFalse(self.notes() - known)
                self.buy()

    def test_a_quantity_is_split_over_two_lines(self):
        self.start(10, 1)
        before = self.supplies()
        self.type_in(6)
        move = self.receipt.move_ids
        vals = move._prepare_move_line_vals(quantity=4)
        move.write(
            {
                "move_line_ids": [
                    Command.update(move.move_line_ids.id, {"quantity": 5}),
                    Command.create(vals),
                ]
            }
        )
        self.assertEqual(self.consumed()[0], 9)
        self.assertEqual(self.supplies(), before)
        move.move_line_ids[1].unlink()
        self.assertEqual(self.consumed()[0], 5)
        self.assertEqual(self.supplies(), before)
        self.assertFalse(self.notes())

    def test_lots(self):
        """Of one of them there are two lines."""
        order = self.start(10, 1, tracking="lot")
        before = self.supplies()
        for quantities in (
            (("A", 4), ("B", 3), ("A", 3)),
            (("A", 2), ("A", 2), ("C", 1)),
            (("B", 2), ("A", 2), ("B", 6)),
        ):
            self.say_lots(*quantities)
            come = sum(quantity for _lot, quantity in quantities)
            self.assertEqual(self.consumed()[0], come)
            self.assertEqual(self.supplies(), before)
        self.assertFalse(self.notes())
        self.run_chain(order)

    def test_what_is_rounded_up_is_ordered_once(self):
        """However often a production gets smaller and greater again."""
        self.start(10, 0.33)
        before = self.supplies()
        self.type_in(1.5, 10)
        self.assertEqual(self.consumed()[0], 3.3)
        self.assertEqual(self.supplies(), before)

    def test_a_part_is_received(self):
        order = self.start(10, 1)
        while self.buy() + self.move_cloth():
            pass
        before = self.supplies()
        self.type_in(6)
        self.receipt.move_ids.picked = True
        self.receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.receipt.state, "done")
        self.assertEqual(self.consumed(), (4, 4))
        self.assertEqual(self.supplies(), before)
        self.assertFalse(self.notes())
        self.run_chain(order)

    def test_more_is_ordered_of_the_subcontractor(self):
        """What is ordered in addition is no correction: the cloth for it is sent, too."""
        self.more_is_ordered(sent=False)

    def test_more_is_ordered_when_the_cloth_is_there(self):
        self.more_is_ordered(sent=True)

    def more_is_ordered(self, sent):
        with freeze_time(fields.Datetime.now(), auto_tick_seconds=1):
            order = self.start(10, 1)
        while sent and self.buy() + self.move_cloth():
            pass
        self.receipt.purchase_id.order_line.product_qty = 14
        self.assertEqual(self.receipt.move_ids.product_qty, 14)
        self.assertEqual(self.consumed()[0], 14)
        self.assertEqual(self.sent_there(), 14)
        before = self.supplies()
        parts = self.productions_of(self.cushion).move_raw_ids.mapped("product_qty")
        for quantity in (12, 3, 14):
            self.type_in(quantity)
            self.assertEqual(self.consumed()[0], quantity)
            self.assertEqual(self.supplies(), before)
        raws = self.productions_of(self.cushion).move_raw_ids
        self.assertEqual(raws.mapped("product_qty"), parts)
        self.run_chain(order)

    def test_the_cloth_is_shipped_to_the_subcontractor(self):
        """By its vendor: what was asked for, or has come, is not asked for once more."""
        self.cloth.route_ids = self.env.ref("stock_dropshipping.route_drop_shipping")
        for state in ("asked", "bought", "shipped"):
            with self.subTest(state=state):
                known = self.purchase_lines_of(self.cloth)
                self.start(10, 1)
                lines = self.purchase_lines_of(self.cloth) - known
                self.assertEqual(lines.product_qty, 10)
                if state != "asked":
                    self.buy()
                if state == "shipped":
                    lines.move_ids.picked = True
                    lines.move_ids._action_done()
                before, notes = self.supplies(), self.notes()
                for quantity in (6, 10):
                    self.type_in(quantity)
                    self.assertEqual(self.consumed()[0], quantity)
                    self.assertEqual(self.supplies(), before)
                self.assertFalse(self.notes() - notes)
                self.buy()

    def test_more_comes_than_was_ordered(self):
        """Nobody sends cloth for it any more: the subcontractor has used it."""
        self.start(10, 1)
        before = self.supplies()
        self.type_in(12)
        self.assertEqual(self.consumed()[0], 12)
        self.assertEqual(self.supplies(), before)

    def test_serial_numbers_before_the_cloth_is_sent(self):
        """Odoo makes a production for each number, and deletes the one for all of them."""
        order = self.start(3, 2, tracking="serial")
        before = self.supplies()
        self.name_serials(3)
        self.assertEqual(len(self.productions_of(self.cushion)), 3)
        self.assertEqual(self.supplies(), before)
        self.assertEqual(self.consumed()[0], 6)
        self.assertFalse(self.notes())
        self.assertFalse(order._mto_get_plan().gaps)
        while self.buy() + self.move_cloth():
            pass
        self.assertEqual(self.consumed(), (6, 6))
        self.receipt.move_ids.picked = True
        self.receipt.button_validate()
        self.run_chain(order)

    def test_serial_numbers_before_cloth_from_stock_is_sent(self):
        self.put_in_stock(self.cloth, 6)
        order = self.start(3, 2, tracking="serial")
        before = self.supplies()
        self.name_serials(3)
        self.assertEqual(self.supplies(), before)
        self.assertEqual(before[0].state, "assigned")
        self.assertFalse(order._mto_get_plan().gaps)

    def test_serial_numbers_after_the_cloth_is_sent(self):
        self.start(3, 2, tracking="serial")
        while self.buy() + self.move_cloth():
            pass
        before = self.supplies()
        self.name_serials(3)
        self.assertEqual(self.supplies(), before)
        self.assertEqual(self.consumed(), (6, 6))
        self.assertFalse(self.notes())

    def test_fewer_serial_numbers(self):
        """Of three only two have come: the cloth for the third stays for the backorder."""
        order = self.start(3, 2, tracking="serial")
        before = self.supplies()
        self.name_serials(2)
        self.assertEqual(self.supplies(), before)
        lines = self.receipt.move_ids.move_line_ids
        lines.filtered(lambda line: not line.lot_id).unlink()
        self.assertEqual(self.consumed()[0], 4)
        self.assertEqual(self.supplies(), before)
        self.assertFalse(self.notes())
        while self.buy() + self.move_cloth():
            pass
        self.assertEqual(self.sent_there(), 6)
        before = self.supplies()
        self.receipt.move_ids.picked = True
        self.receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.receipt.state, "done")
        self.assertEqual(self.consumed(), (2, 2))
        self.assertEqual(self.supplies(), before)
        self.assertFalse(order._mto_get_plan().gaps)
        rest = self.receipt.backorder_ids
        rest.move_ids._generate_serial_numbers("C3", 1)
        rest.move_ids.picked = True
        rest.button_validate()
        self.assertEqual(self.supplies(), before)
        self.assertFalse(self.notes())
        self.run_chain(order)
