"""What installing sets up beside the addon's own records, and uninstalling takes back."""

import json

from odoo import SUPERUSER_ID
from odoo.tools import SQL

_BEFORE = "mto_manufacturing.mto_routes_before"
_TOUCHED = ("active", "sale_selectable", "product_selectable", "product_categ_selectable")


def post_init_hook(env):
    """Activate make-to-order, and give every warehouse the rules of the other strategies."""
    env = env(user=SUPERUSER_ID, context=dict(env.context, active_test=False))
    warehouses = env["stock.warehouse"].search([])
    routes = _get_order_routes(env, warehouses)
    before = {route.id: {name: route[name] for name in _TOUCHED} for route in routes}
    env["ir.config_parameter"].set_param(_BEFORE, json.dumps(before))
    routes.write(dict.fromkeys(_TOUCHED, True) | {"supply_strategy": "mto"})
    for company, own in warehouses.grouped("company_id").items():
        own.with_company(company)._mto_update_strategy_rules()


def _get_order_routes(env, warehouses):
    """The routes that are "Replenish on Order (MTO)": usually one for all companies."""
    if not warehouses.mto_pull_id:
        # Somebody has deleted the route: bring it back, and its rules with it.
        route = env["stock.route"].create(
            {"name": env._("Replenish on Order (MTO)"), "company_id": False, "sequence": 5}
        )
        env["ir.model.data"]._update_xmlids(
            [{"xml_id": "stock.route_warehouse0_mto", "record": route, "noupdate": True}]
        )
        for warehouse in warehouses:
            warehouse.with_company(warehouse.company_id)._create_or_update_global_routes_rules()
    data_route = env.ref("stock.route_warehouse0_mto", raise_if_not_found=False)
    return warehouses.mto_pull_id.route_id | (data_route or env["stock.route"])


def uninstall_hook(env):
    """Leave the routes as the user had them, and no trace of ours in what stays."""
    env = env(user=SUPERUSER_ID, context=dict(env.context, active_test=False))
    twins = env["stock.rule"].search([("mto_source_rule_id", "!=", False)])
    own = twins.route_id
    for xml_id in ("mto_manufacturing.route_mts", "mto_manufacturing.route_mts_mto"):
        own |= env.ref(xml_id, raise_if_not_found=False) or env["stock.route"]
    _hand_moves_to_sources(env, own.rule_ids)
    _take_off_everywhere(env, own)
    own.rule_ids.unlink()
    own.unlink()
    _restore_order_routes(env)


def _take_off_everywhere(env, routes):
    """Take routes off products, categories, order lines and whatever else has routes."""
    for field in env["ir.model.fields"].search(
        [("relation", "=", "stock.route"), ("ttype", "=", "many2many"), ("store", "=", True)]
    ):
        column = env[field.model]._fields.get(field.name)
        if column is not None and column.store and column.relation:
            env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s IN %s",
                    SQL.identifier(column.relation),
                    SQL.identifier(column.column2),
                    tuple(routes.ids) or (0,),
                )
            )
    env.invalidate_all()


def _hand_moves_to_sources(env, rules):
    """Moves made by a twin go on as if the rule that it follows had made them."""
    env.flush_all()
    for twin in rules:
        env.cr.execute(
            SQL(
                "UPDATE stock_move SET rule_id = %s WHERE rule_id = %s",
                twin.mto_source_rule_id.id or None,
                twin.id,
            )
        )


def _restore_order_routes(env):
    parameter = env["ir.config_parameter"].get_param(_BEFORE)
    for route_id, vals in json.loads(parameter or "{}").items():
        route = env["stock.route"].browse(int(route_id)).exists()
        changed = {name: value for name, value in vals.items() if route and route[name] != value}
        if changed:
            route.write(changed)
    env["ir.config_parameter"].set_param(_BEFORE, False)
