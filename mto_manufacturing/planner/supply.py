"""What the planner is given: products, where each can come from, what is free, the order.

Quantities are in the product's unit of measure unless a field says otherwise. Everything is
frozen. The snapshot fills it one BoM level at a time: resolve the items of a level in one
batch, collect the items that their components name, go on until no item is new.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal

from .calendars import Calendar
from .errors import NetworkError
from .offers import BUY, CORE, Offer, SurplusPolicy, VendorPolicy, VendorTerms
from .records import record

Strategy = Literal["mts", "mto", "mts_mto"]
MTS: Strategy = "mts"
MTO: Strategy = "mto"
MTS_MTO: Strategy = "mts_mto"

ComponentPolicy = Literal["cascade", "routes_only"]
CASCADE: ComponentPolicy = "cascade"
ROUTES_ONLY: ComponentPolicy = "routes_only"

Supply = Literal["stock", "receipt", "purchase", "production", "transfer", "reordering", "missing"]
STOCK: Supply = "stock"
RECEIPT: Supply = "receipt"
PURCHASE: Supply = "purchase"
PRODUCTION: Supply = "production"
TRANSFER: Supply = "transfer"
REORDERING: Supply = "reordering"
MISSING: Supply = "missing"
#: Supplies that become a document of their own, pegged to the demand.
PROCURED = frozenset((PURCHASE, PRODUCTION, TRANSFER))

Scalar = str | int | float | bool | None


@record
class Product:
    """A product: its name and unit to show, the rounding of its unit to reckon with."""

    product_id: int
    name: str
    uom: str = ""
    rounding: float = 0.01


@record
class Fault:
    """Why something cannot be supplied, or a warning: a code and what fills its text in.

    ``refused``: core refuses the procurement (a blocker) rather than waiting for ever (a gap).
    """

    code: str
    refused: bool = False
    args: tuple[tuple[str, Scalar], ...] = ()


@record
class Operation:
    """A step of a production on a work centre, as long as its capacity makes it.

    ``calendar``: key of the working time in ``Network.calendars``, none: day and night.
    ``cycle_minutes`` for every ``per_cycle`` product units (or a part of them), efficiency
    included; ``fixed_minutes``: set-up and clean-up. ``after``: the places, in the BoM's tuple,
    of the operations that must be done first; None: the one before it.
    """

    cycle_minutes: float = 0.0
    per_cycle: float = 1.0
    fixed_minutes: float = 0.0
    calendar: str | None = None
    after: tuple[int, ...] | None = None


@record
class Component:
    """A need of a BoM, kits already replaced by what they are made of.

    ``quantity`` is for one run of the BoM, in the line's own unit, not rounded; the sum for a
    production is rounded up to ``rounding`` (that unit's), then times ``unit_factor`` it is in
    the product's unit. ``place`` tells apart what shares a BoM line: for a kit "45.77", the
    kit's line and then the line inside the kit.
    """

    line_id: int
    item: str
    quantity: float
    place: str = ""
    rounding: float = 0.01
    unit_factor: float = 1.0


@record
class Bom:
    """A bill of materials as it is used in one place.

    ``quantity``: what one run gives, ``batch``: what one automatic production makes (0: any
    quantity), both in the product's unit. ``unit_factor``: product units in one unit of the
    BoM, in which a production's quantity is rounded up to ``unit_rounding``. ``lead_days``: how
    long a production lasts at least; ``operations``: what it needs of work centres.
    """

    bom_id: int
    components: tuple[Component, ...]
    quantity: float = 1.0
    batch: float = 0.0
    unit_factor: float = 1.0
    unit_rounding: float = 0.01
    lead_days: float = 0.0
    operations: tuple[Operation, ...] = ()

    def __post_init__(self):
        """Check what would make quantities or keys wrong without a word."""
        if not (self.quantity > 0 and self.unit_factor > 0 and self.batch >= 0):
            raise NetworkError(f"BoM {self.bom_id}: a quantity that is not positive")
        places = {component.place or component.line_id for component in self.components}
        if len(places) != len(self.components):
            raise NetworkError(f"BoM {self.bom_id}: two components in the same place")
        for index, operation in enumerate(self.operations):
            if not operation.per_cycle > 0 or max(operation.after or (-1,)) >= index:
                raise NetworkError(f"BoM {self.bom_id}: an operation without capacity or order")


@record
class Source:
    """Where an item's shortage comes from, by the rule that core chooses.

    ``supply``: one of ``PROCURED``. ``bom`` is what is consumed: of a production, or of a
    purchase that is subcontracted. ``origin``: the item that a transfer takes from, the same
    product in another place. With a ``fault`` nothing comes, whatever the other fields say.
    ``terms``: the vendor's quantities, or ``offers`` of several vendors, in Odoo's order;
    purchases with the same ``pool`` are one line of one request, rounded once (empty: each by
    itself; ``by_line``: each order line has its own). ``surplus``: what becomes of what the
    vendor's quantities add to the needs.

    Days: ``order_days`` until it is ordered (days to purchase); ``lead_days`` of the vendor or
    of the transfer; ``store_days`` of the receipt or store steps until the goods are where
    they are kept. ``weekday``: the day on which the vendor delivers (1: Monday; 0: any).
    ``shared``: needs with the same words share one document in an order.
    """

    supply: Supply
    bom: Bom | None = None
    origin: str | None = None
    vendor_id: int | None = None
    rule_id: int | None = None
    fault: Fault | None = None
    terms: VendorTerms | None = None
    offers: tuple[Offer, ...] = ()
    pool: str = ""
    by_line: bool = False
    surplus: SurplusPolicy = BUY
    order_days: float = 0.0
    lead_days: float = 0.0
    store_days: float = 0.0
    shared: str = ""
    weekday: int = 0

    def __post_init__(self):
        """Check that the fields fit the kind of supply."""
        if self.supply not in PROCURED:
            raise NetworkError(f"{self.supply!r} is not a supply that can be procured")
        if self.fault:
            return
        if self.supply == PRODUCTION and not self.bom:
            raise NetworkError("a production without a BoM is a fault: say which")
        if (self.supply == TRANSFER) != (self.origin is not None):
            raise NetworkError("a transfer, and only a transfer, has an origin")

    def get_pool(self, line: int) -> str:
        """Return what purchases for an order line (its place) share with those of one line."""
        return f"{self.pool}|{line}" if self.pool and self.by_line else self.pool

    def get_offers(self) -> tuple[Offer, ...]:
        """Return what vendors offer; of a source with terms alone the one offer."""
        if self.offers or not self.terms:
            return self.offers
        return (Offer(self.vendor_id, self.terms),)


@record
class Policy:
    """What a company decided.

    How components are covered, whether what is expected is counted and who is asked of several
    ``vendors`` is decided by who supplies an item, the rest by who sells.

    ``max_demands``: with so many the tree is cut, with a blocker. Nested BoMs can describe more
    demands than any computer holds. ``lead_is_total``: the customer lead time is the least
    from now to the customer, and no shipping on top.
    """

    components: ComponentPolicy = CASCADE
    count_receipts: bool = False
    max_demands: int = 100_000
    lead_is_total: bool = False
    vendors: VendorPolicy = CORE


@record
class Item:
    """A product in the place where it is needed, and how it comes there.

    Demands that core would treat alike share an item: one per product, location and signature
    (routes, custom values, lot, owner).

    ``strategy``: the effective one, as core's rule says it. ``explicit``: the product or its
    category says so, it is not only the default. ``orderpoint_id``: the reordering rule that
    watches the location. ``source``: the rule for the shortage, whatever the strategy (none:
    core finds no rule). ``pools``: the parts of free stock that may satisfy it, in the order
    they are used: none where a custom configuration needs its own goods, those of one lot or
    owner where it is restricted. ``receipts``: expected receipts that may, earliest first.
    ``untracked``: nobody counts it in stock; unless it is made to order there is enough.
    ``delay_days``: from where it is kept to where it is needed, by the steps between.
    ``reordering_days``: how long its reordering rule takes. ``policy``: of the company that
    supplies it, where that is not the one that sells.
    """

    key: str
    product_id: int
    location_id: int
    strategy: Strategy = MTS
    explicit: bool = False
    always_order: bool = False
    orderpoint_id: int | None = None
    source: Source | None = None
    pools: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()
    untracked: bool = False
    delay_days: float = 0.0
    reordering_days: float = 0.0
    policy: Policy | None = None

    def get_policy(self, own: Policy) -> Policy:
        """Return what decides on it; ``own``: the policy of who sells."""
        return self.policy or own


@record
class Receipt:
    """An expected receipt that is tied to nobody: what is left of it, and from when (UTC)."""

    quantity: float
    ready: datetime | None = None


@record
class Network:
    """All that an order may need: items by key, products by id, free quantities by key.

    ``stock`` has one entry for each pool: a product in a part of the warehouse. ``enclosing``:
    of a pool whose part lies within others, the pools of these, so that nothing is counted
    twice. ``calendars``: working time by key.
    """

    items: Mapping[str, Item]
    products: Mapping[int, Product]
    stock: Mapping[str, float] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    enclosing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@record
class LineDemand:
    """A need of an order line: the line's product itself, or one component of a kit.

    ``place``: empty for the product itself, for a kit its BoM lines ("45", "45.77").
    """

    item: str
    quantity: float
    place: str = ""
    bom_line_id: int | None = None


@record
class Line:
    """An order line: ``quantity`` as ordered, in the product's unit, and what it needs.

    ``customer_lead``: days of shipping, or the least total (see the policy);
    ``security_days``: kept free before the customer must have it.
    """

    line_id: int | str
    product_id: int
    quantity: float
    demands: tuple[LineDemand, ...] = ()
    customer_lead: float = 0.0
    security_days: float = 0.0


@record
class Order:
    """An order: its lines in their order, its name to begin every path with.

    ``commitment``: when the customer was told to have it (UTC), if anybody did. ``placed``: when
    it was ordered, if it was.
    """

    order_id: int | str | None
    name: str
    lines: tuple[Line, ...] = ()
    commitment: datetime | None = None
    placed: datetime | None = None
