"""What vendors were asked to ship to the customer, and less of it is wanted."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
class TestDropRequests(ChainCase):
    """As any request: it shrinks with its need, and who has sent it is told."""

    def setUp(self):
        super().setUp()
        self.route = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.buyer = new_test_user(self.env, "mto_drop_buyer", "purchase.group_purchase_user")
        self.product = self.new_product("Thing", vendor=True, route_ids=self.route.ids)

    def requests(self, product=None):
        lines = self.purchase_lines_of(product or self.product)
        return lines.filtered(lambda line: line.state != "cancel").sorted("id")

    def send(self, lines):
        """The vendor has seen these requests."""
        lines.order_id.write({"user_id": self.buyer.id, "state": "sent"})

    def order_sent(self, quantity):
        order = self.confirm(self.product, quantity)
        self.send(self.requests())
        return order

    def order_unapproved(self, quantity):
        """A request that its buyer has confirmed, and somebody is still to approve."""
        order = self.order_sent(quantity)
        self.requests().order_id.state = "to approve"
        return order

    def assertAsked(self, *quantities):
        self.assertEqual(self.requests().mapped("product_qty"), list(quantities))

    def assertTold(self, request, quantity, name="Thing"):
        """The buyer is told once, on the request, by how much less it asks for."""
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual((activity.res_model, activity.res_id), (request._name, request.id))
        self.assertIn(f"asks for {quantity} Units of {name} less", activity.note)
        self.assertEqual(activity.note.count("Tell the vendor"), 1)
        activity.unlink()

    def test_less_of_a_request_that_was_sent(self):
        order = self.order_sent(5)
        request = self.requests().order_id
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman_all_leads")
        order.with_user(seller).order_line.product_uom_qty = 3
        self.assertAsked(3)
        self.assertTold(request, 2)
        self.assertEqual(request.state, "sent")
        request.button_confirm()
        self.run_chain(order)

    def test_nothing_is_left_of_a_request_that_was_sent(self):
        order = self.order_sent(5)
        request = self.requests().order_id
        order.order_line.product_uom_qty = 0
        self.assertEqual(request.state, "cancel")
        self.assertTold(request, 5)
        self.assertFalse(order.activity_ids)

    def test_drafts_go_first(self):
        order = self.order_sent(5)
        request = self.requests().order_id
        order.order_line.product_uom_qty = 8
        self.assertAsked(5, 3)
        order.order_line.product_uom_qty = 4
        self.assertAsked(4)
        self.assertTold(request, 1)

    def test_more_is_asked_for_where_a_rule_cancels_what_comes_next(self):
        self.route.rule_ids.propagate_cancel = True
        order = self.confirm(self.product, 5)
        order.order_line.product_uom_qty = 8
        self.assertAsked(8)

    def test_a_later_request_was_sent_and_an_earlier_one_not(self):
        order = self.confirm(self.product, 5)
        first = self.requests()
        first.order_id.user_id = self.env.ref("base.user_admin")  # a draft of another buyer
        order.order_line.product_uom_qty = 8
        self.send(self.requests() - first)
        order.order_line.product_uom_qty = 6
        self.assertAsked(3, 3)
        self.assertFalse(self.env["mail.activity"].search([("user_id", "=", self.buyer.id)]))

    def test_a_cancelled_order_takes_back_what_was_sent(self):
        order = self.order_sent(5)
        request = self.requests().order_id
        order._action_cancel()
        self.assertEqual(request.state, "cancel")
        self.assertTold(request, 5)
        self.assertFalse(order.activity_ids)

    def test_one_buyer_is_told_once_of_a_cancelled_order(self):
        """Of what a vendor was to ship, and of what was to come to the stock."""
        other = self.new_product("Other", "mto", vendor=True)
        order = self.new_order({self.product: 5, other: 2})
        order.action_confirm()
        self.send(self.requests() | self.requests(other))
        order._action_cancel()
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual(len(activity), 1)
        self.assertIn("5 Units of Thing", activity.note)
        self.assertIn("2 Units of Other", activity.note)

    def test_parts_of_a_kit_that_were_asked_for(self):
        kit = self.new_product("Kit", route_ids=self.route.ids)
        self.new_bom(kit, {self.product: 2}, type="phantom")
        order = self.confirm(kit, 5)
        self.send(self.requests())
        order.order_line.product_uom_qty = 3
        self.assertAsked(6)
        self.assertTold(self.requests().order_id, 4)

    def test_what_one_vendor_does_not_sell_less_of_is_asked_of_the_others(self):
        """A vendor's boxes keep a request as it is; another one gives all."""
        order = self.confirm(self.product, 100)
        price = self.product.seller_ids
        price.partner_id = self.env["res.partner"].create({"name": "Other Vendor"})
        price.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.new_price(self.product, self.vendor, sequence=99)
        order.order_line.product_uom_qty = 112
        self.assertAsked(100, 1)
        order.order_line.product_uom_qty = 105
        self.assertAsked(93, 1)
        order.order_line.product_uom_qty = 92
        self.assertAsked(92)

    def assertToldToApprove(self, request, quantity):
        """Who looks after the request is told, once, that nobody has ordered it yet."""
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual((activity.res_model, activity.res_id), (request._name, request.id))
        self.assertIn(f"asks for {quantity} Units of Thing", activity.note)
        self.assertIn("waits to be approved", activity.note)
        self.assertNotIn("is ordered", activity.note)
        activity.unlink()

    def test_less_of_what_is_to_be_approved(self):
        order = self.order_unapproved(5)
        request = self.requests().order_id
        order.order_line.product_uom_qty = 3
        self.assertAsked(5)
        self.assertToldToApprove(request, 2)
        order.order_line.product_uom_qty = 2
        self.assertToldToApprove(request, 1)
        order.order_line.product_uom_qty = 4
        self.assertAsked(5)
        self.assertFalse(request.activity_ids)

    def test_a_draft_goes_before_what_is_to_be_approved(self):
        order = self.order_unapproved(5)
        request = self.requests().order_id
        order.order_line.product_uom_qty = 8
        self.assertAsked(5, 3)
        order.order_line.product_uom_qty = 4
        self.assertAsked(5)
        self.assertToldToApprove(request, 1)

    def test_an_order_is_cancelled_of_which_a_request_is_to_be_approved(self):
        order = self.order_unapproved(5)
        request = self.requests().order_id
        order._action_cancel()
        self.assertEqual(request.state, "to approve")
        self.assertToldToApprove(request, 5)

    def test_less_of_what_is_ordered(self):
        """The vendor ships it all, and somebody has to agree on less."""
        order = self.order_sent(5)
        request = self.requests().order_id
        request.button_confirm()
        order.order_line = [Command.update(order.order_line.id, {"product_uom_qty": 3})]
        self.assertAsked(5)
        activity = self.env["mail.activity"].search([("res_model", "=", "purchase.order")])
        self.assertEqual((activity.user_id, activity.res_id), (self.buyer, request.id))
        self.assertIn("ships 2 Units of Thing too much to the customer", activity.note)

    def test_another_quantity_is_no_reason_for_another_date(self):
        """The vendor has told when, later or earlier than it is wanted."""
        for state in ("draft", "sent"):
            for days in (40, -1):
                for quantity in (3, 8):
                    with self.subTest(state=state, days=days, quantity=quantity):
                        self.assertDateStays(state, days, quantity)

    def test_another_quantity_where_something_else_is_on_its_way(self):
        for quantity in (3, 8):
            with self.subTest(quantity=quantity):
                self.assertDateStays("draft", 40, quantity, self.new_product("Stocked"))

    def assertDateStays(self, state, days, quantity, besides=None):
        """The date that a vendor has told stays, whatever the order asks for."""
        self.product = self.new_product("Thing", vendor=True, route_ids=self.route.ids)
        order = self.new_order({self.product: 5, **({besides: 1} if besides else {})})
        order.action_confirm()
        request = self.requests()
        request.order_id.state = state
        request.date_planned += timedelta(days=days)
        date = request.date_planned
        order.order_line[0].product_uom_qty = quantity
        self.assertEqual(request.date_planned, date)
        self.assertEqual(sum(self.requests().mapped("product_qty")), quantity)
        self.assertEqual(len(self.requests()), 2 if quantity > 5 and state == "sent" else 1)

    # -- also made, sent back or exchanged -------------------------------------------------

    def ship(self):
        self.buy()
        ready = self.env["stock.picking"].search([("state", "=", "assigned")])
        for picking in ready.filtered("is_dropship"):
            picking.move_ids.picked = True
            picking._action_done()

    def assertAskedFor(self, order, steps):
        """{ordered: what vendors are asked for in all}, one after the other."""
        for quantity, asked in steps.items():
            order.order_line.product_uom_qty = quantity
            self.assertEqual(sum(self.requests().mapped("product_qty")), asked, f"for {quantity}")
            order.action_mto_supply_again()
            self.assertEqual(sum(self.requests().mapped("product_qty")), asked, f"for {quantity}")

    def test_what_was_made_is_shipped_by_vendors_from_now_on(self):
        self.product = self.new_product("Desk", "mto", vendor=True)
        self.new_bom(self.product, {self.new_product("Part", vendor=True): 1})
        order = self.confirm(self.product, 5)
        self.product.supply_strategy = False
        self.product.route_ids = self.route
        production = self.productions_of(self.product)
        self.assertAskedFor(order, {8: 3, 9: 4, 12: 7, 7: 2})
        self.assertEqual(production.product_qty, 5)
        self.assertAskedFor(order, {4: 0, 6: 2})
        self.assertEqual(production.product_qty, 4)
        self.assertFalse(order._mto_get_plan().gaps)
        self.run_chain(order)

    def test_what_is_exchanged_stays_when_more_is_ordered(self):
        for refund in (False, True):
            with self.subTest(refund=refund):
                self.product = self.new_product("Thing", vendor=True, route_ids=self.route.ids)
                order = self.confirm(self.product, 10)
                self.ship()
                self.send_back(order, 4, "action_create_exchanges", to_refund=refund)
                self.assertAskedFor(order, {10: 14, 12: 16, 11: 15})
                self.assertFalse(order.mto_missing_supplies)

    def test_what_came_back_is_shipped_when_more_is_ordered(self):
        """As of what is delivered from the stock."""
        order = self.confirm(self.product, 10)
        self.ship()
        self.send_back(order, 3)
        self.assertAskedFor(order, {7: 10, 9: 12})

    def test_what_vendors_ship_is_made_from_now_on(self):
        order = self.confirm(self.product, 5)
        self.product.route_ids = False
        self.product.supply_strategy = "mto"
        self.new_bom(self.product, {self.new_product("Part", vendor=True): 1})
        self.assertAskedFor(order, {8: 5, 9: 5, 6: 2})
        production = self.productions_of(self.product)
        self.assertEqual(production.product_qty, 4)
        self.assertAskedFor(order, {4: 0, 2: 0})
        self.assertEqual(production.product_qty, 2)
        self.run_chain(order)

    def test_a_request_is_cancelled_of_what_was_made_before(self):
        self.product = self.new_product("Desk", "mto", vendor=True)
        self.new_bom(self.product, {self.new_product("Part", vendor=True): 1})
        order = self.confirm(self.product, 5)
        self.product.supply_strategy = False
        self.product.route_ids = self.route
        order.order_line.product_uom_qty = 8
        self.requests().order_id.button_cancel()
        self.assertIn("3 Units of Desk", order.mto_missing_supplies)
        for _time in range(2):
            order.action_mto_supply_again()
            self.assertAsked(3)
            self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)
        self.send_back(order, 2)
        self.assertFalse(order.mto_missing_supplies)
        order.order_line.product_uom_qty = 9
        self.assertAsked(3, 3)


