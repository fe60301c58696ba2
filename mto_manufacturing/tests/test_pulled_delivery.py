from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .common import MtoCommon
from .table_case import NOW, at


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


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDeliveryRules(MtoCommon):
    """To order by the rule that delivers, whatever the product and its category say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thing = cls.new_product("Thing")
        cls.new_price(cls.thing, cls.vendor, delay=7)

    @property
    def first(self):
        """The rule that takes goods from stock for a delivery."""
        rules = self.warehouse.delivery_route_id.rule_ids
        return rules.filtered(lambda rule: rule.location_src_id == self.stock)

    def assertOrdered(self, quantity, **vals):
        order = self.new_order({self.thing: {"product_uom_qty": 5, **vals}})
        self.assertEqual(order.mto_promise_date, at(7))
        plan = order._mto_get_plan()
        known = self.purchase_lines_of(self.thing)
        order.action_confirm()
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())
        self.assertEqual(planner.diff_dates(plan, order._mto_get_plan()), ())
        bought = self.purchase_lines_of(self.thing) - known
        self.assertEqual((bought.product_qty, bought.date_planned), (quantity, at(7)))

    def test_the_rule_of_the_warehouse(self):
        for steps in ("ship_only", "pick_ship"):
            self.warehouse.delivery_steps = steps
            for method in ("make_to_order", "mts_else_mto"):
                with self.subTest(steps=steps, method=method):
                    self.first.procure_method = method
                    self.assertOrdered(5)
        self.put_in_stock(self.thing, 2)
        self.assertOrdered(3)

    def test_the_rule_of_a_package_type(self):
        rule = self.first.copy({"procure_method": "make_to_order"})
        route = self.env["stock.route"].create(
            {
                "name": "Packed to order",
                "package_type_selectable": True,
                "rule_ids": [Command.set(rule.ids)],
            }
        )
        kind = self.env["stock.package.type"].create({"name": "Box", "route_ids": route.ids})
        box = self.env["uom.uom"].create(
            {
                "name": "Box of two",
                "relative_uom_id": self.thing.uom_id.id,
                "relative_factor": 2,
                "package_type_id": kind.id,
            }
        )
        self.thing.uom_ids = box
        self.assertOrdered(10, product_uom_id=box.id)

    def test_stock_by_every_rule_is_not_planned(self):
        for steps in ("ship_only", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            order = self.new_order({self.thing: 1})
            self.assertFalse(order._mto_has_make_to_order())
