"""The same need asked of several vendors, of whom a buyer chooses one."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
class TestAlternativeRequests(ChainCase):
    """Each follows the need by itself; none counts beside the others."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.partner"].create({"name": "Other Vendor"})
        self.buyer = new_test_user(self.env, "mto_alt_buyer", "purchase.group_purchase_user")
        self.part = self.new_product("Part", vendor=True)
        self.new_price(self.part, self.other, sequence=99)
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.table, {self.part: 1})

    @property
    def vendors(self):
        return self.vendor | self.other

    def ask_other(self, product, quantity=10):
        """An order of which another vendor is asked for what is bought, too."""
        order = self.confirm(product, quantity)
        request = self.purchase_lines_of(self.part).order_id
        request.user_id = self.buyer
        wizard = self.env["purchase.requisition.create.alternative"].create(
            {"origin_po_id": request.id, "partner_ids": [Command.set(self.other.ids)]}
        )
        wizard.action_create_alternative()
        return order, request, request.alternative_po_ids - request

    def requests(self):
        lines = self.purchase_lines_of(self.part).filtered(lambda line: line.state != "cancel")
        return lines.sorted("id")

    def assertAsked(self, order, *quantities):
        self.assertEqual(self.requests().mapped("product_qty"), list(quantities))
        if order.state != "cancel":
            plan = order._mto_get_plan()
            self.assertEqual(plan.gaps, ())
            self.assertEqual([node for node in plan.nodes if node.unpegged], [])

    def test_less_is_needed(self):
        order, _request, _other = self.ask_other(self.table)
        self.assertAsked(order, 10, 10)
        self.assertEqual(self.requests().mapped("mto_needed_qty"), [10, 10])
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 8, 8)
        order._action_cancel()
        self.assertAsked(order)

    def test_vendors_who_have_seen_them_are_told(self):
        order, request, other = self.ask_other(self.table)
        (request | other).state = "sent"
        order.order_line.product_uom_qty = 8
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual(activity.note.count("2 Units of Part"), 2)

    def test_more_is_needed_than_any_of_them_brings(self):
        """What is left of one of them is not left beside what the others bring."""
        order, request, other = self.ask_other(self.table)
        (request | other).state = "sent"
        order.order_line.product_uom_qty = 12
        self.assertAsked(order, 10, 10, 2)
        order.order_line.product_uom_qty = 9
        self.assertAsked(order, 9, 9)

    def test_the_other_vendor_is_chosen(self):
        order, request, other = self.ask_other(self.table)
        other.order_line.action_choose()
        self.assertAsked(order, 0, 10)
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 0, 8)
        self.assertFalse(order.activity_ids)
        other.with_context(skip_alternative_check=True).button_confirm()
        self.run_chain(order)

    def test_the_other_vendor_is_chosen_and_the_first_request_cancelled(self):
        order, request, other = self.ask_other(self.table)
        order.order_line.product_uom_qty = 8
        warning = self.env["purchase.requisition.alternative.warning"].create(
            {"po_ids": other.ids, "alternative_po_ids": request.ids}
        )
        warning.action_cancel_alternatives()
        self.assertAsked(order, 8)
        self.assertFalse(order.activity_ids)
        self.run_chain(order)

    def test_a_buyer_divides_a_need_among_vendors(self):
        """Together they ask for no more: neither stands for the other."""
        order, request, other = self.ask_other(self.table)
        request.order_line.product_qty = 6
        other.order_line.product_qty = 4
        self.assertAsked(order, 6, 4)
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 6, 2)

    def test_one_of_them_is_ordered_and_the_other_kept(self):
        order, request, other = self.ask_other(self.table)
        request.with_context(skip_alternative_check=True).button_confirm()
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 10, 8)
        order._action_cancel()
        self.assertAsked(order, 10)

    def ship(self, quantity):
        """The same of what vendors are to ship to the customer."""
        self.part.route_ids = self.env.ref("stock_dropshipping.route_drop_shipping")
        return self.ask_other(self.part, quantity)

    def test_less_is_to_be_shipped(self):
        order, request, other = self.ship(10)
        (request | other).state = "sent"
        self.assertAsked(order, 10, 10)
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 8, 8)
        activities = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual("".join(activities.mapped("note")).count("2 Units of Part"), 2)
        order._action_cancel()
        self.assertAsked(order)

    def test_more_is_to_be_shipped(self):
        order, _request, _other = self.ship(10)
        order.order_line.product_uom_qty = 12
        self.assertAsked(order, 10, 10, 2)
        order.order_line.product_uom_qty = 9
        self.assertAsked(order, 9, 9)
        order.order_line.product_uom_qty = 0
        self.assertAsked(order)

    def test_both_are_to_ship(self):
        order, request, other = self.ship(10)
        for one in request | other:
            one.with_context(skip_alternative_check=True).button_confirm()
        order.order_line.product_uom_qty = 20
        self.assertAsked(order, 10, 10)
        order.order_line.product_uom_qty = 22
        self.assertAsked(order, 10, 10, 2)

    def test_what_is_to_be_shipped_is_divided_among_vendors(self):
        order, request, other = self.ship(10)
        request.order_line.product_qty = 6
        other.order_line.product_qty = 4
        order.order_line.product_uom_qty = 8
        self.assertAsked(order, 6, 2)
