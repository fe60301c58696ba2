"""Build a plan, parents before children: the planner from inputs, pegging from documents."""

import hashlib
from collections.abc import Mapping

from .plan import Demand, Issue, Node, Plan, PlanLine, Take
from .supply import NetworkError, Order, Product

# The keys of a path of normal depth are readable; of a deeper one the upper part becomes a
# digest, or the keys of a chain would need memory with the square of its length.
_LONGEST_KEY = 160
_DIGEST_BYTES = 10


def line_key(line_id, place="") -> str:
    """Return the key of the demand of an order line, or of a kit's component in it."""
    return f"{line_id}/{place}" if place else str(line_id)


def component_key(parent: str, place) -> str:
    """Return the key of a production's component: the production's demand, the BoM line."""
    return f"{_fold(parent)}/{place}"


def origin_key(parent: str, location_id) -> str:
    """Return the key of what a transfer takes from another place."""
    return f"{_fold(parent)}/@{location_id}"


def is_sent(key: str) -> bool:
    """Return whether a demand, or one above it on its path, is for goods of another place."""
    return "@" in key


def node_key(demand: str, supply: str) -> str:
    """Return the key of one supply of a demand."""
    return f"{demand}:{supply}"


def _fold(key):
    if len(key) <= _LONGEST_KEY:
        return key
    return "~" + hashlib.blake2b(key.encode(), digest_size=_DIGEST_BYTES).hexdigest()


class TreeBuilder:
    """Collects a plan. Not for reuse after ``build``."""

    def __init__(self, order: Order, products: Mapping[int, Product]):
        self.demands: list[Demand] = []
        self.nodes: list[Node] = []
        self.blockers: list[Issue] = []
        self.gaps: list[Issue] = []
        self.warnings: list[Issue] = []
        self._order = order
        self._products = products
        self._keys: set[str] = set()
        self._node_keys: set[str] = set()

    def resume(self, plan: Plan):
        """Go on where a plan ends: what is added comes after all that it has."""
        self.demands, self.nodes = list(plan.demands), list(plan.nodes)
        self.blockers, self.gaps = list(plan.blockers), list(plan.gaps)
        self.warnings = list(plan.warnings)
        self._keys = {demand.key for demand in plan.demands}
        self._node_keys = {node.key for node in plan.nodes}

    def add_line_demand(self, line, key, product_id, quantity, **details) -> int:
        """Add a need of the order line with index ``line``; return the demand's index."""
        return self._add(Demand(key, line, -1, 0, product_id, quantity, **details))

    def add_demand(self, parent, key, product_id, quantity, *details, **named) -> int:
        """Add what the node with index ``parent`` consumes; return the demand's index.

        ``details``: the fields of a demand that follow, in their order or by name.
        """
        above = self.demands[self.nodes[parent].demand]
        place = (key, above.line, parent, above.level + 1)
        return self._add(Demand(*place, product_id, quantity, *details, **named))

    def _add(self, demand):
        if demand.key in self._keys:
            raise NetworkError(f"two demands in the same place: {demand.key}")
        self._keys.add(demand.key)
        self.demands.append(demand)
        return len(self.demands) - 1

    def add_supply(self, demand, supply, quantity, *details, **named) -> int:
        """Add a supply of the demand with index ``demand``; return the node's index.

        Several documents of one kind for one demand are numbered from the second on.
        ``details``: the fields of a node that follow, in their order or by name.
        """
        need = self.demands[demand]
        first = key = node_key(need.key, supply)
        number = 2
        while key in self._node_keys:
            key = f"{first}#{number}"
            number += 1
        self._node_keys.add(key)
        place = (key, demand, need.product_id, supply, quantity)
        self.nodes.append(Node(*place, *details, **named))
        return len(self.nodes) - 1

    def ancestors(self, demand):
        """Yield the demands above the one with index ``demand``, nearest first."""
        parent = self.demands[demand].parent
        while parent >= 0:
            above = self.demands[self.nodes[parent].demand]
            yield above
            parent = above.parent

    def path(self, demand) -> tuple[str, ...]:
        """Return the order's name and the product names down to a demand, kits included."""
        need = self.demands[demand]
        ids = [need.product_id, *(above.product_id for above in self.ancestors(demand))]
        ordered = self._order.lines[need.line].product_id
        if ids[-1] != ordered:
            ids.append(ordered)
        return (self._order.name, *(self.product(key).name for key in reversed(ids)))

    def product(self, product_id) -> Product:
        """Return a product's description; raise NetworkError where the input lacks it."""
        try:
            return self._products[product_id]
        except KeyError:
            raise NetworkError(f"product {product_id} is not described") from None

    def build(self, leftover: Mapping[str, float] | None = None) -> Plan:
        """Return the plan of what was collected; ``leftover``: what it leaves free, by key."""
        lines = self._order.lines
        ids = {line.product_id for line in lines} | {need.product_id for need in self.demands}
        return Plan(
            order_id=self._order.order_id,
            name=self._order.name,
            lines=tuple(PlanLine(x.line_id, x.product_id, x.quantity) for x in lines),
            demands=tuple(self.demands),
            nodes=tuple(self.nodes),
            products=tuple(self.product(key) for key in sorted(ids)),
            blockers=tuple(self.blockers),
            gaps=tuple(self.gaps),
            warnings=tuple(self.warnings),
            leftover=tuple(Take(*rest) for rest in sorted((leftover or {}).items())),
        )
