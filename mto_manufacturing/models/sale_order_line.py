from odoo import fields, models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "mto.strategy.mixin"]

    supply_strategy = fields.Selection(
        readonly=False,
        help="How this line is supplied, whatever its product says. Empty: as the product.",
    )

    def _mto_get_company(self):
        return self.company_id or super()._mto_get_company()

    def _mto_get_archived_routes(self):
        archived = super()._mto_get_archived_routes()
        if self._mto_get_strategy_routes().filtered("active"):
            return archived  # the line's own strategy replaces the product's
        return archived | self.product_id.product_tmpl_id._mto_get_archived_routes()
