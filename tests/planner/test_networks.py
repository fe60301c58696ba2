"""The generator gives the networks that the properties are worth something on."""

from networks import generate

SPECS = [generate(seed) for seed in range(300)]


def share(predicate):
    return sum(map(bool, map(predicate, SPECS))) / len(SPECS)


def test_same_seed_same_network():
    assert [generate(seed) for seed in range(20)] == SPECS[:20]


def test_at_least_three_levels():
    assert min(spec.depth() for spec in SPECS) >= 3


def test_components_shared_across_levels():
    assert share(lambda spec: spec.shares_across_levels()) >= 0.3


def test_partial_stock_at_several_levels():
    assert share(lambda spec: len(spec.stocked_levels()) >= 2) >= 0.6


def test_variety():
    assert share(lambda spec: len(spec.lines) > 1) >= 0.5
    assert share(lambda spec: len(spec.warehouses) > 1) >= 0.15
    assert share(lambda spec: spec.policy == "routes_only") >= 0.1
    assert share(lambda spec: spec.count_receipts) >= 0.2
    assert {spec.steps for spec in SPECS} == {1, 2, 3}
    for field in ("kit", "batch", "always_order", "reordering", "resupplied", "receipts"):
        assert share(lambda spec, name=field: any(getattr(x, name) for x in spec.products)) > 0.1


def test_vendors_worth_asking():
    offered = [spec for spec in SPECS if any(product.offers for product in spec.products)]
    assert len(offered) / len(SPECS) >= 0.3
    assert {spec.surplus for spec in offered} == {"buy", "pool", "ask"}
    assert {spec.vendors for spec in offered} == {"core", "fastest", "cheapest"}
    offers = [offer for spec in offered for product in spec.products for offer in product.offers]
    for field in ("minimum", "multiple", "dozens", "foreign", "lead"):
        assert sum(bool(getattr(offer, field)) for offer in offers) > 0.1 * len(offers)
    assert {offer.valid for offer in offers} == {"now", "past", "later"}
    assert any(len(offer.tiers) > 1 for offer in offers)
