from odoo.tests import tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestGoneGoods(SupplyCase):
    """What had come for a need and is not there any more is missing, and supplied again."""

    def correct(self, quantity):
        """Receive all, and find later that less had come."""
        self.purchase.button_confirm()
        receipt = self.purchase.picking_ids
        receipt.button_validate()
        receipt.is_locked = False
        receipt.move_ids.move_line_ids.quantity = quantity

    def test_less_had_come_than_was_received(self):
        self.start(10)
        self.correct(8)
        self.assertEqual(self.production.move_raw_ids.quantity, 8)
        self.assertMissing(2)
        self.supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 2)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)
        self.assertSupplied()

    def test_less_had_come_and_lies_there_unreserved(self):
        self.start(10)
        self.correct(8)
        self.production.do_unreserve()
        self.assertMissing(2)
        self.supply_again()
        self.assertEqual(self.new_purchase().order_line.product_qty, 2)
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 8)
        self.assertSupplied()

    def test_nothing_had_come(self):
        self.start(10)
        self.correct(0)
        self.assertMissing(10)
        self.put_in_stock(self.part, 4)
        self.supply_again()
        self.assertParts(self.production, self.part, reserved=4, ordered=6)
        self.assertSupplied()

    def test_what_lies_there_unreserved_is_not_missing(self):
        self.start(10)
        self.purchase.button_confirm()
        self.purchase.picking_ids.button_validate()
        self.production.do_unreserve()
        self.assertFalse(self.order.mto_missing_supplies)
        self.production.move_raw_ids.quantity = 4
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)

    # -- where goods wait to be stored that were made ----------------------------------

    def make_and_unreserve(self):
        """What was made lies in Post-Production, and is not reserved for its way to stock."""
        self.warehouse.manufacture_steps = "pbm_sam"
        self.start(10, stock=10)
        pick = self.production.picking_ids.filtered(lambda one: one.state == "assigned")
        pick.move_ids.picked = True
        pick._action_done()
        self.production.qty_producing = 10
        self.production._set_qty_producing()
        self.production.button_mark_done()
        self.assertEqual(self.production.state, "done")
        self.place = self.warehouse.sam_loc_id
        store = self.env["stock.move"].search(
            [("product_id", "=", self.product.id), ("location_id", "=", self.place.id)]
        )
        self.assertEqual(store.state, "assigned")
        store.picking_id.do_unreserve()
        self.assertFalse(self.order.mto_missing_supplies)

    def test_what_was_made_is_scrapped_before_it_is_stored(self):
        self.make_and_unreserve()
        scrap = {"product_id": self.product.id, "scrap_qty": 2, "location_id": self.place.id}
        self.env["stock.scrap"].create(scrap).do_scrap()
        self.order.invalidate_recordset()
        self.assertIn("2 Units of Product", self.order.mto_missing_supplies or "")

    def test_of_what_was_made_a_count_finds_less_before_it_is_stored(self):
        self.make_and_unreserve()
        quant = self.product.stock_quant_ids.filtered(lambda one: one.location_id == self.place)
        quant.with_context(inventory_mode=True).inventory_quantity = 8
        quant.action_apply_inventory()
        self.order.invalidate_recordset()
        self.assertIn("2 Units of Product", self.order.mto_missing_supplies or "")
