"""The tour's fourth step over the API: what the vendors' quantities add to an order."""

import pytest
from rpc import free_stock

#: What the first table and its four chairs leave of the stock that the demo company begins with.
LEFT = {"product_chair": 0, "product_seat": 5, "product_screw": 150 - 24}


@pytest.fixture
def after_the_first_table(paul):
    with free_stock(paul, LEFT):
        yield


@pytest.mark.usefixtures("after_the_first_table")
def test_the_hotels_chairs_and_tables(sofia, paul):
    (order,) = sofia.call("sale.order", "copy", [sofia.ref("order_chairs")])
    plan = sofia.call("sale.order", "get_mto_plan", [order])
    sofia.call("sale.order", "action_cancel", [order])
    supplies = _sum_supplies(plan)
    assert supplies[paul.ref("product_chair")] == {"production": (10, 0)}, "all ten are made"
    assert supplies[paul.ref("product_seat")] == {"stock": (5, 0), "purchase": (5, 7)}
    assert supplies[paul.ref("product_screw")] == {"stock": (126, 0), "purchase": (22, 2)}


def _sum_supplies(plan):
    """{product: {supply: (what is needed, what is left over)}} of a plan."""
    found = {}
    nodes = [node for line in plan["lines"] for node in line["supplies"]]
    for node in nodes:
        nodes += node["supplies"]
        own = found.setdefault(node["product_id"], {})
        quantity, surplus = own.get(node["supply"], (0, 0))
        own[node["supply"]] = (quantity + node["quantity"], surplus + node["surplus"])
    return found
