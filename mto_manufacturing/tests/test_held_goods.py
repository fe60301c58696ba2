from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .held_case import HeldCase


@tagged("post_install", "-at_install")
class TestHeldGoods(HeldCase):
    """What was received or made for a need goes to it first, whoever asks in between."""

    # -- when it arrives -----------------------------------------------------------------

    def test_receipts_of_any_steps_reserve_for_their_need(self):
        for steps in ("one_step", "two_steps", "three_steps"):
            for method in ("manual", "by_date", "at_confirm"):
                with self.subTest(steps=steps, method=method):
                    self.warehouse.reception_steps = steps
                    types = self.warehouse.out_type_id | self.warehouse.manu_type_id
                    types |= self.warehouse.store_type_id | self.warehouse.qc_type_id
                    types.reservation_method = method
                    self.part = self.new_product("Part", vendor=True)
                    self.product = self.new_product("Thing", "mto")
                    self.new_bom(self.product, {self.part: 10})
                    thief = self.new_delivery(10)
                    self.confirm(self.product)
                    self.receive(self.part)
                    thief.action_assign()
                    self.env["stock.rule"].run_scheduler()
                    self.assertHeld(thieves=[thief])

    def test_a_receipt_in_parts(self):
        thief = self.new_delivery(10)
        self.confirm(self.product)
        self.receive(self.part, 4)
        thief.action_assign()
        self.assertHeld(4, [thief])
        self.receive(self.part, 2)
        thief.action_assign()
        self.assertHeld(6, [thief])
        self.receive(self.part)
        thief.action_assign()
        self.assertHeld(10, [thief])

    def test_what_is_made_through_store_and_pick_steps(self):
        for method in ("manual", "at_confirm"):
            with self.subTest(method=method):
                self.warehouse.manufacture_steps = "pbm_sam"
                types = self.warehouse.pbm_type_id | self.warehouse.sam_type_id
                (types | self.warehouse.manu_type_id).reservation_method = method
                module = self.new_product("Module")
                self.new_bom(module, {self.part: 1})
                product = self.new_product("Machine", "mto")
                self.new_bom(product, {module: 2})
                self.put_in_stock(self.part, 2)
                thief = self.new_delivery(2, module)
                self.confirm(product)
                made = self.productions_of(module)
                self.validate_all(made.picking_ids)
                made.qty_producing = 2
                made._set_qty_producing()
                made.button_mark_done()
                self.validate_all(made.picking_ids)
                thief.action_assign()
                self.env["stock.rule"].run_scheduler()
                pick = self.productions_of(product).picking_ids
                self.assertEqual(pick.move_ids.quantity, 2)
                self.assertEqual(thief.move_ids.quantity, 0)

    # -- when the reservation was lost ---------------------------------------------------

    def test_goods_that_are_not_reserved_any_more_are_still_held(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        self.assertHeld(0)
        thief = self.new_delivery(10)
        thief.action_assign()
        self.env["stock.rule"].run_scheduler()
        self.assertHeld(10, [thief])

    def test_a_plan_does_not_count_them_as_free(self):
        self.confirm(self.product)
        self.receive(self.part)
        first = self.productions_of(self.product)
        first.do_unreserve()
        self.confirm(self.product)
        second = self.productions_of(self.product) - first
        self.assertParts(second, self.part, ordered=10)

    def test_common_stock_beside_them_is_everybodys(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        self.put_in_stock(self.part, 7)
        thief = self.new_delivery(9)
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 7)
        self.productions_of(self.product).action_assign()
        self.assertHeld(10)

    def test_a_count_that_finds_more(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        thief = self.new_delivery(9)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.stock.id)]
        )
        quant.inventory_quantity = 13
        quant.action_apply_inventory()
        thief.action_assign()
        self.assertEqual(thief.move_ids.quantity, 3)
        self.productions_of(self.product).action_assign()
        self.assertHeld(10)

    # -- by force ------------------------------------------------------------------------

    def test_nobody_ships_what_is_reserved_for_another_order(self):
        order = self.confirm(self.product)
        self.receive(self.part)
        thief = self.new_delivery(3)
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self.take(thief, 3)
        self.assertIn(order.name, refused.exception.args[0])
        self.assertIn(self.part.name, refused.exception.args[0])
        self.assertHeld(10)

    def test_nobody_ships_what_another_order_has_in_the_output(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                part = self.new_product("Part", "mto", vendor=True)
                taker, holder = self.confirm(part, 5), self.confirm(part, 5)
                self.receive(part)
                for order, quantity in ((holder, 5), (taker, 3)):
                    for picking in order.picking_ids:
                        self.take(picking, quantity)
                    self.validate_all(order.picking_ids.filtered(self.is_packed))
                ship = taker.picking_ids.filtered(lambda one: one.picking_type_code == "outgoing")
                self.assertEqual((ship.state, ship.move_ids.quantity), ("assigned", 3))
                with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                    self.take(ship, 5)
                self.assertIn(holder.name, refused.exception.args[0])
                self.take(ship, 3)
                self.assertEqual(taker.order_line.qty_delivered, 3)

    def is_packed(self, picking):
        return picking.location_id == self.warehouse.wh_pack_stock_loc_id

    def test_nobody_ships_what_a_person_unreserved(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        thief = self.new_delivery(3)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.take(thief, 3)

    def test_what_common_demands_have_reserved_is_taken_first(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.put_in_stock(self.part, 5)
        common, taker = self.new_delivery(5), self.new_delivery(3)
        common.action_assign()
        self.assertEqual(common.move_ids.quantity, 5)
        self.take(taker, 3)
        self.assertEqual(taker.state, "done")
        self.assertEqual(common.move_ids.quantity, 2)
        self.assertHeld(10)

    def test_no_production_for_stock_consumes_them(self):
        order = self.confirm(self.product)
        self.receive(self.part)
        other = self.new_product("Other")
        bom = self.new_bom(other, {self.part: 2})
        production = self.env["mrp.production"].create(
            {"product_id": other.id, "product_qty": 1, "bom_id": bom.id}
        )
        production.action_confirm()
        production.qty_producing = 1
        production._set_qty_producing()
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            production.button_mark_done()
        self.assertIn(order.name, refused.exception.args[0])

    def test_what_is_not_there_any_more_is_told_by_a_count(self):
        self.confirm(self.product)
        self.receive(self.part)
        self.put_in_stock(self.part, 5)
        common = self.new_delivery(5)
        common.action_assign()
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.stock.id)]
        )
        quant.inventory_quantity = 12
        quant.action_apply_inventory()
        self.assertHeld(10)
        self.assertEqual(common.move_ids.quantity, 2)
        quant.inventory_quantity = 8
        quant.action_apply_inventory()
        self.assertEqual(sum(self.get_need().mapped("quantity")) + common.move_ids.quantity, 8)

    def test_a_count_that_finds_less_is_told_in_words(self):
        order = self.confirm(self.product)
        self.receive(self.part)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.stock.id)]
        )
        quant.inventory_quantity = 8
        quant.action_apply_inventory()
        name = self.productions_of(self.product).name
        self.assertEqual(
            order.mto_missing_supplies,
            f"2 Units of Part for {name}, no longer from stock (a count found less)",
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        order.invalidate_recordset(["mto_missing_supplies"])
        self.assertNotIn(
            "a count found less", order.with_context(lang="fr_FR").mto_missing_supplies
        )
        self.assertNotIn("@", order.with_context(lang="fr_FR").mto_missing_supplies)
        activities = order.activity_ids | self.part.product_tmpl_id.activity_ids
        notes = "".join(activities.mapped("note"))
        self.assertIn("from stock (a count found less)", notes)

    def test_scrap_is_a_fact(self):
        order = self.confirm(self.product)
        self.receive(self.part)
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.part.id, "scrap_qty": 2, "location_id": self.stock.id}
        )
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")
        self.assertHeld(8)
        self.assertIn(f"no longer from stock ({scrap.name})", order.mto_missing_supplies)

    def test_of_what_is_scrapped_common_demands_lose_theirs_first(self):
        """Whichever of them is due first: what an order holds gives way last."""
        for days in (-1, 400):
            with self.subTest(days=days):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Thing", "mto")
                self.new_bom(self.product, {self.part: 10})
                order = self.confirm(self.product)
                self.receive(self.part)
                self.put_in_stock(self.part, 5)
                date = fields.Datetime.now() + timedelta(days=days)
                common = self.new_delivery(5)
                common.move_ids.date = date
                common.action_assign()
                self.assertEqual(common.move_ids.quantity, 5)
                scrap = self.env["stock.scrap"].create(
                    {"product_id": self.part.id, "scrap_qty": 7, "location_id": self.stock.id}
                )
                scrap.do_scrap()
                self.assertHeld(8)
                self.assertEqual((common.move_ids.quantity, common.state), (0, "confirmed"))
                self.assertIn("2 Units of Part", order.mto_missing_supplies)

    def test_what_the_order_holds_it_may_ship(self):
        order = self.confirm(self.product)
        self.receive(self.part)
        production = self.productions_of(self.product)
        production.qty_producing = 1
        production._set_qty_producing()
        production.button_mark_done()
        self.validate_all(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 1)
