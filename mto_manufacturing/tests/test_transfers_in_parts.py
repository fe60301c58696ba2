from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # goods are reserved by date
class TestTransfersInParts(MtoCommon):
    """A part of a transfer keeps what is reserved for it, and orders nothing once more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", "mts_mto", vendor=True)

    def split_off(self, lines):
        """Have a transfer of their own for some goods of one, as core does it for a wave."""
        move, picking = lines.move_id, lines.picking_id
        (vals,) = move._split(sum(lines.mapped("quantity_product_uom")))
        vals["move_line_ids"] = [Command.set(lines.ids)]
        moves = [Command.create(vals)]
        links = [Command.link(line.id) for line in lines]
        return picking.create(picking.copy_data({"move_ids": moves, "move_line_ids": links})[0])

    def test_what_lies_reserved_is_not_ordered_again(self):
        for method in ("at_confirm", "manual"):
            with self.subTest(method=method):
                part = self.new_product("Part", "mts_mto", vendor=True)
                for name in ("Left", "Right"):
                    place = self.stock.create({"name": name, "location_id": self.stock.id})
                    self.put_in_stock(part, 5, place)
                self.warehouse.out_type_id.reservation_method = method
                order = self.confirm(part, 10)
                picking = order.picking_ids
                picking.action_assign()
                other = self.split_off(picking.move_line_ids[0])
                self.assertFalse(self.purchase_lines_of(part))
                for half in (picking, other):
                    self.assertEqual((half.move_ids.product_qty, half.move_ids.quantity), (5, 5))
                    self.assertEqual(half.state, "assigned")
                self.assertFalse(order._mto_get_plan().gaps)

    def test_the_rest_of_a_delivery_is_reserved_when_its_day_has_come(self):
        self.warehouse.out_type_id.reservation_method = "by_date"
        self.put_in_stock(self.part, 10)
        order = self.confirm(self.part, 10)
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        rest = order.picking_ids - picking
        self.assertEqual((rest.move_ids.product_qty, rest.move_ids.quantity), (6, 6))
