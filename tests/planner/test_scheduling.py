"""Dates: known answers by hand and from the literature."""

from dataclasses import replace
from datetime import datetime, timedelta

import planner as p
import pytest
from builders import Shop
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2025, 3, 3, 8)  # a Monday


def at(days, hours=0):
    """Return the moment so many days after now."""
    return NOW + timedelta(days=days, hours=hours)


def by_name(plan):
    """Return {(product's name, supply): node}; the first, where there are several."""
    names = {product.product_id: product.name for product in plan.products}
    nodes = {}
    for node in plan.nodes:
        nodes.setdefault((names[node.product_id], node.supply), node)
    return nodes


def span(node):
    """Return (start, end, slack) in days from now."""
    return (node.start - NOW).days, (node.end - NOW).days, node.slack_days


def table_shop(**policy):
    """The worked example of the README: a table of a top, legs and screws.

    The vendor of the wood takes 10 days, a top is made in 2, a table in 3, shipping takes 1.
    Of 4 legs 1 is in stock, the others come in 5 days; screws arrive on a confirmed purchase
    on day 6.
    """
    shop = Shop(count_receipts=True, **policy)
    shop.buy("Wood", lead=10)
    shop.make("Top", {"Wood": 1}, lead=2)
    shop.buy("Leg", stock=1, lead=5)
    shop.buy("Screw", receipts=[(8, at(6))], lead=20)
    shop.make("Table", {"Top": 1, "Leg": 4, "Screw": 8}, lead=3, strategy="mto")
    return shop


def test_the_worked_example():
    plan = table_shop().order(("Table", 1), now=NOW, customer_lead=1)
    nodes = by_name(plan)
    assert {key: span(node) for key, node in nodes.items()} == {
        ("Table", "production"): (12, 15, 0),
        ("Top", "production"): (10, 12, 0),
        ("Wood", "purchase"): (0, 10, 0),
        ("Leg", "stock"): (12, 12, 12),
        ("Leg", "purchase"): (7, 12, 7),
        ("Screw", "receipt"): (6, 6, 6),
    }
    assert [key for key, node in nodes.items() if node.critical] == [
        ("Table", "production"),
        ("Top", "production"),
        ("Wood", "purchase"),
    ]
    (line,) = plan.lines
    assert (line.promise_date, line.ship_date) == (at(16), at(15))
    assert (line.lead_days, line.late_days) == (16, 0)
    assert (plan.promise_date, plan.computed_at) == (at(16), NOW)


def test_a_later_commitment_leaves_slack_and_dates_as_late_as_it_allows():
    plan = table_shop().order(("Table", 1), now=NOW, customer_lead=1, commitment=at(20))
    nodes = by_name(plan)
    assert span(nodes["Table", "production"]) == (16, 19, 4)
    assert span(nodes["Wood", "purchase"]) == (4, 14, 4)
    assert nodes["Wood", "purchase"].earliest_start == NOW
    assert nodes["Wood", "purchase"].critical
    assert not nodes["Leg", "purchase"].critical
    assert (plan.promise_date, plan.lines[0].late_days) == (at(16), 0)
    assert not plan.warnings


def test_a_commitment_that_cannot_be_kept_is_told_with_the_node_to_blame():
    plan = table_shop().order(("Table", 1), now=NOW, customer_lead=1, commitment=at(10))
    assert plan.lines[0].late_days == 6
    assert plan.promise_date == at(16)
    assert min(node.start for node in plan.nodes) == NOW  # and nothing before it
    (late,) = plan.warnings
    assert (late.code, late.path) == ("late", ("S00001", "Table", "Top", "Wood"))
    assert dict(late.args) == {"days": 6, "line_id": 1}


