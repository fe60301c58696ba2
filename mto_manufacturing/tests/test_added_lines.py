from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAddedLines(TableCase):
    """A line that is added to a confirmed order is planned and promised as the others were."""

    def add(self, order, product, quantity=1):
        known = order.order_line
        values = {"product_id": product.id, "product_uom_qty": quantity}
        order.order_line = [Command.create(values)]
        return order.order_line - known

    def new_slow(self):
        slow, part = self.new_product("Slow", "mto"), self.new_product("Part")
        self.new_price(part, self.vendor, delay=20)
        self.new_bom(slow, {part: 1}, produce_delay=4)
        return slow, part

    def test_its_documents_get_the_dates_of_its_plan(self):
        slow, part = self.new_slow()
        order = self.confirm(self.table)
        line = self.add(order, slow)
        self.assertEqual(line.mto_promise_date, at(24))
        self.assertEqual(line.mto_forecast_date, at(24))
        self.assertDates(slow, at(20), at(24))
        self.assertPurchase(part, at(20), at(0))
        delivery = line.move_ids.filtered(lambda move: not move.production_id)
        self.assertEqual((delivery.date, delivery.date_deadline), (at(24), at(24)))

    def test_the_order_is_promised_for_its_last_line(self):
        slow, _part = self.new_slow()
        order = self.confirm(self.table)
        self.assertEqual(order.mto_promise_date, at(16))
        kept = order.order_line
        self.add(order, slow)
        self.assertEqual(order.mto_promise_date, at(24))
        self.assertEqual(kept.mto_promise_date, at(16))

    def test_it_takes_only_what_the_others_left(self):
        slow, part = self.new_slow()
        self.put_in_stock(part, 3)
        order = self.confirm(slow, 2)
        line = self.add(order, slow, 2)
        plan = order._mto_get_plan()
        taken = [
            (node.supply, node.quantity)
            for node in plan.nodes
            if node.product_id == part.id and plan.demands[node.demand].line == 1
        ]
        self.assertEqual(taken, [(planner.STOCK, 1.0), (planner.PURCHASE, 1.0)])
        self.assertEqual(line.mto_promise_date, at(24))

    def test_a_line_from_stock_is_promised_nothing(self):
        order, plain = self.confirm(self.table), self.new_product("Plain")
        self.put_in_stock(plain, 5)
        line = self.add(order, plain)
        self.assertFalse(line.mto_promise_date)
        self.assertEqual(line.move_ids.state, "assigned")
        self.assertEqual(order.mto_promise_date, at(16))

    def test_to_an_order_without_goods(self):
        """As of a service: nothing was planned when it was confirmed."""
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        slow, part = self.new_slow()
        order = self.confirm(service)
        line = self.add(order, slow)
        self.assertEqual(line.mto_promise_date, at(24))
        self.assertEqual((order.mto_promise_date, order.mto_forecast_date), (at(24), at(24)))
        self.assertPurchase(part, at(20), at(0))

    def test_what_is_no_goods(self):
        """Notes, sections, and the down payments that invoicing adds."""
        order = self.confirm(self.table)
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
        order.order_line = [Command.create({"display_type": "line_note", "name": "Thanks"})]
        order.order_line.filtered("display_type").product_uom_qty = 0
        self.assertEqual(order.mto_promise_date, at(16))
        self.assertEqual(len(self.productions_of(self.table)), 1)

    def test_a_quantity_of_nothing_that_is_raised_later(self):
        slow, _part = self.new_slow()
        order = self.new_order({self.table: 1, slow: 0})
        order.action_confirm()
        line = order.order_line[1]
        line.product_uom_qty = 1
        self.assertEqual(line.mto_promise_date, at(24))
        self.assertDates(slow, at(20), at(24))

    def count_added(self, products):
        """The queries of adding a line for each of these products to a confirmed order."""
        order = self.confirm(self.table)
        lines = [Command.create({"product_id": product.id}) for product in products]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        # Core tells of each line in a message of its own.
        with patch.object(self.env.registry["sale.order"], "message_post"):
            order.order_line = lines
            self.env.flush_all()
        self.assertEqual(len(order.order_line), 1 + len(products))
        return self.env.cr.sql_log_count - before

    def test_many_lines_are_looked_at_together(self):
        """Whether they are made to order is asked once for all of them."""
        for strategy in ("mts", "mto"):
            with self.subTest(strategy=strategy):
                products = [self.new_product("P", strategy, vendor=True) for _n in range(25)]
                self.count_added(products[:1])  # fills the caches that a server always has
                few, many = self.count_added(products[:5]), self.count_added(products)
                each = (many - few) / 20  # core looks for analytic rules, quants, BoMs
                self.assertLessEqual(each, 6, f"{few} queries, then {many}")
