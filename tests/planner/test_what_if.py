"""What if a purchase came sooner?"""

from datetime import datetime, timedelta

import planner as p
import pytest
from builders import Shop

NOW = datetime(2026, 3, 2, 8)


def _promise(sooner=None):
    shop = Shop()
    shop.make("Table", {"Board": 1, "Leg": 4}, strategy="mto")
    shop.add("Board", p.Source(p.PURCHASE, lead_days=10))
    shop.add("Leg", p.Source(p.PURCHASE, lead_days=7))
    network = p.Network(shop.items, shop.products)
    line = p.Line(1, 1, 1.0, (p.LineDemand("Table", 1.0),))
    order = p.Order(1, "S00001", (line,))
    network = p.expedite(network, sooner or {})
    plan = p.schedule(p.explode(order, network), order, network, None, NOW)
    return plan.promise_date - NOW


@pytest.mark.parametrize(
    ("sooner", "days"),
    [
        ({}, 10),
        ({2: 2}, 8),
        ({2: 5}, 7),  # now the legs are what it waits for
        ({2: 5, 3: 5}, 5),
        ({2: 99, 3: 99}, 0),  # no sooner than at once
        ({1: 3}, 10),  # what is made is not bought
        ({3: -4}, 11),
    ],
)
def test_a_purchase_that_comes_sooner(sooner, days):
    assert _promise(sooner) == timedelta(days=days) + (_promise() - timedelta(days=10))
