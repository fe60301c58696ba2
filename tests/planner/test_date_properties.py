"""The invariants of the design on dates, over generated networks."""

import random
from dataclasses import replace
from datetime import timedelta

import planner as p
from builders import NOW, dated_plan_of, office_hours, planner_input
from hypothesis import given
from hypothesis import strategies as st
from networks import generate
from test_properties import PROCURED

SUPPLIED = ("stock", "receipt", "purchase", "production", "transfer", "reordering")


def networks(**fixed):
    """Networks by their seed: times are drawn last, where shrinking would leave none."""
    return st.integers(0, 100_000).map(lambda seed: generate(seed, **fixed))


def dated(node):
    return node.supply != "missing"


@given(networks())
def test_i2_no_date_before_now(spec):
    plan = dated_plan_of(spec)
    for node in plan.nodes:
        dates = (node.start, node.end, node.earliest_start)
        if dated(node):
            assert NOW <= node.start <= node.end
            assert NOW <= node.earliest_start <= node.start
        else:
            assert dates == (None, None, None)
    for line in plan.lines:
        assert line.promise_date is None or line.promise_date >= line.ship_date >= NOW


@given(networks())
def test_i4_the_promise_is_the_end_of_the_critical_path(spec):
    """Without a commitment: each line has a critical node at its top that ends with it."""
    spec = replace(spec, commitment=None)
    plan = dated_plan_of(spec)
    _order, network, _policy = planner_input(spec)
    after = timedelta(days=spec.customer_lead + spec.security)
    lines = {plan.demands[node.demand].line for node in plan.nodes if node.supply in PROCURED[:3]}
    assert all(node.slack_days >= 0 for node in plan.nodes if dated(node))
    for index in lines:
        tops = []
        for node in plan.nodes:
            demand = plan.demands[node.demand]
            if demand.line == index and demand.parent < 0 and dated(node):
                source = network.items[demand.item].source
                stored = node.supply == "production" and source.store_days or 0
                tops.append((node.end + timedelta(days=stored) + after, node.critical))
        if tops:
            assert plan.lines[index].promise_date == max(tops)[0]
            assert max(tops)[1]


@given(networks())
def test_the_policy_of_who_supplies_it_counts_and_not_that_of_who_sells_it(spec):
    order, network, theirs = planner_input(spec, NOW)
    items = {key: replace(item, policy=theirs) for key, item in network.items.items()}
    other = p.Policy(
        components=p.ROUTES_ONLY if theirs.components == p.CASCADE else p.CASCADE,
        count_receipts=not theirs.count_receipts,
        vendors=p.CORE if theirs.vendors == p.CHEAPEST else p.CHEAPEST,
    )
    plan = p.make_plan(order, replace(network, items=items), other, NOW)
    assert plan == dated_plan_of(spec)


@given(networks())
def test_i4_nothing_begins_before_its_components_are_there(spec):
    plan = dated_plan_of(spec)
    _order, network, _policy = planner_input(spec)
    for node in plan.nodes:
        demand = plan.demands[node.demand]
        if demand.parent < 0 or not dated(node):
            continue
        source = network.items[demand.item].source
        stored = source.store_days if source and node.supply == "production" else 0
        assert node.end + timedelta(days=stored) <= plan.nodes[demand.parent].start


@given(networks())
def test_i4_a_later_start_than_the_slack_allows_is_late(spec):
    """A critical purchase with a day more is a later promise; any other is not."""
    spec = replace(spec, commitment=None, vendors="core")
    plan = dated_plan_of(spec)
    order, network, policy = planner_input(spec, NOW)
    for node in plan.nodes:
        if node.supply != "purchase" or node.slack_days < 1:
            continue
        item = network.items[plan.demands[node.demand].item]
        slower = p.expedite(network, {item.product_id: -1}).items[item.key]
        other = replace(network, items={**network.items, item.key: slower})
        after = p.make_plan(order, other, policy, NOW)
        same = [n for n in plan.nodes if plan.demands[n.demand].item == item.key]
        if all(n.slack_days >= 1 for n in same if n.supply == "purchase"):
            assert [x.promise_date for x in after.lines] == [x.promise_date for x in plan.lines]


