"""Measure planning and confirming one order; runs in Odoo's shell, with the addon or without.

``env`` is the shell's. ``SIZES`` (set by the runner before this text) names the trees: for each
the number of components below a product, level by level. Every product is of its own, made or
bought to order by its routes, so that both sides make the same documents.
"""

import json
import time

from odoo.fields import Command

HAS_ADDON = "mto_key" in env["stock.move"]._fields  # noqa: F821


class Meter:
    """Seconds and queries of a block."""

    def __enter__(self):
        env.flush_all()  # noqa: F821
        env.invalidate_all()  # noqa: F821
        self.queries = env.cr.sql_log_count  # noqa: F821
        self.seconds = time.perf_counter()
        return self

    def __exit__(self, *_error):
        env.flush_all()  # noqa: F821
        self.seconds = round(time.perf_counter() - self.seconds, 3)
        self.queries = env.cr.sql_log_count - self.queries  # noqa: F821

    def told(self):
        return {"seconds": self.seconds, "queries": self.queries}


def build(spec):
    """The products and BoMs of one tree; the product at its root and the number of nodes."""
    route = env.ref("stock.route_warehouse0_mto")  # noqa: F821
    route.active = True
    vendor = env["res.partner"].create({"name": "Vendor"})  # noqa: F821
    levels = [1]
    for width in spec:
        levels.append(levels[-1] * width)
    names = [f"{level}.{n}" for level, count in enumerate(levels) for n in range(count)]
    products = env["product.product"].create(  # noqa: F821
        [{"name": n, "is_storable": True, "route_ids": [Command.link(route.id)]} for n in names]
    )
    boms, first = [], 0
    for width, count in zip(spec, levels, strict=False):
        for n in range(count):
            child = first + count + n * width
            boms.append(prepare_bom(products[first + n], products[child : child + width]))
        first += count
    env["mrp.bom"].create(boms)  # noqa: F821
    env["product.supplierinfo"].create(  # noqa: F821
        [
            {"partner_id": vendor.id, "product_tmpl_id": product.product_tmpl_id.id, "price": 1}
            for product in products[first:]
        ]
    )
    return products[0], len(products)


def prepare_bom(product, components):
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "bom_line_ids": [
            Command.create({"product_id": part.id, "product_qty": 2}) for part in components
        ],
    }


def documents(order):
    """What the confirmation made, to be compared between both sides."""
    productions = env["mrp.production"].search([("origin", "!=", False)])  # noqa: F821
    lines = env["purchase.order.line"].search([])  # noqa: F821
    return {
        "productions": len(productions),
        "made": sum(productions.mapped("product_qty")),
        "purchase_lines": len(lines),
        "bought": sum(lines.mapped("product_qty")),
        "deliveries": len(order.picking_ids),
    }


def measure(spec):
    """Plan and confirm one order; roll everything back."""
    product, nodes = build(spec)
    partner = env["res.partner"].create({"name": "Customer"})  # noqa: F821
    line = Command.create({"product_id": product.id, "product_uom_qty": 10})
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": [line]})  # noqa: F821
    env.flush_all()  # noqa: F821
    told = {"spec": spec, "nodes": nodes, "addon": HAS_ADDON}
    with Meter() as plan:
        if HAS_ADDON:
            order.get_mto_plan()
        else:
            report = env["report.mrp.report_bom_structure"]  # noqa: F821
            report.get_html(product.bom_ids[:1].id, searchQty=10)
    with Meter() as confirm:
        order.action_confirm()
    told.update(plan=plan.told(), confirm=confirm.told(), documents=documents(order))
    env.cr.rollback()  # noqa: F821
    env.invalidate_all()  # noqa: F821
    return told


measure(SIZES[0])  # noqa: F821  the first run fills caches that a server always has
for size in SIZES:  # noqa: F821
    print("BENCH", json.dumps(measure(size)), flush=True)
