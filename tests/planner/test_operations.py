"""Dates of what is made on work centres: operations, in their working time."""

from datetime import datetime, timedelta
from itertools import accumulate

import planner as p
import pytest
from builders import Shop
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2025, 3, 3, 8)  # a Monday
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def at(days, hours=0):
    """Return the moment so many days after now."""
    return NOW + timedelta(days=days, hours=hours)


def weekdays(weeks=4, first=8, last=16):
    """Return the working time of a work centre, from now on."""
    monday = NOW.replace(hour=0)
    return p.Calendar(
        (monday + timedelta(days=day, hours=first), monday + timedelta(days=day, hours=last))
        for day in range(7 * weeks)
        if day % 7 < 5
    )


def operated(*operations, **make):
    shop = Shop()
    shop.calendars["shop"] = weekdays()
    shop.make("Thing", {}, operations=operations, strategy="mto", **make)
    return shop


def hours(number, **operation):
    return p.Operation(cycle_minutes=60 * number, calendar="shop", **operation)


@pytest.mark.parametrize(
    ("quantity", "operations", "end"),
    [
        (1, [hours(3)], at(0, 3)),
        (1, [hours(8), hours(1)], at(1, 1)),  # one after the other
        (5, [hours(2)], at(1, 2)),  # five cycles
        (5, [hours(2, per_cycle=5)], at(0, 2)),  # all at once
        (5, [hours(2, per_cycle=3)], at(0, 4)),  # two cycles, the second not full
        (1, [hours(1, fixed_minutes=30)], at(0, 1.5)),
        (1, [p.Operation(cycle_minutes=60 * 20)], at(0, 20)),  # day and night
        (6, [hours(8)], at(7, 8)),  # over the weekend
        (1, [hours(8), hours(5, after=())], at(0, 8)),  # side by side
        (1, [hours(1), hours(2, after=(0,)), hours(3, after=(0,))], at(0, 4)),
        (30, [hours(8)], at(39, 8)),  # further than the calendar was read
        (20_000, [hours(8)], at(27_997, 8)),  # most of a century
    ],
)
def test_operations_take_the_working_time_of_their_work_centres(quantity, operations, end):
    (node,) = operated(*operations).order(("Thing", quantity), now=NOW).nodes
    assert node.end == end
    assert node.slack_days == 0


def test_the_longer_of_lead_time_and_operations():
    assert operated(hours(3), lead=2).order(("Thing", 1), now=NOW).nodes[0].end == at(2)
    assert operated(hours(30), lead=2).order(("Thing", 1), now=NOW).nodes[0].end == at(3, 6)


def test_a_production_begins_when_its_work_centre_does():
    """Components on Friday night, work from Monday: the delay over the weekend is slack."""
    shop = operated()
    shop.buy("Part", lead=4.5)
    shop.make("Other", {"Part": 1}, operations=[hours(4)], strategy="mto")
    made, bought = shop.order(("Other", 1), now=NOW).nodes
    assert (made.supply, bought.supply) == (p.PRODUCTION, p.PURCHASE)
    assert made.start == at(7)
    assert made.earliest_start == at(7)
    assert bought.slack_days == 2.5
    assert not bought.critical


def test_nothing_is_done_before_the_work_centre_opens():
    shop = operated(hours(3))
    shop.calendars["shop"] = p.Calendar([(at(2), at(2, 8)), (at(3), at(3, 8))])
    (node,) = shop.order(("Thing", 1), now=NOW).nodes
    assert (node.start, node.earliest_start, node.end) == (at(2), at(2), at(2, 3))


def test_backwards_the_latest_start_in_working_time():
    shop = operated(hours(10))
    (node,) = shop.order(("Thing", 1), now=NOW, commitment=at(13)).nodes  # a Sunday
    assert (node.start, node.end) == (at(10, 6), at(11, 8))


def test_as_far_ahead_as_there_are_dates():
    shop = operated(hours(10))
    last = datetime.max.replace(microsecond=0)  # a Friday
    (node,) = shop.order(("Thing", 1), now=NOW, commitment=last).nodes
    assert (node.start, node.end) == (
        last.replace(hour=14, minute=0, second=0) - DAY,
        last.replace(hour=16, minute=0, second=0),
    )


def test_more_work_than_there_are_dates():
    shop = Shop()
    shop.calendars["shop"] = p.Calendar([(NOW, at(0, 1))])  # an hour a week
    below = "Part"
    shop.buy(below, lead=2e9)
    for level in range(30):
        name = f"Level {level}"
        shop.make(name, {below: 1}, operations=[hours(8), hours(8)], strategy="mto")
        below = name
    for commitment in (None, at(1)):
        plan = shop.order((below, 1_000_000_000), now=NOW, commitment=commitment)
        assert plan.promise_date.year >= 9000


@given(
    spans=st.lists(st.integers(1, 100), min_size=2, max_size=30),
    moment=st.integers(-50, 2000),
    work=st.integers(1, 2000),
)
def test_the_last_week_comes_again_and_again(spans, moment, work):
    """However far ahead: as if the weeks were told one by one."""
    ends = [timedelta(hours=number) for number in accumulate(spans)]
    known = [(NOW + start, NOW + end) for start, end in zip(ends[::2], ends[1::2], strict=False)]
    since = known[-1][1] - WEEK
    week = [(max(start, since), end) for start, end in known if end > since]
    told = p.Calendar(
        known + [(start + n * WEEK, end + n * WEEK) for n in range(1, 2500) for start, end in week]
    )
    moment, work = NOW + timedelta(hours=moment), timedelta(hours=work)
    assert p.Calendar(known).finish(moment, work) == told.finish(moment, work)
    assert p.Calendar(known).begin(moment, work) == told.begin(moment, work)


def test_a_calendar_out_of_order_is_refused():
    with pytest.raises(ValueError, match="order"):
        p.Calendar([(at(1), at(2)), (at(1), at(3))])
    with pytest.raises(p.NetworkError):
        p.Bom(1, (), operations=(p.Operation(after=(0,)),))
