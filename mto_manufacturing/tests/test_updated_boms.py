from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestUpdatedBoms(MtoCommon):
    """A production follows its BoM while its components are in parts of two units."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dozen = cls.env.ref("uom.product_uom_dozen")
        cls.screw, cls.other = (cls.new_product(name, vendor=True) for name in ("Screw", "Other"))
        cls.product = cls.new_product("Product", "mto")
        cls.bom = cls.new_bom(cls.product, {cls.screw: 1, cls.other: 1})
        cls.line = cls.bom.bom_line_ids.filtered(lambda line: line.product_id == cls.screw)
        cls.line.product_uom_id = dozen

    def start(self):
        """6 of a dozen are in stock, 4 are ordered, and 2 are lost."""
        self.put_in_stock(self.screw, 6)
        self.order = self.confirm(self.product, 1)
        self.production = self.productions_of(self.product)
        self.purchase_line = self.purchase_lines_of(self.screw)
        self.purchase_line.order_id.button_confirm()
        self.purchase_line.product_qty = 4
        self.assertEqual(len(self.raw_moves(self.production, self.screw).product_uom), 2)
        self.notes = self.order.activity_ids | self.purchase_line.order_id.activity_ids

    def assertScrews(self, *quantities):
        raws = self.raw_moves(self.production, self.screw)
        self.assertEqual(sorted(raws.mapped("product_qty")), sorted(quantities))
        activities = self.order.activity_ids | self.purchase_line.order_id.activity_ids
        self.assertEqual(activities, self.notes)

    def test_another_line_changes(self):
        self.start()
        (self.bom.bom_line_ids - self.line).product_qty = 2
        self.production.action_update_bom()
        self.assertScrews(6, 4, 2)
        self.assertEqual(self.purchase_lines_of(self.screw), self.purchase_line)
        self.assertEqual(len(self.purchase_line.move_ids.move_dest_ids), 1)
        other = self.raw_moves(self.production, self.other)
        self.assertEqual(sum(other.mapped("product_qty")), 2)

    def test_more_of_it_is_needed(self):
        self.start()
        self.line.product_qty = 1.5
        self.production.action_update_bom()
        raws = self.raw_moves(self.production, self.screw)
        self.assertEqual(sum(raws.mapped("product_qty")), 18)
        bought = self.purchase_lines_of(self.screw) - self.purchase_line
        self.assertEqual(sum(bought.mapped("product_uom_qty")), 6)

    def test_less_of_it_is_needed(self):
        self.start()
        self.line.product_qty = 0.75
        self.production.action_update_bom()
        raws = self.raw_moves(self.production, self.screw)
        here, ordered = raws.sorted("procure_method")[::-1]
        self.assertEqual((here.product_qty, ordered.product_qty), (5, 4))
        self.assertEqual(ordered.move_orig_ids.purchase_line_id, self.purchase_line)

    def test_it_is_not_needed(self):
        self.start()
        self.bom.bom_line_ids = [Command.delete(self.line.id)]
        self.production.action_update_bom()
        self.assertFalse(self.raw_moves(self.production, self.screw))
