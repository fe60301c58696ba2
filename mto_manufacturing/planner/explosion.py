"""Net an order against free stock, breadth first, with one ledger for the whole order.

Level by level, as low-level coding has it in material requirements planning (Orlicky 1975),
but per order and per demand: whoever stands higher in the tree takes scarce stock first.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from .buying import settle
from .cycles import suspects
from .lot_sizing import Lots, component_quantity, size_production, size_purchase
from .plan import FROM_STOCK, STOCK_THEN_ORDER, TO_ORDER, Issue, Method, Plan, Take
from .records import record
from .rounding import down, half_up, up
from .supply import (
    CASCADE,
    MISSING,
    MTO,
    MTS,
    MTS_MTO,
    PROCURED,
    PRODUCTION,
    RECEIPT,
    REORDERING,
    STOCK,
    TRANSFER,
    Fault,
    Item,
    Network,
    Order,
    Policy,
    Receipt,
    Supply,
    VendorTerms,
)
from .tree import TreeBuilder, component_key, line_key, origin_key

METHODS: Mapping[str, Method] = {MTS: FROM_STOCK, MTO: TO_ORDER, MTS_MTO: STOCK_THEN_ORDER}

NOT_IN_STOCK = Fault("not_in_stock")
NO_RULE = Fault("no_rule", refused=True)
CYCLE = Fault("cycle", refused=True)
TOO_LARGE = Fault("too_large", refused=True)
# Faults of the tree and not of a rule: core could not carry them out under any strategy.
_OF_THE_TREE = frozenset((CYCLE, TOO_LARGE))


@record
class Part:
    """One supply of a demand, before it has a place in a tree. ``quantity``: product's unit."""

    supply: Supply
    quantity: float
    reason: str
    takes: tuple[Take, ...] = ()
    fault: Fault | None = None


class Ledger:
    """What is free, by key, and falls with every take. Overdrawn quantities count as none.

    ``enclosing``: the keys of what something is a part of, and so is what is taken of it.
    """

    def __init__(
        self,
        quantities: Mapping[str, float],
        enclosing: Mapping[str, tuple[str, ...]] | None = None,
    ):
        self._left = dict(quantities)
        self._enclosing = enclosing or {}

    def take(self, keys: Iterable[str], quantity: float, rounding: float) -> tuple[Take, ...]:
        """Take up to ``quantity`` in the order of ``keys``, in whole roundings of the unit."""
        takes = []
        for key in keys:
            if quantity <= 0:
                break
            known = [key, *self._enclosing.get(key, ())]
            free = min(self._left.get(one, 0.0) for one in known)
            taken = min(quantity, down(free, rounding))
            if taken > 0:
                self._left.update(
                    (one, _subtract(self._left[one], taken, rounding)) for one in known
                )
                quantity = half_up(quantity - taken, rounding)
                takes.append(Take(key, taken))
        return tuple(takes)

    def leftover(self) -> dict[str, float]:
        """Return what is left, by key."""
        return dict(self._left)


def _subtract(free, taken, rounding):
    """Return what is left, free of noise where ``free`` is a whole number of roundings."""
    whole = down(free, rounding) == up(free, rounding)
    return half_up(free - taken, rounding) if whole else free - taken


def line_method(item: Item) -> Method:
    """Return how an order line's own demand is covered: as its strategy says."""
    if item.untracked:
        return TO_ORDER if item.strategy == MTO else FROM_STOCK
    return METHODS[item.strategy]


def component_method(item: Item, policy: Policy) -> Method:
    """Return how a component of a make-to-order production is covered (or a transfer's goods).

    ``routes_only``: as core's rule says. ``cascade``: stock first, the shortage to order,
    unless the product is always ordered, or nobody gave it a strategy and a reordering rule
    looks after it. What nobody counts in stock has no shortage, so its strategy decides.
    """
    if item.get_policy(policy).components != CASCADE or item.untracked:
        return line_method(item)
    if item.always_order:
        return TO_ORDER
    if item.orderpoint_id is not None and not item.explicit:
        return FROM_STOCK
    return STOCK_THEN_ORDER


def find_counted(network: Network, policy: Policy) -> dict[str, Receipt]:
    """Return the expected receipts, by key, of the places where the policy counts them."""
    counted = {}
    for item in network.items.values() if network.receipts else ():
        if item.get_policy(policy).count_receipts:
            known = (key for key in item.receipts if key in network.receipts)
            counted.update((key, network.receipts[key]) for key in known)
    return counted


