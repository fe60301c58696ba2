from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .configured_case import ConfiguredCase


@tagged("post_install", "-at_install")
class TestConfiguredUnions(ConfiguredCase):
    """Row N16: what a person unites, or takes of what is left over, is configured alike."""

    def buy_covers(self):
        """Covers, which are bought; the two colours that they come in."""
        self.cover = self.new_configured("Cover", self.colour, supply_strategy="mto")
        self.new_price(self.cover, self.vendor)
        return self.colour.value_ids

    def confirm_too_many(self):
        """Five gold covers are ordered, and three of them are not needed any more."""
        gold, silver = self.buy_covers()
        order = self.order_of(self.line_vals(self.cover, gold, quantity=5))
        purchase = self.purchase_lines_of(self.cover).order_id
        purchase.button_confirm()
        order.order_line.product_uom_qty = 2
        self.assertEqual(purchase.order_line.mto_surplus_qty, 3)
        return purchase, gold, silver

    def told_of(self, order):
        """Who could use what is left over, as the plan of an order tells it."""
        (node,) = order.get_mto_plan()["lines"][0]["supplies"]
        return [need["order"] for need in node["purchase"]["open_needs"]]

    def test_what_is_left_over_is_not_for_who_wants_it_otherwise(self):
        purchase, _gold, silver = self.confirm_too_many()
        order = self.order_of(self.line_vals(self.cover, silver, quantity=3))
        asked = self.purchase_lines_of(self.cover) - purchase.order_line
        self.assertFalse(purchase.mto_open_needs)
        with self.assertRaises(UserError):
            purchase.action_mto_share_surplus()
        self.assertEqual((asked.state, asked.product_qty), ("draft", 3))
        self.assertFalse(order.order_line.move_ids.move_orig_ids)

    def test_what_is_left_over_is_for_who_wants_it_so(self):
        purchase, gold, silver = self.confirm_too_many()
        self.order_of(self.line_vals(self.cover, silver, quantity=3))
        order = self.order_of(self.line_vals(self.cover, gold, quantity=2))
        served = purchase.order_line.mto_sale_line_ids.order_id
        self.assertEqual(self.told_of(served), [order.name])
        self.assertIn(order.name, purchase.mto_open_needs)
        purchase.action_mto_share_surplus()
        self.assertEqual(purchase.order_line.mto_surplus_qty, 1)
        self.assertEqual(order.order_line.move_ids.move_orig_ids, purchase.order_line.move_ids)

    def test_a_quotation_tells_nobody_who_wants_it_otherwise(self):
        gold, silver = self.buy_covers()
        self.cover.seller_ids.min_qty = 10
        self.order_of(self.line_vals(self.cover, silver, quantity=3))
        quotation = self.order_of(self.line_vals(self.cover, gold), confirm=False)
        self.assertEqual(self.told_of(quotation), [])

    def test_requests_that_are_merged_keep_lines_apart_that_differ(self):
        gold, silver = self.buy_covers()
        orders = self.order_of(
            self.line_vals(self.cover, gold, quantity=2),
            self.line_vals(self.cover, silver, quantity=3),
        )
        for value, quantity in ((gold, 4), (silver, 5), (silver, 6)):
            orders |= self.order_of(self.line_vals(self.cover, value, quantity=quantity))
        lines = self.purchase_lines_of(self.cover)
        self.assertEqual(len(lines), 5)
        lines.sorted("id")[0].order_id.date_order -= timedelta(hours=1)
        lines.order_id.action_merge()
        alive = self.purchase_lines_of(self.cover).filtered(lambda line: line.state == "draft")
        self.assertEqual(alive.order_id, lines.sorted("id")[0].order_id)
        for line, value, quantity in zip(
            alive.sorted("product_qty"), (gold, silver), (6, 14), strict=True
        ):
            never = self.values_of(self.cover, value)
            self.assertEqual(line.product_no_variant_attribute_value_ids, never)
            self.assertEqual(line.product_qty, quantity)
            self.assertEqual(sum(line.move_dest_ids.mapped("product_qty")), quantity)
            self.assertEqual(line.move_dest_ids.never_product_template_attribute_value_ids, never)
        self.assertFalse(any(orders.mapped("mto_missing_supplies")))

    def test_a_line_that_nothing_is_merged_into_stays_as_it_is(self):
        gold, silver = self.buy_covers()
        self.order_of(self.line_vals(self.cover, gold), self.line_vals(self.cover, silver))
        own = self.purchase_lines_of(self.cover).sorted("id")
        own.order_id.date_order -= timedelta(hours=1)
        date = own[0].date_planned + timedelta(hours=3)
        own.date_planned = date
        self.order_of(self.line_vals(self.cover, silver))
        self.purchase_lines_of(self.cover).order_id.action_merge()
        self.assertEqual(own.mapped("product_qty"), [1, 2])
        self.assertEqual(own[0].date_planned, date)

    def test_a_merged_request_takes_over_what_differs(self):
        gold, silver = self.buy_covers()
        for value, quantity in ((gold, 2), (silver, 3)):
            self.order_of(self.line_vals(self.cover, value, quantity=quantity))
        lines = self.purchase_lines_of(self.cover)
        lines.order_id.action_merge()
        self.assertEqual(len(lines.order_id), 1)
        self.assertEqual(sorted(lines.mapped("product_qty")), [2, 3])

    def test_productions_that_differ_are_not_merged(self):
        gold, silver = self.colour.value_ids
        text = self.engraving.value_ids[1]
        self.order_of(
            self.line_vals(self.box, gold, quantity=3),
            self.line_vals(self.box, silver, quantity=2),
        )
        self.order_of(self.line_vals(self.box, silver, text, text="Anna"))
        productions = self.productions_of(self.box)
        with self.assertRaises(UserError) as caught:
            productions.action_merge()
        for production in productions:
            self.assertIn(production.name, str(caught.exception))
        self.assertIn("Silver", str(caught.exception))
        self.assertIn("Anna", str(caught.exception))
        self.assertNotIn("cancel", productions.mapped("state"))

    def test_productions_that_do_not_differ_are_merged(self):
        gold, text = self.colour.value_ids[0], self.engraving.value_ids[1]
        for _turn in range(2):
            self.order_of(self.line_vals(self.box, gold, text, text="Anna"))
        known = self.productions_of(self.box)
        parts, never = known.move_raw_ids.product_id, "never_product_template_attribute_value_ids"
        known.action_merge()
        merged = self.productions_of(self.box) - known
        self.assertEqual((merged.product_qty, merged.state), (2, "confirmed"))
        self.assertEqual(merged[never], known[never])
        (words,) = {*known.mapped("product_description_variants")}
        self.assertEqual(merged.product_description_variants, words)
        self.assertEqual(merged.move_raw_ids.product_id, parts)
        merged.action_update_bom()
        self.assertEqual(merged.move_raw_ids.product_id, parts)
        self.assertEqual(sum(merged.move_raw_ids.mapped("product_qty")), 2 * len(parts))

    def test_the_same_value_of_other_products_is_no_difference(self):
        """A lid knows the colour of what it is for, which has the value from its own list."""
        gold = self.colour.value_ids[0]
        rod = self.new_product("Rod")
        self.new_bom(rod, {self.lid: 1})
        plate = self.new_product("Plate")
        self.new_bom(plate, {rod: 1})
        others = [self.new_configured(name, self.colour) for name in ("Left", "Right")]
        for other in others:
            self.new_bom(other, {plate: 1})
        whole = self.new_configured("Whole", self.colour, supply_strategy="mto")
        self.new_bom(whole, dict.fromkeys(others, 1))
        self.order_of(self.line_vals(whole, gold))
        for product in (plate, rod, self.lid):
            known = self.productions_of(product)
            self.assertEqual(len(known), 2)
            known.action_merge()
            merged = self.productions_of(product) - known
            self.assertEqual(merged.product_qty, 2)
        self.assertIn(self.paint[gold], merged.move_raw_ids.product_id)
