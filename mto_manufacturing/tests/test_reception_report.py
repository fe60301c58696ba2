from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .release_case import ReleaseCase


@tagged("post_install", "-at_install")
class TestReceptionReport(ReleaseCase):
    """The reception report unties a need from what comes for it: somebody else can take that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Core writes on the purchase, too.
        groups = "stock.group_stock_user,purchase.group_purchase_user"
        cls.clerk = new_test_user(cls.env, "clerk", groups)
        cls.keeper.group_ids |= cls.env.ref("purchase.group_purchase_user")

    def unassign(self, need, user, quantity):
        self.env.flush_all()
        report = self.env["report.stock.report_reception"].with_user(user)
        return report.action_unassign(need.id, quantity, need.move_orig_ids.ids)

    def order_and_buy(self):
        self.part.supply_strategy = "mto"
        order = self.confirm(self.part, 10)
        self.purchase_lines_of(self.part).order_id.button_confirm()
        return order, order.picking_ids.move_ids

    def test_only_who_may_take_from_orders_unties_what_comes_for_one(self):
        order, need = self.order_and_buy()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.unassign(need, self.clerk, 10)
        self.assertTrue(need.move_orig_ids)
        self.assertTrue(self.unassign(need, self.keeper, 10))
        self.assertFalse(need.move_orig_ids)
        self.assertIn(self.part.name, order.mto_missing_supplies or "")
        self.assertTrue(order.activity_ids)
        order.action_mto_supply_again()
        self.assertWhole(order)

    def test_what_a_delivery_from_stock_was_given_anybody_unties(self):
        self.part.supply_strategy = "mts"
        order = self.confirm(self.part, 10)
        need = order.picking_ids.move_ids
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": self.part.id, "product_qty": 10})],
            }
        )
        purchase.button_confirm()
        report = self.env["report.stock.report_reception"].with_user(self.clerk)
        report.action_assign(need.ids, [10], [purchase.picking_ids.move_ids.ids])
        self.assertTrue(need.move_orig_ids)
        self.assertTrue(self.unassign(need, self.clerk, 10))
        self.assertFalse(need.move_orig_ids)
