from odoo import api, models

from .stock_route import STRATEGY_ROUTES


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._mto_update_strategy_rules()
        return warehouses

    def write(self, vals):
        result = super().write(vals)
        self._mto_update_strategy_rules()
        return result

    def create_resupply_routes(self, supplier_warehouses):
        # The rule that supplies the transit location on order is the supplier's.
        result = super().create_resupply_routes(supplier_warehouses)
        supplier_warehouses._mto_update_strategy_rules()
        return result

    def _mto_update_strategy_rules(self):
        """Give every make-to-order rule of these warehouses its twins, and keep them right."""
        for warehouse in self.sudo().with_context(active_test=False):
            order_route = warehouse.mto_pull_id.route_id
            if order_route:
                routes = warehouse._mto_get_twin_routes()
                rules = order_route.rule_ids.filtered(
                    lambda rule, warehouse=warehouse: rule.warehouse_id == warehouse
                )
                rules._mto_ensure_twins(routes)

    def _mto_get_twin_routes(self):
        """The routes of the strategies beside make-to-order, in this warehouse's company."""
        self.ensure_one()
        routes = self.env["stock.route"]
        labels = dict(routes._fields["supply_strategy"]._description_selection(self.env))
        for strategy in ("mts", "mts_mto"):
            xml_id = STRATEGY_ROUTES[strategy]
            routes |= self._find_or_create_global_route(xml_id, labels[strategy])
        return routes.filtered("supply_strategy")
