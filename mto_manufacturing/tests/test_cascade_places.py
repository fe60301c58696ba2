from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestCascadePlaces(MtoCommon):
    """Needs that pass through steps, warehouses, kits and units on their way."""

    def test_component_with_a_reordering_rule_is_left_to_it(self):
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 10})
        self.put_in_stock(part, 4)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": part.id,
                "location_id": self.stock.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "manual",
            }
        )
        self.confirm(product)
        self.assertFalse(self.purchase_lines_of(part))
        self.assertParts(self.productions_of(product), part, reserved=4, waiting=6)

    def test_component_without_any_supply_waits(self):
        part = self.new_product("Part")
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 10})
        self.put_in_stock(part, 4)
        self.confirm(product)
        self.assertParts(self.productions_of(product), part, reserved=4, waiting=6)

    def test_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        bom = self.new_bom(product, {part: 2})
        bom.bom_line_ids.product_uom_id = dozen
        self.put_in_stock(part, 7)
        self.confirm(product)
        self.assertParts(self.productions_of(product), part, reserved=7, ordered=17)
        self.assertEqual(self.purchase_lines_of(part).product_uom_qty, 17)

    def test_steps_of_production_and_delivery(self):
        for make in ("mrp_one_step", "pbm", "pbm_sam"):
            for deliver in ("ship_only", "pick_ship", "pick_pack_ship"):
                with self.subTest(make=make, deliver=deliver):
                    self.warehouse.write({"manufacture_steps": make, "delivery_steps": deliver})
                    part = self.new_product("Part", "mto", vendor=True)
                    module = self.new_product("Module")
                    product = self.new_product("Thing", "mts_mto")
                    self.new_bom(module, {part: 3})
                    self.new_bom(product, {module: 1})
                    self.put_in_stock(product, 1)
                    self.put_in_stock(module, 2)
                    self.put_in_stock(part, 5)
                    order = self.confirm(product, 5)
                    self.assertEqual(self.productions_of(product).product_qty, 4)
                    self.assertEqual(self.productions_of(module).product_qty, 2)
                    self.assertEqual(self.purchase_lines_of(part).product_qty, 1)
                    self.run_through(order, part, module, product)

    def run_through(self, order, part, *made):
        """Receive, pick, produce level by level and deliver, taking nothing but the pegs."""
        self.purchase_lines_of(part).order_id.button_confirm()
        self.purchase_lines_of(part).order_id.picking_ids.button_validate()
        for product in made:
            for production in self.productions_of(product):
                self.validate_ready(production.picking_ids)
                self.assertEqual(production.reservation_state, "assigned", product.name)
                production.qty_producing = production.product_qty
                production._set_qty_producing()
                production.button_mark_done()
                self.validate_ready(production.picking_ids)
        for _step in range(3):
            self.validate_ready(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, order.order_line.product_uom_qty)

    def validate_ready(self, pickings):
        for picking in pickings.filtered(lambda p: p.state not in ("done", "cancel")):
            if picking.state == "assigned":
                picking.move_ids.picked = True
                picking.button_validate()

    def test_resupply_from_another_warehouse(self):
        main = self.warehouse
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": main.ids}
        )
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 2})
        product.route_ids = [Command.link(shop.resupply_route_ids.id)]
        self.put_in_stock(product, 1)
        order = self.new_order({product: 3}, warehouse_id=shop.id)
        order.action_confirm()
        production = self.productions_of(product)
        self.assertEqual(production.picking_type_id.warehouse_id, main)
        self.assertEqual(production.product_qty, 2)
        self.assertEqual(production.mto_sale_line_ids, order.order_line)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 4)

    def test_productions_for_stock_do_not_cascade(self):
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 2})
        production = self.env["mrp.production"].create(
            {"product_id": product.id, "product_qty": 3}
        )
        production.action_confirm()
        self.assertFalse(self.purchase_lines_of(part))
        self.assertFalse(production.mto_sale_line_ids)

    def test_kit_on_the_order_line(self):
        part = self.new_product("Part", vendor=True)
        top = self.new_product("Top", "mto")
        legs = self.new_product("Legs", "mts_mto", vendor=True)
        self.new_bom(top, {part: 1})
        kit = self.new_product("Kit")
        self.new_bom(kit, {top: 1, legs: 4}, type="phantom")
        self.put_in_stock(legs, 3)
        order = self.confirm(kit, 2)
        self.assertEqual(self.productions_of(top).product_qty, 2)
        self.assertEqual(self.purchase_lines_of(legs).product_qty, 5)
        self.assertEqual(self.purchase_lines_of(legs).mto_sale_line_ids, order.order_line)
        self.assertEqual(self.purchase_lines_of(part).mto_sale_line_ids, order.order_line)

    def test_kit_inside_a_bom(self):
        screw = self.new_product("Screw", vendor=True)
        kit = self.new_product("Kit")
        self.new_bom(kit, {screw: 4}, type="phantom")
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {kit: 2})
        self.put_in_stock(screw, 3)
        self.confirm(product, 2)
        self.assertParts(self.productions_of(product), screw, reserved=3, ordered=13)

    def test_backorder_of_a_production_serves_the_same_order(self):
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 2})
        self.put_in_stock(part, 8)
        order = self.confirm(product, 4)
        production = self.productions_of(product)
        production.qty_producing = 3
        production._set_qty_producing()
        action = production.button_mark_done()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.action_backorder()
        backorder = self.productions_of(product) - production
        self.assertEqual(backorder.product_qty, 1)
        self.assertEqual(backorder.mto_key, production.mto_key)
        self.assertEqual(backorder.mto_sale_line_ids, order.order_line)
        self.assertEqual(
            set(backorder.move_raw_ids.mapped("mto_key")),
            set(production.move_raw_ids.mapped("mto_key")),
        )
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 3)

    def test_each_company_has_its_own_stock_and_policy(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= sister
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", sister.id)])
        part = self.new_product("Part")
        self.new_price(part, self.vendor, company_id=sister.id)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 2}, company_id=sister.id)
        self.put_in_stock(part, 100)
        self.put_in_stock(part, 1, warehouse.lot_stock_id)
        order = self.new_order({product: 1}, company_id=sister.id, warehouse_id=warehouse.id)
        order.with_company(sister).action_confirm()
        production = self.productions_of(product)
        self.assertEqual(production.company_id, sister)
        self.assertParts(production, part, reserved=1, ordered=1)
        self.assertEqual(self.purchase_lines_of(part).company_id, sister)
        sister.mto_component_policy = "routes_only"
        other = self.new_product("Other", "mto")
        self.new_bom(other, {part: 5}, company_id=sister.id)
        order = self.new_order({other: 1}, company_id=sister.id, warehouse_id=warehouse.id)
        order.with_company(sister).action_confirm()
        self.assertParts(self.productions_of(other), part, reserved=0, waiting=5)
