"""What the customer sees: a date for each line, and how far the order is; no more."""

from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestCustomerView(MtoCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor.name = "Secretive Supplies"
        cls.wood = cls.new_product("Wood", list_price=1.0)
        cls.new_price(cls.wood, cls.vendor, delay=10)
        cls.table = cls.new_product("Table", "mto", list_price=100.0)
        cls.oil = cls.new_product("Oil", list_price=5.0)
        cls.put_in_stock(cls.oil, 10)
        cls.new_bom(cls.table, {cls.wood: 2}, produce_delay=3)
        cls.order = cls.new_order({cls.table: 1, cls.oil: 1})
        cls.line = cls.order.order_line[0]

    def shown(self, date):
        options = {"widget": "date"}
        return self.env["ir.qweb.field.date"].value_to_html(date, options)

    def paper(self):
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html("sale.report_saleorder", self.order.ids)
        return html.fromstring(content)

    def portal(self):
        if self.order.state == "draft":
            self.order.action_quotation_sent()
        answer = self.url_open(self.order.get_portal_url())
        self.assertEqual(answer.status_code, 200)
        return html.fromstring(answer.text)

    def dates(self, page):
        found = page.xpath("//*[@name='mto_promise']/span")
        return [element.text_content().strip() for element in found]

    def milestones(self, page):
        """{key: whether it is done}"""
        return {
            item.get("data-milestone"): bool(item.xpath(".//*[contains(@class,'fa-check')]"))
            for item in page.xpath("//*[@data-milestone]")
        }

    def test_the_promise_of_each_line_on_paper_and_on_the_portal(self):
        date = self.shown(self.line.mto_promise_date)
        self.assertTrue(date)
        for page in (self.paper(), self.portal()):
            self.assertEqual(self.dates(page), [date])
            self.assertFalse(self.milestones(page))

    def test_no_date_is_told_of_what_cannot_be_supplied(self):
        """What is there earlier than the rest is not when the customer has the goods."""
        gem = self.new_product("Gem", "mto")
        self.table.bom_ids.bom_line_ids = [
            Command.create({"product_id": gem.id, "product_qty": 1})
        ]
        self.order = self.new_order({self.table: 1})
        self.assertTrue(self.order.mto_promise_date)
        for page in (self.paper(), self.portal()):
            self.assertEqual(self.dates(page), [])

    def test_nor_when_it_will_be_ready_while_something_is_missing(self):
        self.order.action_confirm()
        self.purchase_lines_of(self.wood).order_id.button_cancel()
        self.env.cr.flush()
        self.assertEqual(self.order.mto_promise_status, "blocked")
        told = {stage["key"]: stage["date"] for stage in self.order._mto_get_milestones()}
        self.assertTrue(told["confirmed"])
        self.assertEqual({told[key] for key in ("making", "ready", "shipped")}, {False})

    def test_the_company_may_keep_it_to_itself(self):
        self.company.mto_show_promise = False
        self.order.action_confirm()
        for page in (self.paper(), self.portal()):
            self.assertFalse(self.dates(page))
            self.assertFalse(self.milestones(page))

    def test_how_far_the_order_is(self):
        self.order.action_confirm()
        stages = ["confirmed", "ordered", "received", "making", "ready", "shipped"]
        self.assertDone(stages, 1)
        purchase = self.purchase_lines_of(self.wood).order_id
        purchase.button_confirm()
        self.assertDone(stages, 2)
        self.do(purchase.picking_ids)
        self.assertDone(stages, 3)
        production = self.productions_of(self.table)
        production.qty_producing = 1
        production._set_qty_producing()
        production.button_mark_done()
        self.assertDone(stages, 5)
        self.do(self.order.picking_ids)
        self.assertDone(stages, 6)

    def assertDone(self, stages, count):
        self.env.flush_all()
        page = self.portal()
        done = {stage: index < count for index, stage in enumerate(stages)}
        self.assertEqual(self.milestones(page), done)
        text = html.tostring(page.xpath("//*[@id='mto_milestones']")[0], encoding="unicode")
        for secret in (self.vendor.name, "WH/", "P0", self.wood.name):
            self.assertNotIn(secret, text)
        content = html.tostring(page.xpath("//*[@id='quote_content']")[0], encoding="unicode")
        for secret in (self.vendor.name, "/MO/", self.wood.name):
            self.assertNotIn(secret, content)
        dates = page.xpath(
            "//*[@data-milestone][.//*[contains(@class,'fa-circle-o')]]//small/span"
        )
        shown = [element.text_content() for element in dates]
        self.assertEqual(shown, sorted(shown, key=lambda day: (day[-4:], day)))

    def test_what_is_expected_is_in_the_order_in_which_it_can_happen(self):
        """A vendor comes later: nothing is made before, nor was it to be done yesterday."""
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.wood)
        purchase.order_id.date_order = fields.Datetime.now() - timedelta(days=9)
        self.assertEqual(self.expected()["ordered"], fields.Date.today())
        purchase.order_id.button_confirm()
        purchase.date_planned = fields.Datetime.now() + timedelta(days=40)
        self.env.cr.flush()  # as at the end of a request
        there = self.expected()
        self.assertEqual(list(there), ["received", "making", "ready", "shipped"])
        self.assertEqual(there["received"], purchase.date_planned.date())
        self.assertEqual(there["making"], there["received"])
        self.assertEqual((there["ready"] - there["making"]).days, 3)
        self.assertEqual(there["shipped"], self.order.mto_forecast_date.date())

    def expected(self):
        """{key: day} of the milestones that are to come."""
        return {
            stage["key"]: stage["date"].date()
            for stage in self.order._mto_get_milestones()
            if not stage["done"]
        }

    def do(self, pickings):
        for picking in pickings:
            picking.action_assign()
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking.move_ids.picked = True
            picking._action_done()

    def test_an_order_from_stock_has_no_milestones(self):
        self.order = self.new_order({self.oil: 1})
        self.order.action_confirm()
        self.assertFalse(self.milestones(self.portal()))
        self.assertFalse(self.dates(self.portal()))
