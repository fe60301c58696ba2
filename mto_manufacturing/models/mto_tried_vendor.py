from odoo import models


class MtoRuleReader(models.AbstractModel):
    """Buys from the vendor that a person tries."""

    _inherit = "mto.rule.reader"

    def _find_vendor(self, answer):
        """Take the vendor that a person tries, where that one sells it."""
        result = super()._find_vendor(answer)
        product = answer.need.product
        tried = (self.env.context.get("mto_tried_vendors") or {}).get(product.id)
        if tried:
            company = answer.rule.company_id or answer.need.company
            vendor = self.env["res.partner"].browse(tried)
            prices = self.env["mto.vendor.terms"]._get_prices(product, vendor, company)
            answer.price = prices[:1] or answer.price
        return result
