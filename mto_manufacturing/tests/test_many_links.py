from contextlib import ExitStack
from unittest.mock import patch

from odoo.fields import Command
from odoo.orm import fields, models
from odoo.tests import tagged

from ..models import mrp_production
from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestManyLinks(MtoCommon):
    """Many moves that one link after the other ties together."""

    def prepare_move(self):
        product = self.new_product("Part")
        return {
            "product_id": product.id,
            "product_uom_qty": 12,
            "location_id": self.stock.id,
            "location_dest_id": self.stock.id,
        }

    def new_chain(self, length, **last):
        """Moves, each of which waits for the one before it."""
        moves = self.env["stock.move"].create([self.prepare_move()] * length)
        moves[-1].write(last)
        for before, after in zip(moves, moves[1:], strict=False):
            before.move_dest_ids = [Command.link(after.id)]
        self.env.flush_all()
        return moves

    def get_packagings(self, moves):
        self.env.add_to_compute(moves._fields["packaging_uom_id"], moves)
        moves[:1].mapped("packaging_uom_id")  # whoever is asked first asks all
        return moves.packaging_uom_id

    def test_packaging_passes_any_number_of_links(self):
        """Core's computation, a call within a call, ends in an error at some eighty."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self.new_product("Thing")
        order = self.new_order({product: {"product_uom_qty": 1, "product_uom_id": dozen.id}})
        for length in (5, 150):
            moves = self.new_chain(length, sale_line_id=order.order_line.id)
            moves.write({"packaging_uom_id": False})
            self.assertEqual(self.get_packagings(moves), dozen)

    def test_packaging_without_anybody_who_knows(self):
        moves = self.new_chain(150)
        self.assertEqual(self.get_packagings(moves), moves.product_uom[:1])

    def test_what_is_tied_to_many_from_the_beginning(self):
        """A move that is created sees what it is tied to as if all that were new."""
        dozen = self.env.ref("uom.product_uom_dozen")
        moves = self.new_chain(150)
        moves.packaging_uom_id = dozen
        self.env.flush_all()
        self.env.invalidate_all()
        links = {"move_dest_ids": [Command.link(moves[0].id)]}
        move = moves.create({**self.prepare_move(), **links})
        self.assertEqual(move.packaging_uom_id, dozen)

    def test_another_unit_is_typed(self):
        """What a form changes of a move that is there counts."""
        (move,) = self.new_chain(1)
        dozen = self.env.ref("uom.product_uom_dozen")
        typed = move.new({"product_uom": dozen.id}, origin=move)
        self.assertEqual(typed.packaging_uom_id, dozen)

    def test_what_many_batches_share_is_shared_out_once(self):
        """However many batches need what as many batches make."""
        part = self.new_product("Part", vendor=True)
        frame, thing = self.new_product("Frame", "mto"), self.new_product("Thing", "mto")
        self.new_bom(frame, {part: 1}, enable_batch_size=True, batch_size=1)
        self.new_bom(thing, {frame: 1}, enable_batch_size=True, batch_size=1)
        changes, calls = self.env.registry["mto.change"], []
        share_out = changes._share_out

        def count(self, *args, **kwargs):
            calls.append(args)
            return share_out(self, *args, **kwargs)

        self.patch(changes, "_share_out", count)
        counts = []
        for quantity in (3, 9):
            order = self.confirm(thing, quantity)
            calls.clear()
            order.order_line.product_uom_qty = quantity - 1
            alive = self.productions_of(frame).filtered(
                lambda one, order=order: (
                    one.mto_sale_line_ids == order.order_line and one.state != "cancel"
                )
            )
            self.assertEqual(len(alive), quantity - 1)
            counts.append(len(calls))
        self.assertEqual(*counts)

    def test_more_batches_than_odoo_computes_at_once(self):
        """Core's states are computed from moves that are computed from states."""
        part = self.new_product("Part", vendor=True)
        frame, thing = self.new_product("Frame", "mto"), self.new_product("Thing", "mto")
        self.new_bom(frame, {part: 1}, enable_batch_size=True, batch_size=1)
        self.new_bom(thing, {frame: 1}, enable_batch_size=True, batch_size=1)
        modules = (fields, models, mrp_production)
        with ExitStack() as stack:
            for module in modules:
                stack.enter_context(patch.object(module, "PREFETCH_MAX", 5))
            self.confirm(thing, 13)
        for product in (thing, frame):
            made = self.productions_of(product)
            self.assertEqual(made.mapped("product_qty"), [1] * 13)
            self.assertEqual(set(made.mapped("state")), {"confirmed"})
            self.assertEqual(len(made.move_raw_ids), 13)
            self.assertEqual(len(made.move_finished_ids), 13)

    def test_moves_in_a_ring_are_looked_at_once(self):
        """Nothing keeps people and other addons from tying moves to each other in turn."""
        ring = self.new_chain(3)
        ring.location_id = self.warehouse.pbm_loc_id
        ring[0].move_orig_ids = ring[2]
        self.assertFalse(self.env["mto.steps"]._find_pull(ring[0]))
        self.assertFalse(self.env["mto.exchange"]._find_need(ring[0]))

    def test_a_configuration_is_looked_for_once_in_a_ring(self):
        ring = self.new_chain(3, mto_custom=True)
        ring[0].move_orig_ids = ring[2]
        self.assertFalse(ring[2]._mto_get_configuration_text())

    # -- a return that is returned: core ties each of both to the other ----------------

    def send_back(self, picking):
        """Return all of a transfer, and do it."""
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])

    def bring_again(self, picking):
        """Do a transfer, send its goods back, and bring them once more."""
        again = self.send_back(self.send_back(picking))
        again.move_ids.picked = True
        again.button_validate()
        moves = again.move_ids | again.move_ids.move_orig_ids
        self.assertLessEqual(again.move_ids, moves.move_orig_ids.move_orig_ids)  # a ring

    def new_order_of_one(self):
        part, product = self.new_product("Part"), self.new_product("Thing", "mto")
        self.new_bom(product, {part: 1})
        self.put_in_stock(part, 1)
        order = self.confirm(product)
        return order, self.productions_of(product)

    def produce(self, production):
        production.qty_producing = 1
        production._set_qty_producing()
        production.button_mark_done()
        self.assertEqual(production.state, "done")

    def test_whom_a_production_serves_before_the_addon_was_there(self):
        order, production = self.new_order_of_one()
        self.produce(production)
        self.bring_again(order.picking_ids)
        order.picking_ids.move_ids.write({"mto_key": False, "mto_sale_line_id": False})
        self.assertFalse(production._mto_get_served())

    def test_the_documents_of_goods_that_were_brought_twice(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        order, production = self.new_order_of_one()
        self.bring_again(production.picking_ids)
        self.assertTrue(order._mto_get_plan().nodes)
        known = production.picking_ids
        self.produce(production)
        self.bring_again(production.picking_ids - known)
        self.assertTrue(order._mto_get_plan().nodes)
