"""Trees far deeper than Python's stack, and the planner's purity."""

import ast
import json
import sys
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path

import planner as p
import pytest
from builders import NOW, Shop

DEPTH = 5000


@pytest.fixture(scope="module")
def shop():
    shop = Shop()
    for level in range(DEPTH):
        shop.make(f"L{level}", {f"L{level + 1}": 1}, strategy="mto" if not level else "mts")
    shop.add(f"L{DEPTH}")
    return shop


def test_a_deep_tree_is_planned_written_and_compared(shop):
    plan, again = shop.order(("L0", 1)), shop.order(("L0", 1))
    assert plan.demands[-1].level == DEPTH
    assert (plan == again, hash(plan) == hash(again)) == (True, True)
    assert repr(plan) == repr(again)
    assert p.diff(plan, again) == ()
    assert len(p.allocations(plan)) == DEPTH + 1
    assert len(plan.gaps[0].path) == DEPTH + 2


def test_a_deep_tree_has_short_keys(shop):
    plan = shop.order(("L0", 1))
    assert max(len(node.key) for node in plan.nodes) < 200
    assert len({node.key for node in plan.nodes}) == DEPTH + 1


def test_a_deep_tree_has_dates(shop):
    plan = shop.order(("L0", 1), now=NOW)
    assert plan.nodes[0].end == NOW + timedelta(hours=DEPTH)  # an hour for each


def test_a_deep_tree_is_written_whole(shop):
    plan = shop.order(("L0", 1))
    text = p.to_json(plan)
    assert text.count('"supplies": [') == DEPTH + 2
    assert text.endswith("]}" * (DEPTH + 2) + "]}")
    level = p.plain(plan)["lines"][0]
    for _level in range(DEPTH + 1):
        (level,) = level["supplies"]
    assert level["supply"] == "missing"


def test_a_deep_cycle(shop):
    ring = Shop()
    ring.items, ring.products = dict(shop.items), shop.products
    last = p.Bom(1, (p.Component(1, "L0", 1.0),))
    end = shop.items[f"L{DEPTH}"]
    ring.items[end.key] = p.Item(
        end.key, end.product_id, end.location_id, source=p.Source(p.PRODUCTION, bom=last)
    )
    plan = ring.order(("L0", 1))
    assert [issue.code for issue in plan.blockers] == ["cycle"]
    assert plan.blockers[0].path[-1] == "L0"
    assert len(plan.blockers[0].path) == DEPTH + 3


def test_only_the_standard_library_and_itself():
    folder = Path(p.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert node.level == 1, f"{file.name} reaches out of the planner"
                continue
            names = [x.name for x in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names - {"time", "random"}


def test_what_goes_in_and_out_is_frozen(shop):
    plan = shop.order(("L4990", 1))
    for value in (plan, plan.nodes[0], plan.demands[0], plan.gaps[0], shop.items["L1"]):
        assert is_dataclass(value)
        assert hash(value) == hash(value)
        with pytest.raises(AttributeError):
            setattr(value, fields(value)[0].name, None)
    json.dumps(p.plain(plan))
