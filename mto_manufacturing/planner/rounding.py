"""Quantities in the rounding of their unit, safe from float noise.

A unit's rounding is its smallest quantity (``0.01``). A result is always the float nearest to
a whole number of roundings, so that two results of the same quantity are equal.
"""

import math
from functools import lru_cache

# Noise that arithmetic leaves behind: a few units in the last place of a double, and never
# so much that it swallows a real difference in a very large quantity.
_RELATIVE_NOISE = 2.0**-50
_GREATEST_NOISE = 0.01


def half_up(value, rounding):
    """Return ``value`` rounded to the nearest multiple of ``rounding``, ties away from zero."""
    return _round(value, rounding, _nearest)


def up(value, rounding):
    """Return ``value`` rounded away from zero to a multiple of ``rounding``."""
    return _round(value, rounding, _above)


def down(value, rounding):
    """Return ``value`` rounded towards zero to a multiple of ``rounding``."""
    return _round(value, rounding, _below)


def compare(left, right, rounding):
    """Return -1, 0 or 1: ``left`` is less than, equal to, more than ``right``, both rounded."""
    if left == right:
        return 0
    difference = _ticks(left, rounding, _nearest) - _ticks(right, rounding, _nearest)
    return (difference > 0) - (difference < 0)


def is_positive(value, rounding):
    """Say whether ``value`` rounds to more than nothing."""
    return value > 0 and _ticks(value, rounding, _nearest) > 0


@lru_cache(maxsize=64)
def _scale(rounding):
    """Return (factor, inverted): a whole factor keeps more digits than a fraction like 0.01."""
    if not rounding > 0:
        raise ValueError(f"a rounding is more than zero, not {rounding!r}")
    if rounding >= 1:
        return rounding, False
    factor = 1 / rounding
    whole = float(round(factor))
    return (whole if math.isclose(factor, whole, rel_tol=1e-9) else factor), True


def _round(value, rounding, pick):
    """Return the whole number of roundings that ``pick`` finds for ``value``, as a quantity."""
    factor, inverted = _scale(rounding)
    scaled = value * factor if inverted else value / factor
    ticks = math.floor(scaled)
    if ticks != scaled:
        ticks = _pick(scaled, pick)
    return ticks / factor if inverted else float(ticks * factor)


def _ticks(value, rounding, pick):
    """Return the signed whole number of roundings that ``pick`` finds for ``value``."""
    factor, inverted = _scale(rounding)
    return _pick(value * factor if inverted else value / factor, pick)


def _pick(scaled, pick):
    """Return the whole number that ``pick`` finds for a number of roundings."""
    size = abs(scaled)
    whole = math.floor(size)
    fraction = size - whole
    if fraction:
        whole += pick(fraction, min(size * _RELATIVE_NOISE, _GREATEST_NOISE))
    return -whole if scaled < 0 else whole


def _nearest(fraction, noise):
    return fraction + noise >= 0.5


def _above(fraction, noise):
    return fraction > noise


def _below(fraction, noise):
    return fraction >= 1 - noise