def test_what_nobody_moves_any_more_is_to_blame_for_the_time_until_it_comes():
    shop = Shop()
    shop.buy("Wood", lead=2)
    shop.make("Top", {"Wood": 1}, lead=3)
    shop.make("Table", {"Top": 1}, lead=1, strategy="mto")
    line = p.Line(1, shop.items["Table"].product_id, 1, (p.LineDemand("Table", 1),))
    order = p.Order(1, "S00001", (line,), commitment=at(10))
    network = p.Network(shop.items, shop.products)
    tree = p.explode(order, network, shop.policy)
    leads = p.read_leads(tree, order, network, shop.policy, NOW)
    late = p.evolve(leads.nodes[-1], fixed=at(40))
    plan = p.set_dates(tree, p.evolve(leads, nodes=(*leads.nodes[:-1], late)), NOW)
    (blamed,) = plan.warnings
    assert blamed.path == ("S00001", "Table", "Top", "Wood")
    assert dict(blamed.args)["days"] == 34


#: Snyder and Shen, Fundamentals of Supply Chain Theory, figure 6.14: stage, days, what it uses.
FIGURE_6_14 = (
    ("Raw Material", 2, ()),
    ("Process Wafers", 3, ("Raw Material",)),
    ("Package and Test Wafers", 2, ("Process Wafers",)),
    ("Imager Base", 4, ()),
    ("Imager Assembly", 2, ("Package and Test Wafers", "Imager Base")),
    ("Ship to Final Assembly", 3, ("Imager Assembly",)),
    ("Camera", 6, ()),
    ("Circuit Board", 4, ()),
    ("Other Parts", 3, ()),
    (
        "Build, Test, Pack",
        2,
        ("Camera", "Ship to Final Assembly", "Circuit Board", "Other Parts"),
    ),
)


def test_figure_6_14_takes_14_days():
    """What PyPI's stockpyl says of it: ``max_replenishment_time`` 14."""
    shop = Shop()
    for name, lead, parts in FIGURE_6_14:
        if parts:
            shop.make(name, dict.fromkeys(parts, 1), lead=lead, strategy="mto")
        else:
            shop.buy(name, lead=lead)
    plan = shop.order(("Build, Test, Pack", 1), now=NOW)
    assert plan.lines[0].lead_days == 14
    critical = {plan.products[node.product_id - 1].name for node in plan.nodes if node.critical}
    assert critical == {
        "Raw Material",
        "Process Wafers",
        "Package and Test Wafers",
        "Imager Assembly",
        "Ship to Final Assembly",
        "Build, Test, Pack",
    }


def test_every_delay_on_the_way_counts():
    shop = Shop()
    shop.buy("Part", lead=10, order=2, store=1, delay_days=3)
    shop.make("Thing", {"Part": 1}, lead=4, store=2, strategy="mto", delay_days=1)
    plan = shop.order(("Thing", 1), now=NOW, customer_lead=5, security=2)
    nodes = by_name(plan)
    assert span(nodes["Part", "purchase"]) == (0, 13, 0)
    assert span(nodes["Thing", "production"]) == (16, 20, 0)  # and 2 days of store steps
    assert plan.lines[0].ship_date == at(23)
    assert plan.promise_date == at(30)


def test_a_subcontractor_begins_when_the_last_component_is_there():
    shop = Shop()
    shop.buy("Part", lead=10)
    shop.make("Thing", {"Part": 1}, supply=p.PURCHASE, vendor_lead=7, order=3, strategy="mto")
    nodes = by_name(shop.order(("Thing", 1), now=NOW))
    assert span(nodes["Thing", "purchase"]) == (7, 17, 0)  # ordered in the 3 days before
    assert span(nodes["Part", "purchase"]) == (0, 10, 0)


def test_a_production_without_a_lead_time_takes_an_hour():
    shop = Shop()
    shop.make("Thing", {}, strategy="mto")
    (node,) = shop.order(("Thing", 1), now=NOW).nodes
    assert (node.start, node.end) == (NOW, at(0, 1))


def test_a_transfer_takes_the_days_of_its_rules():
    shop = Shop()
    shop.buy("There", lead=5)
    shop.move("Here", "There", lead=2, product="There", strategy="mto")
    plan = shop.order(("Here", 1), now=NOW)
    assert [span(node) for node in plan.nodes] == [(5, 7, 0), (0, 5, 0)]


def test_the_customer_lead_time_as_the_least_total():
    shop = table_shop(lead_is_total=True)
    short = shop.order(("Table", 1), now=NOW, customer_lead=9)
    assert (short.promise_date, short.lines[0].ship_date) == (at(15), at(15))
    long = shop.order(("Table", 1), now=NOW, customer_lead=30)
    assert long.promise_date == at(30)
    assert {node.slack_days for node in long.nodes if node.critical} == {15}


