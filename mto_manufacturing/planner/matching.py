"""Find what a tree that was read back from documents was made of."""

from dataclasses import replace

from .plan import Plan
from .records import evolve
from .supply import TRANSFER, Network, Order
from .tree import line_key


def match_items(tree: Plan, order: Order, network: Network) -> Plan:
    """Return the tree with the item of every demand that the order's network knows.

    Demands are found from above, by order line, BoM line and place. What a person added, or
    what is made by another BoM today, has none.
    """
    roots = {
        line_key(line.line_id, need.place): need.item
        for line in order.lines
        for need in line.demands
    }
    items: list[str] = []
    for demand in tree.demands:
        if demand.parent < 0:
            items.append(roots.get(demand.key, ""))
        else:
            node = tree.nodes[demand.parent]
            above = network.items.get(items[node.demand])
            items.append(_find_below(above, node, demand, network))
    pairs = zip(tree.demands, items, strict=True)
    return replace(tree, demands=tuple(evolve(demand, item=item) for demand, item in pairs))


def _find_below(above, node, demand, network):
    """Return the key of the item that a supply of the item ``above`` consumes."""
    source = above and above.source
    if not source or source.supply != node.supply:
        return ""
    if source.supply == TRANSFER:
        return source.origin
    for component in source.bom.components if source.bom else ():
        item = network.items[component.item]
        same = component.line_id == demand.bom_line_id
        if same and item.product_id == demand.product_id:
            return component.item
    return ""
