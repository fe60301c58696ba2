"""What a plan would be if something were otherwise: the inputs changed, nothing else."""

from collections.abc import Mapping
from dataclasses import replace

from .supply import PURCHASE, Network


def expedite(network: Network, sooner: Mapping[int, float]) -> Network:
    """Return the network with purchases of some products coming ``sooner``, in days.

    Nothing comes before it is ordered: no vendor is faster than at once.
    """
    items = {
        key: _expedite_item(item, sooner[item.product_id]) if item.product_id in sooner else item
        for key, item in network.items.items()
    }
    return replace(network, items=items)


def _expedite_item(item, days):
    source = item.source
    if not source or source.supply != PURCHASE:
        return item
    offers = tuple(
        replace(
            offer,
            tiers=tuple(
                replace(tier, lead_days=max(tier.lead_days - days, 0.0)) for tier in offer.tiers
            ),
        )
        for offer in source.offers
    )
    lead_days = max(source.lead_days - days, 0.0)
    return replace(item, source=replace(source, lead_days=lead_days, offers=offers))