def test_a_line_from_stock_keeps_the_date_of_core():
    shop = Shop()
    shop.buy("Oil", stock=5, strategy="mts_mto", lead=9)
    plan = shop.order(("Oil", 2), now=NOW, customer_lead=4, security=6)
    assert plan.promise_date == at(4)
    assert plan.lines[0].ship_date == NOW  # and not in the past
    assert plan.nodes[0].slack_days == 0


def test_what_nothing_supplies_has_no_dates():
    shop = Shop()
    shop.add("Part")
    shop.make("Thing", {"Part": 1}, lead=2, strategy="mto")
    nodes = by_name(shop.order(("Thing", 1), now=NOW))
    missing = nodes["Part", "missing"]
    assert (missing.start, missing.end, missing.slack_days) == (None, None, None)
    assert span(nodes["Thing", "production"]) == (0, 2, 0)


def test_a_reordering_rule_takes_its_lead_days():
    shop = Shop()
    shop.buy("Part", orderpoint_id=1, reordering_days=8)
    shop.make("Thing", {"Part": 1}, lead=2, strategy="mto")
    assert shop.order(("Thing", 1), now=NOW).promise_date == at(10)


def test_an_overdue_receipt_comes_now():
    shop = Shop(count_receipts=True)
    shop.buy("Part", receipts=[(5, at(-3))], lead=1)
    shop.make("Thing", {"Part": 1}, lead=2, strategy="mto")
    nodes = by_name(shop.order(("Thing", 1), now=NOW))
    assert span(nodes["Part", "receipt"]) == (0, 0, 0)


@pytest.mark.parametrize(("day", "supply"), [(7, "receipt"), (8, "production")])
def test_a_receipt_that_comes_later_than_what_it_replaces_is_left(day, supply):
    """A new part would take 5 days for its screw and 2 to be made."""
    shop = Shop(count_receipts=True)
    shop.buy("Screw", lead=5)
    shop.make("Part", {"Screw": 1}, lead=2, receipts=[(1, at(day))])
    shop.make("Thing", {"Part": 1}, lead=1, strategy="mto")
    plan = shop.order(("Thing", 1), now=NOW)
    assert ("Part", supply) in by_name(plan)
    assert plan.promise_date == at(8)


def test_a_subcontractor_is_asked_when_what_is_sent_there_has_to_be():
    """The vendor takes 4 days from when the cloth is there, and the cloth takes 6."""
    shop = Shop()
    shop.buy("Cloth", lead=6)
    shop.make("Cushion", {"Cloth": 2}, supply=p.PURCHASE, vendor_lead=4)
    shop.buy("Bolt", lead=1, order=2)
    shop.make("Chair", {"Cushion": 1, "Bolt": 1}, lead=1, strategy="mto")
    nodes = by_name(shop.order(("Chair", 1), now=NOW))
    assert nodes["Bolt", "purchase"].ordered == at(9)
    assert span(nodes["Cushion", "purchase"]) == (6, 10, 0)
    assert nodes["Cushion", "purchase"].ordered == NOW
    assert nodes["Chair", "production"].ordered == at(10)


def test_a_vendor_who_delivers_on_one_day_of_the_week():
    """Asked on a Monday at 8, 4 days: Friday, so the Wednesday after, from 6 on.

    Wanted by the second Tuesday after: that Wednesday, until 18.
    """
    shop = Shop()
    shop.add("Cloth", p.Source(p.PURCHASE, lead_days=4, weekday=3))
    shop.make("Chair", {"Cloth": 1}, lead=1, strategy="mto")
    nodes = by_name(shop.order(("Chair", 1), now=NOW))
    assert nodes["Cloth", "purchase"].end == at(9, -2)
    assert nodes["Cloth", "purchase"].earliest_start == at(5, -2)
    assert nodes["Chair", "production"].end == at(10, -2)
    nodes = by_name(shop.order(("Chair", 1), now=NOW, commitment=at(16)))
    assert nodes["Cloth", "purchase"].end == at(9, 10)
    assert nodes["Chair", "production"].start == at(15)


