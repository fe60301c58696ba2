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
        given, seen = self.given[taker.key], set()
        for source in taker.sources:
            wanted = half_up(taker.quantity - sum(given.values()), taker.rounding)
            while wanted > 0 and (way := self._find_way(source, seen)):
                seen.clear()  # what led nowhere may lead somewhere now
                self._make_room(way, wanted)
                share = self._take(source, taker, wanted)
                if share <= 0:
                    break  # less than can be given
                wanted = half_up(wanted - share, taker.rounding)

    def _find_way(self, source, seen):
        """Who can have elsewhere what they have of a source, so that some of it becomes free.

        :param seen: the sources from which no way leads on; filled in
        :return: [(taker, source that it leaves, source that it takes instead)], the one that
            takes what is left at the beginning
        """
        steps, wave = {}, [] if source in seen else [source]
        seen.add(source)
        for here in wave:  # grows meanwhile
            for other, instead in self._iterate_others(here):
                if instead in seen:
                    continue
                seen.add(instead)
                wave.append(instead)
                steps[instead] = (other, here, instead)
                if half_up(self._left[instead], other.rounding) > 0:
                    return self._go_back(steps, instead)
        return []

    def _iterate_others(self, source):
        """Yield (who has some of a source, another source that it may have instead)."""
        for other in self._takers[source]:
            if self.given[other.key].get(source, 0.0) > 0:
                for instead in other.sources:
                    yield other, instead

    def _go_back(self, steps, end):
        way = []
        while end in steps:
            way.append(steps[end])
            end = steps[end][1]
        return way

    def _make_room(self, way, wanted):
        """Let the takers along a way take the one source instead of the other."""
        shares = [self.given[other.key][here] for other, here, _instead in way]
        wanted = min(wanted, *shares)
        for other, here, instead in way:
            own = self.given[other.key]
            share = self._take(instead, other, wanted)
            own[here] = half_up(own[here] - share, other.rounding)
            self._left[here] = half_up(self._left[here] + share, other.rounding)

    def _take(self, source, taker, wanted):
        """Take a share of a source; return how much that is."""
        share = half_up(max(min(self._left[source], wanted), 0.0), taker.rounding)
        if share > 0:
            given = self.given[taker.key]
            given[source] = half_up(given.get(source, 0.0) + share, taker.rounding)
            self._left[source] = half_up(self._left[source] - share, taker.rounding)
        return share
