"""Share out what sources have among takers, each of which is tied to some of the sources.

Whoever comes first takes first, from the first of its sources. Where a taker gets too little so,
others leave it a source that they share with it, if another one of theirs has something left: as
much is covered as can be.
"""

from typing import Any

from .records import record
from .rounding import half_up


@record
class Taker:
    """Who wants ``quantity`` (product's unit) of ``sources``, taken in their order.

    ``key`` and the sources mean nothing here.
    """

    key: Any
    quantity: float
    sources: tuple
    rounding: float


def cover(takers, left) -> dict[Any, dict[Any, float]]:
    """Return {key of a taker: {source: its share}}; shares of nothing are left out.

    :param left: {source: what nobody has of it yet}; what is given is taken off
    """
    shares = _Shares(takers, left)
    short = [taker for taker in takers if shares.take_first(taker) > 0]
    for taker in short:
        shares.take_over(taker)
    return {
        key: {source: share for source, share in own.items() if share > 0}
        for key, own in shares.given.items()
    }


class _Shares:
    def __init__(self, takers, left):
        self.given = {taker.key: {} for taker in takers}
        self._left = left
        self._takers = {}
        for taker in takers:
            for source in taker.sources:
                self._takers.setdefault(source, []).append(taker)

    def take_first(self, taker):
        """Take what is left; return what the taker still wants."""
        wanted = taker.quantity
        for source in taker.sources:
            wanted = half_up(wanted - self._take(source, taker, wanted), taker.rounding)
        return wanted

    def take_over(self, taker):
        """Take what others can leave, as often as something is left for them elsewhere."""
        given = self.given[taker.key]
        for source in taker.sources:
            share = 1.0
            while share > 0:
                wanted = half_up(taker.quantity - sum(given.values()), taker.rounding)
                self._free(source, wanted, {source})
                share = self._take(source, taker, wanted)

    def _free(self, source, wanted, seen):
        """Let others have elsewhere what they have of a source, as much as is wanted.

        :param seen: the sources that are not asked any more
        """
        for other in self._takers[source]:
            own = self.given[other.key]
            for instead in other.sources:
                share = min(wanted - self._left[source], own.get(source, 0.0))
                share = half_up(share, other.rounding)
                if share > 0 and instead not in seen:
                    seen.add(instead)
                    self._free(instead, share, seen)
                    share = self._take(instead, other, share)
                    own[source] = half_up(own[source] - share, other.rounding)
                    self._left[source] = half_up(self._left[source] + share, other.rounding)

    def _take(self, source, taker, wanted):
        """Take a share of a source; return how much that is."""
        share = half_up(max(min(self._left[source], wanted), 0.0), taker.rounding)
        if share > 0:
            given = self.given[taker.key]
            given[source] = half_up(given.get(source, 0.0) + share, taker.rounding)
            self._left[source] = half_up(self._left[source] - share, taker.rounding)
        return share
