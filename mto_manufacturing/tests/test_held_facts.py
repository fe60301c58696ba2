from odoo.fields import Command
from odoo.tests import tagged

from .held_case import HeldCase


@tagged("post_install", "-at_install")
class TestHeldFacts(HeldCase):
    """What is held is no more than what is there, whatever became of the rest."""

    def hold(self, quantity=0):
        """An order whose part is there and not reserved, and so much common stock beside it."""
        self.warehouse.manu_type_id.reservation_method = "manual"
        order = self.confirm(self.product)
        self.receive(self.part)
        self.productions_of(self.product).do_unreserve()
        if quantity:
            self.put_in_stock(self.part, quantity)
        return order

    def get_quant(self):
        return self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.stock.id)]
        )

    def count_stock(self, quantity):
        quant = self.get_quant()
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def assertMissing(self, order, quantity):
        order.invalidate_recordset(["mto_missing_supplies"])
        self.assertIn(f"{quantity} Units of Part", order.mto_missing_supplies or "")

    # -- facts ---------------------------------------------------------------------------

    def test_who_has_reserved_goods_is_not_refused_for_what_a_count_does_not_find(self):
        order = self.hold(10)
        taker = self.new_delivery(10)
        taker.action_assign()
        self.assertEqual(taker.move_ids.quantity, 10)
        self.count_stock(10)
        self.assertMissing(order, 10)
        self.take(taker, 10)
        self.assertEqual(taker.state, "done")
        self.count_stock(10)
        self.productions_of(self.product).action_assign()
        self.assertHeld(10)

    def test_a_count_takes_what_is_held_only_as_far_as_it_is_gone(self):
        order = self.hold(10)
        common, taker = self.new_delivery(10), self.new_delivery(3)
        common.action_assign()
        self.count_stock(13)
        self.assertMissing(order, 7)
        self.take(taker, 3)
        self.assertEqual(common.move_ids.quantity, 7)
        self.productions_of(self.product).action_assign()
        self.assertHeld(3)
        self.assertIn("a count found less", order.activity_ids.note or "")

    def test_what_is_scrapped_beside_them_costs_them_nothing(self):
        order = self.hold(10)
        self.count_stock(12)
        self.assertFalse(order.mto_missing_supplies)
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.part.id, "scrap_qty": 3, "location_id": self.stock.id}
        )
        scrap.do_scrap()
        self.assertMissing(order, 1)
        self.assertIn(f"no longer from stock ({scrap.name})", order.mto_missing_supplies)
        self.productions_of(self.product).action_assign()
        self.assertHeld(9)

    # -- what is typed -------------------------------------------------------------------

    def test_what_is_typed_and_not_validated_is_not_gone(self):
        order = self.hold()
        thief = self.new_delivery(3)
        thief.move_ids.quantity = 3
        order.invalidate_recordset(["mto_missing_supplies"])
        self.assertFalse(order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(len(self.purchase_lines_of(self.part)), 1)
        self.count_stock(9)
        self.assertMissing(order, 1)

    # -- set aside -----------------------------------------------------------------------

    def test_what_is_set_aside_already_is_not_set_aside_once_more(self):
        """A reservation that is taken is made again where there is as much."""
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.confirm(self.product)
        holder = self.productions_of(self.product)
        self.put_in_stock(self.part, 10)
        self.confirm(self.product)
        need = (self.productions_of(self.product) - holder).move_raw_ids
        self.receive(self.part)
        holder.do_unreserve()
        move = self.new_delivery(10, location_dest_id=shelf.id)
        move.move_ids.location_dest_id = shelf
        self.take(move, 10)
        self.assertEqual(need.move_line_ids.location_id, self.stock)
        self.put_in_stock(self.part, 3, shelf)
        taker = self.new_delivery(3)
        line = {"quantity": 3, "picked": True, "product_id": self.part.id}
        taker.move_ids.move_line_ids = [Command.create({**line, "location_id": self.stock.id})]
        taker.button_validate()
        self.assertEqual((taker.state, need.quantity), ("done", 10))
        holder.action_assign()
        self.assertEqual(holder.move_raw_ids.quantity, 10)

    def test_a_fact_is_not_refused_along_with_what_somebody_takes(self):
        self.hold(1)
        places = {
            "location_id": self.stock.id,
            "location_dest_id": self.part.property_stock_inventory.id,
        }
        lost = self.env["stock.move"].create(
            {
                "product_id": self.part.id,
                "product_uom_qty": 3,
                "is_inventory": True,
                **places,
            }
        )
        lost._action_confirm()
        lost.quantity = 3
        taken = self.new_delivery(1).move_ids
        taken.quantity = 1
        (lost | taken).picked = True
        (taken | lost)._action_done()
        self.assertEqual(lost.state, "done")
        self.productions_of(self.product).action_assign()
        self.assertHeld(7)

    def test_nothing_stays_set_aside_when_something_fails(self):
        self.hold()
        aside, quant = self.env["mto.aside.goods"], self.get_quant()
        try:
            with aside._set_aside(self.new_delivery(3).move_ids):
                self.assertEqual(quant.reserved_quantity, 10)
                raise ValueError
        except ValueError:
            self.assertEqual(quant.reserved_quantity, 0)
