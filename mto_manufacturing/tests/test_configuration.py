from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestConfiguration(MtoCommon):
    """Row N17: what is configured for one customer is not taken from common stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create({"name": "Text", "is_custom": True}),
                ],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        template = cls.env["product.template"].create(
            {
                "name": "Thing",
                "is_storable": True,
                "supply_strategy": "mts_mto",
                "attribute_line_ids": [Command.create(line)],
            }
        )
        cls.product = template.product_variant_id
        cls.text = template.attribute_line_ids.product_template_value_ids[1]
        cls.new_bom(cls.product, {cls.new_product("Part", vendor=True): 1})
        cls.put_in_stock(cls.product, 10)

    def test_n17_generic_stock_is_not_taken_for_a_custom_line(self):
        custom = {
            "custom_product_template_attribute_value_id": self.text.id,
            "custom_value": "For Anna",
        }
        order = self.new_order(
            {
                self.product: {
                    "product_uom_qty": 2,
                    "product_no_variant_attribute_value_ids": [Command.set(self.text.ids)],
                    "product_custom_attribute_value_ids": [Command.create(custom)],
                }
            }
        )
        order.action_confirm()
        self.assertEqual(self.productions_of(self.product).product_qty, 2)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)

    def test_generic_stock_is_taken_for_a_plain_line(self):
        order = self.confirm(self.product, 2)
        self.assertFalse(self.productions_of(self.product))
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)
