from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .inter_company_case import InterCompanyCase


@tagged("post_install", "-at_install")
class TestInterCompany(InterCompanyCase):
    """What one company sells and another makes, with routes over the place between them."""

    def test_made_to_order_in_the_other_company(self):
        self.connect("make_to_order")
        self.put_in_stock(self.part, 50)
        self.put_in_stock(self.part, 1, self.factory.lot_stock_id)
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        production = self.productions_of(self.product)
        self.assertEqual(production.company_id, self.maker)
        self.assertEqual(self.purchase_lines_of(self.part).company_id, self.maker)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 3)
        sent = self.moves_of(self.product, self.maker).filtered(
            lambda move: move.location_dest_id == self.between
        )
        self.assertEqual(sent.picking_id.company_id, self.maker)
        self.run_chain(order)
        own = self.part.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(own.qty_available, 50)

    def test_who_makes_it_makes_and_buys_what_is_short(self):
        """The policy of who makes it counts, and not that of who sells it."""
        self.company.mto_component_policy = "routes_only"
        self.connect("make_to_order")
        self.put_in_stock(self.part, 1, self.factory.lot_stock_id)
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 3)
        self.run_chain(order)

    def test_who_makes_it_goes_by_the_routes_alone(self):
        self.maker.mto_component_policy = "routes_only"
        self.connect("make_to_order")
        self.put_in_stock(self.part, 1, self.factory.lot_stock_id)
        order = self.new_order({self.product: 2})
        self.assertEqual(
            [gap.code for gap in self.confirm_as_planned(order).gaps], ["not_in_stock"]
        )
        self.assertFalse(self.purchase_lines_of(self.part))

    def test_who_buys_it_chooses_the_vendor(self):
        self.maker.mto_vendor_choice = "fastest"
        self.part.seller_ids.delay = 5
        quick = self.vendor.copy({"name": "Quick"})
        self.new_price(self.part, quick, delay=1, price=9, company_id=False)
        self.connect("make_to_order")
        self.confirm_as_planned(self.new_order({self.product: 2}))
        self.assertEqual(self.purchase_lines_of(self.part).partner_id, quick)

    def test_who_may_not_see_the_other_company_plans_the_same(self):
        self.company.mto_component_policy = "routes_only"
        self.expect_parts(self.maker)
        order = self.new_order({self.product: 2})
        own = self.as_seller(order)
        with freeze_time():
            mine, plan = own._mto_make_plan(), order._mto_make_plan()
        self.assertEqual(mine.nodes, plan.nodes)
        own.action_confirm()
        self.assertEqual(self.productions_of(self.product).company_id, self.maker)

    def expect_parts(self, company):
        """Count receipts in one of the companies; ten parts are to come to the factory."""
        company.mto_count_receipts = True
        self.connect("make_to_order")
        buyer = self.env["purchase.order"].with_company(self.maker)
        line = {"product_id": self.part.id, "product_qty": 10}
        expected = buyer.create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.factory.in_type_id.id,
                "order_line": [Command.create(line)],
            }
        )
        expected.button_confirm()
        return expected.order_line

    def test_who_makes_it_counts_what_is_expected_there(self):
        expected = self.expect_parts(self.maker)
        order = self.new_order({self.product: 2})
        plan = self.confirm_as_planned(order)
        self.assertIn("receipt", [node.supply for node in plan.nodes])
        self.assertEqual(self.purchase_lines_of(self.part), expected)
        self.run_chain(order)

    def test_who_sells_it_counts_what_is_expected_here_only(self):
        expected = self.expect_parts(self.company)
        self.confirm_as_planned(self.new_order({self.product: 2}))
        self.assertEqual((self.purchase_lines_of(self.part) - expected).product_qty, 4)

    def test_who_may_not_see_the_other_companys_purchase_is_not_led_to_it(self):
        self.connect("make_to_order")
        order = self.new_order({self.product: 2})
        order.action_confirm()
        groups = "purchase.group_purchase_user,sales_team.group_sale_salesman_all_leads"
        buyer = new_test_user(self.env, "shop_buyer", groups)
        both = order.with_context(allowed_company_ids=(self.env.company | self.maker).ids)
        self.assertEqual(both._get_purchase_orders(), self.purchase_lines_of(self.part).order_id)
        self.assertFalse(order.with_user(buyer)._get_purchase_orders())

    def test_from_the_stock_of_the_other_company(self):
        self.connect("make_to_stock")
        self.put_in_stock(self.product, 2, self.factory.lot_stock_id)
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        self.assertFalse(self.productions_of(self.product))
        self.run_chain(order)

    def test_made_there_for_the_customer(self):
        self.connect_directly()
        self.put_in_stock(self.part, 1, self.factory.lot_stock_id)
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        self.assertEqual(self.productions_of(self.product).company_id, self.maker)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 3)

    def add_kit(self, company, bom_company):
        """The product is made of one more thing, a kit of three parts in one company only."""
        kit = self.new_product("Kit")
        self.new_price(kit, self.vendor, company_id=False)
        self.new_bom(kit, {self.part: 3}, type="phantom", company_id=company.id)
        self.product.bom_ids.company_id = bom_company
        line = Command.create({"product_id": kit.id, "product_qty": 1})
        self.product.bom_ids.bom_line_ids = [line]
        return kit

    def test_a_kit_of_the_other_company_in_a_bom_of_all(self):
        kit = self.add_kit(self.maker, False)
        self.connect("make_to_order")
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        self.assertFalse(self.purchase_lines_of(kit))
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 10)
        self.run_chain(order)

    def test_what_is_a_kit_in_the_other_company_only(self):
        """Core makes the product without it: so it is not bought, either."""
        kit = self.add_kit(self.maker, self.company)
        self.new_price(self.part, self.vendor)
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        self.assertFalse(self.purchase_lines_of(kit))
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 4)

    def test_what_the_other_company_has_got_is_not_sent_again(self):
        order = self.hand_over_part()
        rest = order.picking_ids.filtered(lambda one: one.state != "done")
        picking = order.picking_ids - rest
        order.order_line._action_launch_stock_rule()
        self.assertEqual(order.order_line.move_ids, picking.move_ids | rest.move_ids)
        self.assertEqual(rest.move_ids.product_qty, 6)
        returned = self.env["stock.return.picking"].create({"picking_id": picking.id})
        returned.product_return_moves.write({"quantity": 6, "to_refund": True})
        back = self.env["stock.picking"].browse(returned.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        order.order_line.product_uom_qty = 3
        self.assertEqual(rest.move_ids.product_qty, 24)

    def test_what_the_other_company_has_got_is_not_missing_there(self):
        """Who works in both companies sees the same in each of them."""
        self.part.supply_strategy = "mts_mto"
        order = self.hand_over_part()
        rest = order.picking_ids.filtered(lambda one: one.state != "done")
        for company in (self.company, self.maker):
            mine = order.with_company(company)
            mine.invalidate_recordset()
            self.assertFalse(mine.mto_missing_supplies)
        rest.action_cancel()
        for company in (self.company, self.maker):
            mine = order.with_company(company)
            mine.invalidate_recordset()
            self.assertIn("0.5 Dozens of Part", mine.mto_missing_supplies)

    def hand_over_part(self):
        """The other company has ordered 24, and has got 18 of them."""
        partner = self.maker.partner_id
        self.assertEqual(partner.property_stock_customer, self.between)
        self.put_in_stock(self.part, 50)
        order = self.new_order({self.part: 2}, partner_id=partner.id)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 18
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        rest = order.picking_ids - picking
        self.assertEqual((picking.state, rest.move_ids.product_qty), ("done", 6))
        return order

    def test_cancelled(self):
        self.connect("make_to_order")
        order = self.new_order({self.product: 2})
        self.confirm_as_planned(order)
        order._action_cancel()
        self.assertEqual(self.productions_of(self.product).state, "cancel")
        alive = self.moves_of(self.product, self.maker) | self.moves_of(self.part, self.maker)
        self.assertFalse(alive.filtered(lambda move: move.state != "cancel"))
        live = self.purchase_lines_of(self.part).filtered(lambda line: line.state != "cancel")
        self.assertFalse(live)
