"""Measure what is done with one order; runs in Odoo's shell, with the addon or without.

``env`` is the shell's. ``CASES`` (set by the runner before this text) names the orders: for each
how many lines it has, of what each is made (the number of components below a product, level by
level) and what is done with it. Every product is of its own, made or bought to order by its
routes, so that both sides make the same documents; without ``to_order`` nothing has a route and
all is in stock.
"""

import json
import time

from odoo.fields import Command
from odoo.tests import Form

HAS_ADDON = "mto_key" in env["stock.move"]._fields  # noqa: F821
#: How often what changes nothing is done; the least figures count.
ROUNDS = 2
#: The same of what takes a tenth of a second, where whatever else the machine does would count.
SHORT_ROUNDS = 10


class Meter:
    """Seconds, seconds of this process on the processor, and queries of a block."""

    def __enter__(self):
        env.flush_all()  # noqa: F821
        env.invalidate_all()  # noqa: F821
        self.queries = env.cr.sql_log_count  # noqa: F821
        self.processor = time.process_time()
        self.seconds = time.perf_counter()
        return self

    def __exit__(self, *_error):
        env.flush_all()  # noqa: F821
        self.seconds = round(time.perf_counter() - self.seconds, 3)
        self.processor = round(time.process_time() - self.processor, 3)
        self.queries = env.cr.sql_log_count - self.queries  # noqa: F821

    def told(self):
        return {
            "seconds": self.seconds,
            "processor": self.processor,
            "queries": self.queries,
        }


def build(spec, to_order=True):
    """The products and BoMs of one tree; the product at its root and the number of nodes."""
    route = env.ref("stock.route_warehouse0_mto")  # noqa: F821
    route.active = True
    vendor = env["res.partner"].create({"name": "Vendor"})  # noqa: F821
    levels = [1]
    for width in spec:
        levels.append(levels[-1] * width)
    names = [f"{level}.{n}" for level, count in enumerate(levels) for n in range(count)]
    routes = [Command.link(route.id)] if to_order else []
    products = env["product.product"].create(  # noqa: F821
        [{"name": n, "is_storable": True, "route_ids": routes} for n in names]
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
    if not to_order:
        put_in_stock(products[0])
    return products[0], len(products)


def put_in_stock(product):
    stock = env["stock.warehouse"].search([], limit=1).lot_stock_id  # noqa: F821
    env["stock.quant"]._update_available_quantity(product, stock, 1000)  # noqa: F821


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


# -- what is done, one function each ------------------------------------------------------


def plan(order):
    """Look at what tells beforehand what an order needs."""
    for _round in range(ROUNDS):
        with Meter() as meter:
            if HAS_ADDON:
                order.get_mto_plan()
            else:
                report = env["report.mrp.report_bom_structure"]  # noqa: F821
                for bom in order.order_line.product_id.bom_ids:
                    report.get_html(bom.id, searchQty=10)
        yield "plan", meter


def edit(order):
    """Type another quantity on the quotation's first line, in its form, and save that."""
    form = Form(order)
    for quantity in range(11, 11 + SHORT_ROUNDS):
        with Meter() as meter, form.order_line.edit(0) as line:
            line.product_uom_qty = quantity
        yield "edit", meter
        with Meter() as meter:
            form.save()
        yield "save", meter


def write(order):
    """Write another quantity on the quotation's first line, as a program does."""
    for quantity in reversed(range(10, 10 + SHORT_ROUNDS)):
        with Meter() as meter:
            order.order_line[0].product_uom_qty = quantity
        yield "write", meter


def confirm(order):
    """Confirm the quotation."""
    with Meter() as meter:
        order.action_confirm()
    yield "confirm", meter


def chain(order):
    """Look at the documents of the confirmed order."""
    roots = order.mrp_production_ids.filtered(
        lambda production: production.product_id in order.order_line.product_id
    )
    for _round in range(ROUNDS):
        with Meter() as meter:
            if HAS_ADDON:
                order.get_mto_plan()
            else:
                for production in roots:
                    env["report.mrp.report_mo_overview"].get_report_values(  # noqa: F821
                        production.id
                    )
        yield "chain", meter


def change(order):
    """Raise the quantity of the confirmed order's first line."""
    with Meter() as meter:
        order.order_line[0].product_uom_qty = 15
    yield "change", meter


STEPS = {step.__name__: step for step in (plan, edit, write, confirm, chain, change)}


def measure(case):
    """Do with one order what is asked for; roll everything back."""
    trees = [build(case["tree"], case["to_order"]) for _line in range(case["lines"])]
    partner = env["res.partner"].create({"name": "Customer"})  # noqa: F821
    lines = [
        Command.create({"product_id": product.id, "product_uom_qty": 10}) for product, _n in trees
    ]
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": lines})  # noqa: F821
    env.flush_all()  # noqa: F821
    told = {"nodes": sum(nodes for _product, nodes in trees), "works": {}}
    for step in case["steps"]:
        for name, meter in STEPS[step](order):
            known = told["works"].get(name, meter.told())
            told["works"][name] = {key: min(known[key], new) for key, new in meter.told().items()}
        if step == "confirm":
            told["documents"] = documents(order)
    env.cr.rollback()  # noqa: F821
    env.invalidate_all()  # noqa: F821
    return told


measure(CASES[0])  # noqa: F821  the first run fills caches that a server always has
for one in CASES[1:]:  # noqa: F821
    print("BENCH", json.dumps(measure(one)), flush=True)
