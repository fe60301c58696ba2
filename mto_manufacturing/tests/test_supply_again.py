from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .. import planner
from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestSupplyAgain(SupplyCase):
    """What nothing supplies any more is supplied again with one click."""

    # -- what was lost -----------------------------------------------------------------

    def test_a_purchase(self):
        for steps in ("one_step", "two_steps"):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start(10, stock=4)
                self.purchase.button_cancel()
                self.supply_again()
                self.assertEqual(self.new_purchase().order_line.product_qty, 6)
                self.assertSupplied()
                self.assertParts(self.production, self.part, reserved=4, ordered=6)

    def test_stock_first(self):
        self.start(10)
        self.purchase.button_cancel()
        self.put_in_stock(self.part, 3)
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=3, ordered=7)
        self.assertSupplied()

    def test_through_the_rule_of_today(self):
        """The vendor is gone, it is made instead."""
        self.start(10)
        self.purchase.button_cancel()
        self.new_bom(self.part, {self.new_product("Raw", vendor=True): 2})
        self.supply_again()
        made = self.productions_of(self.part)
        self.assertEqual(made.product_qty, 10)
        self.assertEqual(made.move_finished_ids.move_dest_ids, self.production.move_raw_ids)
        self.assertSupplied()

    def test_nobody_supplies_it(self):
        self.start(10)
        self.purchase.button_cancel()
        self.part.seller_ids.unlink()
        self.supply_again()
        self.order.invalidate_recordset()
        self.assertIn("Part", self.order.mto_missing_supplies)
        self.assertTrue(self.order._mto_get_plan().gaps)

    def test_nobody_supplies_the_rest(self):
        self.start(10)
        self.purchase.button_cancel()
        self.put_in_stock(self.part, 3)
        self.part.seller_ids.unlink()
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=3, waiting=7)

    def test_part_of_a_purchase(self):
        self.start(10)
        self.purchase.order_line.product_qty = 6
        self.purchase.button_confirm()
        self.supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 4)
        self.assertSupplied()
        self.purchase.picking_ids.button_validate()
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 6)

    def test_what_a_vendor_does_not_send(self):
        """It is asked of the vendor once more, and less of it where less is needed later."""
        for steps in ("one_step", "two_steps"):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start(10)
                self.purchase.button_confirm()
                self.purchase.picking_ids.action_cancel()
                self.supply_again()
                request = self.new_purchase()
                self.assertEqual(request.order_line.product_qty, 10)
                self.assertSupplied()
                self.order.order_line.product_uom_qty = 4
                self.assertEqual(request.order_line.product_qty, 4)
                self.assertSupplied()
                self.order._action_cancel()
                self.assertEqual(request.state, "cancel")

    def test_what_a_vendor_does_not_send_is_made(self):
        """What is made instead is for the need alone: less of it is made, and nothing at last."""
        self.start(10)
        self.purchase.button_confirm()
        self.purchase.picking_ids.action_cancel()
        self.new_bom(self.part, {self.new_product("Raw", vendor=True): 2})
        self.supply_again()
        made = self.productions_of(self.part)
        self.assertEqual(made.product_qty, 10)
        self.order.order_line.product_uom_qty = 4
        self.assertEqual(made.product_qty, 4)
        self.order._action_cancel()
        self.assertEqual(made.state, "cancel")

    def test_a_reduced_request_grows_again(self):
        self.start(10)
        self.purchase.order_line.product_qty = 6
        self.supply_again()
        self.assertEqual(self.purchase.order_line.product_qty, 10)
        self.assertSupplied()

    def share_a_request(self):
        """Two orders need four each of one request; return the first, and the line."""
        self.vendor.group_rfq = "all"
        first = self.confirm(self.product, 4)
        self.order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        self.assertEqual(line.product_qty, 8)
        return first, line

    def test_a_need_loses_all_its_share_of_a_request(self):
        first, line = self.share_a_request()
        line.product_qty = 4
        self.assertMissing(4)
        self.assertEqual(line.mto_sale_line_ids, first.order_line)
        self.assertEqual((line.mto_needed_qty, line.mto_surplus_qty), (4, 0))
        self.supply_again()
        self.assertEqual(line.product_qty, 8)
        self.assertSupplied()

    def test_a_need_has_lost_all_its_share_when_it_is_ordered(self):
        first, line = self.share_a_request()
        line.product_qty = 4
        line.order_id.button_confirm()
        self.assertMissing(4)
        self.supply_again()
        self.assertEqual(line.product_qty, 4)
        self.assertEqual(self.new_purchase().order_line.product_qty, 4)
        self.assertSupplied()
        first._action_cancel()
        self.assertSupplied()

    def test_a_need_has_lost_all_its_share_when_it_is_cancelled(self):
        first, line = self.share_a_request()
        line.order_id.state = "sent"
        line.product_qty = 4
        self.order._action_cancel()
        self.assertEqual(line.product_qty, 4)
        self.assertFalse(line.order_id.activity_ids)
        self.assertEqual(first._mto_get_plan().gaps, ())

    def test_a_buyer_asks_for_what_was_lost(self):
        """Whoever has lost all its share is supplied by what is asked for in addition."""
        _first, line = self.share_a_request()
        line.product_qty = 4
        line.product_qty = 8
        self.supply_again()
        self.assertEqual(line.product_qty, 8)
        self.assertSupplied()

    def test_nothing_is_asked_for(self):
        self.start(10)
        self.purchase.order_line.product_qty = 0
        self.assertMissing(10)
        words = self.env["mto.supply.text"]._describe(self.production.move_raw_ids)
        self.assertEqual(set(words.values()), {"Nothing supplies it"})
        self.supply_again()
        self.assertEqual(self.purchase.order_line.product_qty, 10)
        self.assertSupplied()

    def test_nothing_is_asked_for_by_mistake(self):
        self.start(10)
        self.purchase.order_line.product_qty = 0
        self.purchase.order_line.product_qty = 10
        self.assertSupplied()
        self.purchase.order_line.product_qty = 0
        self.order._action_cancel()
        self.assertEqual(self.purchase.state, "cancel")

    def test_what_was_scrapped(self):
        self.start(10, stock=10)
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.part.id, "scrap_qty": 3, "location_id": self.stock.id}
        )
        scrap.do_scrap()
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=7, ordered=3)
        self.assertSupplied()

    def test_a_production(self):
        for steps in ("mrp_one_step", "pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start(3)
                self.production.action_cancel()
                self.supply_again()
                again = self.productions_of(self.product) - self.production
                self.assertEqual((again.state, again.product_qty), ("confirmed", 3))
                self.assertEqual(again.mto_sale_line_ids, self.order.order_line)
                self.assertSupplied()

    def test_at_several_levels_at_once(self):
        """What is made again needs more of what is short below it already, in the same pick."""
        self.warehouse.manufacture_steps = "pbm"
        whole = self.new_product("Whole", "mto")
        self.product.supply_strategy = False
        self.new_bom(whole, {self.product: 2})
        self.order = self.confirm(whole, 10)
        planned = self.order._mto_get_plan()
        for product, quantity in ((whole, 6), (self.product, 8)):
            change = {"mo_id": self.productions_of(product).id, "product_qty": quantity}
            self.env["change.production.qty"].create(change).change_prod_qty()
        self.supply_again()
        self.assertSupplied()
        self.assertEqual(planner.diff(planned, self.order._mto_get_plan()), ())

    def test_an_order_line_that_is_bought(self):
        self.product.bom_ids.unlink()
        self.new_price(self.product, self.vendor)
        self.start(5)
        purchase = self.purchase_lines_of(self.product).order_id
        purchase.button_confirm()
        purchase.button_cancel()
        self.assertEqual(self.supplies(self.product), [("missing", 5)])
        self.supply_again()
        self.assertEqual(self.supplies(self.product), [("purchase", 5)])
        self.assertSupplied()

    def test_a_transfer(self):
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.product.route_ids |= shop.resupply_route_ids
        self.order = self.new_order({self.product: 5}, warehouse_id=shop.id)
        self.order.action_confirm()
        delivery = self.order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")
        delivery = delivery.filtered(lambda p: p.location_dest_id.usage == "customer")
        need = delivery.move_ids
        sent = need.move_orig_ids.move_orig_ids
        need.move_orig_ids.picking_id.action_cancel()
        self.assertEqual(need.state, "confirmed")
        self.assertEqual(sent.state, "cancel")
        self.assertIn((planner.MISSING, 5), self.supplies(self.product))
        self.supply_again()
        self.assertTrue(need.move_orig_ids)
        self.assertSupplied()

    # -- unreserved by hand ------------------------------------------------------------

    def test_unreserved_by_hand(self):
        self.start(10, stock=4)
        self.production.do_unreserve()
        (node,) = [node for node in self.order._mto_get_plan().nodes if node.supply == "stock"]
        self.assertEqual((node.quantity, node.unpegged), (4, 4))
        self.assertEqual(node.reason, "not_reserved")
        self.production.action_assign()
        self.assertSupplied()
        self.production.do_unreserve()
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=4, ordered=6)
        self.assertSupplied()

    def test_unreserved_and_taken_by_another(self):
        self.start(10, stock=4)
        self.production.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock, -3)
        self.supply_again()
        self.assertEqual(self.purchase.order_line.product_qty, 9)
        self.assertSupplied()

    def test_what_has_come_is_reserved_again(self):
        self.start(10, stock=4)
        self.purchase.button_confirm()
        self.purchase.picking_ids.button_validate()
        self.production.do_unreserve()
        self.supply_again()
        self.assertEqual(self.production.reservation_state, "assigned")
        self.assertFalse(self.new_purchase())

    # -- what waits for a decision -------------------------------------------------------

    def start_with_room(self):
        """An order that asks for 20 parts, fewer than are sold, and in another line for 60.

        They are asked for together, so that there is nothing to decide. Return the production
        that needs the 60.
        """
        self.part.seller_ids.min_qty = 50
        self.part.mto_surplus_policy = "ask"
        below, whole = self.new_product("Below"), self.new_product("Whole", "mto")
        self.new_bom(below, {self.part: 60})
        self.new_bom(whole, {below: 1})
        self.order = self.new_order({self.product: 20, whole: 1})
        self.order.action_confirm()
        self.purchase = self.new_purchase()
        self.assertAskedTogether()
        return self.productions_of(below)

    def assertAskedTogether(self):
        self.assertEqual(self.new_purchase().order_line.product_qty, 80)
        self.assertSupplied()

    def test_what_is_bought_below_has_room_for_what_waits_for_a_decision(self):
        self.start_with_room().action_cancel()
        self.purchase.button_cancel()
        self.supply_again()
        self.assertAskedTogether()

    def test_what_is_delivered_again_has_room_for_what_waits_for_a_decision(self):
        self.start_with_room()
        whole = self.order.order_line[1]
        self.productions_of(whole.product_id).action_cancel()
        whole.move_ids._action_cancel()
        self.purchase.button_cancel()
        self.supply_again()
        self.assertAskedTogether()

    def count_passes(self):
        """How often it is gone through what nothing supplies when the button is pressed."""
        lost = self.env.registry["mto.lost.supply"]
        supply = lost._supply_again
        with patch.object(lost, "_supply_again", autospec=True, side_effect=supply) as passes:
            self.order.action_mto_supply_again()
        return passes.call_count

    def test_it_is_gone_through_twice_only_where_something_may_join(self):
        made = self.start_with_room()
        self.assertEqual(self.count_passes(), 1, "nothing is missing")
        self.purchase.button_cancel()
        self.assertEqual(self.count_passes(), 1, "all of it is bought together")
        self.assertAskedTogether()
        made.action_cancel()
        self.new_purchase().button_cancel()
        self.assertEqual(self.count_passes(), 2, "what is left joins what is bought below")
        self.assertAskedTogether()
        self.order = self.confirm(self.product, 20)
        self.assertEqual(self.count_passes(), 1, "nothing is bought that it may join")
        self.assertTrue(self.order.mto_is_undecided)

    # -- who may -----------------------------------------------------------------------

    def test_a_salesperson_may(self):
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        self.start(10)
        self.order.user_id = seller
        self.purchase.button_cancel()
        order = self.order.with_user(seller)
        with Form(order) as form:
            self.assertIn("Part", form.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 10)
        self.assertSupplied()

    def test_a_locked_order(self):
        """A lock keeps the lines from being changed, not their goods from being supplied."""
        self.start()
        self.order.action_lock()
        self.order.picking_ids.action_cancel()
        self.assertTrue(self.order.mto_missing_supplies)
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman_all_leads")
        self.supply_again(self.order.with_user(seller))
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual(self.supplies(self.product), [("production", 10)])
        self.assertTrue(self.order.locked)

    def test_who_may_not_change_the_order_may_not(self):
        reader = new_test_user(self.env, "mto_reader", groups="sales_team.group_sale_salesman")
        self.start(10)
        self.order.user_id = self.env.user
        self.purchase.button_cancel()
        with self.assertRaises(AccessError):
            self.order.with_user(reader).action_mto_supply_again()

    def test_only_confirmed_orders(self):
        order = self.new_order({self.product: 2})
        order.action_mto_supply_again()
        self.assertFalse(self.productions_of(self.product))
