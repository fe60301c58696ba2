from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .. import planner
from .chain import ChainCase
from .table_case import NOW, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRushOrder(ChainCase):
    """An order in a hurry takes what another one has; both are delivered, and both know when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part")
        cls.new_price(cls.part, cls.vendor, delay=20)
        cls.module = cls.new_product("Module")
        cls.product = cls.new_product("Thing", "mto")
        cls.new_bom(cls.module, {cls.part: 5}, produce_delay=1)
        cls.new_bom(cls.product, {cls.module: 2}, produce_delay=1)
        groups = "stock.group_stock_manager,mrp.group_mrp_user,sales_team.group_sale_manager"
        cls.keeper = new_test_user(cls.env, "keeper", groups)

    def take(self, order, product, kind):
        """Take all that can be had of a product for an order."""
        production = order._mto_get_productions().filtered(
            lambda one: product in one.move_raw_ids.product_id
        )
        need = self.raw_moves(production, product).with_user(self.keeper)
        action = need.action_mto_take()
        wizard = self.env["mto.release"].with_user(self.keeper).browse(action["res_id"])
        line = wizard.line_ids.filtered(lambda one: one.kind == kind)
        line.take = min(line.quantity, wizard.missing)
        wizard.action_apply()

    def get_forecast(self, order):
        self.env.cr.flush()
        return order.mto_forecast_date

    def assertExchanged(self, first, rush):
        for order in first | rush:
            plan = order._mto_get_plan()
            self.assertFalse(plan.gaps)
            self.assertFalse([node for node in plan.nodes if node.unpegged])
            self.assertIn("taken from", "".join(order.message_ids.mapped("body")))
        self.assertGreaterEqual(self.get_forecast(first), at(22))
        rush.commitment_date = at(5)  # what was planned for later is begun now
        self.assertLessEqual(self.get_forecast(rush), at(5))
        for order in rush | first:
            self.run_chain(order)

    def test_what_is_in_stock(self):
        self.put_in_stock(self.part, 10)
        first, rush = self.confirm(self.product), self.confirm(self.product)
        self.assertLess(first.mto_promise_date, at(10))
        self.assertGreaterEqual(rush.mto_promise_date, at(22))
        self.take(rush, self.part, "reserved")
        self.assertEqual(sum(self.purchase_lines_of(self.part).mapped("product_qty")), 10)
        self.assertExchanged(first, rush)

    def test_what_is_being_made(self):
        self.put_in_stock(self.part, 10)
        first, rush = self.confirm(self.product), self.confirm(self.product)
        self.take(rush, self.module, "expected")
        made = [node for node in rush._mto_get_plan().nodes if node.product_id == self.module.id]
        self.assertEqual([node.supply for node in made], [planner.PRODUCTION])
        theirs = self.productions_of(self.module).sorted("id")[0]
        self.assertEqual(made[0].document.name, theirs.name)
        self.assertExchanged(first, rush)
