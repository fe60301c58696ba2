"""Of whom it is bought, and what becomes of a surplus."""

from dataclasses import replace
from datetime import datetime

import planner as p
import pytest
from builders import Shop
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2025, 3, 5, 8)


def offer(vendor, price, lead, rank=0, minimum=0.0, terms=None, request=None):
    """Return an offer with one price."""
    terms = terms or p.VendorTerms(minimum=minimum)
    tier = p.Tier(price, minimum, lead, rank, price_id=vendor * 10)
    return p.Offer(vendor, terms, (tier,), request)


CHEAP, DEAR, MIDDLE = offer(1, 2, 10), offer(2, 4, 2, 1), offer(3, 3, 5, 2)


@pytest.mark.parametrize(
    ("by", "room", "vendor", "why"),
    [
        ("core", None, 1, "vendor_core"),
        ("fastest", None, 2, "vendor_fastest"),
        ("cheapest", 20, 1, "vendor_cheapest"),
        ("cheapest", 10, 1, "vendor_cheapest"),
        ("cheapest", 9, 3, "vendor_in_time"),
        ("cheapest", 4, 2, "vendor_in_time"),
        ("cheapest", 1, 2, "vendor_fastest"),
        ("cheapest", None, 2, "vendor_fastest"),
    ],
)
def test_who_is_asked(by, room, vendor, why):
    bought = p.choose_vendor((CHEAP, DEAR, MIDDLE), 20, 0.01, by, room)
    assert (bought.vendor_id, bought.why) == (vendor, why)


def test_what_counts_is_all_that_is_paid():
    crate = offer(1, 2, 1, minimum=50)
    assert p.choose_vendor((crate, DEAR), 20, 0.01, "cheapest", 9).vendor_id == 2
    assert p.choose_vendor((crate, DEAR), 30, 0.01, "cheapest", 9).vendor_id == 1


def test_odoo_passes_over_a_vendor_whose_price_the_quantity_does_not_reach():
    crate = offer(1, 2, 1, minimum=50)
    assert p.choose_vendor((crate, DEAR), 20, 0.01).vendor_id == 2
    assert p.choose_vendor((crate, DEAR), 50, 0.01).vendor_id == 1
    assert p.choose_vendor((crate, offer(2, 4, 2, 1, minimum=30)), 20, 0.01).vendor_id == 1


def test_the_price_is_that_of_the_tier_which_the_ordered_quantity_reaches():
    tiers = (p.Tier(30.0, 0, 9, 1, 11), p.Tier(24.0, 2, 7, 0, 12))
    dozens = p.Offer(1, p.VendorTerms(unit_factor=12, step=1), tiers)
    few, many = (p.size_request(quantity, dozens, 0.01) for quantity in (10, 13))
    assert (few.ordered, few.price, few.price_id, few.lead_days) == (1, 2.5, 11, 9)
    assert (many.ordered, many.price, many.price_id, many.lead_days) == (2, 2.0, 12, 7)
    # No price for so few: the first one, and never none.
    assert p.reach(tiers[1:], 1) == tiers[1]


def test_one_more_need_of_an_open_request():
    waiting = offer(1, 2, 1, minimum=50, request=p.Request(20, 50, waits=True))
    bought = p.size_request(20, waiting, 0.01)
    assert (bought.needed, bought.quantity, bought.surplus) == (40, 50, 10)
    bought = p.size_request(40, waiting, 0.01)
    assert (bought.needed, bought.quantity, bought.surplus) == (60, 60, 0)
    # What somebody added by hand stays.
    more = replace(waiting, request=p.Request(20, 90))
    assert p.size_request(20, more, 0.01).surplus == 50


def shop(*offers, surplus="buy", vendors="core"):
    """Return tables made of screws that vendors offer, and of wood that takes 12 days."""
    made = Shop(vendors=vendors)
    made.make("Table", {"Screw": 10, "Wood": 1}, strategy="mto", lead=3)
    made.add("Screw", p.Source(p.PURCHASE, offers=offers, pool="screws", surplus=surplus))
    made.buy("Wood", lead=12)
    return made


def screws(plan):
    return next(node for node in plan.nodes if node.product_id == 2)


