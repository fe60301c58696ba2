from odoo.tests import tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
class TestDimensionsPlaces(ChainCase):
    """The whole way through steps, warehouses, companies, and beside reordering rules."""

    def new_thing(self, **vals):
        """A product made of a module that is made of a bought part."""
        part = self.new_product("Part", vendor=True)
        module = self.new_product("Module")
        product = self.new_product("Thing", "mto", **vals)
        self.new_bom(module, {part: 2}, company_id=False)
        self.new_bom(product, {module: 1, part: 1}, company_id=False)
        return product, module, part

    def test_steps_of_receipt_production_and_delivery(self):
        for receive, make, deliver in (
            ("one_step", "mrp_one_step", "ship_only"),
            ("two_steps", "pbm", "pick_ship"),
            ("three_steps", "pbm_sam", "pick_pack_ship"),
            ("three_steps", "mrp_one_step", "pick_ship"),
            ("two_steps", "pbm_sam", "ship_only"),
        ):
            with self.subTest(receive=receive, make=make, deliver=deliver):
                self.warehouse.write(
                    {
                        "reception_steps": receive,
                        "manufacture_steps": make,
                        "delivery_steps": deliver,
                    }
                )
                product, module, part = self.new_thing()
                self.put_in_stock(part, 2)
                self.put_in_stock(module, 1)
                order = self.new_order({product: 3})
                self.confirm_as_planned(order)
                self.assertEqual(self.productions_of(module).product_qty, 2)
                self.run_chain(order)
                self.assertEqual(part.qty_available, 0)

    def test_resupply_from_another_warehouse(self):
        main = self.warehouse
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": main.ids}
        )
        product, module, part = self.new_thing(route_ids=shop.resupply_route_ids.ids)
        product.supply_strategy = "mto"
        self.put_in_stock(part, 100, shop.lot_stock_id)
        order = self.new_order({product: 2}, warehouse_id=shop.id)
        self.confirm_as_planned(order)
        self.assertEqual(self.productions_of(product).picking_type_id.warehouse_id, main)
        self.assertEqual(sum(self.purchase_lines_of(part).mapped("product_qty")), 6)
        # The purchases for the components are the order's, though none is for its own line.
        self.assertEqual(order._get_purchase_orders(), self.purchase_lines_of(part).order_id)
        self.run_chain(order)

    def test_a_component_from_another_warehouse(self):
        main = self.warehouse
        depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        main.resupply_wh_ids = depot
        route = main.resupply_route_ids
        part = self.new_product("Part", vendor=True, route_ids=route.ids)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 4})
        self.put_in_stock(part, 1)
        self.put_in_stock(part, 2, depot.lot_stock_id)
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        bought = self.purchase_lines_of(part)
        self.assertEqual(bought.product_qty, 5)
        self.assertEqual(bought.order_id.picking_type_id.warehouse_id, depot)
        self.assertEqual(order._get_purchase_orders(), bought.order_id)
        self.run_chain(order)

    def test_companies_do_not_mix(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= sister
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", sister.id)])
        product, module, part = self.new_thing()
        for bom in (product | module).bom_ids:
            self.assertFalse(bom.company_id)
        self.put_in_stock(module, 50)
        self.put_in_stock(part, 3, warehouse.lot_stock_id)
        order = self.new_order({product: 1}, company_id=sister.id, warehouse_id=warehouse.id)
        order = order.with_company(sister)
        self.confirm_as_planned(order)
        self.assertEqual(self.productions_of(module).company_id, sister)
        self.assertFalse(self.purchase_lines_of(part))
        self.run_chain(order)
        self.assertEqual(module.with_context(warehouse_id=self.warehouse.id).qty_available, 50)

    # -- beside reordering rules ---------------------------------------------------------

    def get_bought(self, product):
        return sum(self.purchase_lines_of(product).mapped("product_qty"))

    def test_a_reordering_rule_beside_make_to_order_orders_nothing_twice(self):
        product, module, part = self.new_thing()
        (module | part).supply_strategy = "mts_mto"
        for one in (product, module, part):
            self.new_orderpoint(one)
        self.put_in_stock(part, 1)
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        made = {
            one: sum(self.productions_of(one).mapped("product_qty")) for one in (product, module)
        }
        self.assertEqual(made, {product: 2, module: 2})
        self.assertEqual(self.get_bought(part), 5)
        self.env["stock.rule"].run_scheduler()
        for one, quantity in made.items():
            self.assertEqual(sum(self.productions_of(one).mapped("product_qty")), quantity)
        self.assertEqual(self.get_bought(part), 5)
        self.run_chain(order)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self.get_bought(part), 5)

    def test_what_is_left_to_a_reordering_rule_is_ordered_once_by_it(self):
        product, _module, part = self.new_thing()
        self.new_orderpoint(part)
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        self.assertLessEqual(self.get_bought(part), 6)
        for _time in range(2):
            self.env["stock.rule"].run_scheduler()
            self.assertEqual(self.get_bought(part), 6)
        self.run_chain(order)

    def test_a_minimum_in_stock_is_kept_beside_the_order(self):
        product, _module, part = self.new_thing()
        part.supply_strategy = "mto"
        self.new_orderpoint(part, minimum=4)
        self.put_in_stock(part, 4)
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        # Four of six come from stock, and the rule brings the four back.
        served = self.purchase_lines_of(part).filtered("mto_sale_line_ids").move_dest_ids
        self.assertEqual(sum(served.mapped("product_qty")), 2)
        for _time in range(2):
            self.env["stock.rule"].run_scheduler()
            self.assertEqual(self.get_bought(part), 6)
        self.run_chain(order)
        self.assertEqual(part.qty_available, 4)
