"""Orders that are planned one after the other: what one takes is not free for the next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from .plan import Plan
from .supply import STOCK, Network

#: Of pools of stock those that others lie within: {pool: the pools around it}.
FindEnclosing = Callable[[Iterable[str]], Mapping[str, tuple[str, ...]]]


class Taken:
    """What plans that are carried out first leave of what is free."""

    def __init__(self):
        self._pools = {}
        self._left = {}
        self._taken = {}

    def add(self, plan: Plan) -> None:
        """Keep what a plan takes; it was made with what the plans before it left."""
        self._left.update((take.key, take.quantity) for take in plan.leftover)
        for node in plan.nodes:
            for take in node.takes if node.supply == STOCK else ():
                self._taken[take.key] = self._taken.get(take.key, 0.0) + take.quantity

    def limit(self, network: Network, find_enclosing: FindEnclosing) -> Network:
        """Return the network of the next order, less what the orders before it take.

        Their pools of stock are in it, too: what is left of a place is no more than is left of
        the places that it lies within.
        """
        if not self._left:
            self._pools.update(dict.fromkeys(network.stock))
            return network
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
        self._pools = pools
        return replace(network, stock=stock, receipts=receipts, enclosing=enclosing)

    def get_pools(self) -> tuple[str, ...]:
        """Return the pools of stock that the plans know."""
        return tuple(self._pools)
