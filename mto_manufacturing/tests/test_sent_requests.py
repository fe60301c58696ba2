from odoo.tests import new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestSentRequests(MtoCommon):
    """A request that the vendor has seen shrinks with its needs, and its buyer is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = new_test_user(cls.env, "mto_sent_buyer", "purchase.group_purchase_user")
        cls.chair = cls.new_product("Chair", "mto", vendor=True)
        cls.lamp = cls.new_product("Lamp", "mto", vendor=True)

    def send(self, lines):
        """Both are asked for in one request, and the vendor has seen it; return the order."""
        self.order = self.new_order(lines)
        self.order.action_confirm()
        self.request = self.purchase_lines_of(self.chair).order_id
        self.request.write({"user_id": self.buyer.id, "state": "sent"})
        return self.order

    def told(self):
        return self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])

    def assertTold(self, *words):
        """The buyer is told, once and on the request, to tell the vendor."""
        activity = self.told()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.res_model, "purchase.order")
        self.assertEqual(activity.res_id, self.request.id)
        for text in words:
            self.assertIn(text, activity.note)
        self.assertEqual(activity.note.count("Tell the vendor"), len(words))
        self.assertNotIn("is ordered", activity.note)

    def test_one_line_of_two_is_not_needed_any_more(self):
        order = self.send({self.chair: 10, self.lamp: 5})
        order.order_line[0].product_uom_qty = 0
        self.assertEqual(self.request.order_line.product_id, self.lamp)
        self.assertEqual((self.request.state, self.request.order_line.product_qty), ("sent", 5))
        self.assertTold("10 Units of Chair")

    def test_one_order_of_two_is_cancelled(self):
        self.vendor.group_rfq = "all"
        other = self.confirm(self.lamp, 5)
        order = self.send({self.chair: 10, self.lamp: 2})
        self.assertEqual(self.request, self.purchase_lines_of(self.lamp).order_id)
        order._action_cancel()
        self.assertEqual(self.request.order_line.mto_sale_line_ids, other.order_line)
        self.assertEqual((self.request.state, self.request.order_line.product_qty), ("sent", 5))
        self.assertTold("10 Units of Chair", "2 Units of Lamp")

    def test_nothing_of_it_is_needed_any_more(self):
        order = self.send({self.chair: 10, self.lamp: 5})
        order._action_cancel()
        self.assertEqual(self.request.state, "cancel")
        self.assertTold("10 Units of Chair", "5 Units of Lamp")
