"""What became of what was planned: told at the supply, once, and nothing where all is well."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import planner as p
import pytest
from builders import Shop, dated_plan_of
from networks import generate

NOW = datetime(2025, 3, 3, 8)


@pytest.fixture
def plan():
    shop = Shop()
    shop.make("Table", {"Top": 1, "Screw": 4}, strategy="mto", lead=2)
    shop.buy("Top", stock=1, lead=5)
    shop.buy("Screw", lead=3)
    return shop.order(("Table", 3), now=NOW)


def changed(plan, node_key, /, **values):
    nodes = (replace(x, **values) if x.key == node_key else x for x in plan.nodes)
    return replace(plan, nodes=tuple(nodes))


def told(plan, actual):
    """{node key: codes}, by way of JSON, as it is kept."""
    baseline = json.loads(json.dumps(p.freeze(plan)))
    changes = p.compare_with_baseline(baseline, actual)
    return {key: [change.code for change in found] for key, found in changes.items()}


def documented(plan, key, state="draft", **values):
    document = p.Document("purchase.order", 1, "P00001", state, 2.0)
    return changed(plan, key, document=document, **values)


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_is_its_own_baseline(seed):
    plan = dated_plan_of(generate(seed))
    assert told(plan, plan) == {}


def test_a_later_document_has_moved(plan):
    key = "1/1:purchase"
    end = next(node.end for node in plan.nodes if node.key == key)
    later = documented(plan, key, end=end + timedelta(days=8))
    (change,) = p.compare_with_baseline(p.freeze(plan), later)[key]
    assert change == p.Change("moved", (("days", 8.0), ("planned_end", end.isoformat())))
    assert told(plan, documented(plan, key, end=end + timedelta(seconds=40))) == {}
    assert told(plan, documented(plan, key, "done", end=end + timedelta(days=8))) == {}


def test_a_supply_that_is_gone_is_told_at_what_covers_its_need(plan):
    gone = changed(plan, "1/2:purchase", supply="missing", key="1/2:missing")
    assert told(plan, gone) == {"1/2:missing": ["replaced"]}
    less = replace(plan, nodes=tuple(x for x in plan.nodes if x.key != "1/1:purchase"))
    assert told(plan, less) == {"1/1:stock": ["vanished"]}


def test_another_quantity_and_a_lost_tie(plan):
    assert told(plan, changed(plan, "1/2:purchase", quantity=9.0)) == {"1/2:purchase": ["resized"]}
    assert told(plan, changed(plan, "1:production", unpegged=1.0)) == {"1:production": ["untied"]}


def test_another_need_is_told_once_at_the_top(plan):
    shop = Shop()
    shop.make("Table", {"Top": 1, "Screw": 4}, strategy="mto", lead=2)
    shop.buy("Top", stock=1, lead=5)
    shop.buy("Screw", lead=3)
    more = shop.order(("Table", 4), now=NOW)
    assert told(plan, more) == {"1:production": ["need"]}


def test_a_component_more_and_one_less(plan):
    shop = Shop()
    shop.make("Table", {"Top": 1}, strategy="mto", lead=2)
    shop.buy("Top", stock=1, lead=5)
    less = shop.order(("Table", 3), now=NOW)
    assert told(plan, less) == {"1:production": ["need"]}
    baseline = p.freeze(plan)
    assert told(less, plan) == {"1/2:purchase": ["need"]}
    later = replace(
        plan,
        nodes=tuple(
            replace(x, end=x.end and x.end + timedelta(days=3)) if x.supply == "purchase" else x
            for x in plan.nodes
        ),
    )
    moved = p.set_baseline_dates(baseline, later)
    assert p.compare_with_baseline(moved, documented(later, "1/1:purchase")) == {}
