from odoo.fields import Command
from odoo.tests import tagged

from .configured_case import ConfiguredCase


@tagged("post_install", "-at_install")
class TestConfigurationLevels(ConfiguredCase):
    """Rows N16 and N17: a configuration keeps its productions apart, down to the last level."""

    def test_n16_a_line_added_later_with_other_values_is_made_on_its_own(self):
        gold, silver = self.colour.value_ids
        order = self.order_of(self.line_vals(self.box, gold, quantity=3))
        order.order_line = [Command.create(self.line_vals(self.box, silver, quantity=2))]
        productions = self.productions_of(self.box).sorted("product_qty")
        self.assertEqual(productions.mapped("product_qty"), [2, 3])
        for production, value in zip(productions, (silver, gold), strict=True):
            used = production.move_raw_ids.product_id & self.env["product.product"].union(
                *self.paint.values()
            )
            self.assertEqual(used, self.paint[value])
        for production in productions:
            self.assertTrue(production.move_finished_ids.move_dest_ids)

    def test_a_line_added_later_with_the_same_values_joins(self):
        gold, silver = self.colour.value_ids
        order = self.order_of(self.line_vals(self.box, gold, quantity=3))
        order.order_line = [Command.create(self.line_vals(self.box, gold, quantity=2))]
        self.assertEqual(self.productions_of(self.box).mapped("product_qty"), [5])
        self.assertEqual(len(self.productions_of(self.lid)), 1)

    def test_values_reach_every_level_that_has_them(self):
        gold, silver = self.colour.value_ids
        order = self.order_of(self.line_vals(self.box, gold), self.line_vals(self.box, silver))
        plan = {(node.product_id, node.quantity) for node in order._mto_get_plan().nodes}
        for value in (gold, silver):
            self.assertIn((self.paint[value].id, 1.0), plan)
        lids = self.productions_of(self.lid)
        self.assertEqual(len(lids), 2)
        for lid, value in zip(lids.sorted("id"), (gold, silver), strict=True):
            self.assertEqual(
                lid.never_product_template_attribute_value_ids, self.values_of(self.lid, value)
            )
            self.assertEqual(lid.move_raw_ids.product_id, self.screw | self.paint[value])
        # The module between is made for one colour each.
        for module, value in zip(self.productions_of(self.module), (gold, silver), strict=True):
            told = module.never_product_template_attribute_value_ids
            self.assertEqual(told, self.values_of(self.box, value))
        plain = self.productions_of(self.plain)
        self.assertFalse(plain.never_product_template_attribute_value_ids)
        for paint in self.paint.values():
            self.assertEqual(sum(self.purchase_lines_of(paint).mapped("product_qty")), 2)

    def test_the_text_is_told_on_every_production_it_reaches(self):
        self.lid.product_tmpl_id.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": self.engraving.id,
                    "value_ids": [Command.set(self.engraving.value_ids.ids)],
                }
            )
        ]
        text = self.engraving.value_ids[1]
        self.order_of(
            self.line_vals(self.box, text, text="For Anna"),
            self.line_vals(self.box, text, text="For Bert"),
        )
        for product in (self.box, self.module, self.lid):
            productions = self.productions_of(product).sorted("id")
            self.assertEqual(len(productions), 2, product.name)
            for production, name in zip(productions, ("Anna", "Bert"), strict=True):
                self.assertIn(name, production.product_description_variants or "", product.name)
        self.assertFalse(
            any(self.productions_of(self.plain).mapped("product_description_variants"))
        )

    def test_common_stock_is_not_taken_below_for_what_is_configured(self):
        gold = self.colour.value_ids[0]
        for product in (self.lid, self.module, self.plain, self.screw):
            self.put_in_stock(product, 10)
        self.order_of(self.line_vals(self.box, gold))
        box = self.productions_of(self.box)
        self.assertParts(box, self.plain, reserved=1)
        self.assertParts(box, self.module, ordered=1)
        self.assertParts(self.productions_of(self.module), self.lid, ordered=1)
        self.assertParts(self.productions_of(self.lid), self.screw, reserved=2)

    def test_a_reordering_rule_brings_no_configuration(self):
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.lid.id, "location_id": self.stock.id, "trigger": "manual"}
        )
        self.order_of(self.line_vals(self.box, self.colour.value_ids[0]))
        self.assertTrue(self.productions_of(self.lid))

    def test_values_pass_the_steps_of_a_warehouse(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                known = self.productions_of(self.lid)
                text = self.engraving.value_ids[1]
                self.order_of(
                    self.line_vals(self.box, self.colour.value_ids[1] | text, text="Anna")
                )
                lid = self.productions_of(self.lid) - known
                self.assertIn(self.paint[self.colour.value_ids[1]], lid.move_raw_ids.product_id)
                self.assertIn("Anna", lid.product_description_variants or "")

    def test_values_open_the_kits_in_a_bom(self):
        gold, silver = self.colour.value_ids
        kit = self.new_configured("Fittings", self.colour)
        self.new_painted_bom(kit, {self.screw: 1}).type = "phantom"
        product = self.new_configured("Chest", self.colour, supply_strategy="mto")
        self.new_bom(product, {kit: 2})
        order = self.order_of(self.line_vals(product, silver))
        production = self.productions_of(product)
        self.assertEqual(production.move_raw_ids.product_id, self.screw | self.paint[silver])
        self.assertEqual(
            sum(self.raw_moves(production, self.paint[silver]).mapped("product_qty")), 2
        )
        self.assertFalse(order._mto_get_plan().gaps)

    def test_a_kit_is_configured_where_its_components_are(self):
        gold = self.colour.value_ids[0]
        kit = self.new_configured("Set", self.colour)
        self.lid.supply_strategy = self.screw.supply_strategy = "mts_mto"
        self.new_bom(kit, {self.lid: 1, self.screw: 1}, type="phantom")
        self.put_in_stock(self.lid, 5)
        self.put_in_stock(self.screw, 1)
        order = self.order_of(self.line_vals(kit, gold))
        lid = self.productions_of(self.lid)
        self.assertEqual(lid.product_qty, 1)
        self.assertIn(self.paint[gold], lid.move_raw_ids.product_id)
        screws = order.picking_ids.move_ids.filtered(lambda m: m.product_id == self.screw)
        self.assertEqual(screws.quantity, 1)

    def test_another_bom_is_another_production(self):
        gold = self.colour.value_ids[0]
        order = self.order_of(self.line_vals(self.box, gold))
        first = self.productions_of(self.box)
        first.bom_id.copy({"sequence": first.bom_id.sequence - 1})
        order.order_line = [Command.create(self.line_vals(self.box, gold))]
        second = self.productions_of(self.box) - first
        self.assertEqual(len(second), 1)
        self.assertEqual(first.product_qty, 1)

    # -- how fast ----------------------------------------------------------------------

    def count_assign(self, width):
        """The queries of "Check availability" for a kit of so many parts that wait."""
        kit = self.new_configured("Set", self.colour)
        parts = [
            self.new_configured("Part", self.colour, supply_strategy="mts_mto")
            for _number in range(width)
        ]
        for part in parts:
            module = self.new_product("Module")
            self.new_bom(module, {self.lid: 1})
            self.new_bom(part, {module: 1})
            self.put_in_stock(part, 5)
        self.new_bom(kit, dict.fromkeys(parts, 1), type="phantom")
        order = self.order_of(
            self.line_vals(kit, self.colour.value_ids[0]),
            self.line_vals(kit, self.colour.value_ids[1]),
        )
        for part in parts:
            self.productions_of(part).action_cancel()
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state == "confirmed")
        self.assertEqual(len(moves), 2 * width)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        moves._action_assign()
        self.assertEqual(sum(moves.mapped("quantity")), 0)
        return self.env.cr.sql_log_count - before

    def test_the_parts_of_kits_are_asked_about_together(self):
        self.count_assign(2)  # fills the caches that a server always has
        few, many = self.count_assign(2), self.count_assign(8)
        self.assertLessEqual(many, few + 2, f"{few} queries, then {many}")
