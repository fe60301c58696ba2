from odoo.tests import new_test_user, tagged

from .. import planner
from .receipt_case import ReceiptCase

_KEEPER = "stock.group_stock_user,sales_team.group_sale_salesman"


@tagged("post_install", "-at_install")
class TestReturnedGoods(ReceiptCase):
    """What is sent back from a step is missing, or taken on again from where it is."""

    def start(self, quantity=10, steps="two_steps"):
        return super().start(quantity, steps)

    def send_on(self):
        """Take on what waits in a step."""
        return self.send(self.waiting().picking_id)

    def waiting(self):
        """The moves that take the components on from a step, or from the stock to one."""
        return self.env["stock.move"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id.usage", "=", "internal"),
                ("location_dest_id.usage", "=", "internal"),
                ("state", "not in", ("done", "cancel")),
            ]
        )

    def give_back(self, picking, quantity):
        wizard = picking.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = picking.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = quantity  # whoever has reserved it
        return self.send(back)

    def get_bought(self):
        return sum(self.purchase_lines_of(self.part).mapped("product_qty"))

    def assertWaiting(self, *quantities):
        """Moves take on so much, and it is reserved."""
        waiting = self.waiting().sorted("id")
        self.assertEqual(waiting.mapped("product_qty"), list(quantities))
        self.assertEqual(waiting.mapped("quantity"), list(quantities))

    def assertLost(self, quantity, bought):
        """A quantity is missing, and it is bought when supplied again; all ends well."""
        self.order.invalidate_recordset()
        self.assertIn(f"{quantity} Units of Part", self.order.mto_missing_supplies)
        gaps = [node for node in self.order._mto_get_plan().nodes if node.supply == "missing"]
        self.assertEqual([node.quantity for node in gaps], [quantity])
        for _time in range(2):
            self.order.action_mto_supply_again()
            self.order.invalidate_recordset()
            self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual(self.get_bought(), bought)
        self.assertDelivered()

    def assertKept(self, bought=10):
        """Nothing is missing, nothing is bought once more, and all ends well."""
        self.order.invalidate_recordset()
        self.assertFalse(self.order.mto_missing_supplies)
        before = len(self.waiting())
        self.order.action_mto_supply_again()
        self.assertEqual(len(self.waiting()), before)
        self.assertEqual(self.get_supplies(), [(planner.PURCHASE, 10)])
        self.assertEqual(self.get_bought(), bought)
        self.assertDelivered()

    def get_supplies(self):
        return [
            (node.supply, node.quantity)
            for node in self.order._mto_get_plan().nodes
            if node.product_id == self.part.id
        ]

    def assertDelivered(self):
        self.run_chain(self.order)
        self.assertFalse(self.waiting())

    # -- to the vendor -----------------------------------------------------------------

    def test_to_the_vendor(self):
        for steps in ("two_steps", "three_steps"):
            with self.subTest(steps):
                received = self.start(10, steps)
                self.give_back(received, 4)
                self.assertWaiting(6)
                self.assertLost(4, bought=14)

    def test_who_sends_them_back_may_see_nothing_else(self):
        """A storekeeper without rights on orders and products, as its buyer."""
        received = self.start(10)
        names = ("mto_buyer", "purchase.group_purchase_user"), ("mto_keeper", _KEEPER)
        buyer, keeper = (new_test_user(self.env, name, groups) for name, groups in names)
        self.part.responsible_id = buyer
        self.env.invalidate_all()
        self.give_back(received.with_user(keeper), 4)
        told = self.part.product_tmpl_id.activity_ids
        self.assertEqual(told.user_id, buyer)
        self.assertIn("4", told.note)
        self.assertLost(4, bought=14)

    def test_all_to_the_vendor(self):
        self.give_back(self.start(10), 10)
        self.assertWaiting()
        self.assertLost(10, bought=20)

    def test_to_the_vendor_while_the_rest_is_stored(self):
        received = self.start(10)
        self.waiting().quantity = 6
        self.send_on()
        self.assertWaiting(4)
        self.give_back(received, 3)
        self.assertWaiting(1)
        self.assertLost(3, bought=13)

    def test_what_nobody_needs_goes_to_the_vendor(self):
        received = self.start(10)
        self.purchase_lines_of(self.part).product_qty = 12
        received |= self.send(self.waiting_receipt())
        self.assertWaiting(12)
        self.give_back(received[-1], 2)
        self.assertWaiting(10)
        self.assertKept(bought=12)

    def waiting_receipt(self):
        purchase = self.purchase_lines_of(self.part).order_id
        return purchase.picking_ids.filtered(lambda one: one.state == "assigned")

    # -- to the step before ------------------------------------------------------------

    def test_to_the_step_before(self):
        for quantity, waiting in ((4, (10, 4)), (10, (10, 10))):
            with self.subTest(quantity):
                self.start(10, "three_steps")
                self.give_back(self.send_on(), quantity)
                self.assertEqual(self.waiting().sorted("id").mapped("product_qty"), [*waiting])
                self.assertEqual(sum(self.waiting().mapped("quantity")), 10)
                self.assertKept()

    def test_from_the_stock_to_the_step_before(self):
        self.start(10)
        self.give_back(self.send_on(), 4)
        self.assertWaiting(4)
        self.assertEqual(self.production.move_raw_ids.quantity, 6)
        self.assertKept()

    def test_to_the_step_before_and_then_to_the_vendor(self):
        received = self.start(10, "three_steps")
        self.give_back(self.send_on(), 10)
        self.give_back(received, 4)
        self.assertEqual(self.waiting().mapped("product_qty"), [6, 6])
        self.assertLost(4, bought=14)

    # -- and there once more -----------------------------------------------------------

    def test_the_vendor_sends_them_once_more(self):
        for steps in ("two_steps", "three_steps"):
            for quantity in (4, 10):
                with self.subTest(steps=steps, quantity=quantity):
                    received = self.start(10, steps)
                    back = self.give_back(received, quantity)
                    self.order.invalidate_recordset()
                    self.assertIn(f"{quantity} Units of Part", self.order.mto_missing_supplies)
                    self.give_back(back, quantity)
                    self.assertWaiting(10)
                    self.assertDelivered()
                    self.assertEqual(self.get_bought(), 10)

    def test_they_leave_the_step_before_once_more(self):
        self.start(10, "three_steps")
        back = self.give_back(self.send_on(), 4)
        self.give_back(back, 4)
        self.assertWaiting(10)
        self.assertKept()

    # -- to the stock ------------------------------------------------------------------

    def start_beside(self, stock=0):
        """An order whose components are picked to where they are consumed."""
        self.warehouse.manufacture_steps = "pbm"
        self.part = self.new_product("Part", vendor=True)
        self.product = self.new_product("Product", "mto")
        self.new_bom(self.product, {self.part: 1})
        if stock:
            self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, 10)
        self.production = self.productions_of(self.product)
        self.supply = planner.STOCK if stock else planner.PURCHASE
        if not stock:
            self.buy()
            self.send(self.waiting_receipt())
        return self.send_on()

    def test_what_was_picked_is_picked_again(self):
        for stock in (0, 10):
            with self.subTest(stock=stock):
                picked = self.start_beside(stock)
                self.give_back(picked, 4)
                self.assertWaiting(4)
                self.assertEqual(self.production.move_raw_ids.quantity, 6)
                other = self.new_product("Other", "mto")
                self.new_bom(other, {self.part: 1})
                self.confirm(other, 4)
                bought = self.purchase_lines_of(self.part).filtered(
                    lambda line: line.state == "draft"
                )
                self.assertEqual(bought.product_qty, 4)
                self.order.invalidate_recordset()
                self.assertFalse(self.order.mto_missing_supplies)
                self.assertEqual(self.get_supplies(), [(self.supply, 10)])
                self.send(self.waiting().filtered("quantity").picking_id)
                self.assertEqual(self.production.move_raw_ids.quantity, 10)
                self.run_chain(self.order)

    def test_what_is_to_be_picked_again_is_cancelled(self):
        self.give_back(self.start_beside(10), 4)
        self.waiting().picking_id.action_cancel()
        self.assertWaiting(4)
        self.assertEqual(self.get_supplies(), [(planner.STOCK, 10)])
        self.assertDelivered()

    def test_what_is_picked_once_more_by_its_return(self):
        picked = self.start_beside(10)
        back = self.give_back(picked, 4)
        self.give_back(back, 4)
        self.assertWaiting()
        self.assertEqual(self.production.move_raw_ids.quantity, 10)
        self.assertDelivered()

    def test_what_was_picked_for_nothing_is_not_picked_again(self):
        picked = self.start_beside(10)
        self.order.order_line.product_uom_qty = 7
        self.give_back(picked, 4)
        self.assertWaiting(1)
        self.assertEqual(self.production.move_raw_ids.quantity, 6)
        self.assertDelivered()
