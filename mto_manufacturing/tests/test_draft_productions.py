from odoo.fields import Command
from odoo.tests import Form, tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
class TestDraftProductions(ChainCase):
    """What has no components waits as a draft for whoever says what it is made of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Product", "mto")
        cls.bom = cls.new_bom(cls.product, {})

    def alive(self):
        productions = self.productions_of(self.product)
        return productions.filtered(lambda one: one.state != "cancel")

    def bought(self):
        lines = self.purchase_lines_of(self.part).filtered(lambda one: one.state != "cancel")
        return sum(lines.mapped("product_qty"))

    def add_parts(self, production, quantity):
        with Form(production) as form, form.move_raw_ids.new() as line:
            line.product_id = self.part
            line.product_uom_qty = quantity

    def assertMade(self, order, quantity, state="draft"):
        """One production makes it, for all that is to be delivered."""
        production = self.alive()
        self.assertEqual((production.product_qty, production.state), (quantity, state))
        finished = production.move_finished_ids.filtered(lambda one: one.state != "cancel")
        made = finished.filtered(lambda one: one.product_id == self.product)
        self.assertEqual(made.product_qty, quantity)
        needs = order.order_line.move_ids.filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(needs.mapped("product_qty")), quantity)
        self.assertEqual(needs.move_orig_ids, made)
        self.assertEqual(production.mto_sale_line_ids, order.order_line)
        self.assertNotIn("Units of Product", order.mto_missing_supplies or "")

    def test_less_is_ordered(self):
        order = self.confirm(self.product, 5)
        order.order_line.product_uom_qty = 3
        self.assertMade(order, 3)

    def test_more_is_ordered(self):
        order = self.confirm(self.product, 5)
        order.order_line.product_uom_qty = 8
        self.assertMade(order, 8)
        order.order_line.product_uom_qty = 6
        self.assertMade(order, 6)

    def test_nothing_is_ordered_any_more(self):
        order = self.confirm(self.product, 5)
        order.order_line.product_uom_qty = 0
        self.assertFalse(self.alive())
        order.order_line.product_uom_qty = 4
        self.assertMade(order, 4)

    def test_it_is_cancelled(self):
        """Supplied again when it is known what it is made of."""
        order = self.confirm(self.product, 5)
        self.alive().action_cancel()
        self.assertFalse(self.alive())
        self.assertIn("5 Units of Product", order.mto_missing_supplies)
        self.bom.bom_line_ids = [Command.create({"product_id": self.part.id, "product_qty": 2})]
        order.action_mto_supply_again()
        self.assertMade(order, 5, "confirmed")
        self.assertEqual(self.bought(), 10)

    def test_its_bom_gets_components(self):
        """Core adds them where another quantity is made."""
        order = self.confirm(self.product, 5)
        self.bom.bom_line_ids = [Command.create({"product_id": self.part.id, "product_qty": 2})]
        for quantity in (4, 3, 7, 8):
            order.order_line.product_uom_qty = quantity
            self.assertMade(order, quantity)
            self.assertEqual(self.alive().move_raw_ids.mapped("product_qty"), [2 * quantity])
        self.alive().action_confirm()
        self.assertMade(order, 8, "confirmed")
        self.assertEqual(self.bought(), 16)

    def test_somebody_says_what_it_is_made_of(self):
        order = self.confirm(self.product, 5)
        order.order_line.product_uom_qty = 6
        self.add_parts(self.alive(), 12)
        self.assertMade(order, 6)
        self.alive().action_confirm()
        self.assertMade(order, 6, "confirmed")
        self.assertEqual(self.bought(), 12)
        order.order_line.product_uom_qty = 3
        self.assertMade(order, 3, "confirmed")
        self.assertEqual(self.bought(), 6)
        self.run_chain(order)

    def test_another_quantity_after_somebody_said_what_it_is_made_of(self):
        for quantity in (8, 3):
            with self.subTest(quantity=quantity):
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {})
                known = self.bought()
                order = self.confirm(self.product, 5)
                self.add_parts(self.alive(), 10)
                order.order_line.product_uom_qty = quantity
                self.assertMade(order, quantity)
                self.alive().action_confirm()
                self.assertMade(order, quantity, "confirmed")
                self.assertEqual(self.bought() - known, 2 * quantity)

    def test_byproducts(self):
        sawdust = self.new_product("Sawdust")
        self.bom.byproduct_ids = [Command.create({"product_id": sawdust.id, "product_qty": 2})]
        order = self.confirm(self.product, 5)
        for quantity in (3, 8):
            order.order_line.product_uom_qty = quantity
            self.assertMade(order, quantity)
            self.assertEqual(self.alive().move_byproduct_ids.product_qty, 2 * quantity)

    def test_batches(self):
        """All of them stay tied to the need, whatever somebody writes on them."""
        self.bom.write({"enable_batch_size": True, "batch_size": 2})
        order = self.confirm(self.product, 5)
        productions = self.alive()
        self.assertEqual(productions.mapped("product_qty"), [2, 2, 2])
        needs = order.order_line.move_ids
        self.assertEqual(needs.move_orig_ids.production_id, productions)
        productions[0].date_start = "2030-01-01 08:00:00"
        with Form(productions[1]) as form:
            form.date_start = "2030-01-01 08:00:00"
        self.assertEqual(needs.move_orig_ids.production_id, productions)
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.alive().mapped("product_qty"), [2, 2])
        self.assertEqual(needs.move_orig_ids.production_id & self.alive(), self.alive())
