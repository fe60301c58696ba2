"""A need in parts is shared in whole roundings, the first part first, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planner import fill, share_out

UNITS = st.sampled_from((1.0, 0.01))
WEIGHTS = st.lists(st.integers(1, 30), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("total", "weights", "rounding", "expected"),
    [
        (8, [4, 4], 0.01, [4, 4]),
        (10, [4, 2], 0.01, [6.67, 3.33]),
        (10, [4, 2], 1.0, [7, 3]),
        (10, [1, 1, 1], 1.0, [3, 4, 3]),
        (3, [], 1.0, []),
        (3, [0, 0], 1.0, [0, 0]),
    ],
)
def test_shares(total, weights, rounding, expected):
    assert share_out(total, weights, rounding) == expected


def test_part_of_a_whole():
    assert share_out(8, [4], 0.01, whole=8) == [4]
    assert share_out(8, [4, 8], 0.01, whole=8) == [4, 8]


@given(st.integers(0, 1000), WEIGHTS, UNITS)
def test_shares_add_up(ticks, weights, rounding):
    total = round(ticks * rounding, 2)
    shares = share_out(total, weights, rounding)
    assert sum(shares) == pytest.approx(total)
    for share, weight in zip(shares, weights, strict=True):
        assert share >= 0
        assert abs(share - total * weight / sum(weights)) <= rounding + 1e-9


def test_first_part_first():
    assert fill([7, 1], [4, 4], 0.01) == [[4, 3], [0, 1]]
    assert fill([3, 7], [2] * 5, 1.0) == [[2, 1, 0, 0, 0], [0, 1, 2, 2, 2]]


def test_what_is_consumed_already_stays():
    assert fill([7, 1], [4, 4], 0.01, taken=[3, 1]) == [[3, 4], [1, 0]]
    assert fill([7, 1], [4, 4], 0.01, taken=[5, 0]) == [[5, 2], [0, 1]]


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=5),
    st.lists(st.integers(0, 50), min_size=1, max_size=5),
)
def test_no_more_than_there_is_and_than_is_wanted(parts, wanted):
    answer = fill(parts, wanted, 1.0)
    for part, row in zip(parts, answer, strict=True):
        assert sum(row) <= part
    for column, quantity in enumerate(wanted):
        assert sum(row[column] for row in answer) <= quantity
    assert sum(map(sum, answer)) == min(sum(parts), sum(wanted))
