"""Random supply networks with known content, as plain descriptions.

A description says what to create and nothing of how: it can be given to the planner
(``builders.planner_input``) or created in a database. The same seed, the same network.
"""

import random
from dataclasses import dataclass, replace

FIRST, SECOND = "WH1", "WH2"


@dataclass(frozen=True)
class VendorSpec:
    """What one vendor offers for a product, in the vendor's unit.

    ``number``: of the vendor. ``tiers``: (from this quantity on, price). ``minimum`` and
    ``multiple``: 0 for none. ``dozens``: sold by the dozen. ``foreign``: in a currency of
    which four are one. ``valid``: "now", "past" or "later".
    """

    number: int
    tiers: tuple
    lead: int = 0
    minimum: float = 0.0
    multiple: float = 0.0
    dozens: bool = False
    foreign: bool = False
    valid: str = "now"


@dataclass(frozen=True)
class ProductSpec:
    """A product. Quantities are in its unit.

    ``supply``: how a shortage is covered: "buy", "make", "none" (no rule at all). ``vendor``:
    of a bought product, whether it has one. ``bom``: (component's code, quantity for one run).
    ``kit``: the BoM is of a kit. ``resupplied``: the first warehouse takes it from the second.
    ``stock`` and ``receipts``: (warehouse, quantity). ``lead``: days of its vendor or its
    production; ``hours``: of a work centre for one run, 0: it needs none. ``arrives``: the
    days from now on which its receipts come, one for each; before now: overdue. ``offers``: of
    several vendors, in the order of preference; none: of one, who sells any quantity.

    In a database alone: ``lots``: it is tracked by lots. ``coloured``: it comes in two colours
    that make no variants. For each line of the BoM, ``dozens``: its quantity is in dozens, and
    ``colours``: the one colour (0 or 1) for which it is consumed, or None.
    """

    code: str
    level: int
    strategy: str = "mts"
    explicit: bool = False
    always_order: bool = False
    reordering: bool = False
    supply: str = "buy"
    vendor: bool = True
    bom: tuple = ()
    bom_quantity: float = 1.0
    batch: float = 0.0
    kit: bool = False
    resupplied: bool = False
    stock: tuple = ()
    receipts: tuple = ()
    lead: int = 0
    hours: int = 0
    offers: tuple = ()
    lots: bool = False
    coloured: bool = False
    dozens: tuple = ()
    colours: tuple = ()
    arrives: tuple = ()


@dataclass(frozen=True)
class NetworkSpec:
    """A network and an order for it.

    ``steps``: of production (1 to 3). ``rounding``: of every unit. ``lines``: (product's code,
    quantity, warehouse). ``policy``: "cascade" or "routes_only". ``reservation``: method of
    the warehouses' operations.

    Days: ``customer_lead`` of every line, ``security`` before the customer must have it,
    ``to_purchase`` until a purchase is ordered, ``store`` of the last step of a receipt or of
    storing, ``commitment`` from now (None: nothing was committed).

    ``colours``: what is chosen on each line (0, 1, or None: its product has no colours).

    ``surplus``: "buy", "pool" or "ask"; ``vendors``: "core", "fastest" or "cheapest".
    """

    products: tuple
    lines: tuple
    steps: int = 1
    policy: str = "cascade"
    count_receipts: bool = False
    rounding: float = 0.01
    warehouses: tuple = (FIRST,)
    reservation: str = "at_confirm"
    customer_lead: int = 0
    security: int = 0
    to_purchase: int = 0
    store: int = 0
    commitment: int | None = None
    colours: tuple = ()
    surplus: str = "buy"
    vendors: str = "core"

    def by_code(self):
        """Return the products by code."""
        return {product.code: product for product in self.products}

    def shares_across_levels(self):
        """Say whether a component is used by products of more than one level."""
        users = {}
        for product in self.products:
            for code, _quantity in product.bom:
                users.setdefault(code, set()).add(product.level)
        return any(len(levels) > 1 for levels in users.values())

    def configured(self):
        """Return the codes of what a colour matters for: coloured, or made of what is."""
        found = set()
        for product in reversed(self.products):  # components come after what they are for
            made = product.kit or product.supply == "make"
            below = [code for code, _quantity in product.bom] if made else ()
            if product.coloured or found.intersection(below):
                found.add(product.code)
        return found

    def depth(self):
        """Return the number of levels from the ordered products down, themselves included."""
        return 1 + max(product.level for product in self.products)

    def stocked_levels(self):
        """Return the levels at which something is in stock."""
        return {
            product.level
            for product in self.products
            if any(quantity > 0 for _place, quantity in product.stock)
        }


