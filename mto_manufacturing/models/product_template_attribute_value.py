from odoo import models


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def _get_combination_name(self):
        # Most components have no variants, and a plan names hundreds of them.
        return super()._get_combination_name() if self else ""
