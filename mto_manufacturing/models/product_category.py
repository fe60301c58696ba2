from odoo import api, fields, models

from .mto_strategy_mixin import STRATEGIES


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "mto.strategy.mixin"]

    supply_strategy = fields.Selection(
        store=True,
        readonly=False,
        help="How the products of this category are supplied, where they do not say so "
        "themselves. Empty: as the category above.",
    )
    mto_inherited_strategy = fields.Selection(
        related="parent_id.mto_effective_strategy",
        string="Strategy of the Category Above",
        help="How products are supplied where this category says nothing.",
    )
    mto_effective_strategy = fields.Selection(
        selection=STRATEGIES,
        string="Strategy in Effect",
        compute="_compute_mto_effective_strategy",
        recursive=True,
        help="This category's own strategy, else that of the one above, else make to stock.",
    )

    @api.depends("supply_strategy", "parent_id.mto_effective_strategy")
    def _compute_mto_effective_strategy(self):
        for category in self:
            inherited = category.parent_id.mto_effective_strategy or "mts"
            category.mto_effective_strategy = category.supply_strategy or inherited

    def _mto_get_inherited_archived(self):
        """The archived routes of this category and of those above it."""
        archived, category = self.env["stock.route"], self
        while category:
            archived |= category._mto_get_archived_routes()
            category = category.parent_id
        return archived
