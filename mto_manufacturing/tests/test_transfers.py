from odoo.tests import tagged

from .. import planner
from .chain import ChainCase

_GONE = ("done", "cancel")


@tagged("post_install", "-at_install")
class TestTransfers(ChainCase):
    """What another warehouse makes and sends for an order, or for one of its productions.

    Nothing of it is lost or comes twice, whatever becomes of one of the transfers.
    """

    in_stock = 0  # of what is beside the module, in the warehouse that sends it

    def setUp(self):
        super().setUp()
        self.shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )

    def start(self, as_component):
        routes = self.shop.resupply_route_ids.ids
        self.part = self.new_product("Part", vendor=True)
        self.module = self.new_product("Module", "mto", route_ids=routes)
        self.beside = self.new_product("Beside", "mto", route_ids=routes)
        self.new_bom(self.module, {self.part: 1})
        self.new_price(self.beside, self.vendor)
        if self.in_stock:
            self.put_in_stock(self.beside, self.in_stock)
        needs = {self.module: 5, self.beside: 5}
        if as_component:
            product = self.new_product("Product", "mto")
            self.new_bom(product, dict.fromkeys(needs, 1))
            needs = {product: 5}
        self.order = self.new_order(needs, warehouse_id=self.shop.id)
        self.planned = self.confirm_as_planned(self.order)

    def in_each(self, run, *args):
        """For an order, and for a production in the shop."""
        for as_component in (False, True):
            with self.subTest(as_component=as_component, args=args):
                self.start(as_component)
                run(*args)
                self.run_chain(self.order)

    def find(self, product, **usages):
        moves = self.env["stock.move"].search(
            [("product_id", "=", product.id), ("state", "not in", _GONE)]
        )
        return moves.filtered(
            lambda move: all(move[name] == usage for name, usage in usages.items())
        )

    def sent(self, product):
        return self.find(product, location_dest_usage="transit")

    def brought(self, product):
        return self.find(product, location_usage="transit")

    def supply_main(self):
        """Buy and make all that the shop is to get."""
        self.buy()
        for _round in range(2):
            receipts = self.env["stock.picking"].search(
                [("state", "=", "assigned"), ("picking_type_code", "=", "incoming")]
            )
            receipts = receipts.filtered(lambda one: one.location_id.usage == "supplier")
            receipts.move_ids.picked = True
            receipts.button_validate()
            self.make(self.order)

    def validate(self, picking, later=False):
        never = {} if later else {"picking_ids_not_to_backorder": picking.ids}
        picking.with_context(skip_backorder=True, **never).button_validate()
        self.assertEqual(picking.state, "done")

    def send(self, moves):
        moves.picked = True
        self.validate(moves.picking_id, later=True)

    def assertMissing(self, product, quantity, picking):
        nodes = [node for node in self.order._mto_get_plan().nodes if node.quantity]
        missing = {n.product_id: n.quantity for n in nodes if n.supply == planner.MISSING}
        self.assertEqual(missing.get(product.id), quantity)
        self.order.invalidate_recordset()
        words = self.order.mto_missing_supplies
        self.assertIn(f"{quantity} Units of {product.name}", words)
        self.assertIn(f"no longer from {picking.name}", words)
        tops = [demand for demand in self.order._mto_get_plan().demands if demand.parent < 0]
        self.assertEqual(len(tops), len(self.order.order_line))

    def assertAgain(self, made=5):
        """All is supplied once: nothing is made beside what is there."""
        self.order.action_mto_supply_again()
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)
        alive = self.productions_of(self.module).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(alive.mapped("product_qty")), made)
        bought = self.purchase_lines_of(self.part).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(bought.mapped("product_qty")), made)

    # -- what has been sent ------------------------------------------------------------

    def test_what_is_sent_is_received_after_all(self):
        for end in ("cancelled", "in part", "left out"):
            self.in_each(self.receive_not_all, end)

    def receive_not_all(self, end):
        self.supply_main()
        self.send(self.sent(self.module) | self.sent(self.beside))
        move, beside = self.brought(self.module), self.brought(self.beside)
        if end == "cancelled":
            move.picking_id.action_cancel()
        else:
            (beside if end == "left out" else move | beside).picked = True
            move.quantity = 3 if end == "in part" else 5
            self.validate(move.picking_id)
        again, left = self.brought(self.module), 2 if end == "in part" else 5
        self.assertEqual((again.product_qty, again.state), (left, "assigned"))
        self.assertAgain()

    def test_what_is_sent_in_part(self):
        """The rest is not received: it is not sent, and is for whoever asks again."""
        for end in ("cancelled", "done"):
            self.in_each(self.send_in_part, end)

    def send_in_part(self, end):
        self.supply_main()
        sent = self.sent(self.module)
        sent.quantity = 2
        self.send(sent)
        move = self.brought(self.module)
        self.assertEqual((move.quantity, move.product_qty), (2, 5))
        if end == "cancelled":
            move.picking_id.action_cancel()
            self.assertEqual(self.brought(self.module).product_qty, 2)
        else:
            move.picked = True
            self.validate(move.picking_id)
        self.assertFalse(self.sent(self.module) | self.sent(self.beside))
        self.assertMissing(self.module, 3, move.picking_id)
        self.assertMissing(self.beside, 5, move.picking_id)
        self.assertAgain()

    # -- what has not been sent --------------------------------------------------------

    def test_what_is_left_out_need_not_be_made(self):
        self.in_stock = 5
        self.in_each(self.leave_out_what_is_not_sent)

    def leave_out_what_is_not_sent(self):
        self.send(self.sent(self.beside))
        move = self.brought(self.module)
        self.brought(self.beside).picked = True
        self.validate(move.picking_id)
        self.assertEqual(self.productions_of(self.module).state, "cancel")
        self.assertMissing(self.module, 5, move.picking_id)
        self.assertAgain()

    def test_what_is_not_sent_need_not_be_made(self):
        self.in_each(self.cancel_what_is_sent)

    def cancel_what_is_sent(self):
        self.sent(self.module).picking_id.action_cancel()
        self.assertEqual(self.productions_of(self.module).state, "cancel")
        self.order.action_mto_supply_again()
        self.assertEqual(planner.diff(self.planned, self.order._mto_get_plan()), ())
        self.assertAgain()

    def test_the_rest_is_not_sent(self):
        self.in_each(self.send_not_all, 3)

    def test_what_is_left_out_is_not_sent(self):
        self.in_each(self.send_not_all, 0)

    def send_not_all(self, quantity):
        self.supply_main()
        send, beside = self.sent(self.module), self.sent(self.beside)
        (send | beside if quantity else beside).picked = True
        send.quantity = quantity or 5
        self.validate(send.picking_id)
        self.assertMissing(self.module, 5 - quantity, send.picking_id)
        self.assertAgain()

    def test_what_is_brought_in_two_moves_and_is_united(self):
        """By a line that a person adds to the transfer: core cancels one of the moves."""
        self.in_each(self.unite_what_is_brought)

    def unite_what_is_brought(self):
        move = self.brought(self.module)
        part = move.create(move._split(2))
        part._action_confirm(merge=False, create_proc=False)
        self.assertEqual(sorted((move | part).mapped("product_qty")), [2, 3])
        self.new_move(self.new_product("Added"), move.picking_id)
        move.picking_id.action_confirm()
        self.assertEqual(self.brought(self.module).product_qty, 5)
        self.assertEqual(self.sent(self.module).product_qty, 5)
        self.assertEqual(planner.diff(self.planned, self.order._mto_get_plan()), ())
        self.assertAgain()

    def test_a_need_is_younger_than_what_is_sent_for_it(self):
        """Core goes by the oldest move of a line that is left: it is no delivery then."""
        self.start(as_component=False)
        need = self.find(self.module, sale_line_id=self.order.order_line[0])
        need = need.filtered(lambda move: move.location_dest_usage == "customer")
        part = need.create({**need._split(2)[0], "sequence": need.sequence - 1})
        part._action_confirm(merge=False, create_proc=False)
        self.order.order_line[0].product_uom_qty = 6
        self.assertFalse(need.exists())
        self.assertEqual(part.product_qty, 6)
        self.assertEqual(self.sent(self.module).product_qty, 6)
        self.order.order_line._action_launch_stock_rule()
        self.assertEqual(part.product_qty, 6)
        self.assertEqual(self.sent(self.module).product_qty, 6)
        self.order.order_line[0].product_uom_qty = 4
        self.assertEqual(part.product_qty, 4)
        self.assertAgain(made=4)

    def new_move(self, product, picking):
        return self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )

    def test_an_order_that_is_cancelled(self):
        for as_component in (False, True):
            self.start(as_component)
            self.supply_main()
            self.send(self.sent(self.module) | self.sent(self.beside))
            self.order._action_cancel()
            self.assertFalse(self.sent(self.module) | self.sent(self.beside))
            left = self.brought(self.module) | self.brought(self.beside)
            left.picking_id.action_cancel()
            self.assertFalse(self.brought(self.module) | self.brought(self.beside))
