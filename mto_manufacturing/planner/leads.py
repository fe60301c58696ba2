"""How long each supply of a plan takes, and what the customer's date depends on."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

from .buying import get_lead, get_weekday
from .capacity import LEAST_PRODUCTION, Span, Weekly, Work, days, production_work, span
from .plan import Plan
from .records import record
from .supply import MISSING, PRODUCTION, RECEIPT, REORDERING, Network, Order, Policy

_NOTHING = timedelta(0)


@record
class Timing:
    """How long one supply takes.

    ``ordering``: before what it consumes has to be there; ``work``: from then to its end;
    ``storing``: from its end until the goods are where they are kept. ``ends_stored``: the
    end that is shown counts the storing. ``fixed``: it is there at that date, whatever anybody
    does. ``not_before``: it does not begin earlier, though it could. ``not_after``: its end is
    no later, though it could be: others wait for the same document. ``shared``: supplies with
    the same word are one document.
    """

    work: Work = Span()
    ordering: timedelta = _NOTHING
    storing: timedelta = _NOTHING
    ends_stored: bool = False
    fixed: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    shared: Hashable = None


@record
class LineTiming:
    """What an order line's dates depend on, besides its tree.

    ``shipping``: from the shop to the customer; ``security``: kept free before the promise;
    ``least``: no promise is before it; ``usual``: the promise of a line with nothing made or
    bought to order; ``commitment``: what the customer was told of the order, and lateness is
    counted from; ``kept``: what was told of this line, where that is another date.
    """

    shipping: timedelta = _NOTHING
    security: timedelta = _NOTHING
    least: datetime | None = None
    usual: datetime | None = None
    commitment: datetime | None = None
    kept: datetime | None = None


@record
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
    items = [network.items.get(demand.item) for demand in plan.demands]
    nodes = [_Reader(network, node, items[node.demand]) for node in plan.nodes]
    _keep_apart(plan, nodes)
    made = _share(nodes)
    return Leads(
        tuple(node.get_timing(made[node.shared]) for node in nodes),
        tuple(days(item.delay_days) if item else _NOTHING for item in items),
        tuple(_read_lines(order, policy, now)),
    )


def _keep_apart(plan: Plan, readers: "list[_Reader]"):
    """Undo the sharing of productions that are made together.

    Productions are made round by round. Needs of one round have productions of their own;
    those of later rounds add to the first.
    """
    rounds, first = [], {}
    for node, reader in zip(plan.nodes, readers, strict=True):
        parent = plan.demands[node.demand].parent
        number = rounds[parent] if parent >= 0 else 0
        rounds.append(number + (node.supply == PRODUCTION))
        if node.supply != PRODUCTION or reader.shared == node.key:
            continue
        number = rounds[-1]
        known = first.setdefault(reader.shared, (number, reader))
        if number < known[0]:
            # Rounds and levels differ where transfers lie between.
            first[reader.shared] = (number, reader)
    for number, reader in zip(rounds, readers, strict=True):
        known = first.get(reader.shared)
        if known and reader is not known[1] and number == known[0]:
            reader.shared = reader.node.key


def _share(readers: Iterable["_Reader"]):
    """Return the quantity made by each document, by the word that its supplies share."""
    made = defaultdict(float)
    for reader in readers:
        made[reader.shared] += (reader.node.quantity + reader.node.surplus) / reader.node.lots
    return made


class _Reader:
    def __init__(self, network, node, item):
        self.node, self._item, self._network = node, item, network
        source = item and item.source
        self._source = source if source and source.supply == node.supply else None
        self.shared = node.key
        word = self._source and (self._source.shared or self._source.pool)
        if word:
            self.shared = (node.product_id, node.supply, word)

    def get_timing(self, made):
        supply = self.node.supply
        if supply == MISSING:
            return None
        if supply == RECEIPT:
            receipts = self._network.receipts
            expected = [receipts[x.key].ready for x in self.node.takes if x.key in receipts]
            return Timing(fixed=max((date for date in expected if date), default=datetime.min))
        if supply == REORDERING:
            return Timing(span(self._item.reordering_days if self._item else 0.0))
        if not self._source:
            return Timing(Span(LEAST_PRODUCTION if supply == PRODUCTION else _NOTHING))
        return Timing(
            self._get_work(made),
            ordering=days(self._source.order_days),
            storing=days(self._source.store_days),
            ends_stored=supply != PRODUCTION,
            not_after=self.node.purchase and self.node.purchase.not_after,
            shared=self.shared,
        )

    def _get_work(self, made):
        if self.node.supply == PRODUCTION:
            return production_work(self._source.bom, made, self._network.calendars)
        lead = get_lead(self._source, self.node)
        weekday = get_weekday(self._source, self.node)
        return Weekly(days(lead), weekday) if weekday else span(lead)


def _read_lines(order, policy, now):
    placed = order.placed or now
    for line in order.lines:
        lead = days(line.customer_lead)
        yield LineTiming(
            shipping=_NOTHING if policy.lead_is_total else lead,
            security=days(line.security_days),
            least=placed + lead if policy.lead_is_total else None,
            usual=placed + lead,
            commitment=order.commitment,
        )
