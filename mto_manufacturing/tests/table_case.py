from datetime import timedelta

from odoo import fields

from .common import MtoCommon

NOW = "2025-03-03 08:00:00"  # a Monday


def at(days=0, hours=0):
    """The moment so many days after now."""
    return fields.Datetime.to_datetime(NOW) + timedelta(days=days, hours=hours)


class TableCase(MtoCommon):
    """The worked example of the README, and what it says of dates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wood = cls.new_product("Wood")
        cls.price = cls.new_price(cls.wood, cls.vendor, delay=10)
        cls.other_vendor = cls.env["res.partner"].create({"name": "Other vendor"})
        cls.leg = cls.new_product("Leg")
        cls.new_price(cls.leg, cls.other_vendor, delay=5)
        cls.put_in_stock(cls.leg, 1)
        cls.top = cls.new_product("Top")
        cls.table = cls.new_product("Table", "mto", sale_delay=1)
        cls.new_bom(cls.top, {cls.wood: 1}, produce_delay=2)
        cls.new_bom(cls.table, {cls.top: 1, cls.leg: 4}, produce_delay=3)

    def assertDates(self, product, start, end):
        production = self.productions_of(product)
        self.assertEqual((production.date_start, production.date_finished), (start, end))
        self.assertEqual(production.date_deadline, end)
        self.assertEqual(set(production.move_raw_ids.mapped("date")), {start})
        self.assertEqual(production.move_finished_ids.date, end)

    def assertPurchase(self, product, planned, ordered):
        line = self.purchase_lines_of(product)
        self.assertEqual((line.date_planned, line.order_id.date_order), (planned, ordered))

    def assertDelivery(self, order, scheduled, deadline):
        (move,) = order.picking_ids.move_ids
        self.assertEqual((move.date, move.date_deadline), (scheduled, deadline))
        self.assertEqual(order.picking_ids.scheduled_date, scheduled)