@tagged("post_install", "-at_install")
class TestDropPlans(ChainCase):
    """What a vendor ships for an order line is a line of its own, which the plan knows."""

    def setUp(self):
        super().setUp()
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.product = self.new_product("Thing", vendor=True, route_ids=route.ids)
        self.product.seller_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")

    def assertAsPlanned(self, order, *surpluses):
        plan = self.confirm_as_planned(order)
        self.assertEqual([node.purchase.quantity for node in plan.nodes], [12] * len(surpluses))
        for tree in (plan, order._mto_get_plan()):
            found = [node.surplus for node in tree.nodes]
            self.assertEqual(found, list(surpluses))

    def test_requests_of_other_orders(self):
        self.vendor.group_rfq = "all"
        for _order in range(2):
            self.assertAsPlanned(self.new_order({self.product: 5}), 7)
        self.assertEqual(self.purchase_lines_of(self.product).mapped("product_qty"), [1, 1])

    def new_two_lines(self, **vals):
        order = self.new_order({self.product: 5})
        order.order_line = [Command.create({"product_id": self.product.id, **vals})]
        return order

    def test_two_lines_of_an_order(self):
        self.assertAsPlanned(self.new_two_lines(product_uom_qty=4), 7, 8)

    def test_two_lines_in_different_units(self):
        pack = self.env.ref("uom.product_uom_pack_6")
        order = self.new_two_lines(product_uom_qty=1, product_uom_id=pack.id)
        self.assertAsPlanned(order, 7, 6)
