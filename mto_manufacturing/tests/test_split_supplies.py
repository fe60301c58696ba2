"""A production is split, and then more is needed of what both halves make."""

from odoo.tests import tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
class TestSplitSupplies(ChainCase):
    """Found by the generated story of seed 5022."""

    def setUp(self):
        super().setUp()
        self.leg, self.frame = self.new_product("Leg"), self.new_product("Frame")
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.leg, {self.new_product("Wood", vendor=True): 1})
        self.new_bom(self.frame, {self.leg: 4})
        self.new_bom(self.table, {self.leg: 1, self.frame: 1})
        self.put_in_stock(self.leg, 5)

    def split_and_increase(self):
        """The table's own legs are in stock; those of the frames are made in two halves."""
        order = self.confirm(self.table, 5)
        production = self.productions_of(self.leg)
        production._split_productions({production: [2, 18]})
        order.order_line.product_uom_qty = 15
        self.assertEqual(sum(self.productions_of(self.leg).mapped("product_qty")), 70)
        return order

    def test_one_need_more_is_brought_by_both_halves(self):
        for steps in ("mrp_one_step", "pbm_sam"):
            with self.subTest(steps=steps), self.env.cr.savepoint() as savepoint:
                self.warehouse.manufacture_steps = steps
                order = self.split_and_increase()
                self.assertFalse(order._mto_get_plan().gaps)
                self.assertFalse(order.mto_missing_supplies)
                nodes = order._mto_get_plan().nodes
                self.assertFalse([node for node in nodes if node.surplus or node.unpegged])
                self.run_chain(order)
                self.assertEqual(self.leg.free_qty, 0)
                self.env.transaction.clear()
                savepoint.rollback()
                self.env.transaction.clear()

    def test_a_decrease_takes_it_from_both_halves(self):
        order = self.split_and_increase()
        order.order_line.product_uom_qty = 5
        made = self.productions_of(self.leg).filtered(lambda one: one.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), 20)
        self.assertFalse(order._mto_get_plan().gaps)
        order._action_cancel()
        self.assertEqual(set(self.productions_of(self.leg).mapped("state")), {"cancel"})

    def test_what_came_for_a_half_that_goes(self):
        """The other half has it; what is ordered beyond is given back with the last need."""
        self.warehouse.manufacture_steps = "pbm"
        stool = self.new_product("Stool", "mto")
        self.new_bom(stool, {self.leg: 3})
        self.put_in_stock(self.leg, 4)
        order = self.confirm(stool, 3)
        production = self.productions_of(stool)
        picking = production.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        production._split_productions({production: [2, 1]})
        for quantity in (13, 5, 0):
            order.order_line.product_uom_qty = quantity
        for made in (stool, self.leg):
            self.assertEqual(set(self.productions_of(made).mapped("state")), {"cancel"})
        mine = [("product_id", "=", self.leg.id), ("state", "not in", ("done", "cancel"))]
        self.assertFalse(self.env["stock.move"].search(mine))
