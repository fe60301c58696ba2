"""One company sells what another one makes, and the order changes after its confirmation."""

from freezegun import freeze_time

from odoo.tests import tagged

from .. import planner
from .inter_company_case import InterCompanyCase


@tagged("post_install", "-at_install")
class TestInterCompanyChanges(InterCompanyCase):
    """What comes over the place between two companies is on its way, and comes once."""

    def sell(self, quantity):
        """A confirmed order for what the other company makes of two parts each."""
        self.connect("make_to_order")
        return self.confirm(self.product, quantity)

    def assertMade(self, order, quantity):
        """So much is made there, of parts that are bought there, and the order lacks nothing."""
        alive = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(alive.mapped("product_uom_qty")), quantity)
        bought = self.purchase_lines_of(self.part).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(bought.mapped("product_uom_qty")), 2 * quantity)
        self.assertLessEqual(alive.company_id | bought.company_id, self.maker)
        self.assertSupplied(order)

    def assertSupplied(self, order):
        """All that an order needs is on its way, and nothing is said to be missing."""
        plan = order._mto_get_plan()
        self.assertEqual(plan.gaps, ())
        self.assertFalse([node.key for node in plan.nodes if node.unpegged])
        self.assertFalse(order.mto_missing_supplies)

    def send_between(self, quantity):
        """The other company sends a part of what it has made, and the rest later."""
        picking = self.env["stock.picking"].search(
            [("state", "=", "assigned"), ("company_id", "=", self.maker.id)]
        )
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()

    def test_more_less_nothing_and_again(self):
        self.connect("make_to_order")
        order = self.new_order({self.product: 2})
        mine = self.as_seller(order)
        mine.action_confirm()
        mine.order_line.product_uom_qty = 5
        self.assertMade(order, 5)
        mine.order_line.product_uom_qty = 3
        self.assertMade(order, 3)
        mine._action_cancel()
        self.assertMade(order, 0)
        mine.action_draft()
        mine.action_confirm()
        self.assertMade(order, 3)
        self.run_chain(order)

    def test_each_time_in_a_request_of_its_own(self):
        """What a seller has read lacks what is hidden from it, also for what follows."""
        self.connect("make_to_order")
        self.change_in_requests(works_there=False)

    def test_who_works_there_and_has_not_chosen_it(self):
        self.connect("make_to_order")
        self.change_in_requests(works_there=True)

    def test_the_routes_alone_tell(self):
        self.product.supply_strategy = False
        self.connect_directly()
        self.change_in_requests(works_there=False)

    @freeze_time("2025-03-05 14:20:00")  # dates are computed from now
    def change_in_requests(self, works_there):
        order = self.new_order({self.product: 2})
        plan = planner.to_json(order._mto_make_plan())
        mine = self.as_seller(order, works_there)
        self.begin_request()
        for _time in range(2):  # also when it has been looked at
            self.assertTrue(mine._mto_has_make_to_order())
            self.assertEqual(planner.to_json(mine._mto_make_plan()), plan)
        self.begin_request()
        mine.action_confirm()
        self.assertFalse(order.activity_ids)
        self.assertMade(order, 2)
        for quantity in (5, 3):
            self.begin_request()
            mine.order_line.product_uom_qty = quantity
            self.assertMade(order, quantity)
        self.begin_request()
        mine._action_cancel()
        self.begin_request()
        mine.action_draft()
        mine.action_confirm()
        self.assertMade(order, 3)
        while self.buy() + self.move() + self.make(order):
            pass
        self.assertEqual(sum(self.sent(order).mapped("quantity")), 3)

    def begin_request(self):
        self.env.registry.clear_all_caches()
        self.env.invalidate_all()

    def test_less_at_once(self):
        order = self.sell(5)
        order.order_line.product_uom_qty = 3
        self.assertMade(order, 3)
        self.run_chain(order)

    def test_it_has_bought_and_made_and_sent_a_part(self):
        order = self.sell(4)
        self.buy()
        self.move()
        order.order_line.product_uom_qty = 6
        self.assertMade(order, 6)
        self.buy()
        self.move()
        self.make(order)
        self.send_between(3)
        self.assertSupplied(order)
        order.order_line.product_uom_qty = 4
        self.assertSupplied(order)
        order.order_line.product_uom_qty = 7
        self.assertSupplied(order)
        self.run_chain(order)

    def test_it_is_delivered_from_between(self):
        self.connect_directly()
        order = self.confirm(self.product, 2)
        order.order_line.product_uom_qty = 5
        self.assertMade(order, 5)
        order.order_line.product_uom_qty = 3
        self.assertMade(order, 3)
        while self.buy() + self.move() + self.make(order):
            pass
        self.assertEqual(sum(self.sent(order).mapped("quantity")), 3)

    def test_more_from_the_stock_of_the_other_company(self):
        self.connect("make_to_stock")
        self.put_in_stock(self.product, 9, self.factory.lot_stock_id)
        order = self.confirm(self.product, 2)
        order.order_line.product_uom_qty = 3
        self.run_chain(order)
        self.assertEqual(sum(self.sent(order).mapped("quantity")), 3)

    def test_the_delivery_is_cancelled_and_its_goods_are_supplied_again(self):
        order = self.sell(5)
        delivery = order.order_line.move_ids.filtered(
            lambda move: move.location_dest_usage == "customer"
        )
        delivery.picking_id.action_cancel()
        self.assertIn("5 Units of Thing", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertMade(order, 5)
        order.action_mto_supply_again()
        self.assertMade(order, 5)
        self.run_chain(order)

    def test_what_the_customer_sends_back_is_asked_for_again(self):
        order = self.sell(4)
        self.run_chain(order)
        self.send_back(order, 2)
        order.order_line.product_uom_qty = 6
        self.assertMade(order, 8)
        self.run_chain(order)

    def test_what_lies_between_does_not_count_as_delivered(self):
        order = self.sell(4)
        self.cancel_what_is_sent(order)
        order.action_confirm()
        self.assertSent(order, 4)

    def test_what_lies_between_for_the_customer_does_not_count_as_delivered(self):
        self.connect_directly()
        order = self.confirm(self.product, 4)
        self.cancel_what_is_sent(order)
        order.action_confirm()
        self.assertSent(order, 4)

    def assertSent(self, order, quantity):
        """Nothing is missing, and that much has left for the customer in the end."""
        self.assertFalse(order.mto_missing_supplies)
        while self.buy() + self.move() + self.make(order):
            pass
        self.assertEqual(sum(self.sent(order).mapped("quantity")), quantity)

    def cancel_what_is_sent(self, order):
        """Three of four lie between the companies when the order is cancelled."""
        self.buy()
        self.move()
        self.make(order)
        self.send_between(3)
        order._action_cancel()
        told = self.env["mail.activity"].search([("mto_order_id", "=", order.id)])
        self.assertIn("has sent 3 Units of Thing", str(told.mapped("note")))
        order.action_draft()
