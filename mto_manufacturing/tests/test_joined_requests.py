"""A need is planned on the request line that Odoo buys it with."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_surplus_policies import SurplusCase


@tagged("post_install", "-at_install")
class TestTextsOfCustomers(SurplusCase):
    """What is bought with a customer's own text is a line of its own, and is planned as one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engraving = cls.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create({"name": "Text", "is_custom": True}),
                ],
            }
        )
        cls.engrave(cls.screw)

    @classmethod
    def engrave(cls, product):
        """Let customers choose what is written on a product."""
        cls.env["product.template.attribute.line"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "attribute_id": cls.engraving.id,
                "value_ids": [Command.set(cls.engraving.value_ids.ids)],
            }
        )

    def prepare_line(self, product, quantity, text):
        """The values of an order line for somebody."""
        values = product.product_tmpl_id.attribute_line_ids.product_template_value_ids
        value = values.filtered("is_custom")
        custom = {
            "custom_product_template_attribute_value_id": value.id,
            "custom_value": text,
        }
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_no_variant_attribute_value_ids": [Command.set(value.ids)],
            "product_custom_attribute_value_ids": [Command.create(custom)],
        }

    def confirm_for(self, product, *wanted, **vals):
        """Confirm an order of (quantity, text) of a product each, as it is planned."""
        order = self.new_order({}, **vals)
        order.order_line = [
            Command.create(self.prepare_line(product, quantity, text)) for quantity, text in wanted
        ]
        return self.confirm_order_as_planned(order)

    def test_lines_of_an_order(self):
        self.confirm_for(self.screw, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])

    def test_components_of_what_is_configured(self):
        table = self.new_product("Table", "mto")
        self.engrave(table)
        self.new_bom(table, {self.screw: 1})
        self.confirm_for(table, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])

    def test_components_of_a_kit(self):
        kit = self.new_product("Kit", "mto")
        self.engrave(kit)
        self.new_bom(kit, {self.screw: 1}, type="phantom")
        self.confirm_for(kit, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])
