"""Dates of what is made on work centres: operations, in their working time."""

from datetime import datetime, timedelta

import planner as p
import pytest
from builders import Shop

NOW = datetime(2025, 3, 3, 8)  # a Monday


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


def test_a_calendar_out_of_order_is_refused():
    with pytest.raises(ValueError, match="order"):
        p.Calendar([(at(1), at(2)), (at(1), at(3))])
    with pytest.raises(p.NetworkError):
        p.Bom(1, (), operations=(p.Operation(after=(0,)),))
