"""What sources have covers as much as it can of the needs that are tied to them."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st
from planner import Taker, cover

TIES = st.lists(
    st.tuples(st.integers(0, 6), st.lists(st.sampled_from("ABCD"), unique=True)), max_size=5
)
LEFT = st.fixed_dictionaries({source: st.integers(0, 6) for source in "ABCD"})


def prepare(ties):
    return [
        Taker(key, quantity, tuple(sources), 1.0) for key, (quantity, sources) in enumerate(ties)
    ]


def test_first_come_first_served():
    left = {"A": 5, "B": 5}
    given = cover(prepare([(4, "AB"), (4, "AB")]), left)
    assert given == {0: {"A": 4}, 1: {"A": 1, "B": 3}}
    assert left == {"A": 0, "B": 2}


def test_who_has_another_source_leaves_the_one_that_is_shared():
    left = {"A": 22, "B": 2}
    given = cover(prepare([(2, "AB"), (20, "AB"), (2, "A")]), left)
    assert given[2] == {"A": 2}
    assert left == {"A": 0, "B": 0}


def test_others_make_room_in_turn():
    left = {"A": 2, "B": 2, "C": 2}
    given = cover(prepare([(2, "AB"), (2, "BC"), (2, "A")]), left)
    assert given == {0: {"B": 2}, 1: {"C": 2}, 2: {"A": 2}}


def test_a_long_row_of_others_makes_room():
    count = 3000
    ties = [(1, (number, number + 1)) for number in range(count)]
    left = dict.fromkeys(range(count + 1), 1)
    given = cover(prepare([*ties, (1, (0,))]), left)
    assert given[count] == {0: 1}
    assert given[0] == {1: 1}
    assert not any(left.values())


class Counted(dict):
    """Counts how often something is read."""

    reads = 0

    def __getitem__(self, key):
        self.reads += 1
        return super().__getitem__(key)


def test_who_cannot_be_covered_is_found_out_once():
    """All are tied to all: what leads nowhere is looked at once, and not on every way."""
    size = 60
    left = Counted(dict.fromkeys(range(size), 1))
    given = cover(prepare([(1, range(size))] * size + [(2, range(size))]), left)
    assert given[size] == {}
    assert left.reads < 5 * size * size


@given(ties=TIES, left=LEFT)
def test_as_much_as_can_be(ties, left):
    takers, before = prepare(ties), dict(left)
    given = cover(takers, left)
    for taker in takers:
        assert given[taker.key].keys() <= set(taker.sources)
        assert sum(given[taker.key].values()) <= taker.quantity
    for source, quantity in before.items():
        taken = sum(own.get(source, 0) for own in given.values())
        assert taken + left[source] == quantity
        assert left[source] >= 0
    # No more can be given than some of them want and the sources of all others have.
    most = min(
        sum(one.quantity for one in takers if one not in some)
        + sum(before[source] for source in set().union(*(one.sources for one in some)))
        for some in chain.from_iterable(
            combinations(takers, size) for size in range(len(takers) + 1)
        )
    )
    assert sum(sum(own.values()) for own in given.values()) == most