def test_the_cheapest_that_keeps_the_promise():
    late, fine, fast = offer(1, 1, 13), offer(2, 2, 12, 1), offer(3, 9, 1, 2)
    fastest = shop(late, fine, fast, vendors="fastest").order(("Table", 2), now=NOW)
    cheapest = shop(late, fine, fast, vendors="cheapest").order(("Table", 2), now=NOW)
    assert fastest.promise_date == cheapest.promise_date
    assert (screws(fastest).vendor_id, screws(cheapest).vendor_id) == (3, 2)
    assert screws(cheapest).purchase.why == "vendor_in_time"
    # A later date leaves the time for the cheapest of all.
    later = datetime(2025, 4, 30)
    plan = shop(late, fine, fast, vendors="cheapest").order(
        ("Table", 2), now=NOW, commitment=later
    )
    assert screws(plan).vendor_id == 1


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30)), min_size=1, max_size=4),
    st.integers(0, 40),
)
def test_the_cheapest_never_costs_a_day(prices, committed):
    offers = tuple(
        offer(number, price, lead, number) for number, (price, lead) in enumerate(prices, 1)
    )
    commitment = datetime(2025, 3, 5 + committed // 2, 8) if committed else None
    plans = [
        shop(*offers, vendors=vendors).order(("Table", 2), now=NOW, commitment=commitment)
        for vendors in ("fastest", "cheapest")
    ]
    fastest, cheapest = (plan.lines[0] for plan in plans)
    assert cheapest.late_days == fastest.late_days
    if not commitment or fastest.late_days:
        assert cheapest.promise_date == fastest.promise_date
    paid = [screws(plan).purchase.price for plan in plans]
    assert paid[1] <= paid[0]


def test_a_surplus_that_nobody_decided_is_a_gap():
    crate = offer(1, 2, 1, minimum=50)
    plan = shop(crate, surplus="ask").order(("Table", 2), ("Table", 1), now=NOW)
    missing = [node for node in plan.nodes if node.supply == "missing"]
    assert [node.quantity for node in missing] == [20, 10]
    assert [gap.code for gap in plan.gaps] == ["surplus_undecided"] * 2
    assert plan.gaps[0].path == ("S00001", "Table", "Screw")
    assert dict(plan.gaps[0].args) == {"needed": 30, "ordered": 50, "unit": "Units"}
    assert missing[0].start is None
    assert plan.lines_short() == plan.lines_undecided() == {0, 1}
    # Nothing is left over: nothing is asked.
    assert shop(crate, surplus="ask").order(("Table", 5), now=NOW).feasible
    # Nor where an open request has enough: its surplus was decided.
    joined = offer(1, 2, 1, minimum=50, request=p.Request(20, 50))
    assert shop(joined, surplus="ask").order(("Table", 2), now=NOW).feasible


def test_the_cheapest_in_time_is_found_before_anybody_is_asked():
    crate, loose = offer(1, 9, 1, minimum=50), offer(2, 2, 12, 1)
    plan = shop(crate, loose, surplus="ask", vendors="cheapest").order(("Table", 2), now=NOW)
    assert plan.feasible
    assert screws(plan).vendor_id == 2
    crate = offer(1, 0.1, 1, minimum=50)
    plan = shop(crate, loose, surplus="ask", vendors="cheapest").order(("Table", 2), now=NOW)
    assert [gap.code for gap in plan.gaps] == ["surplus_undecided"]
    assert not any(node.surplus for node in plan.nodes)


def test_what_would_be_left_over_waits_for_others():
    crate = offer(1, 2, 1, minimum=50)
    plan = shop(crate, surplus="pool").order(("Table", 2), now=NOW)
    assert screws(plan).purchase.waits
    assert screws(plan).surplus == 30
    assert not screws(shop(crate, surplus="pool").order(("Table", 5), now=NOW)).purchase.waits
    # With those that wait already, though together nothing is left over.
    joined = offer(1, 2, 1, minimum=50, request=p.Request(20, 50, waits=True))
    plan = shop(joined, surplus="pool").order(("Table", 3), now=NOW)
    assert screws(plan).purchase.waits
    assert screws(plan).surplus == 0


@pytest.mark.parametrize(
    ("grouping", "dated", "wanted", "takes"),
    [
        ("", 5, 30, True),
        ("day", 5, 5, True),
        ("day", 5, 6, False),
        # From Sunday to Saturday; the 5th is a Wednesday.
        ("week", 5, 2, False),
        ("week", 5, 3, True),
        ("week", 5, 8, True),
        ("week", 5, 10, False),
        # Up to the Friday of a week.
        ("5", 7, 5, True),
        ("5", 7, 7, True),
        ("5", 7, 8, False),
        ("5", 14, 8, True),
    ],
)
def test_which_request_takes_a_need(grouping, dated, wanted, takes):
    days = [datetime(2025, 3, day, 12) for day in (dated, wanted)]
    request = p.Request(20, 50, grouping=grouping, dated=days[0])
    assert request.takes(days[1]) == takes


def test_a_request_of_the_day_takes_what_is_wanted_on_it():
    day = datetime(2025, 3, 17, 8)
    for dated, surplus in ((day, 10), (datetime(2025, 3, 18, 8), 30)):
        request = p.Request(20, 50, arrives=dated, grouping="day", dated=dated)
        crate = replace(offer(1, 2, 1, minimum=50), grouped=(request,))
        plan = shop(crate).order(("Table", 2), now=NOW)
        assert screws(plan).arrives == day
        assert screws(plan).surplus == surplus
