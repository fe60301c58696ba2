from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAlerts(TableCase):
    """What is late or blocked, by cause, worst first; who sees what of it (N8, N24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "mto_seller", "sales_team.group_sale_salesman")
        cls.other_seller = new_test_user(cls.env, "mto_other", "sales_team.group_sale_salesman")
        cls.buyer = new_test_user(cls.env, "mto_buyer", "purchase.group_purchase_user")
        cls.keeper = new_test_user(cls.env, "mto_keeper", "stock.group_stock_user")
        cls.order = cls.new_order({cls.table: 1}, user_id=cls.seller.id)
        cls.order.action_confirm()
        cls.wood_line = cls.purchase_lines_of(cls.wood)
        cls.table_mo = cls.productions_of(cls.table)
        cls.top_mo = cls.productions_of(cls.top)

    def alerts(self, *orders, user=None):
        self.env.cr.flush()
        alerts = self.env["mto.alert"].with_user(user or self.env.user)
        return alerts.search([("order_id", "in", [order.id for order in orders or [self.order]])])

    def assertAlerts(self, *expected):
        """(cause, document, days behind), the worst first."""
        found = [(one.cause, one.document, one.days) for one in self.alerts()]
        self.assertEqual(found, list(expected))

    def test_nothing_is_told_of_an_order_in_time(self):
        self.assertAlerts()
        self.wood_line.order_id.button_confirm()
        with freeze_time(at(9)):
            self.assertAlerts(("order", self.purchase_lines_of(self.leg).order_id.name, 2))

    def test_a_vendor_who_is_late(self):
        purchase = self.wood_line.order_id
        purchase.button_confirm()
        self.wood_line.date_planned = at(15)
        self.assertAlerts(("vendor", purchase.name, 5))
        alert = self.alerts()
        self.assertEqual((alert.order_late_days, alert.lateness), (5, "5 days late"))
        self.assertEqual(alert.words, self.wood.display_name)
        self.assertEqual((alert.expected_date, alert.needed_date), (at(15).date(), at(10).date()))
        action = alert.action_open()
        self.assertEqual((action["res_model"], action["res_id"]), (purchase._name, purchase.id))
        self.assertEqual(self.alerts().id, alert.id, "the same row whenever it is asked for")

    def test_goods_that_should_have_come(self):
        self.wood_line.order_id.button_confirm()
        with freeze_time(at(13)):
            alerts = self.alerts()
            vendor = alerts.filtered(lambda one: one.cause == "vendor")
            self.assertEqual(vendor.mapped("days"), [3])
            # The top should have begun three days ago: it waits for the wood, and is not to blame.
            self.assertNotIn("production", alerts.mapped("cause"))

    def test_a_request_that_nobody_has_sent(self):
        with freeze_time(at(2)):
            self.assertAlerts(("order", self.wood_line.order_id.name, 2))

    def test_a_purchase_that_waits_for_approval(self):
        self.wood_line.order_id.state = "to approve"
        self.assertAlerts(("decision", self.wood_line.order_id.name, 0))

    def test_a_production_that_is_moved(self):
        self.table_mo.date_start = at(20)
        self.assertAlerts(("production", self.table_mo.name, 8))

    def test_a_production_that_could_have_begun(self):
        self.put_in_stock(self.wood, 1)
        order = self.new_order({self.top: {"product_uom_qty": 1, "supply_strategy": "mto"}})
        order.action_confirm()
        made = self.productions_of(self.top) - self.top_mo
        self.assertEqual(made.reservation_state, "assigned")
        self.assertFalse(self.alerts(order))
        with freeze_time(at(4)):
            alert = self.alerts(order)
            self.assertEqual((alert.cause, alert.document), ("production", made.name))
            self.assertEqual(alert.days, 4)

    def test_what_nothing_supplies_comes_first(self):
        self.purchase_lines_of(self.leg).order_id.button_cancel()
        self.table_mo.date_start = at(20)
        alerts = self.alerts()
        self.assertEqual(alerts.mapped("cause"), ["missing", "production"])
        blocked = alerts[0]
        self.assertEqual((blocked.document, blocked.lateness), (self.order.name, "Blocked"))
        self.assertIn(self.leg.name, blocked.words)
        self.order.action_mto_supply_again()
        self.assertNotIn("missing", self.alerts().mapped("cause"))

    def test_a_page_of_them_takes_as_many_queries_as_one(self):
        for _turn in range(4):
            self.new_order({self.table: 1}).action_confirm()
        self.purchase_lines_of(self.leg).order_id.button_cancel()
        self.env.cr.flush()
        found = self.env["mto.alert"].search([("cause", "=", "missing")])
        self.assertGreater(len(found), 4)
        costs = [self.count_queries(alerts) for alerts in (found[:1], found)]
        self.assertEqual(*costs)
        self.assertLess(costs[0], 30)
        # Nor is more read than is told: what waits for its supply is not.
        texts = self.env["mto.supply.text"]
        read = texts._find_waiting(found.order_id.order_line, texts._get_uncovered_domain())
        self.assertEqual(read.product_id, self.leg)

    def count_queries(self, alerts):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        for alert in alerts:
            self.assertIn(self.leg.name, alert.words)
        return self.env.cr.sql_log_count - before

    def test_a_decision_about_what_stays(self):
        purchase = self.wood_line.order_id
        purchase.button_confirm()
        purchase.user_id = self.buyer
        self.order.with_user(self.seller)._action_cancel()
        alert = self.alerts()
        self.assertEqual((alert.cause, alert.document), ("decision", purchase.display_name))
        self.assertIn(self.order.name, alert.words)
        activity = self.env["mail.activity"].search([("mto_order_id", "=", self.order.id)])
        activity.copy({"user_id": self.seller.id})
        self.assertEqual(self.alerts(), alert, "one row, whoever is asked")
        self.env["mail.activity"].search([("mto_order_id", "=", self.order.id)]).action_done()
        self.assertFalse(self.alerts())

    def test_two_decisions_about_one_document_are_one_row(self):
        purchase = self.wood_line.order_id
        for words in ("Changed once", "Changed twice"):
            activity = purchase.activity_schedule(summary=words, user_id=self.buyer.id)
            activity.mto_order_id = self.order
        self.assertEqual(self.alerts().mapped("cause"), ["decision"])
        self.assertEqual(len(self.alerts().ids), 1)

    def test_a_delivery_that_is_ready_and_not_made(self):
        self.put_in_stock(self.table, 1)
        order = self.new_order({self.table: {"product_uom_qty": 1, "supply_strategy": "mts_mto"}})
        order.action_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.state, "assigned")
        picking.scheduled_date = at(1)
        with freeze_time(at(4)):
            alert = self.alerts(order)
            self.assertEqual(alert.mapped("cause"), ["transfer"])
            self.assertEqual((alert.document, alert.days), (picking.name, 3))

    def test_a_date_that_nothing_could_keep(self):
        self.order.commitment_date = at(14)
        self.assertAlerts(("date", self.order.name, 2))

    def test_what_is_delivered_is_no_news(self):
        self.table_mo.date_start = at(20)
        self.assertTrue(self.alerts())
        picking = self.order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()
        self.assertFalse(self.alerts())
        self.assertFalse(self.order.mto_promise_status)

    # -- who sees what -----------------------------------------------------------------

    def test_who_sees_which_rows(self):
        purchase = self.wood_line.order_id
        purchase.button_confirm()
        self.wood_line.date_planned = at(15)
        self.table_mo.date_start = at(30)
        self.assertEqual(len(self.alerts()), 2)
        self.assertEqual(len(self.alerts(user=self.seller)), 2)
        self.assertFalse(self.alerts(user=self.other_seller), "not their order")
        self.assertEqual(len(self.alerts(user=self.keeper)), 2)
        bought = self.alerts(user=self.buyer)
        self.assertEqual(bought.mapped("document"), [purchase.name])
        portal = new_test_user(self.env, "mto_portal", "base.group_portal")
        for user in (portal, new_test_user(self.env, "mto_nobody", "base.group_user")):
            with self.assertRaises(AccessError):
                self.alerts(user=user)

    def test_another_company_sees_nothing(self):
        self.table_mo.date_start = at(30)
        company = self.env["res.company"].create({"name": "Another"})
        stranger = new_test_user(
            self.env,
            "mto_stranger",
            "sales_team.group_sale_manager,mrp.group_mrp_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.alerts(user=stranger))
        report = self.env["mto.promise.report"].with_user(stranger)
        self.assertFalse(report.search([("order_id", "=", self.order.id)]))

    def test_links_lead_only_where_one_may_go(self):
        purchase = self.wood_line.order_id
        purchase.button_confirm()
        self.wood_line.date_planned = at(15)
        alert = self.alerts()
        for user, model in (
            (self.seller, "sale.order"),
            (self.buyer, "purchase.order"),
            (self.keeper, "purchase.order"),
        ):
            self.assertEqual(alert.with_user(user).action_open()["res_model"], model)
        self.assertNotIn(self.vendor.name, str(alert.with_user(self.seller).read()))
        self.table_mo.date_start = at(30)
        (made,) = (one for one in self.alerts() if one.cause == "production")
        with self.assertRaises(UserError):
            made.with_user(self.buyer).action_open()

    # -- lists of documents ------------------------------------------------------------

    def test_documents_are_found_by_order_and_by_lateness(self):
        on_time = self.confirm(self.table)
        self.wood_line.date_planned = at(15)
        self.env.cr.flush()
        for name, user, mine in (
            ("mrp.production", self.keeper, self.table_mo),
            ("purchase.order.line", self.buyer, self.wood_line),
            ("purchase.order", self.buyer, self.wood_line.order_id),
        ):
            documents = self.env[name].with_user(user)
            by_name = documents.search([("mto_order_names", "ilike", self.order.name)])
            late = documents.search([("mto_customer_late_days", ">", 0)])
            self.assertIn(mine, by_name)
            self.assertEqual(by_name, late)
            others = documents.search([("mto_order_names", "not ilike", self.order.name)])
            self.assertTrue(others)
            self.assertFalse(others & by_name)
            self.assertEqual(mine.with_user(user).mto_customer_late_days, 5)
            self.assertIn(self.order.name, mine.with_user(user).mto_order_names)
            self.assertIn(on_time.name, ", ".join(others.mapped("mto_order_names")))

    def test_documents_are_grouped_by_what_they_are_for(self):
        documents = self.env["mrp.production"].with_user(self.keeper)
        groups = documents._read_group([], ["mto_sale_line_ids"], ["__count"])
        self.assertIn((self.order.order_line, 2), groups)
        for user, shown in ((self.buyer, False), (self.env.user, True)):
            arch = self.env["purchase.order.line"].with_user(user).get_view(view_type="search")
            self.assertEqual("group_mto_sale_line_ids" in arch["arch"], shown)

    def test_orders_are_filtered_and_grouped(self):
        self.wood_line.date_planned = at(15)
        self.env.cr.flush()
        orders = self.env["sale.order"].with_user(self.seller)
        self.assertEqual(orders.search([("mto_late_days", ">", 0)]), self.order)
        groups = orders._read_group([], ["mto_promise_status"], ["__count"])
        self.assertIn(("late", 1), groups)
        week = [
            ("mto_promise_date", ">=", "=week_start"),
            ("mto_promise_date", "<", "=week_start +1w"),
        ]
        self.assertFalse(orders.search(week))
        with freeze_time(at(15)):
            self.assertEqual(orders.search(week), self.order)

    # -- promised and real dates -------------------------------------------------------

    def test_promised_and_real_dates(self):
        report = self.env["mto.promise.report"]
        line = report.search([("order_id", "=", self.order.id)])
        self.assertEqual((line.status, line.delay), ("open", 0.0))
        self.assertEqual((line.promised_days, line.kept_rate), (16.0, 100.0))
        self.table_mo.date_start = at(20)
        self.env.cr.flush()
        line.invalidate_recordset()
        self.assertEqual((line.status, line.delay), ("open_late", 8.0))
        with freeze_time(at(17)):
            picking = self.order.picking_ids
            picking.move_ids.write({"quantity": 1, "picked": True})
            picking._action_done()
            self.env.cr.flush()
        line.invalidate_recordset()
        self.assertEqual((line.status, line.delay), ("broken", 2.0), "a day of shipping, too")
        self.order.commitment_date = at(18)
        self.env.cr.flush()
        line.invalidate_recordset()
        self.assertEqual((line.status, line.delay, line.kept_rate), ("kept", 0.0, 100.0))
        sums = report._read_group([("id", "=", line.id)], ["status"], ["delay:avg", "__count"])
        self.assertEqual(sums, [("kept", 0.0, 1)])
        self.assertEqual(len(report.with_user(self.seller).search([("id", "=", line.id)])), 1)
        self.assertFalse(report.with_user(self.other_seller).search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            report.with_user(self.buyer).search([])
