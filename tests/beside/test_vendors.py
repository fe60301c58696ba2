"""Beside Odoo's module for drop shipping, which the addon does not need."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.mto_manufacturing import planner
from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
class TestDropShipping(ChainCase):
    """A vendor who ships to the customer."""

    def test_shipped_by_the_vendor(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.new_order({product: 3})
        self.confirm_as_planned(order)
        line = self.purchase_lines_of(product)
        self.assertEqual(line.product_qty, 3)
        self.assertEqual(line.mto_sale_line_ids, order.order_line)
        self.run_chain(order)

    def test_shipped_by_the_vendor_of_another_company(self):
        """Each company has a route of its own, and buys for its own orders only."""
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= sister
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        product.seller_ids.company_id = False
        mine = self.confirm(product, 3)
        order = (
            self.env["sale.order"]
            .with_company(sister)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": sister.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 4})
                    ],
                }
            )
        )
        order.action_confirm()
        line = self.purchase_lines_of(product) - mine.order_line.purchase_line_ids
        self.assertEqual((line.company_id, line.product_qty), (sister, 4))
        self.assertEqual(line.mto_sale_line_ids, order.order_line)
        order.order_line.product_uom_qty = 6
        self.assertEqual(line.product_qty, 6)
        order._action_cancel()
        self.assertEqual(line.state, "cancel")
        self.run_chain(mine)

    def test_a_cancelled_order_takes_its_request_back(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.confirm(product, 3)
        order._action_cancel()
        line = self.purchase_lines_of(product)
        self.assertEqual(line.state, "cancel")
        self.assertFalse(order.activity_ids)
        order.action_draft()
        order.action_confirm()
        again = self.purchase_lines_of(product) - line
        self.assertEqual((again.product_qty, again.sale_line_id), (3, order.order_line))

    def test_what_came_back_is_not_shipped_by_itself(self):
        """A vendor shipped a part, some of it came back, and the rest is cancelled."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.confirm(product, 4)
        self.buy()
        shipment = self.purchase_lines_of(product).move_ids.picking_id
        shipment.move_ids.picked = True
        shipment._action_done()
        order.order_line.product_uom_qty = 10
        self.send_back(order, 1)
        self.purchase_lines_of(product).order_id.filtered(
            lambda purchase: purchase.state == "draft"
        ).button_cancel()
        self.assertIn("6 Units of Thing", order.mto_missing_supplies)
        order.action_mto_supply_again()
        asked = self.purchase_lines_of(product).filtered(lambda line: line.state == "draft")
        self.assertEqual(asked.product_qty, 6)
        self.assertFalse(order.mto_missing_supplies)

    def test_a_purchase_that_stays_is_told(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.confirm(product, 3)
        purchase = self.purchase_lines_of(product).order_id
        purchase.button_confirm()
        order._action_cancel()
        self.assertEqual(purchase.state, "purchase")
        self.assertIn(order.name, purchase.activity_ids.note)

    def test_it_stays_in_the_plan_when_it_is_ordered(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.confirm(product, 3)
        line = self.purchase_lines_of(product)
        line.order_id.button_confirm()
        (node,) = order._mto_get_plan().nodes
        self.assertEqual((node.supply, node.document.id), (planner.PURCHASE, line.order_id.id))
        line.date_planned += timedelta(days=10)
        self.env.cr.precommit.run()
        self.assertEqual(order.mto_late_days, 10)

    def assertLost(self, order, quantity, name):
        """A quantity that nobody ships any more is told, and supplied again once."""
        self.assertIn(f"{quantity} Units of Thing", order.mto_missing_supplies)
        self.assertIn(name, order.mto_missing_supplies)
        plan = order._mto_get_plan()
        gaps = [(gap.code, plan.demands[0].product_id) for gap in plan.gaps]
        self.assertEqual(gaps, [("supply_cancelled", order.order_line.product_id.id)])
        self.assertEqual(sum(node.quantity for node in plan.nodes), plan.lines[0].quantity)
        self.env["mto.promise"]._refresh_one(order)
        self.assertTrue(order.order_line.mto_is_blocked)
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman_all_leads")
        known = self.purchase_lines_of(order.order_line.product_id)
        for _turn in range(2):
            order.with_user(seller).action_mto_supply_again()
            (again,) = self.purchase_lines_of(order.order_line.product_id) - known
            self.assertEqual((again.product_qty, again.state), (quantity, "draft"))
            self.assertEqual(again.sale_line_id, order.order_line)
        order.invalidate_recordset()
        self.assertFalse(order.mto_missing_supplies)
        self.assertFalse(order._mto_get_plan().gaps)
        self.env["mto.promise"]._refresh_one(order)
        self.assertFalse(order.order_line.mto_is_blocked)
        return again

    def shipped_order(self, quantity=3):
        """A confirmed order of what a vendor is asked to ship, and the request's line."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        order = self.confirm(product, quantity)
        return order, self.purchase_lines_of(product)

    def test_a_cancelled_request(self):
        order, line = self.shipped_order()
        self.assertFalse(order.mto_missing_supplies)
        line.order_id.button_cancel()
        self.assertLost(order, 3, line.order_id.name)
        self.run_chain(order)

    def test_a_cancelled_request_of_a_locked_order(self):
        order, line = self.shipped_order()
        order.action_lock()
        line.order_id.button_cancel()
        self.assertLost(order, 3, line.order_id.name)

    def test_a_cancelled_purchase(self):
        order, line = self.shipped_order()
        line.order_id.button_confirm()
        line.order_id.button_cancel()
        self.assertLost(order, 3, line.order_id.name)
        self.run_chain(order)

    def test_a_request_that_is_deleted(self):
        order, line = self.shipped_order()
        line.order_id.order_line.unlink()
        self.assertLost(order, 3, "")

    def test_one_of_two_requests_is_cancelled(self):
        order, line = self.shipped_order()
        line.order_id.button_confirm()
        order.order_line.product_uom_qty = 5
        more = self.purchase_lines_of(line.product_id) - line
        self.assertEqual(more.product_qty, 2)
        more.order_id.button_cancel()
        self.assertLost(order, 2, more.order_id.name)

    def test_beside_what_is_made(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        shipped = self.new_product("Shipped", vendor=True, route_ids=route.ids)
        made = self.new_product("Made", "mto")
        self.new_bom(made, {self.new_product("Part", vendor=True): 2})
        order = self.new_order({shipped: 3, made: 1})
        self.confirm_as_planned(order)
        self.run_chain(order)

    def test_nobody_is_sent_more_than_was_ordered(self):
        """A vendor's minimum is rounded up to where the rest can stay: not at the customer's."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", route_ids=route.ids)
        price = self.new_price(product, self.vendor, price=7, min_qty=5)
        price.mto_multiple_qty = 2
        order = self.new_order({product: 3})
        self.confirm_as_planned(order)
        line = self.purchase_lines_of(product)
        self.assertEqual((line.product_qty, line.price_unit), (3, 7))
        order.order_line.product_uom_qty = 4
        self.assertEqual(line.product_qty, 4)
        order.order_line.product_uom_qty = 1
        self.assertEqual(line.product_qty, 1)
        self.run_chain(order)

    def assertAsks(self, order, steps):
        """Change an order's quantity step by step, and see what vendors are asked for each."""
        product = order.order_line.product_id
        for quantity, asked in steps:
            order.order_line.product_uom_qty = quantity
            lines = self.purchase_lines_of(product).filtered(lambda line: line.state != "cancel")
            self.assertEqual(lines.sorted("id").mapped("product_qty"), asked, f"for {quantity}")
            self.assertFalse(order._mto_get_plan().gaps)

    def test_less_where_another_vendor_comes_first(self):
        """Less is asked of whom it was asked of, whoever would be asked for as little."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        other = self.env["res.partner"].create({"name": "Other Vendor"})
        for choice in ("core", "fastest", "cheapest"):
            with self.subTest(choice=choice):
                product = self.new_product("Thing", route_ids=route.ids)
                self.company.mto_vendor_choice = "core"
                self.new_price(product, other, min_qty=10)
                self.new_price(product, self.vendor, delay=3)
                order = self.confirm(product, 5)
                self.assertEqual(self.purchase_lines_of(product).partner_id, self.vendor)
                self.company.mto_vendor_choice = choice
                self.assertAsks(order, [(3, [3]), (2, [2])])
                self.run_chain(order)

    def test_less_of_several_requests(self):
        """What was asked for last goes first; what is ordered for good stays."""
        order, line = self.shipped_order(5)
        line.order_id.button_confirm()
        self.assertAsks(order, [(8, [5, 3])])
        second = self.purchase_lines_of(line.product_id) - line
        second.order_id.user_id = self.env.ref("base.user_admin")  # a draft of another buyer
        self.assertAsks(order, [(9, [5, 3, 1]), (7, [5, 2]), (5, [5]), (6, [5, 1])])
        self.run_chain(order)

    def test_nothing_is_left_of_it(self):
        order, line = self.shipped_order(5)
        self.assertAsks(order, [(0, [])])
        self.assertEqual(line.order_id.state, "cancel")
        self.assertFalse(order.activity_ids)
        self.assertAsks(order, [(4, [4])])
        self.run_chain(order)

    def test_a_salesperson_asks_for_less(self):
        order, line = self.shipped_order(5)
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman_all_leads")
        order.with_user(seller).order_line.product_uom_qty = 3
        self.assertEqual(line.product_qty, 3)
        order.with_user(seller).order_line.product_uom_qty = 0
        self.assertEqual(line.state, "cancel")

    def test_boxes(self):
        """A vendor ships whole boxes, however little the order changes."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.new_product("Thing", route_ids=route.ids)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.new_price(product, self.vendor, price=24, product_uom_id=dozen.id)
        order = self.confirm(product, 20)
        steps = [(20, [2]), (22, [2]), (15, [2]), (12, [1]), (14, [2]), (25, [3]), (20, [2])]
        self.assertAsks(order, steps)
        line = self.purchase_lines_of(product)
        self.assertEqual((line.product_uom_id, line.price_unit), (dozen, 24))
        line.order_id.button_confirm()
        self.assertAsks(order, [(22, [2]), (15, [2]), (30, [2, 1]), (26, [2, 1]), (20, [2])])

    def test_less_of_a_kit(self):
        """Of each part that a vendor ships."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        part = self.new_product("Part", vendor=True, route_ids=route.ids)
        kit = self.new_product("Kit", route_ids=route.ids)
        self.new_bom(kit, {part: 2}, type="phantom")
        order = self.confirm(kit, 5)
        line = self.purchase_lines_of(part)
        self.assertEqual((line.product_qty, line.sale_line_id), (10, order.order_line))
        order.order_line.product_uom_qty = 3
        self.assertEqual(line.product_qty, 6)
