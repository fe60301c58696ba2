"""Working time: plain intervals, and how long work takes in them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

_WEEK = timedelta(days=7)
_NOTHING = timedelta(0)
#: What ends later was mistyped: it leaves room for what comes after it.
_LAST = datetime(9000, 1, 1)


class Calendar:
    """The working time of a work centre, from a moment on.

    ``intervals``: (start, end) in UTC, apart and in order. After the last one the week that
    ends with it comes again and again: how far ahead they reach is the reader's choice. Before
    the first one nothing is done. Without any, work goes on day and night.

    ``finish`` and ``begin`` belong together: ``finish(start) <= end`` exactly where
    ``start <= begin(end)``, as far as the intervals reach.
    """

    def __init__(self, intervals: Iterable[tuple[datetime, datetime]] = ()):
        self._starts, self._ends, self._before = [], [], []
        self._worked = _NOTHING
        for start, end in intervals:
            self._append(start, end)
        self._weekly = _NOTHING
        if self._ends:
            self._weekly = self._worked - self._count_known(self._ends[-1] - _WEEK)

    def is_closed(self) -> bool:
        """Return whether no working time is known, so that work goes on day and night."""
        return not self._starts

    def _append(self, start, end):
        if end <= start or (self._ends and start < self._ends[-1]):
            raise ValueError(f"working time is not in order: {start} to {end}")
        self._starts.append(start)
        self._ends.append(end)
        self._before.append(self._worked)
        self._worked += end - start

    def _count_known(self, moment):
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return _NOTHING
        return self._before[index] + min(moment, self._ends[index]) - self._starts[index]

    def _count(self, moment):
        """Return the time worked from the first interval to a moment."""
        weeks = max(0, -((self._ends[-1] - moment) // _WEEK))
        return self._count_known(moment - weeks * _WEEK) + weeks * self._weekly

    def finish(self, start: datetime, work: timedelta) -> datetime:
        """Return when work that begins at ``start`` or later is done."""
        if work <= _NOTHING or not self._starts:
            return start + work
        done = self._count(start) + work
        weeks = max(0, -((self._worked - done) // self._weekly))
        done -= weeks * self._weekly
        index = bisect_left(self._before, done) - 1
        found = self._starts[index] + (done - self._before[index])
        if weeks <= (datetime.max - found) // _WEEK:
            found += weeks * _WEEK
            if found <= _LAST or start > _LAST:
                return found
        return max(start, _LAST)

    def begin(self, end: datetime, work: timedelta) -> datetime:
        """Return the latest start of work that is done at ``end`` or before.

        Where that is before the first interval, as if work had gone on day and night there.
        """
        if work <= _NOTHING or not self._starts:
            return end - work
        begun = self._count(end) - work
        if begun < _NOTHING:
            return self._starts[0] + begun
        weeks = max(0, (begun - self._worked) // self._weekly + 1)
        begun -= weeks * self._weekly
        index = bisect_right(self._before, begun) - 1
        return self._starts[index] + (begun - self._before[index]) + weeks * _WEEK
