from odoo import models

from .mto_memo import get_memo


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_display_name(self):
        if get_memo(self.env) is None:
            return super()._compute_display_name()
        # As they are in the templates: a related field is set record by record, in all languages.
        names = [product.product_tmpl_id.name or None for product in self.sudo()]
        self._fields["name"]._insert_cache(self, names)
        # A vendor price names the product alone, and core still searches the vendor's prices.
        context = self.env.context
        if not (context.get("seller_id") and context.get("partner_id")):
            return super()._compute_display_name()
        alone = self.with_context(partner_id=False)
        super(ProductProduct, alone)._compute_display_name()
        for product, named in zip(self, alone, strict=True):
            product.display_name = named.display_name
        return None

    def _mto_forget_ways(self):
        """Have all that says how these are supplied read again, with whatever rights.

        What has been read with less rights lacks the routes, BoMs and vendors of companies that
        are hidden from whoever has read it, also for what then runs with more of them.
        """
        routes = ["route_ids", "parent_route_ids", "total_route_ids"]
        self.env["product.category"].invalidate_model(routes)
        self.product_tmpl_id.invalidate_recordset()
        self.invalidate_recordset()

    def _mto_get_sources(self):
        """Who makes this variant, and whether anybody sells it.

        :return: (ids of the companies that have a BoM of it, False for all; whether it is sold)
        """
        self.ensure_one()
        boms = self.product_tmpl_id.bom_ids.filtered(lambda bom: bom.type == "normal")
        own = boms.filtered(lambda bom: bom.product_id in (self, bom.product_id.browse()))
        prices = self.product_tmpl_id.seller_ids
        if own != boms:
            prices = prices.filtered(lambda price: price.product_id in (self, self.browse()))
        return frozenset(bom.company_id.id for bom in own), bool(prices)
