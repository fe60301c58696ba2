"""The customer sends goods back, and the delivery of the rest is cancelled."""

from freezegun import freeze_time

from odoo.tests import tagged

from .. import planner
from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-03 08:00:00")
class TestSentBack(ChainCase):
    """The rest is missing. What came back is not sent again, unless somebody asks for it."""

    def setUp(self):
        super().setUp()
        self.leg = self.new_product("Leg", vendor=True)
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.table, {self.leg: 4})

    def order_in_part(self, product=None, quantity=10, delivered=4, **vals):
        order = self.confirm(product or self.table, quantity, **vals)
        self.deliver_part(order, delivered)
        return order

    def cancel_rest(self, order):
        order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel")).filtered(
            lambda one: one.location_id.usage != "customer"
        ).action_cancel()

    def open_moves(self, order):
        return order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_id == self.stock
        )

    def waiting(self, order):
        """{product: how much of it is to be delivered}."""
        moves = self.open_moves(order).grouped("product_id")
        return {product: sum(own.mapped("product_qty")) for product, own in moves.items()}

    def assertMissing(self, order, quantity, product=None):
        """A quantity is missing, and that is delivered when supplied again, once."""
        product = product or self.table
        before = self.waiting(order).get(product, 0)
        if quantity:
            self.assertIn(f"{quantity} Units of {product.name}", order.mto_missing_supplies)
        else:
            self.assertFalse(order.mto_missing_supplies)
        gaps = [one for one in order._mto_get_plan().nodes if one.supply == planner.MISSING]
        gaps = [one.quantity for one in gaps if one.product_id == product.id]
        self.assertEqual(gaps, [quantity] if quantity else [])
        for _time in range(2):
            order.action_mto_supply_again()
            self.assertEqual(self.waiting(order).get(product, 0), before + quantity)
            self.assertFalse(order.mto_missing_supplies)

    def test_the_rest_is_missing(self):
        for done in (True, False):
            with self.subTest(done=done):
                order = self.order_in_part()
                self.send_back(order, 1, done=done)
                self.cancel_rest(order)
                made = self.productions_of(self.table)
                self.assertMissing(order, 6)
                again = self.productions_of(self.table) - made
                self.assertEqual((again.product_qty, again.state), (6, "confirmed"))
                self.assertEqual(again.mto_sale_line_ids, order.order_line)

    def test_sent_back_after_the_rest_was_cancelled(self):
        order = self.order_in_part()
        self.cancel_rest(order)
        self.send_back(order, 1)
        self.assertMissing(order, 6)

    def test_sent_back_and_nothing_is_cancelled(self):
        order = self.order_in_part()
        self.send_back(order, 1)
        self.assertMissing(order, 0)

    def test_sent_back_after_all_was_supplied_again(self):
        order = self.order_in_part()
        self.cancel_rest(order)
        self.assertMissing(order, 6)
        self.send_back(order, 1)
        self.assertMissing(order, 0)

    def test_sent_back_and_sent_once_more(self):
        """What comes back of what came back is with the customer again."""
        order = self.order_in_part()
        back = self.send_back(order, 2)
        wizard = self.env["stock.return.picking"].create({"picking_id": back.id})
        wizard.product_return_moves.quantity = 1
        again = back.browse(wizard.action_create_returns()["res_id"])
        again.move_ids.picked = True
        again._action_done()
        self.cancel_rest(order)
        self.assertMissing(order, 6)

    def test_what_does_not_count_as_sent_back(self):
        order = self.order_in_part()
        self.send_back(order, 1, to_refund=False)
        self.cancel_rest(order)
        self.assertMissing(order, 6)

    def test_in_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.order_in_part()
        self.send_back(order, 1)
        self.cancel_rest(order)
        self.assertMissing(order, 6)

    def test_what_was_picked_goes_back_to_the_stock(self):
        """A step of the delivery is returned: nothing comes back from the customer."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self.order_in_part()
        pick = order.picking_ids.filtered(lambda one: one.state == "assigned")
        pick.move_ids.picked = True
        pick._action_done()
        wizard = self.env["stock.return.picking"].create({"picking_id": pick.id})
        wizard.product_return_moves.quantity = 6
        back = pick.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back._action_done()
        self.cancel_rest(order)
        self.assertMissing(order, 6)

    def test_by_the_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order_in_part(None, 1, 7, product_uom_id=dozen.id)
        self.send_back(order, 1)
        self.cancel_rest(order)
        self.assertIn("0.42 Dozens of Table", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.waiting(order), {self.table: 5})
        self.assertFalse(order.mto_missing_supplies)

    # -- goods in exchange ---------------------------------------------------------------

    def test_exchanged(self):
        """What is sent in exchange brings nothing of the rest."""
        order = self.order_in_part()
        self.send_back(order, 1, action="action_create_exchanges")
        rest = self.open_moves(order).filtered(lambda move: move.product_qty == 6)
        self.assertEqual(sum(self.open_moves(order).mapped("product_qty")), 7)
        self.assertMissing(order, 0)
        rest._action_cancel()
        self.assertEqual(self.waiting(order), {self.table: 1})
        self.assertMissing(order, 6)

    def test_what_was_to_be_sent_in_exchange_is_missing(self):
        order = self.order_in_part()
        self.send_back(order, 1, action="action_create_exchanges")
        self.open_moves(order).filtered(lambda move: move.product_qty == 1)._action_cancel()
        self.assertMissing(order, 1)

    def exchange_unrefunded(self, order, quantity=1):
        """The customer gets others in exchange, and the order's quantities stay as they are."""
        return self.send_back(order, quantity, action="action_create_exchanges", to_refund=False)

    def test_exchanged_while_the_order_stays_as_it_is(self):
        """What is sent in exchange is none of the rest, whatever is refunded."""
        for done in (True, False):
            with self.subTest(done=done):
                order = self.order_in_part()
                self.exchange_unrefunded(order)
                exchange = self.open_moves(order).filtered(lambda move: move.product_qty == 1)
                if done:
                    exchange.picked = True
                    exchange._action_done()
                self.open_moves(order).filtered(
                    lambda move: move.product_qty == 6
                )._action_cancel()
                self.assertMissing(order, 6)

    def test_the_order_changes_after_such_an_exchange(self):
        order = self.order_in_part()
        self.exchange_unrefunded(order)
        self.assertEqual(self.waiting(order), {self.table: 7})
        for quantity, waiting in ((10, 7), (12, 9), (9, 6)):
            order.order_line.product_uom_qty = quantity
            self.assertEqual(self.waiting(order), {self.table: waiting}, f"for {quantity}")
        self.assertMissing(order, 0)

    # -- asked for again -----------------------------------------------------------------

    def test_more_is_ordered(self):
        """As in core that asks for what came back, too: it is missing with the rest then."""
        order = self.order_in_part()
        self.send_back(order, 1)
        order.order_line.product_uom_qty = 12
        self.assertEqual(self.waiting(order), {self.table: 9})
        self.cancel_rest(order)
        self.assertMissing(order, 9)
        self.send_back(order, 1)
        self.cancel_rest(order)
        self.assertMissing(order, 9)

    def test_more_is_ordered_of_what_was_cancelled(self):
        order = self.order_in_part()
        self.send_back(order, 1)
        self.cancel_rest(order)
        order.order_line.product_uom_qty = 12
        self.assertEqual(self.waiting(order), {self.table: 9})

    def test_less_is_ordered(self):
        """The customer keeps three and gets five."""
        order = self.order_in_part()
        self.send_back(order, 1)
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.waiting(order), {self.table: 5})
        self.cancel_rest(order)
        self.assertMissing(order, 5)

    def test_quoted_again(self):
        order = self.order_in_part()
        self.send_back(order, 3)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.waiting(order), {self.table: 9})
        self.cancel_rest(order)
        self.assertMissing(order, 9)

    def test_the_rest_of_a_return_that_was_asked_for_again(self):
        order = self.order_in_part()
        back = self.send_back(order, 3, done=False)
        order.order_line.product_uom_qty = 11
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual(self.waiting(order), {self.table: 10})
        self.cancel_rest(order)
        self.assertMissing(order, 10)

    # -- kits ----------------------------------------------------------------------------

    def order_of_kits(self):
        """Five sets of two tables and two lamps; four of each thing are delivered."""
        self.lamp = self.new_product("Lamp", "mto", vendor=True)
        kit = self.new_product("Set")
        self.new_bom(kit, {self.table: 2, self.lamp: 2}, type="phantom")
        return self.order_in_part(kit, 5)

    def test_kits(self):
        order = self.order_of_kits()
        self.send_back(order, 1)
        self.cancel_rest(order)
        self.assertIn("6 Units of Lamp", order.mto_missing_supplies)
        self.assertMissing(order, 6)
        self.assertEqual(self.waiting(order), {self.table: 6, self.lamp: 6})

    def test_one_part_of_kits(self):
        order = self.order_of_kits()
        self.send_back(order, 2)
        moves = self.open_moves(order)
        moves.filtered(lambda move: move.product_id == self.lamp)._action_cancel()
        self.assertNotIn("Table", order.mto_missing_supplies)
        self.assertMissing(order, 6, self.lamp)
        self.assertEqual(self.waiting(order), {self.table: 6, self.lamp: 6})

    def test_more_kits_are_ordered(self):
        order = self.order_of_kits()
        self.send_back(order, 2)
        order.order_line.product_uom_qty = 6
        self.assertEqual(self.waiting(order), {self.table: 10, self.lamp: 10})
        self.cancel_rest(order)
        self.assertMissing(order, 10)

    def order_of_bought_kits(self, quantity=10, delivered=6):
        """Kits of one lamp that is bought; some are delivered, the rest is asked for and sent."""
        self.lamp = self.new_product("Lamp", "mto", vendor=True)
        kit = self.new_product("Set")
        self.new_bom(kit, {self.lamp: 1}, type="phantom")
        order = self.order_in_part(kit, delivered, delivered)
        order.order_line.product_uom_qty = quantity
        self.request = self.purchase_lines_of(self.lamp).filtered(
            lambda line: line.state == "draft"
        )
        self.request.order_id.state = "sent"
        return order

    def test_less_kits_are_ordered_as_came_back(self):
        """What is on its way is right: no document changes."""
        order = self.order_of_bought_kits()
        self.send_back(order, 3)
        moves = order.order_line.move_ids
        order.order_line.product_uom_qty = 7
        self.assertEqual(self.request.product_qty, 4)
        self.assertEqual(self.purchase_lines_of(self.lamp).order_id.activity_ids.ids, [])
        self.assertEqual(order.order_line.move_ids, moves)
        self.assertEqual(self.waiting(order), {self.lamp: 4})

    def test_still_less_kits_are_ordered(self):
        """What is too much on its way, and no more, is given back."""
        order = self.order_of_bought_kits()
        self.send_back(order, 3)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.request.product_qty, 2)
        self.assertEqual(self.waiting(order), {self.lamp: 2})

    def test_a_part_that_a_kit_has_twice_is_exchanged(self):
        """What is sent in exchange is for the line of the BoM of which it came back."""
        screw = self.new_product("Screw", vendor=True)
        kit = self.new_product("Pack")
        bom = self.new_bom(kit, {screw: 2}, type="phantom")
        second = bom.bom_line_ids.copy({"product_qty": 3})
        self.put_in_stock(screw, 25)
        order = self.confirm(kit, 5)
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        line = wizard.product_return_moves.filtered(
            lambda line: line.move_id.bom_line_id == second
        )
        line.quantity = 3
        wizard.action_create_exchanges()
        self.assertEqual(self.open_moves(order).bom_line_id, second)
        self.assertEqual(self.waiting(order), {screw: 3})
        order.order_line.product_uom_qty = 6
        self.assertEqual(self.waiting(order), {screw: 8})
