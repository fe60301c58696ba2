"""Planner inputs: of a random network, and of a few products named in a test."""

import planner as p
from networks import FIRST, SECOND
from planner import rounding


def planner_input(spec):
    """Return (order, network, policy) of a network's description."""
    return _Input(spec).build()


def plan_of(spec):
    """Return the plan of a network's description."""
    return p.explode(*planner_input(spec))


class _Input:
    def __init__(self, spec):
        self._spec = spec
        self._specs = spec.by_code()
        self._ids = {product.code: i + 1 for i, product in enumerate(spec.products)}

    def build(self):
        spec = self._spec
        keys = [(code, place) for code in self._ids for place in spec.warehouses]
        network = p.Network(
            items={f"{code}@{place}": self._item(code, place) for code, place in keys},
            products={
                number: p.Product(number, code, "Units", spec.rounding)
                for code, number in self._ids.items()
            },
            stock=self._sums("stock"),
            receipts={key: p.Receipt(sum_) for key, sum_ in self._sums("receipts").items()},
        )
        lines = tuple(self._line(i + 1, *line) for i, line in enumerate(spec.lines))
        policy = p.Policy(components=spec.policy, count_receipts=spec.count_receipts)
        return p.Order(1, "S00001", lines), network, policy

    def _sums(self, name):
        return {
            f"{name}:{product.code}@{place}": quantity
            for product in self._spec.products
            for place, quantity in getattr(product, name)
        }

    def _line(self, line_id, code, quantity, place):
        product = self._specs[code]
        if not product.kit:
            demands = (p.LineDemand(f"{code}@{place}", quantity),)
        else:
            runs = quantity / product.bom_quantity
            demands = tuple(
                p.LineDemand(
                    part.item,
                    rounding.up(part.quantity * runs, part.rounding),
                    part.place,
                    part.line_id,
                )
                for part in self._components(product, place)
            )
        return p.Line(line_id, self._ids[code], quantity, demands)

    def _item(self, code, place):
        product = self._specs[code]
        return p.Item(
            key=f"{code}@{place}",
            product_id=self._ids[code],
            location_id=(FIRST, SECOND).index(place) + 1,
            strategy=product.strategy,
            explicit=product.explicit,
            always_order=product.always_order,
            orderpoint_id=self._ids[code] if product.reordering else None,
            source=self._source(product, place),
            pools=(f"stock:{code}@{place}",),
            receipts=(f"receipts:{code}@{place}",),
        )

    def _source(self, product, place):
        if product.supply == "none" or product.kit:
            return None
        if product.resupplied and place == FIRST:
            return p.Source(p.TRANSFER, origin=f"{product.code}@{SECOND}")
        if product.supply == "make":
            bom = p.Bom(
                self._ids[product.code],
                tuple(self._components(product, place)),
                product.bom_quantity,
                product.batch,
                unit_rounding=self._spec.rounding,
            )
            return p.Source(p.PRODUCTION, bom=bom)
        if not product.vendor:
            return p.Source(p.PURCHASE, fault=p.Fault("no_vendor"))
        return p.Source(p.PURCHASE, vendor_id=1)

    def _components(self, product, place, factor=1.0, above=""):
        """Yield the components, a kit replaced by its own (BoM line ids: product, place)."""
        for number, (code, quantity) in enumerate(product.bom):
            line_id = 100 * self._ids[product.code] + number
            path = f"{above}.{line_id}" if above else str(line_id)
            part = self._specs[code]
            if part.kit:
                yield from self._components(
                    part, place, factor * quantity / part.bom_quantity, path
                )
            else:
                yield p.Component(
                    line_id, f"{code}@{place}", factor * quantity, path, self._spec.rounding
                )


class Shop:
    """Products by name, in one place unless told otherwise, and the plan of an order.

    ``stock`` is what is free; quantities are in the unit, whose rounding is given once.
    """

    def __init__(self, rounding=0.01, **policy):
        self.items, self.products, self.stock, self.receipts = {}, {}, {}, {}
        self.rounding = rounding
        self.policy = p.Policy(**policy)

    def add(self, name, source=None, *, stock=0.0, receipts=(), product=None, **item):
        """Add a product's item; ``product``: another name of the same product elsewhere."""
        number = len(self.items) + 1
        if product:
            number = self.items[product].product_id
        else:
            self.products[number] = p.Product(number, name, "Units", self.rounding)
        if stock:
            self.stock[name] = stock
        expected = {f"{name}+{i}": p.Receipt(quantity) for i, quantity in enumerate(receipts)}
        self.receipts.update(expected)
        item.setdefault("pools", (name,))
        item.setdefault("receipts", tuple(expected))
        self.items[name] = p.Item(name, number, len(self.items) + 1, source=source, **item)

    def buy(self, name, **item):
        """Add a bought product."""
        self.add(name, p.Source(p.PURCHASE, vendor_id=7), **item)

    def make(self, name, needs, *, quantity=1.0, batch=0.0, supply=p.PRODUCTION, **item):
        """Add a product made of ``needs``: quantity by component's name."""
        parts = tuple(
            p.Component(10 * len(self.items) + i, part, per_run, rounding=self.rounding)
            for i, (part, per_run) in enumerate(needs.items(), 1)
        )
        bom = p.Bom(len(self.items) + 1, parts, quantity, batch, unit_rounding=self.rounding)
        self.add(name, p.Source(supply, bom=bom), **item)

    def move(self, name, origin, **item):
        """Add a product that comes from another place."""
        self.add(name, p.Source(p.TRANSFER, origin=origin), **item)

    def order(self, *lines):
        """Return the plan of an order for (name, quantity) lines."""
        ordered = tuple(
            p.Line(i, self.items[name].product_id, quantity, (p.LineDemand(name, quantity),))
            for i, (name, quantity) in enumerate(lines, 1)
        )
        return self.plan(ordered)

    def plan(self, lines):
        """Return the plan of an order for the lines as given."""
        network = p.Network(self.items, self.products, self.stock, self.receipts)
        return p.explode(p.Order(1, "S00001", lines), network, self.policy)


def supplies(plan):
    """Return (product's name, supply, quantity) of every node, in the order of the plan."""
    names = {product.product_id: product.name for product in plan.products}
    return [(names[node.product_id], node.supply, node.quantity) for node in plan.nodes]
