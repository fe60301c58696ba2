"""How much is made or bought for a shortage: rounded up, the surplus told apart."""

from .offers import Purchase, VendorTerms
from .records import record
from .rounding import compare, half_up, is_positive, up
from .supply import Bom


@record
class Lots:
    """What is made: ``count`` lots of ``quantity`` product units, each of ``runs`` of the BoM.

    ``surplus``: what the last lot makes beyond the shortage.
    """

    quantity: float
    runs: float
    surplus: float = 0.0
    count: int = 1


def size_production(shortage: float, bom: Bom, rounding: float) -> Lots:
    """Return the lots that cover ``shortage`` (product units, more than zero).

    As core: a BoM with batches gives as many productions of a whole batch as are needed, any
    other BoM gives one; either is rounded up in the BoM's unit.
    """
    count = int(up(shortage / bom.batch, 1.0)) if bom.batch else 1
    units = up((bom.batch or shortage) / bom.unit_factor, bom.unit_rounding)
    quantity = half_up(units * bom.unit_factor, rounding)
    return Lots(
        quantity=quantity,
        runs=units * bom.unit_factor / bom.quantity,
        surplus=half_up(quantity * count - shortage, rounding),
        count=count,
    )


def component_quantity(component, lots: Lots, rounding: float) -> float:
    """Return what ``lots`` consume of a component, in its product's unit.

    Each production rounds its own need up, so whole lots are multiplied, not the BoM's lines.
    """
    of_one = up(lots.runs * component.quantity, component.rounding)
    of_one = half_up(of_one * component.unit_factor, rounding)
    return half_up(of_one * lots.count, rounding) if lots.count > 1 else of_one


def size_purchase(shortage: float, terms: VendorTerms, rounding: float) -> Purchase:
    """Return what is ordered for ``shortage`` (product units), of which less is not sold.

    At least the minimum, in the vendor's multiple or else in steps of the vendor's unit: a
    minimum that is no multiple is rounded up to the next. Nothing is ordered for nothing.
    """
    if not is_positive(shortage, rounding):
        return Purchase(0.0, 0.0)
    step = terms.multiple or terms.step
    ordered = up(max(shortage / terms.unit_factor, terms.minimum), step)
    # The product's rounding may be coarser than the vendor's unit: never less than is needed.
    quantity = half_up(ordered * terms.unit_factor, rounding)
    if compare(quantity, shortage, rounding) < 0:
        ordered = up(ordered + step, step)
        quantity = half_up(ordered * terms.unit_factor, rounding)
    return Purchase(ordered, quantity, half_up(quantity - shortage, rounding))
