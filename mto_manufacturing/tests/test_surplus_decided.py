"""Who decides on a surplus: whoever buys, also without rights in sales; nobody else."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_surplus_policies import NOW, SurplusCase

_GROUPS = {
    "buyer": "purchase.group_purchase_user",
    "seller": "sales_team.group_sale_salesman_all_leads",
    "keeper": "stock.group_stock_user",
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSurplusDecided(SurplusCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.mto_surplus_policy = "ask"
        cls.users = {
            name: new_test_user(cls.env, f"mto_{name}", groups) for name, groups in _GROUPS.items()
        }
        cls.screw.responsible_id = cls.users["buyer"]
        cls.order = cls.new_order({cls.screw: 20}, user_id=cls.users["seller"].id)
        cls.order.action_confirm()

    def alerts(self, name, order=None):
        """The rows of the order on the dashboard of a user."""
        self.env.cr.flush()
        self.env.invalidate_all()
        alerts = self.env["mto.alert"].with_user(self.users[name])
        return alerts.search([("order_id", "=", (order or self.order).id)])

    def open_form(self, alert):
        """What the web client reads when the row is opened, as a user sees it."""
        action = alert.action_open()
        self.assertEqual((action["res_model"], action["target"]), ("mto.alert", "new"))
        view = self.env["mto.alert"].with_user(alert.env.user).get_view(*action["views"][0])
        known = self.env["mto.alert"].with_user(alert.env.user).fields_get()
        (values,) = alert.read([name for name in known if f'name="{name}"' in view["arch"]])
        return values, view["arch"]

    def test_a_buyer_decides_without_rights_in_sales(self):
        self.assertFalse(self.order.with_user(self.users["buyer"]).has_access("read"))
        (alert,) = self.alerts("buyer")
        self.assertTrue(alert.is_undecided)
        values, arch = self.open_form(alert)
        self.assertIn("action_order_minimum", arch)
        self.assertRegex(values["details"], r"20 Units of Screw .*: buy more than is needed\?")
        for words in ("ordered: 50", "left over: 30", "90.00", self.vendor.name):
            self.assertIn(words, values["decision"])
        self.assertNotIn("Could be used by", values["decision"], "not by itself")
        alert.action_order_minimum()
        self.assertEqual(self.ordered(), [(50, 20)])
        self.assertFalse(self.alerts("buyer").filtered("is_blocked"))
        alert.action_order_minimum()
        self.assertEqual(self.ordered(), [(50, 20)])

    def test_the_list_and_the_cards_have_the_button_for_buyers_only(self):
        for name, shown in (("buyer", True), ("seller", False), ("keeper", False)):
            model = self.env["mto.alert"].with_user(self.users[name])
            for kind in ("list", "kanban"):
                arch = model.get_view(view_type=kind)["arch"]
                self.assertEqual("action_order_minimum" in arch, shown, (name, kind))

    def test_nobody_else_decides_and_no_cost_is_told_to_them(self):
        for name in ("seller", "keeper"):
            (alert,) = self.alerts(name)
            self.assertTrue(alert.is_blocked)
            self.assertNotIn("decision", alert.fields_get())
            with self.assertRaises(AccessError):
                alert.action_order_minimum()
            with self.assertRaises(AccessError):
                alert.read(["decision"])
            told = str(alert.read())
            for secret in (self.vendor.name, "90.00"):
                self.assertNotIn(secret, told)
            self.assertEqual(alert.action_open()["res_model"], "sale.order")
        self.assertFalse(self.lines())

    def test_a_decision_is_on_what_waits_for_it_only(self):
        top, rack = self.new_product("Top"), self.new_product("Rack", "mto")
        self.new_bom(top, {self.new_product("Board", vendor=True): 1})
        self.new_bom(rack, {self.screw: 4, top: 1})
        order = self.confirm(rack)
        made = self.productions_of(top)
        made.action_cancel()  # on purpose
        order.with_user(self.users["buyer"])._mto_order_minimum()
        self.assertIn((50, 4), self.ordered())
        self.assertEqual(self.productions_of(top), made)
        order.action_mto_supply_again()
        self.assertEqual((self.productions_of(top) - made).product_qty, 1)

    def test_a_decision_beside_what_is_missing_for_other_reasons(self):
        nail, rack = self.new_product("Nail"), self.new_product("Rack", "mto")
        self.new_bom(rack, {self.screw: 4, nail: 1})
        order = self.confirm(rack)
        (alert,) = self.alerts("buyer", order)
        self.assertEqual((alert.cause, alert.is_undecided), ("missing", True))
        alert.action_order_minimum()
        self.assertEqual(self.ordered(), [(50, 4)])
        (alert,) = self.alerts("buyer", order).filtered("is_blocked")
        self.assertEqual((alert.cause, alert.is_undecided), ("missing", False))

    def test_a_row_that_is_no_decision_decides_nothing(self):
        nail = self.new_product("Nail", "mto", vendor=True)
        order = self.new_order({self.screw: 5, nail: 1})
        order.action_confirm()
        self.purchase_lines_of(nail).order_id.button_confirm()
        self.purchase_lines_of(nail).date_planned = self.in_days(40)
        late = self.alerts("buyer", order).filtered(lambda one: one.cause == "vendor")
        late.action_order_minimum()
        self.assertFalse(self.lines())

    def test_the_activity_says_where(self):
        activity = self.env["mail.activity"].search([("user_id", "=", self.users["buyer"].id)])
        self.assertEqual(activity.res_model, "product.template")
        self.assertIn("dashboard", activity.note)
