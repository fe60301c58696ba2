from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestFinishedProductions(MtoCommon):
    """A production that is finished without all that it was to consume."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.module = cls.new_product("Module")
        cls.product = cls.new_product("Product", "mto")
        cls.new_bom(cls.module, {cls.part: 1})

    # -- helpers -----------------------------------------------------------------------

    def start(self, component, quantity=10, stock=6):
        self.new_bom(self.product, {component: 1})
        if stock:
            self.put_in_stock(component, stock)
        self.order = self.confirm(self.product, quantity)
        self.production = self.productions_of(self.product)

    def finish(self, quantity, backorder=False):
        """Make a quantity, and the rest later or never."""
        self.production.qty_producing = quantity
        self.production._set_qty_producing()
        wizard = Form.from_action(self.env, self.production.button_mark_done()).save()
        if backorder:
            wizard.action_backorder()
        else:
            wizard.action_close_mo()
        self.assertEqual(self.production.state, "done")

    def bought(self):
        lines = self.purchase_lines_of(self.part)
        return sum(lines.filtered(lambda line: line.state != "cancel").mapped("product_qty"))

    def made(self, product):
        alive = self.productions_of(product).filtered(lambda one: one.state != "cancel")
        return sum(alive.mapped("product_qty"))

    def get_notes(self, *records):
        return " ".join(note for one in records for note in one.activity_ids.mapped("note"))

    def assertDelivered(self, quantity):
        moves = self.order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("quantity")), quantity)

    # -- the rest is never made --------------------------------------------------------

    def test_what_was_asked_of_a_vendor(self):
        self.start(self.part)
        self.assertParts(self.production, self.part, reserved=6, ordered=4)
        self.finish(6)
        self.assertEqual(self.bought(), 0)
        self.assertDelivered(6)
        self.order.action_mto_supply_again()
        self.assertEqual(self.bought(), 4)
        self.assertEqual(self.order._mto_get_plan().gaps, ())
        self.order._action_cancel()
        self.assertEqual(self.bought(), 0)

    def test_what_was_to_be_made(self):
        for steps in ("mrp_one_step", "pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                self.part = self.new_product("Part", vendor=True)
                self.module = self.new_product("Module")
                self.new_bom(self.module, {self.part: 1})
                self.product = self.new_product("Product", "mto")
                self.start(self.module)
                for picking in self.production.picking_ids.filtered(
                    lambda one: one.state == "assigned"
                ):
                    picking.with_context(skip_backorder=True).button_validate()
                self.assertEqual((self.made(self.module), self.bought()), (4, 4))
                self.finish(6)
                self.assertEqual((self.made(self.module), self.bought()), (0, 0))
                open_moves = self.env["stock.move"].search(
                    [
                        ("product_id", "in", (self.module | self.part).ids),
                        ("state", "not in", ("done", "cancel")),
                    ]
                )
                self.assertFalse(open_moves)
                self.order.action_mto_supply_again()
                self.assertEqual((self.made(self.module), self.bought()), (4, 4))
                self.assertEqual(self.order._mto_get_plan().gaps, ())

    def test_what_is_ordered_stays_and_somebody_knows(self):
        self.start(self.part)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        self.finish(6)
        self.assertEqual((purchase.state, self.bought()), ("purchase", 4))
        self.assertIn(purchase.name, self.get_notes(self.order, purchase))

    def test_what_is_made_in_part(self):
        """Of a need that is consumed in part, what was ordered and has not come is too much."""
        self.start(self.module, stock=0)
        below = self.productions_of(self.module)
        purchases = self.purchase_lines_of(self.part).order_id
        purchases.button_confirm()
        purchases.picking_ids.button_validate()
        below.qty_producing = 6
        below._set_qty_producing()
        Form.from_action(self.env, below.button_mark_done()).save().action_backorder()
        self.assertEqual(self.made(self.module), 10)
        self.finish(6)
        self.assertEqual(self.made(self.module), 6)
        move = self.raw_moves(self.production, self.module)
        self.assertEqual((move.state, move.quantity), ("done", 6))

    def test_a_component_that_is_left_out(self):
        self.start(self.part, stock=0)
        self.production.qty_producing = 10
        self.production._set_qty_producing()
        self.raw_moves(self.production, self.part).write({"quantity": 0, "picked": False})
        self.production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual((self.production.state, self.bought()), ("done", 0))
        self.assertDelivered(10)

    def test_a_component_of_which_nothing_is_typed(self):
        self.start(self.part, stock=0)
        self.production.qty_producing = 10
        self.production._set_qty_producing()
        component = self.raw_moves(self.production, self.part)
        component.quantity = 0
        self.assertTrue(component.picked)
        self.production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual((self.production.state, self.bought()), ("done", 0))
        self.assertDelivered(10)

    # -- what is consumed has come from elsewhere --------------------------------------

    def make_all(self):
        self.production.qty_producing = 10
        self.production._set_qty_producing()
        self.production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(self.production.state, "done")
        consumed = self.production.move_raw_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(consumed.mapped("quantity")), 10)
        self.assertDelivered(10)
        self.assertEqual(self.order._mto_get_plan().gaps, ())

    def test_what_was_asked_of_a_vendor_for_what_is_consumed(self):
        self.start(self.part)
        self.put_in_stock(self.part, 4)
        self.make_all()
        self.assertEqual(self.bought(), 0)

    def test_what_was_to_be_made_for_what_is_consumed(self):
        self.start(self.module)
        self.put_in_stock(self.module, 4)
        self.make_all()
        self.assertEqual((self.made(self.module), self.bought()), (0, 0))

    def test_what_is_ordered_for_what_is_consumed(self):
        self.start(self.part)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        self.put_in_stock(self.part, 4)
        self.make_all()
        self.assertEqual((purchase.state, self.bought()), ("purchase", 4))
        self.assertIn(purchase.name, self.get_notes(self.order, purchase))

    def test_what_has_come_in_part_for_what_is_consumed(self):
        """The rest is to come for nobody."""
        self.start(self.part, stock=0)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 7, "picked": True})
        receipt.with_context(skip_backorder=True).button_validate()
        self.put_in_stock(self.part, 3)
        self.make_all()
        self.assertIn("3", self.get_notes(self.order, purchase))
        rest = self.purchase_lines_of(self.part).move_ids.filtered(
            lambda move: move.state != "done"
        )
        self.assertFalse(rest.move_dest_ids.filtered(lambda move: move.state != "cancel"))

    def test_what_is_consumed_before_it_is_there(self):
        """Goods that are counted as consumed before anybody has booked their receipt."""
        self.start(self.part)
        self.make_all()
        self.assertEqual(self.bought(), 4)
        self.assertEqual(self.part.qty_available, -4)

    # -- the rest is made later --------------------------------------------------------

    def test_what_is_made_later_keeps_what_is_ordered(self):
        self.start(self.part)
        self.finish(6, backorder=True)
        self.assertEqual(self.bought(), 4)
        self.assertFalse(self.order.activity_ids)
        self.assertEqual(self.order._mto_get_plan().gaps, ())
