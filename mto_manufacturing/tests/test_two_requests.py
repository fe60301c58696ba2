from odoo.tests import new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestTwoRequests(MtoCommon):
    """A need that grew after its request was sent is on two requests, and is bought once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.table = cls.new_product("Table", "mto")
        cls.new_bom(cls.table, {cls.part: 1})
        cls.price = cls.part.seller_ids
        cls.buyer = new_test_user(cls.env, "mto_two_buyer", "purchase.group_purchase_user")

    def send(self):
        """Ten are asked for, and the vendor has seen it; return the order."""
        order = self.confirm(self.table, 10)
        request = self.purchase_lines_of(self.part).order_id
        request.write({"user_id": self.buyer.id, "state": "sent"})
        return order

    def asked(self):
        """What the live requests ask for, the oldest first."""
        lines = self.purchase_lines_of(self.part).filtered(lambda line: line.state != "cancel")
        return lines.sorted("id").mapped("product_uom_qty")

    def assertFollows(self, order, steps):
        """Change an order's quantity step by step, and see what is asked for each."""
        for quantity, asked in steps:
            order.order_line.product_uom_qty = quantity
            self.assertEqual(self.asked(), asked, f"for {quantity}")
            self.assertWhole(order)

    def assertWhole(self, order):
        plan = order._mto_get_plan()
        self.assertEqual(plan.gaps, ())
        self.assertEqual([node for node in plan.nodes if node.unpegged], [])

    def cancel(self, order):
        order._action_cancel()
        self.assertEqual(self.asked(), [])

    def activities(self):
        return self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])

    def test_increase_twice(self):
        order = self.send()
        self.assertFollows(order, [(15, [10, 5]), (20, [10, 10])])
        lines = self.purchase_lines_of(self.part)
        self.assertEqual(lines.sorted("id").mapped("mto_needed_qty"), [10, 10])
        self.cancel(order)

    def test_decrease(self):
        order = self.send()
        self.assertFollows(order, [(15, [10, 5]), (12, [10, 2])])
        self.assertFalse(self.activities())
        self.assertFollows(order, [(8, [8])])
        self.assertIn("2 Units", self.activities().note)
        self.cancel(order)

    def test_cancel(self):
        order = self.send()
        self.assertFollows(order, [(15, [10, 5])])
        self.cancel(order)
        self.assertIn("asks for 10 Units of Part less", self.activities().note)

    def test_another_buyer(self):
        """A draft of another buyer gets no more, so there are two drafts: the last shrinks."""
        order = self.confirm(self.table, 10)
        self.purchase_lines_of(self.part).order_id.user_id = self.buyer
        steps = [(15, [10, 5]), (20, [10, 10]), (12, [10, 2]), (8, [8]), (9, [8, 1])]
        self.assertFollows(order, steps)
        self.cancel(order)

    def test_minimum(self):
        self.price.mto_minimum_qty = 12
        order = self.send()
        steps = [(15, [12, 12]), (20, [12, 12]), (30, [12, 18]), (20, [12, 12]), (12, [12])]
        self.assertFollows(order, steps)
        self.cancel(order)

    def test_minimum_and_a_little_more(self):
        self.price.mto_minimum_qty = 12
        order = self.send()
        order.order_line.product_uom_qty = 11
        self.cancel(order)

    def test_what_a_request_that_was_sent_has_to_spare(self):
        """It is for the need that it was asked for, before anything else is asked for that."""
        self.price.mto_minimum_qty = 12
        order = self.send()
        self.assertFollows(order, [(11, [12]), (12, [12]), (13, [12, 12]), (11, [12])])
        self.cancel(order)

    def test_dozens(self):
        self.price.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order = self.send()
        steps = [(15, [12, 12]), (25, [12, 24]), (24, [12, 12]), (12, [12])]
        self.assertFollows(order, steps)
        self.cancel(order)

    def test_two_orders_share_both(self):
        self.vendor.group_rfq = "all"
        first, second = self.send(), self.confirm(self.table, 4)
        self.purchase_lines_of(self.part).order_id.state = "sent"
        self.assertEqual(self.asked(), [10, 4])
        first.order_line.product_uom_qty = 13
        second.order_line.product_uom_qty = 6
        self.assertEqual(self.asked(), [10, 4, 5])
        first.order_line.product_uom_qty = 12
        self.assertEqual(self.asked(), [10, 4, 4])
        self.cancel_one(first, [4, 2])
        self.assertWhole(second)
        self.cancel(second)

    def cancel_one(self, order, asked):
        order._action_cancel()
        self.assertEqual(self.asked(), asked)

    def test_the_first_is_confirmed(self):
        order = self.send()
        self.assertFollows(order, [(15, [10, 5])])
        self.purchase_lines_of(self.part).sorted("id")[0].order_id.button_confirm()
        self.assertFollows(order, [(12, [10, 2]), (10, [10])])

    def test_surplus_is_shared_with_a_need_on_two_requests(self):
        """Twelve that are left over replace what the newer request asks for first."""
        other = self.confirm(self.table, 13)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        other.order_line.product_uom_qty = 1
        order = self.confirm(self.table, 10)
        requests = self.purchase_lines_of(self.part).order_id - purchase
        requests.user_id = self.buyer
        order.order_line.product_uom_qty = 15
        self.assertEqual(self.asked(), [13, 10, 5])
        purchase.action_mto_share_surplus()
        self.assertEqual(self.asked(), [13, 3])
        self.assertEqual(purchase.order_line.mto_surplus_qty, 0)
        self.assertWhole(order)

    def test_another_vendor_without_a_minimum(self):
        """The first vendor's minimum makes the share of the other one smaller than it asks."""
        self.price.mto_minimum_qty = 12
        order = self.confirm(self.table, 10)
        self.price.sequence = 9
        other = self.env["res.partner"].create({"name": "Other Vendor"})
        self.new_price(self.part, other, sequence=1)
        self.assertFollows(order, [(15, [12, 5])])
        self.cancel(order)
