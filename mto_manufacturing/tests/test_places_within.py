from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestPlacesWithin(MtoCommon):
    """A shelf is a part of the stock: what is on it is in both, and is there once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.stock.create({"name": "Shelf", "location_id": cls.stock.id})
        cls.near = cls.warehouse.manu_type_id.copy({"default_location_src_id": cls.shelf.id})

    def confirm_both(self, part, in_stock, on_shelf):
        """An order of what takes a part from the stock, and of what takes it from a shelf.

        Five are on the shelf.

        :return: a tuple of both productions
        """
        self.put_in_stock(part, 5, self.shelf)
        first, second = self.new_product("First", "mto"), self.new_product("Second", "mto")
        self.new_bom(first, {part: in_stock})
        self.new_bom(second, {part: on_shelf}, picking_type_id=self.near.id)
        order = self.new_order({first: 1, second: 1})
        self.planned = [
            (node.supply, node.quantity)
            for node in order._mto_get_plan().nodes
            if node.product_id == part.id
        ]
        order.action_confirm()
        productions = self.productions_of(first), self.productions_of(second)
        self.assertEqual(productions[1].location_src_id, self.shelf)
        return productions

    def confirm_together(self, *needs):
        """Two orders, each of something that takes a part from a place; five are on the shelf.

        :param needs: (operation type or None, quantity)
        :return: what was planned for each, and is done: [(supply, quantity)]
        """
        part = self.new_product("Part", vendor=True)
        self.put_in_stock(part, 5, self.shelf)
        orders = self.env["sale.order"]
        for operation, quantity in needs:
            table = self.new_product("Table", "mto")
            self.new_bom(table, {part: quantity}, picking_type_id=operation and operation.id)
            orders |= self.new_order({table: 1})
        orders.action_confirm()
        found = []
        for order in orders:
            demands = order.mto_baseline["demands"]
            (planned,) = (
                supplies for _key, product, _qty, _up, supplies in demands if product == part.id
            )
            planned = [(supply, quantity) for supply, quantity, *_dates in planned]
            nodes = order._mto_get_plan().nodes
            done = [(node.supply, node.quantity) for node in nodes if node.product_id == part.id]
            self.assertEqual(planned, done)
            found.append(planned)
        return found

    def test_orders_that_are_confirmed_together(self):
        found = self.confirm_together((None, 3), (self.near, 4), (None, 2))
        parts = [[("stock", 3)], [("stock", 2), ("purchase", 2)], [("purchase", 2)]]
        self.assertEqual(found, parts)

    def test_a_shelf_is_emptied_first(self):
        found = self.confirm_together((self.near, 4), (None, 3))
        self.assertEqual(found, [[("stock", 4)], [("stock", 1), ("purchase", 2)]])

    def test_what_another_place_has_taken_is_ordered(self):
        part = self.new_product("Part", vendor=True)
        first, second = self.confirm_both(part, 5, 5)
        self.assertParts(first, part, reserved=5)
        self.assertParts(second, part, ordered=5)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 5)
        self.assertEqual(self.planned, [("stock", 5), ("purchase", 5)])

    def test_a_part_that_another_place_has_taken_is_ordered(self):
        part = self.new_product("Part", vendor=True)
        first, second = self.confirm_both(part, 3, 5)
        self.assertParts(first, part, reserved=3)
        self.assertParts(second, part, reserved=2, ordered=3)
        self.assertEqual(self.planned, [("stock", 3), ("stock", 2), ("purchase", 3)])

    def confirm_both_from_the_shelf(self, part, in_stock, on_shelf):
        """Five more are in the stock; but core takes those first that have been there longest."""
        update = self.env["stock.quant"]._update_available_quantity
        update(part, self.stock, 5, in_date=datetime.now() + timedelta(days=1))
        productions = self.confirm_both(part, in_stock, on_shelf)
        self.assertIn(("stock", 5), self.planned[1:])
        self.assertParts(productions[0], part, reserved=in_stock)
        return productions

    def test_what_core_could_not_reserve_is_ordered(self):
        part = self.new_product("Part", vendor=True)
        _first, second = self.confirm_both_from_the_shelf(part, 5, 5)
        self.assertParts(second, part, ordered=5)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 5)

    def test_what_core_could_not_reserve_joins_the_shortage(self):
        part = self.new_product("Part", vendor=True)
        _first, second = self.confirm_both_from_the_shelf(part, 5, 8)
        self.assertParts(second, part, ordered=8)
        self.assertTrue(all(second.move_raw_ids.mapped("product_uom_qty")))

    def test_what_core_could_not_reserve_in_part_joins_the_shortage(self):
        part = self.new_product("Part", vendor=True)
        _first, second = self.confirm_both_from_the_shelf(part, 3, 8)
        self.assertParts(second, part, reserved=2, ordered=6)

    def test_what_core_could_not_reserve_and_nobody_supplies_waits(self):
        part = self.new_product("Part")
        _first, second = self.confirm_both_from_the_shelf(part, 5, 8)
        self.assertParts(second, part, waiting=8)

    def test_what_core_could_not_reserve_and_is_expected_is_waited_for(self):
        self.company.mto_count_receipts = True
        part = self.new_product("Part", vendor=True)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": part.id, "product_qty": 6})],
            }
        )
        purchase.button_confirm()
        purchase.picking_ids.move_ids.location_dest_id = self.shelf
        _first, second = self.confirm_both_from_the_shelf(part, 5, 5)
        self.assertEqual(self.purchase_lines_of(part), purchase.order_line)
        (move,) = self.raw_moves(second, part)
        self.assertEqual(move.move_orig_ids, purchase.picking_ids.move_ids)
