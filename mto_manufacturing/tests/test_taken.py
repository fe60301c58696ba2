from odoo.tests import tagged

from .. import planner
from .release_case import ReleaseCase


@tagged("post_install", "-at_install")
class TestTaken(ReleaseCase):
    """What becomes of goods that another order took, when one of both changes."""

    def test_what_is_used_up_for_goods_that_went_elsewhere(self):
        """It is no need of the order any more, which waits for goods of its own."""
        first, rush = self.confirm(self.product), self.confirm(self.product)
        made = self.productions_of(self.product).filtered(
            lambda one: one.mto_sale_line_ids == first.order_line
        )
        self.put_in_stock(self.part, 20)
        made.action_assign()
        made.button_mark_done()
        self.assertEqual(made.state, "done")
        self.take(rush.picking_ids.move_ids, first.picking_ids.move_ids, 1)
        for order in (first, rush):
            roots = [one for one in order._mto_get_plan().demands if one.parent < 0]
            self.assertEqual([one.product_id for one in roots], self.product.ids)

    def test_batches_that_two_lines_share_by_then(self):
        """Nothing of them is left when both are cancelled at once."""
        thing = self.new_product("Thing in Fives", "mto")
        self.new_bom(thing, {self.part: 1}, enable_batch_size=True, batch_size=5)
        order = self.new_order({thing: {"product_uom_qty": 2}})
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 9})
        order.action_confirm()
        few, many = order.picking_ids.move_ids.sorted("product_qty")
        self.take(many, few, 2, "expected")
        order.picking_ids.action_cancel()
        self.assertEqual(set(self.productions_of(thing).mapped("state")), {"cancel"})
        self.assertEqual(set(self.purchase_lines_of(self.part).mapped("state")), {"cancel"})

    def test_taken_for_what_a_vendor_does_not_send(self):
        """Who loses the goods waits for goods of its own, and not for what never comes."""
        self.put_in_stock(self.part, 10)
        (first, rush), (holder, need) = self.confirm_two()
        bought = self.purchase_lines_of(self.part)
        bought.order_id.button_confirm()
        bought.order_id.picking_ids.action_cancel()
        self.take(need, holder, 10)
        asked = self.purchase_lines_of(self.part) - bought
        self.assertEqual((asked.product_qty, asked.state), (10, "draft"))
        self.assertWhole(first, rush)

    def test_what_a_need_from_stock_took_is_given_back(self):
        """Its need is no other's, but what was ordered for another one is for it alone."""
        shelf = self.new_product("Shelf", "mts", vendor=True)
        cupboard = self.new_product("Cupboard", "mto")
        self.new_bom(cupboard, {shelf: 3})
        order = self.confirm(shelf, 3)
        shelf.supply_strategy = "mts_mto"
        loser = self.confirm(cupboard)
        need = order.picking_ids.move_ids
        self.take(need, self.productions_of(cupboard).move_raw_ids, 3, "expected")
        loser._action_cancel()
        self.assertEqual(sum(self.purchase_lines_of(shelf).mapped("product_qty")), 3)
        order.picking_ids.action_cancel()
        self.assertEqual(set(self.purchase_lines_of(shelf).mapped("state")), {"cancel"})
        self.assertFalse(need.move_orig_ids)

    def test_a_need_from_stock_gets_what_was_ordered_instead(self):
        shelf = self.new_product("Shelf", "mts", vendor=True)
        self.put_in_stock(shelf, 3)
        order = self.confirm(shelf, 4)
        shelf.supply_strategy = "mto"
        rush = self.confirm(shelf, 2)
        self.take(rush.picking_ids.move_ids, order.picking_ids.move_ids, 2)
        lost = self.purchase_lines_of(shelf).move_dest_ids
        self.assertEqual((lost.sale_line_id, lost.product_qty), (order.order_line, 2))
        order._action_cancel()
        self.assertEqual(self.purchase_lines_of(shelf).mapped("state"), ["cancel"])
        self.assertWhole(rush)

    def test_what_another_took_is_not_sent_back(self):
        """The production stays, for the other: core takes it for a return of the customer."""
        first, rush = self.confirm(self.product), self.confirm(self.product)
        self.take(rush.picking_ids.move_ids, first.picking_ids.move_ids, 1, "expected")
        first.order_line.product_uom_qty = 0
        self.assertEqual(first.picking_ids.mapped("state"), ["cancel"])
        alive = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(alive.mapped("product_qty")), 1)
        self.assertWhole(rush)

    def test_what_is_consumed_follows_what_is_made(self):
        """Whoever's it was by then: the line that gave a part of its production goes."""
        order = self.new_order({self.product: {"product_uom_qty": 3}})
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 11})
        order.action_confirm()
        few, many = order.picking_ids.move_ids.sorted("product_qty")
        self.take(many, few, 1, "expected")
        order.order_line[0].product_uom_qty = 0
        made = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), 11)
        for production in made:
            self.assertEqual(
                sum(production.move_raw_ids.mapped("product_qty")), 10 * production.product_qty
            )
        self.assertEqual(sum(self.purchase_lines_of(self.part).mapped("product_qty")), 110)

    def take_what_is_sent(self, rush, *wanted):
        """Orders of a shop that is supplied by another warehouse; one takes of the first."""
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.product.route_ids |= shop.resupply_route_ids
        orders = [
            self.new_order({self.product: {"product_uom_qty": number}}, warehouse_id=shop.id)
            for number in wanted
        ]
        for order in orders:
            order.action_confirm()
        kept = [
            order.picking_ids.move_ids.filtered(lambda move: move.location_id == shop.lot_stock_id)
            for order in orders
        ]
        self.take(kept[rush], kept[0], 2, "expected")
        return orders

    def assertAsked(self, *orders):
        for order in orders:
            needs = [demand for demand in order._mto_get_plan().demands if demand.parent < 0]
            self.assertEqual(
                sum(need.quantity for need in needs), order.order_line.product_uom_qty
            )
        self.assertWhole(*orders)

    def test_what_another_warehouse_sends(self):
        """What is made for a transfer there is made for whom the transfer serves by then."""
        first, rush = self.take_what_is_sent(1, 2, 3)
        made = self.productions_of(self.product).sorted("product_qty")[0]
        self.assertEqual(made.mto_sale_line_ids, rush.order_line)
        self.assertAsked(first, rush)

    def test_who_lost_what_another_warehouse_sends_asks_for_more(self):
        """It is not united with what was sent for the order, and is another one's by then."""
        first, rush = self.take_what_is_sent(1, 2, 2)
        first.order_line.product_uom_qty = 4
        self.assertAsked(first, rush)

    def test_who_gave_a_part_of_a_production_and_goes(self):
        """What is consumed for the rest is for whom it is made, and is none of the order's."""
        first, rush = self.confirm(self.product, 20), self.confirm(self.product, 10)
        shared = self.productions_of(self.product).sorted("product_qty")[-1]
        self.take(rush.picking_ids.move_ids, first.picking_ids.move_ids, 10, "expected")
        first.order_line.product_uom_qty = 0
        self.assertEqual((shared.state, shared.product_qty), ("confirmed", 10))
        self.assertEqual(shared.move_raw_ids.mto_sale_line_id, rush.order_line)
        self.assertFalse(first._mto_get_plan().nodes)
        self.assertWhole(rush)

    def test_who_gave_to_two_lines_of_another_order_and_goes(self):
        """What is left serves one of the two, and not who is gone."""
        rush = self.new_order({self.product: 2})
        rush.order_line.copy({"order_id": rush.id, "product_uom_qty": 3})
        rush.action_confirm()
        loser = self.confirm(self.product, 10)
        holder = loser.picking_ids.move_ids
        for need in rush.picking_ids.move_ids:
            self.take(need, holder, 1, "expected")
        loser._action_cancel()
        made = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
        needs = made.move_raw_ids | self.purchase_lines_of(self.part).move_dest_ids
        self.assertEqual(needs.mto_sale_line_id.order_id, rush)
        self.assertWhole(rush)

    def test_batches_that_only_another_order_needs_by_then(self):
        """All of them, with what is consumed for them: also those the loser got nothing of."""
        thing = self.new_product("Thing in Threes", "mto")
        self.new_bom(thing, {self.part: 1}, enable_batch_size=True, batch_size=3)
        rush, loser = self.confirm(thing, 6), self.confirm(thing, 8)
        need = loser.picking_ids.move_ids
        shared = need.move_orig_ids.production_id
        self.take(rush.picking_ids.move_ids, need, 6, "expected")
        loser.picking_ids.action_cancel()
        alive = shared.filtered(lambda one: one.state != "cancel")
        self.assertEqual(alive.move_raw_ids.mto_sale_line_id, rush.order_line)
        nodes = loser._mto_get_plan().nodes
        self.assertEqual([(one.supply, one.quantity) for one in nodes], [(planner.MISSING, 8)])
        self.assertWhole(rush)

    def test_confirmed_again_where_another_order_has_what_was_made(self):
        """What was made for an order and is another one's by now does not grow for it."""
        thing = self.new_product("Thing of a Frame", "mto")
        frame = self.new_product("Frame", "mto")
        self.new_bom(thing, {frame: 1})
        self.new_bom(frame, {self.part: 1})
        loser, rush = self.confirm(thing, 4), self.confirm(thing, 6)
        self.take(rush.picking_ids.move_ids, loser.picking_ids.move_ids, 4, "expected")
        loser._action_cancel()
        loser.action_draft()
        loser.action_confirm()
        for production in self.productions_of(frame):
            self.assertLessEqual(len(production.mto_sale_line_ids), 1)
        self.assertWhole(loser, rush)
        rush.picking_ids.action_cancel()
        needs = [one for one in rush._mto_get_plan().demands if one.parent < 0]
        self.assertEqual([one.quantity for one in needs], [6])
        self.assertWhole(loser)

    def take_a_batch(self):
        """An order that took three of two batches of three, and who has one of them left.

        Return the order, the loser and these batches.
        """
        thing = self.new_product("Thing in Threes", "mto")
        self.new_bom(thing, {self.part: 1}, enable_batch_size=True, batch_size=3)
        loser, rush = self.confirm(thing, 4), self.confirm(thing, 3)
        need = loser.picking_ids.move_ids
        shared = need.move_orig_ids.production_id.sorted("id")
        self.take(rush.picking_ids.move_ids, need, 3, "expected")
        return rush, loser, shared

    def test_a_batch_that_nobody_needs_by_then(self):
        """Each of both was for two orders, and one of both does for the order that is left."""
        rush, loser, shared = self.take_a_batch()
        loser._action_cancel()
        alive = shared.filtered(lambda one: one.state != "cancel")
        self.assertEqual(alive.mapped("product_qty"), [3])
        self.assertEqual(rush.picking_ids.move_ids.move_orig_ids.production_id, alive)
        bought = self.purchase_lines_of(self.part).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(bought.mapped("product_qty")), 3)
        self.assertWhole(rush)

    def test_a_batch_that_nobody_needs_after_another_has_begun(self):
        """What has begun is for the order that is left; nobody is told that it is free."""
        rush, loser, shared = self.take_a_batch()
        self.receive(self.purchase_lines_of(self.part))
        shared[0].qty_producing = 3
        shared[0]._set_qty_producing()
        loser._action_cancel()
        self.assertEqual(shared.mapped("state"), ["to_close", "cancel"])
        notes = "".join(map(str, self.env["mail.activity"].search([]).mapped("note")))
        self.assertNotIn("Thing in Threes", notes)
        self.assertWhole(rush)

    def test_a_batch_that_nobody_needs_after_another_is_made(self):
        """What is there is for the order that is left, and is reserved for it."""
        rush, loser, shared = self.take_a_batch()
        self.receive(self.purchase_lines_of(self.part))
        shared[0].qty_producing = 3
        shared[0]._set_qty_producing()
        shared[0].button_mark_done()
        loser._action_cancel()
        self.assertEqual(shared.mapped("state"), ["done", "cancel"])
        notes = "".join(map(str, self.env["mail.activity"].search([]).mapped("note")))
        self.assertNotIn("Thing in Threes", notes)
        rush.picking_ids.action_assign()
        self.assertEqual(rush.picking_ids.move_ids.quantity, 3)
        self.assertWhole(rush)

    def take_twice(self):
        """Two lines of an order, each tied to what is made for the other one, too."""
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.product.route_ids |= shop.resupply_route_ids
        order = self.new_order({self.product: {"product_uom_qty": 12}}, warehouse_id=shop.id)
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 2})
        order.action_confirm()
        many, few = order.order_line
        for quantity in (12, 22):
            many.product_uom_qty = quantity
            first, need = (line.move_ids.filtered("sale_line_id") for line in (many, few))
            self.take(need, first, 2, "expected")
        return order

    def test_who_took_what_two_productions_make_twice(self):
        """Everything is covered, whoever has asked first: who has less to choose from, too."""
        order = self.take_twice()
        plan = order._mto_get_plan()
        needs = [(one.line, one.quantity) for one in plan.demands if one.parent < 0]
        self.assertEqual(needs, [(0, 22), (1, 2)])
        self.assertWhole(order)

    def test_what_comes_first_is_for_others_than_it_was_made_for(self):
        """Whoever has to wait gets what is made for those who have got theirs."""
        order = self.take_twice()
        self.receive(self.purchase_lines_of(self.part))
        for production in self.productions_of(self.product).sorted("id"):
            self.assertWhole(order)
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.button_mark_done()
            self.send()
        self.assertFalse(order.activity_ids)
        deliveries = order.picking_ids.filtered(lambda one: one.state == "assigned")
        self.assertEqual(sum(deliveries.move_ids.mapped("quantity")), 24)

    def send(self):
        """What is ready to be sent to the shop, and received there."""
        for place in ("internal", "transit"):
            ready = self.env["stock.move"].search(
                [("location_id.usage", "=", place), ("location_dest_id.usage", "!=", "customer")]
                + [("quantity", ">", 0), ("picking_id", "!=", False), ("state", "!=", "done")]
            )
            ready.picked = True
            ready.picking_id.with_context(skip_backorder=True).button_validate()
