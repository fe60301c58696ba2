from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .mto_strategy_mixin import STRATEGIES

STRATEGY_ROUTES = {
    "mts": "mto_manufacturing.route_mts",
    "mts_mto": "mto_manufacturing.route_mts_mto",
    "mto": "stock.route_warehouse0_mto",
}

#: Rules by which goods are asked for where they are needed; the others push them on.
_PULLING = Domain("action", "!=", "push")
_TO_CUSTOMERS = Domain("location_dest_id.usage", "=", "customer")
#: Rules by which what is asked for is bought, or asked for further on, and not taken from stock.
_ASKING = Domain("action", "=", "buy") | Domain("procure_method", "!=", "make_to_stock")


class StockRoute(models.Model):
    _inherit = "stock.route"

    supply_strategy = fields.Selection(
        selection=STRATEGIES,
        help="What a product, a category or an order line with this route says about its "
        "supply. Empty for a route that says nothing about it.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            rules = self.with_context(active_test=False).sudo().rule_ids
            (rules | rules.mto_twin_ids)._mto_update_twins()
        return result

    def _mto_may_order(self, warehouse):
        """Whether what customers are sent by these routes may be made or bought to order.

        :param warehouse: the ``stock.warehouse`` that sends it
        """
        routes = self.sudo().filtered(lambda route: not route.supply_strategy)  # whoever asks
        rules = routes.rule_ids.filtered_domain(_PULLING).filtered(
            lambda rule: not rule.warehouse_id or rule.warehouse_id == warehouse
        )
        wave = rules.filtered_domain(_TO_CUSTOMERS)
        while wave:
            asking = wave.filtered_domain(_ASKING)
            rules -= wave
            wave = rules.browse()
            for rule in asking:
                # What only passes through there is asked for further on.
                before = rule._mto_is_passing() and rules.filtered(
                    lambda other, rule=rule: other.location_dest_id == rule.location_src_id
                )
                if not before:
                    return True
                wave |= before
        return False

    @api.model
    def _mto_get_asking_domain(self):
        """The routes by which what customers are sent may be made or bought, at a glance.

        ``_mto_may_order`` holds of no others, and not of all of these.
        """
        return Domain("rule_ids", "any", _PULLING & _TO_CUSTOMERS & _ASKING)

    @api.model
    def _mto_get_strategy_route(self, strategy, company):
        """The route that stands for a strategy in a company.

        :param strategy: one of ``mts``, ``mts_mto``, ``mto``
        :param company: a ``res.company`` record
        :return: a ``stock.route``, archived or not
        :raises UserError: if there is none
        """
        route = self.env.ref(STRATEGY_ROUTES[strategy], raise_if_not_found=False)
        route = (route or self).sudo()
        if not route or (route.company_id and route.company_id != company):
            candidates = self.sudo().with_context(active_test=False)
            route = candidates.search(
                [
                    ("supply_strategy", "=", strategy),
                    ("company_id", "in", [False, company.id]),
                ],
                order="active desc, company_id, sequence",
                limit=1,
            )
        if not route:
            label = dict(self._fields["supply_strategy"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "There is no route for “%(strategy)s” in %(company)s. Create one under "
                    "Inventory > Configuration > Routes, set its Supply Strategy to "
                    "“%(strategy)s” and give it rules, then try again.",
                    strategy=label[strategy],
                    company=company.display_name,
                )
            )
        return route.with_env(self.env)
