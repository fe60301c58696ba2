"""The plan as JSON scalars: the shape that the web client and outside programs read.

Texts (``message``, ``reason.text``) stay empty here: they are translated where the reader's
language is known, from the codes and ``args``. No function here calls itself, nor has
``json`` do so: a tree may be deeper than Python's stack.
"""

import json

VERSION = 1


def plain(plan) -> dict:
    """Return the plan as nested dicts and lists of JSON scalars."""
    nodes, roots = _link(plan)
    heads = [_node(node, product) for node, product in _with_products(plan)]
    for head, below in zip(heads, nodes, strict=True):
        head["supplies"] = [heads[index] for index in below]
    answer = _head(plan)
    answer["lines"] = [
        {**_line(line), "supplies": [heads[index] for index in below]}
        for line, below in zip(plan.lines, roots, strict=True)
    ]
    return answer


def to_json(plan) -> str:
    """Return the same as JSON text, always the same bytes for the same plan."""
    nodes, roots = _link(plan)
    heads = [_open(_node(node, product)) for node, product in _with_products(plan)]
    lines = []
    for line, below in zip(plan.lines, roots, strict=True):
        lines.append(_open(_line(line)) + _nest(below, nodes, heads) + "]}")
    return json.dumps(_head(plan))[:-1] + ', "lines": [' + ", ".join(lines) + "]}"


def _link(plan):
    """Return the indexes of the nodes below each node, and below each order line."""
    nodes = [[] for _node in plan.nodes]
    roots = [[] for _line in plan.lines]
    for index, node in enumerate(plan.nodes):
        demand = plan.demands[node.demand]
        above = nodes[demand.parent] if demand.parent >= 0 else roots[demand.line]
        above.append(index)
    return nodes, roots


def _with_products(plan):
    products = {product.product_id: product for product in plan.products}
    return ((node, products[node.product_id]) for node in plan.nodes)


def _open(values):
    """Return a JSON object's text, left open at its list of supplies."""
    return json.dumps(values)[:-1] + ', "supplies": ['


def _nest(roots, nodes, heads):
    text = []
    waiting = _spread(roots)
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            text.append(part)
        else:
            text.append(heads[part])
            waiting.append("]}")
            waiting.extend(_spread(nodes[part]))
    return "".join(text)


def _spread(indexes):
    """Return the indexes with commas between, last first, as a stack wants them."""
    spread = []
    for index in reversed(indexes):
        spread += [", ", index] if spread else [index]
    return spread


def _head(plan):
    return {
        "version": VERSION,
        "order_id": plan.order_id,
        "computed_at": _date(plan.computed_at),
        "promise_date": _date(plan.promise_date),
        "feasible": plan.feasible,
        "blockers": [_issue(issue) for issue in plan.blockers],
        "gaps": [_issue(issue) for issue in plan.gaps],
        "warnings": [_issue(issue) for issue in plan.warnings],
    }


def _issue(issue):
    return {
        "code": issue.code,
        "product_id": issue.product_id,
        "message": None,
        "path": list(issue.path),
        "key": issue.key,
        "args": dict(issue.args),
    }


def _line(line):
    return {
        "line_id": line.line_id,
        "product_id": line.product_id,
        "quantity": line.quantity,
        "promise_date": _date(line.promise_date),
        "ship_date": _date(line.ship_date),
        "lead_days": line.lead_days,
        "late_days": line.late_days,
    }


def _node(node, product):
    return {
        "key": node.key,
        "product_id": node.product_id,
        "product": product.name,
        "quantity": node.quantity,
        "uom": product.uom,
        "supply": node.supply,
        "start": _date(node.start),
        "end": _date(node.end),
        "earliest_start": _date(node.earliest_start),
        "slack_days": node.slack_days,
        "critical": node.critical,
        "reason": {"code": node.reason, "text": None},
        "surplus": node.surplus,
        "document": _document(node.document),
        "purchase": _purchase(node.purchase),
    }


def _purchase(bought):
    """Return what everybody may know of a purchase; the rest is filled in for who may buy."""
    if bought is None:
        return None
    return {
        "needed": bought.needed,
        "ordered": bought.quantity,
        "surplus": bought.surplus,
        "waits": bought.waits,
        "vendor": {"code": bought.why, "text": None},
        "vendor_name": None,
        "surplus_value": None,
        "open_needs": [],
        "text": None,
    }


def _document(document):
    if document is None:
        return None
    return {
        "model": document.model,
        "id": document.id,
        "name": document.name,
        "state": document.state,
        "quantity": document.quantity,
    }


def _date(value):
    return value.isoformat() if value else None
