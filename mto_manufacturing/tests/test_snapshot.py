from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestSnapshot(MtoCommon):
    """Reading what a plan needs costs a few queries a level and one call a product."""

    def count_queries(self, width, levels=2):
        """The queries of planning an order for a product with so many parts on each level."""
        product = self.new_product("Thing", "mto")
        above = product
        for _level in range(levels):
            parts = [self.new_product("Part", vendor=True) for _number in range(width)]
            self.new_bom(above, dict.fromkeys(parts, 2))
            above = parts[0]
        order = self.new_order({product: 1})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        plan = order._mto_get_plan()
        self.assertEqual(len(plan.demands), 1 + width * levels)
        return self.env.cr.sql_log_count - before

    def test_one_call_into_core_for_each_more_product(self):
        self.count_queries(2)  # fills the caches that a server always has
        few, many = self.count_queries(4), self.count_queries(14)
        self.assertLessEqual(many - few, 2 * 10 + 2, f"{few} queries, then {many}")

    def test_levels_cost_the_same(self):
        self.count_queries(2)
        two, four = self.count_queries(3, levels=2), self.count_queries(3, levels=4)
        self.assertLessEqual(four - two, 2 * 24, f"{two} queries, then {four}")

    def test_reading_writes_nothing(self):
        product = self.new_product("Thing", "mto")
        self.new_bom(product, {self.new_product("Part", vendor=True): 2})
        order = self.new_order({product: 1})
        models = ("stock.move", "mrp.production", "purchase.order.line")
        before = [self.env[model].search_count([]) for model in models]
        order.get_mto_plan()
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        self.assertEqual(order.state, "draft")
