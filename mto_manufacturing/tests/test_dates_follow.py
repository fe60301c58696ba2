from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDatesFollow(TableCase):
    """N23: a commitment that changes takes along what has not started; the forecast."""

    def refresh(self):
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["mto.promise"]._cron_refresh()

    def test_a_later_commitment_moves_every_document(self):
        order = self.confirm(self.table)
        order.commitment_date = at(30)
        self.assertDates(self.table, at(26), at(29))
        self.assertDates(self.top, at(24), at(26))
        self.assertPurchase(self.wood, at(24), at(14))
        self.assertPurchase(self.leg, at(26), at(21))
        self.assertDelivery(order, at(29), at(30))
        self.assertEqual(order.mto_promise_date, at(16), "what was promised stays")
        self.assertEqual(order.mto_forecast_date, at(30))

    def test_and_back_again(self):
        order = self.confirm(self.table)
        order.commitment_date = at(30)
        order.commitment_date = False
        self.assertDates(self.table, at(12), at(15))
        self.assertPurchase(self.wood, at(10), at(0))
        self.assertDelivery(order, at(15), at(16))

    def test_each_line_keeps_what_it_was_promised_for(self):
        quick = self.new_product("Quick", "mts_mto")
        self.new_price(quick, self.env["res.partner"].create({"name": "Next Door"}), delay=3)
        self.put_in_stock(quick, 1)
        order = self.new_order({quick: 2, self.table: 1})
        planned = self.dates_of(order)
        order.action_confirm()
        self.assertEqual(self.dates_of(order), planned)
        order.commitment_date = at(30)
        self.assertPurchase(quick, at(30), at(27))
        order.commitment_date = False
        self.assertPurchase(quick, at(3), at(0))
        self.assertEqual(self.dates_of(order), planned)
        moves = order.order_line[0].move_ids
        self.assertEqual({move.date_deadline for move in moves}, {at(3)})

    def dates_of(self, order):
        """[(product, supply, its dates and slack)] of a plan."""
        names = ("product", "supply", "start", "end", "slack_days")
        nodes = self.env["mto.plan.face"]._iterate(order.get_mto_plan())
        return sorted(tuple(str(node[name]) for name in names) for node in nodes)

    def test_the_second_time_nothing_is_written(self):
        order = self.confirm(self.table)
        order.commitment_date = at(30)
        with patch.object(self.env.registry["mrp.production"], "write") as write:
            order.commitment_date = at(30)
        write.assert_not_called()

    def test_what_cannot_be_met_is_told_with_what_is_to_blame(self):
        order = self.confirm(self.table)
        with freeze_time(at(2)):
            order.commitment_date = at(6)
            self.assertDates(self.top, at(12), at(14))
            self.assertPurchase(self.wood, at(12), at(2))
            self.assertDelivery(order, at(17), at(6))
            body = order.message_ids[0].body
            self.assertIn("Wood", body)
            self.assertIn("12 days", body)
            self.assertTrue(order.mto_is_committed_late)
            plan = order.get_mto_plan()
            self.assertEqual(plan["lines"][0]["late_days"], 12)

    def test_what_has_started_stays(self):
        order = self.confirm(self.table)
        self.purchase_lines_of(self.wood).order_id.button_confirm()
        arrival = self.purchase_lines_of(self.wood).date_planned
        order.commitment_date = at(30)
        self.assertEqual(self.purchase_lines_of(self.wood).date_planned, arrival)
        self.assertDates(self.top, at(24), at(26))

    def test_a_salesperson_changes_the_date(self):
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id)
        order.action_confirm()
        order.with_user(seller).commitment_date = at(30)
        self.assertDates(self.table, at(26), at(29))

    def test_the_forecast_follows_a_late_vendor(self):
        order = self.confirm(self.table)
        purchase = self.purchase_lines_of(self.wood)
        purchase.order_id.button_confirm()
        self.refresh()
        self.assertEqual(order.mto_forecast_date, at(16))
        purchase.move_ids.date = at(45)
        self.refresh()
        self.assertEqual(order.mto_forecast_date, at(51))
        self.assertEqual(order.order_line.mto_forecast_date, at(51))
        self.assertEqual(order.mto_promise_date, at(16))
        self.assertEqual(order.get_mto_plan()["lines"][0]["late_days"], 35)

    def test_the_forecast_follows_the_days_that_pass(self):
        order = self.confirm(self.table)
        with freeze_time(at(4)):
            self.refresh()
            self.assertEqual(order.mto_forecast_date, at(20), "nobody has ordered the wood")

    def add_for_stock(self, purchase, date):
        """What a buyer adds to a purchase for the stock."""
        purchase.order_id.order_line = [
            Command.create({"product_id": self.wood.id, "product_qty": 100, "date_planned": date})
        ]

    def test_the_forecast_waits_for_no_line_that_is_for_the_stock(self):
        order = self.confirm(self.table)
        purchase = self.purchase_lines_of(self.wood)
        purchase.order_id.button_confirm()
        self.add_for_stock(purchase, at(45))
        self.refresh()
        self.assertEqual(order.mto_forecast_date, at(16))
        self.assertEqual(order.mto_promise_status, "fine")

    def test_the_forecast_counts_on_no_line_that_is_for_the_stock(self):
        order = self.confirm(self.table)
        purchase = self.purchase_lines_of(self.wood)
        self.add_for_stock(purchase, at(10))
        purchase.date_planned = at(45)
        self.refresh()
        self.assertEqual(order.mto_forecast_date, at(51))

    def test_what_is_made_is_there(self):
        order = self.confirm(self.table)
        self.put_in_stock(self.wood, 5)
        top = self.productions_of(self.top)
        top.move_raw_ids._do_unreserve()
        top.move_raw_ids.write({"procure_method": "make_to_stock"})
        top.action_assign()
        top.qty_producing = 1
        top.move_raw_ids.picked = True
        top.button_mark_done()
        self.assertEqual(top.state, "done")
        self.refresh()
        self.assertEqual(order.mto_forecast_date, at(16))
        plan = order._mto_get_plan()
        for node in plan.nodes:
            if node.document and node.document.state == "done":
                self.assertEqual(node.document.id, top.id)
        self.assertGreaterEqual(min(node.slack_days for node in plan.nodes), 0)

    def test_what_a_form_may_show(self):
        order = self.confirm(self.table)
        face = order.get_mto_plan()
        (node,) = face["lines"][0]["supplies"]
        self.assertEqual(node["start"], at(12).isoformat())
        self.assertEqual(node["document"]["model"], "mrp.production")
        self.assertEqual(face["promise_date"], at(16).isoformat())

    def test_dates_cost_what_a_plan_costs(self):
        order = self.confirm(self.table)
        order._mto_get_plan()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order._mto_get_plan()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 140)