def open_ledger(network: Network, receipts: Mapping[str, Receipt]) -> Ledger:
    """Return the ledger of all that an order may take; ``receipts``: those that are counted."""
    quantities = dict(network.stock)
    quantities.update((key, receipt.quantity) for key, receipt in receipts.items())
    return Ledger(quantities, network.enclosing)


def net(
    item: Item,
    quantity: float,
    method: Method,
    ledger: Ledger,
    rounding: float,
    obstacle: Fault | None = None,
    receipts: tuple[str, ...] = (),
) -> tuple[Part, ...]:
    """Cover ``quantity`` (product's unit): stock, then receipts, then one kind for the rest.

    The parts are in that order and add up to the quantity, rounded to the unit; ``ledger``
    falls by what was taken. ``obstacle``: why nothing may be procured here. ``receipts``: the
    expected receipts that are in time, each of which is a supply of its own.
    """
    left = half_up(quantity, rounding)
    parts = []
    if method != TO_ORDER:
        takes = ledger.take(item.pools, left, rounding)
        if takes:
            taken = half_up(sum(take.quantity for take in takes), rounding)
            parts.append(Part(STOCK, taken, "free_stock", takes))
            left = half_up(left - taken, rounding)
        for take in ledger.take(receipts, left, rounding):
            parts.append(Part(RECEIPT, take.quantity, "expected_receipt", (take,)))
            left = half_up(left - take.quantity, rounding)
    if left > 0:
        parts.append(_net_shortage(item, left, method, obstacle))
    return tuple(parts)


def _net_shortage(item, quantity, method, obstacle):
    if method == FROM_STOCK and item.untracked:
        return Part(STOCK, quantity, "untracked")
    if method == FROM_STOCK:
        if item.orderpoint_id is not None:
            return Part(REORDERING, quantity, "reordering_rule")
        return _missing(quantity, NOT_IN_STOCK)
    if item.source is None:
        return _missing(quantity, NO_RULE)
    fault = item.source.fault or obstacle
    if fault:
        return _missing(quantity, fault)
    return Part(item.source.supply, quantity, "order" if method == TO_ORDER else "shortage")


def _size(source, quantity, rounding):
    """Return what is made for a shortage; by a subcontractor, what the vendor sells of it."""
    if source.supply == PRODUCTION:
        return size_production(quantity, source.bom, rounding)
    bought = size_purchase(quantity, source.terms or VendorTerms(step=rounding), rounding)
    return Lots(bought.quantity, bought.quantity / source.bom.quantity, bought.surplus)


def _missing(quantity, fault):
    return Part(MISSING, quantity, fault.code, fault=fault)


def explode(
    order: Order,
    network: Network,
    policy: Policy | None = None,
    ready: Mapping[str, datetime] | None = None,
) -> Plan:
    """Return the tree of demands and supplies of an order, without dates.

    The whole tree is explored: every blocker and gap is in the plan. Lines of zero or less
    need nothing. ``ready``: by the key of a demand, the latest day on which a receipt is still
    of use to it (none: whatever its day). Raise NetworkError where the input contradicts itself.
    """
    policy = policy or Policy()
    return settle(_Explosion(order, network, policy, ready).run(), network, policy)


def explode_below(
    tree: Plan, order: Order, network: Network, policy: Policy, open_nodes: Collection[str]
) -> Plan:
    """Return a tree read back from documents, with what is still to come below some purchases.

    ``open_nodes``: keys of purchases of subcontracted products that nobody has confirmed: what is
    sent to the vendor has no documents yet. The demands of the tree name their items.
    """
    known = {product.product_id: product for product in tree.products}
    network = replace(network, products={**known, **network.products})
    whole = _Explosion(order, network, policy, None).extend(tree, open_nodes)
    return settle(whole, network, policy)


