"""An order line's plan in a few words: what its date waits for, what is there, what is short."""

from collections.abc import Iterable
from dataclasses import replace

from .plan import Node, Plan
from .records import evolve
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


def expect(plan: Plan, forecast: Plan, over: frozenset[str]) -> Plan:
    """Return the tree of a confirmed order with the dates that are expected today.

    ``plan``: with the dates of the documents; ``forecast``: the same tree with those that it
    will have; ``over``: the keys of nodes that are done or here, which have no dates any more.
    A document that nobody moves ends when the forecast says, and has begun when it says itself.
    """
    pairs = list(zip(plan.nodes, forecast.nodes, strict=True))
    lines = [plan.demands[node.demand].line for node in plan.nodes]
    binding = {
        line
        for line, node in zip(lines, plan.nodes, strict=True)
        if node.critical and node.key not in over
    }
    nodes = []
    for line, (node, later) in zip(lines, pairs, strict=True):
        start, end = (None, None) if node.key in over else _expect(node, later)
        critical = node.critical if line in binding else later.critical
        nodes.append(evolve(node, start=start, end=end, critical=critical))
    return replace(
        plan, nodes=tuple(nodes), lines=forecast.lines, promise_date=forecast.promise_date
    )


def _expect(node, later):
    start, end = later.earliest_start, later.earliest_end
    if not start or not end:
        return node.start, node.end
    if start == end and node.start:
        start = min(node.start, end)
    return start, end


def _steps(line, nodes, products):
    path = [
        node
        for node in nodes
        if node.critical and node.start and node.supply not in (STOCK, MISSING)
    ]
    path.sort(key=lambda node: (node.end, node.start))
    steps = [_step(products[node.product_id], node.supply, node.start, node.end) for node in path]
    if path and line.promise_date and line.promise_date > path[-1].end:
        steps.append(_step(None, SHIPPING, path[-1].end, line.promise_date))
    return steps


def _step(product, supply, start, end):
    return {
        "product_id": product.product_id if product else None,
        "product": product.name if product else "",
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
