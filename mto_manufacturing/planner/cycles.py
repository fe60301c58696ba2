"""Which items can come round to themselves, so that only their branches are watched."""

from .supply import NetworkError


def needed_items(item) -> tuple[str, ...]:
    """Return the keys of the items that a supply of ``item`` consumes, in their order."""
    source = item.source
    if source is None or source.fault:
        return ()
    if source.bom is None:
        return (source.origin,) if source.origin else ()
    needs = tuple([component.item for component in source.bom.components])
    return (*needs, source.origin) if source.origin else needs


def suspects(items, roots) -> frozenset[str]:
    """Return the reachable items that lie on a cycle, or between two.

    The graph is peeled: an item that needs nothing more, or that nothing more needs, is on no
    cycle. Linear in the items and their needs. Raise NetworkError for an item that is needed
    and not described.
    """
    needs = _reachable(items, roots)
    if _is_in_order(needs):
        return frozenset()
    needed_by = {key: [] for key in needs}
    for key, below in needs.items():
        for other in below:
            needed_by[other].append(key)
    left = _peel(needs, needed_by)
    return frozenset(_peel(_keep(needed_by, left), _keep(needs, left)))


def _reachable(items, roots):
    found = {}
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        if key not in items:
            raise NetworkError(f"item {key!r} is needed and not described")
        found[key] = needed_items(items[key])
        waiting.extend(found[key])
    return found


def _is_in_order(needs):
    """Say whether each item comes before all that it needs, as in a tree: there is no cycle."""
    places = {key: place for place, key in enumerate(needs)}
    return all(
        places[other] > places[key] for key, others in needs.items() if others for other in others
    )


def _peel(forward, backward):
    """Return what is left when keys from which nothing leads on are removed, again and again."""
    count = {key: len(others) for key, others in forward.items()}
    loose = [key for key, number in count.items() if not number]
    for key in loose:
        for other in backward[key]:
            count[other] -= 1
            if not count[other]:
                loose.append(other)
    return {key for key, number in count.items() if number}


def _keep(graph, keys):
    """Return the part of a graph between some of its keys."""
    return {key: [other for other in graph[key] if other in keys] for key in keys}
