from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReasons(TableCase):
    """Why each supply of a plan is there when it is, in words."""

    def get_reasons(self, order):
        """{(product, supply): sentence} of an order's plan."""
        reasons = {}
        waiting = [node for line in order.get_mto_plan()["lines"] for node in line["supplies"]]
        while waiting:
            node = waiting.pop()
            reasons[node["product"], node["supply"]] = node["reason"]["text"]
            waiting += node["supplies"]
        return reasons

    def test_the_worked_example(self):
        order = self.new_order({self.table: 1})
        self.assertEqual(
            self.get_reasons(order),
            {
                ("Table", "production"): (
                    "Made in 3 days once Top is here on Mar 15, ready on Mar 18."
                ),
                ("Top", "production"): (
                    "Made in 2 days once Wood is here on Mar 13, ready on Mar 15."
                ),
                ("Wood", "purchase"): (
                    "Bought from Vendor, ordered today, 10 days, here on Mar 13."
                ),
                ("Leg", "stock"): "Free stock covers it.",
                ("Leg", "purchase"): (
                    "Bought from Other vendor, ordered on Mar 10, 5 days, here on Mar 15."
                ),
            },
        )
        order.action_confirm()
        self.purchase_lines_of(self.wood).order_id.button_confirm()
        reasons = self.get_reasons(order)
        self.assertEqual(reasons["Wood", "purchase"], "Bought from Vendor, here on Mar 13.")
        self.assertEqual(
            reasons["Leg", "purchase"],
            "Bought from Other vendor, ordered on Mar 10, 5 days, here on Mar 15.",
        )

    def test_other_supplies(self):
        self.company.mto_count_receipts = True
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.leg.id, "product_qty": 3, "date_planned": at(4)}
                    )
                ],
            }
        )
        purchase.button_confirm()
        self.wood.seller_ids.unlink()
        nail = self.new_product("Nail", vendor=True)
        nail.seller_ids.delay = 300
        self.env["stock.warehouse.orderpoint"].create({"product_id": nail.id})
        self.new_bom(self.wood, {nail: 1})
        reasons = self.get_reasons(self.new_order({self.table: 1}))
        self.assertEqual(
            reasons["Leg", "receipt"], f"Expected anyway on {purchase.name}, here on Mar 7."
        )
        self.assertEqual(
            reasons["Nail", "reordering"], "A reordering rule brings it, here on Dec 28."
        )
        self.assertEqual(
            reasons["Wood", "production"],
            "Made in 1 hour once Nail is here on Dec 28, ready on Dec 28.",
        )
        nail.seller_ids.delay = 310
        reasons = self.get_reasons(self.new_order({self.table: 1}))
        self.assertEqual(
            reasons["Nail", "reordering"], "A reordering rule brings it, here on Jan 7, 2026."
        )

    def test_a_production_is_ready_after_what_it_waits_for(self):
        order = self.confirm(self.table)
        purchase = self.purchase_lines_of(self.wood)
        purchase.order_id.button_confirm()
        purchase.date_planned = at(40)
        self.assertEqual(
            self.get_reasons(order)["Top", "production"],
            "Made in 2 days once Wood is here on Apr 12, ready on Apr 14.",
        )

    def test_a_salesperson_is_not_told_who_sells_it(self):
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id).with_user(seller)
        reasons = self.get_reasons(order)
        self.assertEqual(
            reasons["Wood", "purchase"], "Bought, ordered today, 10 days, here on Mar 13."
        )
        order.action_confirm()
        self.assertFalse([text for text in self.get_reasons(order).values() if "endor" in text])

    def test_in_the_time_zone_of_the_reader(self):
        order = self.new_order({self.table: 1})
        self.env.user.tz = "Pacific/Auckland"  # 21:00 when it is 8:00 in Greenwich
        self.assertIn("here on Mar 13", self.get_reasons(order)["Wood", "purchase"])
        with freeze_time(at(hours=4)):  # the next day there
            text = self.get_reasons(order)["Wood", "purchase"]
        self.assertEqual(text, "Bought from Vendor, ordered today, 10 days, here on Mar 14.")

    def test_the_texts_cost_no_queries_of_their_own(self):
        plan = self.new_order({self.table: 1})._mto_get_plan()
        self.env.flush_all()
        self.env["mto.reason.text"]._describe(plan)
        with self.assertQueryCount(0):
            self.env["mto.reason.text"]._describe(plan)
