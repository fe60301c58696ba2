from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .. import planner
from .release_case import ReleaseCase


@tagged("post_install", "-at_install")
class TestRelease(ReleaseCase):
    """Goods go from one order to another by one deliberate act, seen, logged and made good."""

    # -- from stock ----------------------------------------------------------------------

    def test_reserved_goods_go_over_and_the_loser_gets_what_was_ordered(self):
        self.put_in_stock(self.part, 10)
        orders, (first, rush) = self.confirm_two()
        bought = self.purchase_lines_of(self.part)
        self.assertEqual(bought.product_qty, 10)
        line = self.take(rush, first, 4, reason="The fair is on Monday")
        self.assertIn(orders[0].name, line.holder)
        rush, first = self.need_of(rush), self.need_of(first)
        self.assertEqual(sum(rush.mapped("quantity")), 4)
        self.assertEqual(sum(first.mapped("quantity")), 6)
        for need in (rush, first):
            self.assertEqual(sum(need.mapped("product_qty")), 10)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 10)
        lost = first.filtered("created_purchase_line_ids")
        self.assertEqual(lost.product_qty, 4)
        self.assertEqual(bought.mto_sale_line_ids, orders[0].order_line | orders[1].order_line)
        self.assertWhole(*orders)
        self.receive(bought)
        for need in (rush, first):
            self.assertEqual(need.raw_material_production_id.reservation_state, "assigned")

    def test_a_loser_for_whom_nothing_is_ordered_is_netted_again(self):
        self.put_in_stock(self.part, 10)
        order = self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        delivery = self.new_order({self.part: 3})
        delivery.action_confirm()
        self.assertEqual(delivery.picking_ids.move_ids.quantity, 0)
        self.put_in_stock(self.part, 1)
        self.take(delivery.picking_ids.move_ids, need, 3)
        self.assertEqual(delivery.picking_ids.move_ids.quantity, 3)
        need = self.need_of(need)
        # One was free by then, two are bought.
        self.assertEqual(sum(need.mapped("quantity")), 8)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 2)
        self.assertEqual(
            self.purchase_lines_of(self.part).move_dest_ids,
            need.filtered(lambda move: move.procure_method == "make_to_order"),
        )
        self.assertWhole(order)

    def test_goods_that_were_received_for_a_need(self):
        orders = [self.confirm(self.product)]
        first = self.productions_of(self.product).move_raw_ids
        self.receive(first.created_purchase_line_ids)
        orders.append(self.confirm(self.product))
        rush = self.productions_of(self.product).move_raw_ids - first
        self.take(rush, first, 7)
        first, rush = self.need_of(first), self.need_of(rush)
        self.assertEqual(sum(rush.mapped("quantity")), 7)
        self.assertEqual(sum(first.mapped("quantity")), 3)
        self.assertWhole(*orders)
        self.receive(self.purchase_lines_of(self.part))
        for need in (rush, first):
            self.assertEqual(need.raw_material_production_id.reservation_state, "assigned")

    def test_goods_of_a_need_that_arrived_in_part(self):
        """Who gave a part of them does not hold it any more, and gets all of the rest."""
        orders = [self.confirm(self.product)]
        first = self.productions_of(self.product).move_raw_ids
        bought = first.created_purchase_line_ids
        bought.order_id.button_confirm()
        self.receive_part(bought, 4)
        orders.append(self.confirm(self.product))
        rush = self.productions_of(self.product).move_raw_ids - first
        self.take(rush, first, 3)
        first, rush = self.need_of(first), self.need_of(rush)
        self.assertReserved(first, 1)
        self.assertReserved(rush, 3)
        self.assertEqual(sum(self.purchase_lines_of(self.part).mapped("product_qty")), 20)
        self.assertEqual(bought.mto_surplus_qty, 0)
        self.assertWhole(*orders)
        self.assertEqual(self.env["mto.exchange"]._get_expected(first.sorted("id")[0]), 6)
        self.receive(bought)
        self.assertReserved(first, 7)
        self.receive(self.purchase_lines_of(self.part))
        self.assertReserved(first, 10)
        self.assertReserved(rush, 10)

    def test_goods_of_a_need_that_arrived_in_part_and_some_of_the_stock(self):
        """A person reserved more for it than was brought: that can be taken as well."""
        order = self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        need.created_purchase_line_ids.order_id.button_confirm()
        self.receive_part(need.created_purchase_line_ids, 4)
        self.put_in_stock(self.part, 2)
        need.quantity = 6
        delivery = self.new_order({self.part: 5})
        delivery.action_confirm()
        self.take(delivery.picking_ids.move_ids, need, 5)
        self.assertReserved(delivery.picking_ids.move_ids, 5)
        self.assertReserved(self.need_of(need), 1)
        self.assertWhole(order)

    def test_goods_of_a_need_that_are_made_in_part(self):
        self.put_in_stock(self.part, 100)
        orders = [self.confirm(self.product, 5)]
        production = self.productions_of(self.product)
        production.qty_producing = 3
        production._set_qty_producing()
        action = production.button_mark_done()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.action_backorder()
        orders.append(self.confirm(self.product, 5))
        first, rush = (order.picking_ids for order in orders)
        self.take(rush.move_ids, first.move_ids, 2)
        self.assertReserved(first.move_ids, 1)
        self.assertReserved(rush.move_ids, 2)
        made = self.productions_of(self.product)
        self.assertEqual(sum(made.mapped("product_qty")), 10)
        self.assertWhole(*orders)

    def receive_part(self, lines, quantity):
        """Receive some of what is bought; the rest is still to come."""
        receipt = lines.order_id.picking_ids
        receipt.move_ids.write({"quantity": quantity, "picked": True})
        receipt.with_context(skip_backorder=True).button_validate()

    def assertReserved(self, moves, quantity):
        self.assertEqual(sum(moves.mapped("quantity")), quantity)

    def test_both_orders_and_documents_are_told(self):
        self.put_in_stock(self.part, 10)
        orders, (first, rush) = self.confirm_two()
        self.take(rush, first, 10, reason="The fair is on Monday")
        for document in (
            *orders,
            first.raw_material_production_id,
            rush.raw_material_production_id,
        ):
            message = document.message_ids.sorted("id")[-1]
            self.assertIn("The fair is on Monday", message.body)
            self.assertIn(orders[0].name, message.body)
            self.assertEqual(message.author_id, self.keeper.partner_id)

    # -- what is expected ----------------------------------------------------------------

    def test_what_is_bought_goes_over(self):
        order = self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        bought = need.created_purchase_line_ids
        bought.order_id.button_confirm()
        delivery = self.new_order({self.part: 4})
        delivery.action_confirm()
        rush = delivery.picking_ids.move_ids
        line = self.take(rush, need, 4, "expected")
        self.assertIn(bought.order_id.name, line.supply)
        need = self.need_of(need)
        # It serves both now, though it was made for one.
        self.assertIn(bought.order_id, delivery._get_purchase_orders())
        again = self.purchase_lines_of(self.part) - bought
        self.assertEqual(again.product_qty, 4)
        self.assertEqual(again.mto_sale_line_ids, order.order_line)
        self.assertWhole(order)
        self.receive(bought)
        self.assertEqual(rush.quantity, 4)
        self.assertEqual(sum(need.mapped("quantity")), 6)
        self.receive(again)
        self.assertEqual(sum(need.mapped("quantity")), 10)

    def test_what_is_asked_for_goes_over(self):
        """A request asks for what it was given to, and for who lost it; and for less again."""
        for quantity in (4, 10):
            order = self.confirm(self.product)
            need = self.productions_of(self.product).move_raw_ids
            request = need.created_purchase_line_ids
            delivery = self.new_order({self.part: quantity})
            delivery.action_confirm()
            self.take(delivery.picking_ids.move_ids, need, quantity, "expected")
            asked = self.purchase_lines_of(self.part).filtered(lambda one: one.state == "draft")
            self.assertEqual(asked, request)
            self.assertEqual(request.product_qty, 10 + quantity)
            self.assertEqual((request.mto_needed_qty, request.mto_surplus_qty), (10 + quantity, 0))
            delivery._action_cancel()
            self.assertEqual((request.product_qty, request.state), (10, "draft"))
            self.assertWhole(order)
            order._action_cancel()
            self.assertEqual(request.state, "cancel")

    def test_a_request_that_was_rounded_goes_over(self):
        """It is rounded for the needs of both together, whatever it was rounded to before."""
        self.part.seller_ids.mto_multiple_qty = 7
        order = self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        request = need.created_purchase_line_ids
        self.assertEqual(request.product_qty, 14)
        delivery = self.new_order({self.part: 10})
        delivery.action_confirm()
        self.take(delivery.picking_ids.move_ids, need, 10, "expected")
        self.assertEqual((request.product_qty, request.mto_surplus_qty), (21, 1))
        self.assertWhole(order)

    def test_what_arrives_first_serves_whom_it_was_given_to(self):
        self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        bought = need.created_purchase_line_ids
        bought.order_id.button_confirm()
        delivery = self.new_order({self.part: 4})
        delivery.action_confirm()
        self.take(delivery.picking_ids.move_ids, need, 4, "expected")
        self.env.flush_all()
        self.env.invalidate_all()
        receipt = bought.order_id.picking_ids
        receipt.move_ids.quantity = 5
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(delivery.picking_ids.move_ids.quantity, 4)
        self.assertEqual(sum(self.need_of(need).mapped("quantity")), 1)

    def test_productions_are_swapped_with_all_that_is_below(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 2})
        product = self.new_product("Machine", "mto")
        self.new_bom(product, {module: 1})
        orders = [self.confirm(product), self.confirm(product)]
        machines = self.productions_of(product).sorted("id")
        modules = self.productions_of(module).sorted("id")
        first, rush = (machine.move_raw_ids for machine in machines)
        self.take(rush, first, 1, "expected")
        self.assertEqual(rush.move_orig_ids.production_id, modules[0])
        self.assertEqual(first.move_orig_ids.production_id, modules[1])
        self.assertEqual(modules[0].mto_sale_line_ids, orders[1].order_line)
        self.assertEqual(modules[0].move_raw_ids.mto_sale_line_id, orders[1].order_line)
        self.assertEqual(modules[1].move_raw_ids.mto_sale_line_id, orders[0].order_line)
        self.assertWhole(*orders)
        for order in orders:
            supplies = [node.supply for node in order._mto_get_plan().nodes]
            self.assertEqual(supplies.count(planner.PRODUCTION), 2)

    def test_a_production_that_serves_another_order_is_that_orders(self):
        """Odoo finds the productions of an order by what they were made for."""
        orders = [self.confirm(self.product), self.confirm(self.product)]
        made = self.productions_of(self.product).sorted("id")
        first, rush = (order.order_line.move_ids for order in orders)
        self.take(rush, first, 1, "expected")
        self.assertEqual(made[0].mto_sale_line_ids, orders[1].order_line)
        self.assertEqual(orders[0]._mto_get_productions(), made[1])
        self.assertEqual(orders[1]._mto_get_productions(), made[0])

    # -- the ugly cases ------------------------------------------------------------------

    def test_what_is_consumed_or_picked_is_nobodys_to_give(self):
        self.put_in_stock(self.part, 10)
        _orders, (first, rush) = self.confirm_two()
        production = first.raw_material_production_id
        production.qty_producing = 1
        production._set_qty_producing()
        self.assertTrue(first.picked)
        self.assertNotIn(first, self.open_release(rush).line_ids.move_id)
        production.button_mark_done()
        self.assertNotIn(first, self.open_release(rush).line_ids.move_id)

    def test_a_production_that_is_partly_done_gives_what_is_left(self):
        self.product.bom_ids.bom_line_ids.product_qty = 5
        self.put_in_stock(self.part, 10)
        first = self.confirm(self.product, 2)
        production = self.productions_of(self.product)
        rush = self.confirm(self.product, 1)
        need = (self.productions_of(self.product) - production).move_raw_ids
        production.qty_producing = 1
        production._set_qty_producing()
        action = production.button_mark_done()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.action_backorder()
        backorder = production.production_group_id.production_ids - production
        self.take(need, backorder.move_raw_ids, 5)
        self.assertEqual(sum(self.need_of(need).mapped("quantity")), 5)
        self.assertEqual(sum(backorder.move_raw_ids.mapped("product_qty")), 5)
        self.assertWhole(first, rush)

    def test_goods_of_another_company_are_not_shown(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.keeper.company_ids |= sister
        self.put_in_stock(self.part, 10)
        _orders, (first, rush) = self.confirm_two()
        wizard = self.open_release(rush)
        moved = self.env["mto.exchange"]._find_holders(rush)
        self.assertIn(first, moved)
        line = wizard.line_ids.filtered(lambda one: one.move_id == first)
        line.take = 1
        self.env.cr.execute(
            "UPDATE stock_move SET company_id = %s WHERE id = %s", [sister.id, first.id]
        )
        self.env.invalidate_all()
        self.assertNotIn(first, self.env["mto.exchange"]._find_holders(rush))
        with self.assertRaisesRegex(UserError, "another company"):
            wizard.action_apply()

    def test_what_changed_meanwhile_is_told(self):
        self.put_in_stock(self.part, 10)
        _orders, (first, rush) = self.confirm_two()
        wizard = self.open_release(rush)
        wizard.line_ids.filtered(lambda one: one.move_id == first).take = 4
        first.raw_material_production_id.do_unreserve()
        self.put_in_stock(self.part, -8)
        with self.assertRaisesRegex(UserError, "look again"):
            wizard.action_apply()

    def test_no_more_than_is_missing(self):
        self.put_in_stock(self.part, 10)
        _orders, (first, rush) = self.confirm_two()
        wizard = self.open_release(rush)
        with self.assertRaisesRegex(UserError, "column"):
            wizard.action_apply()
        wizard.line_ids.filtered(lambda one: one.move_id == first).take = 11
        with self.assertRaisesRegex(UserError, "no more"):
            wizard.action_apply()

    def test_who_has_everything_has_nothing_to_take(self):
        self.put_in_stock(self.part, 10)
        self.confirm(self.product)
        need = self.productions_of(self.product).move_raw_ids
        with self.assertRaisesRegex(UserError, "nothing to take"):
            self.open_release(need)

    def test_steps_before_a_production(self):
        self.warehouse.manufacture_steps = "pbm"
        self.put_in_stock(self.part, 10)
        orders, (first, rush) = self.confirm_two()
        self.take(rush, first.move_orig_ids, 10)
        self.assertEqual(sum(rush.move_orig_ids.mapped("quantity")), 10)
        self.assertEqual(sum(first.move_orig_ids.mapped("quantity")), 0)
        self.assertWhole(*orders)

    def test_from_the_order(self):
        self.put_in_stock(self.part, 10)
        orders, (first, rush) = self.confirm_two()
        keeper = new_test_user(
            self.env, "both", "stock.group_stock_manager,sales_team.group_sale_salesman_all_leads"
        )
        action = orders[1].with_user(keeper).action_mto_take()
        wizard = self.env["mto.release"].with_user(keeper).browse(action["res_id"])
        self.assertEqual(wizard.move_id, orders[1].picking_ids.move_ids)
        form = self.form_of(wizard)
        form.move_id = rush
        with form.line_ids.edit(0) as line:
            self.assertIn(orders[0].name, line.holder)
            line.take = 2
        form.save().action_apply()
        self.assertEqual(sum(self.need_of(rush).mapped("quantity")), 2)

    # -- rights --------------------------------------------------------------------------

    def test_who_works_in_another_company(self):
        """A dialog that a program makes by itself tells and takes no more than one may see."""
        self.put_in_stock(self.part, 10)
        _orders, (_first, rush) = self.confirm_two()
        company = self.env["res.company"].create({"name": "Another"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "stock.group_stock_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        wizards = self.env["mto.release"].with_user(stranger)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizards.create({"move_id": rush.id})
        with self.assertRaises(AccessError):
            wizards.new({"move_id": rush.id}).mapped("line_ids")

    def test_other_goods_are_not_taken(self):
        other = self.new_product("Other", vendor=True)
        machine = self.new_product("Machine", "mto")
        self.new_bom(machine, {other: 10})
        self.confirm(machine)
        wizard = self.open_release(self.confirm_two()[1][1])
        vals = {"kind": "expected", "move_id": self.productions_of(machine).move_raw_ids.id}
        with self.assertRaisesRegex(ValidationError, "same goods"):
            wizard.line_ids.create({**vals, "wizard_id": wizard.id})

    def test_only_who_has_the_right(self):
        self.put_in_stock(self.part, 10)
        orders, (first, rush) = self.confirm_two()
        groups = "stock.group_stock_user,mrp.group_mrp_user,sales_team.group_sale_manager"
        clerk = new_test_user(self.env, "clerk", groups)
        with self.assertRaises(AccessError):
            rush.with_user(clerk).action_mto_take()
        with self.assertRaises(AccessError):
            orders[1].with_user(clerk).action_mto_take()
        wizard = self.open_release(rush)
        with self.assertRaises(AccessError):
            wizard.with_user(clerk).action_apply()
        clerk.group_ids |= self.env.ref("mto_manufacturing.group_release")
        self.assertTrue(self.open_release(rush, clerk))
