"""How long each supply of a plan takes, and what the customer's date depends on."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .capacity import Span, Work, days, production_work
from .plan import Plan
from .supply import MISSING, PROCURED, PRODUCTION, RECEIPT, REORDERING, Network, Order, Policy

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one supply takes.

    ``ordering``: before what it consumes has to be there; ``work``: from then to its end;
    ``storing``: from its end until the goods are where they are kept. ``ends_stored``: the
    end that is shown counts the storing. ``fixed``: it is there at that date, whatever anybody
    does. ``shared``: supplies with the same word are one document.
    """

    work: Work = Span()
    ordering: timedelta = _NOTHING
    storing: timedelta = _NOTHING
    ends_stored: bool = False
    fixed: datetime | None = None
    shared: Hashable = None


@dataclass(frozen=True, slots=True)
class LineTiming:
    """What an order line's dates depend on, besides its tree.

    ``shipping``: from the shop to the customer; ``security``: kept free before the promise;
    ``least``: no promise is before it; ``usual``: the promise of a line with nothing made or
    bought to order; ``commitment``: what the customer was told.
    """

    shipping: timedelta = _NOTHING
    security: timedelta = _NOTHING
    least: datetime | None = None
    usual: datetime | None = None
    commitment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leads:
    """All that a plan is scheduled with, in the order of its tuples.

    ``nodes``: None for what never comes. ``delays``: of each demand, from where the goods are
    kept to where they are needed.
    """

    nodes: tuple[Timing | None, ...]
    delays: tuple[timedelta, ...]
    lines: tuple[LineTiming, ...]


def read_leads(plan: Plan, order: Order, network: Network, policy: Policy, now: datetime) -> Leads:
    """Return how long the supplies of a plan take, from what it was made of."""
    items = [network.items[demand.item] for demand in plan.demands]
    nodes = [_Reader(network, node, items[node.demand]) for node in plan.nodes]
    made = _share(nodes)
    return Leads(
        tuple(node.get_timing(made[node.shared]) for node in nodes),
        tuple(days(item.delay_days) for item in items),
        tuple(_read_lines(order, policy, now)),
    )


def _share(readers: Iterable["_Reader"]):
    """Return the quantity made by each document, by the word that its supplies share."""
    made = defaultdict(float)
    for reader in readers:
        made[reader.shared] += (reader.node.quantity + reader.node.surplus) / reader.node.lots
    return made


class _Reader:
    def __init__(self, network, node, item):
        self.node, self._item, self._network = node, item, network
        self._source = item.source if node.supply in PROCURED else None
        self.shared = node.key
        word = self._source and (self._source.shared or self._source.pool)
        if word:
            self.shared = (node.product_id, node.supply, word)

    def get_timing(self, made):
        supply = self.node.supply
        if supply == MISSING:
            return None
        if supply == RECEIPT:
            expected = [self._network.receipts[take.key].ready for take in self.node.takes]
            return Timing(fixed=max((date for date in expected if date), default=datetime.min))
        if supply == REORDERING:
            return Timing(Span(days(self._item.reordering_days)))
        if not self._source:
            return Timing()
        return Timing(
            self._get_work(made),
            ordering=days(self._source.order_days),
            storing=days(self._source.store_days),
            ends_stored=supply != PRODUCTION,
            shared=self.shared,
        )

    def _get_work(self, made):
        if self.node.supply == PRODUCTION:
            return production_work(self._source.bom, made, self._network.calendars)
        return Span(days(self._source.lead_days))


def _read_lines(order, policy, now):
    for line in order.lines:
        lead = days(line.customer_lead)
        yield LineTiming(
            shipping=_NOTHING if policy.lead_is_total else lead,
            security=days(line.security_days),
            least=now + lead if policy.lead_is_total else None,
            usual=now + lead,
            commitment=order.commitment,
        )
