from odoo.fields import Command
from odoo.tests import tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
class TestDimensionsBoms(ChainCase):
    """The whole way with kits, variants, lines by attribute value and configurations."""

    def test_kits_in_the_order_and_in_what_they_are_made_of(self):
        screw = self.new_product("Screw", vendor=True)
        fittings = self.new_product("Fittings")
        self.new_bom(fittings, {screw: 4}, type="phantom")
        top = self.new_product("Top", "mto")
        self.new_bom(top, {fittings: 2, screw: 1})
        legs = self.new_product("Legs", "mts_mto", vendor=True)
        frame = self.new_product("Frame")
        self.new_bom(frame, {legs: 4, fittings: 1}, type="phantom")
        table = self.new_product("Table")
        self.new_bom(table, {top: 1, frame: 1}, type="phantom")
        screw.supply_strategy = "mts_mto"
        self.put_in_stock(screw, 5)
        self.put_in_stock(legs, 3)
        order = self.new_order({table: 2})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(legs).product_qty, 5)
        # 2 x 4 in the frames, 2 x 9 in the tops, 5 in stock.
        self.assertEqual(sum(self.purchase_lines_of(screw).mapped("product_qty")), 21)
        self.run_chain(order)

    def test_what_is_a_kit_in_another_operation_only(self):
        """Core makes the product without it: so nothing of it is bought, either."""
        operation = self.warehouse.manu_type_id
        screw, board = (self.new_product(name, vendor=True) for name in ("Screw", "Board"))
        fittings = self.new_product("Fittings", vendor=True)
        self.new_bom(fittings, {screw: 4}, type="phantom", picking_type_id=operation.copy().id)
        table = self.new_product("Table", "mto")
        self.new_bom(table, {board: 1, fittings: 1}, picking_type_id=operation.id)
        order = self.new_order({table: 2})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(board).product_qty, 2)
        self.assertFalse(self.purchase_lines_of(screw) | self.purchase_lines_of(fittings))
        self.run_chain(order)

    def new_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": "Small"}), Command.create({"name": "Big"})],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        template = self.env["product.template"].create(
            {
                "name": "Shelf",
                "is_storable": True,
                "supply_strategy": "mto",
                "attribute_line_ids": [Command.create(line)],
            }
        )
        return template.product_variant_ids

    def test_lines_by_the_value_of_a_variant(self):
        small, big = self.new_variants()
        board, plank = (self.new_product(name, vendor=True) for name in ("Board", "Plank"))
        bom = self.new_bom(small, {board: 1, plank: 1})
        for line, variant in zip(bom.bom_line_ids, (small, big), strict=True):
            values = variant.product_template_attribute_value_ids
            line.bom_product_template_attribute_value_ids = values
        order = self.new_order({small: 2, big: 3})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(board).product_qty, 2)
        self.assertEqual(self.purchase_lines_of(plank).product_qty, 3)
        self.run_chain(order)

    def test_a_bom_of_one_variant(self):
        small, big = self.new_variants()
        board, plank = (self.new_product(name, vendor=True) for name in ("Board", "Plank"))
        self.new_bom(small, {board: 1}, sequence=2)
        self.new_bom(big, {plank: 2}, product_id=big.id, sequence=1)
        order = self.new_order({small: 2, big: 3})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(board).product_qty, 2)
        self.assertEqual(self.purchase_lines_of(plank).product_qty, 6)
        self.run_chain(order)

    def test_one_variant_is_made_and_the_other_bought(self):
        small, big = self.new_variants()
        self.new_price(small, self.vendor)
        self.new_bom(big, {self.new_product("Board", vendor=True): 1}, product_id=big.id)
        small.product_tmpl_id.supply_strategy = False
        desk = self.new_product("Desk", "mto")
        self.new_bom(desk, {small: 2, big: 3})
        order = self.new_order({desk: 1})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(small).product_qty, 2)
        self.assertEqual(self.productions_of(big).product_qty, 3)
        self.run_chain(order)

    def test_what_another_company_makes_is_bought(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        module, part = (self.new_product(name, vendor=True) for name in ("Module", "Part"))
        self.new_bom(module, {part: 1}, company_id=sister.id)
        desk = self.new_product("Desk", "mto")
        self.new_bom(desk, {module: 2}, company_id=self.env.company.id)
        order = self.new_order({desk: 1})
        self.confirm_as_planned(order)
        self.assertEqual(self.purchase_lines_of(module).product_qty, 2)
        self.assertFalse(self.purchase_lines_of(part))
        self.run_chain(order)

    def test_batches_and_operations(self):
        """Each of several productions for one need is tied to it (row N14)."""
        part = self.new_product("Part", vendor=True)
        module = self.new_product("Module")
        product = self.new_product("Thing", "mto")
        bench = self.env["mrp.workcenter"].create({"name": "Bench"})
        operation = {"name": "Join", "workcenter_id": bench.id, "time_cycle_manual": 10}
        self.new_bom(module, {part: 1}, enable_batch_size=True, batch_size=2)
        self.new_bom(product, {module: 3}, operation_ids=[Command.create(operation)])
        order = self.new_order({product: 1})
        self.confirm_as_planned(order)
        self.assertEqual(self.productions_of(module).mapped("product_qty"), [2, 2])
        self.run_chain(order)
        self.assertEqual(module.qty_available, 1)

    def test_a_component_that_joins_the_bom_later_is_for_the_same_order(self):
        part, added = (self.new_product(name, vendor=True) for name in ("Part", "Added"))
        product = self.new_product("Thing", "mto")
        bom = self.new_bom(product, {part: 2})
        order = self.confirm(product, 3)
        production = self.productions_of(product)
        self.env["mrp.bom.line"].create(
            {"bom_id": bom.id, "product_id": added.id, "product_qty": 1}
        )
        production.action_update_bom()
        self.assertEqual(self.raw_moves(production, added).mto_sale_line_id, order.order_line)
        self.assertEqual(self.purchase_lines_of(added).product_qty, 3)
        self.assertEqual(self.purchase_lines_of(added).mto_sale_line_ids, order.order_line)
        self.run_chain(order)

    def test_manual_reservation_and_parts_of_both_kinds(self):
        for method in ("manual", "by_date"):
            with self.subTest(method=method):
                types = self.warehouse.out_type_id | self.warehouse.manu_type_id
                types.reservation_method = method
                part = self.new_product("Part", vendor=True)
                product = self.new_product("Thing", "mts_mto")
                self.new_bom(product, {part: 2})
                self.put_in_stock(product, 1)
                self.put_in_stock(part, 3)
                order = self.new_order({product: 4})
                self.confirm_as_planned(order)
                production = self.productions_of(product)
                self.assertParts(production, part, reserved=3, ordered=3)
                self.assertEqual(
                    production.move_raw_ids.mto_sale_line_id,
                    order.order_line,
                )
                # What stock covers is there at once, whenever others reserve.
                self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 1)
                self.run_chain(order)
