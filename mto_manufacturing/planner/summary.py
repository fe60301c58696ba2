"""An order line's plan in a few words: what its date waits for, what is there, what is short."""

from collections.abc import Iterable

from .plan import Node, Plan
from .supply import MISSING, STOCK

SHIPPING = "shipping"
_DAY = 86_400


def summarize(plan: Plan) -> list[dict]:
    """Return a summary of each order line, as JSON scalars, in the order of the plan's lines.

    ``steps``: the critical path in the order of time, each with its product, supply, start and
    end (UTC, ISO 8601) and days; what lies between the last of them and the promise is the
    shipping. ``stock`` and ``missing``: quantities by product, in the product's unit.
    """
    products = {product.product_id: product for product in plan.products}
    nodes = [[] for _line in plan.lines]
    for node in plan.nodes:
        nodes[plan.demands[node.demand].line].append(node)
    return [
        {
            "steps": _steps(line, own, products),
            "stock": _sum(own, STOCK, products),
            "missing": _sum(own, MISSING, products),
        }
        for line, own in zip(plan.lines, nodes, strict=True)
    ]


def _steps(line, nodes, products):
    path = [
        node
        for node in nodes
        if node.critical and node.start and node.supply not in (STOCK, MISSING)
    ]
    path.sort(key=lambda node: (node.end, node.start))
    steps = [
        _step(products[node.product_id].name, node.supply, node.start, node.end) for node in path
    ]
    if path and line.promise_date and line.promise_date > path[-1].end:
        steps.append(_step("", SHIPPING, path[-1].end, line.promise_date))
    return steps


def _step(name, supply, start, end):
    return {
        "product": name,
        "supply": supply,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "days": round((end - start).total_seconds() / _DAY, 2),
    }


def _sum(nodes: Iterable[Node], supply, products):
    totals = {}
    for node in nodes:
        if node.supply == supply:
            totals[node.product_id] = totals.get(node.product_id, 0.0) + node.quantity
    return [
        {
            "product_id": product_id,
            "product": products[product_id].name,
            "quantity": quantity,
            "uom": products[product_id].uom,
        }
        for product_id, quantity in totals.items()
    ]
