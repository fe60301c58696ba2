"""The public shape: JSON scalars, the same in both ways to write it, null dates."""

import json
from datetime import datetime

import planner as p
from builders import Shop, plan_of
from networks import generate

NODE = {
    "key": "1/1:purchase",
    "product_id": 2,
    "product": "Top",
    "quantity": 3.0,
    "uom": "Units",
    "supply": "purchase",
    "start": None,
    "end": None,
    "earliest_start": None,
    "slack_days": None,
    "critical": False,
    "reason": {"code": "shortage", "text": None},
    "surplus": 0.0,
    "purchase": None,
    "document": None,
    "supplies": [],
}


def _face():
    shop = Shop()
    shop.make("Table", {"Top": 1}, strategy="mto", batch=4.0)
    shop.buy("Top", stock=1)
    shop.add("Oil")
    return p.plain(shop.order(("Table", 3), ("Oil", 1)))


def test_shape_of_a_line():
    face = _face()
    table = face["lines"][0].pop("supplies")
    assert face["lines"][0] == {
        "line_id": 1,
        "product_id": 1,
        "quantity": 3,
        "promise_date": None,
        "ship_date": None,
        "lead_days": None,
        "late_days": None,
    }
    assert [node["key"] for node in table] == ["1:production"]
    assert table[0]["surplus"] == 1.0
    assert table[0]["supplies"][1] == NODE


def test_shape_of_the_whole():
    face = _face()
    assert face["gaps"] == [
        {
            "code": "not_in_stock",
            "product_id": 3,
            "message": None,
            "path": ["S00001", "Oil"],
            "key": "2:missing",
            "args": {},
        }
    ]
    rest = {key: face[key] for key in face if key not in ("lines", "gaps")}
    assert rest == {
        "version": 1,
        "order_id": 1,
        "computed_at": None,
        "promise_date": None,
        "feasible": False,
        "blockers": [],
        "warnings": [],
    }


def test_text_and_values_are_the_same():
    for seed in range(60):
        plan = plan_of(generate(seed))
        assert json.loads(p.to_json(plan)) == p.plain(plan)


def test_documents_and_dates_of_a_tree_built_by_hand():
    """As the actual documents are read back, and as the scheduling will fill in."""
    order = p.Order(4, "S00004", (p.Line(9, 1, 2.0),))
    tree = p.TreeBuilder(order, {1: p.Product(1, "Table", "Units")})
    need = tree.add_line_demand(0, p.line_key(9), 1, 2.0)
    tree.add_supply(
        need,
        p.PRODUCTION,
        2.0,
        end=datetime(2025, 3, 4, 15),
        document=p.Document("mrp.production", 5, "WH/MO/00005", "confirmed", 10.0),
    )
    (node,) = p.plain(tree.build())["lines"][0]["supplies"]
    assert node["end"] == "2025-03-04T15:00:00"
    assert node["document"] == {
        "model": "mrp.production",
        "id": 5,
        "name": "WH/MO/00005",
        "state": "confirmed",
        "quantity": 10.0,
    }
