"""What the planner answers: the tree of demands and supplies of an order.

The tree is flat, so that no depth is too deep: a demand names the node whose production or
transfer needs it, a node names the demand that it covers, both by their place in the plan's
tuples, parents before children, level by level. The actual documents are read back into the
same shape. Quantities are in the product's unit, dates in UTC; dates are empty until the
tree is scheduled.
"""

from datetime import datetime
from typing import Literal

from .offers import Purchase
from .records import read_first, record
from .supply import MISSING, PROCURED, RECEIPT, Product, Scalar, Supply

#: How a demand is covered: only from stock, only to order, or stock first and then to order.
Method = Literal["stock", "order", "stock_then_order"]
FROM_STOCK: Method = "stock"
TO_ORDER: Method = "order"
STOCK_THEN_ORDER: Method = "stock_then_order"


@record
class Take:
    """A quantity taken from one pool of stock or one expected receipt, by its key."""

    key: str
    quantity: float


@record
class Document:
    """The record that a supply is, with its own whole quantity (product's unit)."""

    model: str
    id: int
    name: str
    state: str
    quantity: float


@record
class Demand:
    """A quantity of a product needed in a place.

    ``key``: the stable place in the tree. ``line``: index in ``Plan.lines``. ``parent``: index
    in ``Plan.nodes`` of what consumes it, -1 for the order line. ``item``: key of the input.
    ``due``: when it has to leave where it is kept.
    """

    key: str
    line: int
    parent: int
    level: int
    product_id: int
    quantity: float
    item: str = ""
    bom_line_id: int | None = None
    method: Method = STOCK_THEN_ORDER
    due: datetime | None = None


@record
class Node:
    """One supply of one demand.

    ``key``: the demand's key and the supply. ``demand``: index in ``Plan.demands``.
    ``quantity``: this demand's share; ``surplus``: what the document makes beyond its shares;
    ``unpegged``: the part of the share that no hard link ties (only in documents read back).
    ``lots``: productions of equal size, ``(quantity + surplus) / lots`` each. ``reason``: a
    code. ``purchase``: what is bought for it, and of whom; of a missing supply what would be, if
    somebody decided so. The dates, the slack (days) and ``critical`` belong to the scheduling;
    ``ordered``: when the vendor is asked at the latest; ``arrives``: its end without the steps
    after it; ``earliest_end``: when it could be there, as ``end`` counts it.
    """

    key: str
    demand: int
    product_id: int
    supply: Supply
    quantity: float
    reason: str = ""
    takes: tuple[Take, ...] = ()
    surplus: float = 0.0
    lots: int = 1
    bom_id: int | None = None
    vendor_id: int | None = None
    purchase: Purchase | None = None
    unpegged: float = 0.0
    document: Document | None = None
    start: datetime | None = None
    end: datetime | None = None
    earliest_start: datetime | None = None
    slack_days: float | None = None
    critical: bool = False
    ordered: datetime | None = None
    arrives: datetime | None = None
    earliest_end: datetime | None = None


#: What a node and a demand say before they have their dates, their last fields.
_read_undated_node = read_first(Node, "start")
_read_undated_demand = read_first(Demand, "due")


def date_node(node: Node, *dates) -> Node:
    """Return a node with its dates, ``start`` to ``earliest_end`` in the order of its fields."""
    return Node(*_read_undated_node(node), *dates)


def date_demand(demand: Demand, due: datetime) -> Demand:
    """Return a demand that has to leave at ``due``."""
    return Demand(*_read_undated_demand(demand), due)


@record
class Issue:
    """A blocker, a gap or a warning: a code and what fills its text in, never the text.

    ``path``: the order's name, then product names down to the one concerned; a cycle's path
    ends where it comes round. ``key``: the node's key, empty for a warning.
    """

    code: str
    product_id: int
    path: tuple[str, ...]
    key: str = ""
    args: tuple[tuple[str, Scalar], ...] = ()


@record
class PlanLine:
    """An order line as the plan shows it; the dates belong to the scheduling.

    ``due``: when it has to be shipped at the latest.
    """

    line_id: int | str
    product_id: int
    quantity: float
    promise_date: datetime | None = None
    ship_date: datetime | None = None
    lead_days: float | None = None
    late_days: float | None = None
    due: datetime | None = None


@record
class Plan:
    """The tree of an order, what stands in its way, and what it leaves to others.

    ``products``: those of the tree, by id. ``leftover``: free quantity of each pool and each
    receipt after the plan, by key. ``promise_date``: when the customer has all of it.
    """

    order_id: int | str | None
    name: str
    lines: tuple[PlanLine, ...]
    demands: tuple[Demand, ...]
    nodes: tuple[Node, ...]
    products: tuple[Product, ...]
    blockers: tuple[Issue, ...] = ()
    gaps: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
    leftover: tuple[Take, ...] = ()
    computed_at: datetime | None = None
    promise_date: datetime | None = None

    @property
    def feasible(self) -> bool:
        """Whether every demand is covered by something."""
        return not self.blockers and not self.gaps

    def lines_to_order(self) -> frozenset[int]:
        """Return the indexes of the lines with anything made or bought to order in their tree.

        What is expected anyway stands for what would be: it comes when it comes.
        """
        supplies = {*PROCURED, RECEIPT}
        return frozenset(
            self.demands[node.demand].line for node in self.nodes if node.supply in supplies
        )

    def lines_short(self) -> frozenset[int]:
        """Return the indexes of the lines with anything in their tree that nothing supplies."""
        return frozenset(
            self.demands[node.demand].line for node in self.nodes if node.supply == MISSING
        )

    def lines_undecided(self) -> frozenset[int]:
        """Return the indexes of the short lines that lack nothing but a purchaser's decision."""
        return self.lines_short() - {
            self.demands[node.demand].line
            for node in self.nodes
            if node.supply == MISSING and not node.purchase
        }


def path_to(plan: Plan, place: int) -> tuple[str, ...]:
    """Return the order's name and the product names down to a node, by its place in the plan."""
    ordered = plan.lines[plan.demands[plan.nodes[place].demand].line].product_id
    names = {product.product_id: product.name for product in plan.products}
    ids = []
    while place >= 0:
        demand = plan.demands[plan.nodes[place].demand]
        ids.append(demand.product_id)
        place = demand.parent
    if ids[-1] != ordered:
        ids.append(ordered)
    return (plan.name, *(names[key] for key in reversed(ids)))


@record
class Allocation:
    """What execution needs of a node: carried to the move, which is split accordingly."""

    key: str
    supply: Supply
    quantity: float
    takes: tuple[Take, ...] = ()


def allocations(plan: Plan) -> dict[str, tuple[Allocation, ...]]:
    """Return the allocations of each demand, by the demand's key, in the order of the tree."""
    found: dict[str, list[Allocation]] = {demand.key: [] for demand in plan.demands}
    for node in plan.nodes:
        found[plan.demands[node.demand].key].append(
            Allocation(node.key, node.supply, node.quantity, node.takes)
        )
    return {key: tuple(parts) for key, parts in found.items()}
