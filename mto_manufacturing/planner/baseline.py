"""What was planned when an order was confirmed, kept as JSON, and what has become of it.

The word is that of project scheduling: the dates and quantities that reality is compared with.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .diff import DEMAND_QUANTITY, EXTRA_SUPPLY, KIND, MISSING_SUPPLY, QUANTITY, UNPEGGED, diff
from .plan import Demand, Node, Plan
from .records import record
from .supply import Product, Scalar, Supply

#: Codes of what became of a supply.
MOVED = "moved"
VANISHED = "vanished"
REPLACED = "replaced"
UNPLANNED = "unplanned"
RESIZED = "resized"
UNTIED = "untied"
NEED = "need"

_CODES = {
    MISSING_SUPPLY: VANISHED,
    KIND: REPLACED,
    EXTRA_SUPPLY: UNPLANNED,
    QUANTITY: RESIZED,
    UNPEGGED: UNTIED,
}
_DAY = 86_400
#: Databases keep seconds, and some documents minutes.
_TOLERANCE = timedelta(minutes=1)


@record
class Change:
    """What differs from the baseline at one node: a code and what fills its text in."""

    code: str
    args: tuple[tuple[str, Scalar], ...] = ()


def freeze(plan: Plan) -> dict:
    """Return a plan's supplies and dates as JSON.

    {"at": ISO date, "demands": [[key, product id, quantity, parent's key, supplies], ...]} with
    supplies: [[supply, quantity, start, end], ...]
    """
    demands = [
        [demand.key, demand.product_id, demand.quantity, _parent(plan, demand), []]
        for demand in plan.demands
    ]
    for node in plan.nodes:
        dates = (node.start, node.end)
        start, end = (date and date.isoformat() for date in dates)
        demands[node.demand][-1].append([node.supply, node.quantity, start, end])
    at = plan.computed_at
    return {"at": at and at.isoformat(), "demands": demands}


def extend_baseline(baseline: dict, plan: Plan) -> dict:
    """Return the baseline with the supplies of a plan of lines that were added later."""
    return {**baseline, "demands": [*baseline["demands"], *freeze(plan)["demands"]]}


def set_baseline_dates(baseline: dict, plan: Plan) -> dict:
    """Return the baseline with the dates of a later plan for what both of them supply alike."""
    dates = _dates(freeze(plan))
    demands = [
        [
            *head,
            [
                [supply, quantity, *dates.get((head[0], supply), (start, end))]
                for supply, quantity, start, end in supplies
            ],
        ]
        for *head, supplies in baseline["demands"]
    ]
    return {**baseline, "demands": demands}


def compare_with_baseline(baseline: dict, actual: Plan) -> dict[str, tuple[Change, ...]]:
    """Return what became of the supplies of a confirmed order, by the actual nodes' keys.

    What has vanished is told where its need is covered now. A need that has itself become
    another is told once, at the top; what is below it changes with it.
    """
    changes: dict[str, list[Change]] = {}
    nodes: dict[str, list[Node]] = {}
    for node in actual.nodes:
        nodes.setdefault(actual.demands[node.demand].key, []).append(node)
    for node, change in _find(baseline, actual, nodes):
        changes.setdefault(node.key, []).append(change)
    for node, change in _find_moved(baseline, actual):
        changes.setdefault(node.key, []).append(change)
    return {key: tuple(found) for key, found in changes.items()}


def _parent(plan, demand):
    if demand.parent < 0:
        return None
    return plan.demands[plan.nodes[demand.parent].demand].key


def _dates(baseline):
    """Return {(demand's key, supply): (start, end)} as ISO texts."""
    return {
        (head[0], supply): (start, end)
        for *head, supplies in baseline["demands"]
        for supply, _quantity, start, end in supplies
    }


def _find(baseline, actual, nodes):
    """Yield (the node to tell it at, the change)."""
    planned = {head[0]: head for *head, _supplies in baseline["demands"]}
    differences = diff(_thaw(baseline, actual), actual)
    resized = {one.key for one in differences if one.code == DEMAND_QUANTITY}
    parents = {demand.key: _parent(actual, demand) for demand in actual.demands}
    for one in differences:
        if one.code == DEMAND_QUANTITY:
            parent = parents.get(one.key, (planned.get(one.key) or [None] * 4)[3])
            if parent not in resized:
                yield from _tell_need(one, parent, nodes)
        elif one.key not in resized:
            for node in _choose(nodes.get(one.key, ()), one)[:1]:
                yield node, Change(_CODES[one.code], _args(one))


def _tell_need(one, parent, nodes):
    """Say it where the need is; of one that is gone, where it was a part."""
    args = (("product_id", one.product_id), *_args(one))
    for node in nodes.get(one.key, nodes.get(parent, ()))[:1]:
        yield node, Change(NEED, args)


def _choose(nodes, one):
    """Return the nodes that a difference is about, else all of the need's."""
    return [node for node in nodes if node.supply == one.actual_supply] or nodes


def _args(one):
    return (
        ("planned_supply", one.planned_supply),
        ("planned", one.planned),
        ("actual", one.actual),
    )


def _thaw(baseline, actual):
    """Return the baseline as a plan that can be compared."""
    known = {product.product_id for product in actual.products}
    demands, nodes, products = [], [], list(actual.products)
    for index, (key, product_id, quantity, _above, supplies) in enumerate(baseline["demands"]):
        demands.append(Demand(key, 0, -1, 0, product_id, quantity))
        nodes += [
            Node(f"{key}:{supply}", index, product_id, supply, share)
            for supply, share, _start, _end in supplies
        ]
        if product_id not in known:
            known.add(product_id)
            products.append(Product(product_id, ""))
    return Plan(None, "", (), tuple(demands), tuple(nodes), tuple(products))


def _find_moved(baseline, actual):
    """Yield (node, change) of the documents with another end than planned."""
    dates: Mapping[tuple[str, Supply], tuple] = _dates(baseline)
    for node in actual.nodes:
        planned = dates.get((actual.demands[node.demand].key, node.supply), (None, None))[1]
        if not (node.document and node.end and planned) or node.document.state == "done":
            continue
        late = node.end - datetime.fromisoformat(planned)
        if abs(late) > _TOLERANCE:
            days = round(late.total_seconds() / _DAY, 4)
            yield node, Change(MOVED, (("days", days), ("planned_end", planned)))
