"""The rules of netting once more, written from the description of a network alone.

Slow, exact (fractions) and naive: what it says is compared with what the planner says.
"""

import math
from collections import deque
from fractions import Fraction

from networks import FIRST, SECOND


def expected(spec):
    """Return [(path of codes, supply, quantity, surplus)] in breadth first order."""
    return _Oracle(spec).run()


class _Oracle:
    def __init__(self, spec):
        self.spec = spec
        self.specs = spec.by_code()
        self.tick = Fraction(str(spec.rounding))
        self.free = self._free("stock")
        self.due = self._free("receipts") if spec.count_receipts else {}
        self.found = []
        self.bought = {}

    def _free(self, name):
        return {
            (product.code, place): max(Fraction(str(quantity)) // self.tick * self.tick, 0)
            for product in self.spec.products
            for place, quantity in getattr(product, name)
        }

    def nearest(self, value):
        return math.floor(value / self.tick + Fraction(1, 2)) * self.tick

    def above(self, value):
        return math.ceil(value / self.tick) * self.tick

    def run(self):
        waiting = deque()
        for code, quantity, place in self.spec.lines:
            product = self.specs[code]
            parts = [(code, Fraction(str(quantity)))]
            if product.kit:
                runs = Fraction(str(quantity)) / Fraction(str(product.bom_quantity))
                parts = [(c, self.above(q * runs)) for c, q in self.parts(product)]
            for part, need in parts:
                kind = self.specs[part].strategy
                waiting.append(((part,), place, self.nearest(need), kind))
        while waiting:
            waiting.extend(self.cover(*waiting.popleft()))
        for (code, _place), indexes in self.bought.items():
            self.size(self.specs[code], indexes)
        return self.found

    def size(self, product, indexes):
        """Round what is bought together once; ask first where something would be left over."""
        total = sum(Fraction(str(self.found[index][2])) for index in indexes)
        surplus = self.choose(product, total) - total
        undecided = self.spec.vendors == "cheapest" and len(self.sellers(product)[0]) > 1
        for index in indexes:
            path, supply, quantity, _surplus = self.found[index]
            if surplus and self.spec.surplus == "ask" and not undecided:
                self.found[index] = (path, "missing", quantity, 0.0)
            elif index == indexes[0]:
                self.found[index] = (path, supply, quantity, float(surplus))

    def sellers(self, product):
        """Return (who sells it, whether today)."""
        valid = [offer for offer in product.offers if offer.valid == "now"]
        return valid or product.offers, bool(valid)

    def choose(self, product, total):
        """Return how much the chosen vendor is asked for, in the product's unit."""
        sellers, today = self.sellers(product)
        answers = []
        for place, offer in enumerate(sellers):
            factor = 12 if offer.dozens else 1
            least = (offer.minimum or min(offer.tiers)[0]) if today else 0
            step = 1 if offer.dozens else self.tick
            step = Fraction(str(offer.multiple)) if today and offer.multiple else step
            boxes = math.ceil(max(total / factor, Fraction(str(least))) / step) * step
            if self.nearest(boxes * factor) < total:
                boxes += step
            reached = [price for start, price in offer.tiers if start <= boxes]
            price = min(reached) if reached else max(offer.tiers)[1]
            cost = Fraction(str(price)) * boxes / (4 if offer.foreign else 1)
            fits = not any(start <= total / factor for start, _price in offer.tiers)
            key = (fits, place) if self.spec.vendors == "core" else (offer.lead, cost, place)
            answers.append((key, self.nearest(boxes * factor)))
        return min(answers)[1]

    def parts(self, product, factor=Fraction(1)):
        for code, quantity in product.bom:
            each = factor * Fraction(str(quantity))
            part = self.specs[code]
            if part.kit:
                yield from self.parts(part, each / Fraction(str(part.bom_quantity)))
            else:
                yield code, each

    def kind_below(self, product):
        if self.spec.policy == "routes_only":
            return product.strategy
        if product.always_order:
            return "mto"
        return "mts" if product.reordering and not product.explicit else "mts_mto"

    def cover(self, path, place, need, kind):
        code = path[-1]
        product = self.specs[code]
        if kind != "mto":
            waits = len(path) == 1 and kind == "mts"
            due = {} if waits else self.due
            for supply, free in (("stock", self.free), ("receipt", due)):
                taken = min(need, free.get((code, place), 0))
                if taken:
                    free[code, place] -= taken
                    need -= taken
                    self.found.append((path, supply, float(taken), 0.0))
        if not need:
            return
        if kind == "mts":
            supply = "reordering" if product.reordering else "missing"
            self.found.append((path, supply, float(need), 0.0))
            return
        yield from self.procure(path, place, need, product)

    def procure(self, path, place, need, product):
        if product.supply == "none":
            self.found.append((path, "missing", float(need), 0.0))
        elif product.resupplied and place == FIRST:
            self.found.append((path, "transfer", float(need), 0.0))
            yield (*path, path[-1]), SECOND, need, self.kind_below(product)
        elif product.supply == "make":
            batch = Fraction(str(product.batch)) or need
            count = math.ceil(need / batch)
            self.found.append((path, "production", float(need), float(count * batch - need)))
            for code, each in self.parts(product):
                quantity = count * self.above(batch / Fraction(str(product.bom_quantity)) * each)
                if quantity:
                    yield (*path, code), place, quantity, self.kind_below(self.specs[code])
        else:
            supply = "purchase" if product.vendor else "missing"
            if product.offers and supply == "purchase":
                self.bought.setdefault((product.code, place), []).append(len(self.found))
            self.found.append((path, supply, float(need), 0.0))
