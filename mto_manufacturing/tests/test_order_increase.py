from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestOrderIncrease(MtoCommon):
    """More are ordered after confirmation (row N10)."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.leg = self.new_product("Leg")
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.leg, {self.screw: 2})
        self.new_bom(self.table, {self.leg: 4, self.screw: 1})

    def finish(self, production):
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()

    def receive_all(self, product):
        purchase = self.purchase_lines_of(product).order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()

    def test_what_waits_grows(self):
        order = self.confirm(self.table, 10)
        order.order_line.product_uom_qty = 14
        table, leg = self.productions_of(self.table), self.productions_of(self.leg)
        self.assertEqual((table.product_qty, leg.product_qty), (14, 56))
        self.assertParts(table, self.leg, ordered=56)
        self.assertParts(table, self.screw, ordered=14)
        self.assertParts(leg, self.screw, ordered=112)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 14)

    def test_the_delivery_reserves_all(self):
        order = self.confirm(self.table, 10)
        order.order_line.product_uom_qty = 14
        self.receive_all(self.screw)
        self.finish(self.productions_of(self.leg))
        self.finish(self.productions_of(self.table))
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 14)

    def test_stock_that_came_is_taken_first(self):
        order = self.confirm(self.table, 10)
        self.put_in_stock(self.leg, 6)
        order.order_line.product_uom_qty = 12
        self.assertParts(self.productions_of(self.table), self.leg, reserved=6, ordered=42)
        self.put_in_stock(self.leg, 3)
        order.order_line.product_uom_qty = 13
        self.assertParts(self.productions_of(self.table), self.leg, reserved=9, ordered=43)

    def test_what_has_started_gets_a_companion(self):
        order = self.confirm(self.table, 10)
        self.receive_all(self.screw)
        first = self.productions_of(self.table)
        first.qty_producing = 1
        order.order_line.product_uom_qty = 14
        more = self.productions_of(self.table) - first
        self.assertEqual((first.product_qty, more.product_qty), (10, 4))
        self.assertEqual(more.mto_sale_line_ids, order.order_line)
        self.assertIn(more.move_finished_ids, order.picking_ids.move_ids.move_orig_ids)
        self.assertParts(more, self.screw, ordered=4)

    def test_back_and_forth_is_as_if_confirmed_so(self):
        for quantities in ((4, 10, 7), (10, 3, 7), (1, 12, 0, 7)):
            self.put_in_stock(self.leg, 5)
            order = self.confirm(self.table, quantities[0])
            for quantity in quantities[1:]:
                order.order_line.product_uom_qty = quantity
            changed = self.describe(order)
            order._action_cancel()
            direct = self.confirm(self.table, 7)
            self.assertEqual(changed, self.describe(direct))
            direct._action_cancel()
            self.put_in_stock(self.leg, -5)

    def describe(self, order):
        plan = order._mto_get_plan()
        return [
            (node.product_id, node.supply, node.quantity, node.unpegged, node.surplus)
            for node in plan.nodes
        ]

    def test_surplus_of_a_batch_is_used(self):
        self.table.bom_ids.write({"enable_batch_size": True, "batch_size": 2})
        order = self.confirm(self.table, 5)
        self.assertEqual(len(self.productions_of(self.table)), 3)
        order.order_line.product_uom_qty = 6
        self.assertEqual(len(self.productions_of(self.table)), 3)
        order.order_line.product_uom_qty = 7
        self.assertEqual(len(self.productions_of(self.table)), 4)

    def test_surplus_of_a_confirmed_purchase_is_used(self):
        lamp = self.new_product("Lamp", "mto", vendor=True)
        order = self.confirm(lamp, 10)
        purchase = self.purchase_lines_of(lamp).order_id
        purchase.button_confirm()
        order.order_line.product_uom_qty = 6
        order.order_line.product_uom_qty = 9
        self.assertEqual(self.purchase_lines_of(lamp).product_qty, 10)
        order.order_line.product_uom_qty = 13
        self.assertEqual(sum(self.purchase_lines_of(lamp).mapped("product_qty")), 13)
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 10)

    def test_a_quantity_moved_from_one_line_to_another_at_once(self):
        """What is ordered serves the line that grows, whichever of them is saved first."""
        for stock, is_ordered, few in ((0, True, 4), (3, False, 0)):
            with self.subTest(stock=stock):
                screw = self.new_product("Screw", vendor=True)
                table = self.new_product("Table", "mto")
                self.new_bom(table, {screw: 1})
                if stock:
                    self.put_in_stock(screw, stock)
                order = self.new_order({table: 10})
                order.order_line = [Command.create({"product_id": table.id, "product_uom_qty": 5})]
                order.action_confirm()
                if is_ordered:
                    self.purchase_lines_of(screw).order_id.button_confirm()
                for quantities in ((few, 15 - few), (10, 5), (7, 8)):
                    self.move_over(order, quantities)
                    bought = sum(self.purchase_lines_of(screw).mapped("product_qty"))
                    made = self.productions_of(table).filtered(lambda one: one.state != "cancel")
                    self.assertEqual((sum(made.mapped("product_qty")), bought), (15, 15 - stock))
                    self.assertFalse(order.mto_missing_supplies)

    def move_over(self, order, quantities):
        """Give lines other quantities in one save, what grows first."""
        lines = zip(order.order_line.sorted("id"), quantities, strict=True)
        changes = [
            Command.update(line.id, {"product_uom_qty": quantity})
            for line, quantity in sorted(lines, key=lambda one: one[0].product_uom_qty - one[1])
        ]
        order.write({"order_line": changes})
        self.assertEqual(
            tuple(order.order_line.sorted("id").mapped("product_uom_qty")), quantities
        )

    def test_a_kit_that_has_one_product_twice(self):
        """Each of its lines grows, made to order or not."""
        for strategy in ("mts", "mto"):
            screw = self.new_product(f"Screw {strategy}", strategy, vendor=True)
            bag = self.new_product(f"Bag {strategy}")
            kit = self.new_bom(bag, {screw: 3}, type="phantom")
            kit.bom_line_ids.copy({"bom_id": kit.id, "product_qty": 5})
            order = self.confirm(bag, 2)
            order.order_line.product_uom_qty = 4
            alive = order.picking_ids.move_ids.grouped("bom_line_id")
            quantities = [sum(alive[line].mapped("product_qty")) for line in kit.bom_line_ids]
            self.assertEqual(quantities, [12, 20], strategy)

    def test_more_of_a_kit_for_three(self):
        """It comes to what as many come to that are ordered at once, to the hundredth."""
        kit, part = self.new_product("Kit", "mto"), self.new_product("Part", vendor=True)
        self.new_bom(kit, {part: 1}, product_qty=3, type="phantom")
        order = self.confirm(kit, 11)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_qty")), 3.67)
        order.order_line.product_uom_qty = 21
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_qty")), 7)

    def test_halves_of_a_kit(self):
        """Core counts whole kits, and would deliver the half once more."""
        for strategy in ("mts", "mto"):
            screw = self.new_product(f"Screw {strategy}", strategy, vendor=True)
            nail = self.new_product(f"Nail {strategy}", strategy, vendor=True)
            bag = self.new_product(f"Bag {strategy}")
            self.new_bom(bag, {screw: 4, nail: 0.5}, type="phantom", product_qty=3)
            order = self.confirm(bag, 4)
            for quantity in (7.5, 8.5, 7.5, 7, 9.5, 3):
                order.order_line.product_uom_qty = quantity
                order.order_line._action_launch_stock_rule()
                for product, each in ((screw, 4), (nail, 0.5)):
                    moves = order.picking_ids.move_ids.filtered(
                        lambda move, product=product: (
                            move.product_id == product and move.state != "cancel"
                        )
                    )
                    self.assertAlmostEqual(
                        sum(moves.mapped("product_qty")), each / 3 * quantity, delta=0.05
                    )

    def test_parts_of_a_component_in_two_units(self):
        """What grows is the need, not each of its parts."""
        screw = self.new_product("Screw", vendor=True)
        box = self.new_product("Box", "mto")
        bom = self.new_bom(box, {screw: 1})
        bom.bom_line_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.put_in_stock(screw, 19)
        order = self.confirm(box, 1)
        for quantity in (2, 3):
            order.order_line.product_uom_qty = quantity
            moves = self.raw_moves(self.productions_of(box), screw)
            self.assertEqual(sum(moves.mapped("product_qty")), 12 * quantity)
            bought = sum(self.purchase_lines_of(screw).mapped("product_qty"))
            self.assertEqual(bought, 12 * quantity - 19)
        production = self.productions_of(box)
        wizard = self.env["change.production.qty"]
        for quantity, bought in ((4, 29), (2, 5), (1, 0)):
            wizard.create({"mo_id": production.id, "product_qty": quantity}).change_prod_qty()
            moves = self.raw_moves(production, screw)
            self.assertEqual(sum(moves.mapped("product_qty")), 12 * quantity)
            lines = self.purchase_lines_of(screw).filtered(lambda line: line.state != "cancel")
            self.assertEqual(sum(lines.mapped("product_qty")), bought)

    def test_a_kit_that_a_bom_has_twice(self):
        """Each of its moves grows by its own part."""
        screw = self.new_product("Screw", vendor=True)
        bag, box = self.new_product("Bag"), self.new_product("Box", "mto")
        self.new_bom(bag, {screw: 1}, type="phantom")
        bom = self.new_bom(box, {bag: 1})
        bom.bom_line_ids.copy({"bom_id": bom.id, "product_qty": 2})
        order = self.confirm(box, 1)
        for quantity in (2, 4, 3, 1):
            order.order_line.product_uom_qty = quantity
            moves = self.raw_moves(self.productions_of(box), screw)
            self.assertEqual(sum(moves.mapped("product_qty")), 3 * quantity)
            lines = self.purchase_lines_of(screw)
            self.assertEqual(sum(lines.mapped("product_qty")), 3 * quantity)
        self.assertEqual(order._mto_get_plan().gaps, ())

    def order_a_dozen_in_parts(self):
        """A dozen of which two are in stock and two in a receipt: core counts 1.01 of it."""
        self.company.mto_count_receipts = True
        chair = self.new_product("Chair", "mts_mto", vendor=True)
        self.put_in_stock(chair, 2)
        bought = {"product_id": chair.id, "product_qty": 2, "date_planned": "2000-01-01"}
        purchase = self.env["purchase.order"].create(
            {"partner_id": self.vendor.id, "order_line": [Command.create(bought)]}
        )
        purchase.button_confirm()
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.confirm(chair, 1, product_uom_id=dozen.id)
        self.assertEqual(self.get_parts(order), [2, 2, 8])
        return order

    def get_parts(self, order):
        moves = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
        return sorted(moves.mapped("product_qty"))

    def test_of_dozens_in_parts_no_piece_is_lost(self):
        order = self.order_a_dozen_in_parts()
        order.order_line.product_uom_qty = 2
        self.assertEqual(sum(self.get_parts(order)), 24)
        self.assertFalse(order.mto_missing_supplies)

    def test_of_fewer_dozens_in_parts_no_piece_is_lost(self):
        order = self.order_a_dozen_in_parts()
        for dozens, pieces in ((3, 36), (2, 24), (0.5, 6)):
            order.order_line.product_uom_qty = dozens
            self.assertEqual(sum(self.get_parts(order)), pieces)

    def test_of_a_dozen_sent_in_parts_no_piece_is_asked_for_again(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        chair = self.new_product("Chair", "mto", vendor=True)
        order = self.confirm(chair, 1, product_uom_id=dozen.id)
        self.receive_all(chair)
        for quantity in (2, 2, 8):
            move = order.order_line.move_ids.filtered(lambda move: move.state != "done")
            move.write({"quantity": quantity, "picked": True})
            move.picking_id._action_done()
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.get_parts(order), [2, 2, 8, 12])

    def test_seven_pieces_become_half_a_dozen(self):
        chair = self.new_product("Chair", "mts_mto", vendor=True)
        self.put_in_stock(chair, 7)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.confirm(chair, 1, product_uom_id=dozen.id)
        self.assertEqual(self.get_parts(order), [5, 7])
        order.order_line.move_ids.filtered(lambda move: move.product_qty == 5)._action_cancel()
        order.order_line.product_uom_qty = 0.5
        self.assertEqual(self.get_parts(order), [6])

    def assertDelivered(self, order, *quantities):
        """Whatever is ordered, it is delivered, no more and no less."""
        for quantity in quantities:
            order.order_line.product_uom_qty = quantity
            self.assertEqual(sum(self.get_parts(order)), quantity)
            self.assertFalse(order.mto_missing_supplies)

    def test_the_product_has_another_strategy_from_now_on(self):
        for first, then in (("mts", "mto"), ("mto", "mts"), (False, "mts"), ("mto", "mts_mto")):
            with self.subTest(first=first, then=then):
                chair = self.new_product("Chair", first, vendor=True)
                self.put_in_stock(chair, 20)
                order = self.confirm(chair, 5)
                chair.supply_strategy = then
                self.assertDelivered(order, 8, 9, 4, 6)

    def test_the_line_has_another_strategy_from_now_on(self):
        order = self.confirm(self.table, 5)
        self.put_in_stock(self.table, 10)
        order.order_line.supply_strategy = "mts"
        self.assertDelivered(order, 8, 9, 6)
        self.assertEqual(self.productions_of(self.table).product_qty, 2)
        order._action_cancel()
        self.assertEqual(self.productions_of(self.table).state, "cancel")

    @freeze_time("2025-03-03 08:00:00")
    def test_the_strategy_changes_of_what_is_delivered_in_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        for first, then in (("mts", "mto"), ("mto", "mts")):
            with self.subTest(first=first, then=then):
                chair = self.new_product("Chair", first, vendor=True)
                self.put_in_stock(chair, 20)
                order = self.confirm(chair, 5)
                self.receive_all(chair)
                for picking in order.picking_ids:
                    picking.move_ids.picked = True
                    picking._action_done()
                chair.supply_strategy = then
                for day, quantity in ((4, 8), (5, 9), (6, 7)):
                    with freeze_time(f"2025-03-0{day} 08:00:00"):
                        order.order_line.product_uom_qty = quantity
                    self.assertEqual(self.get_picked(order), quantity)

    def get_picked(self, order):
        """How much is taken out of the stock for an order, and all of it for the customer."""
        moves = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertNotIn("customer", moves.location_id.mapped("usage"))
        return sum(moves.filtered(lambda m: m.location_id == self.stock).mapped("product_qty"))
