from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestComponentChanges(MtoCommon):
    """A production that is cancelled, changed or follows a new BoM: its components follow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.module = cls.new_product("Module")
        cls.product = cls.new_product("Product", "mto")
        cls.new_bom(cls.module, {cls.part: 2})
        cls.bom = cls.new_bom(cls.product, {cls.part: 1, cls.module: 1})

    # -- helpers -----------------------------------------------------------------------

    def start(self, quantity=10, stock=7):
        if stock:
            self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, quantity)
        self.production = self.productions_of(self.product)

    def bought(self, product=None):
        lines = self.purchase_lines_of(product or self.part)
        return sum(lines.filtered(lambda line: line.state != "cancel").mapped("product_qty"))

    def made(self, product):
        alive = self.productions_of(product).filtered(lambda p: p.state != "cancel")
        return sum(alive.mapped("product_qty"))

    def line_of(self, component):
        return self.bom.bom_line_ids.filtered(lambda line: line.product_id == component)

    def change_quantity(self, quantity):
        wizard = self.env["change.production.qty"]
        wizard.create({"mo_id": self.production.id, "product_qty": quantity}).change_prod_qty()

    def assertComponentsCovered(self):
        plan = self.order._mto_get_plan()
        below = {node.product_id for node in plan.nodes} - {self.product.id}
        self.assertFalse([gap for gap in plan.gaps if gap.product_id in below])
        self.assertEqual([node for node in plan.nodes if node.unpegged], [])

    # -- cancelled, changed quantity ---------------------------------------------------

    def test_fewer_pieces_of_what_is_kept_by_the_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        screw = self.new_product("Screw", uom_id=dozen.id, vendor=True)
        product = self.new_product("Product", "mto")
        bom = self.new_bom(product, {screw: 1})
        bom.bom_line_ids.product_uom_id = self.env.ref("uom.product_uom_unit")
        self.confirm(product, 7)
        self.production = self.productions_of(product)
        self.change_quantity(4)
        self.assertEqual(self.production.move_raw_ids.mapped("product_qty"), [0.33])
        self.assertEqual(self.purchase_lines_of(screw).product_qty, 0.33)

    def test_a_cancelled_production_gives_back_what_is_below(self):
        self.start(10, stock=7)
        self.assertEqual((self.bought(), self.made(self.module)), (23, 10))
        self.production.action_cancel()
        self.assertEqual((self.bought(), self.made(self.module)), (0, 0))
        self.assertEqual(self.order.state, "sale")
        self.order.action_mto_supply_again()
        self.assertEqual((self.bought(), self.made(self.module)), (23, 10))
        self.assertEqual(self.order._mto_get_plan().gaps, ())

    def test_a_level_below_supplied_again_buys_nothing_twice(self):
        self.start(10, stock=7)
        self.productions_of(self.module).action_cancel()
        self.assertEqual(self.bought(), 3)
        self.order.action_mto_supply_again()
        self.assertEqual((self.bought(), self.made(self.module)), (23, 10))
        self.assertEqual(self.order._mto_get_plan().gaps, ())

    def test_what_has_started_stays_and_somebody_knows(self):
        self.start(10, stock=7)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        self.production.action_cancel()
        self.assertEqual(purchase.state, "purchase")
        notes = [*self.order.activity_ids.mapped("note"), *purchase.activity_ids.mapped("note")]
        self.assertIn(purchase.name, " ".join(notes))
        self.assertEqual(self.made(self.module), 0)

    def test_a_smaller_production(self):
        self.start(10, stock=7)
        self.change_quantity(8)
        self.assertParts(self.production, self.part, reserved=7, ordered=1)
        self.assertEqual((self.bought(), self.made(self.module)), (17, 8))
        self.change_quantity(5)
        self.assertParts(self.production, self.part, reserved=5, ordered=0)
        self.assertEqual((self.bought(), self.made(self.module)), (10, 5))
        self.assertComponentsCovered()

    def test_a_greater_production(self):
        self.start(10, stock=7)
        self.put_in_stock(self.part, 1)
        self.change_quantity(12)
        parts = self.raw_moves(self.production, self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 12)
        self.assertEqual(sum(parts.mapped("quantity")), 8)
        self.assertEqual((self.bought(), self.made(self.module)), (28, 12))
        self.assertComponentsCovered()

    def test_more_is_bought_at_two_levels(self):
        self.start(10, stock=0)
        self.assertEqual((self.bought(), self.made(self.module)), (30, 10))
        self.change_quantity(14)
        self.assertEqual((self.bought(), self.made(self.module)), (42, 14))
        self.assertComponentsCovered()

    # -- a component that somebody adds ------------------------------------------------

    def add(self, product, quantity):
        with Form(self.production) as form, form.move_raw_ids.new() as line:
            line.product_id = product
            line.product_uom_qty = quantity

    def test_an_added_component_is_supplied(self):
        self.start(10)
        bought, made = self.new_product("Bolt", vendor=True), self.new_product("Clip")
        self.new_bom(made, {self.part: 1})
        self.put_in_stock(bought, 1)
        self.add(bought, 3)
        self.add(made, 2)
        self.assertEqual((self.bought(bought), self.made(made)), (2, 2))
        self.assertEqual(self.bought(), 25)
        self.assertParts(self.production, bought, reserved=1, ordered=2)
        self.assertComponentsCovered()
        self.assertEqual(self.purchase_lines_of(bought).mto_sale_line_ids, self.order.order_line)
        self.order.order_line.product_uom_qty = 20
        self.assertEqual((self.bought(bought), self.made(made)), (5, 4))
        self.order._action_cancel()
        self.assertEqual((self.bought(bought), self.made(made)), (0, 0))

    def test_what_is_added_while_working_is_at_hand(self):
        self.start(1)
        self.production.qty_producing = 1
        bolt = self.new_product("Bolt", vendor=True)
        self.add(bolt, 3)
        self.assertEqual(self.bought(bolt), 0)

    # -- the bill of materials ---------------------------------------------------------

    def test_the_same_bom_changes_nothing(self):
        self.start(10, stock=7)
        before = [(m.id, m.product_qty, m.procure_method) for m in self.production.move_raw_ids]
        self.production.action_update_bom()
        after = [(m.id, m.product_qty, m.procure_method) for m in self.production.move_raw_ids]
        self.assertEqual(after, before)
        self.assertParts(self.production, self.part, reserved=7, ordered=3)
        self.assertEqual(self.bought(), 23)
        self.assertComponentsCovered()

    def test_more_of_a_component(self):
        self.start(10, stock=7)
        self.line_of(self.part).product_qty = 2
        self.production.action_update_bom()
        parts = self.raw_moves(self.production, self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 20)
        self.assertEqual(sum(parts.mapped("quantity")), 7)
        self.assertEqual(self.bought(), 33)
        self.assertComponentsCovered()

    def test_less_of_a_component(self):
        self.start(10, stock=7)
        self.line_of(self.part).product_qty = 0.8
        self.production.action_update_bom()
        self.assertParts(self.production, self.part, reserved=7, ordered=1)
        self.assertEqual(self.bought(), 21)
        self.line_of(self.part).product_qty = 0.5
        self.production.action_update_bom()
        self.assertParts(self.production, self.part, reserved=5, ordered=0)
        self.assertEqual(self.bought(), 20)
        self.assertComponentsCovered()

    def test_a_component_vanishes(self):
        self.start(10, stock=7)
        self.line_of(self.module).unlink()
        self.production.action_update_bom()
        self.assertFalse(self.raw_moves(self.production, self.module))
        self.assertEqual((self.bought(), self.made(self.module)), (3, 0))
        self.assertParts(self.production, self.part, reserved=7, ordered=3)
        self.assertComponentsCovered()

    def test_a_component_appears(self):
        self.start(10, stock=7)
        raw = self.new_product("Raw", vendor=True)
        board = self.new_product("Board")
        self.new_bom(board, {raw: 3})
        self.put_in_stock(board, 4)
        self.bom.bom_line_ids = [Command.create({"product_id": board.id, "product_qty": 1})]
        self.production.action_update_bom()
        self.assertParts(self.production, board, reserved=4, ordered=6)
        self.assertEqual((self.made(board), self.bought(raw)), (6, 18))
        self.assertEqual(self.bought(), 23)
        self.assertComponentsCovered()

    def test_a_component_replaced_in_several_steps(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                first, second = (self.new_product(name, vendor=True) for name in "AB")
                self.product = self.new_product("Product", "mto")
                self.bom = self.new_bom(self.product, {first: 1})
                self.put_in_stock(first, 3)
                self.put_in_stock(second, 2)
                self.start(10, stock=0)
                self.assertEqual(self.bought(first), 7)
                self.line_of(first).product_id = second
                self.production.action_update_bom()
                self.assertEqual((self.bought(first), self.bought(second)), (0, 8))
                self.assertComponentsCovered()

    def test_another_quantity_in_two_steps(self):
        self.warehouse.manufacture_steps = "pbm"
        self.start(10, stock=7)
        self.line_of(self.part).product_qty = 0.5
        self.production.action_update_bom()
        parts = self.raw_moves(self.production, self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 5)
        self.assertComponentsCovered()
        self.line_of(self.part).product_qty = 2
        self.production.action_update_bom()
        parts = self.raw_moves(self.production, self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 20)
        self.assertComponentsCovered()
