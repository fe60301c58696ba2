from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestPulledDelivery(MtoCommon):
    """A delivery in two steps, each of which pulls: the first one says how the line is supplied.

    So it was in every warehouse once, and people still set it up by hand.
    """

    def pull_in_two_steps(self, method, **vals):
        """A route from the stock by way of a dock; ``method``: of what is taken from the stock."""
        customers = self.customer.property_stock_customer
        self.dock = self.stock.create(
            {"name": "Dock", "location_id": self.warehouse.view_location_id.id}
        )
        steps = (
            (self.dock, customers, self.warehouse.out_type_id, "make_to_order"),
            (self.stock, self.dock, self.warehouse.int_type_id, method),
        )
        return self.env["stock.route"].create(
            {
                "name": "By way of the dock",
                "sequence": 0,
                "rule_ids": [
                    Command.create(
                        {
                            "name": f"{source.name} to {target.name}",
                            "action": "pull",
                            "location_src_id": source.id,
                            "location_dest_id": target.id,
                            "picking_type_id": operation.id,
                            "procure_method": how,
                        }
                    )
                    for source, target, operation, how in steps
                ],
                **vals,
            }
        )

    def pull_in_the_warehouse(self, method):
        self.pull_in_two_steps(
            method, warehouse_selectable=True, warehouse_ids=[Command.set(self.warehouse.ids)]
        )

    def get_picks(self, product):
        moves = self.env["stock.move"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")]
        )
        self.assertTrue(moves.filtered(lambda move: move.location_id == self.dock))
        return moves.filtered(
            lambda move: move.location_id == self.stock and not move.raw_material_production_id
        )

    def assertWaitsForStock(self, order):
        line = order.order_line
        product = line.product_id
        for quantity in (5, 8):
            line.product_uom_qty = quantity
            picks = self.get_picks(product)
            self.assertFalse(self.purchase_lines_of(product))
            self.assertEqual(sum(picks.mapped("product_qty")), quantity)
            self.assertEqual(sum(picks.mapped("quantity")), 0)
        self.assertFalse(self.env["mto.supply.text"]._list_missing(order)[order])
        self.put_in_stock(product, 8)
        picks._action_assign()
        self.assertEqual(sum(picks.mapped("quantity")), 8)
        line.product_uom_qty = 6
        self.assertEqual(sum(self.get_picks(product).mapped("product_qty")), 6)

    def test_made_to_stock(self):
        self.pull_in_the_warehouse("make_to_stock")
        self.assertWaitsForStock(self.confirm(self.new_product("Plain", vendor=True), 5))

    def test_made_to_stock_by_a_route_of_the_product(self):
        route = self.pull_in_two_steps("make_to_stock", product_selectable=True)
        product = self.new_product("Plain", vendor=True, route_ids=[Command.set(route.ids)])
        self.assertWaitsForStock(self.confirm(product, 5))

    def test_made_to_stock_beside_what_is_made_to_order(self):
        self.pull_in_the_warehouse("make_to_stock")
        plain, thing = self.new_product("Plain", vendor=True), self.new_product("Thing", "mto")
        self.new_bom(thing, {plain: 1})
        order = self.new_order({plain: 5, thing: 1})
        order.action_confirm()
        self.assertEqual(self.purchase_lines_of(plain).product_qty, 1)
        self.assertEqual(sum(self.get_picks(plain).mapped("product_qty")), 5)

    def test_made_to_order(self):
        route = self.pull_in_two_steps("make_to_order", product_selectable=True)
        product = self.new_product("Bought", vendor=True, route_ids=[Command.set(route.ids)])
        self.put_in_stock(product, 10)
        order = self.confirm(product, 5)
        self.assertEqual(self.purchase_lines_of(product).product_qty, 5)
        order.order_line.product_uom_qty = 8
        self.assertEqual(sum(self.purchase_lines_of(product).mapped("product_qty")), 8)
        self.assertEqual(sum(self.get_picks(product).mapped("quantity")), 0)

    def test_stock_first(self):
        route = self.pull_in_two_steps("mts_else_mto", product_selectable=True)
        product = self.new_product("Both", vendor=True, route_ids=[Command.set(route.ids)])
        self.put_in_stock(product, 6)
        order = self.confirm(product, 5)
        self.assertFalse(self.purchase_lines_of(product))
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.purchase_lines_of(product).product_qty, 2)
        self.assertEqual(sum(self.get_picks(product).mapped("quantity")), 6)
