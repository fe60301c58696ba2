from odoo.exceptions import UserError
from odoo.tests import tagged

from .held_case import HeldCase


@tagged("post_install", "-at_install")
class TestRelocatedGoods(HeldCase):
    """Goods that somebody puts elsewhere within their need's place are still the need's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id}
        )

    def receive_on_pallet(self, quantity):
        """Receive a quantity of the part on a new pallet; the rest is still to come."""
        order = self.purchase_lines_of(self.part).order_id
        order.filtered(lambda one: one.state == "draft").button_confirm()
        picking = order.picking_ids.filtered(lambda one: one.state == "assigned")
        picking.move_ids.quantity = quantity
        picking.move_ids.move_line_ids.result_package_id = self.env["stock.package"].create({})
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def get_quants(self):
        return self.env["stock.quant"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id", "child_of", self.stock.id),
                ("quantity", ">", 0),
            ]
        )

    def relocate(self, how):
        quants = self.get_quants()
        if how == "unpack":
            quants.package_id.unpack()
        elif how == "shelf":
            quants.move_quants(location_dest_id=self.shelf)
        else:
            quants.move_quants(package_dest_id=self.env["stock.package"].create({}))

    def new_scene(self, quantity):
        """An order, and a quantity of its part on a pallet."""
        self.part = self.new_product("Part", vendor=True)
        self.product = self.new_product("Thing", "mto")
        self.new_bom(self.product, {self.part: 10})
        order = self.confirm(self.product)
        self.receive_on_pallet(quantity)
        self.assertHeld(quantity)
        return order

    def test_what_is_still_to_come_is_for_its_need(self):
        for how in ("unpack", "shelf", "pack"):
            with self.subTest(how=how):
                order = self.new_scene(6)
                self.relocate(how)
                self.assertHeld(6)
                self.assertFalse(order.mto_missing_supplies)
                self.assertFalse(order._mto_get_plan().gaps)
                self.assertEqual(self.get_need().procure_method, "make_to_order")
                self.receive(self.part)
                self.assertHeld(10)

    def test_no_common_stock_is_taken_besides(self):
        self.new_scene(6)
        self.put_in_stock(self.part, 3)
        self.get_quants().package_id.unpack()
        self.assertHeld(6)
        thief = self.new_delivery(3)
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 3)

    def test_they_are_held_without_a_reservation(self):
        for how in ("unpack", "shelf", "pack"):
            with self.subTest(how=how):
                self.new_scene(10)
                self.relocate(how)
                self.assertHeld(10)
                self.productions_of(self.product).do_unreserve()
                self.assertHeld(0)
                thief = self.new_delivery(10)
                thief.action_assign()
                self.productions_of(self.product).action_assign()
                self.assertHeld(10, [thief])

    def new_needs_on_a_pallet(self):
        """Two orders' needs that share a pallet, and a receipt that brings more."""
        self.confirm(self.product)
        self.confirm(self.product)
        order = self.purchase_lines_of(self.part).order_id
        order.button_confirm()
        picking = order.picking_ids
        for move, quantity in zip(picking.move_ids, (10, 2), strict=True):
            move.quantity = quantity
        picking.move_ids.move_line_ids.result_package_id = self.env["stock.package"].create({})
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertHeld(12)
        return self.get_need()

    def test_needs_that_share_a_pallet(self):
        needs = self.new_needs_on_a_pallet()
        before = needs.mapped("quantity")
        self.put_in_stock(self.part, 5)
        self.get_quants().package_id.unpack()
        self.assertEqual(needs.mapped("quantity"), before)
        needs._action_assign()
        self.assertEqual(needs.mapped("quantity"), before)
        for order in needs.mto_sale_line_id.order_id:
            self.assertFalse(order._mto_get_plan().gaps)
        self.receive(self.part)
        self.assertHeld(20)

    def test_who_shares_the_pallet_takes_no_more_of_it(self):
        self.new_scene(6)
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.stock, 3, package_id=self.get_quants().package_id
        )
        other = self.new_delivery(8)
        other.action_assign()
        self.assertEqual(other.move_ids.quantity, 3)
        self.get_quants().package_id.unpack()
        self.assertHeld(6)
        self.assertEqual(other.move_ids.quantity, 3)

    def test_on_their_way_in_steps(self):
        self.warehouse.manufacture_steps = "pbm"
        self.new_scene_in_steps()
        production = self.productions_of(self.product)
        pick = self.get_picks()
        pick.move_ids.quantity = 6
        pick.move_ids.picked = True
        pick.with_context(skip_backorder=True).button_validate()
        self.assertHeld(6)
        origins = production.move_raw_ids.move_orig_ids
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id", "=", self.warehouse.pbm_loc_id.id),
            ]
        )
        quants.move_quants(package_dest_id=self.env["stock.package"].create({}))
        self.assertHeld(6)
        self.assertEqual(production.move_raw_ids.move_orig_ids, origins)
        production.do_unreserve()
        production.action_assign()
        self.assertHeld(6)
        self.validate_all(self.get_picks() - pick)
        self.assertHeld(10)

    def get_picks(self):
        """The transfers that bring the part to its production."""
        return self.productions_of(self.product).move_raw_ids.move_orig_ids.picking_id

    def new_scene_in_steps(self):
        self.part = self.new_product("Part", vendor=True)
        self.product = self.new_product("Thing", "mto")
        self.new_bom(self.product, {self.part: 10})
        self.confirm(self.product)
        self.receive(self.part)

    # -- by a transfer -----------------------------------------------------------------

    def transfer(self, quantity, destination, **vals):
        """Somebody moves goods of the part inside the warehouse."""
        picking = self.new_delivery(
            quantity,
            picking_type_id=self.warehouse.int_type_id.id,
            location_dest_id=destination.id,
        )
        picking.move_ids.location_dest_id = destination
        self.take(picking, quantity)
        return picking

    def test_a_transfer_within_their_place_costs_them_nothing(self):
        order = self.confirm(self.product)
        self.receive(self.part, 6)
        self.assertHeld(6)
        self.assertEqual(self.transfer(6, self.shelf).state, "done")
        self.assertHeld(6)
        self.assertEqual(self.get_need().move_line_ids.location_id, self.shelf)
        self.assertFalse(order._mto_get_plan().gaps)
        self.receive(self.part)
        self.assertHeld(10)

    def test_a_transfer_out_of_their_place_is_refused(self):
        self.confirm(self.product)
        self.receive(self.part)
        away = self.stock.copy({"name": "Away", "location_id": self.stock.location_id.id})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.transfer(10, away)
        self.assertHeld(10)

    # -- for others --------------------------------------------------------------------

    def new_scene_of_serials(self):
        """Two productions that have a serial number each; return them and the numbers."""
        self.part.tracking = "serial"
        self.env["mrp.bom.line"].search([("product_id", "=", self.part.id)]).product_qty = 1
        productions = self.env["mrp.production"]
        lots = self.env["stock.lot"]
        for number in ("S1", "S2"):
            lots |= self.receive_serial(self.confirm(self.product), number)
            productions |= self.productions_of(self.product) - productions
            self.assertEqual(productions[-1:].move_raw_ids.move_line_ids.lot_id, lots[-1:])
        return productions, lots

    def receive_serial(self, order, number):
        lines = self.purchase_lines_of(self.part)
        purchase = lines.filtered(lambda one: one.mto_sale_line_ids == order.order_line).order_id
        purchase.button_confirm()
        lot = self.env["stock.lot"].create({"name": number, "product_id": self.part.id})
        purchase.picking_ids.move_ids.move_line_ids.write({"lot_id": lot.id, "picked": True})
        purchase.picking_ids.button_validate()
        return lot

    def test_a_serial_number_taken_for_one_that_is_left(self):
        (first, second), lots = self.new_scene_of_serials()
        first.move_raw_ids.move_line_ids.lot_id = lots[1]
        self.produce(first)
        self.assertEqual(first.state, "done")
        self.assertEqual(second.move_raw_ids.move_line_ids.lot_id, lots[0])
        self.assertFalse(second.mto_sale_line_ids.order_id._mto_get_plan().gaps)
        second.do_unreserve()
        thief = self.new_delivery(1)
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 0)
        second.action_assign()
        self.assertEqual(second.move_raw_ids.move_line_ids.lot_id, lots[0])

    def test_a_serial_number_taken_while_none_is_left(self):
        (first, second), lots = self.new_scene_of_serials()
        first.move_raw_ids.move_line_ids.lot_id = lots[1]
        self.new_delivery(1).action_assign()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.produce(first)
        self.assertEqual(second.move_raw_ids.move_line_ids.lot_id, lots[1])

    def produce(self, production):
        production.qty_producing = 1
        production.move_raw_ids.picked = True
        production.button_mark_done()
