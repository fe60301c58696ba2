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
