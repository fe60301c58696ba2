from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestSpeed(MtoCommon):
    """What a confirmation may cost the database; the benchmarks tell what it costs in time."""

    def new_tree(self, widths):
        """A product made of so many parts on each level; the last are bought.

        :return: a tuple (product, number of nodes)
        """
        top = self.new_product("Top", "mto")
        level, nodes = [top], 1
        for depth, width in enumerate(widths, start=1):
            below = []
            for product in level:
                bought = depth == len(widths)
                parts = [self.new_product("Part", vendor=bought) for _number in range(width)]
                self.new_bom(product, dict.fromkeys(parts, 2))
                below += parts
            level, nodes = below, nodes + len(below)
        return top, nodes

    def count_queries(self, widths):
        product, nodes = self.new_tree(widths)
        order = self.new_order({product: 10})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual(len(order._mto_get_plan().demands), nodes)
        self.assertEqual(len(order._mto_get_productions()), nodes - len(self._leaves(order)))
        return self.env.cr.sql_log_count - before, nodes

    def _leaves(self, order):
        return order._get_purchase_orders().order_line

    def test_queries_of_a_node(self):
        self.count_queries([2, 2])  # fills the caches that a server always has
        few, small = self.count_queries([2, 2, 2])
        many, large = self.count_queries([4, 4, 4])
        self.assertLessEqual(many, 8 * large, f"{many} queries for {large} nodes")
        each = (many - few) / (large - small)
        self.assertLessEqual(each, 3, f"{few} queries for {small} nodes, {many} for {large}")

    def test_levels_are_made_together(self):
        """A wider level costs next to nothing, so nothing is made one after the other."""
        self.count_queries([2, 2])
        few, _small = self.count_queries([10, 2])
        many, _large = self.count_queries([20, 2])
        self.assertLessEqual((many - few) / 30, 3, f"{few} queries, then {many}")
