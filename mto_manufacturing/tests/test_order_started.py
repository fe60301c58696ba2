from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestOrderStarted(MtoCommon):
    """What has started or is bought for good stays when less is ordered, and a person is told."""

    def setUp(self):
        super().setUp()
        self.leg = self.new_product("Leg", vendor=True)
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.table, {self.leg: 4})
        self.buyer = self.new_user("buyer", "purchase.group_purchase_user")
        self.maker = self.new_user("maker", "mrp.group_mrp_user")

    def new_user(self, login, group):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": f"mto_{login}",
                "group_ids": [(6, 0, self.env.ref(group).ids)],
            }
        )

    def activities_of(self, user):
        return self.env["mail.activity"].search([("user_id", "=", user.id)])

    def start(self, production, quantity):
        production.qty_producing = quantity
        production._set_qty_producing()

    def buy(self, product):
        purchase = self.purchase_lines_of(product).order_id
        purchase.user_id = self.buyer
        purchase.button_confirm()
        return purchase

    def receive(self, purchase):
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()

    def test_confirmed_purchase_stays(self):
        order = self.confirm(self.table, 10)
        purchase = self.buy(self.leg)
        order.order_line.product_uom_qty = 6
        self.assertEqual(self.productions_of(self.table).product_qty, 6)
        self.assertEqual(purchase.order_line.product_qty, 40)
        self.assertParts(self.productions_of(self.table), self.leg, ordered=24)
        activity = self.activities_of(self.buyer)
        self.assertEqual(len(activity), 1)
        self.assertIn(purchase.name, activity.note)
        self.assertIn("16 Units", activity.note)
        self.assertIn(order.name, activity.note)
        self.receive(purchase)
        raw = self.raw_moves(self.productions_of(self.table), self.leg)
        self.assertEqual((raw.product_qty, raw.quantity), (24, 24))
        self.assertEqual(self.leg.free_qty, 16)

    def test_what_has_come_already_is_told_as_stock(self):
        order = self.confirm(self.table, 10)
        self.receive(self.buy(self.leg))
        order._action_cancel()
        note = self.activities_of(self.buyer).note
        self.assertIn("40 Units of Leg are free in stock now", note)
        self.assertNotIn("when they arrive", note)

    def test_production_in_progress_stays(self):
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        production.user_id = self.maker
        self.start(production, 5)
        order.order_line.product_uom_qty = 6
        self.assertEqual(production.product_qty, 10)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 6)
        activity = self.activities_of(self.maker)
        self.assertEqual(len(activity), 1)
        self.assertIn("4 Units", activity.note)
        self.assertIn("Table", activity.note)
        self.assertEqual(production.mto_sale_line_ids, order.order_line)

    def test_half_produced(self):
        """Five of ten are made, the rest is another production, which has not started."""
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.start(production, 5)
        Form.from_action(self.env, production.button_mark_done()).save().action_backorder()
        rest = self.productions_of(self.table) - production
        self.assertEqual((production.state, rest.product_qty), ("done", 5))
        order.order_line.product_uom_qty = 7
        self.assertEqual(rest.product_qty, 2)
        order.order_line.product_uom_qty = 4
        self.assertEqual(rest.state, "cancel")
        delivery = order.picking_ids.move_ids
        self.assertEqual((delivery.product_uom_qty, delivery.quantity), (4, 4))
        self.assertEqual(self.table.free_qty, 1)
        self.assertEqual(self.leg.free_qty, 20)

    def test_partly_delivered(self):
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.start(production, 5)
        Form.from_action(self.env, production.button_mark_done()).save().action_backorder()
        rest = self.productions_of(self.table) - production
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        order.order_line.product_uom_qty = 6
        self.assertEqual(rest.product_qty, 1)
        waiting = order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and not move.production_id
        )
        self.assertEqual(sum(waiting.mapped("product_qty")), 3)
        order.order_line.product_uom_qty = 3
        self.assertEqual(rest.state, "cancel")
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertFalse(
            order.order_line.move_ids.filtered(lambda move: move.location_id.usage == "customer")
        )

    def test_increase_takes_what_was_left_over(self):
        """Ten are being made, six are needed: eight need nothing new, twelve need two."""
        self.put_in_stock(self.leg, 48)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.start(production, 5)
        order.order_line.product_uom_qty = 6
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.productions_of(self.table), production)
        order.order_line.product_uom_qty = 12
        more = self.productions_of(self.table) - production
        self.assertEqual(more.product_qty, 2)
        self.assertEqual((production | more).mto_sale_line_ids, order.order_line)

    def test_left_over_productions_leave_the_order(self):
        """A cancelled order that is confirmed again makes what one confirmation makes."""
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.start(production, 5)
        order._action_cancel()
        self.assertEqual(production.state, "progress")
        self.assertFalse(production.mto_sale_line_ids)
        self.assertEqual(order.picking_ids.state, "cancel")
        order.action_draft()
        planned = order._mto_get_plan()
        order.action_confirm()
        again = self.productions_of(self.table) - production
        self.assertEqual(again.product_qty, 10)
        self.assertEqual(again.mto_sale_line_ids, order.order_line)
        live = order.picking_ids.filtered(lambda picking: picking.state != "cancel")
        self.assertEqual(live.move_ids.product_uom_qty, 10)
        order.order_line._action_launch_stock_rule()
        self.assertEqual(len(self.productions_of(self.table)), 2)
        self.assertEqual(
            [(demand.key, demand.quantity) for demand in planned.demands],
            [(demand.key, demand.quantity) for demand in order._mto_get_plan().demands],
        )

    def test_it_leaves_the_order_of_which_a_part_was_delivered(self):
        """What has left was of another batch: nothing that is made yet can be for it."""
        thing = self.new_product("Thing in Twos", "mto")
        self.new_bom(thing, {self.leg: 1}, enable_batch_size=True, batch_size=2)
        self.put_in_stock(self.leg, 4)
        order = self.confirm(thing, 4)
        first, second = self.productions_of(thing)
        first.button_mark_done()
        self.start(second, 1)
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 1, "picked": True})
        delivery._action_done()
        order._action_cancel()
        self.assertEqual(second.state, "progress")
        self.assertFalse(second.mto_sale_line_ids | second.move_raw_ids.mto_sale_line_id)
        self.assertEqual(first.mto_sale_line_ids, order.order_line)

    def test_the_rest_of_what_was_left_over_is_made_to_stock(self):
        """Nobody needs it any more, and whoever makes a part of it wants the rest later."""
        self.put_in_stock(self.leg, 40)
        order = self.confirm(self.table, 10)
        production = self.productions_of(self.table)
        self.start(production, 5)
        order.picking_ids.action_cancel()
        Form.from_action(self.env, production.button_mark_done()).save().action_backorder()
        rest = self.productions_of(self.table) - production
        self.assertEqual((production.state, rest.product_qty), ("done", 5))
        order.action_mto_supply_again()
        again = self.productions_of(self.table) - production - rest
        self.assertEqual(again.product_qty, 10)
        order._action_cancel()
        self.assertEqual((again.state, rest.state, rest.product_qty), ("cancel", "confirmed", 5))
        self.assertFalse(rest.mto_sale_line_ids | rest.move_raw_ids.mto_sale_line_id)
        self.assertEqual((production | rest).mapped("mto_key"), [f"p{production.id}"] * 2)
        self.assertEqual(self.raw_moves(rest, self.leg).quantity, 20)
        rest.action_cancel()
        self.assertEqual((self.table.free_qty, self.leg.free_qty), (5, 20))

    def test_vendor_who_has_seen_the_request_is_told(self):
        order = self.confirm(self.table, 10)
        purchase = self.purchase_lines_of(self.leg).order_id
        purchase.write({"user_id": self.buyer.id, "state": "sent"})
        order.order_line.product_uom_qty = 6
        self.assertEqual(purchase.order_line.product_qty, 24)
        self.assertIn(purchase.name, self.activities_of(self.buyer).note)

    def test_vendor_who_has_seen_a_line_that_goes_is_told(self):
        order = self.new_order({self.table: 10, self.new_product("Lamp", "mto", self.vendor): 1})
        order.action_confirm()
        purchase = self.purchase_lines_of(self.leg).order_id
        purchase.write({"user_id": self.buyer.id, "state": "sent"})
        order.order_line[0].product_uom_qty = 0
        self.assertEqual(purchase.order_line.product_id, order.order_line[1].product_id)
        note = self.activities_of(self.buyer).note
        self.assertIn(purchase.name, note)
        self.assertIn("asks for 40 Units of Leg less", note)

    def test_what_is_to_be_approved_is_not_told_as_ordered(self):
        order = self.confirm(self.table, 10)
        purchase = self.purchase_lines_of(self.leg).order_id
        purchase.write({"user_id": self.buyer.id, "state": "to approve"})
        order.order_line.product_uom_qty = 6
        self.assertEqual(purchase.order_line.product_qty, 40)
        note = self.activities_of(self.buyer).note
        self.assertIn("waits to be approved", note)
        self.assertIn("16 Units of Leg", note)
        self.assertNotIn("is ordered", note)
