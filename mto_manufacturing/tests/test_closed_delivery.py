from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")
class TestClosedDelivery(ChainCase):
    """Goods have left the stock for a customer, and the transfer that sends them is closed.

    As in one step, a person decides whether they are sent after all.
    """

    def setUp(self):
        super().setUp()
        self.warehouse.delivery_steps = "pick_ship"
        self.output = self.warehouse.wh_output_stock_loc_id
        self.plain = self.new_product("Plain")
        self.part = self.new_product("Part", vendor=True)
        self.thing = self.new_product("Thing", "mto")
        self.new_bom(self.thing, {self.part: 1})

    def open_moves(self, product):
        """What is to be done with a product, other than to make it."""
        return self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("state", "not in", ("draft", "done", "cancel")),
                ("production_id", "=", False),
            ]
        )

    def bring(self, order, product, place=None):
        """Buy, make and pick for orders until all waits in a place; return what takes it on."""
        for _round in range(15):
            ready = self.open_moves(product) & order.order_line.move_ids
            ready = ready.filtered(lambda move: move.location_id == (place or self.output))
            if ready and set(ready.mapped("state")) == {"assigned"}:
                return ready
            if not self.buy() and not sum(map(self.make, order)):
                self.move()
        raise AssertionError("it does not come there")

    def new_plain(self):
        self.put_in_stock(self.plain, 10)
        order = self.confirm(self.plain, 10)
        return order, self.bring(order, self.plain)

    def new_thing(self, place=None):
        order = self.confirm(self.thing, 10)
        return order, self.bring(order, self.thing, place)

    def cancel(self, move):
        move.picking_id.action_cancel()

    def send_six(self, move):
        move.write({"quantity": 6, "picked": True})
        move.picking_id.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=move.picking_id.ids
        ).button_validate()
        self.assertEqual(move.state, "done")

    def assertMade(self, quantity):
        made = self.productions_of(self.thing).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), quantity)

    def test_what_is_made_to_stock_is_closed_as_in_core(self):
        for end in (self.cancel, self.send_six):
            with self.subTest(end=end.__name__):
                _order, move = self.new_plain()
                end(move)
                self.assertFalse(self.open_moves(self.plain))
                self.assertEqual(len(move.picking_id.move_ids), 1)

    def test_what_is_made_to_order_waits_for_a_person(self):
        """It is sent from where it lies, and only what is missing."""
        for end, left in ((self.cancel, 10), (self.send_six, 4)):
            with self.subTest(end=end.__name__):
                made = self.productions_of(self.thing)
                order, move = self.new_thing()
                end(move)
                self.assertFalse(self.open_moves(self.thing))
                self.assertIn(f"{left} Units of Thing", order.mto_missing_supplies)
                self.assertTrue(order._mto_get_plan().gaps)
                for _time in range(2):
                    order.action_mto_supply_again()
                    again = self.open_moves(self.thing)
                    self.assertEqual((again.product_qty, again.state), (left, "assigned"))
                    self.assertEqual(again.location_id, self.output)
                    self.assertFalse(order.mto_missing_supplies)
                    self.assertFalse(order._mto_get_plan().gaps)
                self.run_chain(order)
                own = self.productions_of(self.thing) - made
                self.assertEqual(own.mapped("product_qty"), [10])

    def test_the_order_is_looked_at_again(self):
        """Its promise and its list of what is missing tell that nothing brings the goods."""
        for end in (self.cancel, self.send_six):
            with self.subTest(end=end.__name__):
                order, move = self.new_thing()
                self.env.cr.precommit.run()
                self.assertFalse(order.order_line.mto_is_blocked)
                end(move)
                self.env.cr.precommit.run()
                self.assertTrue(order.order_line.mto_is_blocked)
                order.action_mto_supply_again()
                self.env.cr.precommit.run()
                self.assertFalse(order.order_line.mto_is_blocked)

    def test_closed_more_than_once(self):
        order, move = self.new_thing()
        for end in (self.cancel, self.send_six, self.cancel):
            end(move)
            order.action_mto_supply_again()
            move = self.open_moves(self.thing)
        self.assertEqual((move.product_qty, move.state), (4, "assigned"))
        self.run_chain(order)
        self.assertMade(10)

    def test_what_is_packed_on_its_way(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        for place in (self.warehouse.wh_pack_stock_loc_id, self.output):
            for end, left in ((self.cancel, 10), (self.send_six, 4)):
                with self.subTest(place=place.name, end=end.__name__):
                    order, move = self.new_thing(place)
                    end(move)
                    self.assertIn(f"{left} Units of Thing", order.mto_missing_supplies)
                    order.action_mto_supply_again()
                    again = self.open_moves(self.thing).filtered(
                        lambda one, place=place: one.location_id == place
                    )
                    self.assertIn(left, again.mapped("product_qty"))
                    self.assertFalse(order.mto_missing_supplies)
                    self.run_chain(order)

    def test_what_is_not_there_any_more_comes_anew(self):
        order, move = self.new_thing()
        self.cancel(move)
        self.put_in_stock(self.thing, -3, self.output)
        order.action_mto_supply_again()
        again = self.open_moves(self.thing)
        there = again.filtered(lambda one: one.location_id == self.output)
        self.assertEqual(sum(there.mapped("product_qty")), 7)
        self.assertMade(13)
        self.run_chain(order)

    def test_more_is_ordered_meanwhile(self):
        """What lies there is sent first."""
        order, move = self.new_thing()
        self.send_six(move)
        order.order_line.product_uom_qty = 12
        self.assertMade(12)
        self.run_chain(order)

    def pull_by_way_of(self, dock):
        customers = self.customer.property_stock_customer
        steps = (
            (dock, customers, self.warehouse.out_type_id),
            (self.stock, dock, self.warehouse.int_type_id),
        )
        return self.env["stock.route"].create(
            {
                "name": "By way of the dock",
                "sequence": 0,
                "product_selectable": True,
                "rule_ids": [
                    Command.create(
                        {
                            "name": f"{source.name} to {target.name}",
                            "action": "pull",
                            "location_src_id": source.id,
                            "location_dest_id": target.id,
                            "location_dest_from_rule": True,
                            "picking_type_id": operation.id,
                            "procure_method": "make_to_order",
                        }
                    )
                    for source, target, operation in steps
                ],
            }
        )

    def test_pulled_in_two_steps(self):
        """A delivery whose steps pull each other, as people still set it up by hand."""
        self.warehouse.delivery_steps = "ship_only"
        dock = self.stock.create(
            {"name": "Dock", "location_id": self.warehouse.view_location_id.id}
        )
        route = self.pull_by_way_of(dock)
        for end, left in ((self.cancel, 10), (self.send_six, 4)):
            with self.subTest(end=end.__name__):
                ways = [Command.set(route.ids)]
                self.thing = self.new_product("Thing", vendor=True, route_ids=ways)
                order, move = self.new_thing(dock)
                end(move)
                self.assertFalse(self.open_moves(self.thing))
                self.assertIn(f"{left} Units of Thing", order.mto_missing_supplies)
                order.action_mto_supply_again()
                again = self.open_moves(self.thing)
                self.assertEqual((again.product_qty, again.location_id), (left, dock))
                self.assertFalse(order.mto_missing_supplies)
                self.run_chain(order)

    def test_less_is_ordered_meanwhile(self):
        order, move = self.new_thing()
        self.send_six(move)
        order.order_line.product_uom_qty = 8
        order.action_mto_supply_again()
        self.assertEqual(self.open_moves(self.thing).product_qty, 2)
        self.run_chain(order)
        self.assertMade(10)

    def test_what_another_order_has_there_is_left_alone(self):
        order, other = self.confirm(self.thing, 10), self.confirm(self.thing, 10)
        both = self.bring(order | other, self.thing)
        kept = both & other.order_line.move_ids
        self.cancel(both - kept)
        self.assertEqual(kept.quantity, 10)
        order.action_mto_supply_again()
        self.assertEqual(kept.quantity, 10)
        self.run_chain(order)
        self.assertEqual(other.order_line.qty_delivered, 10)

    def test_one_part_of_a_kit(self):
        kit = self.new_product("Set")
        self.new_bom(kit, {self.thing: 2, self.plain: 1}, type="phantom")
        self.put_in_stock(self.plain, 5)
        order = self.confirm(kit, 5)
        move = self.bring(order, self.thing)
        move._action_cancel()
        self.assertIn("10 Units of Thing", order.mto_missing_supplies)
        order.action_mto_supply_again()
        again = self.open_moves(self.thing)
        self.assertEqual((again.product_qty, again.location_id), (10, self.output))
        self.run_chain(order)
        self.assertMade(10)
