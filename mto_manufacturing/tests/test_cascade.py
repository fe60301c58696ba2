from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestCascade(MtoCommon):
    """Rows N1 to N5, N9 and N17: what stock Odoo forgets, steals or counts twice."""

    # -- N1 ----------------------------------------------------------------------------

    def test_n1_component_without_route_is_bought(self):
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 2})
        order = self.confirm(product, 3)
        production = self.productions_of(product)
        self.assertEqual(production.state, "confirmed")
        line = self.purchase_lines_of(part)
        self.assertEqual(line.product_qty, 6)
        self.assertEqual(line.move_dest_ids, self.raw_moves(production, part))
        self.assertEqual(production.mto_sale_line_ids, order.order_line)
        self.assertEqual(line.mto_sale_line_ids, order.order_line)

    def test_n1_component_without_route_is_made_to_the_last_level(self):
        screw = self.new_product("Screw", vendor=True)
        frame = self.new_product("Frame")
        module = self.new_product("Module")
        product = self.new_product("Thing", "mto")
        self.new_bom(frame, {screw: 4})
        self.new_bom(module, {frame: 2})
        self.new_bom(product, {module: 1})
        order = self.confirm(product, 5)
        self.assertEqual(self.productions_of(module).product_qty, 5)
        self.assertEqual(self.productions_of(frame).product_qty, 10)
        self.assertEqual(self.purchase_lines_of(screw).product_qty, 40)
        for made in (module, frame):
            production = self.productions_of(made)
            self.assertEqual(production.mto_sale_line_ids, order.order_line)
            self.assertEqual(production.move_finished_ids.move_dest_ids, production.move_dest_ids)

    # -- N2 ----------------------------------------------------------------------------

    def test_n2_component_with_the_mto_route_uses_stock_first(self):
        part = self.new_product("Part", "mto", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 20})
        self.put_in_stock(part, 100)
        self.confirm(product)
        self.assertFalse(self.purchase_lines_of(part))
        self.assertParts(self.productions_of(product), part, reserved=20)

    def test_n2_always_order(self):
        part = self.new_product("Part", vendor=True, mto_always_order=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 20})
        self.put_in_stock(part, 100)
        self.confirm(product)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 20)
        self.assertParts(self.productions_of(product), part, ordered=20)

    def test_n2_routes_only_orders_as_core(self):
        self.company.mto_component_policy = "routes_only"
        part = self.new_product("Part", "mto", vendor=True)
        plain = self.new_product("Plain", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 20, plain: 1})
        self.put_in_stock(part, 100)
        self.confirm(product)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 20)
        self.assertFalse(self.purchase_lines_of(plain))

    # -- N3 ----------------------------------------------------------------------------

    def test_n3_shortage_is_pegged_and_stays_so(self):
        part = self.new_product("Part", "mts_mto", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 20})
        self.put_in_stock(part, 5)
        self.confirm(product)
        production = self.productions_of(product)
        self.assertParts(production, part, reserved=5, ordered=15)
        purchase = self.purchase_lines_of(part).order_id
        purchase.button_confirm()
        thief = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_uom_qty": 10,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customer.property_stock_customer.id,
                        }
                    )
                ],
            }
        )
        thief.action_confirm()
        purchase.picking_ids.button_validate()
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 0)
        self.assertEqual(sum(self.raw_moves(production, part).mapped("quantity")), 20)
        self.assertEqual(production.reservation_state, "assigned")

    def test_n3_sub_production_is_pegged(self):
        part = self.new_product("Part", vendor=True)
        module = self.new_product("Module", "mts_mto")
        product = self.new_product("Thing", "mto")
        self.new_bom(module, {part: 1})
        self.new_bom(product, {module: 10})
        self.put_in_stock(module, 3)
        self.confirm(product)
        self.assertParts(self.productions_of(product), module, reserved=3, ordered=7)
        self.assertEqual(self.productions_of(module).product_qty, 7)
        self.assertEqual(
            self.productions_of(module).move_dest_ids,
            self.raw_moves(self.productions_of(product), module).filtered("move_orig_ids"),
        )

    # -- N4 ----------------------------------------------------------------------------

    def test_n4_stock_is_not_counted_on_two_levels(self):
        part = self.new_product("Part", vendor=True)
        module = self.new_product("Module")
        product = self.new_product("Thing", "mto")
        self.new_bom(module, {part: 5})
        self.new_bom(product, {module: 1, part: 5})
        self.put_in_stock(part, 5)
        self.confirm(product)
        self.assertParts(self.productions_of(product), part, reserved=5)
        self.assertParts(self.productions_of(module), part, ordered=5)
        self.assertEqual(self.purchase_lines_of(part).product_qty, 5)

    def test_n4_higher_levels_take_scarce_stock_first(self):
        part = self.new_product("Part", vendor=True)
        low = self.new_product("Low")
        first = self.new_product("First", "mto")
        second = self.new_product("Second", "mto")
        self.new_bom(low, {part: 4})
        self.new_bom(first, {low: 1})
        self.new_bom(second, {part: 4})
        self.put_in_stock(part, 4)
        self.new_order({first: 1, second: 1}).action_confirm()
        self.assertParts(self.productions_of(second), part, reserved=4)
        self.assertParts(self.productions_of(low), part, ordered=4)

    # -- N5 ----------------------------------------------------------------------------

    def test_n5_stock_is_not_counted_for_two_orders(self):
        for method in ("manual", "by_date", "at_confirm"):
            with self.subTest(method=method):
                self.warehouse.manu_type_id.reservation_method = method
                part = self.new_product("Part", vendor=True)
                product = self.new_product("Thing", "mto")
                self.new_bom(product, {part: 10})
                self.put_in_stock(part, 10)
                self.confirm(product)
                first = self.productions_of(product)
                self.confirm(product)
                second = self.productions_of(product) - first
                self.assertParts(first, part, reserved=10)
                self.assertParts(second, part, ordered=10)

    def test_n5_earlier_demand_that_is_not_reserved_yet_counts(self):
        self.warehouse.out_type_id.reservation_method = "by_date"
        part = self.new_product("Part", vendor=True)
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {part: 10})
        self.put_in_stock(part, 10)
        later = fields.Datetime.now() + timedelta(days=30)
        self.new_order({part: 10}, commitment_date=later).action_confirm()
        self.confirm(product)
        self.assertParts(self.productions_of(product), part, ordered=10)

    # -- N9 ----------------------------------------------------------------------------

    def test_n9_shared_sub_assembly_serves_every_need(self):
        part = self.new_product("Part", vendor=True)
        shared = self.new_product("Shared")
        module = self.new_product("Module")
        first = self.new_product("First", "mto")
        second = self.new_product("Second", "mto")
        self.new_bom(shared, {part: 1})
        self.new_bom(module, {shared: 2})
        self.new_bom(first, {shared: 3, module: 1})
        self.new_bom(second, {shared: 5})
        order = self.new_order({first: 1, second: 1})
        order.action_confirm()
        self.assertEqual(sum(self.productions_of(shared).mapped("product_qty")), 10)
        for production in self.productions_of(first) | self.productions_of(second):
            for move in self.raw_moves(production, shared):
                self.assertTrue(move.move_orig_ids)
        self.purchase_lines_of(part).order_id.button_confirm()
        self.purchase_lines_of(part).order_id.picking_ids.button_validate()
        for made in (shared, module, first, second):
            for production in self.productions_of(made):
                self.assertEqual(production.reservation_state, "assigned", made.name)
                production.qty_producing = production.product_qty
                production._set_qty_producing()
                production.button_mark_done()
        self.assertEqual(order.picking_ids.state, "assigned")

    # -- the stock-first product -------------------------------------------------------

    def test_stock_first_reserves_what_is_there_and_pegs_the_rest(self):
        product = self.new_product("Chair", "mts_mto")
        self.new_bom(product, {self.new_product("Part", vendor=True): 1})
        self.put_in_stock(product, 4)
        for method in ("manual", "at_confirm"):
            self.warehouse.out_type_id.reservation_method = method
        first = self.confirm(product, 10)
        moves = first.picking_ids.move_ids
        self.assertEqual(sorted(moves.mapped("product_qty")), [4, 6])
        self.assertEqual(sum(moves.mapped("quantity")), 4)
        made = self.productions_of(product)
        self.assertEqual(made.product_qty, 6)
        pegged = moves.filtered(lambda move: move.procure_method == "make_to_order")
        self.assertEqual(made.move_finished_ids.move_dest_ids, pegged)
        self.confirm(product, 10)
        self.assertEqual((self.productions_of(product) - made).product_qty, 10)
