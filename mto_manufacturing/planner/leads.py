"""How long each supply of a plan takes, and what the customer's date depends on."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from .buying import get_lead, get_weekday
from .capacity import LEAST_PRODUCTION, Span, Weekly, Work, days, production_work, span
from .plan import Node, Plan
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
    sources = [_get_source(node, items[node.demand]) for node in plan.nodes]
    words = _share(plan, sources)
    made = _sum_made(plan.nodes, words)
    return Leads(
        tuple(
            _get_timing(node, items[node.demand], source, word, made, network)
            for node, source, word in zip(plan.nodes, sources, words, strict=True)
        ),
        tuple(days(item.delay_days) if item else _NOTHING for item in items),
        tuple(_read_lines(order, policy, now)),
    )


def _get_source(node, item):
    source = item and item.source
    return source if source and source.supply == node.supply else None


def _share(plan, sources):
    """Return what each supply has in common with those that share its document, or None.

    Productions are made round by round. Needs of one round have productions of their own;
    those of later rounds add to the first.
    """
    words = [
        _get_word(plan, node, source) for node, source in zip(plan.nodes, sources, strict=True)
    ]
    rounds, first = [], {}
    for place, node in enumerate(plan.nodes):
        parent = plan.demands[node.demand].parent
        number = rounds[parent] if parent >= 0 else 0
        rounds.append(number + (node.supply == PRODUCTION))
        if node.supply == PRODUCTION and words[place]:
            number = rounds[place]
            if number < first.setdefault(words[place], (number, place))[0]:
                # Rounds and levels differ where transfers lie between.
                first[words[place]] = (number, place)
    for place, word in enumerate(words):
        number, found = first.get(word, (None, place))
        if place != found and rounds[place] == number:
            words[place] = None
    return words


def _get_word(plan, node, source):
    shared = source and (source.shared or source.get_pool(plan.demands[node.demand].line))
    return (node.product_id, node.supply, shared) if shared else None


def _sum_made(nodes: Iterable[Node], words: Iterable[Hashable | None]):
    """Return the quantity made by each document that supplies share, by their word."""
    made = defaultdict(float)
    for node, word in zip(nodes, words, strict=True):
        if word:
            made[word] += (node.quantity + node.surplus) / node.lots
    return made


def _get_timing(node, item, source, word, made, network):
    supply = node.supply
    if supply == MISSING:
        return None
    if supply == RECEIPT:
        receipts = network.receipts
        expected = [receipts[x.key].ready for x in node.takes if x.key in receipts]
        return Timing(fixed=max((date for date in expected if date), default=datetime.min))
    if supply == REORDERING:
        return Timing(span(item.reordering_days if item else 0.0))
    if not source:
        return Timing(Span(LEAST_PRODUCTION if supply == PRODUCTION else _NOTHING))
    stored = days(source.store_days)
    if supply == PRODUCTION:
        quantity = made[word] if word else (node.quantity + node.surplus) / node.lots
        work = production_work(source.bom, quantity, network.calendars)
        return Timing(work, days(source.order_days), stored, shared=word)
    not_after = node.purchase and node.purchase.not_after
    lead, weekday = get_lead(source, node), get_weekday(source, node)
    return _get_span(lead, weekday, days(source.order_days), stored, not_after, word)


@lru_cache(maxsize=4096)
def _get_span(lead, weekday, ordering, storing, not_after, word):
    """Return the timing of what comes from elsewhere; much of it takes as long."""
    work = Weekly(days(lead), weekday) if weekday else span(lead)
    return Timing(work, ordering, storing, True, not_after=not_after, shared=word)


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
