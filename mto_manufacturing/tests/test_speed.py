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

    def count(self, action):
        """The queries of an action that begins with nothing in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def count_queries(self, widths):
        """The queries of a confirmation, and the nodes; the order is kept."""
        product, nodes = self.new_tree(widths)
        self.order = order = self.new_order({product: 10})
        queries = self.count(order.action_confirm)
        self.assertEqual(len(order._mto_get_plan().demands), nodes)
        self.assertEqual(len(order._mto_get_productions()), nodes - len(self._leaves(order)))
        return queries, nodes

    def raise_quantity(self):
        self.order.order_line.product_uom_qty = 15

    def read_chain(self):
        self.order.get_mto_plan()

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

    def test_queries_of_an_increase(self):
        self.count_queries([2, 2])
        self.count(self.raise_quantity)
        _confirmed, small = self.count_queries([2, 2, 2])
        few = self.count(self.raise_quantity)
        _confirmed, large = self.count_queries([4, 4, 4])
        many = self.count(self.raise_quantity)
        made = sum(self.order._mto_get_productions().mapped("product_qty"))
        self.assertEqual(made, 15 * (1 + 4 * 2 + 16 * 4))
        each = (many - few) / (large - small)
        self.assertLessEqual(each, 3, f"{few} queries for {small} nodes, {many} for {large}")

    def test_queries_of_a_chain(self):
        """The documents of an order are read level by level, however many there are."""
        self.count_queries([2, 2])
        self.count(self.read_chain)
        self.count_queries([3, 2])
        few = self.count(self.read_chain)
        self.count_queries([9, 4])
        many = self.count(self.read_chain)
        self.assertLessEqual(many - few, 12, f"{few} queries, then {many}")

    def count_receipt(self, size):
        """The queries of a receipt of so many lines, each of which somebody waits for."""
        product = self.new_product("Top", "mto")
        parts = [self.new_product("Part", vendor=True) for _number in range(size)]
        self.new_bom(product, dict.fromkeys(parts, 2))
        self.confirm(product)
        receipt = self.env["purchase.order.line"]
        for part in parts:
            receipt |= self.purchase_lines_of(part)
        receipt.order_id.button_confirm()
        picking = receipt.order_id.picking_ids
        self.assertEqual(len(picking.move_ids), size)
        picking.move_ids.picked = True
        queries = self.count(picking.button_validate)
        needs = self.productions_of(product).move_raw_ids
        self.assertEqual(set(needs.mapped("state")), {"assigned"})
        return queries

    def test_queries_of_a_receipt(self):
        """What has come is looked for once, however many lines it comes by."""
        self.count_receipt(2)
        few = self.count_receipt(10)
        many = self.count_receipt(40)
        each = (many - few) / 30
        self.assertLessEqual(each, 20, f"{few} queries, then {many}")

    def count_growth(self, size):
        """The queries of an increase where all that was needed has come to the production."""
        self.warehouse.manufacture_steps = "pbm"
        product = self.new_product("Top", "mto")
        parts = [self.new_product("Part", vendor=True) for _number in range(size)]
        self.new_bom(product, dict.fromkeys(parts, 1))
        for part in parts:
            self.put_in_stock(part, 10)
        self.order = self.confirm(product, 10)
        transfer = self.order.mrp_production_ids.picking_ids
        transfer.with_context(skip_backorder=True).button_validate()
        queries = self.count(self.raise_quantity)
        needs = self.productions_of(product).move_raw_ids
        self.assertEqual(needs.mapped("product_qty"), [15] * size)
        return queries

    def test_queries_of_an_increase_of_what_has_come(self):
        """What has come is read once for all components; each takes of it by itself."""
        self.count_growth(2)
        few = self.count_growth(5)
        many = self.count_growth(25)
        each = (many - few) / 20
        self.assertLessEqual(each, 11, f"{few} queries, then {many}")

    def test_lines_that_do_not_change_are_not_written(self):
        made = self.new_product("Made", "mto", vendor=True)
        plain = [self.new_product("From Stock") for _number in range(3)]
        for products in (plain, [made, *plain]):
            order = self.new_order(dict.fromkeys(products, 2))
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sale_order_line SET write_date = '2020-01-01' WHERE order_id = %s",
                (order.id,),
            )
            self.env.invalidate_all()
            order.order_line[0].product_uom_qty = 3
            self.env.flush_all()
            self.env.invalidate_all()
            written = order.order_line.filtered(lambda line: line.write_date.year > 2020)
            self.assertEqual(written, order.order_line[0])
