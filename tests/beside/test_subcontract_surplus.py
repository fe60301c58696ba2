"""More is bought of a subcontractor than is needed, beside Odoo's module for it."""

from subcontract_case import SubcontractCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSubcontractSurplus(SubcontractCase):
    """What an order leaves over is used as what any other vendor brings."""

    def lines(self):
        return self.purchase_lines_of(self.cushion).filtered(lambda one: one.state != "cancel")

    def bought(self):
        return sum(self.lines().mapped("product_uom_qty"))

    def test_the_order_grows_again(self):
        order = self.start(7, 2)
        for ordered, bought in ((6, 7), (8, 8), (9, 9), (5, 7), (8, 8)):
            order.order_line.product_uom_qty = ordered
            self.assertEqual((ordered, self.bought()), (ordered, bought))
        self.run_chain(order)

    def test_the_order_grows_again_after_a_part_has_come(self):
        order = self.start(10, 2)
        while self.buy() + self.move_cloth():
            pass
        self.type_in(4)
        self.receipt.move_ids.picked = True
        self.receipt.with_context(skip_backorder=True).button_validate()
        self.lines().product_qty = 7
        order.order_line.product_uom_qty = 6
        self.assertEqual(self.bought(), 7)
        order.order_line.product_uom_qty = 8
        order.action_mto_supply_again()
        self.assertEqual(self.bought(), 8)
        self.run_chain(order)

    def test_another_order_gets_it(self):
        order = self.start(10, 2)
        order.order_line.product_uom_qty = 6
        line = self.lines()
        self.assertEqual(line.mto_surplus_qty, 4)
        other = self.confirm(self.cushion, 3)
        self.assertEqual(self.bought(), 13)
        line.order_id.action_mto_share_surplus()
        self.assertEqual((self.bought(), line.mto_surplus_qty), (10, 1))
        self.run_chain(order)
        self.run_chain(other)
