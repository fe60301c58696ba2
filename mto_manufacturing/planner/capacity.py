"""How long a supply takes. The seam for productions: now every work centre is always free.

A finite capacity would answer with other ``Work``: everything else asks only when work that
begins at one moment is done, and when work that must be done at one moment begins.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from .calendars import Calendar
from .records import record
from .rounding import up
from .supply import Bom

#: As core: a production without a lead time takes one hour.
LEAST_PRODUCTION = timedelta(hours=1)
#: A time that was mistyped counts as twenty years: dates end with the year 9999.
_LONGEST = 7_305 * 86_400
_ALWAYS = Calendar()
#: Hours of a vendor's day, such that it is that day nearly everywhere.
_MORNING, _EVENING = 6, 18


class Work(Protocol):
    """The time that something takes, told in both directions.

    ``finish(start) <= end`` exactly where ``start <= begin(end)``.
    """

    def finish(self, start: datetime) -> datetime:
        """Return the end of what begins at ``start``."""

    def begin(self, end: datetime) -> datetime:
        """Return the latest start of what ends at ``end`` or before."""


@record
class Span:
    """A time that passes whatever the calendar says: a vendor's, a transfer's."""

    length: timedelta = timedelta(0)

    def finish(self, start: datetime) -> datetime:
        """Return ``start`` and the length."""
        return start + self.length

    def begin(self, end: datetime) -> datetime:
        """Return ``end`` less the length."""
        return end - self.length


@record
class Weekly:
    """A time after which goods come on one day of the week (1: Monday), in its daytime (UTC)."""

    length: timedelta
    weekday: int

    def finish(self, start: datetime) -> datetime:
        """Return the first daytime of such a day after the length."""
        end = start + self.length
        if end.isoweekday() == self.weekday and end <= _at(end, _EVENING):
            return max(end, _at(end, _MORNING))
        wait = (self.weekday - end.isoweekday()) % 7 or 7
        return _at(end + timedelta(days=wait), _MORNING)

    def begin(self, end: datetime) -> datetime:
        """Return the length before the last daytime of such a day until ``end``."""
        if end.isoweekday() == self.weekday and end >= _at(end, _MORNING):
            return min(end, _at(end, _EVENING)) - self.length
        back = (end.isoweekday() - self.weekday) % 7 or 7
        return _at(end - timedelta(days=back), _EVENING) - self.length


def _at(moment, hour):
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)


@record
class Step:
    """An operation of known length; ``after``: places of those that come before it."""

    length: timedelta
    calendar: Calendar
    after: tuple[int, ...]


@record
class Routing:
    """Operations one after the other, or as they depend on each other, and a least length."""

    steps: tuple[Step, ...]
    least: timedelta = timedelta(0)

    def finish(self, start: datetime) -> datetime:
        """Return when the last operation is done, the least length at least."""
        ends = []
        for step in self.steps:
            ready = max((ends[index] for index in step.after), default=start)
            ends.append(step.calendar.finish(ready, step.length))
        return max(start + self.least, *ends)

    def begin(self, end: datetime) -> datetime:
        """Return when the first operation has to begin."""
        due = [end] * len(self.steps)
        first = end - self.least
        for index in reversed(range(len(self.steps))):
            step = self.steps[index]
            begins = step.calendar.begin(due[index], step.length)
            first = min(first, begins)
            for before in step.after:
                due[before] = min(due[before], begins)
        return first


@lru_cache(maxsize=1024)
def days(number: float) -> timedelta:
    """Return a number of days, to the second."""
    return _seconds(number * 86_400)


def _seconds(number):
    return timedelta(seconds=round(max(-_LONGEST, min(number, _LONGEST))))


@lru_cache(maxsize=1024)
def span(number: float) -> Span:
    """Return a time of a number of days."""
    return Span(days(number))


def production_work(bom: Bom, quantity: float, calendars: Mapping[str, Calendar]) -> Work:
    """Return how long one production of ``quantity`` (product units) takes.

    The BoM's lead time (none: one hour, as core), or as long as its work centres need, set-up
    and clean-up, cycles and efficiency counted: the longer of the two.
    """
    least = days(bom.lead_days) or LEAST_PRODUCTION
    if not bom.operations:
        return Span(least)
    return Routing(
        tuple(
            _step(index, operation, quantity, calendars)
            for index, operation in enumerate(bom.operations)
        ),
        least,
    )


def _step(index, operation, quantity, calendars):
    cycles = up(quantity / operation.per_cycle, 1.0)
    minutes = operation.fixed_minutes + cycles * operation.cycle_minutes
    after = operation.after
    if after is None:
        after = (index - 1,) if index else ()
    calendar = calendars[operation.calendar] if operation.calendar else _ALWAYS
    return Step(_seconds(minutes * 60), calendar, after)
