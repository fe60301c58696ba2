from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestComponentChanges(MtoCommon):
    """A production that is cancelled, changed or gets a new BoM (row N13): its parts follow."""

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

    # -- what is to be consumed, changed by hand ---------------------------------------

    def consume(self, wanted, in_form=True):
        """Change what is to be consumed: {move: quantity}, saved at once or one by one."""
        self.production.is_locked = False
        if not in_form:
            for move, quantity in wanted.items():
                move.product_uom_qty = quantity
            return
        with Form(self.production) as form:
            for place, move in enumerate(self.production.move_raw_ids):
                if move in wanted:
                    with form.move_raw_ids.edit(place) as line:
                        line.product_uom_qty = wanted[move]

    def total(self, component):
        return sum(self.raw_moves(self.production, component).mapped("product_qty"))

    def measure(self, component):
        """What is reserved and what is ordered, in however many parts."""
        moves = self.raw_moves(self.production, component)
        ordered = moves.filtered(lambda move: move.procure_method == "make_to_order")
        here = moves - ordered
        self.assertEqual(here.mapped("quantity"), here.mapped("product_qty"))
        return sum(here.mapped("quantity")), sum(ordered.mapped("product_qty"))

    def test_more_is_consumed(self):
        self.start(10, stock=0)
        bought = self.raw_moves(self.production, self.part)
        made = self.raw_moves(self.production, self.module)
        self.consume({bought: 14})
        self.assertParts(self.production, self.part, ordered=14)
        self.assertEqual(self.bought(), 34)
        self.consume({made: 13}, in_form=False)
        self.assertParts(self.production, self.module, ordered=13)
        self.assertEqual((self.bought(), self.made(self.module)), (40, 13))
        self.consume({bought: 15, made: 14})
        self.assertEqual((self.bought(), self.made(self.module)), (43, 14))
        self.assertComponentsCovered()

    def test_more_is_consumed_of_what_is_reserved(self):
        self.start(10, stock=7)
        here, ordered = self.raw_moves(self.production, self.part).sorted("procure_method")[::-1]
        self.assertEqual((here.quantity, ordered.product_qty), (7, 3))
        self.put_in_stock(self.part, 1)
        self.consume({here: 9})
        self.assertEqual(self.measure(self.part), (8, 4))
        self.assertEqual(self.bought(), 24)
        self.consume({here: 8, ordered: 6})
        self.assertEqual(self.measure(self.part), (8, 7))
        self.assertEqual(self.bought(), 27)
        self.assertComponentsCovered()

    def test_less_is_consumed(self):
        self.start(10, stock=0)
        bought = self.raw_moves(self.production, self.part)
        made = self.raw_moves(self.production, self.module)
        self.consume({made: 6})
        self.assertParts(self.production, self.module, ordered=6)
        self.assertEqual((self.bought(), self.made(self.module)), (22, 6))
        self.consume({bought: 4, made: 5})
        self.assertEqual((self.bought(), self.made(self.module)), (14, 5))
        self.consume({made: 0}, in_form=False)
        self.assertEqual((self.bought(), self.made(self.module)), (4, 0))
        self.assertComponentsCovered()

    def test_less_is_consumed_of_what_is_reserved(self):
        """What is ordered goes first, whichever part of the need is changed."""
        self.start(10, stock=7)
        here, ordered = self.raw_moves(self.production, self.part).sorted("procure_method")[::-1]
        self.consume({here: 6})
        self.assertParts(self.production, self.part, reserved=7, ordered=2)
        self.assertEqual(self.bought(), 22)
        self.consume({here: 5, ordered: 1})
        self.assertParts(self.production, self.part, reserved=6)
        self.assertEqual(self.bought(), 20)
        self.assertComponentsCovered()

    def delete(self, *moves):
        """Delete rows of the components in the form."""
        self.production.is_locked = False
        with Form(self.production) as form:
            for move in moves:
                ids = [row["id"] for row in form.move_raw_ids._records]
                form.move_raw_ids.remove(ids.index(move.id))

    def test_a_deleted_component_gives_back_what_is_asked_of_a_vendor(self):
        self.start(10, stock=7)
        here, ordered = self.raw_moves(self.production, self.part).sorted("procure_method")[::-1]
        self.delete(ordered)
        self.assertFalse(ordered.exists())
        self.assertParts(self.production, self.part, reserved=7)
        self.assertEqual(self.bought(), 20)
        self.assertComponentsCovered()
        self.delete(here)
        self.assertFalse(self.raw_moves(self.production, self.part))
        self.assertEqual((self.bought(), self.production.state), (20, "confirmed"))

    def test_what_is_being_made_for_a_component_keeps_it(self):
        self.start(10, stock=7)
        with self.assertRaisesRegex(UserError, "linked to another"):
            self.delete(self.raw_moves(self.production, self.module))

    def test_less_is_consumed_than_the_vendor_sells(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        least, twelve = self.new_product("Least"), self.new_product("Twelve")
        self.new_price(least, self.vendor, min_qty=12)
        self.new_price(twelve, self.vendor, product_uom_id=dozen.id)
        product = self.new_product("Product", "mto")
        self.new_bom(product, {least: 1, twelve: 1})
        self.confirm(product, 10)
        self.production = self.productions_of(product)
        self.consume({move: 6 for move in self.production.move_raw_ids})
        self.assertEqual((self.bought(least), self.bought(twelve)), (12, 1))
        self.consume({move: 14 for move in self.production.move_raw_ids})
        self.assertEqual((self.bought(least), self.bought(twelve)), (14, 2))

    def test_who_changes_it_need_not_have_rights_on_purchases(self):
        self.start(10, stock=0)
        user = new_test_user(self.env, "maker", "base.group_user,mrp.group_mrp_user")
        bought = self.raw_moves(self.production, self.part).with_user(user)
        for quantity, total in ((14, 34), (6, 26)):
            bought.product_uom_qty = quantity
            self.assertEqual(self.bought(), total)

    def test_less_is_consumed_of_what_has_started(self):
        self.start(10, stock=0)
        module = self.productions_of(self.module)
        module.qty_producing = 1
        self.consume({self.raw_moves(self.production, self.module): 6})
        self.assertEqual(self.made(self.module), 10)
        self.assertEqual(self.total(self.module), 6)
        self.assertIn(module.name, " ".join(module.activity_ids.mapped("note")))

    def test_another_quantity_is_consumed_in_two_steps(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.module = self.new_product("Module")
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.module, {self.part: 2})
                self.new_bom(self.product, {self.part: 1, self.module: 1})
                self.start(10, stock=7)
                self.assertEqual((self.bought(), self.made(self.module)), (23, 10))
                for quantity in (14, 6):
                    move = self.raw_moves(self.production, self.module)
                    self.consume({move: quantity})
                    self.assertEqual(self.total(self.module), quantity)
                    self.assertEqual(self.made(self.module), quantity)
                    self.assertEqual(self.bought(), 3 + 2 * quantity)
                    self.assertComponentsCovered()

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
