"""Install, upgrade and uninstall on a database with data, as an administrator does it.

Each step is a process of its own (the command line, or a script in Odoo's shell), because
installing and uninstalling replace the registry that a test inside Odoo would run in.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from house import databases, settings  # noqa: E402
from house.odoo_runtime import runtime  # noqa: E402

NAME = f"mto_life_{settings.digest(ROOT, length=6)}"
ADDON = "mto_manufacturing"

PREPARE = """
company = env["res.company"].create({"name": "Sister"})
env.user.company_ids |= company
env["stock.warehouse"].with_company(company).create(
    {"name": "Sister", "code": "SIS", "company_id": company.id})
main = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
main.manufacture_steps = "pbm"
env["stock.warehouse"].create(
    {"name": "Shop", "code": "SHOP", "delivery_steps": "pick_ship",
     "resupply_wh_ids": main.ids})
mto = env.ref("stock.route_warehouse0_mto")
told(active=mto.active, sale_selectable=mto.sale_selectable,
     routes=env["stock.route"].with_context(active_test=False).search_count([]),
     rules=env["stock.rule"].with_context(active_test=False).search_count([]))
"""

USE = """
category = env["product.category"].create({"name": "C", "supply_strategy": "mts_mto"})
part = env["product.product"].create({"name": "Part", "is_storable": True})
product = env["product.product"].create(
    {"name": "Thing", "is_storable": True, "categ_id": category.id})
own = env["product.product"].create(
    {"name": "Own", "is_storable": True, "supply_strategy": "mts_mto"})
env["mrp.bom"].create({"product_tmpl_id": product.product_tmpl_id.id,
    "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": 1})]})
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 4)
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "Customer"}).id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 10,
                           "supply_strategy": "mts_mto"})]})
order.action_confirm()
moves = order.order_line.move_ids.filtered(lambda m: m.location_dest_id.usage == "customer")
twins = env["stock.rule"].with_context(active_test=False).search(
    [("mto_source_rule_id", "!=", False)])
told(order=order.id, made=env["mrp.production"].search([]).mapped("product_qty"),
     rules=moves.rule_id.mapped("procure_method"), twins=len(twins),
     warehouses=len(twins.warehouse_id), companies=len(twins.company_id),
     active=env.ref("stock.route_warehouse0_mto").active)
"""

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "mto_manufacturing")]).button_immediate_uninstall()
"""

AFTER = """
order = env["sale.order"].search([], order="id desc", limit=1)
mto = env.ref("stock.route_warehouse0_mto")
moves = env["stock.move"].search([("sale_line_id", "in", order.order_line.ids)])
pickings = order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")
pickings.action_assign()
env.cr.execute(
    "SELECT name FROM ir_model_fields WHERE name LIKE 'mto\\\\_%' "
    "AND name NOT IN ('mto_pull_id')")
told(active=mto.active, sale_selectable=mto.sale_selectable, state=order.state,
     moves=len(moves), rules=moves.rule_id.mapped("procure_method"),
     routes=env["stock.route"].with_context(active_test=False).search_count([]),
     rule_count=env["stock.rule"].with_context(active_test=False).search_count([]),
     views=env["ir.ui.view"].search_count([("arch_db", "like", "mto_strategy_radio")]),
     parameters=env["ir.config_parameter"].search_count([("key", "like", "mto_manufacturing")]),
     fields=[name for (name,) in env.cr.fetchall()])
"""


def run_odoo(*arguments, script=None):
    """Run Odoo's command line; fails on an error or a warning in its log.

    Only what its libraries call deprecated is passed over: that is Odoo's matter.
    """
    done = subprocess.run(
        [str(word) for word in runtime().command(arguments)],
        input=script,
        env=runtime().environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    faults = [
        line
        for line in done.stderr.splitlines()
        if any(f" {level} " in line for level in ("WARNING", "ERROR", "CRITICAL"))
        and " py.warnings: " not in line
    ]
    assert done.returncode == 0 and not faults, done.stderr[-4000:]
    return done.stdout


def shell(script):
    """Run a script in Odoo's shell, in one transaction; what it ``told``."""
    script = (
        "import json\n"
        "def told(**facts):\n    print('TOLD', json.dumps(facts, default=str))\n\n"
        f"{script}\nenv.cr.commit()\n"
    )
    out = run_odoo("shell", "-d", NAME, "--no-http", script=script)
    lines = [line for line in out.splitlines() if line.startswith("TOLD ")]
    return json.loads(lines[-1][5:]) if lines else {}


@pytest.fixture
def database():
    databases.new_without_addon(NAME)
    yield NAME
    databases.drop(NAME)


def test_install_upgrade_uninstall_on_a_database_with_data(database):
    before = shell(PREPARE)
    assert before["active"] is False
    run_odoo("-d", database, "-i", ADDON, "--stop-after-init", "--no-http")
    used = shell(USE)
    assert used["active"] is True
    assert used["made"] == [6.0]
    assert used["rules"] == ["mts_else_mto"]
    assert used["twins"] and used["warehouses"] == 3 and used["companies"] == 2
    run_odoo("-d", database, "-u", ADDON, "--stop-after-init", "--no-http")
    shell(UNINSTALL)
    after = shell(AFTER)
    assert after["active"] is before["active"]
    assert after["sale_selectable"] == before["sale_selectable"]
    assert after["routes"] == before["routes"]
    assert after["rule_count"] == before["rules"]
    assert after["rules"] == ["make_to_order"]
    assert after["moves"] and after["state"] == "sale"
    assert not after["views"] and not after["parameters"]
    assert after["fields"] == []
