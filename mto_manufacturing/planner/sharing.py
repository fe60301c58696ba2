"""Share a need that several parts cover: in whole roundings, the first part first.

A need may be covered in parts (seven from stock, three bought), and be divided (one production
into two, some of it produced today). By ratio each part would be cut everywhere: half of a
bought piece here, the other half there. Filled one after the other, few parts are cut at all.
"""

from collections.abc import Sequence

from .rounding import half_up


def share_out(
    total: float, weights: Sequence[float], rounding: float, whole: float | None = None
) -> list[float]:
    """Return the shares of ``total`` by weight, each a multiple of ``rounding``.

    They add up to the total where the weights add up to ``whole`` (by default their sum).
    """
    whole = sum(weights) if whole is None else whole
    shares, given, reached = [], 0.0, 0.0
    for weight in weights:
        reached += weight
        upto = half_up(total * reached / whole, rounding) if whole else 0.0
        shares.append(half_up(upto - given, rounding))
        given = upto
    return shares


def fill(
    parts: Sequence[float],
    wanted: Sequence[float],
    rounding: float,
    taken: Sequence[float] = (),
) -> list[list[float]]:
    """Return what each part gives to each that wants some: ``answer[part][wanting]``.

    Whoever comes first takes from the first part first. ``taken``: what the first has of each
    part already. What the parts do not have is left out, and what nobody wants stays.
    """
    left = list(parts)
    answer = [[0.0] * len(wanted) for _part in parts]
    for column, quantity in enumerate(wanted):
        if not column:
            for row, had in enumerate(taken):
                share = half_up(min(had, left[row]), rounding)
                answer[row][column] = share
                left[row] = half_up(left[row] - share, rounding)
                quantity = half_up(quantity - share, rounding)
        for row, available in enumerate(left):
            share = half_up(max(min(available, quantity), 0.0), rounding)
            answer[row][column] = half_up(answer[row][column] + share, rounding)
            left[row] = half_up(available - share, rounding)
            quantity = half_up(quantity - share, rounding)
    return answer
