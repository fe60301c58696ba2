from odoo.tests import tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestSupplyLevels(SupplyCase):
    """What is supplied again on one level needs more of what is missing on the next."""

    def lose(self, bought=0):
        """Ten are ordered; one of what they are made of is gone, and nobody supplies its parts.

        :param bought: how many of the parts are bought before that
        """
        self.warehouse.manufacture_steps = "pbm"
        self.middle = self.new_product("Middle")
        self.bom.bom_line_ids.product_id = self.middle
        self.new_bom(self.middle, {self.part: 1})
        if not bought:
            self.part.seller_ids.unlink()
        self.put_in_stock(self.middle, 1)
        self.start(10, stock=2)
        if bought:
            self.purchase.order_line.product_qty = bought
            self.purchase.button_confirm()
            self.part.seller_ids.unlink()
        scrap = {"product_id": self.middle.id, "scrap_qty": 1, "location_id": self.stock.id}
        self.env["stock.scrap"].create(scrap).action_validate()

    def find_needs(self, product):
        return self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.stock.id),
                ("picking_id", "!=", False),
                ("state", "not in", ("done", "cancel")),
            ]
        )

    def get_needs(self, product):
        needs = self.find_needs(product)
        return sum(needs.mapped("product_qty")), sum(needs.mapped("quantity"))

    def test_nobody_supplies_the_next_level(self):
        self.lose()
        self.supply_again()
        self.assertEqual(sum(self.productions_of(self.middle).mapped("product_qty")), 10)
        self.assertEqual(self.get_needs(self.part), (10, 2))
        self.assertEqual(len(self.find_needs(self.part)), 1)
        self.assertMissing(8)

    def test_the_next_level_is_supplied(self):
        for supply in ("bought", "made"):
            with self.subTest(supply=supply):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.bom = self.new_bom(self.product, {self.part: 1})
                self.lose()
                if supply == "made":
                    self.new_bom(self.part, {self.new_product("Raw", vendor=True): 1})
                else:
                    self.new_price(self.part, self.vendor)
                self.supply_again()
                self.assertSupplied()
                self.assertEqual(self.get_needs(self.part), (10, 2))
                made = self.productions_of(self.part).mapped("product_qty")
                bought = self.purchase_lines_of(self.part).mapped("product_qty")
                self.assertEqual(sum(made + bought), 8)

    def test_the_rest_of_the_next_level_is_made(self):
        """Both join what is ordered of it already."""
        self.lose(bought=4)
        self.new_bom(self.part, {self.new_product("Raw", vendor=True): 1})
        self.supply_again()
        self.assertSupplied()
        self.assertEqual(self.get_needs(self.part), (10, 2))
        made = self.productions_of(self.part)
        self.assertEqual(sum(made.mapped("product_qty")), 4)
        self.assertEqual(made.move_dest_ids.product_id, self.part)
