from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged

from .. import planner
from .common import MtoCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestProductionChanges(MtoCommon):
    """Productions that are merged or duplicated keep the needs of every order apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Product", "mto")
        cls.bom = cls.new_bom(cls.product, {cls.part: 1})

    def assertCovered(self, orders):
        for order in orders:
            plan = order._mto_get_plan()
            self.assertEqual(plan.gaps, ())
            self.assertEqual([node for node in plan.nodes if node.unpegged], [])

    def merge(self, productions):
        action = productions.action_merge()
        return self.env["mrp.production"].browse(action["res_id"])

    # -- merged ------------------------------------------------------------------------

    def test_merged_productions_of_two_orders(self):
        for steps in ("mrp_one_step", "pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.put_in_stock(self.part, 5)
                orders = self.confirm(self.product, 3) | self.confirm(self.product, 4)
                productions = self.productions_of(self.product)
                raws = productions.move_raw_ids
                merged = self.merge(productions)
                self.assertEqual(merged.product_qty, 7)
                self.assertEqual(merged.mto_sale_line_ids, orders.order_line)
                self.assertFalse(merged.mto_is_for_stock)
                self.assertEqual(merged.move_raw_ids, raws)
                self.assertEqual(set(productions.mapped("state")), {"cancel"})
                bought = sum(self.purchase_lines_of(self.part).mapped("product_qty"))
                self.assertEqual(bought, 2)
                self.assertCovered(orders)
                self.assertFalse(orders.activity_ids)

    def test_a_merged_production_is_made_and_delivered(self):
        self.put_in_stock(self.part, 5)
        orders = self.confirm(self.product, 3) | self.confirm(self.product, 4)
        merged = self.merge(self.productions_of(self.product))
        self.assertEqual(sum(merged.move_raw_ids.mapped("quantity")), 5)
        purchases = self.purchase_lines_of(self.part).order_id
        purchases.button_confirm()
        purchases.picking_ids.button_validate()
        self.assertEqual(merged.reservation_state, "assigned")
        merged.button_mark_done()
        self.assertEqual(merged.state, "done")
        orders.picking_ids.button_validate()
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [3, 4])
        self.assertCovered(orders)

    def test_a_merged_production_has_the_earliest_dates(self):
        orders = self.confirm(self.product, 3) | self.confirm(self.product, 4)
        orders[0].commitment_date = fields.Datetime.now() + timedelta(days=20)
        orders[1].commitment_date = fields.Datetime.now() + timedelta(days=10)
        productions, deliveries = self.productions_of(self.product), orders.picking_ids.move_ids
        before = [(move.date, move.date_deadline) for move in deliveries]
        merged = self.merge(productions)
        self.assertEqual([(move.date, move.date_deadline) for move in deliveries], before)
        for name in ("date_start", "date_deadline"):
            dates = productions.mapped(name)
            self.assertEqual(len(set(dates)), 2)
            self.assertEqual(merged[name], min(dates))
        self.assertEqual(set(merged.move_raw_ids.mapped("date")), {merged.date_start})
        finished = merged.move_finished_ids
        self.assertEqual(finished.mapped("date_deadline"), [merged.date_deadline])

    def test_merged_and_produced_in_part(self):
        """For whoever works with it, the needs of both orders are one."""
        self.put_in_stock(self.part, 5)
        orders = self.confirm(self.product, 3) | self.confirm(self.product, 4)
        merged = self.merge(self.productions_of(self.product))
        merged.qty_producing = 5
        merged._set_qty_producing()
        consumed = merged.move_raw_ids.filtered("quantity")
        self.assertEqual(sum(consumed.mapped("quantity")), 5)
        self.assertEqual(set(consumed.mapped("procure_method")), {"make_to_stock"})
        action = merged.button_mark_done()
        Form.from_action(self.env, action).save().action_backorder()
        backorder = merged.production_group_id.production_ids - merged
        self.assertEqual(set(backorder.move_raw_ids.mapped("procure_method")), {"make_to_order"})
        self.assertEqual(sum(backorder.move_raw_ids.mapped("product_qty")), 2)
        self.assertCovered(orders)

    def test_merged_below(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 1})
        self.bom.bom_line_ids.product_id = module
        orders = self.confirm(self.product, 3) | self.confirm(self.product, 4)
        merged = self.merge(self.productions_of(module))
        self.assertEqual(merged.mto_sale_line_ids, orders.order_line)
        self.assertCovered(orders)
        self.merge(self.productions_of(self.product))
        self.assertCovered(orders)

    def test_another_quantity_is_made_for_merged_productions(self):
        """Core lets them begin now, and what is made for them be due then."""
        module, part = self.new_product("Module"), self.new_product("Slow part")
        self.new_price(part, self.vendor, delay=10)
        self.new_bom(module, {part: 1})
        self.bom.bom_line_ids.product_id = module
        for quantity in (10, 4):
            self.confirm(self.product, quantity)
        self.merge(self.productions_of(self.product))
        for production, quantity in zip(self.productions_of(module), (9, 5), strict=True):
            change = {"mo_id": production.id, "product_qty": quantity}
            self.env["change.production.qty"].create(change).change_prod_qty()
            finished = production.move_finished_ids
            self.assertEqual(finished.mapped("product_uom_qty"), [quantity])
            self.assertEqual(finished.move_dest_ids.mto_sale_line_id, production.mto_sale_line_ids)

    def merge_with_stock(self):
        """Merge a production for an order of 4 with one of 6 that a person makes for stock."""
        self.order = self.confirm(self.product, 4)
        other = self.env["mrp.production"].create(
            {"product_id": self.product.id, "bom_id": self.bom.id, "product_qty": 6}
        )
        other.action_confirm()
        made = self.order._mto_get_productions().product_qty
        merged = self.merge(self.productions_of(self.product))
        self.assertEqual((merged.product_qty, merged.state), (made + 6, "confirmed"))
        return merged

    def assertForStock(self, merged):
        """Nothing is left of it, and of what is below it, but what was for stock."""
        self.assertEqual((merged.state, merged.product_qty), ("confirmed", 6))
        self.assertFalse(merged.mto_sale_line_ids)
        raws = self.raw_moves(merged, self.part)
        self.assertEqual(sum(raws.mapped("product_qty")), 6)
        bought = self.purchase_lines_of(self.part).filtered(lambda line: line.state != "cancel")
        self.assertFalse(sum(bought.mapped("product_qty")))

    def test_what_was_merged_for_stock_outlives_the_order(self):
        merged = self.merge_with_stock()
        self.order._action_cancel()
        self.assertForStock(merged)

    def test_what_was_merged_for_stock_outlives_the_delivery(self):
        merged = self.merge_with_stock()
        self.order.picking_ids.action_cancel()
        self.assertForStock(merged)

    def test_a_production_tells_that_it_is_for_stock_too(self):
        merged = self.merge_with_stock()
        own = self.confirm(self.product, 2)._mto_get_productions()
        for production, is_hidden in ((merged, False), (own, True)):
            form = self.form_of(production)
            self.assertIs(bool(form._get_modifier("mto_is_for_stock", "invisible")), is_hidden)

    def test_less_is_ordered_of_what_was_merged_with_stock(self):
        merged = self.merge_with_stock()
        self.order.order_line.product_uom_qty = 3
        self.assertEqual(merged.product_qty, 9)
        self.assertEqual(sum(self.purchase_lines_of(self.part).mapped("product_qty")), 3)
        merged = self.merge(merged | self.confirm(self.product, 2)._mto_get_productions())
        self.assertEqual(merged.product_qty, 11)
        self.order._action_cancel()
        self.assertEqual((merged.state, merged.product_qty), ("confirmed", 8))

    def test_what_was_merged_for_stock_is_not_taken_by_more_of_the_order(self):
        merged = self.merge_with_stock()
        for quantity in (7, 2, 5):
            self.order.order_line.product_uom_qty = quantity
            alive = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
            self.assertEqual(sum(alive.mapped("product_qty")), 6 + quantity)
            bought = self.purchase_lines_of(self.part).filtered(lambda one: one.state != "cancel")
            self.assertEqual(sum(bought.mapped("product_qty")), quantity)
        self.order._action_cancel()
        self.assertForStock(merged)

    def test_what_a_batch_leaves_over_is_taken_beside_what_was_merged_for_stock(self):
        self.bom.write({"enable_batch_size": True, "batch_size": 5})
        merged = self.merge_with_stock()
        for quantity, made in ((7, [5, 11]), (9, [5, 11]), (10, [5, 5, 11])):
            self.order.order_line.product_uom_qty = quantity
            alive = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
            self.assertEqual(sorted(alive.mapped("product_qty")), made)
        self.assertTrue(merged.mto_is_for_stock)

    # -- duplicated --------------------------------------------------------------------

    def test_a_duplicate_serves_nobody(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 2})
        self.bom.bom_line_ids.product_id = module
        order = self.confirm(self.product, 3)
        before = order.get_mto_plan()
        production = self.productions_of(self.product)
        copies = production.copy()
        self.assertFalse(copies.mto_key or copies.mto_sale_line_ids)
        moves = copies.move_raw_ids | copies.move_finished_ids
        self.assertFalse(moves.filtered("mto_key") or moves.mto_sale_line_id)
        self.assertFalse(moves.move_dest_ids or moves.move_orig_ids)
        self.assertFalse(moves.created_production_id)
        purchase = self.purchase_lines_of(self.part).order_id.copy()
        self.assertFalse(
            purchase.order_line.move_dest_ids or purchase.order_line.mto_sale_line_ids
        )
        again = order.get_mto_plan()
        self.assertEqual(again["lines"], before["lines"])
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        raws = self.raw_moves(self.productions_of(module), self.part)
        self.assertEqual(sum(raws.mapped("quantity")), 0, "the goods are free")

    def test_a_duplicated_delivery_is_tied_to_nothing(self):
        order = self.confirm(self.product, 3)
        moves = order.picking_ids.copy().move_ids
        self.assertFalse(moves.filtered("mto_key") or moves.move_orig_ids)
        self.assertFalse(moves.created_production_id)

    def test_a_need_is_free_for_a_new_purchase(self):
        order = self.confirm(self.product, 3)
        line = self.purchase_lines_of(self.part)
        line.copy({"order_id": line.order_id.id})
        self.assertCovered(order)
        nodes = [n for n in order._mto_get_plan().nodes if n.supply == planner.PURCHASE]
        self.assertEqual([node.quantity for node in nodes], [3])

    def count_shares(self, number):
        """How often what components consume is shared out while a production produces."""
        product = self.new_product(f"Product of {number}", "mto")
        components = [self.new_product(f"Part {at}", vendor=True) for at in range(number)]
        self.new_bom(product, dict.fromkeys(components, 1))
        for component in components:
            self.put_in_stock(component, 3)
        self.confirm(product, 5)
        production = self.productions_of(product)
        self.assertEqual(len(production.move_raw_ids), 2 * number)
        production.qty_producing = 4
        parts = self.registry["mto.parts"]
        share = parts._share_consumption
        with patch.object(parts, "_share_consumption", autospec=True, side_effect=share) as shared:
            production._set_qty_producing()
        self.assertEqual(set(production.move_raw_ids.mapped("quantity")), {3, 1})
        return shared.call_count

    def test_consumption_is_shared_out_once_for_all_components(self):
        self.assertEqual(self.count_shares(6), self.count_shares(2))

    def test_what_is_consumed_by_hand_is_shared_as_a_whole(self):
        self.put_in_stock(self.part, 3)
        self.confirm(self.product, 5)
        production = self.productions_of(self.product)
        production.move_raw_ids.manual_consumption = True
        production.qty_producing = 4
        production._set_qty_producing()
        self.assertEqual(sorted(production.move_raw_ids.mapped("quantity")), [1, 3])
