from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestFaults(MtoCommon):
    """Rows N20 and N21: every fault of the whole tree at once, before anything is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "mto_seller", groups="sales_team.group_sale_salesman", tz="UTC"
        )
        cls.route_buy = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.route_make = cls.env.ref("mrp.route_warehouse0_manufacture")
        # Only then may a product have them of its own.
        (cls.route_buy | cls.route_make).product_selectable = True

    def new_three_faults(self):
        """Three lines: no vendor two levels down, no BoM one level down, no rule at all."""
        leg = self.new_product("Leg", route_ids=[Command.link(self.route_buy.id)])
        frame = self.new_product("Frame")
        self.new_bom(frame, {leg: 4})
        table = self.new_product("Table", "mto")
        self.new_bom(table, {frame: 1})
        top = self.new_product("Top", route_ids=[Command.link(self.route_make.id)])
        desk = self.new_product("Desk", "mto")
        self.new_bom(desk, {top: 1})
        lamp = self.new_product("Lamp", "mts_mto")
        self.leg, self.top, self.lamp = leg, top, lamp
        return self.new_order({table: 2, desk: 1, lamp: 1}, user_id=self.seller.id)

    def mend(self, product):
        """Give a product what it takes to be bought."""
        self.new_price(product, self.vendor)
        product.route_ids = [Command.link(self.route_buy.id)]

    def press_confirm(self, orders):
        """Press Confirm as the web client does; the dialog, or nothing."""
        context = {"validate_analytic": True, "mto_show_faults": True}
        result = orders.with_context(**context).action_confirm()
        if result is True:
            return None
        return orders.env[result["res_model"]].browse(result["res_id"])

    def activities_of(self, record):
        warning = self.env.ref("mail.mail_activity_data_warning")
        return record.activity_ids.filtered(lambda a: a.activity_type_id == warning)

    def read_faults(self, dialog):
        return {fault.path: fault.reason for fault in dialog.fault_ids}

    # -- the dialog --------------------------------------------------------------------

    def test_the_dialog_lists_every_fault_of_every_line_and_level(self):
        order = self.new_three_faults()
        before = self.env["stock.move"].search_count([])
        dialog = self.press_confirm(order)
        faults = self.read_faults(dialog)
        self.assertEqual(
            set(faults),
            {
                f"{order.name} > Table > Frame > Leg",
                f"{order.name} > Desk > Top",
                f"{order.name} > Lamp",
            },
        )
        self.assertEqual(len(set(faults.values())), 3, "each has its own reason")
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.env["stock.move"].search_count([]), before)
        self.assertFalse(self.activities_of(order))

    def test_a_core_refusal_offers_no_confirmation(self):
        order = self.new_three_faults()
        dialog = self.press_confirm(order)
        refused = dialog.fault_ids.filtered("refused")
        self.assertEqual(refused.product_id, self.lamp)
        self.assertTrue(dialog.refused)
        self.mend(self.lamp)
        dialog = self.press_confirm(order)
        self.assertEqual(dialog.fault_ids.product_id, self.leg | self.top)
        self.assertFalse(dialog.refused)

    def test_confirm_anyway_leaves_the_gaps_visible_and_gives_activities(self):
        buyer = new_test_user(
            self.env,
            "mto_buyer",
            groups="purchase.group_purchase_user,stock.group_stock_user",
        )
        order = self.new_three_faults()
        self.mend(self.lamp)
        self.leg.responsible_id = buyer
        self.press_confirm(order).action_confirm_anyway()
        self.assertEqual(order.state, "sale")
        self.assertIn("8 Units of Leg for", order.mto_missing_supplies)
        self.assertIn("1 Units of Top for", order.mto_missing_supplies)
        self.assertNotIn("Lamp", order.mto_missing_supplies)
        by_user = {a.user_id: a.note for a in self.activities_of(order)}
        self.assertEqual(set(by_user), {buyer, self.seller})
        self.assertIn("Table &gt; Frame &gt; Leg", by_user[buyer])
        self.assertNotIn("Top", by_user[buyer])
        self.assertIn("Desk &gt; Top", by_user[self.seller])

    def test_the_banner_goes_when_the_gap_is_filled(self):
        order = self.new_three_faults()
        order.order_line[2].unlink()
        order.action_confirm()
        self.put_in_stock(self.leg, 8)
        self.put_in_stock(self.top, 1)
        self.productions_of(self.top.browse()).action_assign()
        moves = self.env["stock.move"].search([("product_id", "in", (self.leg | self.top).ids)])
        moves._action_assign()
        order.invalidate_recordset()
        self.assertFalse(order.mto_missing_supplies)

    def test_a_buyer_who_may_not_see_orders_is_told_on_the_product(self):
        buyer = new_test_user(self.env, "mto_buyer", groups="purchase.group_purchase_user")
        order = self.new_three_faults()
        self.mend(self.lamp)
        self.leg.responsible_id = buyer
        order.with_user(self.seller).action_confirm()
        self.assertEqual(self.activities_of(self.leg.product_tmpl_id).user_id, buyer)

    def test_who_is_told_when_more_is_ordered(self):
        """As at confirmation, and of each fault once; without any nothing is looked for."""
        leg, top = self.new_product("Leg", vendor=True), self.new_product("Top")
        table, desk = self.new_product("Table", "mto"), self.new_product("Desk", "mto")
        self.new_bom(table, {leg: 1})
        self.new_bom(desk, {top: 1})
        order = self.new_order({table: 10}, user_id=self.seller.id)
        order.action_confirm()
        line = order.order_line.with_user(self.seller)
        with patch.object(self.env.registry["mto.pegging"], "_read", side_effect=AssertionError):
            line.product_uom_qty = 12
        self.assertFalse(self.activities_of(order))
        leg.seller_ids.unlink()
        line.product_uom_qty = 14
        (activity,) = self.activities_of(order)
        self.assertEqual(
            (activity.user_id, activity.summary), (self.seller, f"Supply for {order.name}")
        )
        self.assertEqual(activity.note.count("Table &gt; Leg"), 1)
        activity.note = False  # somebody has wiped it out
        line.product_uom_qty = 16
        self.assertEqual(activity.note.count("Table &gt; Leg"), 1)
        order.with_user(self.seller).order_line = [
            Command.create({"product_id": desk.id, "product_uom_qty": 1})
        ]
        self.assertEqual(self.activities_of(order), activity)
        self.assertEqual(activity.note.count("Table &gt; Leg"), 1)
        self.assertEqual(activity.note.count("Desk &gt; Top"), 1)
        activity.action_done()
        line.product_uom_qty = 15
        self.assertFalse(self.activities_of(order))
        line.product_uom_qty = 17
        self.assertEqual(len(self.activities_of(order)), 1)

    def test_each_row_leads_to_where_it_is_mended(self):
        order = self.new_three_faults()
        stool = self.new_product("Stool", "mto")
        seat = self.new_product("Seat", "mts")
        self.new_bom(stool, {seat: 1})
        self.env.company.mto_component_policy = "routes_only"
        order.order_line = [Command.create({"product_id": stool.id})]
        models = {"boms": "mrp.bom", "vendors": "product.supplierinfo"}
        models.update(product="product.template", reordering="stock.warehouse.orderpoint")
        seen = {}
        for fault in self.press_confirm(order).fault_ids:
            self.assertTrue(fault.can_mend)
            action = fault.action_mend()
            self.assertEqual(action["res_model"], models[fault.mending])
            for view_id, view_type in action["views"]:
                self.env[action["res_model"]].get_view(view_id, view_type)
            seen[fault.product_id] = fault.mending
        self.assertEqual(seen[self.lamp], "product")
        self.assertEqual(seen[seat], "reordering")

    def test_an_empty_bom_opens_itself(self):
        shelf = self.new_product("Shelf", "mto")
        bom = self.new_bom(shelf, {})
        dialog = self.press_confirm(self.new_order({shelf: 1}))
        action = dialog.fault_ids.action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("mrp.bom", bom.id))

    def test_a_salesperson_without_other_rights_sees_all_and_mends_nothing(self):
        order = self.new_three_faults()
        self.mend(self.lamp)
        own = order.with_user(self.seller)
        dialog = self.press_confirm(own)
        self.assertEqual(dialog.fault_ids.product_id, self.leg | self.top)
        self.assertFalse(any(dialog.fault_ids.mapped("can_mend")))
        dialog.action_confirm_anyway()
        self.assertEqual(order.state, "sale")
        self.assertIn("Leg", own.mto_missing_supplies)
        self.assertEqual(self.activities_of(order).user_id, self.seller)

    def test_a_plain_order_opens_no_dialog_and_is_not_planned(self):
        route = [Command.link(self.route_buy.id)]
        plain = self.new_product("Plain", route_ids=route)
        order = self.new_order({plain: 5})
        planning = patch.object(type(order), "_mto_make_plan", side_effect=AssertionError)
        with planning:
            self.assertIsNone(self.press_confirm(order))
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.mto_missing_supplies)
        self.assertFalse(self.activities_of(order))

    def test_what_a_reordering_rule_brings_is_no_gap(self):
        part = self.new_product("Part")
        self.env["stock.warehouse.orderpoint"].create({"product_id": part.id})
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {part: 2})
        order = self.new_order({thing: 1})
        self.assertIsNone(self.press_confirm(order))
        self.assertFalse(order.mto_missing_supplies)

    def test_an_order_without_faults_opens_no_dialog(self):
        part = self.new_product("Part", vendor=True)
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {part: 2})
        order = self.new_order({thing: 1})
        self.assertIsNone(self.press_confirm(order))
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.mto_missing_supplies)

    def test_a_route_of_the_line_that_buys_for_the_customer_is_looked_at(self):
        goods = self.new_product("Goods")
        self.mend(goods)
        location = self.env.ref("stock.stock_location_suppliers")
        route = self.env["stock.route"].create({"name": "Buy for the customer"})
        route.rule_ids = [
            Command.create(
                {
                    "name": "Vendor to customer",
                    "action": "buy",
                    "location_src_id": location.id,
                    "location_dest_id": self.customer.property_stock_customer.id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                }
            )
        ]
        wanted = {"product_uom_qty": 1, "route_ids": [Command.link(route.id)]}
        self.assertIsNone(self.press_confirm(self.new_order({goods: wanted})))
        goods.seller_ids.unlink()
        dialog = self.press_confirm(self.new_order({goods: wanted}))
        self.assertEqual(dialog.fault_ids.mending, "vendors")

    # -- several orders ----------------------------------------------------------------

    def test_several_orders_at_once(self):
        faulty = self.new_three_faults()
        self.mend(self.lamp)
        plain = self.new_order({self.new_product("Plain"): 1})
        other = self.new_order({faulty.order_line[1].product_id: 2})
        orders = plain | faulty | other
        dialog = self.press_confirm(orders)
        self.assertEqual(dialog.order_ids, orders)
        self.assertEqual(len(dialog.fault_ids), 3)
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        dialog.action_confirm_anyway()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertFalse(self.activities_of(plain))
        self.assertTrue(self.activities_of(other))

    def test_orders_confirmed_together_do_not_count_stock_twice(self):
        part = self.new_product("Part", vendor=True)
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {part: 1})
        self.put_in_stock(part, 5)
        plain = self.new_order({part: 1})
        first, second = self.new_order({thing: 3}), self.new_order({thing: 3})
        (plain | first | second).action_confirm()
        self.assertEqual(self.purchase_lines_of(part).product_qty, 2)
        self.assertEqual(self.purchase_lines_of(part).mto_sale_line_ids, second.order_line)

    def test_an_order_is_planned_once_in_a_confirmation(self):
        part = self.new_product("Part", vendor=True)
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {part: 1})
        order = self.new_order({thing: 1})
        plan, calls = type(order)._mto_make_plan, []

        def count(order, *args):
            calls.append(order)
            return plan(order, *args)

        with patch.object(type(order), "_mto_make_plan", count):
            order.action_confirm()
        self.assertEqual(len(calls), 1)
        self.assertTrue(self.purchase_lines_of(part))

    # -- programs ----------------------------------------------------------------------

    def test_a_program_is_refused_by_core_with_every_fault_in_one_message(self):
        order = self.new_three_faults()
        with self.assertRaises(UserError) as refusal:
            order.action_confirm()
        message = refusal.exception.args[0]
        self.assertIn("No rule has been found to replenish", message)
        for path in ("Table > Frame > Leg", "Desk > Top", "Lamp"):
            self.assertIn(f"{order.name} > {path}: ", message)

    def test_a_program_is_not_refused_for_our_reasons(self):
        order = self.new_three_faults()
        self.mend(self.lamp)
        self.assertIs(order.action_confirm(), True)
        self.assertEqual(order.state, "sale")
        self.assertTrue(self.purchase_lines_of(self.lamp))
        self.assertTrue(self.activities_of(order))

    def test_an_error_of_another_kind_is_left_alone(self):
        order = self.new_three_faults()
        order.state = "cancel"
        with self.assertRaises(UserError) as refusal:
            order.action_confirm()
        self.assertNotIn("Table", refusal.exception.args[0])

    def test_a_customer_on_the_portal_confirms_what_can_be(self):
        order = self.new_three_faults()
        order.order_line[2].unlink()
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.mto_missing_supplies)
        self.assertEqual(self.activities_of(order).user_id, self.seller)

    def test_a_customer_is_told_no_more_than_core_tells(self):
        order = self.new_three_faults()
        public = self.env.ref("base.public_user")
        with self.assertRaises(UserError) as refusal:
            order.with_user(public).sudo().action_confirm()
        self.assertNotIn("Frame", refusal.exception.args[0])

    # -- row N20 -----------------------------------------------------------------------

    def test_n20_explicit_buy_without_vendor(self):
        goods = self.new_product("Goods", "mto")
        goods.route_ids = [Command.link(self.route_buy.id)]
        order = self.new_order({goods: 3})
        self.assertIn("vendor", self.press_confirm(order).fault_ids.reason)
        order.action_confirm()
        self.assertIn("3 Units of Goods for", order.mto_missing_supplies)

    def test_n20_explicit_manufacture_without_bom(self):
        goods = self.new_product("Goods", "mto")
        goods.route_ids = [Command.link(self.route_make.id)]
        order = self.new_order({goods: 3})
        dialog = self.press_confirm(order)
        self.assertIn("bill of materials", dialog.fault_ids.reason)
        self.assertFalse(dialog.refused)
        dialog.action_confirm_anyway()
        self.assertIn("Goods", order.mto_missing_supplies)

    def test_n20_empty_bom(self):
        goods = self.new_product("Goods", "mto")
        self.new_bom(goods, {})
        order = self.new_order({goods: 3})
        self.assertIn("no components", self.press_confirm(order).fault_ids.reason)
        order.action_confirm()
        self.assertIn("Goods", order.mto_missing_supplies)
        self.assertEqual([gap.code for gap in order._mto_get_plan().gaps], ["empty_bom"])
        with Form(self.productions_of(goods)) as form, form.move_raw_ids.new() as line:
            line.product_id = self.new_product("Board", vendor=True)
            line.product_uom_qty = 6
        self.productions_of(goods).action_confirm()
        self.assertTrue(order._mto_get_plan().feasible)
        self.assertFalse(order.mto_missing_supplies)

    # -- words -------------------------------------------------------------------------

    def test_the_plan_says_its_reasons(self):
        answer = self.new_three_faults().get_mto_plan()
        for issue in answer["blockers"] + answer["gaps"]:
            beginning = "No rule" if issue["code"] == "no_rule" else "It is to be "
            self.assertTrue(issue["message"].startswith(beginning))
        node = answer["lines"][0]["supplies"][0]
        self.assertTrue(node["reason"]["text"])
        self.assertTrue(node["supplies"][0]["supplies"][0]["reason"]["text"])

    def test_a_tree_deeper_than_the_stack_gets_its_texts(self):
        leaf = {"reason": {"code": "shortage", "text": None}, "supplies": []}
        node = leaf
        for _level in range(3000):
            node = {"reason": {"code": "shortage", "text": None}, "supplies": [node]}
        answer = {"blockers": [], "gaps": [], "warnings": [], "lines": [{"supplies": [node]}]}
        self.env["mto.fault.text"]._fill(answer)
        self.assertTrue(leaf["reason"]["text"])
