from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .held_case import HeldCase


@tagged("post_install", "-at_install")
class TestEditedTransfers(HeldCase):
    """What is held is not taken either where a person corrects what is done already."""

    def hold(self, reserved):
        """An order whose part is there, and three that somebody else has shipped."""
        self.warehouse.manu_type_id.reservation_method = "manual"
        self.part = self.new_product("Part", vendor=True)
        self.product = self.new_product("Thing", "mto")
        self.new_bom(self.product, {self.part: 10})
        order = self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        if reserved:
            self.productions_of(self.product).action_assign()
        self.put_in_stock(self.part, 3)
        thief = self.new_delivery(3)
        self.take(thief, 3)
        self.assertEqual(thief.state, "done")
        thief.is_locked = False
        return order, thief

    def edit_line(self, picking, quantity):
        picking.move_ids.move_line_ids.quantity = quantity

    def edit_move(self, picking, quantity):
        picking.move_ids.quantity = quantity

    def add_line(self, picking, quantity):
        vals = {"quantity": quantity - 3, "product_id": self.part.id}
        picking.move_ids.move_line_ids = [Command.create({**vals, "location_id": self.stock.id})]

    def add_move(self, picking, quantity):
        vals = {"quantity": quantity - 3, "product_id": self.part.id, "picking_id": picking.id}
        self.env["stock.move.line"].create({**vals, "location_id": self.stock.id})

    def test_nobody_takes_more_of_it_afterwards(self):
        for edit in (self.edit_line, self.edit_move, self.add_line, self.add_move):
            for reserved in (True, False):
                with self.subTest(edit=edit.__name__, reserved=reserved):
                    order, thief = self.hold(reserved)
                    with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                        edit(thief, 5)
                    self.assertIn(order.name, refused.exception.args[0])
                    self.assertIn("2 Units of Part", refused.exception.args[0])
                    self.put_in_stock(self.part, 2)
                    edit(thief, 5)
                    self.assertEqual(sum(thief.move_ids.mapped("quantity")), 5)
                    self.productions_of(self.product).action_assign()
                    self.assertHeld(10)

    def test_a_person_may_correct_what_costs_others_nothing(self):
        for reserved in (True, False):
            with self.subTest(reserved=reserved):
                _order, thief = self.hold(reserved)
                self.edit_line(thief, 1)
                self.edit_line(thief, 2)
                self.edit_line(thief, 3)
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self.edit_line(thief, 4)
                self.productions_of(self.product).action_assign()
                self.assertHeld(10)

    def test_less_was_taken_where_some_of_it_is_gone(self):
        _order, thief = self.hold(reserved=False)
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock, -2)
        self.edit_line(thief, 2)
        self.assertEqual(thief.move_ids.quantity, 2)
        self.productions_of(self.product).action_assign()
        self.assertHeld(9)

    def test_common_demands_give_way(self):
        for edit in (self.edit_line, self.edit_move, self.add_line, self.add_move):
            for reserved in (True, False):
                with self.subTest(edit=edit.__name__, reserved=reserved):
                    _order, thief = self.hold(reserved)
                    self.put_in_stock(self.part, 5)
                    common = self.new_delivery(5)
                    common.action_assign()
                    edit(thief, 6)
                    self.assertEqual(common.move_ids.quantity, 2)
                    self.productions_of(self.product).action_assign()
                    self.assertHeld(10)

    def test_what_the_order_holds_itself(self):
        for edit in (self.edit_line, self.edit_move, self.add_line, self.add_move):
            for reserved in (True, False):
                with self.subTest(edit=edit.__name__, reserved=reserved):
                    self.part = self.new_product("Part", "mto", vendor=True)
                    order = self.confirm(self.part, 10)
                    self.receive(self.part)
                    delivery = order.picking_ids
                    self.take(delivery, 3)
                    if not reserved:
                        (order.picking_ids - delivery).do_unreserve()
                    delivery.is_locked = False
                    edit(delivery, 5)
                    self.assertEqual(sum(delivery.move_ids.mapped("quantity")), 5)

    def test_nobody_says_afterwards_that_it_was_a_lot_that_is_held(self):
        self.part.tracking = "lot"
        order = self.confirm(self.product)
        held = self.receive_lot("HELD")
        self.productions_of(self.product).do_unreserve()
        free = self.env["stock.lot"].create({"name": "FREE", "product_id": self.part.id})
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock, 1, lot_id=free)
        thief = self.new_delivery(1)
        thief.action_assign()
        self.take(thief, 1)
        self.assertEqual(thief.move_ids.lot_ids, free)
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            thief.move_ids.move_line_ids.lot_id = held
        self.assertIn(order.name, refused.exception.args[0])

    def test_what_is_stored_for_a_need_and_corrected(self):
        self.warehouse.reception_steps = "two_steps"
        for method in ("manual", "at_confirm"):
            with self.subTest(method=method):
                self.warehouse.manu_type_id.reservation_method = method
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Thing", "mto")
                self.new_bom(self.product, {self.part: 10})
                self.confirm(self.product)
                self.receive(self.part)
                self.productions_of(self.product).do_unreserve()
                stored = self.get_need().move_orig_ids
                self.assertEqual((stored.state, stored.location_dest_id), ("done", self.stock))
                for quantity in (6, 10):
                    stored.move_line_ids.quantity = quantity
                    self.assertHeld(quantity)
                    self.productions_of(self.product).do_unreserve()

    def test_nobody_makes_more_of_it_afterwards(self):
        for reserved in (True, False):
            with self.subTest(reserved=reserved):
                order, _thief = self.hold(reserved)
                other = self.new_product("Other")
                bom = self.new_bom(other, {self.part: 1})
                self.put_in_stock(self.part, 1)
                production = self.env["mrp.production"].create(
                    {"product_id": other.id, "product_qty": 1, "bom_id": bom.id}
                )
                production.action_confirm()
                production.qty_producing = 1
                production._set_qty_producing()
                production.button_mark_done()
                self.assertEqual(production.state, "done")
                with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                    production.move_raw_ids.quantity = 2
                self.assertIn(order.name, refused.exception.args[0])

    def test_scrap_that_is_corrected_is_a_fact(self):
        for reserved in (True, False):
            with self.subTest(reserved=reserved):
                self.hold(reserved)
                self.put_in_stock(self.part, 1)
                scrap = self.env["stock.scrap"].create(
                    {"product_id": self.part.id, "scrap_qty": 1, "location_id": self.stock.id}
                )
                scrap.do_scrap()
                scrap.move_ids.move_line_ids.quantity = 3
                self.productions_of(self.product).action_assign()
                self.assertHeld(8)