def generate(seed, *, plain=False, widest=4, **fixed):
    """Return the network of ``seed`` (a number, or a ``random.Random`` to draw from).

    ``plain``: whole quantities, no batches, no kits, one vendor who sells any quantity.
    ``widest``: products of a level at most. ``fixed``: fields of the network, given and not drawn.
    """
    rng = seed if isinstance(seed, random.Random) else random.Random(seed)
    warehouses = (FIRST, SECOND) if rng.random() < 0.25 else (FIRST,)
    warehouses = fixed.get("warehouses", warehouses)
    levels = _codes(rng, widest)
    products = []
    for level, codes in enumerate(levels):
        for place, code in enumerate(codes):
            product = _product(rng, code, level, warehouses, plain)
            if level + 1 < len(levels):
                product = _made(rng, product, place, levels[level + 1 :], plain)
            products.append(product)
    spec = NetworkSpec(
        products=tuple(products),
        lines=_lines(rng, levels, warehouses),
        steps=rng.choice((1, 1, 2, 3)),
        policy="routes_only" if rng.random() < 0.2 else "cascade",
        count_receipts=rng.random() < 0.3,
        warehouses=warehouses,
        reservation=rng.choice(("at_confirm", "at_confirm", "manual", "by_date")),
    )
    spec = _expecting(rng, _shaped(rng, _dated(rng, spec)))
    return replace(spec if plain else _offered(rng, spec), **fixed)


def _dated(rng, spec):
    """Return the network with its times. Drawn last: the rest of a seed stays what it was."""
    products = []
    for product in spec.products:
        made = bool(product.bom) and not product.kit
        product = replace(
            product,
            lead=rng.choice((0, 1, 2, 3, 5)) if made else rng.choice((0, 1, 4, 7, 12)),
            hours=rng.randint(1, 9) if made and rng.random() < 0.4 else 0,
        )
        products.append(product)
    return replace(
        spec,
        products=tuple(products),
        customer_lead=rng.choice((0, 0, 1, 4)),
        security=rng.choice((0, 0, 2)),
        to_purchase=rng.choice((0, 0, 1)),
        store=rng.choice((0, 0, 1)),
        commitment=rng.choice((None, None, 0, 6, 20, 60)),
    )


def _shaped(rng, spec):
    """Return the network with lots, units and colours now and then. Drawn after all else."""
    colourful, odd = rng.random() < 0.3, rng.random() < 0.5
    # Lines of different colours are promised for different days, and core then reserves what is
    # supplied from stock only in the order of these days and not of the lines.
    colourful = colourful and spec.reservation != "by_date"
    products = []
    for product in spec.products:
        positive = all(quantity >= 0 for _place, quantity in product.stock)
        coloured = colourful and rng.random() < 0.5
        lines = range(len(product.bom))
        product = replace(
            product,
            lots=odd and positive and not product.kit and rng.random() < 0.25,
            coloured=coloured,
            dozens=tuple(odd and rng.random() < 0.15 for _line in lines),
            # The first line is for every colour: without any line there is nothing to make.
            colours=tuple(
                rng.choice((0, 1)) if line and coloured and rng.random() < 0.4 else None
                for line in lines
            ),
        )
        products.append(product)
    coloured = {product.code for product in products if product.coloured}
    chosen = tuple(
        rng.choice((0, 1)) if code in coloured else None for code, _quantity, _place in spec.lines
    )
    return replace(spec, products=tuple(products), colours=chosen)


def _expecting(rng, spec):
    """Return the network with the days of its receipts, and more of them where they count.

    Drawn after all else.
    """
    products = []
    for product in spec.products:
        receipts = product.receipts
        if spec.count_receipts and not receipts and rng.random() < 0.5:
            receipts = ((spec.warehouses[0], float(rng.randint(1, 30))),)
        arrives = tuple(rng.choice((-2, 0, 1, 3, 6, 10, 20)) for _receipt in receipts)
        products.append(replace(product, receipts=receipts, arrives=arrives))
    return replace(spec, products=tuple(products))


