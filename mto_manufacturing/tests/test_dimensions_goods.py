from odoo.fields import Command
from odoo.tests import tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
class TestDimensionsGoods(ChainCase):
    """The whole way with units, lots, serial numbers, owners, packages and by-products."""

    # -- units of measure ----------------------------------------------------------------

    def test_a_dozen_in_the_bom_pieces_from_the_vendor(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        screw = self.new_product("Screw", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {screw: 0.5}).bom_line_ids.product_uom_id = dozen
        self.put_in_stock(screw, 7)
        order = self.new_order({product: 3})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(screw).product_qty, 11)
        self.run_chain(order)

    def test_the_order_in_dozens_the_vendor_in_kilograms(self):
        gram, kilogram = self.env.ref("uom.product_uom_gram"), self.env.ref("uom.product_uom_kgm")
        dozen = self.env.ref("uom.product_uom_dozen")
        glue = self.new_product("Glue", uom_id=gram.id)
        self.new_price(glue, self.vendor, product_uom_id=kilogram.id, mto_multiple_qty=0.1)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {glue: 12.5}).bom_line_ids.product_uom_id = gram
        self.put_in_stock(glue, 100)
        order = self.new_order({product: {"product_uom_qty": 2, "product_uom_id": dozen.id}})
        self.confirm_as_planned(order)
        self.assertEqual(self.productions_of(product).product_uom_qty, 24)
        line = self.purchase_lines_of(glue)
        self.assertEqual((line.product_qty, line.product_uom_id), (0.2, kilogram))
        self.run_chain(order)

    def test_what_a_bom_divides_is_rounded_once(self):
        sheet = self.new_product("Sheet", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {sheet: 1}, product_qty=3.0)
        order = self.new_order({product: 4})
        self.confirm_as_planned(order)
        need = self.productions_of(product).move_raw_ids
        self.assertEqual(need.product_qty, 1.34)
        self.assertEqual(self.purchase_lines_of(sheet).product_qty, 1.34)
        self.run_chain(order)

    # -- lots and serial numbers ---------------------------------------------------------

    def test_lots_on_every_level(self):
        part = self.new_product("Part", vendor=True, tracking="lot")
        module = self.new_product("Module", tracking="lot")
        product = self.new_product("Thing", "mto", tracking="lot")
        self.new_bom(module, {part: 2})
        self.new_bom(product, {module: 3})
        for name, quantity in (("A", 3), ("B", 4)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": part.id})
            self.env["stock.quant"]._update_available_quantity(
                part, self.stock, quantity, lot_id=lot
            )
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        need = self.productions_of(module).move_raw_ids
        self.assertEqual(set(need.move_line_ids.lot_id.mapped("name")), {"A", "B"})
        self.assertEqual(self.purchase_lines_of(part).product_qty, 5)
        self.run_chain(order)

    def test_serial_numbers_on_every_level(self):
        part = self.new_product("Part", vendor=True, tracking="serial")
        product = self.new_product("Thing", "mto", tracking="serial")
        self.new_bom(product, {part: 3})
        serial = self.env["stock.lot"].create({"name": "S1", "product_id": part.id})
        self.env["stock.quant"]._update_available_quantity(part, self.stock, 1, lot_id=serial)
        order = self.new_order({product: 1})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 2)
        self.run_chain(order)
        used = self.productions_of(product).move_raw_ids.move_line_ids
        self.assertEqual(len(used.lot_id), 3)
        self.assertEqual(used.mapped("quantity"), [1.0] * 3)

    # -- owners and packages -------------------------------------------------------------

    def test_goods_of_somebody_else_are_in_stock_as_in_core(self):
        owner = self.env["res.partner"].create({"name": "Owner"})
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 10})
        self.put_in_stock(part, 2)
        self.env["stock.quant"]._update_available_quantity(part, self.stock, 3, owner_id=owner)
        order = self.new_order({product: 1})
        plan = self.confirm_as_planned(order)
        taken = sum(
            node.quantity
            for node in plan.nodes
            if node.product_id == part.id and node.supply == "stock"
        )
        need = self.productions_of(product).move_raw_ids
        self.assertEqual((sum(need.mapped("quantity")), taken), (5, 5))
        self.assertEqual(self.purchase_lines_of(part).product_qty, 5)
        self.run_chain(order)

    def test_goods_in_packages(self):
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 10})
        package = self.env["stock.package"].create({"name": "Pallet"})
        self.env["stock.quant"]._update_available_quantity(part, self.stock, 6, package_id=package)
        order = self.new_order({product: 1})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 4)
        self.run_chain(order)

    # -- by-products ---------------------------------------------------------------------

    def test_by_products_are_made_and_go_to_stock(self):
        part = self.new_product("Part", vendor=True)
        waste = self.new_product("Waste")
        module = self.new_product("Module")
        product = self.new_product("Thing", "mto")
        self.new_bom(
            module,
            {part: 2},
            byproduct_ids=[Command.create({"product_id": waste.id, "product_qty": 1})],
        )
        self.new_bom(product, {module: 2})
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        made = self.productions_of(module)
        by_product = made.move_finished_ids.filtered(lambda move: move.product_id == waste)
        self.assertFalse(by_product.move_dest_ids)
        self.run_chain(order)
        self.assertEqual(waste.qty_available, 4)
        self.assertEqual(made.mto_sale_line_ids, order.order_line)

    def test_a_by_product_that_is_needed_one_level_up_is_not_counted_before_it_is_there(self):
        part, waste = self.new_product("Part", vendor=True), self.new_product("Waste", vendor=True)
        module, product = self.new_product("Module"), self.new_product("Thing", "mto")
        by_product = Command.create({"product_id": waste.id, "product_qty": 1})
        self.new_bom(module, {part: 2}, byproduct_ids=[by_product])
        self.new_bom(product, {module: 2, waste: 1})
        order = self.new_order({product: 2})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(waste).product_qty, 2)
        need = self.raw_moves(self.productions_of(product), waste)
        self.assertEqual(need.created_purchase_line_ids, self.purchase_lines_of(waste))
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.purchase_lines_of(waste).product_qty, 3)
        self.run_chain(order)
        self.assertEqual(waste.qty_available, 6)
