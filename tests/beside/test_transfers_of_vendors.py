"""What becomes of the transfers of vendors who ship to the customer."""

from odoo.tests import new_test_user, tagged

from odoo.addons.mto_manufacturing import planner
from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
class TestTransfersOfVendors(ChainCase):
    """A purchase that is confirmed brings what its transfers bring, and not what it says."""

    def setUp(self):
        super().setUp()
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.thing = self.new_product("Thing", vendor=True, route_ids=route.ids)

    def ordered(self, quantity=10, **vals):
        """A confirmed order of what a vendor has agreed to ship, and the vendor's transfer."""
        order = self.confirm(self.thing, quantity, **vals)
        self.buy()
        self.env.cr.precommit.run()
        self.assertFalse(order.order_line.mto_is_blocked)
        return order, order.order_line.move_ids.picking_id

    def ship(self, transfer, quantity, backorder=False):
        """A vendor ships a part of a transfer; the rest later, or never."""
        transfer.move_ids.write({"quantity": quantity, "picked": True})
        never = [] if backorder else transfer.ids
        transfer.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=never
        ).button_validate()
        self.assertEqual(transfer.state, "done")

    def get_parts(self, order):
        """[(supply, quantity)] of an order's plan."""
        return [(node.supply, node.quantity) for node in order._mto_get_plan().nodes]

    def get_asked(self):
        """What vendors are asked for and have not agreed to, of each request."""
        asked = self.purchase_lines_of(self.thing).filtered(lambda line: line.state == "draft")
        return asked.sorted("id").mapped("product_uom_qty")

    def assertMissed(self, order, quantity, name):
        """What nobody ships is told, and supplied again once."""
        self.assertIn(f"{quantity} Units of Thing", order.mto_missing_supplies)
        self.assertIn(name, order.mto_missing_supplies)
        rest = order.order_line.product_uom_qty - quantity
        shipped = [(planner.PURCHASE, rest)] if rest else []
        self.assertEqual(self.get_parts(order), [*shipped, (planner.MISSING, quantity)])
        self.assertEqual([gap.code for gap in order._mto_get_plan().gaps], ["supply_cancelled"])
        self.env.cr.precommit.run()
        if not order.mto_planned_at:  # of what has been done the forecast follows soon
            self.env["mto.promise"]._refresh_one(order)
        self.assertTrue(order.order_line.mto_is_blocked, "the forecast follows by itself")
        for _turn in range(2):
            order.action_mto_supply_again()
            self.assertEqual(self.get_asked(), [quantity])
        self.assertFalse(order.mto_missing_supplies)
        self.assertFalse(order._mto_get_plan().gaps)

    def test_it_is_cancelled(self):
        order, transfer = self.ordered()
        transfer.action_cancel()
        self.assertMissed(order, 10, transfer.name)
        self.run_chain(order)

    def test_the_rest_of_the_order_is_looked_at(self):
        """As core does whenever it asks for goods: what was added to a delivery is confirmed."""
        lamp = self.new_product("Lamp")
        order = self.new_order({self.thing: 10, lamp: 2})
        order.action_confirm()
        self.buy()
        delivery = order.order_line[1].move_ids
        added = delivery.create(
            {
                "product_id": lamp.id,
                "product_uom_qty": 1,
                "picking_id": delivery.picking_id.id,
                "location_id": delivery.location_id.id,
                "location_dest_id": delivery.location_dest_id.id,
            }
        )
        self.assertEqual(added.state, "draft")
        order.order_line[0].move_ids.picking_id.action_cancel()
        order.action_mto_supply_again()
        self.assertEqual(self.get_asked(), [10])
        self.assertNotEqual(added.state, "draft")

    def test_it_is_deleted(self):
        order, transfer = self.ordered()
        transfer.unlink()
        self.assertMissed(order, 10, "is deleted")
        self.run_chain(order)

    def test_a_part_is_never_shipped(self):
        order, transfer = self.ordered()
        self.ship(transfer, 6)
        self.assertMissed(order, 4, transfer.name)
        self.run_chain(order)

    def test_the_backorder_is_cancelled(self):
        order, transfer = self.ordered()
        self.ship(transfer, 6, backorder=True)
        self.assertFalse(order.mto_missing_supplies)
        self.assertEqual(self.get_parts(order), [(planner.PURCHASE, 10)])
        transfer.backorder_ids.action_cancel()
        self.assertMissed(order, 4, transfer.backorder_ids.name)
        self.run_chain(order)

    def test_a_purchase_that_is_asked_for_anew(self):
        """A request promises again what its cancelled transfer does not bring."""
        order, _transfer = self.ordered()
        purchase = self.purchase_lines_of(self.thing).order_id
        purchase.button_cancel()
        purchase.button_draft()
        self.assertFalse(order.mto_missing_supplies)
        self.assertEqual(self.get_parts(order), [(planner.PURCHASE, 10)])
        self.run_chain(order)

    def test_more_is_ordered_of_what_nobody_ships(self):
        order, transfer = self.ordered()
        transfer.action_cancel()
        seller = new_test_user(self.env, "mto_seller", "sales_team.group_sale_salesman_all_leads")
        order.with_user(seller).order_line.product_uom_qty = 12
        self.assertEqual(self.get_asked(), [12])
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def test_more_was_shipped_than_was_ordered(self):
        order, transfer = self.ordered()
        self.ship(transfer, 12)
        for quantity, asked in ((12, []), (13, [1])):
            order.order_line.product_uom_qty = quantity
            self.assertEqual(self.get_asked(), asked)
            self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def test_it_is_quoted_again(self):
        """What was shipped in part is planned and asked for as far as it is not shipped."""
        order, transfer = self.ordered()
        self.ship(transfer, 6)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(self.get_parts(order), [(planner.PURCHASE, 4)])
        order.action_confirm()
        self.assertEqual(self.get_asked(), [4])
        self.run_chain(order)

    def test_of_a_dozen_no_piece_is_lost(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order, transfer = self.ordered(1, product_uom_id=dozen.id)
        self.ship(transfer, 7)
        self.assertIn("0.42 Dozens of Thing", order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.get_asked(), [5])
        self.assertFalse(order.mto_missing_supplies)
        self.run_chain(order)

    def test_two_lines_of_what_is_not_shipped_to_the_customer(self):
        """They are bought together, as anywhere else: the vendor's minimum once."""
        screw = self.new_product("Screw", "mto", vendor=True)
        screw.seller_ids.min_qty = 50
        order = self.new_order({screw: 20})
        order.order_line.copy({"order_id": order.id})
        plan = order._mto_get_plan()
        order.action_confirm()
        self.assertEqual(self.purchase_lines_of(screw).mapped("product_qty"), [50])
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())
