"""Orders that are planned one after the other: what one takes is not free for the next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from .buying import group_purchases
from .offers import Request
from .plan import Plan
from .records import evolve
from .supply import STOCK, Item, Network

#: Of pools of stock those that others lie within: {pool: the pools around it}.
FindEnclosing = Callable[[Iterable[str]], Mapping[str, tuple[str, ...]]]


class Taken:
    """What plans that are carried out first leave of what is free, and what they ask for."""

    def __init__(self):
        self._requests = {}
        self._network = None
        self._pools = {}
        self._left = {}
        self._taken = {}

    def add(self, plan: Plan) -> None:
        """Keep what a plan takes and buys; it was made of the network that was limited last."""
        for places in group_purchases(plan, self._network).values():
            self._keep_request([plan.nodes[place] for place in places], plan)
        self._left.update((take.key, take.quantity) for take in plan.leftover)
        for node in plan.nodes:
            for take in node.takes if node.supply == STOCK else ():
                self._taken[take.key] = self._taken.get(take.key, 0.0) + take.quantity

    def limit(self, network: Network, find_enclosing: FindEnclosing) -> Network:
        """Return the network of the next order, less what the orders before it take.

        Their pools of stock are in it, too: what is left of a place is no more than is left of
        the places that it lies within. It can add to the requests that they make.
        """
        network = self._limit_stock(network, find_enclosing) if self._network else network
        items = {key: self._add_requests(item) for key, item in network.items.items()}
        self._pools.update(dict.fromkeys(network.stock))
        self._network = replace(network, items=items) if self._requests else network
        return self._network

    def _limit_stock(self, network, find_enclosing):
        pools = dict.fromkeys((*network.stock, *self._pools))
        enclosing = find_enclosing(pools)
        within = dict.fromkeys(pools, 0.0)
        for pool, quantity in self._taken.items():
            for around in enclosing.get(pool, ()):
                within[around] += quantity
        stock = {key: self._left[key] for key in self._pools}
        for key, free in network.stock.items():
            stock[key] = min(free, self._left.get(key, free - within[key]))
        receipts = {
            key: replace(
                receipt, quantity=min(receipt.quantity, self._left.get(key, receipt.quantity))
            )
            for key, receipt in network.receipts.items()
        }
        return replace(network, stock=stock, receipts=receipts, enclosing=enclosing)

    def get_pools(self) -> tuple[str, ...]:
        """Return the pools of stock that the plans know."""
        return tuple(self._pools)

    def _keep_request(self, nodes, plan):
        """Keep what one line of a request asks for, where needs of other orders can join it."""
        source = self._network.items[plan.demands[nodes[0].demand].item].source
        bought = nodes[0].purchase
        offer = next(one for one in source.get_offers() if one.vendor_id == bought.vendor_id)
        if not source.pool or (offer.grouping is None and not bought.waits):
            return
        dates = [node.arrives for node in nodes if node.arrives]
        request = Request(
            bought.needed,
            bought.quantity,
            bought.waits,
            min([*dates, *filter(None, [bought.not_after])], default=None),
            "" if bought.waits else offer.grouping,
            min(dates, default=None),
        )
        key = (source.pool, offer.vendor_id)
        self._requests[key] = (request, *self._requests.get(key, ()))

    def _add_requests(self, item: Item) -> Item:
        """Return an item with the requests of the orders before, the newest first."""
        source = item.source
        if not source or not source.pool or not self._requests:
            return item
        offers = tuple(
            offer.with_newest(self._requests.get((source.pool, offer.vendor_id), ()))
            for offer in source.offers
        )
        return evolve(item, source=evolve(source, offers=offers))
