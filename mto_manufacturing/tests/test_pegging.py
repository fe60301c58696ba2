from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestPegging(MtoCommon):
    """The plan of a quotation is what its documents are, once it is confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.module = cls.new_product("Module")
        cls.product = cls.new_product("Thing", "mts_mto")
        cls.new_bom(cls.module, {cls.part: 3})
        cls.new_bom(cls.product, {cls.module: 2, cls.part: 1})
        cls.put_in_stock(cls.product, 1)
        cls.put_in_stock(cls.module, 3)
        cls.put_in_stock(cls.part, 4)

    # -- helpers -----------------------------------------------------------------------

    def confirm(self, order):
        """Confirm and return the plan made before; the documents are the same."""
        plan = order._mto_get_plan()
        order.action_confirm()
        self.assertSame(plan, order)
        return plan

    def assertSame(self, plan, order):
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())

    def codes(self, plan, order):
        return {found.code for found in planner.diff(plan, order._mto_get_plan())}

    def supplies(self, plan, product):
        """[(supply, share)] of a product, in the order of the tree."""
        return [
            (node.supply, node.quantity) for node in plan.nodes if node.product_id == product.id
        ]

    def nodes(self, order, product, supply):
        return [
            node
            for node in order._mto_get_plan().nodes
            if node.product_id == product.id and node.supply == supply
        ]

    def produce(self, product):
        for production in self.productions_of(product):
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.button_mark_done()

    def validate(self, pickings):
        for picking in pickings.filtered(lambda p: p.state == "assigned"):
            picking.move_ids.picked = True
            picking.button_validate()

    # -- plan before, documents after --------------------------------------------------

    def test_every_document_has_its_place(self):
        order = self.new_order({self.product: 4})
        self.confirm(order)
        plan = order._mto_get_plan()
        self.assertEqual(self.supplies(plan, self.product), [("stock", 1), ("production", 3)])
        self.assertEqual(self.supplies(plan, self.module), [("stock", 3), ("production", 3)])
        self.assertEqual(
            self.supplies(plan, self.part), [("stock", 3), ("stock", 1), ("purchase", 8)]
        )
        production = self.productions_of(self.module)
        (node,) = self.nodes(order, self.module, "production")
        self.assertEqual(
            node.document,
            planner.Document("mrp.production", production.id, production.name, "confirmed", 3),
        )
        purchase = self.purchase_lines_of(self.part).order_id
        (node,) = self.nodes(order, self.part, "purchase")
        self.assertEqual(
            node.document,
            planner.Document("purchase.order", purchase.id, purchase.name, "draft", 8),
        )
        self.assertEqual(plan.gaps, ())

    def test_steps(self):
        for make in ("mrp_one_step", "pbm", "pbm_sam"):
            for deliver in ("ship_only", "pick_ship", "pick_pack_ship"):
                with self.subTest(make=make, deliver=deliver):
                    self.warehouse.write({"manufacture_steps": make, "delivery_steps": deliver})
                    self.put_in_stock(self.part, 2)
                    self.put_in_stock(self.product, 1)
                    self.confirm(self.new_order({self.product: 4}))

    def test_receipt_steps(self):
        for receive in ("one_step", "two_steps", "three_steps"):
            with self.subTest(receive=receive):
                self.warehouse.reception_steps = receive
                order = self.new_order({self.product: 4})
                plan = self.confirm(order)
                purchase = self.nodes(order, self.part, "purchase")[0].document
                purchase = self.env["purchase.order"].browse(purchase.id)
                purchase.button_confirm()
                self.assertSame(plan, order)
                for _step in range(3):
                    self.validate(self.purchase_lines_of(self.part).move_ids.picking_id)
                    self.validate(
                        self.env["stock.picking"].search([("product_id", "=", self.part.id)])
                    )
                self.assertSame(plan, order)

    def test_strategies_and_several_lines(self):
        bought = self.new_product("Bought", "mto", vendor=True)
        plain = self.new_product("Plain", vendor=True)
        self.put_in_stock(plain, 3)
        order = self.new_order(
            {bought: 2, plain: 2, self.product: 3, self.module: 1, self.part: 4}
        )
        order.order_line += order.order_line.create(
            {"order_id": order.id, "product_id": plain.id, "product_uom_qty": 5}
        )
        plan = self.confirm(order)
        self.assertEqual(self.supplies(plan, plain), [("stock", 2), ("stock", 1), ("missing", 4)])
        actual = order._mto_get_plan()
        self.assertEqual([gap.code for gap in actual.gaps], [gap.code for gap in plan.gaps])
        self.assertEqual([gap.path for gap in actual.gaps], [gap.path for gap in plan.gaps])
        self.assertEqual([gap.key for gap in actual.gaps], [gap.key for gap in plan.gaps])

    def test_reordering_rule_and_missing(self):
        watched = self.new_product("Watched", vendor=True)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": watched.id, "location_id": self.stock.id, "trigger": "manual"}
        )
        nobody = self.new_product("Without vendor")
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {watched: 2, nobody: 3})
        self.put_in_stock(watched, 1)
        order = self.new_order({product: 4})
        plan = self.confirm(order)
        self.assertEqual(self.supplies(plan, watched), [("stock", 1), ("reordering", 7)])
        (gap,) = order._mto_get_plan().gaps
        self.assertEqual(
            (gap.code, gap.product_id, gap.path), (*self.fault(plan), nobody.id, plan.gaps[0].path)
        )

    def fault(self, plan):
        return [gap.code for gap in plan.gaps]

    def test_two_warehouses(self):
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.product.route_ids = [Command.link(shop.resupply_route_ids.id)]
        self.put_in_stock(self.product, 2, shop.lot_stock_id)
        order = self.new_order({self.product: 5}, warehouse_id=shop.id)
        plan = self.confirm(order)
        self.assertEqual(
            self.supplies(plan, self.product),
            [("stock", 2), ("transfer", 3), ("stock", 1), ("production", 2)],
        )
        (node,) = self.nodes(order, self.product, "transfer")
        self.assertEqual(node.document.model, "stock.picking")
        self.assertEqual(node.document.quantity, 3)

    def test_kits(self):
        kit = self.new_product("Kit")
        self.new_bom(kit, {self.product: 1, self.part: 2}, type="phantom")
        assembly = self.new_product("Assembly", "mto")
        self.new_bom(assembly, {kit: 2, self.module: 1})
        self.confirm(self.new_order({kit: 2, assembly: 1}))

    def test_kit_whose_components_have_different_strategies(self):
        """Core tells a kit's own moves by the rule of the first, and would deliver none."""
        inside = self.new_product("Kit in a kit")
        self.new_bom(inside, {self.new_product("Ordered", "mto", vendor=True): 2}, type="phantom")
        kit = self.new_product("Kit")
        self.new_bom(kit, {self.product: 1, inside: 1}, type="phantom")
        order = self.new_order({kit: 1})
        plan = self.confirm(order)
        order.order_line._action_launch_stock_rule()
        self.assertSame(plan, order)
        picking = order.picking_ids
        for move in picking.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        picking._action_done()
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_merged_production_keeps_the_needs_apart(self):
        shared = self.new_product("Shared")
        self.new_bom(shared, {self.part: 1})
        module = self.new_product("Module 2")
        self.new_bom(module, {shared: 2})
        top = self.new_product("Top", "mto")
        self.new_bom(top, {shared: 3, module: 1})
        order = self.new_order({top: 4})
        self.confirm(order)
        nodes = self.nodes(order, shared, "production")
        self.assertEqual([node.quantity for node in nodes], [12, 8])
        if len(self.productions_of(shared)) == 1:
            self.assertEqual([node.document.quantity for node in nodes], [20, 20])
        parts = [
            (demand.key, demand.quantity)
            for demand in order._mto_get_plan().demands
            if demand.product_id == self.part.id
        ]
        self.assertEqual([quantity for _key, quantity in parts], [12, 8])

    def test_goods_that_nobody_counts(self):
        glue = self.new_product("Glue", vendor=True, is_storable=False)
        paint = self.new_product("Paint", "mto", vendor=True, is_storable=False)
        varnish = self.new_product("Varnish", "mts_mto", vendor=True, is_storable=False)
        product = self.new_product("Painted", "mto")
        self.new_bom(product, {glue: 2, paint: 3, varnish: 1})
        for method in ("at_confirm", "manual"):
            with self.subTest(method=method):
                self.warehouse.manu_type_id.reservation_method = method
                order = self.new_order({product: 4, glue: 1, paint: 1, varnish: 1})
                plan = self.confirm(order)
                self.assertEqual(self.supplies(plan, glue), [("stock", 1), ("stock", 8)])
                self.assertEqual(self.supplies(plan, paint), [("purchase", 1), ("purchase", 12)])
                self.assertEqual(self.supplies(plan, varnish), [("stock", 1), ("stock", 4)])
                self.assertFalse(self.purchase_lines_of(varnish))

    def test_batches(self):
        lot = self.new_product("In lots", "mts_mto")
        self.new_bom(lot, {self.module: 1}, enable_batch_size=True, batch_size=2)
        self.put_in_stock(lot, 1)
        order = self.new_order({lot: 6})
        self.confirm(order)
        nodes = self.nodes(order, lot, "production")
        self.assertEqual([node.quantity for node in nodes], [2, 2, 1])
        self.assertEqual([node.surplus for node in nodes], [0, 0, 1])
        self.assertEqual(
            len({node.key for node in order._mto_get_plan().nodes}),
            len(order._mto_get_plan().nodes),
        )

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        boxed = self.new_product("Boxed", "mto")
        bom = self.new_bom(boxed, {self.part: 2, self.module: 1})
        bom.bom_line_ids[0].product_uom_id = dozen
        order = self.new_order({boxed: {"product_uom_qty": 1.5, "product_uom_id": dozen.id}})
        plan = self.confirm(order)
        self.assertEqual(self.supplies(plan, boxed), [("production", 18)])
        (line,) = order._mto_get_plan().lines
        (planned,) = plan.lines
        self.assertEqual((line.line_id, line.quantity), (planned.line_id, planned.quantity))

    def test_merged_purchase_lines(self):
        self.vendor.group_rfq = "all"
        orders = [self.new_order({self.product: 4}) for _order in range(2)]
        plans = []
        for order in orders:
            plans.append(self.confirm(order))
        (line,) = self.purchase_lines_of(self.part)
        for order, plan in zip(orders, plans, strict=True):
            self.assertSame(plan, order)
            for node in self.nodes(order, self.part, "purchase"):
                self.assertEqual(node.document.quantity, line.product_qty)
                self.assertEqual(node.surplus, 0)
        line.product_qty += 5
        (node,) = self.nodes(orders[0], self.part, "purchase")
        self.assertEqual(node.surplus, 5)

    # -- what is done stays --------------------------------------------------------------

    def test_documents_that_are_done(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        self.assertSame(plan, order)
        purchase.picking_ids.button_validate()
        self.assertSame(plan, order)
        self.produce(self.module)
        self.assertSame(plan, order)
        self.produce(self.product)
        self.assertSame(plan, order)
        self.validate(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertSame(plan, order)
        (node,) = self.nodes(order, self.module, "production")
        self.assertEqual((node.document.state, node.document.quantity), ("done", 3))

    def test_documents_that_are_done_in_steps(self):
        self.warehouse.write({"manufacture_steps": "pbm_sam", "delivery_steps": "pick_pack_ship"})
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        self.assertSame(plan, order)
        for product in (self.module, self.product):
            for production in self.productions_of(product):
                self.validate(production.picking_ids)
                self.assertSame(plan, order)
                self.produce(product)
                self.assertSame(plan, order)
                self.validate(production.picking_ids)
                self.assertSame(plan, order)
        for _step in range(3):
            self.validate(order.picking_ids)
            self.assertSame(plan, order)
        self.assertEqual(order.order_line.qty_delivered, 4)

    def test_a_part_delivered_and_a_backorder(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        picking = order.picking_ids
        picking.move_ids.filtered("quantity").picked = True
        picking._action_done()
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertSame(plan, order)

    # -- what differs is seen ------------------------------------------------------------

    def test_a_purchase_that_lost_its_peg(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        self.purchase_lines_of(self.part).move_dest_ids = [Command.clear()]
        self.assertEqual(self.codes(plan, order), {"kind"})
        self.assertTrue(order._mto_get_plan().gaps)

    def test_a_production_that_lost_its_peg(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        production = self.productions_of(self.module)
        production.move_finished_ids.move_dest_ids = [Command.clear()]
        self.assertEqual(self.codes(plan, order), {"unpegged"})
        (node,) = self.nodes(order, self.module, "production")
        self.assertEqual((node.quantity, node.unpegged), (3, 3))

    def test_a_receipt_that_lost_its_peg(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        line = self.purchase_lines_of(self.part)
        line.order_id.button_confirm()
        line.move_ids.move_dest_ids = [Command.clear()]
        self.assertEqual(self.codes(plan, order), {"unpegged"})

    def test_a_part_that_lost_its_production(self):
        self.warehouse.manufacture_steps = "pbm"
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        picked = self.productions_of(self.product).picking_ids.move_ids
        picked = picked.filtered(lambda move: move.product_id == self.module)
        self.assertEqual(sorted(picked.mapped("product_qty")), [3, 3])
        picked[0].move_dest_ids = [Command.clear()]
        self.assertEqual(self.codes(plan, order), {"unpegged"})

    def test_a_reservation_given_up(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        order.picking_ids.move_ids._do_unreserve()
        self.assertEqual(self.codes(plan, order), {"unpegged"})

    def test_a_production_cancelled(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        self.productions_of(self.module).action_cancel()
        self.assertIn("kind", self.codes(plan, order))

    def test_a_purchase_cancelled(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        self.purchase_lines_of(self.part).order_id.button_cancel()
        self.assertEqual(self.codes(plan, order), {"kind"})

    def test_a_quantity_changed(self):
        order = self.new_order({self.product: 4})
        plan = self.confirm(order)
        self.purchase_lines_of(self.part).product_qty = 5
        self.assertEqual(self.codes(plan, order), {"quantity", "extra_supply"})
        order.picking_ids.move_ids.filtered("quantity").product_uom_qty = 2
        self.assertIn("demand_quantity", self.codes(plan, order))

    # -- cost ----------------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_tree(self):
        costs = []
        for width in (2, 8):
            top = self.new_product("Top", "mto")
            parts = {}
            for number in range(width):
                below = self.new_product(f"Sub {number}")
                self.new_bom(below, {self.new_product(f"Part {number}", vendor=True): 1})
                parts[below] = 2
            self.new_bom(top, parts)
            order = self.new_order({top: 2})
            self.confirm(order)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["mto.pegging"]._read(order)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 30)
