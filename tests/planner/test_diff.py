"""The plan against documents read back: nothing where they agree, else what differs."""

from dataclasses import replace
from datetime import datetime

import planner as p
import pytest
from builders import Shop


@pytest.fixture
def plan():
    shop = Shop()
    shop.make("Table", {"Top": 1, "Screw": 4}, strategy="mto", batch=5.0)
    shop.buy("Top", stock=2)
    shop.buy("Screw", stock=2)
    return shop.order(("Table", 3), ("Table", 2))


def changed(plan, node_key, /, **values):
    """Return the plan with other values in the node of that key."""
    nodes = (replace(x, **values) if x.key == node_key else x for x in plan.nodes)
    return replace(plan, nodes=tuple(nodes))


def without(plan, key):
    return replace(plan, nodes=tuple(x for x in plan.nodes if x.key != key))


def codes(differences):
    return [(x.code, x.key, x.planned_supply, x.actual_supply) for x in differences]


def test_the_same_tree_differs_in_nothing(plan):
    assert p.diff(plan, plan) == ()
    noisy = changed(plan, "1/2:purchase", quantity=plan.nodes[5].quantity + 0.004)
    assert p.diff(plan, noisy) == ()


def test_a_document_of_several_demands_is_right_where_the_shares_are(plan):
    order = p.Document("purchase.order.line", 3, "P00001", "purchase", 38.0)
    merged = changed(plan, "1/2:purchase", document=order)
    merged = changed(merged, "2/2:purchase", document=order, surplus=1.0)
    assert p.diff(plan, merged) == ()


def test_another_quantity(plan):
    (found,) = p.diff(plan, changed(plan, "1/2:purchase", quantity=17.0))
    assert found == p.Difference("quantity", "1/2", 3, "purchase", "purchase", 18.0, 17.0)


def test_a_supply_that_is_not_there(plan):
    (found,) = p.diff(plan, without(plan, "1/2:purchase"))
    assert found == p.Difference("missing_supply", "1/2", 3, "purchase", None, 18.0, 0.0)


def test_a_supply_that_was_not_planned(plan):
    (found,) = p.diff(without(plan, "1/2:purchase"), plan)
    assert found == p.Difference("extra_supply", "1/2", 3, None, "purchase", 0.0, 18.0)


def test_another_kind_of_supply(plan):
    other = changed(plan, "1/2:purchase", supply="transfer", key="1/2:transfer")
    assert codes(p.diff(plan, other)) == [("kind", "1/2", "purchase", "transfer")]
    smaller = changed(other, "1/2:transfer", quantity=9.0)
    assert codes(p.diff(plan, smaller)) == [
        ("missing_supply", "1/2", "purchase", None),
        ("extra_supply", "1/2", None, "transfer"),
    ]


def test_what_no_peg_ties(plan):
    loose = changed(plan, "2:production", unpegged=1.5)
    assert p.diff(plan, loose) == (
        p.Difference("unpegged", "2", 1, "production", "production", 2.0, 0.5),
    )


def test_a_changed_demand_and_all_that_hangs_on_it(plan):
    shop = Shop()
    shop.make("Table", {"Top": 1, "Screw": 4}, strategy="mto", batch=5.0)
    shop.buy("Top", stock=2)
    shop.buy("Screw", stock=2)
    one_line = shop.order(("Table", 3))
    found = p.diff(plan, one_line)
    assert [x.key for x in found if x.code == "demand_quantity"] == ["2", "2/1", "2/2"]
    assert [x.key for x in found if x.code == "missing_supply"] == ["2", "2/1", "2/2"]
    backwards = p.diff(one_line, plan)
    assert [x.key for x in backwards if x.code == "extra_supply"] == ["2", "2/1", "2/2"]


def test_two_documents_of_one_kind_add_up(plan):
    node = next(x for x in plan.nodes if x.key == "1/2:purchase")
    halves = (replace(node, quantity=10.0), replace(node, quantity=8.0))
    nodes = tuple(x for x in plan.nodes if x is not node) + halves
    assert p.diff(plan, replace(plan, nodes=nodes)) == ()


def test_other_dates(plan):
    """Of documents only: what has none (stock, a quotation's plan) has no dates to differ."""
    dates = datetime(2025, 3, 3), datetime(2025, 3, 5)
    document = p.Document("purchase.order", 3, "P00001", "purchase", 18.0)
    dated = changed(plan, "1/2:purchase", start=dates[0], end=dates[1])
    made = changed(dated, "1/2:purchase", document=document)
    assert p.diff_dates(dated, dated) == ()
    assert p.diff_dates(dated, made) == ()
    assert p.diff_dates(plan, made) == ()
    late = changed(made, "1/2:purchase", end=datetime(2025, 3, 6))
    (found,) = p.diff_dates(dated, late)
    assert (found.key, found.planned) == ("1/2:purchase", dates)
    assert found.actual == (dates[0], datetime(2025, 3, 6))
