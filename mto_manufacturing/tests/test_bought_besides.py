from odoo.tests import tagged

from .. import planner
from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestBoughtBesides(MtoCommon):
    """What a request asks for besides the needs of orders stays when these are gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor.group_rfq = "all"
        cls.part = cls.new_product("Part", "mto", vendor=True)
        cls.price = cls.part.seller_ids

    def asked(self):
        """What the live requests ask for."""
        lines = self.purchase_lines_of(self.part).filtered(lambda line: line.state != "cancel")
        return lines.sorted("id").mapped("product_uom_qty")

    def test_a_reordering_rule_came_first(self):
        """Need and rule are two lines of a request: else core orders for the rule once more."""
        rule = self.new_orderpoint(self.part, 20)
        rule.action_replenish()
        order = self.new_order({self.part: 5})
        order.action_confirm()
        self.assertEqual(self.asked(), [20, 5])
        self.assertEqual(len(self.purchase_lines_of(self.part).order_id), 1)
        rule.action_replenish()
        self.assertEqual(self.asked(), [20, 5])
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.asked(), [20, 3])
        order._action_cancel()
        self.assertEqual(self.asked(), [20])

    def test_a_reordering_rule_came_later(self):
        order = self.confirm(self.part, 5)
        self.new_orderpoint(self.part, 20).action_replenish()
        self.assertEqual(self.asked(), [5, 20])
        order._action_cancel()
        self.assertEqual(self.asked(), [20])

    def test_the_plan_adds_nothing_to_what_a_rule_asks_for(self):
        self.price.mto_minimum_qty = 50
        self.new_orderpoint(self.part, 20).action_replenish()
        order = self.new_order({self.part: 5})
        plan = order._mto_get_plan()
        order.action_confirm()
        self.assertEqual(self.asked(), [20, 50])
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())
        order._action_cancel()
        self.assertEqual(self.asked(), [20])

    def test_a_rule_and_needs_on_one_line(self):
        """A buyer, or core, may have united them."""
        order = self.confirm(self.part, 5)
        line = self.purchase_lines_of(self.part)
        rule = self.new_orderpoint(self.part, 20, trigger="manual")
        line.write({"orderpoint_id": rule.id, "product_qty": 25})
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.asked(), [23])
        order._action_cancel()
        self.assertEqual(self.asked(), [20])

    def test_what_a_buyer_added(self):
        order = self.confirm(self.part, 10)
        self.purchase_lines_of(self.part).product_qty = 15
        order._action_cancel()
        self.assertEqual(self.asked(), [5])
        line = self.purchase_lines_of(self.part)
        self.assertEqual(line.order_id.state, "draft")
        self.assertFalse(line.move_dest_ids | line.mto_sale_line_ids.order_id.picking_ids.move_ids)

    def test_what_a_buyer_added_in_dozens(self):
        self.price.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order = self.confirm(self.part, 20)
        self.purchase_lines_of(self.part).product_qty = 3
        order.order_line.product_uom_qty = 0
        self.assertEqual(self.asked(), [12])

    def test_what_the_vendor_adds_goes(self):
        self.price.mto_minimum_qty = 50
        order = self.confirm(self.part, 20)
        self.assertEqual(self.asked(), [50])
        order._action_cancel()
        self.assertEqual(self.asked(), [])

    def test_what_a_buyer_added_stays_where_surplus_is_shared(self):
        other = self.confirm(self.part, 13)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        other.order_line.product_uom_qty = 1
        self.confirm(self.part, 10)
        request = self.purchase_lines_of(self.part) - purchase.order_line
        request.product_qty = 14
        purchase.action_mto_share_surplus()
        self.assertEqual(self.asked(), [13, 4])
