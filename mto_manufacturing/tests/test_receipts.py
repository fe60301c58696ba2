from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .. import planner
from .table_case import NOW, TableCase, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReceipts(TableCase):
    """Needs that are served by what is expected anyway and nobody waits for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.mto_count_receipts = True
        cls.screw = cls.new_product("Screw")
        cls.new_price(cls.screw, cls.vendor, delay=20)
        cls.table.bom_ids.bom_line_ids = [
            Command.create({"product_id": cls.screw.id, "product_qty": 8})
        ]

    def expect(self, product, quantity, day):
        """A confirmed purchase for stock; return the move that brings it."""
        line = {"product_id": product.id, "product_qty": quantity, "date_planned": at(day)}
        purchase = self.env["purchase.order"].create(
            {"partner_id": self.vendor.id, "order_line": [Command.create(line)]}
        )
        purchase.button_confirm()
        return purchase.order_line.move_ids

    def get_supplies(self, order, product):
        """[(supply, quantity, document's name, end)] of a product in an order's plan."""
        return [
            (node.supply, node.quantity, node.document and node.document.name, node.end)
            for node in order._mto_get_plan().nodes
            if node.product_id == product.id
        ]

    def get_parts(self, order, product):
        """[(supply, quantity)] of a product in an order's plan."""
        return [part[:2] for part in self.get_supplies(order, product)]

    def get_needs(self, product):
        production = self.productions_of(self.table)
        return self.raw_moves(production, product)

    def confirm_as_planned(self, order):
        plan = order._mto_get_plan()
        order.action_confirm()
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff(plan, actual), ())
        self.assertEqual(planner.diff_dates(plan, actual), ())
        self.assertFalse(any(node.unpegged for node in actual.nodes))

    def receive(self, receipt, quantity=None):
        receipt.quantity = receipt.product_qty if quantity is None else quantity
        receipt.picked = True
        receipt.picking_id._action_done()

    def test_who_waits_for_the_same_receipt_takes_nothing_of_the_stock(self):
        """Core forgets what has left for a customer where more of it is reserved."""
        sold = self.new_product("Sold", "mts_mto")
        self.new_price(sold, self.vendor, delay=20)
        receipt = self.expect(sold, 9, 6)
        first, second = self.new_order({sold: 5}), self.new_order({sold: 4})
        for order in (first, second):
            self.confirm_as_planned(order)
            self.assertEqual(order.picking_ids.move_ids.move_orig_ids, receipt)
        self.receive(receipt, 3)
        delivery = first.picking_ids
        self.assertEqual(delivery.move_ids.quantity, 3)
        delivery.move_ids.picked = True
        delivery._action_done()
        self.put_in_stock(sold, 1)
        self.receive(receipt.picking_id.backorder_ids.move_ids, 2)
        rest = first.picking_ids - delivery
        moves = (rest | second.picking_ids).move_ids
        self.assertEqual(sum(moves.mapped("product_qty")), 6)
        self.assertEqual(sum(moves.mapped("quantity")), 2)
        moves = moves.filtered("quantity")
        moves.quantity = 1
        moves.picked = True
        moves.picking_id._action_done()
        self.assertEqual(moves.state, "done")

    def test_the_worked_example(self):
        """The table of the README, with the screws on a confirmed purchase."""
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.assertEqual(self.get_supplies(order, self.screw), [("receipt", 8, None, at(6))])
        self.confirm_as_planned(order)
        self.assertEqual(order.mto_promise_date, at(16))
        name = receipt.purchase_line_id.order_id.name
        self.assertEqual(self.get_supplies(order, self.screw), [("receipt", 8, name, at(6))])
        need = self.get_needs(self.screw)
        self.assertEqual(need.move_orig_ids, receipt)
        self.assertEqual(need.mto_supply_text, f"{name}, Mar 9")
        self.assertEqual(len(self.purchase_lines_of(self.screw)), 1)
        self.assertEqual(receipt.purchase_line_id.mto_order_names, order.name)
        # The rest serves others, and is counted once.
        second = self.new_order({self.table: 13})
        parts = self.get_parts(second, self.screw)
        self.assertEqual(parts, [("receipt", 92), ("purchase", 12)])
        self.confirm_as_planned(second)
        self.receive(receipt)
        self.assertEqual(need.state, "assigned")
        self.assertEqual(sum(receipt.move_dest_ids.mapped("quantity")), 100)

    def test_off_by_default(self):
        self.assertFalse(self.env["res.company"].new({}).mto_count_receipts)
        self.company.mto_count_receipts = False
        self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.assertEqual(self.get_parts(order, self.screw), [("purchase", 8)])

    def test_what_belongs_to_somebody_else_is_left(self):
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.assertEqual(self.get_parts(order, self.screw), [("receipt", 8)])
        receipt.picking_id.owner_id = self.customer
        self.assertEqual(self.get_parts(order, self.screw), [("purchase", 8)])
        receipt.picking_id.owner_id = False
        receipt.restrict_partner_id = self.customer
        self.assertEqual(self.get_parts(order, self.screw), [("purchase", 8)])

    def test_what_comes_too_late_is_left(self):
        """A new purchase takes 20 days; in time is what comes on the day it would come."""
        order = self.new_order({self.table: 1})
        late = self.expect(self.screw, 100, 21)
        self.assertEqual(self.get_parts(order, self.screw), [("purchase", 8)])
        late.date = late.purchase_line_id.date_planned = at(20)
        self.assertEqual(self.get_parts(order, self.screw), [("receipt", 8)])
        late.date = late.purchase_line_id.date_planned = at(-2)
        self.assertEqual(self.get_supplies(order, self.screw), [("receipt", 8, None, at())])

    def test_what_earlier_demands_need_is_not_counted(self):
        """Of 20 screws 5 are in stock; a delivery waits for 9 of them."""
        self.put_in_stock(self.screw, 5)
        self.expect(self.screw, 15, 6)
        self.warehouse.out_type_id.reservation_method = "manual"
        self.confirm(self.screw, 9)
        order = self.new_order({self.table: 2})
        parts = self.get_parts(order, self.screw)
        self.assertEqual(parts, [("receipt", 11), ("purchase", 5)])
        self.confirm_as_planned(order)

    def test_productions_for_stock_and_transfers(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.put_in_stock(self.screw, 3, other.lot_stock_id)
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": other.lot_stock_id.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.screw.id,
                            "product_uom_qty": 3,
                            "location_id": other.lot_stock_id.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        transfer.action_confirm()
        transfer.action_assign()
        made = self.env["mrp.production"].create(
            {"product_id": self.top.id, "product_qty": 5, "date_start": at(1)}
        )
        made.action_confirm()
        order = self.new_order({self.table: 1})
        parts = self.get_parts(order, self.screw)
        self.assertEqual(parts, [("receipt", 3), ("purchase", 5)])
        self.confirm_as_planned(order)
        self.assertEqual(self.get_supplies(order, self.screw)[0][2], transfer.name)
        self.assertEqual(
            self.get_supplies(order, self.top), [("receipt", 1, made.name, made.date_finished)]
        )
        # What is made for stock keeps its components to itself.
        self.assertEqual(self.get_supplies(order, self.wood), [])
        self.assertFalse(made.mto_key)

    def test_a_later_day_is_forecast(self):
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        receipt.purchase_line_id.date_planned = at(30)
        self.env["mto.promise"]._refresh(order)
        self.assertEqual(order.mto_promise_date, at(16))
        self.assertEqual(order.mto_forecast_date, at(34))
        self.assertEqual(self.get_supplies(order, self.screw)[0][3], at(30))

    def test_a_later_day_that_the_receipt_does_not_say_is_forecast(self):
        """As core leaves it, where this module was not there when the vendor named the day."""
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        receipt.purchase_line_id.date_planned = at(30)
        receipt.date = at(6)
        self.env["mto.promise"]._refresh(order)
        self.assertEqual(order.mto_forecast_date, at(34))

    def test_less_is_needed(self):
        """What is given back is free for others; the purchase stays, and nobody is told."""
        receipt = self.expect(self.screw, 16, 6)
        order = self.new_order({self.table: 2})
        self.confirm_as_planned(order)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self.get_needs(self.screw).product_qty, 8)
        self.assertEqual(receipt.product_qty, 16)
        self.assertFalse(receipt.picking_id.activity_ids | order.activity_ids)
        other = self.new_order({self.table: 1})
        self.assertEqual(self.get_parts(other, self.screw), [("receipt", 8)])
        order._action_cancel()
        self.assertEqual(receipt.state, "assigned")
        other.order_line.product_uom_qty = 2
        self.assertEqual(self.get_parts(other, self.screw), [("receipt", 16)])

    def test_what_was_expected_is_lost(self):
        receipt = self.expect(self.screw, 8, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        receipt.purchase_line_id.order_id.button_cancel()
        need = self.get_needs(self.screw)
        self.assertEqual((need.state, need.product_qty), ("confirmed", 8))
        self.assertIn(receipt.purchase_line_id.order_id.name, order.mto_missing_supplies)
        order.action_mto_supply_again()
        self.assertEqual(self.get_parts(order, self.screw), [("purchase", 8)])

    def test_less_is_expected(self):
        receipt = self.expect(self.screw, 12, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        purchase = receipt.purchase_line_id.order_id
        purchase.order_line.product_qty = 5
        self.assertEqual(purchase.order_line.move_ids.mapped("product_qty"), [5])
        parts = [("receipt", 5), ("missing", 3)]
        self.assertEqual(self.get_parts(order, self.screw), parts)
        purchase.order_line.product_qty = 9
        self.assertEqual(len(purchase.picking_ids), 1)
        self.assertEqual(sum(purchase.order_line.move_ids.mapped("product_qty")), 9)

    def test_what_comes_in_parts(self):
        receipt = self.expect(self.screw, 20, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        self.receive(receipt, 5)
        need = self.get_needs(self.screw)
        self.assertEqual((need.quantity, need.product_qty), (5, 8))
        parts = self.get_parts(order, self.screw)
        self.assertEqual(parts, [("receipt", 5), ("receipt", 3)])
        other = self.new_order({self.table: 2})
        parts = self.get_parts(other, self.screw)
        self.assertEqual(parts, [("receipt", 12), ("purchase", 4)])

    def test_the_steps_of_a_receipt(self):
        self.warehouse.reception_steps = "two_steps"
        self.warehouse.reception_route_id.rule_ids.delay = 2
        receipt = self.expect(self.screw, 20, 6)
        order = self.new_order({self.table: 1})
        self.assertEqual(self.get_supplies(order, self.screw), [("receipt", 8, None, at(8))])
        self.confirm_as_planned(order)
        self.receive(receipt)
        store = self.get_needs(self.screw).move_orig_ids
        self.assertEqual(store.location_dest_id, self.stock)
        name = receipt.purchase_line_id.order_id.name
        (part,) = self.get_supplies(order, self.screw)
        self.assertEqual(part[:3], ("receipt", 8, name))
        other = self.new_order({self.table: 2})
        parts = self.get_parts(other, self.screw)
        self.assertEqual(parts, [("receipt", 12), ("purchase", 4)])
        self.receive(store)
        self.assertEqual(self.get_needs(self.screw).state, "assigned")

    def test_two_orders_at_once(self):
        self.expect(self.screw, 12, 6)
        orders = self.new_order({self.table: 1}) | self.new_order({self.table: 1})
        orders.action_confirm()
        parts = [self.get_parts(one, self.screw) for one in orders]
        self.assertEqual(parts, [[("receipt", 8)], [("receipt", 4), ("purchase", 4)]])

    # -- more is needed later ----------------------------------------------------------

    def sum_parts(self, order, product):
        """{supply: quantity} of a product in an order's plan."""
        sums = {}
        for supply, quantity in self.get_parts(order, product):
            sums[supply] = sums.get(supply, 0) + quantity
        return sums

    def test_more_is_needed(self):
        """What is left of the receipt serves it, too, and is counted once."""
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.sum_parts(order, self.screw), {"receipt": 24})
        self.assertEqual(len(self.purchase_lines_of(self.screw)), 1)
        other = self.new_order({self.table: 10})
        self.assertEqual(self.sum_parts(other, self.screw), {"receipt": 76, "purchase": 4})
        self.receive(receipt)
        needs = self.get_needs(self.screw)
        self.assertEqual(sum(needs.mapped("quantity")), 24)

    def test_more_is_needed_than_others_leave(self):
        """What another order was promised stays with it."""
        receipt = self.expect(self.screw, 20, 6)
        order, other = self.new_order({self.table: 1}), self.new_order({self.table: 1})
        for one in (order, other):
            self.confirm_as_planned(one)
            self.assertEqual(self.sum_parts(one, self.screw), {"receipt": 8})
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.sum_parts(order, self.screw), {"receipt": 12, "purchase": 4})
        self.assertEqual(self.sum_parts(other, self.screw), {"receipt": 8})
        other.order_line.product_uom_qty = 2
        self.assertEqual(self.sum_parts(other, self.screw), {"receipt": 8, "purchase": 8})
        self.assertEqual(self.sum_parts(order, self.screw), {"receipt": 12, "purchase": 4})
        self.receive(receipt)
        self.assertEqual(sum(receipt.move_dest_ids.mapped("quantity")), 20)

    def test_more_is_needed_and_comes_too_late(self):
        self.expect(self.screw, 8, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        self.expect(self.screw, 100, 40)
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.sum_parts(order, self.screw), {"receipt": 8, "purchase": 8})

    def test_more_is_needed_and_comes_before_it_would_be_ordered(self):
        """The days until a purchase is ordered count, as in the plan."""
        self.company.days_to_purchase = 7
        self.expect(self.screw, 8, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        self.expect(self.screw, 100, 26)
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.sum_parts(order, self.screw), {"receipt": 16})

    def test_more_is_needed_of_what_is_made_for_stock(self):
        made = self.env["mrp.production"].create(
            {"product_id": self.top.id, "product_qty": 3, "date_start": at(1)}
        )
        made.action_confirm()
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.sum_parts(order, self.top), {"receipt": 3, "production": 2})
        self.assertEqual(made.product_qty, 3)

    def test_a_quotation_from_before_somebody_else_confirmed(self):
        """What it was shown is gone: it is planned, and promised, with what is left."""
        self.expect(self.screw, 8, 6)
        order, late = self.new_order({self.table: 1}), self.new_order({self.table: 1})
        promised = late.mto_promise_date
        self.assertEqual(self.get_parts(late, self.screw), [("receipt", 8)])
        self.confirm_as_planned(order)
        self.assertEqual(late.mto_promise_date, promised)
        late.action_confirm()
        self.assertEqual(self.get_parts(late, self.screw), [("purchase", 8)])
        self.assertEqual(self.get_parts(order, self.screw), [("receipt", 8)])
        self.assertGreater(late.mto_promise_date, promised)

    def test_a_reordering_rule_is_sooner(self):
        """What it brings before the receipt comes is not tied to the receipt afterwards."""
        self.screw.seller_ids.delay = 2
        self.new_orderpoint(self.screw)
        receipt = self.expect(self.screw, 100, 6)
        order = self.new_order({self.table: 1})
        self.confirm_as_planned(order)
        for _press in range(2):
            self.assertEqual(self.get_parts(order, self.screw), [("reordering", 8)])
            order.action_mto_supply_again()
        receipt.date = receipt.purchase_line_id.date_planned = at(2)
        order.action_mto_supply_again()
        self.assertEqual(self.get_parts(order, self.screw), [("receipt", 8)])

    def test_nothing_else_would_come(self):
        """Where nobody makes or buys to order, what is expected is never too late."""
        self.company.mto_component_policy = "routes_only"
        order = self.new_order({self.table: 1})
        order.action_confirm()
        self.assertEqual(self.get_parts(order, self.screw), [("missing", 8)])
        self.expect(self.screw, 100, 90)
        other = self.new_order({self.table: 1})
        self.assertEqual(self.get_parts(other, self.screw), [("receipt", 8)])
        order.action_mto_supply_again()
        self.assertEqual(self.get_parts(order, self.screw), [("receipt", 8)])