class _Explosion:
    def __init__(self, order, network, policy, ready):
        self._order = order
        self._items = network.items
        self._receipts = find_counted(network, policy)
        self._ready = ready
        self._policy = policy
        self._ledger = open_ledger(network, self._receipts)
        self._tree = TreeBuilder(order, network.products)
        roots = [demand.item for line in order.lines for demand in line.demands]
        self._suspects = suspects(network.items, roots)
        self._warned = set()

    def run(self):
        for index, line in enumerate(self._order.lines):
            for need in line.demands:
                self._add_line_demand(index, line, need)
        self._cover_from(0)
        return self._tree.build(self._ledger.leftover())

    def extend(self, tree, open_nodes):
        self._tree.resume(tree)
        for index, node in enumerate(tree.nodes):
            demand = tree.demands[node.demand]
            item = self._items.get(demand.item)
            source = item and item.source
            if node.key in open_nodes and source and source.supply == node.supply and source.bom:
                lots = _size(source, node.quantity, self._rounding(item))
                self._consume(index, demand.key, source.bom, lots)
        self._cover_from(len(tree.demands))
        whole = self._tree.build()
        return replace(whole, lines=tree.lines, leftover=tree.leftover)

    def _cover_from(self, index):
        """Cover demands in the order in which they were added: breadth first."""
        while index < len(self._tree.demands):
            self._cover(index)
            index += 1

    def _add_line_demand(self, index, line, need):
        item = self._items[need.item]
        quantity = half_up(need.quantity, self._rounding(item))
        if quantity > 0:
            self._tree.add_line_demand(
                index,
                line_key(line.line_id, need.place),
                item.product_id,
                quantity,
                item=item.key,
                bom_line_id=need.bom_line_id,
                method=line_method(item),
            )

    def _add_demand(self, node, key, item, quantity, bom_line_id=None):
        """Add what a node consumes of an item; ``quantity``: rounded to its unit."""
        if quantity > 0:
            method = component_method(item, self._policy)
            details = (item.product_id, quantity, item.key, bom_line_id, method)
            self._tree.add_demand(node, key, *details)

    def _rounding(self, item):
        return self._tree.product(item.product_id).rounding

    def _cover(self, index):
        demand = self._tree.demands[index]
        item = self._items[demand.item]
        rounding = self._rounding(item)
        if item.warnings:
            self._warn(index, item)
        parts = net(
            item,
            demand.quantity,
            demand.method,
            self._ledger,
            rounding,
            self._obstacle(index),
            self._find_receipts(demand, item) if self._receipts else (),
        )
        for part in parts:
            if part.supply in PROCURED:
                self._procure(index, item, part, rounding)
                continue
            node = self._tree.add_supply(
                index, part.supply, part.quantity, reason=part.reason, takes=part.takes
            )
            if part.fault:
                self._report(index, item, part.fault, self._tree.nodes[node].key)

    def _find_receipts(self, demand, item):
        """Return the receipts that come no later than what they replace.

        An order line that is supplied from stock only replaces nothing by them: it waits.
        """
        if demand.parent < 0 and demand.method == FROM_STOCK:
            return ()
        if self._ready is None:
            return item.receipts
        until = self._ready.get(demand.key, datetime.min)
        known = [key for key in item.receipts if key in self._receipts]
        return tuple(key for key in known if (self._receipts[key].ready or until) <= until)

    def _procure(self, index, item, part, rounding):
        source = item.source
        bom, lots = source.bom, None
        made = (0.0, 1, None)
        if bom:
            lots = _size(source, part.quantity, rounding)
            made = (lots.surplus, lots.count, bom.bom_id)
        details = (part.reason, part.takes, *made, source.vendor_id)
        node = self._tree.add_supply(index, part.supply, part.quantity, *details)
        key = self._tree.demands[index].key
        if source.supply == TRANSFER:
            origin = self._items[source.origin]
            self._add_demand(node, origin_key(key, origin.location_id), origin, part.quantity)
        if lots:
            self._consume(node, key, bom, lots)

    def _consume(self, node, key, bom, lots):
        for component in bom.components:
            item = self._items[component.item]
            quantity = component_quantity(component, lots, self._rounding(item))
            place = component_key(key, component.place or component.line_id)
            self._add_demand(node, place, item, quantity, component.line_id)

    def _obstacle(self, index):
        """Return why the demand may not be procured, were it short: a cycle, or no end of it."""
        if len(self._tree.demands) >= self._policy.max_demands:
            return TOO_LARGE
        item = self._tree.demands[index].item
        if item in self._suspects and any(
            above.item == item for above in self._tree.ancestors(index)
        ):
            return CYCLE
        return None

    def _report(self, index, item, fault, key):
        """List a missing supply: a blocker where core would refuse it, else a gap."""
        tree = self._tree
        if fault == TOO_LARGE and any(known.code == fault.code for known in tree.blockers):
            return
        issue = Issue(fault.code, item.product_id, tree.path(index), key, fault.args)
        refused = fault.refused and (item.strategy != MTS or fault in _OF_THE_TREE)
        (tree.blockers if refused else tree.gaps).append(issue)

    def _warn(self, index, item):
        """List the item's warnings once for each product, where it is met first."""
        for warning in item.warnings:
            if (warning, item.product_id) not in self._warned:
                self._warned.add((warning, item.product_id))
                path = self._tree.path(index)
                self._tree.warnings.append(
                    Issue(warning.code, item.product_id, path, args=warning.args)
                )
