from odoo import api, models


class MtoOfferReader(models.AbstractModel):
    """Buys from the vendor that a person tries."""

    _inherit = "mto.offer.reader"

    @api.model
    def _find_prices(self, product, company, partner=None):
        """Look at the vendor that a person tries alone, where that one sells it."""
        tried = (self.env.context.get("mto_tried_vendors") or {}).get(product.id)
        if tried and not partner:
            own = super()._find_prices(product, company, self.env["res.partner"].browse(tried))
            if own:
                return own
        return super()._find_prices(product, company, partner)
