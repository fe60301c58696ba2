"""Who may see an order sees its chain, without costs and vendors' prices; nobody else (N24)."""

import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCommon

#: Rights in sales alone: neither stock nor manufacturing nor purchase.
OWN_ORDERS = "sales_team.group_sale_salesman"
PRICE = 43.21


@tagged("post_install", "-at_install")
class TestRights(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "mto_seller", OWN_ORDERS)
        cls.other = new_test_user(cls.env, "mto_other", OWN_ORDERS)
        cls.portal = new_test_user(cls.env, "mto_portal", "base.group_portal")
        cls.leg = cls.new_product("Leg", standard_price=PRICE)
        cls.new_price(cls.leg, cls.vendor, price=PRICE)
        cls.frame = cls.new_product("Frame")
        cls.table = cls.new_product("Table", "mto")
        cls.new_bom(cls.frame, {cls.leg: 4})
        cls.new_bom(cls.table, {cls.frame: 1})
        cls.order = cls.new_order({cls.table: 2}, user_id=cls.seller.id)

    def plan(self, user):
        order = self.order.with_user(user)
        self.env.invalidate_all()
        return order.get_mto_plan()

    def test_a_salesperson_sees_every_level_before_and_after(self):
        self.assertEqual(self.kinds(self.plan(self.seller)), self.expected(None))
        self.order.with_user(self.seller).action_confirm()
        plan = self.plan(self.seller)
        self.assertEqual(self.kinds(plan), self.expected(True))

    def expected(self, documents):
        models = ("mrp.production", "mrp.production", "purchase.order")
        kinds = ("production", "production", "purchase")
        return [(kind, documents and model) for kind, model in zip(kinds, models, strict=True)]

    def kinds(self, plan):
        """(supply, model of its document) down the first branch."""
        found, supplies = [], plan["lines"][0]["supplies"]
        while supplies:
            (node,) = supplies
            found.append((node["supply"], node["document"] and node["document"]["model"]))
            supplies = node["supplies"]
        return found

    def test_no_cost_and_no_price_is_told(self):
        before = json.dumps(self.plan(self.seller))
        self.order.action_confirm()
        for text in (before, json.dumps(self.plan(self.seller))):
            self.assertNotIn(str(PRICE), text)
            self.assertNotIn(self.vendor.name, text)
            for word in ("price", "cost"):
                self.assertNotIn(word, text)

    def test_the_order_of_another_salesperson(self):
        with self.assertRaises(AccessError):
            self.plan(self.other)

    def test_the_customer_on_the_portal(self):
        self.order.partner_id = self.portal.partner_id
        self.order.action_confirm()
        with self.assertRaises(AccessError):
            self.plan(self.portal)

    def test_what_is_behind_an_order_is_not_for_its_customer(self):
        """Who has a login on the portal may read the order itself, field by field."""
        self.order.partner_id = self.portal.partner_id
        self.order.action_confirm()
        self.purchase_lines_of(self.leg).order_id.button_cancel()
        self.assertIn(self.leg.name, self.order.mto_missing_supplies)
        self.assertTrue(self.order.mto_baseline)
        order = self.order.with_user(self.portal)
        self.env.invalidate_all()
        self.assertTrue(order.read(["mto_promise_date"]))
        for name in ("mto_missing_supplies", "mto_baseline", "mto_early_reason"):
            with self.assertRaises(AccessError, msg=name):
                order.read([name])

    def test_what_is_behind_a_purchase_is_not_for_its_vendor(self):
        """Who sells on the portal reads the purchase, and nothing of whom it is for."""
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.leg).order_id
        purchase.partner_id = self.portal.partner_id
        purchase.message_subscribe(self.portal.partner_id.ids)
        production = self.productions_of(self.frame)
        self.assertEqual(purchase.mto_order_names, self.order.name)
        purchase = purchase.with_user(self.portal)
        self.env.invalidate_all()
        self.assertTrue(purchase.read(["date_planned"]))
        hidden = {
            purchase: ("mto_order_names", "mto_customer_late_days", "mto_open_needs"),
            purchase.order_line: ("mto_order_names", "mto_needed_qty", "mto_surplus_qty"),
            # Whom subcontractors may see is another module's.
            production.with_user(self.portal): ("mto_order_names",),
            production.move_raw_ids.with_user(self.portal): ("mto_supply_text",),
        }
        for records, names in hidden.items():
            known = records.fields_get()
            for name in names:
                self.assertNotIn(name, known)
                with self.assertRaises(AccessError, msg=name):
                    records.read([name])

    def test_a_buyer_orders_what_a_production_needs(self):
        """Who buys for productions need not be allowed to see them."""
        buyer = new_test_user(self.env, "mto_buyer", "purchase.group_purchase_user")
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.leg).order_id
        self.env.invalidate_all()
        purchase.with_user(buyer).button_confirm()
        self.assertEqual(purchase.state, "purchase")
        needs = self.productions_of(self.frame).move_raw_ids
        self.assertEqual(purchase.order_line.move_ids.move_dest_ids, needs)

    def test_the_order_of_another_company(self):
        company = self.env["res.company"].create({"name": "Another"})
        stranger = new_test_user(
            self.env,
            "mto_stranger",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            self.plan(stranger)
