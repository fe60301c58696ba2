from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestManyRequests(MtoCommon):
    """What many requests bring for the same needs is shared out once, however many they are."""

    def new_requests(self, count):
        """Two orders, and one more line than they need pieces: each asks for one, for both.

        :return: (orders, lines)
        """
        self.vendor.group_rfq = "all"
        part = self.new_product("Part", vendor=True)
        table = self.new_product("Table", "mto")
        self.new_bom(table, {part: 1})
        orders = self.confirm(table, count - 1) | self.confirm(table, 1)
        line = self.purchase_lines_of(part)
        needs = [Command.set(line.move_dest_ids.ids)]
        self.assertEqual(len(line.move_dest_ids), 2)
        line.with_context(mto_watching=True).product_qty = 1  # no need has lost anything
        for _more in range(count):
            line.copy({"order_id": line.order_id.id, "move_dest_ids": needs})
        line.order_id.state = "sent"
        lines = line.order_id.order_line.filtered(lambda one: one.product_id == part)
        self.assertEqual(len(lines), count + 1)
        return orders, lines.sorted("id")

    def count(self, act):
        """How often it is reckoned who gets what while something is done."""
        self.env.flush_all()
        self.env.invalidate_all()
        uncovered = self.env.registry["mto.uncovered"]
        reckon = {"autospec": True, "side_effect": uncovered._cover}
        with patch.object(uncovered, "_cover", **reckon) as cover:
            act()
        return cover.call_count

    def assertOnceForAll(self, act, check=None):
        """As often for many lines as for few.

        :param act: what is done with (the first order, lines)
        :param check: what is to be true of (lines, their number) then
        """
        counts = []
        for count in (3, 30):
            orders, lines = self.new_requests(count)
            counts.append(self.count(lambda orders=orders, lines=lines: act(orders[0], lines)))
            if check:
                check(lines.exists(), count)
        self.assertEqual(*counts)

    def test_surplus(self):
        def check(lines, count):
            self.assertEqual(lines.mapped("mto_needed_qty"), [1] * count + [0])

        self.assertOnceForAll(lambda _order, lines: lines.mapped("mto_surplus_qty"), check)

    def test_plan(self):
        def act(order, _lines):
            nodes = [node for node in order._mto_get_plan().nodes if node.purchase]
            self.assertEqual({node.purchase.needed for node in nodes}, {1})

        self.assertOnceForAll(act)

    def test_decrease(self):
        def act(order, _lines):
            order.order_line.product_uom_qty -= 1

        def check(lines, count):
            asked = lines.filtered(lambda line: line.state != "cancel").mapped("product_qty")
            self.assertEqual(asked, [1] * (count - 1))

        self.assertOnceForAll(act, check)

    def test_increase(self):
        def act(order, _lines):
            order.order_line.product_uom_qty += 2

        def check(lines, count):
            asked = self.purchase_lines_of(lines.product_id).sorted("id").mapped("product_qty")
            self.assertEqual(asked, [1] * (count + 2))

        self.assertOnceForAll(act, check)
