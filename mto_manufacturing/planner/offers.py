"""What vendors offer for a product: in which quantities, at what price, how soon."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from .errors import NetworkError
from .records import record

SurplusPolicy = Literal["buy", "pool", "ask"]
#: Order what the vendor sells; the surplus goes to stock.
BUY: SurplusPolicy = "buy"
#: Wait for other needs until it has to be ordered.
POOL: SurplusPolicy = "pool"
#: A person decides.
ASK: SurplusPolicy = "ask"

VendorPolicy = Literal["core", "cheapest", "fastest"]
#: The vendor that Odoo would choose.
CORE: VendorPolicy = "core"
#: The cheapest that keeps the promise.
CHEAPEST: VendorPolicy = "cheapest"
FASTEST: VendorPolicy = "fastest"


@record
class VendorTerms:
    """In which quantities a vendor sells, in the vendor's unit.

    ``unit_factor``: product units in one of the vendor's. ``step``: the least difference
    between two quantities (1.0: whole units only). ``minimum`` and ``multiple``: 0 for none.
    """

    unit_factor: float = 1.0
    step: float = 0.01
    minimum: float = 0.0
    multiple: float = 0.0

    def __post_init__(self):
        """Check what would make quantities wrong without a word."""
        if not (self.unit_factor > 0 and self.step > 0):
            raise NetworkError("a vendor's unit or step that is not positive")
        if self.minimum < 0 or self.multiple < 0:
            raise NetworkError("a vendor's minimum or multiple below zero")


@record
class Tier:
    """One price of a vendor, from ``minimum`` on (vendor's unit).

    ``price``: of one of the vendor's units, in the company's currency. ``lead_days``: until it
    arrives. ``rank``: its place in the order in which Odoo looks at the prices of a product.
    """

    price: float
    minimum: float = 0.0
    lead_days: float = 0.0
    rank: int = 0
    price_id: int | None = None


@record
class Request:
    """An open request that a need would be added to, in the product's unit.

    ``needed``: what others need of it, ``ordered``: what it asks for. ``waits``: for others.
    ``arrives``: when, as it asks (UTC). ``grouping``: which needs are added to it: "" for all,
    "day", "week", or "1" to "7": those that are wanted in the week up to that day (Monday: 1);
    ``dated``: the date that this goes by (UTC). ``joined``: a line of it grows; else the need
    gets one of its own.
    """

    needed: float
    ordered: float
    waits: bool = False
    arrives: datetime | None = None
    grouping: str = ""
    dated: datetime | None = None
    joined: bool = True

    def takes(self, wanted: datetime | None) -> bool:
        """Say whether a need that is wanted on a date is added to this request, as in Odoo."""
        if not self.grouping:
            return True
        if wanted is None or self.dated is None:
            return False
        day, own = wanted.date(), self.dated.date()
        if self.grouping == "day":
            return own == day
        weekday = day.isoweekday()
        if self.grouping == "week":
            first = day - timedelta(days=weekday)
            return first <= own <= day + timedelta(days=6 - weekday)
        return own == day + timedelta(days=(7 + int(self.grouping) - weekday) % 7)


@record
class Offer:
    """What one vendor offers for a product.

    ``tiers``: none where the price is not known. ``request``: the open one that a need would be
    added to; ``grouped``: those of which that depends on the date, in Odoo's order. ``weekday``:
    on which the vendor delivers (Monday: 1), 0 for any. ``grouping``: which needs of other orders
    a new request takes, as that of a request; None for none.
    """

    vendor_id: int | None
    terms: VendorTerms = VendorTerms()
    tiers: tuple[Tier, ...] = ()
    request: Request | None = None
    grouped: tuple[Request, ...] = ()
    weekday: int = 0
    grouping: str | None = None

    def on(self, wanted: datetime | None) -> "Offer":
        """Return the offer for what is wanted on a date: with the request that takes it."""
        found = next((request for request in self.grouped if request.takes(wanted)), None)
        if not found:
            return self
        request = self.request or (found if found.joined else None)
        return replace(self, request=request, grouped=())

    def with_newest(self, requests: tuple[Request, ...]) -> "Offer":
        """Return the offer with requests that Odoo takes before the others."""
        if not requests:
            return self
        return replace(self, request=None, grouped=(*requests, *self.grouped)).at_once()

    def at_once(self) -> "Offer":
        """Return the offer with the request that takes every need, if it is the first."""
        return self if not self.grouped or self.grouped[0].grouping else self.on(None)


@record
class Purchase:
    """What is bought in one line of a request, and of whom.

    ``ordered`` is in the vendor's unit; ``quantity`` (all that is ordered), ``needed`` (of it,
    by all whom it serves) and ``surplus`` in the product's. ``price``: of one of the product's
    units in the company's currency, None where it is not known. ``why``: a code for the choice
    of the vendor. ``waits``: until others need it too, or it has to be ordered. ``not_after``:
    when the request that it is added to arrives, as it asks (UTC).
    """

    ordered: float
    quantity: float
    surplus: float = 0.0
    needed: float = 0.0
    vendor_id: int | None = None
    price_id: int | None = None
    price: float | None = None
    lead_days: float | None = None
    why: str = ""
    waits: bool = False
    not_after: datetime | None = None
