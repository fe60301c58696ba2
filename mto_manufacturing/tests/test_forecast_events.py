from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from ..models import mto_refresh
from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestForecastEvents(TableCase):
    """What happens to a document shows in the forecast of the orders served, at once (N8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = new_test_user(cls.env, "mto_buyer", groups="purchase.group_purchase_user")

    def setUp(self):
        super().setUp()
        self.planned = []
        promise = self.env.registry["mto.promise"]
        refresh_one = promise._refresh_one

        def count(reader, order):
            self.planned.append(order)
            return refresh_one(reader, order)

        self.patch(promise, "_refresh_one", count)
        self.order = self.confirm(self.table)
        self.other = self.confirm(self.table)
        self.finish()
        self.assertFalse(self.planned, "what is being confirmed is planned already")
        self.wood_line = self.purchases_for(self.order, self.wood)

    def purchases_for(self, order, product):
        lines = self.purchase_lines_of(product)
        return lines.filtered(lambda line: line.mto_sale_line_ids == order.order_line)

    def finish(self):
        """What a request does at its end."""
        self.env.cr.flush()

    def assertForecast(self, date, late_days=0, status="fine"):
        self.finish()
        self.assertEqual(self.order.mto_forecast_date, date)
        self.assertEqual(self.order.order_line.mto_forecast_date, date)
        self.assertEqual(self.order.mto_late_days, late_days)
        self.assertEqual(self.order.mto_promise_status, status)
        self.assertEqual(self.order.order_line.mto_promise_status, status)
        self.assertEqual(set(self.planned), {self.order}, "and no other order")
        self.assertEqual(self.order.mto_promise_date, at(16))

    def test_a_vendor_confirms_another_date(self):
        self.wood_line.order_id.button_confirm()
        self.wood_line.with_user(self.buyer).date_planned = at(45)
        self.assertForecast(at(51), 35, "late")
        self.assertEqual(len(self.planned), 1, "once for all that is written together")
        receipt = self.wood_line.move_ids
        self.assertEqual((receipt.date, receipt.picking_id.scheduled_date), (at(45), at(45)))
        self.wood_line.date_planned = at(8)
        self.assertForecast(at(16))
        self.assertEqual(self.wood_line.move_ids.date, at(8))

    def test_a_date_in_a_request_for_quotation(self):
        self.wood_line.order_id.with_user(self.buyer).order_line.date_planned = at(20)
        self.assertForecast(at(26), 10, "late")
        self.wood_line.date_planned = at(20)
        self.planned.clear()
        self.finish()
        self.assertFalse(self.planned, "nothing has changed")

    def test_a_date_in_a_request_outlives_another_quantity(self):
        """A vendor who told a date has told it, for more and for less of the same."""
        order, line = self.order.order_line, self.wood_line
        self.new_price(self.wood, self.vendor, delay=10, price=0.5, min_qty=3)
        for date in (at(20), at(8)):
            line.date_planned = date
            for quantity in (3, 2, 1):
                with self.subTest(date=date, quantity=quantity):
                    order.product_uom_qty = quantity
                    self.assertEqual((line.product_qty, line.date_planned), (quantity, date))
                    self.assertEqual(line.price_unit, 0.5 if quantity == 3 else 1.0)

    def test_a_production_is_moved(self):
        self.productions_of(self.top)[0].date_start = at(15)
        self.assertForecast(at(21), 5, "late")

    def test_a_receipt_is_moved(self):
        self.wood_line.order_id.button_confirm()
        self.wood_line.move_ids.picking_id.scheduled_date = at(30)
        self.assertForecast(at(36), 20, "late")

    def test_an_order_in_time_because_its_date_is_late(self):
        self.order.commitment_date = at(40)
        self.finish()
        self.assertEqual(self.planned, [self.order], "once, though all of its documents move")
        self.wood_line.order_id.button_confirm()
        self.wood_line.date_planned = at(30)
        self.finish()
        self.assertEqual(self.order.mto_late_days, 0)
        self.assertEqual(self.order.mto_promise_status, "fine")

    def test_what_is_lost_blocks_until_it_is_supplied_again(self):
        orders = self.order | self.other
        self.purchase_lines_of(self.wood).order_id.button_cancel()
        self.finish()
        self.assertEqual(set(orders.mapped("mto_promise_status")), {"blocked"})
        self.assertTrue(all(orders.order_line.mapped("mto_is_blocked")))
        found = self.env["sale.order"].search([("mto_promise_status", "=", "blocked")])
        self.assertLessEqual(orders, found)
        self.order.action_mto_supply_again()
        self.finish()
        self.assertEqual(self.order.mto_promise_status, "fine")
        self.assertEqual(self.other.mto_promise_status, "blocked")
        self.put_in_stock(self.wood, 1)
        self.productions_of(self.top).move_raw_ids._action_assign()
        self.finish()
        self.assertFalse(self.other.mto_planned_at, "what was missing may be there")
        self.refresh_changed()
        self.assertEqual(self.other.mto_promise_status, "fine")

    def test_what_comes_is_looked_at_in_the_background(self):
        order = self.wood_line.order_id
        order.button_confirm()
        self.finish()
        self.planned.clear()
        picking = order.picking_ids
        picking.move_ids.quantity = picking.move_ids[0].product_uom_qty
        picking.move_ids.picked = True
        picking._action_done()
        self.finish()
        self.assertFalse(self.planned)
        self.assertFalse(self.order.mto_planned_at)
        self.refresh_changed()
        self.assertIn(self.order, self.planned)
        self.assertTrue(self.order.mto_planned_at)
        self.planned.clear()
        self.refresh_changed()
        self.assertFalse(self.planned, "nothing has happened since")

    def refresh_changed(self):
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["mto.refresh"]._cron_refresh_changed()

    def test_many_orders_at_once_follow_in_the_background(self):
        with patch.object(mto_refresh, "_AT_ONCE", 1):
            lines = self.purchase_lines_of(self.wood)
            lines.date_planned = at(20)
            self.finish()
        self.assertEqual(len(self.planned), 1)
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("mto_manufacturing.ir_cron_refresh_changed").id)]
        )
        self.assertTrue(triggers)
        self.refresh_changed()
        orders = self.order | self.other
        self.assertEqual(set(orders.mapped("mto_forecast_date")), {at(26)})

    def test_a_forecast_that_fails_stops_nobody(self):
        forecast = self.env.registry["mto.forecast"]
        with (
            patch.object(forecast, "_forecast", side_effect=ValueError),
            self.assertLogs("odoo.addons.mto_manufacturing.models.mto_refresh", "ERROR"),
        ):
            self.wood_line.date_planned = at(20)
            self.finish()
        self.assertEqual(self.wood_line.date_planned, at(20))
        self.assertFalse(self.order.mto_planned_at, "and it is looked at again")

    def test_a_greater_quantity(self):
        self.order.order_line.product_uom_qty = 2
        self.finish()
        self.assertEqual(self.planned, [self.order])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestForecastInSteps(TableCase):
    """What has come and is still to be put where it is kept is not there yet."""

    def finish(self, moves):
        for move in moves:
            move.quantity = move.product_uom_qty
        moves.picked = True
        moves.picking_id._action_done()

    def assertForecast(self, order, date):
        self.env.cr.flush()
        if not order.mto_planned_at:
            self.env["mto.promise"]._refresh_one(order)  # in the background
        self.assertEqual(order.mto_forecast_date, date)

    def test_what_has_come_is_stored_later(self):
        self.put_in_stock(self.leg, 8)
        for steps, promise in (("two_steps", at(18)), ("three_steps", at(20))):
            with self.subTest(steps=steps), freeze_time(NOW) as clock:
                self.warehouse.reception_steps = steps
                self.warehouse.reception_route_id.rule_ids.delay = 2
                order = self.confirm(self.table)
                self.assertEqual(order.mto_promise_date, promise)
                wood = self.purchase_lines_of(self.wood).filtered(
                    lambda line, order=order: line.mto_sale_line_ids == order.order_line
                )
                wood.order_id.button_confirm()
                clock.move_to(at(10))
                self.finish(wood.move_ids)
                self.assertForecast(order, promise)
                store = wood.move_ids.move_dest_ids
                store.picking_id.scheduled_date = at(30)
                more = 2 if steps == "three_steps" else 0
                self.assertForecast(order, at(36 + more))
                while store.location_dest_id != self.stock:
                    self.finish(store)
                    store = store.move_dest_ids
                self.finish(store)
                self.assertForecast(order, promise)

    def test_what_is_made_is_stored_later(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        store_rules = self.env["stock.rule"].search(
            [("location_src_id", "=", self.warehouse.sam_loc_id.id), ("action", "=", "push")]
        )
        store_rules.delay = 2
        self.put_in_stock(self.leg, 4)
        self.put_in_stock(self.top, 1)
        order = self.confirm(self.table)
        self.assertEqual(order.mto_promise_date, at(6))
        production = self.productions_of(self.table)
        self.finish(production.move_raw_ids.move_orig_ids)
        production.qty_producing = 1
        production._set_qty_producing()
        self.assertForecast(order, at(6))
        with freeze_time(at(3)):
            production.with_context(skip_consumption=True).button_mark_done()
            self.assertEqual(production.state, "done")
            self.assertForecast(order, at(6))
            store = production.move_finished_ids.move_dest_ids
            store.picking_id.scheduled_date = at(20)
            self.assertForecast(order, at(21))
            self.finish(store)
            self.assertForecast(order, at(4))
