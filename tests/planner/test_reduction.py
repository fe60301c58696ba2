"""Which parts of a need shrink, and what is made less for it."""

import planner
from hypothesis import given
from hypothesis import strategies as st

ROUNDING = 0.01
WAITING, ORDERED, RESERVED, STARTED = range(4)


def share(rank, quantity, source=None, place="need"):
    return planner.Share(place, rank, quantity, source)


def test_shortage_goes_before_stock_and_what_has_started_goes_last():
    shares = [share(STARTED, 2.0), share(RESERVED, 3.0), share(ORDERED, 4.0), share(WAITING, 1.0)]
    taken, left = planner.choose(shares, 7.0, ROUNDING)
    assert [(one.rank, one.quantity) for one in taken] == [(0, 1.0), (1, 4.0), (2, 2.0)]
    assert left == 0.0


def test_of_equals_the_last_goes_first():
    taken, _left = planner.choose(
        [share(ORDERED, 4.0, "first"), share(ORDERED, 4.0, "last")], 5.0, ROUNDING
    )
    assert [(one.source, one.quantity) for one in taken] == [("last", 4.0), ("first", 1.0)]


def test_batches_stay_while_they_are_needed():
    bom = planner.Bom(1, (), batch=2.0)
    assert planner.dispensable(6.0, 6.0, 5.0, bom, ROUNDING) == 0.0
    assert planner.dispensable(6.0, 5.0, 4.0, bom, ROUNDING) == 2.0


def test_what_a_person_added_stays():
    assert planner.dispensable(12.0, 10.0, 6.0, planner.Bom(1, ()), ROUNDING) == 4.0


def test_a_batch_is_made_or_not():
    lots = [planner.Lot(name, 2.0, 2.0, whole=True) for name in "ab"]
    assert planner.spread(lots, 3.0, ROUNDING) == {"b": 2.0}


def test_a_lot_loses_first_what_is_needed_less_of_itself():
    lots = [planner.Lot("a", 14.5, 3.5, cut=3.5), planner.Lot("b", 10.0, 10.0, cut=3.0)]
    assert planner.spread(lots, 6.5, ROUNDING) == {"a": 3.5, "b": 3.0}
    assert planner.spread(lots, 8.0, ROUNDING) == {"a": 3.5, "b": 4.5}
    assert planner.spread(lots, 2.0, ROUNDING) == {"b": 2.0}


QUANTITIES = st.integers(0, 2000).map(lambda cents: cents / 100)
SHARES = st.lists(
    st.builds(share, st.integers(0, 3), QUANTITIES, st.sampled_from("abc")), max_size=6
)


@given(SHARES, QUANTITIES)
def test_nothing_is_lost_on_the_way(shares, quantity):
    taken, left = planner.choose(shares, quantity, ROUNDING)
    total = sum(one.quantity for one in shares)
    gone = sum(one.quantity for one in taken)
    assert abs(gone + left - quantity) < 1e-6
    assert left == 0 or abs(gone - total) < 1e-6
    rest = planner.remaining(shares, taken, ROUNDING)
    assert abs(sum(one.quantity for one in rest) - (total - gone)) < 1e-6


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 7))
def test_what_is_left_is_what_would_have_been_made(before, less, batch):
    after = max(before - less, 0)
    bom = planner.Bom(1, (), batch=float(batch))
    made = planner.sized(float(before), bom, ROUNDING)
    drop = planner.dispensable(made, float(before), float(after), bom, ROUNDING)
    assert made - drop == planner.sized(float(after), bom, ROUNDING)


def test_what_has_started_is_for_the_need_and_what_is_too_much_has_not():
    shares = [share(ORDERED, 6.0, "open"), share(STARTED, 6.0, "done")]
    limited = planner.limit(shares, 10.0, ROUNDING)
    assert {one.source: one.quantity for one in limited} == {"done": 6.0, "open": 4.0}
