"""Compare a plan with the actual documents, read back into the same tree.

Shares are compared, demand by demand, so that a document which serves several demands is
right where each has its share. Nothing is left where the documents are what was planned.
"""

from dataclasses import dataclass
from datetime import datetime

from .plan import Demand, Plan
from .records import record
from .rounding import compare, is_positive
from .supply import MISSING, Supply

#: Codes, in the order in which one demand's differences are listed.
DEMAND_QUANTITY = "demand_quantity"
KIND = "kind"
MISSING_SUPPLY = "missing_supply"
EXTRA_SUPPLY = "extra_supply"
QUANTITY = "quantity"
UNPEGGED = "unpegged"


@record
class Difference:
    """One thing that differs at a demand (``key``).

    ``planned_supply`` and ``actual_supply``: the supply on either side, None where that side
    has none; quantities in the product's unit, 0.0 where there is no supply. For ``unpegged``
    the actual quantity is what hard links tie.
    """

    code: str
    key: str
    product_id: int
    planned_supply: Supply | None
    actual_supply: Supply | None
    planned: float
    actual: float


def diff(plan: Plan, actual: Plan) -> tuple[Difference, ...]:
    """Return what differs between two trees of an order: the plan's demands first, in order."""
    planned = _by_key(plan)
    found = _by_key(actual)
    roundings = {
        product.product_id: product.rounding for product in (*actual.products, *plan.products)
    }
    differences = []
    for key in (*planned, *(key for key in found if key not in planned)):
        sides = planned.get(key), found.get(key)
        product_id = next(side.demand.product_id for side in sides if side)
        differences += _Comparison(key, product_id, roundings[product_id], *sides).run()
    return tuple(differences)


@dataclass(slots=True)
class _Side:
    """One tree's view of a demand: its supplies by kind, as (share, unpegged)."""

    demand: Demand
    supplies: dict


def _by_key(plan):
    sides = {demand.key: _Side(demand, {}) for demand in plan.demands}
    for node in plan.nodes:
        supplies = sides[plan.demands[node.demand].key].supplies
        share, unpegged = supplies.get(node.supply, (0.0, 0.0))
        supplies[node.supply] = (share + node.quantity, unpegged + node.unpegged)
    return sides


class _Comparison:
    """The differences of one demand between two trees, either of which may lack it."""

    def __init__(self, key, product_id, rounding, planned, actual):
        self._key = key
        self._product_id = product_id
        self._rounding = rounding
        self._demands = [side.demand.quantity if side else 0.0 for side in (planned, actual)]
        self._planned = self._shares(planned)
        self._actual = self._shares(actual)
        self._unpegged = {
            supply: unpegged
            for supply, (_share, unpegged) in (actual.supplies.items() if actual else ())
        }

    def _shares(self, side):
        """Return the supplies of a side that round to more than nothing."""
        return {
            supply: share
            for supply, (share, _unpegged) in (side.supplies.items() if side else ())
            if is_positive(share, self._rounding)
        }

    def run(self):
        """Return the differences in a fixed order."""
        lost = [supply for supply in self._planned if supply not in self._actual]
        extra = [supply for supply in self._actual if supply not in self._planned]
        swapped = self._take_swaps(lost, extra)
        return [
            *self._demand(),
            *swapped,
            *(self._say(MISSING_SUPPLY, supply, None) for supply in lost),
            *(self._say(EXTRA_SUPPLY, None, supply) for supply in extra),
            *self._quantities(),
            *self._pegs(),
        ]

    def _demand(self):
        planned, actual = self._demands
        if compare(planned, actual, self._rounding):
            yield Difference(
                DEMAND_QUANTITY, self._key, self._product_id, None, None, planned, actual
            )

    def _take_swaps(self, lost, extra):
        """Pair a lost supply with an extra one of the same quantity; take both off the lists."""
        swaps = []
        for supply in tuple(lost):
            for other in extra:
                if not compare(self._planned[supply], self._actual[other], self._rounding):
                    lost.remove(supply)
                    extra.remove(other)
                    swaps.append(self._say(KIND, supply, other))
                    break
        return swaps

    def _quantities(self):
        for supply, share in self._planned.items():
            if supply in self._actual and compare(share, self._actual[supply], self._rounding):
                yield self._say(QUANTITY, supply, supply)

    def _pegs(self):
        for supply in self._actual:
            if supply != MISSING and is_positive(self._unpegged[supply], self._rounding):
                pegged = self._actual[supply] - self._unpegged[supply]
                planned = self._planned.get(supply)
                yield Difference(
                    UNPEGGED,
                    self._key,
                    self._product_id,
                    supply if planned is not None else None,
                    supply,
                    planned or 0.0,
                    pegged,
                )

    def _say(self, code, planned, actual):
        return Difference(
            code,
            self._key,
            self._product_id,
            planned,
            actual,
            self._planned.get(planned, 0.0),
            self._actual.get(actual, 0.0),
        )


@record
class DateDifference:
    """A supply (``key``) whose document has other dates: (start, end) on either side, UTC."""

    key: str
    product_id: int
    planned: tuple[datetime, datetime]
    actual: tuple[datetime | None, datetime | None]


def diff_dates(plan: Plan, actual: Plan) -> tuple[DateDifference, ...]:
    """Return the supplies with documents whose dates are not the plan's, in its order.

    Compares what both trees supply alike; the rest is a matter of ``diff``.
    """
    documents = {node.key: (node.start, node.end) for node in actual.nodes if node.document}
    differences = []
    for node in plan.nodes:
        found = documents.get(node.key)
        if found is None or node.start is None or found == (node.start, node.end):
            continue
        planned = (node.start, node.end)
        differences.append(DateDifference(node.key, node.product_id, planned, found))
    return tuple(differences)
