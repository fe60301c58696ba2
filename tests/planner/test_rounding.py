"""Rounding of quantities: Odoo's results, without its trouble with very large ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planner import rounding

UNITS = st.sampled_from((1.0, 0.5, 0.1, 0.01, 0.001, 0.00001, 12.0))
QUANTITIES = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 7))


@pytest.mark.parametrize(
    ("function", "value", "unit", "expected"),
    [
        (rounding.half_up, 2.675, 0.01, 2.68),
        (rounding.half_up, -2.675, 0.01, -2.68),
        (rounding.half_up, 0.5, 1.0, 1.0),
        (rounding.half_up, 0.49, 1.0, 0.0),
        (rounding.half_up, 1e-9, 0.01, 0.0),
        (rounding.half_up, 1.3, 0.5, 1.5),
        (rounding.half_up, 1e12, 0.001, 1e12),
        (rounding.up, 0.1 + 0.2, 0.1, 0.3),
        (rounding.up, 20 / 12, 0.01, 1.67),
        (rounding.up, 1e-9, 1.0, 1.0),
        (rounding.up, -0.001, 0.01, -0.01),
        (rounding.up, 1e16, 1.0, 1e16),
        (rounding.up, 13.0, 12.0, 24.0),
        (rounding.down, 0.3 - 0.1, 0.1, 0.2),
        (rounding.down, 4.999, 0.01, 4.99),
        (rounding.down, -4.999, 0.01, -4.99),
        (rounding.down, 0.0, 0.01, 0.0),
    ],
)
def test_examples(function, value, unit, expected):
    assert function(value, unit) == expected


def test_comparison():
    assert rounding.compare(0.1 + 0.2, 0.3, 0.01) == 0
    assert rounding.compare(1.432, 1.431, 0.01) == 0
    assert rounding.compare(0.006, 0.002, 0.01) == 1
    assert rounding.compare(-1, 1, 1.0) == -1
    assert rounding.is_positive(0.005, 0.01)
    assert not rounding.is_positive(-0.005, 0.01)


@pytest.mark.parametrize("unit", [0.0, -0.01, float("nan")])
def test_a_unit_is_positive(unit):
    with pytest.raises(ValueError, match="more than zero"):
        rounding.half_up(1.0, unit)


@given(QUANTITIES, UNITS)
def test_rounding_is_near_ordered_and_final(value, unit):
    size = abs(value)
    below, near, above = (f(size, unit) for f in (rounding.down, rounding.half_up, rounding.up))
    slack = 1e-5 * unit + size * 1e-14
    assert below - slack <= size <= above + slack
    assert below <= near <= above
    assert above - below <= unit * 1.0001 + slack
    assert abs(near - size) <= unit / 2 + slack
    for function in (rounding.down, rounding.half_up, rounding.up):
        once = function(value, unit)
        assert function(once, unit) == once
        assert function(-value, unit) == -once


@given(st.lists(st.integers(0, 10**7), max_size=30), st.sampled_from((0.1, 0.01, 0.001)))
def test_sums_of_rounded_quantities_have_no_noise(ticks, unit):
    total = 0.0
    for tick in ticks:
        total = rounding.half_up(total + rounding.half_up(tick * unit, unit), unit)
    assert total == rounding.half_up(sum(ticks) * unit, unit)
