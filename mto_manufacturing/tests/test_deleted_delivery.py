from freezegun import freeze_time

from odoo.tests import tagged

from .. import planner
from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestDeletedDelivery(ChainCase):
    """A person deletes a delivery, and the order still asks for its goods: as if cancelled."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.table = self.new_product("Table", "mto")
        self.lamp = self.new_product("Lamp")
        self.new_bom(self.table, {self.screw: 4})

    def live(self, order):
        return order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))

    def assertDeleted(self, order, *words):
        """The order tells what nothing brings, in words and in its plan."""
        order.invalidate_recordset()
        told = order.mto_missing_supplies.split("\n")
        self.assertEqual(told, [f"{one}: what was to bring it is deleted" for one in words])
        gaps = order._mto_get_plan().gaps
        self.assertEqual([gap.code for gap in gaps], ["supply_cancelled"] * len(words))

    def test_what_was_ordered_goes_and_comes_again(self):
        """In any number of steps, whichever of them is deleted, cancelled before or not."""
        for steps, is_cancelled in (("ship_only", False), ("pick_pack_ship", True)):
            self.warehouse.delivery_steps = steps
            order = self.confirm(self.table, 5)
            planned = order._mto_get_plan()
            for place in (0, -1):
                picking = self.live(order).sorted("id")[place]
                if is_cancelled:
                    picking.action_cancel()
                picking.unlink()
                self.assertFalse(self.live(order))
                states = order._mto_get_productions().mapped("state")
                self.assertFalse(set(states) - {"cancel"})
                self.assertDeleted(order, "5 Units of Table")
                order.action_mto_supply_again()
                self.assertEqual(planner.diff(planned, order._mto_get_plan()), ())
                self.assertFalse(order.mto_missing_supplies)
            self.run_chain(order)

    def test_the_rest(self):
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 6)
        self.live(order).unlink()
        self.assertDeleted(order, "4 Units of Table")
        order.action_mto_supply_again()
        self.assertEqual(sum(self.live(order).move_ids.mapped("product_qty")), 4)
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def test_what_is_picked_is_sent_from_where_it_lies(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirm(self.table, 5)
        self.buy()
        while self.make(order) + self.move():
            if any(picking.state == "done" for picking in order.picking_ids):
                break
        output = self.live(order)
        self.assertEqual(output.move_ids.location_id, self.warehouse.wh_output_stock_loc_id)
        output.unlink()
        self.assertDeleted(order, "5 Units of Table")
        order.action_mto_supply_again()
        again = self.live(order).move_ids
        self.assertEqual(again.location_id, self.warehouse.wh_output_stock_loc_id)
        self.assertEqual((again.state, again.quantity), ("assigned", 5))
        self.run_chain(order)

    def test_a_line_from_stock_beside_it(self):
        self.put_in_stock(self.lamp, 2)
        order = self.new_order({self.table: 5, self.lamp: 2})
        planned = self.confirm_as_planned(order)
        order.picking_ids.unlink()
        self.assertDeleted(order, "5 Units of Table", "2 Units of Lamp")
        order.action_mto_supply_again()
        self.assertEqual(planner.diff(planned, order._mto_get_plan()), ())
        self.run_chain(order)

    def test_nothing_is_made_to_order(self):
        """Then it is gone, as in core."""
        order = self.confirm(self.lamp, 2)
        order.picking_ids.unlink()
        self.assertFalse(order.order_line.move_ids)
        self.assertFalse(order.mto_missing_supplies)

    def test_the_order_is_cancelled(self):
        order = self.confirm(self.table, 2)
        order._action_cancel()
        order.picking_ids.unlink()
        self.assertFalse(order.order_line.move_ids)
