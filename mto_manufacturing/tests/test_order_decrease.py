from odoo import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestOrderDecrease(MtoCommon):
    """Fewer are ordered after confirmation (row N11): what is not needed is given back."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.leg = self.new_product("Leg")
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.leg, {self.screw: 2})
        self.new_bom(self.table, {self.leg: 4, self.screw: 1})

    def decrease(self, order, quantity):
        order.write(
            {"order_line": [Command.update(order.order_line.id, {"product_uom_qty": quantity})]}
        )

    def test_every_level_shrinks(self):
        order = self.confirm(self.table, 10)
        self.decrease(order, 6)
        table, leg = self.productions_of(self.table), self.productions_of(self.leg)
        self.assertEqual((table.product_qty, leg.product_qty), (6, 24))
        self.assertParts(table, self.leg, ordered=24)
        self.assertParts(leg, self.screw, ordered=48)
        self.assertEqual(self.purchase_lines_of(self.screw).product_qty, 54)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 6)
        self.assertEqual(table.move_finished_ids.quantity, 6)

    def test_two_lines_of_one_product_keep_their_productions(self):
        order = self.new_order({self.table: 9})
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 10})
        order.action_confirm()
        first, second = order.order_line
        made = self.productions_of(self.table).sorted("id")
        self.assertEqual(made.mapped("product_qty"), [9, 10])
        for quantity in (13, 7, 8, 2):
            second.product_uom_qty = quantity
            self.assertEqual(made.mapped("product_qty"), [9, quantity])
            for production, line in zip(made, order.order_line, strict=True):
                needs = production._mto_get_finished().move_dest_ids
                self.assertEqual(needs.filtered(self.is_alive).sale_line_id, line)
                self.assertEqual(sum(needs.mapped("product_qty")), line.product_uom_qty)
            self.assertFalse(order._mto_get_plan().gaps)

    def is_alive(self, move):
        return move.state != "cancel"

    def test_nothing_is_returned_that_was_not_delivered(self):
        self.put_in_stock(self.screw, 4)
        order = self.confirm(self.table, 10)
        for quantity in (7, 3, 1):
            self.decrease(order, quantity)
            moves = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
            self.assertFalse(moves.filtered(lambda move: move.location_id.usage == "customer"))
            self.assertEqual(len(order.picking_ids), 1)

    def test_shortage_goes_before_stock(self):
        """4 legs in stock, 36 made: the first to go are those that are made."""
        self.put_in_stock(self.leg, 4)
        order = self.confirm(self.table, 10)
        table = self.productions_of(self.table)
        self.assertParts(table, self.leg, reserved=4, ordered=36)
        self.decrease(order, 2)
        self.assertParts(table, self.leg, reserved=4, ordered=4)
        self.decrease(order, 1)
        self.assertParts(table, self.leg, reserved=4)
        self.assertEqual(self.productions_of(self.leg).state, "cancel")

    def test_stock_is_unreserved_when_it_is_too_much(self):
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        self.decrease(order, 6)
        self.assertParts(self.productions_of(self.table), self.leg, reserved=24)
        self.assertEqual(self.leg.free_qty, 16)

    def test_to_zero(self):
        order = self.confirm(self.table, 10)
        self.decrease(order, 0)
        productions = self.productions_of(self.table) | self.productions_of(self.leg)
        self.assertEqual(set(productions.mapped("state")), {"cancel"})
        self.assertEqual(self.purchase_lines_of(self.screw).order_id.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertFalse(self.env["mail.activity"].search([("res_model", "=", "mrp.production")]))

    def test_two_orders_share_a_purchase_line(self):
        self.vendor.group_rfq = "all"
        bought = self.new_product("Lamp", "mto", vendor=True)
        first, second = self.confirm(bought, 5), self.confirm(bought, 3)
        line = self.purchase_lines_of(bought)
        self.assertEqual(line.product_qty, 8)
        self.decrease(first, 2)
        self.assertEqual(line.product_qty, 5)
        self.decrease(first, 0)
        self.assertEqual(line.product_qty, 3)
        self.assertEqual(line.mto_sale_line_ids, second.order_line)
        self.decrease(second, 0)
        self.assertEqual(line.order_id.state, "cancel")

    def test_what_a_buyer_added_stays(self):
        bought = self.new_product("Lamp", "mto", vendor=True)
        order = self.confirm(bought, 5)
        line = self.purchase_lines_of(bought)
        line.product_qty = 7
        self.decrease(order, 4)
        self.assertEqual(line.product_qty, 6)

    def test_batches_of_two(self):
        """Six are three batches; five still are, four are two."""
        self.leg.bom_ids.write({"enable_batch_size": True, "batch_size": 2})
        self.table.bom_ids.bom_line_ids.filtered(
            lambda line: line.product_id == self.leg
        ).product_qty = 1
        order = self.confirm(self.table, 6)
        made = [("product_id", "=", self.leg.id), ("state", "!=", "cancel")]
        for quantity, batches in ((5, 3), (4, 2), (3, 2), (1, 1)):
            self.decrease(order, quantity)
            self.assertEqual(self.env["mrp.production"].search_count(made), batches, quantity)
        self.assertEqual(self.purchase_lines_of(self.screw).product_qty, 1 + 4)

    def test_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.confirm(self.table, 2, product_uom_id=dozen.id)
        self.assertEqual(self.productions_of(self.table).product_uom_qty, 24)
        self.decrease(order, 1.5)
        self.assertEqual(self.productions_of(self.table).product_uom_qty, 18)
        self.assertEqual(self.productions_of(self.leg).product_qty, 72)

    def test_kit(self):
        kit = self.new_product("Set")
        lamp = self.new_product("Lamp", "mto", vendor=True)
        self.new_bom(kit, {self.table: 1, lamp: 3}, type="phantom")
        order = self.confirm(kit, 5)
        self.assertEqual(self.productions_of(self.table).product_qty, 5)
        self.decrease(order, 2)
        self.assertEqual(self.productions_of(self.table).product_qty, 2)
        self.assertEqual(self.purchase_lines_of(lamp).product_qty, 6)
        live = order.order_line.move_ids.filtered(
            lambda move: move.state != "cancel" and not move.production_id
        )
        self.assertEqual(
            {move.product_id: move.product_qty for move in live}, {self.table: 2, lamp: 6}
        )

    def test_none_of_a_kit_that_is_kept(self):
        kit, lamp = self.new_product("Set"), self.new_product("Lamp", "mts")
        self.new_bom(kit, {lamp: 3}, type="phantom")
        self.put_in_stock(lamp, 5)
        order = self.confirm(kit, 5)
        self.assertEqual(order.order_line.move_ids.product_uom_qty, 15)
        order.order_line.product_uom_qty = 0
        self.assertEqual(sum(order.order_line.move_ids.mapped("product_uom_qty")), 0)

    def test_hundredths_of_a_kit(self):
        """Core counts three kits where a hundredth is missing, and would deliver a fourth."""
        kit = self.new_product("Set of Four")
        self.new_bom(kit, {self.table: 1.38}, type="phantom", product_qty=4)
        order = self.confirm(kit, 5)
        order.order_line.product_uom_qty = 4
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(moves.mapped("product_qty"), [1.38])
        made = self.productions_of(self.table).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), 1.38)

    def test_two_lines_in_one_production(self):
        order = self.new_order({self.table: 4})
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 6})
        order.action_confirm()
        order.order_line[0].product_uom_qty = 1
        live = [("product_id", "=", self.table.id), ("state", "!=", "cancel")]
        productions = self.env["mrp.production"].search(live)
        self.assertEqual(sum(productions.mapped("product_qty")), 7)
        order.order_line[0].product_uom_qty = 0
        productions = self.env["mrp.production"].search(live)
        self.assertEqual(sum(productions.mapped("product_qty")), 6)
        self.assertEqual(productions.mto_sale_line_ids, order.order_line[1])
        legs = self.productions_of(self.leg).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(legs.mapped("product_qty")), 24)

    def test_part_of_it_from_another_warehouse(self):
        """What is brought is not counted twice: once there, and once where it is delivered."""
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        lamp = self.new_product("Lamp", "mts_mto", vendor=True)
        lamp.route_ids |= shop.resupply_route_ids
        self.put_in_stock(lamp, 8, shop.lot_stock_id)
        self.put_in_stock(lamp, 2)
        order = self.new_order({lamp: 13}, warehouse_id=shop.id)
        order.action_confirm()
        for quantity in (12, 9, 7, 0):
            order.order_line.product_uom_qty = quantity
            moves = self.env["stock.move"].search([("product_id", "=", lamp.id)])
            moves = moves.filtered(lambda move: move.state != "cancel")
            delivered = moves.filtered(lambda move: move.location_dest_id.usage == "customer")
            self.assertEqual(sum(delivered.mapped("product_qty")), quantity)
            brought = moves.filtered(lambda move: move.location_dest_id == shop.lot_stock_id)
            self.assertEqual(sum(brought.mapped("product_qty")), max(quantity - 8, 0))
        self.assertFalse(moves)

    def test_nothing_is_sent_for_nobody(self):
        """What another warehouse has bought stays there when it is not needed here any more."""
        depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEPOT"})
        self.warehouse.resupply_wh_ids = depot
        lamp = self.new_product("Lamp", vendor=True)
        lamp.route_ids |= self.warehouse.resupply_route_ids
        desk = self.new_product("Desk", "mto")
        self.new_bom(desk, {lamp: 2})
        order = self.confirm(desk, 5)
        purchase = self.purchase_lines_of(lamp)
        self.assertEqual(purchase.order_id.picking_type_id, depot.in_type_id)
        purchase.order_id.button_confirm()
        for quantity in (3, 0):
            order.order_line.product_uom_qty = quantity
            moves = self.env["stock.move"].search([("product_id", "=", lamp.id)])
            moves = moves.filtered(lambda move: move.state != "cancel")
            sent = moves.filtered(lambda move: move.location_id == depot.lot_stock_id)
            self.assertEqual(sum(sent.mapped("product_qty")), 2 * quantity)
            here = moves.filtered(lambda move: move.location_dest_id == self.stock)
            self.assertEqual(sum(here.mapped("product_qty")), 2 * quantity)
        self.assertEqual(purchase.order_id.state, "purchase")
        self.assertTrue(purchase.order_id.activity_ids)

    def test_byproducts_and_operations_follow(self):
        sawdust = self.new_product("Sawdust")
        workcenter = self.env["mrp.workcenter"].create({"name": "Bench"})
        self.table.bom_ids.write(
            {
                "byproduct_ids": [Command.create({"product_id": sawdust.id, "product_qty": 3})],
                "operation_ids": [
                    Command.create(
                        {
                            "name": "Glue",
                            "workcenter_id": workcenter.id,
                            "time_cycle_manual": 10,
                            "time_mode": "manual",
                        }
                    )
                ],
            }
        )
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.assertEqual(production.workorder_ids.duration_expected, 100)
        self.decrease(order, 6)
        self.assertEqual(production.move_byproduct_ids.product_uom_qty, 18)
        self.assertEqual(production.workorder_ids.duration_expected, 60)
