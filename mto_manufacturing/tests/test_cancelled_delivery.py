from freezegun import freeze_time

from odoo.tests import Form, tagged

from .. import planner
from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestCancelledDelivery(ChainCase):
    """A person cancels a delivery, and the order still asks for its goods."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.leg = self.new_product("Leg")
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.leg, {self.screw: 2})
        self.new_bom(self.table, {self.leg: 4, self.screw: 1})
        self.put_in_stock(self.leg, 5)

    def alive(self, model):
        mine = (self.screw | self.leg | self.table).ids
        return self.env[model].search([("product_id", "in", mine), ("state", "!=", "cancel")])

    def assertUncovered(self, order, quantity):
        gaps = order._mto_get_plan().gaps
        self.assertEqual([gap.code for gap in gaps], ["supply_cancelled"])
        self.assertIn(f"{quantity} Units of Table", order.mto_missing_supplies)

    def assertSuppliedAgain(self, order, planned):
        order.action_mto_supply_again()
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff(planned, actual), ())
        self.assertFalse(order.mto_missing_supplies)
        before = self.alive("stock.move"), self.alive("mrp.production")
        order.action_mto_supply_again()
        self.assertEqual((self.alive("stock.move"), self.alive("mrp.production")), before)
        self.assertEqual(planner.to_json(order._mto_get_plan()), planner.to_json(actual))

    def test_what_was_ordered_goes_and_comes_again(self):
        """In any number of steps, whichever of them is cancelled."""
        for delivery, production in (("ship_only", "mrp_one_step"), ("pick_pack_ship", "pbm_sam")):
            self.warehouse.write({"delivery_steps": delivery, "manufacture_steps": production})
            order = self.confirm(self.table, 5)
            planned = order._mto_get_plan()
            for place in (0, -1):
                live = order.picking_ids.filtered(lambda one: one.state != "cancel")
                live.sorted("id")[place].action_cancel()
                for model in ("mrp.production", "purchase.order.line", "stock.move"):
                    self.assertFalse(self.alive(model), model)
                self.assertEqual(self.leg.free_qty, 5)
                self.assertEqual(order.state, "sale")
                self.assertUncovered(order, 5)
                self.assertSuppliedAgain(order, planned)
            order._action_cancel()
            self.assertFalse(self.alive("mrp.production"))
            self.assertFalse(order.mto_missing_supplies)

    def test_one_of_two_lines(self):
        lamp = self.new_product("Lamp", "mto", vendor=True)
        order = self.new_order({self.table: 5, lamp: 2})
        planned = self.confirm_as_planned(order)
        move = order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.table)
        move._action_cancel()
        self.assertFalse(self.alive("mrp.production"))
        self.assertEqual(self.purchase_lines_of(lamp).product_qty, 2)
        self.assertUncovered(order, 5)
        self.assertSuppliedAgain(order, planned)

    def test_a_kit(self):
        """What its components come to is not supplied, and is told once."""
        kit = self.new_product("Set")
        self.new_bom(kit, {self.table: 2, self.screw: 3}, type="phantom")
        self.put_in_stock(self.screw, 6)
        order = self.confirm(kit, 2)
        planned = order._mto_get_plan()
        order.picking_ids.action_cancel()
        self.assertFalse(self.alive("mrp.production"))
        plan = order._mto_get_plan()
        missing = {node.product_id: node.quantity for node in plan.nodes}
        self.assertEqual(missing, {self.table.id: 4, self.screw.id: 6})
        self.assertEqual({gap.code for gap in plan.gaps}, {"supply_cancelled"})
        self.assertIn("2 Units of Set", order.mto_missing_supplies)
        self.assertSuppliedAgain(order, planned)

    def kit_order(self):
        """Two sets of two tables and three screws each, which are in stock."""
        kit = self.new_product("Set")
        self.new_bom(kit, {self.table: 2, self.screw: 3}, type="phantom")
        self.put_in_stock(self.screw, 6)
        order = self.confirm(kit, 2)
        return order, order._mto_get_plan()

    def moves_of(self, order, product):
        """The moves of an order that bring a product to the customer, if not cancelled."""
        moves = order.picking_ids.move_ids.filtered(lambda move: move.product_id == product)
        return moves.filtered(lambda move: move.state != "cancel")

    def test_one_component_of_a_kit(self):
        """The others are on their way: they are not told, and do not come twice."""
        for steps in ("ship_only", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            for product, quantity in ((self.screw, 6), (self.table, 4)):
                order, planned = self.kit_order()
                self.moves_of(order, product)._action_cancel()
                plan = order._mto_get_plan()
                gaps = [(gap.code, gap.product_id) for gap in plan.gaps]
                self.assertEqual(gaps, [("supply_cancelled", product.id)])
                (missing,) = (node for node in plan.nodes if node.supply == "missing")
                self.assertEqual(missing.quantity, quantity)
                words = order.mto_missing_supplies
                self.assertIn(f"{quantity} Units of {product.name}", words)
                self.assertNotIn("Set", words)
                self.assertSuppliedAgain(order, planned)
                order._action_cancel()
                self.assertFalse(self.alive("stock.move"))
                self.put_in_stock(self.screw, -6)

    def test_a_kit_grows_of_which_a_component_was_cancelled(self):
        order, _planned = self.kit_order()
        self.moves_of(order, self.screw)._action_cancel()
        self.put_in_stock(self.screw, 3)
        order.order_line.product_uom_qty = 3
        for product, quantity in ((self.table, 6), (self.screw, 9)):
            moves = self.moves_of(order, product)
            self.assertEqual(sum(moves.mapped("product_qty")), quantity, product.name)
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def test_a_part_of_a_component_of_a_kit_is_not_delivered(self):
        order, _planned = self.kit_order()
        self.buy()
        self.move_in()
        for _round in range(2):
            for production in order._mto_get_productions():
                if production.state == "confirmed" and production.reservation_state == "assigned":
                    self.finish(production)
        picking = order.picking_ids
        self.moves_of(order, self.table).write({"quantity": 3, "picked": True})
        self.moves_of(order, self.screw).write({"quantity": 6, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertIn("1 Units of Table", order.mto_missing_supplies)
        self.assertNotIn("Screw", order.mto_missing_supplies)
        order.action_mto_supply_again()
        waiting = self.alive("stock.move").filtered(lambda move: move.state != "done")
        sent = waiting.filtered(lambda move: move.location_dest_id.usage == "customer")
        self.assertEqual([(one.product_id, one.product_qty) for one in sent], [(self.table, 1)])
        self.run_chain(order)

    def move_in(self):
        """Receive all that was bought."""
        receipts = self.env["stock.picking"].search(
            [("state", "=", "assigned"), ("picking_type_code", "=", "incoming")]
        )
        receipts.move_ids.picked = True
        receipts.button_validate()

    def test_a_line_from_stock_beside_it(self):
        lamp = self.new_product("Lamp")
        self.put_in_stock(lamp, 2)
        order = self.new_order({self.table: 5, lamp: 2})
        planned = self.confirm_as_planned(order)
        order.picking_ids.action_cancel()
        gaps = order._mto_get_plan().gaps
        self.assertEqual([gap.code for gap in gaps], ["supply_cancelled"] * 2)
        self.assertIn("2 Units of Lamp", order.mto_missing_supplies)
        self.assertSuppliedAgain(order, planned)

    def test_what_has_started_stays_and_is_told(self):
        self.put_in_stock(self.leg, 15)
        self.put_in_stock(self.screw, 5)
        order = self.confirm(self.table, 5)
        production = self.productions_of(self.table)
        production.qty_producing = 2
        production._set_qty_producing()
        order.picking_ids.action_cancel()
        self.assertEqual((production.state, production.product_qty), ("progress", 5))
        activity = self.env["mail.activity"].search([("note", "like", production.name)])
        self.assertEqual(len(activity), 1)
        self.assertIn("5 Units", activity.note)

    def test_the_rest_is_not_delivered(self):
        """Three of five are delivered and no backorder is made."""
        order = self.confirm(self.table, 5)
        self.buy()
        for _round in range(4):
            receipts = self.env["stock.picking"].search(
                [("state", "=", "assigned"), ("picking_type_code", "=", "incoming")]
            )
            receipts.move_ids.picked = True
            receipts.button_validate()
            ready = order._mto_get_productions().filtered(
                lambda one: one.state == "confirmed" and one.reservation_state == "assigned"
            )
            for production in ready.filtered(lambda one: one.product_id == self.leg):
                self.finish(production)
        production = self.productions_of(self.table)
        production.qty_producing = 3
        production._set_qty_producing()
        Form.from_action(self.env, production.button_mark_done()).save().action_backorder()
        rest = self.productions_of(self.table) - production
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual((picking.state, rest.state), ("done", "cancel"))
        self.assertUncovered(order, 2)
        order.action_mto_supply_again()
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def send(self, picking, quantity):
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.button_validate()

    def assertAskedAgain(self, order, quantity):
        """Cancelled and confirmed once more, an order gets its goods, and gets them once."""
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        alive = order.picking_ids.move_ids.filtered(lambda move: move.state == "assigned")
        self.assertEqual(alive.mapped("product_qty"), [quantity])
        before = self.alive("stock.move")
        order.order_line._action_launch_stock_rule()
        self.assertEqual(self.alive("stock.move"), before)

    def test_what_is_picked_is_not_delivered(self):
        """The goods of a cancelled order have left the stock: confirmed again, it gets all."""
        self.warehouse.delivery_steps = "pick_ship"
        self.put_in_stock(self.leg, 12)
        order = self.confirm(self.leg, 5)
        self.send(order.picking_ids, 5)
        self.assertAskedAgain(order, 5)

    def test_what_is_picked_of_a_kit_is_not_delivered(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.put_in_stock(self.leg, 20)
        bag = self.new_product("Bag")
        self.new_bom(bag, {self.leg: 2}, type="phantom")
        order = self.new_order({bag: 2, self.table: 1})
        order.action_confirm()
        picked = order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.leg)
        picked.write({"quantity": 4, "picked": True})
        picked.picking_id.with_context(skip_backorder=True).button_validate()
        self.assertAskedAgain(order, 4)

    def test_what_is_delivered_is_not_asked_for_again(self):
        """More was picked than sent: the order that is confirmed again has got all."""
        self.warehouse.delivery_steps = "pick_ship"
        self.put_in_stock(self.leg, 8)
        order = self.confirm(self.leg, 8)
        self.send(order.picking_ids, 8)
        order.order_line.product_uom_qty = 4
        out = order.picking_ids.filtered(
            lambda one: one.state == "assigned" and one.picking_type_code == "outgoing"
        )
        self.send(out, 4)
        order._action_cancel()
        before = self.alive("stock.move")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.alive("stock.move"), before)

    def test_what_nobody_can_bring_waits(self):
        """There is no stock any more and no rule to get more: it waits, and is shown."""
        for steps in ("ship_only", "pick_ship"):
            for strategy in ("mto", "mts_mto"):
                with self.subTest(steps=steps, strategy=strategy):
                    self.warehouse.delivery_steps = steps
                    lamp = self.new_product("Lamp", "mts_mto")
                    self.put_in_stock(lamp, 5)
                    order = self.confirm(lamp, 5)
                    order.picking_ids.action_cancel()
                    lamp.supply_strategy = strategy
                    self.put_in_stock(lamp, -5)
                    for _time in range(2):
                        order.action_mto_supply_again()
                        waiting = self.moves_of(order, lamp)
                        self.assertEqual((waiting.state, waiting.product_qty), ("confirmed", 5))
                        self.assertIn("5 Units of Lamp", order.mto_missing_supplies)
                        self.assertTrue(order._mto_get_plan().gaps)
                    self.new_price(lamp, self.vendor)
                    order.action_mto_supply_again()
                    self.assertEqual(self.purchase_lines_of(lamp).product_qty, 5)
                    self.assertFalse(order.mto_missing_supplies)
                    self.run_chain(order)

    def test_what_goes_back_to_the_stock_is_not_missing(self):
        """Less is ordered of what is picked: core sends it back, and nobody has to bring it."""
        self.warehouse.delivery_steps = "pick_ship"
        self.warehouse.pick_type_id.reservation_method = "manual"
        lamp, shade = self.new_product("Lamp", "mts_mto", vendor=True), self.new_product("Shade")
        self.screw.supply_strategy = "mto"
        for product in (lamp, shade):
            self.put_in_stock(product, 5)
        order = self.new_order({lamp: 5, shade: 5, self.screw: 2})
        order.action_confirm()
        picked = self.moves_of(order, lamp) | self.moves_of(order, shade)
        picked._action_assign()
        picked.picked = True
        picked.picking_id.with_context(skip_backorder=True).button_validate()
        for line in order.order_line.filtered(lambda line: line.product_id != self.screw):
            line.product_uom_qty = 2
        back = order.picking_ids.move_ids.filtered(
            lambda move: move.location_dest_id == self.stock and move.state != "cancel"
        )
        self.assertEqual(back.mapped("state"), ["confirmed"] * 2)
        before = self.alive("stock.move"), order._mto_get_plan()
        self.assertFalse(order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual((self.alive("stock.move"), order._mto_get_plan()), before)
        back._action_assign()
        self.move()
        self.assertEqual((lamp.free_qty, shade.free_qty), (3, 3))

    def assertSentAgain(self, cancel):
        """Another warehouse makes tables for an order, until a transfer of them is cancelled."""
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.table.route_ids |= shop.resupply_route_ids
        order = self.new_order({self.table: 5}, warehouse_id=shop.id)
        order.action_confirm()
        self.assertEqual(self.productions_of(self.table).product_qty, 5)
        sent = self.productions_of(self.table)._mto_get_finished().move_dest_ids
        cancel(sent)
        self.assertFalse(self.alive("mrp.production"))
        self.assertFalse(self.alive("purchase.order.line"))
        self.assertEqual(sent.state, "cancel")
        self.assertIn("5 Units of Table", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertFalse(order.mto_missing_supplies)
        self.assertEqual(sum(self.alive("mrp.production").mapped("product_qty")), 5 + 15)

    def test_what_another_warehouse_was_to_send(self):
        """It makes the goods for the order: nobody needs them any more, and they are missed."""
        self.assertSentAgain(lambda sent: sent.picking_id.action_cancel())

    def test_what_another_warehouse_was_to_bring(self):
        """What is not received need not be sent, in one step or in several."""
        self.assertSentAgain(lambda sent: sent.move_dest_ids.picking_id.action_cancel())

    def test_what_another_warehouse_was_to_bring_in_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.assertSentAgain(
            lambda sent: sent.move_dest_ids.move_dest_ids.picking_id.action_cancel()
        )

    def test_what_another_warehouse_has_begun_to_send(self):
        """What it has taken from its stock for a delivery that is cancelled comes no more."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.table.route_ids |= shop.resupply_route_ids
        self.put_in_stock(self.table, 2)
        order = self.new_order({self.table: 5}, warehouse_id=shop.id)
        order.action_confirm()
        taken = self.alive("stock.move").filtered(
            lambda move: move.state == "assigned" and move.picking_id
        )
        self.assertEqual(taken.product_qty, 2)
        taken.picked = True
        taken.picking_id.with_context(skip_backorder=True).button_validate()
        delivery = order.order_line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        delivery.picking_id.action_cancel()
        self.assertUncovered(order, 5)
        order.action_mto_supply_again()
        self.assertFalse(order.mto_missing_supplies)
        sent = self.alive("stock.move").filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        self.assertEqual(sum(sent.mapped("product_qty")), 5)

    def test_by_a_person_without_other_rights(self):
        """Who looks after the stock need not have rights on what supplies it."""
        order = self.confirm(self.table, 5)
        keeper = self.env["res.users"].create(
            {
                "name": "Keeper",
                "login": "mto_keeper",
                "group_ids": [(6, 0, self.env.ref("stock.group_stock_user").ids)],
            }
        )
        order.picking_ids.with_user(keeper).action_cancel()
        self.assertFalse(self.alive("mrp.production"))
        self.assertFalse(self.alive("purchase.order.line"))
        self.assertUncovered(order, 5)
