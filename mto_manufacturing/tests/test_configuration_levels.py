from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestConfigurationLevels(MtoCommon):
    """Rows N16 and N17: a configuration keeps its productions apart, down to the last level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colour = cls.new_attribute("Colour", ["Gold", "Silver"])
        cls.engraving = cls.new_attribute("Engraving", ["None", "Text"])
        cls.engraving.value_ids[1].is_custom = True
        cls.paint = {
            value: cls.new_product(f"Paint {value.name}", vendor=True)
            for value in cls.colour.value_ids
        }
        cls.screw = cls.new_product("Screw", vendor=True)
        cls.plain = cls.new_product("Plain module")
        cls.new_bom(cls.plain, {cls.screw: 1})
        # The lid is painted; the module between knows nothing of colours.
        cls.lid = cls.new_configured("Lid", cls.colour)
        cls.new_painted_bom(cls.lid, {cls.screw: 2})
        cls.module = cls.new_product("Module")
        cls.new_bom(cls.module, {cls.lid: 1})
        cls.box = cls.new_configured("Box", cls.colour | cls.engraving, supply_strategy="mto")
        cls.new_painted_bom(cls.box, {cls.module: 1, cls.plain: 1})

    @classmethod
    def new_attribute(cls, name, values, **vals):
        commands = [Command.create({"name": value}) for value in values]
        return cls.env["product.attribute"].create(
            {"name": name, "create_variant": "no_variant", "value_ids": commands, **vals}
        )

    @classmethod
    def new_configured(cls, name, attributes, **vals):
        lines = [
            Command.create({"attribute_id": one.id, "value_ids": [Command.set(one.value_ids.ids)]})
            for one in attributes
        ]
        template = cls.env["product.template"].create(
            {"name": name, "is_storable": True, "attribute_line_ids": lines, **vals}
        )
        return template.product_variant_id

    @classmethod
    def new_painted_bom(cls, product, components):
        """A BoM that takes one paint by the product's colour."""
        bom = cls.new_bom(product, components)
        for value, paint in cls.paint.items():
            line = {"product_id": paint.id, "product_qty": 1, "bom_id": bom.id}
            chosen = [Command.set(cls.values_of(product, value).ids)]
            line["bom_product_template_attribute_value_ids"] = chosen
            cls.env["mrp.bom.line"].create(line)
        return bom

    @classmethod
    def values_of(cls, product, values):
        own = product.product_tmpl_id.attribute_line_ids.product_template_value_ids
        return own.filtered(lambda value: value.product_attribute_value_id in values)

    def line_vals(self, product, *values, text=None, quantity=1):
        values = self.values_of(product, values[0].union(*values))
        vals = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_no_variant_attribute_value_ids": [Command.set(values.ids)],
        }
        if text:
            custom = {
                "custom_product_template_attribute_value_id": self.values_of(
                    product, self.engraving.value_ids[1]
                ).id,
                "custom_value": text,
            }
            vals["product_custom_attribute_value_ids"] = [Command.create(custom)]
        return vals

    def order_of(self, *lines, confirm=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(vals) for vals in lines],
            }
        )
        if confirm:
            order.action_confirm()
        return order

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

    # -- what a person unites ----------------------------------------------------------

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
        text = self.engraving.value_ids[1]
        for _turn in range(2):
            self.order_of(self.line_vals(self.box, text, text="Anna"))
        known = self.productions_of(self.box)
        known.action_merge()
        merged = self.productions_of(self.box) - known
        self.assertEqual(merged.product_qty, 2)

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
