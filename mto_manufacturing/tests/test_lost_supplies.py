from datetime import timedelta

from odoo.tests import Form, new_test_user, tagged

from .. import planner
from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestLostSupplies(SupplyCase):
    """A need whose supply is cancelled, reduced or gone is shown as uncovered."""

    # -- helpers -----------------------------------------------------------------------

    def receive(self, quantity=None, backorder=True):
        if self.purchase.state == "draft":
            self.purchase.button_confirm()
        picking = self.purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        if quantity:
            picking.move_ids.quantity = quantity
        action = picking.button_validate()
        if isinstance(action, dict) and not backorder:
            Form.from_action(self.env, action).save().process_cancel_backorder()
        elif isinstance(action, dict):
            Form.from_action(self.env, action).save().process()
        return picking

    def missing(self, product):
        return [quantity for supply, quantity in self.supplies(product) if supply == "missing"]

    def activities(self):
        return self.order.activity_ids.filtered(lambda a: "Supply lost" in (a.summary or ""))

    def assertLost(self, product, quantity, supply):
        """Exactly so much is missing, the order says so, and one person knows it, once."""
        self.order.invalidate_recordset()
        self.assertIn((planner.MISSING, quantity), self.supplies(product))
        gap = self.order._mto_get_plan().gaps[0]
        self.assertEqual((gap.code, gap.args), ("supply_cancelled", (("supply", supply),)))
        self.assertIn(f"{quantity:g} Units of {product.name}", self.order.mto_missing_supplies)
        self.assertIn(supply, self.order.mto_missing_supplies)
        self.assertEqual(len(self.activities()), 1)
        self.assertIn(supply, self.activities().note)
        answer = self.order.get_mto_plan()
        self.assertFalse(answer["feasible"])
        self.assertTrue(answer["gaps"][0]["message"])

    def assertCovered(self):
        self.assertEqual(self.order._mto_get_plan().gaps, ())
        self.assertFalse(self.activities())

    # -- purchases ---------------------------------------------------------------------

    def test_purchase_cancelled(self):
        for steps in ("one_step", "two_steps", "three_steps"):
            for confirmed in (False, True):
                with self.subTest(steps=steps, confirmed=confirmed):
                    self.warehouse.reception_steps = steps
                    self.part = self.new_product("Part", vendor=True)
                    self.product = self.new_product("Product", "mto")
                    self.new_bom(self.product, {self.part: 1})
                    self.start(10, stock=4)
                    if confirmed:
                        self.purchase.button_confirm()
                    self.purchase.button_cancel()
                    self.assertEqual(self.production.state, "confirmed")
                    self.assertLost(self.part, 6, self.purchase.name)
                    self.assertIn((planner.STOCK, 4), self.supplies(self.part))

    def test_a_cancelled_request_cancels_nothing_above(self):
        self.warehouse.reception_steps = "two_steps"
        self.start(10)
        self.purchase.button_cancel()
        self.assertEqual(self.production.state, "confirmed")
        self.assertEqual(self.production.move_raw_ids.state, "confirmed")

    def test_line_deleted(self):
        for steps in ("one_step", "two_steps"):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start()
                self.purchase_lines_of(self.part).unlink()
                self.assertLost(self.part, 10, self.purchase.name)

    def test_line_reduced(self):
        for confirmed in (False, True):
            with self.subTest(confirmed=confirmed):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start(10)
                if confirmed:
                    self.purchase.button_confirm()
                self.purchase.order_line.product_qty = 6
                self.assertLost(self.part, 4, self.purchase.name)
                self.assertIn((planner.PURCHASE, 6), self.supplies(self.part))
                self.receive()
                moves = self.raw_moves(self.production, self.part)
                self.assertEqual(sum(moves.mapped("quantity")), 6)

    def test_a_receipt_of_another_day_becomes_smaller(self):
        self.start(10)
        self.purchase.button_confirm()
        receipt = self.purchase.order_line.move_ids
        receipt.date_deadline += timedelta(days=5)
        self.purchase.order_line.product_qty = 6
        self.assertEqual(self.purchase.order_line.move_ids, receipt)
        self.assertEqual(receipt.product_qty, 6)
        self.assertLost(self.part, 4, self.purchase.name)

    def test_a_reduced_line_serves_whoever_came_first(self):
        self.vendor.group_rfq = "all"
        self.start(4)
        first = self.order
        self.order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        self.assertEqual(line.product_qty, 8)
        line.product_qty = 5
        self.assertLost(self.part, 3, line.order_id.name)
        self.assertEqual(first._mto_get_plan().gaps, ())
        self.assertFalse(first.activity_ids)

    def test_a_greater_line_loses_nothing(self):
        self.start(4)
        line = self.purchase_lines_of(self.part)
        line.product_qty = 9
        line.product_qty = 4
        self.assertCovered()

    def test_one_activity_for_one_cancel(self):
        other = self.new_product("Other", vendor=True)
        self.product.bom_ids.bom_line_ids.copy({"product_id": other.id})
        self.start(3)
        self.purchase.button_confirm()
        self.purchase.button_cancel()
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(self.activities().note.count("<li>"), 2)

    def emptied_line(self, served=4):
        """Stock serves a need, or a part of it, after its request was set to nothing."""
        self.vendor.group_rfq = "all"
        self.start(4)
        line = self.purchase_lines_of(self.part)
        line.product_qty = 0
        self.need = self.raw_moves(self.production, self.part)
        if served:
            self.serve(served)
            self.assertEqual(self.need.quantity, served)
        return line

    def serve(self, quantity):
        self.put_in_stock(self.part, quantity)
        self.need._action_assign()

    def test_stock_serves_who_was_left_by_a_request_for_nothing(self):
        """It is not bought again for whoever needs some next."""
        for served, bought in ((4, 4), (3, 5)):
            with self.subTest(served=served):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                line = self.emptied_line(served)
                self.assertEqual(line.mto_needed_qty, 4 - served)
                other = self.confirm(self.product, 4)
                self.assertEqual(line.product_qty, bought)
                self.assertEqual(self.purchase_lines_of(self.part), line)
                for order in self.order | other:
                    self.assertEqual(order._mto_get_plan().gaps, ())
                self.assertEqual(self.need.quantity, served)
                self.receive()
                self.assertEqual(line.qty_received, bought)
                made = self.productions_of(self.product)
                self.assertEqual(made.mapped("reservation_state"), ["assigned"] * 2)

    def test_who_was_left_by_a_request_waits_for_it_when_another_order_joins(self):
        """Else stock might serve, too, what is bought."""
        line = self.emptied_line(0)
        self.confirm(self.product, 4)
        self.assertEqual(line.product_qty, 8)
        self.serve(4)
        self.assertEqual((self.need.state, self.need.quantity), ("waiting", 0))
        self.assertFalse(self.need.mto_lost_supply)
        self.receive()
        self.assertEqual(self.need.quantity, 4)

    def test_what_stock_has_served_is_not_bought_once_it_is_consumed(self):
        line = self.emptied_line()
        self.production.qty_producing = 4
        self.production._set_qty_producing()
        self.confirm(self.product, 4)
        self.assertEqual(line.product_qty, 4, "it is about to be consumed")
        self.production.button_mark_done()
        self.assertEqual(self.production.state, "done")
        self.confirm(self.product, 2)
        self.assertEqual(line.product_qty, 6)
        self.receive()
        self.assertEqual(line.qty_received, 6)

    def test_a_request_for_nothing_asks_again_for_who_is_served_from_stock(self):
        """What is reserved stays as it is; the request is for the rest, if any."""
        for served in (4, 3):
            with self.subTest(served=served):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                line = self.emptied_line(served)
                line.product_qty = 4
                self.assertParts(self.production, self.part, reserved=served, ordered=4 - served)
                self.assertEqual(line.move_dest_ids.product_qty, 4 - served)

    # -- receipts ----------------------------------------------------------------------

    def test_receipt_cancelled(self):
        self.start()
        self.purchase.button_confirm()
        self.purchase.picking_ids.action_cancel()
        self.assertLost(self.part, 10, self.purchase.name)

    def test_receipt_cancelled_and_then_less_is_needed(self):
        """Nobody is told of a purchase that stays for nothing: it brings nothing."""
        self.start()
        self.purchase.button_confirm()
        self.purchase.picking_ids.action_cancel()
        before = self.env["mail.activity"].search([]).mapped("note")
        self.order.order_line.product_uom_qty = 4
        self.assertEqual(self.env["mail.activity"].search([]).mapped("note"), before)
        self.purchase.order_line.product_qty = 12  # the vendor sends it after all
        self.assertEqual(self.order._mto_get_plan().gaps, ())

    def test_received_in_part(self):
        for steps in ("one_step", "two_steps"):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start(10)
                self.receive(6, backorder=False)
                self.assertLost(self.part, 4, self.purchase.name)
                self.assertNotIn((planner.PURCHASE, 10), self.supplies(self.part))

    def test_the_backorder_cancelled_afterwards(self):
        self.start()
        self.receive(6)
        self.assertCovered()
        rest = self.purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        rest.action_cancel()
        self.assertLost(self.part, 4, self.purchase.name)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 6)

    def test_returned(self):
        self.start(10, stock=2)
        picking = self.receive()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 3
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 3, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertLost(self.part, 3, back.name)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 7)
        plan = self.order._mto_get_plan()
        self.assertEqual([node.surplus for node in plan.nodes if node.surplus], [])

    def test_a_return_that_costs_nothing(self):
        """What is left is enough: it is the need's own, and reserved again."""
        self.start(10)
        self.purchase.order_line.product_qty = 12
        picking = self.receive()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertCovered()
        self.assertEqual(self.production.move_raw_ids.mapped("quantity"), [10])
        self.assertEqual(self.production.reservation_state, "assigned")

    # -- goods that go -----------------------------------------------------------------

    def scrap(self, product, quantity, **vals):
        vals = {"location_id": self.stock.id, **vals}
        scrap = self.env["stock.scrap"].create(
            {"product_id": product.id, "scrap_qty": quantity, **vals}
        )
        scrap.do_scrap()
        return scrap

    def test_scrapped_components(self):
        self.start(10, stock=4)
        self.receive()
        self.scrap(self.part, 2, production_id=self.production.id)
        self.order.invalidate_recordset()
        missing = [
            quantity for supply, quantity in self.supplies(self.part) if supply == "missing"
        ]
        self.assertEqual(missing, [2])
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)

    def test_scrapped_while_more_is_to_come(self):
        self.start(10)
        self.receive(6)
        self.scrap(self.part, 2)
        missing = [
            quantity for supply, quantity in self.supplies(self.part) if supply == "missing"
        ]
        self.assertEqual(missing, [2])
        self.receive(4)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)

    def test_scrapped_product(self):
        self.start(3, stock=3)
        self.production.button_mark_done()
        self.assertEqual(self.order.picking_ids.state, "assigned")
        self.scrap(self.product, 1, production_id=self.production.id)
        self.order.invalidate_recordset()
        self.assertIn((planner.MISSING, 1), self.supplies(self.product))
        self.assertEqual(len(self.activities()), 1)

    def test_taken_apart(self):
        self.start(3, stock=3)
        self.production.button_mark_done()
        unbuild = self.env["mrp.unbuild"].create(
            {
                "mo_id": self.production.id,
                "product_id": self.product.id,
                "product_qty": 2,
                "location_id": self.stock.id,
            }
        )
        unbuild.action_unbuild()
        self.order.invalidate_recordset()
        self.assertIn((planner.MISSING, 2), self.supplies(self.product))
        self.assertEqual(len(self.activities()), 1)

    # -- productions -------------------------------------------------------------------

    def test_production_cancelled_or_deleted(self):
        for method in ("action_cancel", "unlink"):
            for steps in ("mrp_one_step", "pbm", "pbm_sam"):
                with self.subTest(method=method, steps=steps):
                    self.warehouse.manufacture_steps = steps
                    self.start(3)
                    name = self.production.name
                    getattr(self.production, method)()
                    self.assertEqual(self.order.picking_ids.state, "confirmed")
                    self.assertLost(self.product, 3, name)
                    self.product = self.new_product("Product", "mto")
                    self.new_bom(self.product, {self.part: 1})

    def test_production_reduced(self):
        self.start(5)
        wizard = self.env["change.production.qty"]
        wizard.create({"mo_id": self.production.id, "product_qty": 3}).change_prod_qty()
        self.assertLost(self.product, 2, self.production.name)
        self.assertIn((planner.PRODUCTION, 3), self.supplies(self.product))

    def test_less_produced(self):
        self.start(5, stock=5)
        self.production.qty_producing = 3
        self.production._set_qty_producing()
        action = self.production.button_mark_done()
        Form.from_action(self.env, action).save().action_close_mo()
        self.assertLost(self.product, 2, self.production.name)

    # -- who is told -------------------------------------------------------------------

    def test_the_responsible_of_the_product_is_told(self):
        buyer = new_test_user(self.env, "mto_buyer", groups="sales_team.group_sale_manager")
        self.part.responsible_id = buyer
        self.start()
        self.purchase.button_cancel()
        self.assertEqual(self.activities().user_id, buyer)

    def test_a_cancelled_order_has_lost_nothing(self):
        self.start()
        self.order._action_cancel()
        self.assertFalse(self.activities())
