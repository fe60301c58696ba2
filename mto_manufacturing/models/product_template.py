from odoo import api, fields, models
from odoo.fields import Domain

from .mto_memo import get_memo, get_viewpoint
from .mto_strategy_mixin import STRATEGIES


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "mto.strategy.mixin"]

    supply_strategy = fields.Selection(
        store=True,
        readonly=False,
        help="How this product is supplied when it is ordered. Empty: as its category.",
    )
    mto_always_order = fields.Boolean(
        string="Always Order, Even With Stock",
        help="As a component of a make-to-order production it is made or bought for each "
        "order, though there is free stock.",
    )
    mto_surplus_policy = fields.Selection(
        selection=[
            ("buy", "Order, the rest goes to stock"),
            ("pool", "Wait for other needs"),
            ("ask", "Ask a purchaser"),
        ],
        string="Vendor Sells More Than Needed",
        help="What happens when a vendor's minimum, multiple or unit is more than the orders "
        "need. Empty: as the company's setting says.",
    )
    mto_category_strategy = fields.Selection(
        selection=STRATEGIES,
        string="Strategy of the Category",
        compute="_compute_mto_category_strategy",
        help="How products of the category are supplied.",
    )
    mto_effective_strategy = fields.Selection(
        selection=STRATEGIES,
        string="Strategy in Effect",
        compute="_compute_mto_effective_strategy",
        help="This product's own strategy, else that of its category.",
    )
    mto_archived_route_names = fields.Char(search="_search_mto_archived_route_names")

    @api.depends("categ_id.mto_effective_strategy")
    def _compute_mto_category_strategy(self):
        for category, templates in self.grouped("categ_id").items():
            templates.mto_category_strategy = category.mto_effective_strategy or "mts"

    @api.depends("supply_strategy", "mto_category_strategy")
    def _compute_mto_effective_strategy(self):
        strategies = self.grouped(lambda one: one.supply_strategy or one.mto_category_strategy)
        for strategy, templates in strategies.items():
            templates.mto_effective_strategy = strategy

    @api.depends("categ_id")
    def _compute_mto_archived_route_names(self):
        return super()._compute_mto_archived_route_names()

    def _mto_filter_relying(self):
        # Few do, and each would have to be looked at by itself.
        whole = self._origin.with_context(active_test=False)
        own = {one.id for one in whole if not all(route.active for route in one.route_ids)}
        relying = {
            category.id for category in self.categ_id if category._mto_get_inherited_archived()
        }
        return self.filtered(
            lambda template: template._origin.id in own or template.categ_id.id in relying
        )

    def _search_mto_archived_route_names(self, operator, value):
        """Find products with or without an archived route; only (not) set can be asked."""
        if operator not in ("=", "!=", "in", "not in") or (value and value != [False]):
            return NotImplemented
        relying = self._get_mto_archived_route_domain()
        return ~relying if operator in ("=", "in") else relying

    def _get_mto_archived_route_domain(self):
        """Products that rely on an archived route, of their own or of a category's."""
        archived = self.env["stock.route"].with_context(active_test=False)
        archived = archived.search([("active", "=", False)])
        return Domain("id", "in", archived.sudo().product_ids.ids) | Domain(
            "categ_id", "child_of", archived.sudo().categ_ids.ids
        )

    def _mto_get_archived_routes(self):
        archived = super()._mto_get_archived_routes()
        return archived | self.categ_id._mto_get_inherited_archived()

    def _mto_read_bom_types(self):
        """The types of the BoMs that there are: {id: a set}, perhaps of more than these."""
        memo = get_memo(self.env)
        known = {} if memo is None else memo.table("bom types", get_viewpoint(self.env))
        for template in self:
            if template.id not in known:
                known[template.id] = {bom.type for bom in template.bom_ids}
        return known

    def _mto_get_company(self):
        return self.company_id or super()._mto_get_company()
