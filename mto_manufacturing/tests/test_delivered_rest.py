"""A part of a delivery is sent, and no backorder is made for the rest."""

from freezegun import freeze_time

from odoo.tests import tagged

from .. import planner
from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")
class TestDeliveredRest(ChainCase):
    """What the customer has not got is missing, and is delivered when supplied again."""

    def setUp(self):
        super().setUp()
        self.chair = self.new_product("Chair", "mto", vendor=True)
        self.lamp = self.new_product("Lamp", "mto", vendor=True)

    def receive(self, quantities):
        """Receive of each product what is given, and the rest later."""
        self.buy()
        for product, quantity in quantities.items():
            move = self.purchase_lines_of(product).move_ids
            move.write({"quantity": quantity, "picked": True})
        move.picking_id.with_context(skip_backorder=True).button_validate()

    def moves_of(self, order, product):
        return order.picking_ids.move_ids.filtered(lambda move: move.product_id == product)

    def waiting(self, order, product):
        """How much of a product is still to be delivered."""
        moves = self.moves_of(order, product)
        alive = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        return sum(alive.mapped("product_qty"))

    def send(self, picking):
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(picking.state, "done")

    def test_lines_that_nobody_ticked(self):
        order = self.confirm(self.chair, 10)
        self.receive({self.chair: 10})
        line = order.picking_ids.move_line_ids
        line.quantity = 4
        line.copy({"quantity": 6, "picked": False})
        line.picked = True
        self.send(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertIn("6 Units of Chair", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.waiting(order, self.chair), 6)
        self.run_chain(order)

    def test_what_nobody_ticked_is_missing_once(self):
        order = self.new_order({self.chair: 10, self.lamp: 10})
        order.action_confirm()
        self.receive({self.lamp: 10, self.chair: 4})
        moves = self.moves_of(order, self.chair)
        self.assertEqual(moves.quantity, 4)
        self.moves_of(order, self.lamp).picked = True
        self.send(order.picking_ids)
        self.assertEqual(self.moves_of(order, self.chair).mapped("product_qty"), [10])
        self.assertIn("10 Units of Chair", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.waiting(order, self.chair), 10)
        self.run_chain(order)

    def deliver_of_a_dozen(self, quantity):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.confirm(self.chair, 1, product_uom_id=dozen.id)
        self.receive({self.chair: 12})
        order.picking_ids.move_ids.write({"quantity": quantity, "picked": True})
        self.send(order.picking_ids)
        return order

    def test_of_a_dozen_no_piece_is_lost(self):
        order = self.deliver_of_a_dozen(7)
        self.assertIn("0.42 Dozens of Chair", order.mto_missing_supplies)
        [gap] = [node for node in order._mto_get_plan().nodes if node.supply == planner.MISSING]
        self.assertEqual(gap.quantity, 5)
        order.action_mto_supply_again()
        self.assertEqual(self.waiting(order, self.chair), 5)
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)
        self.assertEqual(sum(self.moves_of(order, self.chair).mapped("quantity")), 12)

    def test_of_a_dozen_that_is_quoted_again_no_piece_is_lost(self):
        order = self.deliver_of_a_dozen(7)
        order._action_cancel()
        order.action_draft()
        self.assertEqual([node.quantity for node in order._mto_get_plan().nodes], [5])
        order.action_confirm()
        self.assertEqual(self.waiting(order, self.chair), 5)
        self.run_chain(order)

    def test_pieces_of_what_is_kept_by_the_dozen(self):
        self.chair.uom_id = self.env.ref("uom.product_uom_dozen")
        units = self.env.ref("uom.product_uom_unit")
        order = self.new_order({self.chair: {"product_uom_qty": 4, "product_uom_id": units.id}})
        plan = self.confirm_as_planned(order)
        self.assertEqual([node.quantity for node in plan.nodes], [0.33])
        order.picking_ids.action_cancel()
        order.action_mto_supply_again()
        self.assertEqual(self.waiting(order, self.chair), 0.33)
        self.assertFalse(order.mto_missing_supplies)
