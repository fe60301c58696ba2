from freezegun import freeze_time

from odoo.tests import tagged

from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDatesShared(TableCase):
    """A commitment that changes makes nothing later that another order waits for, too."""

    def forecast(self, order):
        self.env.cr.flush()  # what a request does at its end
        return order.mto_forecast_date

    # -- purchases ---------------------------------------------------------------------

    def share_wood(self, **vals):
        """Two orders whose wood is one line of one request."""
        self.vendor.group_rfq = "all"
        first = self.new_order({self.table: 1}, **vals)
        second = self.new_order({self.table: 1}, **vals)
        (first | second).action_confirm()
        line = self.purchase_lines_of(self.wood)
        self.assertEqual(line.mto_sale_line_ids, (first | second).order_line)
        return first, second

    def test_a_line_for_two_orders_stays_for_the_other(self):
        first, second = self.share_wood()
        second.commitment_date = at(30)
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertEqual(self.forecast(first), at(16))
        self.assertEqual(self.forecast(second), at(30))
        made = self.productions_of(self.top).filtered(
            lambda one: one.mto_sale_line_ids == second.order_line
        )
        self.assertEqual(made.date_start, at(24), "what is for one order alone follows it")

    def test_a_line_for_two_orders_is_moved_earlier(self):
        _first, second = self.share_wood(commitment_date=at(40))
        self.assertPurchase(self.wood, at(34), at(24))
        second.commitment_date = at(30)
        self.assertPurchase(self.wood, at(24), at(14))
        second.commitment_date = at(45)
        self.assertPurchase(self.wood, at(24), at(14))

    def test_a_line_is_not_later_because_it_is_too_late_already(self):
        """What nobody has ordered in time stays in sight of who orders it."""
        _first, second = self.share_wood()
        with freeze_time(at(2)):
            second.commitment_date = at(30)
            self.assertPurchase(self.wood, at(10), at(0))

    def test_a_line_that_no_other_order_waits_for_any_more(self):
        first, second = self.share_wood()
        first._action_cancel()
        second.commitment_date = at(30)
        self.assertPurchase(self.wood, at(24), at(14))

    def test_a_line_that_a_reordering_rule_has_joined(self):
        order = self.confirm(self.table)
        line = self.purchase_lines_of(self.wood)
        line.orderpoint_id = self.new_orderpoint(self.wood)
        order.commitment_date = at(30)
        self.assertPurchase(self.wood, at(10), at(0))

    def test_a_line_of_another_order_in_the_same_request(self):
        first, second = self.confirm(self.table), self.confirm(self.table)
        second.commitment_date = at(30)
        requests = self.purchase_lines_of(self.wood).order_id
        self.assertEqual(len(requests), 2)
        requests.action_merge()
        lines = self.purchase_lines_of(self.wood).filtered(lambda line: line.state == "draft")
        own = lines.filtered(lambda line: line.mto_sale_line_ids == first.order_line)
        other = lines - own
        self.assertEqual(own.order_id, other.order_id)
        second.commitment_date = at(40)
        self.assertEqual((own.date_planned, other.date_planned), (at(10), at(34)))
        self.assertEqual(own.order_id.date_order, at(0))
        first.commitment_date = at(20)
        self.assertEqual((own.date_planned, other.date_planned), (at(14), at(34)))

    def test_a_request_keeps_the_deadline_of_another_order(self):
        self.vendor.group_rfq = "all"
        self.confirm(self.table)
        glue = self.new_product("Glue", "mto")
        self.new_price(glue, self.vendor, delay=3)
        order = self.confirm(glue)
        self.assertPurchase(glue, at(3), at(0))
        order.commitment_date = at(30)
        self.assertPurchase(glue, at(30), at(0))
        self.assertPurchase(self.wood, at(10), at(0))

    # -- productions -------------------------------------------------------------------

    def merge_tops(self, *orders, start):
        """Two productions in one, for which a person says when it begins."""
        action = self.productions_of(self.top).action_merge()
        top = self.env["mrp.production"].browse(action["res_id"])
        self.assertEqual(top.mto_sale_line_ids, orders[0].order_line | orders[1].order_line)
        top.date_start = start
        top.date_deadline = top.date_finished
        return top

    def test_a_production_for_two_orders_stays_for_the_other(self):
        orders = self.confirm(self.table), self.confirm(self.table)
        top = self.merge_tops(*orders, start=at(10))
        before = top.date_start, top.date_finished, top.date_deadline
        orders[1].commitment_date = at(30)
        self.assertEqual((top.date_start, top.date_finished, top.date_deadline), before)
        wood = self.purchase_lines_of(self.wood).filtered(lambda line: line.state == "draft")
        self.assertEqual(set(wood.mapped("date_planned")), {at(10)}, "what it is made of, too")
        self.assertEqual(self.forecast(orders[0]), at(16))
        made = self.productions_of(self.table).filtered(
            lambda one: one.mto_sale_line_ids == orders[1].order_line
        )
        self.assertEqual(made.date_start, at(26))

    def test_a_production_is_not_later_because_it_is_too_late_already(self):
        orders = self.confirm(self.table), self.confirm(self.table)
        top = self.merge_tops(*orders, start=at(10))
        with freeze_time(at(2)):
            orders[1].commitment_date = at(30)
            dates = top.date_start, top.date_finished, top.date_deadline
            self.assertEqual(dates, (at(10), at(12), at(12)))

    def test_a_production_for_two_orders_is_moved_earlier(self):
        orders = [self.new_order({self.table: 1}, commitment_date=at(40)) for _number in range(2)]
        for order in orders:
            order.action_confirm()
        top = self.merge_tops(*orders, start=at(34))
        self.assertEqual((top.date_start, top.date_finished), (at(34), at(36)))
        orders[1].commitment_date = at(30)
        self.assertEqual((top.date_start, top.date_finished), (at(24), at(26)))
        self.assertEqual(top.date_deadline, at(26))