def _offered(rng, spec):
    """Return the network with vendors that differ now and then. Drawn after all else."""
    if rng.random() < 0.5:
        return spec
    products = []
    for product in spec.products:
        bought = product.supply == "buy" and product.vendor and not product.kit
        if bought and rng.random() < 0.6:
            count = rng.choice((1, 2, 2, 3))
            offers = tuple(_offer(rng, number) for number in rng.sample(range(3), count))
            product = replace(product, offers=offers)
        products.append(product)
    return replace(
        spec,
        products=tuple(products),
        surplus=rng.choice(("buy", "buy", "pool", "ask")),
        vendors=rng.choice(("core", "core", "fastest", "cheapest")),
    )


def _offer(rng, number):
    dozens = rng.random() < 0.3
    first = rng.choice((0, 0, 1, 2) if dozens else (0, 0, 5, 20))
    price = rng.randint(1, 9) * 4.0
    tiers = ((float(first), price),)
    if rng.random() < 0.4:
        tiers += ((float(first + rng.choice((1, 10))), price - 2.0),)
    return VendorSpec(
        number=number,
        tiers=tiers,
        lead=rng.choice((0, 1, 4, 7, 12)),
        minimum=float(rng.choice((0, 0, 0, 3, 12))),
        multiple=float(rng.choice((0, 0, 0, 2, 5))),
        dozens=dozens,
        foreign=rng.random() < 0.3,
        valid=rng.choices(("now", "past", "later"), (8, 1, 1))[0],
    )


def _codes(rng, widest):
    """Return the codes of each level; the first is of the products that can be ordered."""
    levels = []
    for level in range(rng.randint(3, 5)):
        levels.append([f"P{level}{letter}" for letter in "ABCDEFGH"[: rng.randint(1, widest)]])
    return levels


def _product(rng, code, level, warehouses, plain):
    ordered = level == 0
    weights = (2, 5, 3) if ordered else (7, 1.5, 1.5)
    supply = "none" if rng.random() < 0.05 else "buy"
    return ProductSpec(
        code=code,
        level=level,
        strategy=rng.choices(("mts", "mto", "mts_mto"), weights)[0],
        explicit=rng.random() < 0.4,
        always_order=rng.random() < 0.1,
        reordering=rng.random() < 0.1,
        supply=supply,
        vendor=rng.random() < 0.9,
        resupplied=len(warehouses) > 1 and rng.random() < 0.3,
        stock=tuple((place, _quantity(rng, plain)) for place in warehouses if rng.random() < 0.5),
        receipts=tuple(
            (place, _quantity(rng, plain)) for place in warehouses if rng.random() < 0.2
        ),
    )


def _made(rng, product, place, below, plain):
    """Return the product with a BoM: something of the next level, and often of a deeper one."""
    nearest = below[0]
    # Its own neighbour below, so that no product of the network is out of reach of every other.
    codes = [nearest[place % len(nearest)]]
    for level in below:
        codes += [code for code in level if rng.random() < 0.3]
    codes = list(dict.fromkeys(codes))
    return replace(
        product,
        supply="make" if product.supply == "buy" else product.supply,
        bom=tuple((code, _per_run(rng, plain)) for code in codes),
        bom_quantity=1.0 if plain or rng.random() < 0.7 else float(rng.randint(2, 4)),
        batch=0.0 if plain or rng.random() < 0.8 else float(rng.randint(2, 6)),
        kit=not plain and rng.random() < 0.1,
    )


def _per_run(rng, plain):
    if plain or rng.random() < 0.7:
        return float(rng.randint(1, 4))
    return rng.randint(1, 400) / 100


def _quantity(rng, plain):
    if plain or rng.random() < 0.8:
        return float(rng.randint(0, 15))
    return rng.randint(-300, 1500) / 100


def _lines(rng, levels, warehouses):
    """Order mostly what nothing else consumes, now and then a component for itself."""
    lines = []
    for _line in range(rng.choice((1, 2, 2, 3))):
        level = levels[0] if rng.random() < 0.85 else rng.choice(levels)
        lines.append((rng.choice(level), float(rng.randint(1, 12)), rng.choice(warehouses)))
    return tuple(lines)
