from odoo import api, models


class StockRule(models.Model):
    """Which routes of a warehouse can bring a product.

    To core a product is made as soon as anybody makes one of its variants.
    """

    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _filter_warehouse_routes(self, product, warehouses, route):
        valid = super()._filter_warehouse_routes(product, warehouses, route)
        if not valid or all(rule.action != "manufacture" for rule in route.rule_ids):
            return valid
        makers, is_sold = product._mto_get_sources()
        is_made = any(company in (False, *warehouses.company_id.ids) for company in makers)
        return valid if is_made or not is_sold else False
