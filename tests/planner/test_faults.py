"""All faults of the whole tree at once, with their paths; cycles; trees without end."""

import planner as p
import pytest
from builders import Shop, supplies


def issues(found):
    return [(issue.code, issue.path) for issue in found]


def test_n21_faults_of_every_line_and_level_at_once():
    shop = Shop()
    shop.make("Table", {"Top": 1, "Screw": 4}, strategy="mto")
    shop.make("Top", {"Wood": 1, "Oil": 1})
    shop.add("Wood", p.Source(p.PURCHASE, fault=p.Fault("no_vendor", args=(("route", "Buy"),))))
    shop.add("Oil")
    shop.buy("Screw")
    shop.add("Chair", strategy="mto")
    shop.add("Bench", p.Source(p.PRODUCTION, fault=p.Fault("no_bom", True)), strategy="mts_mto")
    plan = shop.order(("Table", 1), ("Chair", 1), ("Bench", 1))
    assert issues(plan.blockers) == [
        ("no_rule", ("S00001", "Chair")),
        ("no_bom", ("S00001", "Bench")),
    ]
    # Core waits for a component without an MTO rule, and confirms without a vendor.
    assert issues(plan.gaps) == [
        ("no_vendor", ("S00001", "Table", "Top", "Wood")),
        ("no_rule", ("S00001", "Table", "Top", "Oil")),
    ]
    assert plan.gaps[0].args == (("route", "Buy"),)
    assert plan.gaps[0].key == "1/1/11:missing"
    assert ("Screw", "purchase", 4.0) in supplies(plan)
    assert not plan.feasible


def test_a_fault_covered_by_stock_is_none():
    shop = Shop()
    shop.make("Table", {"Oil": 1}, strategy="mto")
    shop.add("Oil", stock=1)
    assert shop.order(("Table", 1)).feasible


@pytest.mark.parametrize("strategy", ["mto", "mts_mto"])
def test_a_component_that_core_would_procure_by_no_rule_is_a_blocker(strategy):
    shop = Shop()
    shop.make("Table", {"Oil": 1}, strategy="mto")
    shop.add("Oil", strategy=strategy)
    assert issues(shop.order(("Table", 1)).blockers) == [("no_rule", ("S00001", "Table", "Oil"))]


def test_a_line_that_waits_for_stock_is_a_gap():
    shop = Shop()
    shop.buy("Lamp", stock=4)
    plan = shop.order(("Lamp", 10))
    assert issues(plan.gaps) == [("not_in_stock", ("S00001", "Lamp"))]
    assert plan.blockers == ()


def test_the_path_of_a_kit_names_it():
    shop = Shop()
    shop.add("Cup", strategy="mto")
    shop.add("Set")
    plan = shop.plan((p.Line(1, 2, 1.0, (p.LineDemand("Cup", 1.0, "8"),)),))
    assert plan.blockers[0].path == ("S00001", "Set", "Cup")


def test_a_cycle_is_a_blocker_with_its_path():
    shop = Shop()
    shop.make("Table", {"Top": 1, "Leg": 4}, strategy="mto")
    shop.make("Top", {"Board": 2})
    shop.make("Board", {"Top": 1, "Screw": 1})
    shop.buy("Leg")
    shop.buy("Screw")
    plan = shop.order(("Table", 1))
    assert issues(plan.blockers) == [("cycle", ("S00001", "Table", "Top", "Board", "Top"))]
    assert ("Screw", "purchase", 2.0) in supplies(plan)
    assert ("Leg", "purchase", 4.0) in supplies(plan)


def test_a_product_of_itself_and_warehouses_in_a_ring():
    shop = Shop()
    shop.make("Yeast", {"Yeast": 0.5}, strategy="mto")
    shop.move("Lamp", "Lamp in B", strategy="mto")
    shop.move("Lamp in B", "Lamp", product="Lamp")
    plan = shop.order(("Yeast", 1), ("Lamp", 1))
    assert issues(plan.blockers) == [
        ("cycle", ("S00001", "Yeast", "Yeast")),
        ("cycle", ("S00001", "Lamp", "Lamp", "Lamp")),
    ]


def test_stock_breaks_a_cycle():
    shop = Shop()
    shop.make("Yeast", {"Yeast": 0.5}, strategy="mto", stock=0.5)
    plan = shop.order(("Yeast", 1))
    assert plan.feasible
    assert supplies(plan) == [("Yeast", "production", 1.0), ("Yeast", "stock", 0.5)]


def test_a_tree_without_end_is_cut_with_one_blocker():
    shop = Shop(max_demands=500)
    for level in range(40):
        shop.make(f"L{level}", {f"L{level + 1}": 1, f"M{level + 1}": 1}, strategy="mto")
        shop.make(f"M{level}", {f"L{level + 1}": 1, f"M{level + 1}": 1})
    shop.buy("L40")
    shop.buy("M40")
    plan = shop.order(("L0", 1))
    assert [issue.code for issue in plan.blockers] == ["too_large"]
    assert 500 <= len(plan.demands) < 510


def test_a_warning_is_told_once_for_a_product():
    shop = Shop()
    archived = p.Fault("archived_route", args=(("route", "MTO"),))
    shop.make("Table", {"Top": 1}, strategy="mto")
    shop.buy("Top", warnings=(archived,))
    plan = shop.order(("Table", 1), ("Table", 1))
    assert issues(plan.warnings) == [("archived_route", ("S00001", "Table", "Top"))]
    assert plan.warnings[0].args == (("route", "MTO"),)
    assert plan.feasible
