"""Of whom a plan's purchases are bought, in which quantities, and what becomes of the surplus.

Needs that are one line of one request are sized together: the vendor's minimum counts once.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from .lot_sizing import size_purchase
from .offers import ASK, CHEAPEST, CORE, FASTEST, POOL, Offer, Purchase, Tier, VendorPolicy
from .plan import Issue, Node, Plan, path_to
from .records import evolve, record
from .rounding import compare, half_up, is_positive
from .supply import MISSING, PURCHASE, Network, Policy, Source
from .tree import node_key

#: The code of a gap: the vendor sells more than is needed, and a person decides.
UNDECIDED = "surplus_undecided"
#: Why a vendor was chosen.
ONLY, AS_CORE, SOONEST, LEAST = "vendor_only", "vendor_core", "vendor_fastest", "vendor_cheapest"
#: The cheapest of those that keep the promise: another would be cheaper, and late.
IN_TIME = "vendor_in_time"


def size_request(quantity: float, offer: Offer, rounding: float) -> Purchase:
    """Return what is asked of a vendor for one more need of ``quantity`` (product's unit).

    With an open request all its needs are rounded together; what it asks for beyond them stays
    and is used first.
    """
    before = offer.request
    needed = half_up(quantity + (before.needed if before else 0.0), rounding)
    bought = size_purchase(needed, offer.terms, rounding)
    if before and compare(bought.quantity, before.ordered, rounding) < 0:
        surplus = half_up(before.ordered - needed, rounding)
        bought = Purchase(before.ordered / offer.terms.unit_factor, before.ordered, surplus)
    tier = reach(offer.tiers, bought.ordered)
    return evolve(
        bought,
        needed=needed,
        vendor_id=offer.vendor_id,
        price_id=tier and tier.price_id,
        price=tier and tier.price / offer.terms.unit_factor,
        lead_days=tier and tier.lead_days,
        not_after=before and before.arrives,
    )


def reach(tiers: tuple[Tier, ...], ordered: float) -> Tier | None:
    """Return the price for ``ordered`` of the vendor's unit: the lowest of those it reaches.

    Where it reaches none, the first; None where there is none.
    """
    noise = 1e-9 * max(abs(ordered), 1.0)
    reached = [tier for tier in tiers if tier.minimum <= ordered + noise]
    if reached:
        return min(reached, key=lambda tier: (tier.price, tier.rank))
    return min(tiers, key=lambda tier: tier.rank, default=None)


def choose_vendor(
    offers: tuple[Offer, ...],
    quantity: float,
    rounding: float,
    by: VendorPolicy = CORE,
    room: float | None = None,
) -> Purchase:
    """Return what is bought, and of whom, for ``quantity`` (product's unit).

    ``room``: days that the vendor may take, for the cheapest that keeps the promise; where
    nobody does, or nobody knows, the fastest is taken. What counts is all that is paid.
    """
    bought = [size_request(quantity, offer, rounding) for offer in offers]
    if len(offers) == 1:
        return evolve(bought[0], why=ONLY)
    place, why = _pick(offers, bought, quantity, by, room)
    return evolve(bought[place], why=why)


def _pick(offers, bought, quantity, by, room):
    """Return the place of the offer that is taken, and why."""
    places = range(len(offers))
    if by == CORE:
        return min(places, key=lambda place: (_rank(offers[place], quantity), place)), AS_CORE
    # Who delivers on one day of the week may take six days longer.
    leads = [
        (one.lead_days or 0.0) + (6.0 if offer.weekday else 0.0)
        for offer, one in zip(offers, bought, strict=True)
    ]
    costs = [_cost(offer, one) for offer, one in zip(offers, bought, strict=True)]
    in_time = [place for place in places if room is not None and leads[place] <= room]
    if by == FASTEST or not in_time:
        return min(places, key=lambda place: (leads[place], costs[place], place)), SOONEST
    best = min(in_time, key=lambda place: (costs[place], leads[place], place))
    cheaper = any(costs[place] < costs[best] for place in places)
    return best, IN_TIME if cheaper else LEAST


def _rank(offer, quantity):
    """Return where Odoo meets an offer: at the first price that the quantity itself reaches."""
    wanted = quantity / offer.terms.unit_factor
    reached = [tier.rank for tier in offer.tiers if tier.minimum <= wanted + 1e-9]
    return (0, min(reached)) if reached else (1, 0)


def _cost(offer, bought):
    """Return what has to be paid, more than for what the open request asks for already."""
    paid = 0.0
    if offer.request and offer.tiers:
        ordered = offer.request.ordered / offer.terms.unit_factor
        paid = reach(offer.tiers, ordered).price * ordered
    return (bought.price or 0.0) * bought.quantity - paid


def get_lead(source: Source, node: Node) -> float:
    """Return how many days the vendor of a purchase takes."""
    if node.purchase and node.purchase.lead_days is not None:
        return node.purchase.lead_days
    quantity = node.document.quantity if node.document else node.quantity
    for offer in source.offers:
        if offer.vendor_id == node.vendor_id and offer.tiers:
            return reach(offer.tiers, quantity / offer.terms.unit_factor).lead_days
    return source.lead_days


def get_weekday(source: Source, node: Node) -> int:
    """Return the weekday (Monday: 1) on which the vendor of a purchase delivers; 0 for any."""
    for offer in source.offers:
        if offer.vendor_id == node.vendor_id:
            return offer.weekday
    return source.weekday


def is_undecided(source: Source, bought: Purchase, rounding: float) -> bool:
    """Say whether a person has to decide: the surplus grows, and so it was wanted."""
    if source.surplus != ASK:
        return False
    requests = [one.request for one in source.offers if one.vendor_id == bought.vendor_id]
    before = sum(one.ordered - one.needed for one in requests if one)
    return is_positive(bought.surplus - before, rounding)


def hold(source: Source, bought: Purchase, rounding: float) -> Purchase:
    """Return a purchase that waits for other needs if it has to.

    One more need of an open request waits if that does; else it is worth waiting only where
    something would be left over.
    """
    if source.surplus != POOL:
        return bought
    for offer in source.offers:
        if offer.request and offer.vendor_id == bought.vendor_id:
            return replace(bought, waits=offer.request.waits)
    return replace(bought, waits=is_positive(bought.surplus, rounding))


def get_undecided_args(bought: Purchase, unit: str) -> tuple:
    """Return what fills in the text of the gap."""
    return (("needed", bought.needed), ("ordered", bought.quantity), ("unit", unit))


# -- a whole plan ----------------------------------------------------------------------------


@record
class Findings:
    """What is known of a pool only when the plan has dates.

    ``room``: days that its vendor may take; ``wanted``: when it is to arrive (UTC).
    """

    room: float
    wanted: datetime | None


def settle(
    plan: Plan, network: Network, policy: Policy, found: Mapping[str, Findings] | None = None
) -> Plan:
    """Return the plan with its purchases sized, of the vendors that the policies choose.

    ``found``: what the dates say, by pool (see ``find_out``); only these pools are settled
    again. As long as it is not known, the cheapest that keeps the promise stands for the
    fastest, requests of a day or a week for none, and nothing is asked.
    """
    products = {product.product_id: product for product in plan.products}
    nodes, gaps = list(plan.nodes), []
    for pool, places in group_purchases(plan, network).items():
        if found is not None and pool not in found:
            continue  # settled before
        item, product = _item(plan, network, places[0]), products[nodes[places[0]].product_id]
        source, by = item.source, item.get_policy(policy).vendors
        known = found[pool] if found else Findings(None, None)
        source = evolve(source, offers=tuple(one.on(known.wanted) for one in source.get_offers()))
        quantity = half_up(sum(nodes[place].quantity for place in places), product.rounding)
        bought = choose_vendor(source.offers, quantity, product.rounding, by, known.room)
        bought = hold(source, bought, product.rounding)
        provisional = found is None and _needs_dates(source, by)
        if not provisional and is_undecided(source, bought, product.rounding):
            for place in places:
                nodes[place] = _miss(plan, nodes[place], bought)
                gaps.append(_explain(plan, place, nodes[place], product))
        else:
            for place in places:
                nodes[place] = _buy(nodes[place], bought, is_first=place == places[0])
    return replace(plan, nodes=tuple(nodes), gaps=(*plan.gaps, *gaps))


def _needs_dates(source, by):
    """Say whether of whom and with what it is bought depends on dates."""
    several = by == CHEAPEST and len(source.offers) > 1
    return several or any(offer.grouped for offer in source.offers)


def _buy(node, bought, is_first):
    surplus = bought.surplus if is_first else 0.0
    return evolve(node, surplus=surplus, vendor_id=bought.vendor_id, purchase=bought)


def find_out(plan: Plan, network: Network, policy: Policy) -> dict[str, Findings]:
    """Return what a plan with dates says of the pools that have to know it.

    A purchase that consumes nothing can use all its slack, whatever the others use of theirs.
    """
    found = {}
    for pool, places in group_purchases(plan, network).items():
        item = _item(plan, network, places[0])
        source = item.source
        if _needs_dates(source, item.get_policy(policy).vendors):
            nodes = [plan.nodes[place] for place in places]
            found[pool] = Findings(
                min(get_lead(source, node) + (node.slack_days or 0.0) for node in nodes),
                min((node.arrives for node in nodes if node.arrives), default=None),
            )
    return found


def group_purchases(plan: Plan, network: Network) -> dict[str, list[int]]:
    """Return the places of the purchases that are one line of one request, by their pool."""
    pools = {}
    for place, node in enumerate(plan.nodes):
        if node.supply == PURCHASE and not node.document:
            item = _item(plan, network, place)
            source = item and item.source
            if source and source.get_offers() and not source.bom:
                pool = source.get_pool(plan.demands[node.demand].line)
                pools.setdefault(pool or node.key, []).append(place)
    return pools


def _item(plan, network, place):
    return network.items.get(plan.demands[plan.nodes[place].demand].item)


def _miss(plan, node, bought):
    key = node_key(plan.demands[node.demand].key, MISSING)
    missing = replace(node, key=key, supply=MISSING, reason=UNDECIDED, purchase=bought)
    return replace(missing, vendor_id=None, surplus=0.0)


def _explain(plan, place, node, product):
    args = get_undecided_args(node.purchase, product.uom)
    return Issue(UNDECIDED, node.product_id, path_to(plan, place), node.key, args)
