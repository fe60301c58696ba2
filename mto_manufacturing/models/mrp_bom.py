from odoo import api, models


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    def _skip_for_no_variant(self, product, bom_attribule_values, never_attribute_values=False):
        # Values chosen for a product hold for the kits in it: core compares values of one
        # template only, and so skips every such line of a kit.
        if never_attribute_values and bom_attribule_values:
            chosen = never_attribute_values.product_attribute_value_id
            never_attribute_values |= bom_attribule_values.filtered(
                lambda value: (
                    value.attribute_id.create_variant == "no_variant"
                    and value.product_attribute_value_id in chosen
                )
            )
        return super()._skip_for_no_variant(product, bom_attribule_values, never_attribute_values)
