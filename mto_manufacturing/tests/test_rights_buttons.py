"""Who has the base right of one app, and no other, may press each button that is for that app."""

from odoo.tests import new_test_user, tagged

from .common import MtoCommon

_USERS = {
    "buyer": "purchase.group_purchase_user",
    "seller": "sales_team.group_sale_salesman",
    "maker": "mrp.group_mrp_user",
    "keeper": "stock.group_stock_user",
    "stock_manager": "stock.group_stock_manager",
    "releasing_seller": "sales_team.group_sale_salesman,mto_manufacturing.group_release",
    "releasing_maker": "mrp.group_mrp_user,mto_manufacturing.group_release",
    "releasing_keeper": "mto_manufacturing.group_release",
    "buying_seller": "sales_team.group_sale_salesman,purchase.group_purchase_user",
}


@tagged("post_install", "-at_install")
class TestRightsButtons(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, f"mto_{name}", groups) for name, groups in _USERS.items()
        }
        cls.part = cls.new_product("Part")
        cls.price = cls.new_price(cls.part, cls.vendor, min_qty=50)
        cls.thing = cls.new_product("Thing", "mto")
        cls.new_bom(cls.thing, {cls.part: 4})

    def order_as(self, user, quantity=1):
        """A quotation of a user's own."""
        return self.new_order({self.thing: quantity}, user_id=self.users[user].id)

    def press(self, user, record, button, *args):
        """What a button answers to a user who has nothing read yet."""
        self.env.flush_all()
        self.env.invalidate_all()
        answer = getattr(record.with_user(self.users[user]), button)(*args)
        self.env.flush_all()
        return answer

    def request(self):
        return self.purchase_lines_of(self.part).order_id.filtered(
            lambda one: one.state == "draft"
        )

    # -- purchases ---------------------------------------------------------------------

    def test_a_buyer_lets_a_request_wait_no_longer(self):
        self.company.mto_surplus_policy = "pool"
        order = self.order_as("seller")
        order.action_confirm()
        request = self.request()
        self.assertTrue(request.mto_waits)
        self.assertFalse(request.user_id)
        self.press("buyer", request, "action_mto_stop_waiting")
        self.assertFalse(request.mto_waits)
        self.assertEqual(request.activity_ids.user_id, order.user_id, "who looks after the order")

    def test_a_buyer_shares_a_surplus(self):
        self.order_as("seller").action_confirm()
        purchase = self.request()
        purchase.button_confirm()
        other = self.order_as("seller")
        other.action_confirm()
        self.press("buyer", purchase, "action_mto_share_surplus")
        self.assertEqual(purchase.order_line.mto_surplus_qty, 42)
        self.assertIn(other.order_line, purchase.order_line.mto_sale_line_ids)

    def test_a_buyer_cancels_and_merges(self):
        for _number in range(2):
            self.order_as("seller").action_confirm()
        requests = self.request()
        self.assertEqual(len(requests), 2)
        self.press("buyer", requests, "action_merge")
        self.press("buyer", self.request(), "button_cancel")
        self.assertFalse(self.request())

    # -- orders ------------------------------------------------------------------------

    def test_a_salesperson_commits_tries_and_supplies_again(self):
        order = self.order_as("seller")
        self.press("seller", order, "action_mto_apply_changes", {})
        self.press("seller", order, "action_commit_promise")
        self.assertTrue(order.commitment_date)
        self.press("seller", order, "action_confirm")
        self.request().button_cancel()
        self.press("seller", order, "action_mto_supply_again")
        self.assertTrue(self.request())

    def test_a_salesperson_confirms_in_spite_of_faults(self):
        self.price.unlink()
        order = self.order_as("seller").with_context(mto_show_faults=True)
        action = self.press("seller", order, "action_confirm")
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        self.press("seller", dialog.fault_ids, "action_mend")
        self.press("seller", dialog, "action_confirm_anyway")
        self.assertEqual(order.state, "sale")

    def test_who_sells_and_buys_decides_on_the_minimum(self):
        self.company.mto_surplus_policy = "ask"
        order = self.order_as("buying_seller")
        order.action_confirm()
        self.assertFalse(self.request())
        self.press("buying_seller", order, "action_mto_order_minimum")
        self.assertEqual(self.request().order_line.product_qty, 50)

    def test_a_buyer_decides_on_the_minimum(self):
        self.company.mto_surplus_policy = "ask"
        order = self.order_as("seller")
        order.action_confirm()
        self.env.cr.flush()
        row = self.env["mto.alert"].search([("order_id", "=", order.id)])
        self.press("buyer", row, "action_open")
        self.press("buyer", row, "action_order_minimum")
        self.assertEqual(self.request().order_line.product_qty, 50)

    # -- productions and deliveries ----------------------------------------------------

    def two_needs(self, user="seller"):
        """A need with its goods, and one without."""
        self.put_in_stock(self.part, 4)
        first, second = self.order_as("seller"), self.order_as(user)
        first.action_confirm()
        second.action_confirm()
        made = self.productions_of(self.thing).sorted("id")
        return second, made[0].move_raw_ids, made[1].move_raw_ids

    def take(self, user, record):
        action = self.press(user, record, "action_mto_take")
        dialog = self.env["mto.release"].with_user(self.users[user]).browse(action["res_id"])
        return dialog

    def test_who_makes_takes_from_another_order(self):
        _order, first, second = self.two_needs()
        dialog = self.take("releasing_maker", second)
        line = dialog.line_ids.filtered(lambda one: one.kind == "reserved")
        line.take = 4
        self.press("releasing_maker", dialog, "action_apply")
        have = second.raw_material_production_id.move_raw_ids
        self.assertEqual(sum(have.mapped("quantity")), 4)
        self.assertEqual(sum(first.raw_material_production_id.move_raw_ids.mapped("quantity")), 0)

    def test_who_sells_takes_from_another_order(self):
        order, _first, _second = self.two_needs("releasing_seller")
        dialog = self.take("releasing_seller", order)
        dialog.line_ids[:1].take = 1
        self.press("releasing_seller", dialog, "action_apply")

    def test_who_delivers_takes_from_another_order(self):
        order, _first, _second = self.two_needs()
        dialog = self.take("releasing_keeper", order.picking_ids.move_ids)
        dialog.line_ids[:1].take = 1
        self.press("releasing_keeper", dialog, "action_apply")

    def test_who_makes_merges_and_cancels(self):
        self.two_needs()
        productions = self.productions_of(self.thing)
        action = self.press("maker", productions, "action_merge")
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.press("maker", merged, "action_cancel")
        self.assertEqual(merged.state, "cancel")

    def test_who_delivers_cancels_a_delivery(self):
        order, _first, _second = self.two_needs()
        self.press("keeper", order.picking_ids, "action_cancel")
        self.assertEqual(order.picking_ids.state, "cancel")

    # -- products ----------------------------------------------------------------------

    def test_who_looks_after_the_stock_uses_a_route_again(self):
        self.route_mto.active = False
        template = self.thing.product_tmpl_id
        self.press("stock_manager", template, "action_mto_unarchive_routes")
        self.assertTrue(self.route_mto.active)

    def test_who_may_read_a_document_reads_what_is_shown_of_its_orders(self):
        self.two_needs()
        shown = {
            "buyer": self.request(),
            "maker": self.productions_of(self.thing),
            "keeper": self.env["stock.picking"].search([("sale_id", "!=", False)]),
        }
        for user, records in shown.items():
            with self.subTest(user=user):
                self.env.flush_all()
                self.env.invalidate_all()
                records = records.with_user(self.users[user])
                known = [name for name in records.fields_get() if name.startswith("mto_")]
                self.assertTrue(records.read(known))
