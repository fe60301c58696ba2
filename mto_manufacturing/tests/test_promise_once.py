from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-03-03 08:00:00")
class TestPromiseOnce(MtoCommon):
    """A quotation is planned once for each edit, and not at all to be looked at or saved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fast = cls.new_product("Fast", "mto")
        cls.new_price(cls.fast, cls.vendor, delay=2)
        cls.slow = cls.new_product("Slow", "mto")
        cls.new_price(cls.slow, cls.vendor, delay=9)
        cls.stocked = cls.new_product("Stocked", "mts_mto", vendor=True)
        cls.put_in_stock(cls.stocked, 5)

    def setUp(self):
        super().setUp()
        self.plans, self.planned = 0, None
        model = self.env.registry["mto.snapshot"]
        take = model._take

        def count(snapshot, order, lines=None):
            self.plans += 1
            self.planned = len(order.order_line if lines is None else lines)
            return take(snapshot, order, lines)

        self.startPatcher(patch.object(model, "_take", count))

    def count_plans(self):
        """The plans that were made since this was asked last."""
        self.env.flush_all()
        plans, self.plans = self.plans, 0
        return plans

    def test_an_edit_plans_once_and_its_save_never(self):
        order = self.new_order({self.fast: 1, self.stocked: 1})
        line = order.order_line[1]
        self.assertEqual(self.count_plans(), 1, "it was created")
        self.env.invalidate_all()
        form = self.form_of(order)
        self.assertFalse(line.mto_promise_date, "it is in stock")
        self.assertEqual(self.count_plans(), 0, "it was opened")
        with form.order_line.edit(1) as typed:
            typed.product_uom_qty = 6
        shown = form.order_line.edit(1).mto_promise_date
        self.assertTrue(shown, "one more has to be bought")
        self.assertEqual(self.count_plans(), 1, "the line, and the order shows the same")
        form.save()
        self.assertEqual(self.count_plans(), 0, "what was shown is saved")
        self.assertEqual(line.mto_promise_date, shown)
        line.product_uom_qty = 5
        self.assertFalse(line.mto_promise_date)
        self.assertEqual(self.count_plans(), 1, "a program shows nothing before it saves")

    def test_what_is_shown_already_asks_for_no_strategy(self):
        form = self.form_of(self.new_order({self.fast: 1, self.stocked: 1}))
        self.type(form, 1, 6)
        model = self.env.registry["mto.made.to.order"]
        with patch.object(model, "_is_any", side_effect=AssertionError("nothing has changed")):
            shown = form.order_line.edit(1).mto_promise_date
            form.save()
        self.assertTrue(shown)

    def type(self, form, place, quantity):
        """Type a quantity in a line; how many lines were planned for it."""
        with form.order_line.edit(place) as typed:
            typed.product_uom_qty = quantity
        return self.planned

    def shown(self, form, place):
        return fields.Datetime.to_datetime(form.order_line.edit(place).mto_promise_date)

    def test_typing_goes_on_with_the_lines_it_concerns(self):
        order = self.new_order({self.fast: 1, self.slow: 1, self.stocked: 1})
        form = self.form_of(order)
        self.assertEqual(self.type(form, 2, 6), 3, "nothing is known yet")
        self.assertEqual(self.type(form, 2, 5), 1)
        self.assertFalse(form.order_line.edit(2).mto_promise_date)
        self.assertEqual(self.type(form, 0, 3), 1)
        self.assertEqual(self.type(form, 2, 7), 1)
        self.count_plans()
        form.save()
        self.assertEqual(self.count_plans(), 0)
        self.assertEqual(order.mto_promise_kept, self.env["mto.promise"]._get_dates(order))
        self.assertEqual(order.mto_promise_date, order.order_line[1].mto_promise_date)

    def test_typing_concerns_lines_that_share_a_component(self):
        table, chair = self.new_product("Table", "mto"), self.new_product("Chair", "mto")
        leg = self.new_product("Leg", "mts_mto")
        self.new_price(leg, self.vendor, delay=4)
        self.put_in_stock(leg, 5)
        self.new_bom(table, {leg: 1, self.fast: 1})
        self.new_bom(chair, {leg: 1})
        order = self.new_order({table: 1, chair: 1, self.slow: 1})
        form = self.form_of(order)
        self.type(form, 2, 2)
        before = self.shown(form, 1)
        self.assertEqual(self.type(form, 0, 5), 3, "the table takes what the chair wants")
        self.assertGreater(self.shown(form, 1), before)
        self.assertEqual(self.type(form, 2, 3), 1)
        form.save()
        self.assertEqual(order.mto_promise_kept, self.env["mto.promise"]._get_dates(order))

    def test_typing_concerns_all_lines_where_vendors_are_chosen(self):
        """By who is in time for the order, also where it is another company that chooses."""
        for company in (self.company, self.env["res.company"].create({"name": "Other"})):
            with self.subTest(company=company.name):
                company.mto_vendor_choice = "cheapest"
                order = self.new_order({self.fast: 1, self.slow: 1})
                form = self.form_of(order)
                self.type(form, 0, 2)
                self.assertEqual(self.type(form, 0, 3), 2)
                company.mto_vendor_choice = "core"

    def test_what_was_shown_is_not_saved_for_something_else(self):
        order = self.new_order({self.stocked: 1})
        form = self.form_of(order)
        with form.order_line.edit(0) as typed:
            typed.product_uom_qty = 6
        # Somebody else changes the line meanwhile, and this form only changes its note.
        order.order_line.product_id = self.slow
        self.count_plans()
        form.save()
        order.invalidate_recordset()
        promised = order.order_line.mto_promise_date
        self.env["mto.promise"]._refresh_one(order)
        self.assertEqual(order.order_line.mto_promise_date, promised)

    def test_an_edit_shows_what_it_means_for_other_lines(self):
        order = self.new_order({self.fast: 1, self.stocked: 1})
        order.write({"order_line": [Command.create({"product_id": self.stocked.id})]})
        form = self.form_of(order)
        with form.order_line.edit(1) as typed:
            typed.product_uom_qty = 5
        self.assertTrue(form.order_line.edit(2).mto_promise_date, "the first takes all")
        with form.order_line.edit(1) as typed:
            typed.product_uom_qty = 4
        self.assertFalse(form.order_line.edit(2).mto_promise_date, "it leaves one")

    def test_a_new_line_is_planned(self):
        order = self.new_order({self.fast: 1})
        form = self.form_of(order)
        with form.order_line.new() as typed:
            typed.product_id = self.slow
        self.assertTrue(form.order_line.edit(1).mto_promise_date)
        form.save()
        fast, slow = order.order_line
        self.assertLess(fast.mto_promise_date, slow.mto_promise_date)
        self.assertEqual(order.mto_promise_date, slow.mto_promise_date)

    def test_what_was_shown_long_ago_is_planned_again(self):
        order = self.new_order({self.stocked: 1})
        form = self.form_of(order)
        with form.order_line.edit(0) as typed:
            typed.product_uom_qty = 6
        self.put_in_stock(self.stocked, 5)
        self.count_plans()
        with patch("odoo.addons.mto_manufacturing.models.mto_memo._FRESH", timedelta(0)):
            form.save()
        self.assertEqual(self.count_plans(), 1)
        self.assertFalse(order.order_line.mto_promise_date, "there is more in stock by now")
