"""A plan in a few words: the steps to its date, what is there, what is short."""

from dataclasses import replace
from datetime import datetime, timedelta

import planner as p
from builders import Shop

NOW = datetime(2025, 3, 3, 8)


def test_what_a_date_waits_for_with_the_shipping_last():
    shop = Shop()
    shop.buy("Wood", lead=10)
    shop.make("Top", {"Wood": 1}, lead=2)
    shop.buy("Leg", stock=1, lead=5)
    shop.add("Glue")
    shop.make("Table", {"Top": 1, "Leg": 4, "Glue": 2}, lead=3, strategy="mto")
    (told,) = p.summarize(shop.order(("Table", 1), now=NOW, customer_lead=1))
    steps = [(step["product"], step["supply"], step["days"]) for step in told["steps"]]
    assert steps == [
        ("Wood", "purchase", 10.0),
        ("Top", "production", 2.0),
        ("Table", "production", 3.0),
        ("", "shipping", 1.0),
    ]
    assert told["steps"][0]["start"] == NOW.isoformat()
    assert told["steps"][-1]["end"] == (NOW + timedelta(days=16)).isoformat()
    assert [(one["product"], one["quantity"]) for one in told["stock"]] == [("Leg", 1.0)]
    assert [(one["product"], one["quantity"]) for one in told["missing"]] == [("Glue", 2.0)]


def test_the_same_goods_on_two_levels_are_one():
    shop = Shop()
    shop.buy("Screw", stock=50)
    shop.make("Top", {"Screw": 4})
    shop.make("Table", {"Top": 1, "Screw": 8}, strategy="mto")
    (told,) = p.summarize(shop.order(("Table", 2), now=NOW))
    assert [(one["product"], one["quantity"]) for one in told["stock"]] == [("Screw", 24.0)]


def test_without_dates_there_are_no_steps():
    shop = Shop()
    shop.make("Table", {"Top": 1}, strategy="mto")
    shop.buy("Top")
    assert p.summarize(shop.order(("Table", 1)))[0]["steps"] == []


def test_what_is_expected_is_in_the_order_of_time_and_without_what_is_done():
    """The documents still have the dates of the plan; the wood comes 30 days later."""
    shop = Shop()
    shop.buy("Wood", lead=10)
    shop.buy("Varnish", lead=10)
    shop.make("Table", {"Wood": 1, "Varnish": 1}, lead=3, strategy="mto")
    plan = shop.order(("Table", 1), now=NOW, customer_lead=1)
    table, wood, varnish = plan.nodes
    later = timedelta(days=30)
    fixed = wood.end + later
    forecast = replace(
        plan,
        nodes=(
            replace(
                table,
                earliest_start=table.earliest_start + later,
                earliest_end=table.earliest_end + later,
            ),
            replace(wood, earliest_start=fixed, earliest_end=fixed),
            varnish,
        ),
        lines=tuple(replace(line, promise_date=line.promise_date + later) for line in plan.lines),
    )
    (told,) = p.summarize(p.expect(plan, forecast, frozenset([varnish.key])))
    assert [(step["product"], step["days"]) for step in told["steps"]] == [
        ("Wood", 40.0),
        ("Table", 3.0),
        ("", 1.0),
    ]
    assert told["steps"][0]["start"] == NOW.isoformat()
    assert told["steps"][-1]["end"] == (NOW + timedelta(days=44)).isoformat()
