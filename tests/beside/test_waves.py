"""A wave takes some goods of a transfer along, and leaves the others."""

from odoo.tests import tagged

from odoo.addons.mto_manufacturing.tests.common import MtoCommon


@tagged("post_install", "-at_install")
class TestWaves(MtoCommon):
    def setUp(self):
        super().setUp()
        self.places = self.stock
        for name in ("Left", "Right"):
            place = self.stock.create({"name": name, "location_id": self.stock.id})
            self.places |= place
        self.places -= self.stock

    def add_to_wave(self, product, steps):
        self.warehouse.delivery_steps = steps
        order = self.confirm(product, 10)
        for picking in order.picking_ids:
            self.assertEqual(picking.move_ids.mapped("quantity"), [10])
            picking.move_line_ids[0]._add_to_wave()
        return order

    def test_what_lies_reserved_is_not_ordered_again(self):
        for steps in ("ship_only", "pick_ship"):
            with self.subTest(steps=steps):
                part = self.new_product("Part", "mts_mto", vendor=True)
                for place in self.places:
                    self.put_in_stock(part, 5, place)
                order = self.add_to_wave(part, steps)
                self.assertFalse(self.purchase_lines_of(part))
                moves = order.picking_ids.move_ids
                self.assertEqual(moves.mapped("product_qty"), [5, 5])
                self.assertEqual(moves.mapped("quantity"), [5, 5])
                self.assertEqual(set(moves.picking_id.mapped("state")), {"assigned"})
                self.assertFalse(order._mto_get_plan().gaps)

    def test_what_was_received_for_an_order(self):
        part = self.new_product("Part", "mto", vendor=True, tracking="lot")
        order = self.confirm(part, 10)
        purchase = self.purchase_lines_of(part).order_id
        purchase.button_confirm()
        receipt = purchase.picking_ids
        line = receipt.move_line_ids
        line.quantity = 5
        line.copy({"quantity": 5, "lot_name": "B"})
        line.lot_name = "A"
        receipt.move_ids.picked = True
        receipt.button_validate()
        picking = order.picking_ids
        self.assertEqual(len(picking.move_line_ids), 2)
        picking.move_line_ids[0]._add_to_wave()
        moves = order.picking_ids.move_ids
        self.assertEqual(moves.mapped("quantity"), [5, 5])
        self.assertEqual(set(moves.mapped("state")), {"assigned"})
        self.assertEqual(self.purchase_lines_of(part).product_qty, 10)
        self.assertFalse(order._mto_get_plan().gaps)
        for one in order.picking_ids:
            one.move_ids.picked = True
            one._action_done()
        self.assertEqual(order.order_line.qty_delivered, 10)
