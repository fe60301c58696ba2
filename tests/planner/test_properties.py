"""The invariants of the design, over generated networks (MTO_EXAMPLES for more of them)."""

import os
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import planner as p
import pytest
from builders import plan_of, planner_input
from hypothesis import given
from hypothesis import strategies as st
from networks import generate
from oracle import expected

SEEDS = range(int(os.environ.get("MTO_EXAMPLES", "250")))
PROCURED = ("purchase", "production", "transfer", "reordering", "missing")


@pytest.fixture(scope="module")
def specs():
    roundings = (0.01, 0.01, 1.0, 0.001)
    return [generate(seed, rounding=roundings[seed % 4]) for seed in SEEDS]


@pytest.fixture(scope="module")
def plans(specs):
    return [(spec, plan_of(spec)) for spec in specs]


def networks(**fixed):
    """Networks whose every random choice hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(lambda rng: generate(rng, **fixed))


def exact(value):
    return Fraction(str(value))


def tree(plan):
    """Return [(path of codes, supply, quantity, surplus)] of a plan."""
    names = {product.product_id: product.name for product in plan.products}
    paths, found = [], []
    for demand in plan.demands:
        above = paths[plan.nodes[demand.parent].demand] if demand.parent >= 0 else ()
        paths.append((*above, names[demand.product_id]))
    for node in plan.nodes:
        found.append((paths[node.demand], node.supply, node.quantity, node.surplus))
    return found


def test_the_plan_is_what_the_rules_say(plans):
    for spec, plan in plans:
        assert tree(plan) == expected(spec), spec


@given(networks())
def test_the_plan_is_what_the_rules_say_of_any_network(spec):
    assert tree(plan_of(spec)) == expected(spec)


def test_i3_every_demand_is_covered_once(plans):
    for _spec, plan in plans:
        covered = Counter()
        for node in plan.nodes:
            assert node.quantity > 0
            assert node.surplus >= 0
            covered[node.demand] += exact(node.quantity)
        for index, demand in enumerate(plan.demands):
            assert covered[index] == exact(demand.quantity)


def test_i3_takes_are_the_share(plans):
    for _spec, plan in plans:
        for node in plan.nodes:
            if node.supply in ("stock", "receipt"):
                assert sum(exact(take.quantity) for take in node.takes) == exact(node.quantity)
            else:
                assert not node.takes


def test_i3_nothing_is_taken_twice(specs, plans):
    for spec, (_spec, plan) in zip(specs, plans, strict=True):
        _order, network, policy = planner_input(spec)
        free = {key: exact(quantity) for key, quantity in network.stock.items()}
        if policy.count_receipts:
            free |= {key: exact(x.quantity) for key, x in network.receipts.items()}
        for node in plan.nodes:
            for take in node.takes:
                free[take.key] -= exact(take.quantity)
                assert free[take.key] >= 0
        assert {take.key for take in plan.leftover} == set(free)
        for take in plan.leftover:
            assert abs(exact(take.quantity) - free[take.key]) < 1e-9


def test_levels_come_in_order_and_parents_before_their_parts(plans):
    for _spec, plan in plans:
        order = [(demand.level, demand.parent) for demand in plan.demands]
        assert order == sorted(order)
        for demand in plan.demands:
            if demand.parent >= 0:
                above = plan.demands[plan.nodes[demand.parent].demand]
                assert demand.level == above.level + 1
                assert demand.line == above.line


def test_every_missing_supply_is_listed_with_its_path(plans):
    for _spec, plan in plans:
        paths = {path: supply for path, supply, *_rest in tree(plan) if supply == "missing"}
        issues = (*plan.blockers, *plan.gaps)
        nodes = {node.key: node for node in plan.nodes if node.supply == "missing"}
        assert sorted(issue.key for issue in issues) == sorted(nodes)
        for issue in issues:
            assert issue.code == nodes[issue.key].reason
            assert issue.path[0] == "S00001"
            assert any(issue.path[-len(path) :] == path for path in paths)
        assert plan.feasible == (not nodes)


def test_keys_are_unique_and_stable(specs, plans):
    for spec, (_spec, plan) in zip(specs, plans, strict=True):
        assert len({node.key for node in plan.nodes}) == len(plan.nodes)
        # Other stock moves quantities, it does not rename the demands of the lines.
        other = plan_of(replace(spec, count_receipts=not spec.count_receipts))
        lines = [demand.key for demand in plan.demands if demand.level == 0]
        assert lines == [demand.key for demand in other.demands if demand.level == 0]


def test_i5_planning_twice_is_planning_once(specs, plans):
    for spec, (_spec, plan) in zip(specs, plans, strict=True):
        again = plan_of(spec)
        assert again == plan
        assert p.diff(plan, again) == ()


def test_i5_what_the_plan_leaves_gives_the_next_order_only_the_rest(specs, plans):
    """Planned again on what the first plan left, no stock that it took is found again."""
    for spec, (_spec, plan) in zip(specs, plans, strict=True):
        order, network, policy = planner_input(spec)
        left = {take.key: take.quantity for take in plan.leftover}
        assert left.keys() >= network.stock.keys()
        rest = replace(network, stock={key: left[key] for key in network.stock}, receipts={})
        again = p.explode(order, rest, policy)
        for take in (take for node in again.nodes for take in node.takes):
            assert exact(take.quantity) <= exact(left[take.key])


def test_i8_same_input_same_bytes(specs, plans):
    for spec, (_spec, plan) in zip(specs, plans, strict=True):
        order, network, policy = planner_input(spec)
        shuffled = replace(
            network,
            items=dict(reversed(network.items.items())),
            stock=dict(reversed(network.stock.items())),
            products=dict(reversed(network.products.items())),
        )
        again = p.explode(order, shuffled, policy)
        assert repr(again) == repr(plan)
        assert p.to_json(again) == p.to_json(plan)


def needs_from_outside(spec):
    """Return what is not covered from free quantities, by product."""
    total = Counter()
    for path, supply, quantity, _surplus in tree(plan_of(spec)):
        if supply in PROCURED:
            total[path[-1]] += exact(quantity)
    return total


@given(networks(plain=True), st.integers(0, 99), st.integers(1, 20))
def test_i7_more_stock_never_asks_for_more(spec, which, more):
    which %= len(spec.products)
    product = spec.products[which]
    first = dict(product.stock)
    first[spec.warehouses[0]] = first.get(spec.warehouses[0], 0.0) + more
    richer = replace(product, stock=tuple(first.items()))
    products = (*spec.products[:which], richer, *spec.products[which + 1 :])
    before, after = needs_from_outside(spec), needs_from_outside(replace(spec, products=products))
    assert all(after[code] <= before[code] for code in after)


@given(networks(plain=True), st.integers(0, 99))
def test_i7_a_smaller_order_never_asks_for_more(spec, which):
    which %= len(spec.lines)
    code, quantity, place = spec.lines[which]
    smaller = (code, quantity - 1, place)
    lines = (*spec.lines[:which], smaller, *spec.lines[which + 1 :])
    before, after = needs_from_outside(spec), needs_from_outside(replace(spec, lines=lines))
    assert all(after[code] <= before[code] for code in after)