@given(networks(), st.integers(0, 90))
def test_a_commitment_is_kept_or_told_to_be_late(spec, days):
    free = dated_plan_of(replace(spec, commitment=None))
    told = dated_plan_of(replace(spec, commitment=days))
    commitment = NOW + timedelta(days=days)
    for line, other in zip(free.lines, told.lines, strict=True):
        if spec.vendors == "cheapest" and line.promise_date:
            # Slower vendors may be asked, as long as the commitment is kept.
            assert other.promise_date <= max(line.promise_date, commitment)
        else:
            assert line.promise_date == other.promise_date
        if line.promise_date and other.late_days is not None:
            late = (line.promise_date - commitment).total_seconds() / 86_400
            assert abs(other.late_days - max(late, 0)) < 1e-3
    late_lines = {dict(issue.args)["line_id"] for issue in told.warnings if issue.code == "late"}
    for index, line in enumerate(told.lines):
        supplied = any(
            plan_node.supply in SUPPLIED and told.demands[plan_node.demand].line == index
            for plan_node in told.nodes
        )
        assert (line.line_id in late_lines) == bool(line.late_days and supplied)


@given(networks())
def test_receipts_never_make_anything_later(spec):
    """A receipt is taken only where it comes no later than what it replaces."""
    without = dated_plan_of(replace(spec, count_receipts=False))
    counted = dated_plan_of(replace(spec, count_receipts=True))
    if without.feasible:
        for line, other in zip(counted.lines, without.lines, strict=True):
            assert line.promise_date <= other.promise_date


@given(networks(vendors="cheapest", surplus="buy"))
def test_the_cheapest_vendors_keep_the_promise_of_the_fastest(spec):
    spec = replace(spec, commitment=None)
    cheapest = dated_plan_of(spec)
    fastest = dated_plan_of(replace(spec, vendors="fastest"))
    assert cheapest.promise_date == fastest.promise_date
    for line, other in zip(cheapest.lines, fastest.lines, strict=True):
        assert line.promise_date == other.promise_date


PLAIN = {"plain": True, "count_receipts": False}


def promise_of(spec):
    plan = dated_plan_of(spec)
    return [line.promise_date for line in plan.lines], plan


@given(networks(**PLAIN), st.integers(0, 99), st.integers(1, 20))
def test_i7_more_stock_is_never_later(spec, which, more):
    which %= len(spec.products)
    product = spec.products[which]
    first = dict(product.stock)
    first[spec.warehouses[0]] = first.get(spec.warehouses[0], 0.0) + more
    richer = replace(product, stock=tuple(first.items()))
    products = (*spec.products[:which], richer, *spec.products[which + 1 :])
    before, plan = promise_of(spec)
    after, _plan = promise_of(replace(spec, products=products))
    if plan.feasible:
        assert all(new <= old for new, old in zip(after, before, strict=True))


@given(networks(**PLAIN), st.integers(0, 99))
def test_i7_a_smaller_quantity_is_never_later(spec, which):
    which %= len(spec.lines)
    code, quantity, place = spec.lines[which]
    if quantity <= 1:
        return
    lines = (*spec.lines[:which], (code, quantity - 1, place), *spec.lines[which + 1 :])
    before, plan = promise_of(spec)
    after, _plan = promise_of(replace(spec, lines=lines))
    if plan.feasible:
        assert all(new <= old for new, old in zip(after, before, strict=True))


def test_i8_same_input_same_bytes():
    for seed in range(60):
        spec = generate(seed)
        order, network, policy = planner_input(spec, NOW)
        shuffled = replace(network, items=dict(reversed(network.items.items())))
        plan = p.make_plan(order, network, policy, NOW)
        again = p.make_plan(order, shuffled, policy, NOW)
        assert p.to_json(again) == p.to_json(plan)


def test_forward_and_backward_are_two_sides_of_one_calendar():
    """``finish(start) <= end`` exactly where ``start <= begin(end)``."""
    rng = random.Random(1)
    for _number in range(5000):
        calendar = office_hours()
        first, second = rng.randint(0, 60 * 24 * 60), rng.randint(0, 60 * 24 * 60)
        start, end = (NOW + timedelta(minutes=x) for x in (first, second))
        work = timedelta(minutes=rng.choice((0, 1, 30, 240, 481, rng.randint(0, 12_000))))
        assert (calendar.finish(start, work) <= end) == (start <= calendar.begin(end, work))
        assert calendar.begin(calendar.finish(start, work), work) >= start


def test_the_networks_have_times_worth_it():
    plans = [dated_plan_of(generate(seed)) for seed in range(100)]
    late = [plan for plan in plans if any(line.late_days for line in plan.lines)]
    slack = [plan for plan in plans if any((node.slack_days or 0) > 1 for node in plan.nodes)]
    assert len(late) > 15
    assert len(slack) > 40
