"""Planner inputs: of a random network, and of a few products named in a test."""

from dataclasses import replace
from datetime import datetime, timedelta

import planner as p
from networks import FIRST, SECOND
from planner import rounding


def planner_input(spec, now=None):
    """Return (order, network, policy) of a network's description; ``now``: for its dates."""
    order, network, policy = _Input(spec).build()
    if now and spec.commitment is not None:
        order = replace(order, commitment=now + timedelta(days=spec.commitment))
    if now:
        network = replace(network, receipts=_expect(spec, network, now))
    return order, network, policy


def _expect(spec, network, now):
    """Return the receipts of a network with their days."""
    dates = {
        f"receipts:{product.code}@{place}": now + timedelta(days=day)
        for product in spec.products
        for (place, _quantity), day in zip(product.receipts, product.arrives, strict=True)
    }
    return {key: replace(receipt, ready=dates[key]) for key, receipt in network.receipts.items()}


#: The moment at which random networks are planned: a Wednesday afternoon.
NOW = datetime(2025, 3, 5, 14, 20)


def plan_of(spec):
    """Return the plan of a network's description, without dates."""
    return p.explode(*planner_input(spec))


def dated_plan_of(spec, now=NOW):
    """Return the plan of a network's description with its dates."""
    order, network, policy = planner_input(spec, now)
    return p.make_plan(order, network, policy, now)


def office_hours():
    """Return the working time of every work centre in random networks, from ``NOW`` on."""
    monday = datetime(2025, 3, 3)
    return p.Calendar(
        (monday + timedelta(days=day, hours=first), monday + timedelta(days=day, hours=last))
        for day in range(28)
        for first, last in ((7, 11), (12, 16))
        if day % 7 < 5
    )


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
            calendars={"office": office_hours()},
        )
        lines = tuple(self._line(i + 1, *line) for i, line in enumerate(spec.lines))
        policy = p.Policy(
            components=spec.policy, count_receipts=spec.count_receipts, vendors=spec.vendors
        )
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
        days = self._spec.customer_lead, self._spec.security
        return p.Line(line_id, self._ids[code], quantity, demands, *days)

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
            return p.Source(p.TRANSFER, origin=f"{product.code}@{SECOND}", lead_days=1)
        if product.supply == "make":
            bom = p.Bom(
                self._ids[product.code],
                tuple(self._components(product, place)),
                product.bom_quantity,
                product.batch,
                unit_rounding=self._spec.rounding,
                lead_days=product.lead,
                operations=self._operations(product),
            )
            # Batches are productions of their own; of other needs Odoo makes one.
            shared = "" if product.batch else place
            return p.Source(p.PRODUCTION, bom=bom, store_days=self._spec.store, shared=shared)
        if not product.vendor:
            return p.Source(p.PURCHASE, fault=p.Fault("no_vendor"))
        return p.Source(
            p.PURCHASE,
            vendor_id=1,
            order_days=self._spec.to_purchase,
            lead_days=product.lead,
            store_days=self._spec.store,
            offers=tuple(self._offers(product)),
            pool=f"{product.code}@{place}",
            surplus=self._spec.surplus,
        )

    def _offers(self, product):
        """Yield the offers of those who sell it today; of all, in any quantity, if nobody does."""
        valid = [offer for offer in product.offers if offer.valid == "now"]
        rank = 0
        for offer in valid or product.offers:
            factor = 12.0 if offer.dozens else 1.0
            terms = p.VendorTerms(factor, 1.0 if offer.dozens else self._spec.rounding)
            if valid:
                least = offer.minimum or min(tier[0] for tier in offer.tiers)
                terms = replace(terms, minimum=least, multiple=offer.multiple)
            tiers = []
            for minimum, price in sorted(offer.tiers, reverse=True):
                amount = price / 4 if offer.foreign else price
                tiers.append(p.Tier(amount, minimum, offer.lead, rank, price_id=rank))
                rank += 1
            yield p.Offer(offer.number, terms, tuple(tiers))

    def _operations(self, product):
        if not product.hours:
            return ()
        return (
            p.Operation(60 * product.hours, product.bom_quantity, 15, "office"),
            p.Operation(30, product.bom_quantity * 100, calendar="office"),
        )

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
        self.calendars, self.enclosing = {}, {}
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
        pairs = [each if isinstance(each, tuple) else (each, None) for each in receipts]
        expected = {f"{name}+{i}": p.Receipt(*pair) for i, pair in enumerate(pairs)}
        self.receipts.update(expected)
        item.setdefault("pools", (name,))
        item.setdefault("receipts", tuple(expected))
        self.items[name] = p.Item(name, number, len(self.items) + 1, source=source, **item)

    def buy(self, name, *, lead=0, order=0, store=0, **item):
        """Add a bought product; days until it is ordered, of its vendor, of its receipt."""
        days = {"order_days": order, "lead_days": lead, "store_days": store}
        self.add(name, p.Source(p.PURCHASE, vendor_id=7, **days), **item)

    def make(
        self, name, needs, *, quantity=1.0, batch=0.0, supply=p.PRODUCTION, operations=(), **item
    ):
        """Add a product made of ``needs``: quantity by component's name.

        ``lead``, ``vendor_lead``, ``order``, ``store``: days; ``shared``: the document's word.
        """
        parts = tuple(
            p.Component(10 * len(self.items) + i, part, per_run, rounding=self.rounding)
            for i, (part, per_run) in enumerate(needs.items(), 1)
        )
        bom = p.Bom(
            len(self.items) + 1,
            parts,
            quantity,
            batch,
            unit_rounding=self.rounding,
            lead_days=item.pop("lead", 0),
            operations=tuple(operations),
        )
        days = {
            "lead_days": item.pop("vendor_lead", 0),
            "order_days": item.pop("order", 0),
            "store_days": item.pop("store", 0),
        }
        shared = item.pop("shared", "")
        self.add(name, p.Source(supply, bom=bom, shared=shared, **days), **item)

    def move(self, name, origin, *, lead=0, **item):
        """Add a product that comes from another place."""
        self.add(name, p.Source(p.TRANSFER, origin=origin, lead_days=lead), **item)

    def order(self, *lines, now=None, customer_lead=0, security=0, **order):
        """Return the plan of an order for (name, quantity) lines; with ``now``, its dates."""
        ordered = tuple(
            p.Line(
                i,
                self.items[name].product_id,
                quantity,
                (p.LineDemand(name, quantity),),
                customer_lead,
                security,
            )
            for i, (name, quantity) in enumerate(lines, 1)
        )
        return self.plan(ordered, now, **order)

    def plan(self, lines, now=None, **order):
        """Return the plan of an order for the lines as given; with ``now``, its dates."""
        network = p.Network(
            self.items,
            self.products,
            self.stock,
            self.receipts,
            self.calendars,
            self.enclosing,
        )
        wanted = p.Order(1, "S00001", lines, **order)
        if now:
            return p.make_plan(wanted, network, self.policy, now)
        return p.explode(wanted, network, self.policy)


def supplies(plan):
    """Return (product's name, supply, quantity) of every node, in the order of the plan."""
    names = {product.product_id: product.name for product in plan.products}
    return [(names[node.product_id], node.supply, node.quantity) for node in plan.nodes]
