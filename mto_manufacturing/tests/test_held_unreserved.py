from contextlib import nullcontext
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .held_case import HeldCase


@tagged("post_install", "-at_install")
class TestHeldUnreserved(HeldCase):
    """What lies there for a need and is not reserved is not taken, and nothing is typed for it."""

    # -- begun in part -------------------------------------------------------------------

    def begin(self, quantity):
        """Order ten, receive what they need, and begin so many of them."""
        self.confirm(self.product, 10)
        self.receive(self.part)
        production = self.productions_of(self.product)
        with self.form_of(production) as form:
            form.qty_producing = quantity
        return production

    def test_what_is_left_of_a_production_that_has_begun(self):
        production = self.begin(4)
        thief = self.new_delivery(60)
        for move in (production.move_raw_ids, thief.move_ids):
            self.assertEqual(move.quantity, 40 if move.picked else 0)
        self.put_in_stock(self.part, 7)
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 7)
        self.assertEqual(production.move_raw_ids.quantity, 40)
        production.qty_producing = 10
        production._set_qty_producing()
        production.button_mark_done()
        self.assertEqual(production.state, "done")
        self.assertEqual(production.move_raw_ids.quantity, 100)

    def test_what_is_left_of_a_production_is_not_shipped(self):
        production = self.begin(4)
        thief = self.new_delivery(60)
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self.take(thief, 3)
        self.assertIn(production.name, refused.exception.args[0])
        self.assertIn("3 Units of Part", refused.exception.args[0])

    def test_what_a_worker_typed_stays(self):
        product = self.new_product("Bought", "mto", vendor=True)
        order = self.confirm(product, 10)
        self.receive(product)
        need = order.picking_ids.move_ids
        self.assertEqual(need.quantity, 10)
        need.quantity = 4
        thief = self.new_delivery(10, product)
        for picked in (True, False):
            need.picked = picked
            thief.action_assign()
            self.assertEqual(need.quantity, 4)
            self.assertEqual(thief.move_ids.quantity, 0)
        need.picking_id.action_assign()
        self.assertEqual(need.quantity, 10)

    def test_what_was_brought_for_two_is_held_once(self):
        """Less came than both need: what lies beside it is everybody's."""
        self.vendor.group_rfq = "all"
        first = self.confirm(self.product)
        self.confirm(self.product)
        self.receive(self.part, 12)
        productions = self.productions_of(self.product)
        productions.do_unreserve()
        self.put_in_stock(self.part, 5)
        thief = self.new_delivery(10)
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 5)
        productions.action_assign()
        self.assertEqual(sum(productions.move_raw_ids.mapped("quantity")), 12)
        first.invalidate_recordset()
        self.assertFalse(first.mto_missing_supplies)

    def test_who_has_shrunk_and_grows_again_takes_nothing_of_another(self):
        """What was left over of it is gone meanwhile, and its links tell of it still."""
        first = self.confirm(self.product, 5)
        self.receive(self.part)
        made = self.get_need().raw_material_production_id
        second = self.confirm(self.product, 5)
        self.receive(self.part)
        other = self.get_need().raw_material_production_id - made
        first.order_line.product_uom_qty = 1
        self.take(self.new_delivery(40), 40)
        other.do_unreserve()
        first.order_line.product_uom_qty = 5
        self.assertEqual(sum(made.move_raw_ids.mapped("quantity")), 10)
        other.action_assign()
        self.assertEqual(sum(other.move_raw_ids.mapped("quantity")), 50)
        self.receive(self.part)
        self.assertEqual(sum(made.move_raw_ids.mapped("quantity")), 50)
        second.invalidate_recordset()
        self.assertFalse(second.mto_missing_supplies)

    def test_a_lot_that_is_held_is_not_taken_before_another(self):
        self.part.tracking = "lot"
        self.confirm(self.product)
        self.receive_lot("HELD")
        self.productions_of(self.product).do_unreserve()
        free = self.env["stock.lot"].create({"name": "FREE", "product_id": self.part.id})
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.part, self.stock, 5, lot_id=free)
        thief = self.new_delivery(10)
        thief.action_assign()
        self.assertEqual(thief.move_ids.lot_ids, free)
        self.assertEqual(thief.move_ids.quantity, 5)

    def test_who_wants_something_asks_once_what_is_held(self):
        self.confirm(self.product)
        self.receive(self.part)
        production = self.productions_of(self.product)
        production.do_unreserve()
        thief = self.new_delivery(10)
        held = type(self.env["mto.held.goods"])
        with patch.object(held, "_find_held", autospec=True, side_effect=held._find_held) as find:
            thief.action_assign()
            self.assertEqual(find.call_count, 1)
            (thief.move_ids | production.move_raw_ids)._action_assign()
        self.assertHeld(10, [thief])

    # -- by force ------------------------------------------------------------------------

    def unreserve_and_ship(self, thief, ship):
        """See that nobody ships three that a person unreserved, and that the rest may go."""
        production = self.productions_of(self.product)
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            ship(3)
        self.assertIn(production.name, refused.exception.args[0])
        self.put_in_stock(self.part, 3)
        ship(3)
        self.assertEqual(thief.state, "done")
        production.action_assign()
        self.assertHeld(10)

    def test_nobody_ships_it_by_its_details(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        thief = self.new_delivery(3)

        def ship(quantity):
            line = {"quantity": quantity, "picked": True, "product_id": self.part.id}
            thief.move_ids.move_line_ids = [Command.create({**line, "location_id": self.stock.id})]
            thief.button_validate()

        self.unreserve_and_ship(thief, ship)

    def test_nobody_makes_something_of_it(self):
        self.warehouse.manu_type_id.reservation_method = "manual"
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        other = self.new_product("Other")
        bom = self.new_bom(other, {self.part: 1})
        production = self.env["mrp.production"].create(
            {"product_id": other.id, "product_qty": 3, "bom_id": bom.id}
        )
        production.action_confirm()

        def make(quantity):
            production.qty_producing = quantity
            production._set_qty_producing()
            production.button_mark_done()

        self.unreserve_and_ship(production, make)

    def test_an_order_s_other_production_may_take_it(self):
        """What a person adds to a production is for the order that it is made for."""
        self.warehouse.manu_type_id.reservation_method = "manual"
        other = self.new_product("Other", "mto")
        self.new_bom(other, {self.new_product("Screw"): 1})
        for own in (True, False):
            with self.subTest(own=own):
                lines = {self.product: 1, other: 1}
                order = self.new_order(lines if own else {self.product: 1})
                order.action_confirm()
                self.receive(self.part)
                order.mrp_production_ids.do_unreserve()
                taker = order if own else self.confirm(other)
                production = taker.mrp_production_ids.filtered(lambda one: one.product_id == other)
                vals = {"product_id": self.part.id, "product_uom_qty": 1}
                production.move_raw_ids = [Command.create(vals)]
                added = production.move_raw_ids.filtered(lambda one: one.product_id == self.part)
                added.write({"quantity": 1, "picked": True})
                production.qty_producing = 1
                with nullcontext() if own else self.assertRaises(UserError):
                    production.with_context(skip_consumption=True).button_mark_done()

    def test_common_demands_give_way_to_what_is_not_reserved(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        self.put_in_stock(self.part, 5)
        common, taker = self.new_delivery(5), self.new_delivery(3)
        common.action_assign()
        self.take(taker, 3)
        self.assertEqual(taker.state, "done")
        self.assertEqual(common.move_ids.quantity, 2)
        self.productions_of(self.product).action_assign()
        self.assertHeld(10)

    def test_scrap_of_what_is_not_reserved_is_a_fact(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.part.id, "scrap_qty": 2, "location_id": self.stock.id}
        )
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")

    # -- within its place ----------------------------------------------------------------

    def test_it_may_be_put_elsewhere_within_its_need_s_place(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.warehouse.manu_type_id.reservation_method = "manual"
        for how in ("transfer", "relocation"):
            with self.subTest(how=how):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Thing", "mto")
                self.new_bom(self.product, {self.part: 10})
                order = self.confirm(self.product)
                self.receive(self.part)
                production = self.productions_of(self.product)
                production.do_unreserve()
                getattr(self, f"put_by_{how}")(shelf)
                thief = self.new_delivery(10)
                thief.action_assign()
                self.assertHeld(0, [thief])
                self.assertFalse(order.mto_missing_supplies)
                production.action_assign()
                self.assertHeld(10)
                self.assertEqual(production.move_raw_ids.move_line_ids.location_id, shelf)

    def put_by_transfer(self, shelf):
        transfer = self.new_delivery(
            10, picking_type_id=self.warehouse.int_type_id.id, location_dest_id=shelf.id
        )
        transfer.move_ids.location_dest_id = shelf
        self.take(transfer, 10)
        self.assertEqual(transfer.state, "done")

    def put_by_relocation(self, shelf):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.stock.id)]
        )
        quants.move_quants(location_dest_id=shelf)
