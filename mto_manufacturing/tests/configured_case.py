from odoo.fields import Command

from .common import MtoCommon


class ConfiguredCase(MtoCommon):
    """A box of a colour, perhaps with an engraving; so are its lid and its paint, levels below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colour = cls.new_attribute("Colour", ["Gold", "Silver"])
        cls.engraving = cls.new_attribute("Engraving", ["None", "Text"])
        cls.engraving.value_ids[1].is_custom = True
        cls.paint = {
            value: cls.new_product(f"Paint {value.name}", vendor=True)
            for value in cls.colour.value_ids
        }
        cls.screw = cls.new_product("Screw", vendor=True)
        cls.plain = cls.new_product("Plain module")
        cls.new_bom(cls.plain, {cls.screw: 1})
        # The lid is painted; the module between knows nothing of colours.
        cls.lid = cls.new_configured("Lid", cls.colour)
        cls.new_painted_bom(cls.lid, {cls.screw: 2})
        cls.module = cls.new_product("Module")
        cls.new_bom(cls.module, {cls.lid: 1})
        cls.box = cls.new_configured("Box", cls.colour | cls.engraving, supply_strategy="mto")
        cls.new_painted_bom(cls.box, {cls.module: 1, cls.plain: 1})

    @classmethod
    def new_attribute(cls, name, values, **vals):
        commands = [Command.create({"name": value}) for value in values]
        return cls.env["product.attribute"].create(
            {"name": name, "create_variant": "no_variant", "value_ids": commands, **vals}
        )

    @classmethod
    def new_configured(cls, name, attributes, **vals):
        lines = [
            Command.create({"attribute_id": one.id, "value_ids": [Command.set(one.value_ids.ids)]})
            for one in attributes
        ]
        template = cls.env["product.template"].create(
            {"name": name, "is_storable": True, "attribute_line_ids": lines, **vals}
        )
        return template.product_variant_id

    @classmethod
    def new_painted_bom(cls, product, components):
        """A BoM that takes one paint by the product's colour."""
        bom = cls.new_bom(product, components)
        for value, paint in cls.paint.items():
            line = {"product_id": paint.id, "product_qty": 1, "bom_id": bom.id}
            chosen = [Command.set(cls.values_of(product, value).ids)]
            line["bom_product_template_attribute_value_ids"] = chosen
            cls.env["mrp.bom.line"].create(line)
        return bom

    @classmethod
    def values_of(cls, product, values):
        own = product.product_tmpl_id.attribute_line_ids.product_template_value_ids
        return own.filtered(lambda value: value.product_attribute_value_id in values)

    def line_vals(self, product, *values, text=None, quantity=1):
        values = self.values_of(product, values[0].union(*values))
        vals = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_no_variant_attribute_value_ids": [Command.set(values.ids)],
        }
        if text:
            custom = {
                "custom_product_template_attribute_value_id": self.values_of(
                    product, self.engraving.value_ids[1]
                ).id,
                "custom_value": text,
            }
            vals["product_custom_attribute_value_ids"] = [Command.create(custom)]
        return vals

    def order_of(self, *lines, confirm=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(vals) for vals in lines],
            }
        )
        if confirm:
            order.action_confirm()
        return order