@given(st.integers(1, 7), st.integers(0, 500), st.integers(0, 500), st.integers(0, 20))
def test_forward_and_backward_are_two_sides_of_one_week(weekday, start, end, length):
    work = p.Weekly(timedelta(days=length), weekday)
    start, end = at(0, start), at(0, end)
    assert (work.finish(start) <= end) == (start <= work.begin(end))
    assert work.finish(start).isoweekday() == weekday


def test_a_receipt_is_better_than_nothing_however_late():
    shop = Shop(count_receipts=True)
    shop.add("Part", receipts=[(1, at(90))])
    shop.make("Thing", {"Part": 1}, lead=1, strategy="mto")
    plan = shop.order(("Thing", 1), now=NOW)
    assert ("Part", "receipt") in by_name(plan)
    assert plan.promise_date == at(91)


def test_a_line_that_waits_for_a_receipt_is_promised_when_it_comes():
    shop = Shop(count_receipts=True)
    shop.buy("Part", receipts=[(5, at(6))], lead=9, strategy="mts_mto")
    assert shop.order(("Part", 2), now=NOW, customer_lead=1).promise_date == at(7)


def test_a_line_from_stock_only_takes_no_receipt():
    shop = Shop(count_receipts=True)
    shop.buy("Part", stock=1, receipts=[(5, at(1))], lead=3, orderpoint_id=1)
    plan = shop.order(("Part", 2), now=NOW)
    assert {supply for _name, supply in by_name(plan)} == {"stock", "reordering"}


def test_the_promise_of_the_order_is_that_of_its_last_line():
    shop = Shop()
    shop.make("Fast", {}, lead=2, strategy="mto")
    shop.make("Slow", {}, lead=7, strategy="mto")
    plan = shop.order(("Fast", 1), ("Slow", 1), now=NOW)
    assert [line.promise_date for line in plan.lines] == [at(2), at(7)]
    assert plan.promise_date == at(7)


def test_needs_that_share_a_production_have_its_dates():
    """Needed by the case on day 6 and by the desk on day 8: made once, for the first."""
    shop = Shop()
    shop.buy("Wood", lead=1)
    shop.make("Lock", {"Wood": 1}, lead=2, shared="lock")
    shop.buy("Glass", lead=6)
    shop.make("Case", {"Lock": 1, "Glass": 1}, lead=2)
    shop.make("Desk", {"Case": 1, "Lock": 1}, lead=3, strategy="mto")
    plan = shop.order(("Desk", 1), now=NOW)
    names = {product.product_id: product.name for product in plan.products}
    locks = [node for node in plan.nodes if names[node.product_id] == "Lock"]
    assert [span(node) for node in locks] == [(4, 6, 3), (4, 6, 3)]
    assert plan.promise_date == at(11)


def test_needs_of_one_level_have_productions_of_their_own():
    shop = Shop()
    shop.make("Lock", {}, lead=2, shared="lock")
    shop.make("Case", {"Lock": 1}, lead=1, strategy="mto")
    shop.make("Desk", {"Lock": 1, "Case": 1}, lead=3, strategy="mto")
    plan = shop.order(("Case", 1), ("Desk", 1), now=NOW)
    names = {product.product_id: product.name for product in plan.products}
    locks = [node for node in plan.nodes if names[node.product_id] == "Lock"]
    # The lock of the desk's own case is added to the first case's; the desk's own is apart.
    assert [span(node)[:2] for node in locks] == [(0, 2), (1, 3), (0, 2)]


def test_productions_that_wait_for_each_other_are_taken_apart():
    shop = Shop()
    shop.make("Egg", {"Hen": 1}, lead=1, strategy="mto", shared="egg")
    shop.make("Hen", {"Egg": 1}, lead=5, strategy="mto", shared="hen")
    plan = shop.order(("Egg", 1), ("Hen", 1), now=NOW)
    assert not plan.feasible
    assert plan.promise_date == at(6)


def test_the_same_dates_whoever_asks_first():
    plan = table_shop().order(("Table", 1), now=NOW)
    assert p.to_json(plan) == p.to_json(table_shop().order(("Table", 1), now=NOW))
    assert replace(plan) == plan
