"""Time the planner alone, without Odoo: netting and dates of one order, tree after tree.

python benchmarks/planner.py FOLDER      the folder that holds the package ``planner``
"""

import json
import sys
import time
from datetime import datetime, timedelta

sys.path.insert(0, sys.argv[1])

import planner as p  # noqa: E402

NOW = datetime(2025, 3, 3, 8)
#: Components of a product, level by level: about 1,000, 10,000 and 100,000 nodes.
SIZES = ((10, 10, 10), (10, 10, 10, 10), (10, 10, 10, 10, 10))
ROUNDS = 3


def build(widths):
    """Return (order, network) of a tree in which every product is made of products of its own."""
    items, products, names = {}, {}, ["1"]
    calendar = p.Calendar(
        (NOW + timedelta(days=day), NOW + timedelta(days=day, hours=8)) for day in range(365)
    )
    for level, width in enumerate((*widths, 0)):
        below = []
        for name in names:
            number = len(items) + 1
            products[number] = p.Product(number, name, "Units", 0.01)
            parts = [f"{name}.{index}" for index in range(width)]
            items[name] = prepare_item(name, number, parts, level)
            below += parts
        names = below
    line = p.Line(1, 1, 5.0, (p.LineDemand("1", 5.0),), 1.0)
    network = p.Network(items, products, calendars={"shop": calendar})
    return p.Order(1, "S00001", (line,)), network


def prepare_item(name, number, parts, level):
    """Return a product's item; every second level needs a work centre."""
    if not parts:
        return p.Item(name, number, 1, source=p.Source(p.PURCHASE, lead_days=3.0))
    components = tuple(p.Component(index, part, 2.0) for index, part in enumerate(parts, 1))
    operations = (p.Operation(30.0, 10.0, 5.0, "shop"),) if level % 2 else ()
    bom = p.Bom(number, components, lead_days=1.0, operations=operations)
    return p.Item(name, number, 1, p.MTO, source=p.Source(p.PRODUCTION, bom=bom, shared=name))


def measure(widths):
    """Return the nodes of a tree and the least seconds of netting and of its dates."""
    order, network = build(widths)
    policy = p.Policy(max_demands=1_000_000)
    best = None
    for _round in range(ROUNDS):
        begun = time.process_time()
        plan = p.explode(order, network, policy)
        netted = time.process_time()
        p.schedule(plan, order, network, policy, NOW)
        done = time.process_time()
        found = (done - begun, netted - begun, done - netted)
        best = min(best or found, found)
    return {"nodes": len(plan.nodes), "seconds": best[0], "netting": best[1], "dates": best[2]}


for size in SIZES:
    print(json.dumps(measure(size)), flush=True)
