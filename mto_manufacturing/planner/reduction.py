"""Which parts of a need shrink when less is needed, and what becomes of what supplies it.

The order is the reverse of how a need is covered: what nothing supplies yet, then what was
ordered and has not started, then what is reserved from stock. What has started comes last: it
stays, and only the need gets smaller.
"""

from dataclasses import replace
from typing import Any

from .lot_sizing import size_production
from .records import record
from .rounding import half_up, is_positive
from .supply import Bom

#: The classes of a need's parts, in the order in which they shrink.
WAITING, ORDERED, RESERVED, STARTED = range(4)


@record
class Share:
    """A part of a need. ``place``: where it stands in the need, ``source``: what supplies it.

    ``quantity``: product's unit. ``place`` and ``source`` mean nothing here.
    """

    place: Any
    rank: int
    quantity: float
    source: Any = None


def choose(shares, quantity, rounding) -> tuple[tuple[Share, ...], float]:
    """Return the shares to take ``quantity`` from, each with what it loses; what is left over.

    By rank; within a rank the last part first, as it got scarce stock last.
    """
    taken = []
    for share in sorted(reversed(shares), key=lambda share: share.rank):
        loss = half_up(min(share.quantity, quantity), rounding)
        if loss > 0:
            taken.append(Share(share.place, share.rank, loss, share.source))
            quantity = half_up(quantity - loss, rounding)
    return tuple(taken), quantity


def remaining(shares, taken, rounding) -> list[Share]:
    """Return what is left of shares when what was taken from them is gone."""
    gone = {}
    for share in taken:
        index = (share.place, share.rank, share.source)
        gone[index] = gone.get(index, 0.0) + share.quantity
    left = []
    for share in shares:
        index = (share.place, share.rank, share.source)
        loss = min(share.quantity, gone.get(index, 0.0))
        gone[index] = gone.get(index, 0.0) - loss
        left.append(replace(share, quantity=half_up(share.quantity - loss, rounding)))
    return left


def limit(shares, quantity, rounding) -> list[Share]:
    """Return the shares of a need of ``quantity``: where sources give more, the first give it.

    So what has started is for the need, and what it does not need has not started.
    """
    limited = []
    for share in sorted(shares, key=lambda share: -share.rank):
        own = half_up(min(share.quantity, quantity), rounding)
        if own > 0:
            quantity = half_up(quantity - own, rounding)
            limited.append(replace(share, quantity=own))
    return limited


def dispensable(made, before, after, bom: Bom | None, rounding) -> float:
    """Return how much less is to be made when a need falls from ``before`` to ``after``.

    As much as would not have been made at first, batches and units rounded up. What a person
    makes beyond the need (``made`` in all) stays; what is still needed is never given up.
    """
    drop = sized(before, bom, rounding) - sized(after, bom, rounding)
    return half_up(max(min(drop, made - after), 0.0), rounding)


def sized(quantity, bom: Bom | None, rounding) -> float:
    """Return what is made for a need of ``quantity``, units and batches rounded up."""
    if not is_positive(quantity, rounding):
        return 0.0
    if bom is None:
        return quantity
    lots = size_production(quantity, bom, rounding)
    return lots.quantity * lots.count


@record
class Lot:
    """A production that may make less. ``share``: what it makes for the need in question.

    ``quantity``: all that it makes. ``whole``: it is a batch, to be made or not. ``cut``: by how
    much that part of the need shrinks which it is made for.
    """

    place: Any
    quantity: float
    share: float
    whole: bool = False
    cut: float = 0.0


def spread(lots, drop, rounding) -> dict[Any, float]:
    """Return what each lot makes less, so that all together make ``drop`` less.

    What is needed less of a lot itself comes first, then the last lot.
    """
    losses = {}
    for own in (True, False):
        for lot in reversed(lots):
            known = losses.get(lot.place, 0.0)
            most = min(lot.share, lot.cut) if own else lot.share - known
            loss = half_up(min(most, drop), rounding)
            if loss <= 0 or (lot.whole and loss < half_up(lot.quantity, rounding)):
                continue
            losses[lot.place] = half_up(known + loss, rounding)
            drop = half_up(drop - loss, rounding)
    return losses
