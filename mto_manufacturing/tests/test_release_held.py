from odoo.tests import tagged

from .release_case import ReleaseCase


@tagged("post_install", "-at_install")
class TestReleaseHeld(ReleaseCase):
    """What is held for a need and not reserved can be taken from it like what is reserved."""

    def hold(self):
        """Two orders: what the first one needs is there and not reserved."""
        orders, needs = self.confirm_two()
        self.receive(needs[0].created_purchase_line_ids)
        needs[0].raw_material_production_id.do_unreserve()
        return orders, needs

    def test_goods_that_are_not_reserved_go_over(self):
        for quantity in (10, 4):
            with self.subTest(quantity=quantity):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Thing", "mto")
                self.new_bom(self.product, {self.part: 10})
                (loser, winner), (given, got) = self.hold()
                self.take(got, given, quantity)
                self.assertEqual(sum(self.need_of(got).mapped("quantity")), quantity)
                self.assertWhole(loser, winner)
                given.raw_material_production_id.action_assign()
                self.assertEqual(sum(self.need_of(given).mapped("quantity")), 10 - quantity)

    def test_what_is_not_reserved_is_taken_first(self):
        (_loser, _winner), (given, got) = self.hold()
        given.quantity = 6
        wizard = self.open_release(got)
        self.assertEqual(wizard.line_ids.mapped("quantity"), [10])
        self.take(got, given, 4)
        self.assertEqual(given.quantity, 6)
