"""How much is bought: minimums, multiples, units, and needs pooled in one line."""

import planner as p
import pytest
from builders import Shop
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("shortage", "terms", "ordered", "quantity", "surplus"),
    [
        (20, p.VendorTerms(minimum=50), 50, 50, 30),
        (60, p.VendorTerms(minimum=50), 60, 60, 0),
        (20, p.VendorTerms(unit_factor=12, step=1), 2, 24, 4),
        (24, p.VendorTerms(unit_factor=12, step=1), 2, 24, 0),
        (20, p.VendorTerms(unit_factor=12, step=1, minimum=3), 3, 36, 16),
        (20, p.VendorTerms(unit_factor=12, step=1, minimum=3, multiple=2), 4, 48, 28),
        (52, p.VendorTerms(minimum=50, multiple=25), 75, 75, 23),
        (0.35, p.VendorTerms(unit_factor=1000, step=1), 1, 1000, 999.65),
        (1.5, p.VendorTerms(unit_factor=1 / 12, step=1), 18, 1.5, 0),
        (2.35, p.VendorTerms(), 2.35, 2.35, 0),
        (2.35, p.VendorTerms(multiple=0.5), 2.5, 2.5, 0.15),
        (0, p.VendorTerms(minimum=50), 0, 0, 0),
    ],
)
def test_a_vendor_sells_so_much(shortage, terms, ordered, quantity, surplus):
    bought = p.size_purchase(shortage, terms, 0.01)
    assert bought == p.Purchase(ordered, pytest.approx(quantity), pytest.approx(surplus))


@given(
    st.floats(0.01, 1e6),
    st.sampled_from([1 / 12, 0.453592, 1.0, 12.0, 1000.0]),
    st.sampled_from([0.01, 1.0]),
    st.floats(0, 1000).map(lambda x: round(x, 2)),
    st.sampled_from([0.0, 0.5, 1.0, 6.0, 25.0]),
)
def test_enough_and_what_the_vendor_sells(shortage, factor, step, minimum, multiple):
    shortage = round(shortage, 2)
    terms = p.VendorTerms(factor, step, minimum, multiple)
    bought = p.size_purchase(shortage, terms, 0.01)
    assert bought.quantity >= shortage
    assert bought.ordered >= minimum - 1e-9
    lots = bought.ordered / (multiple or step)
    assert lots == pytest.approx(round(lots))
    assert bought.surplus == pytest.approx(bought.quantity - shortage, abs=0.006)
    # And no more than that: a lot less would not do.
    less = bought.ordered - (multiple or step)
    assert less < minimum + 1e-9 or less * factor < shortage + 0.005


def test_terms_that_cannot_be_are_refused():
    for wrong in ({"unit_factor": 0.0}, {"step": 0.0}, {"minimum": -1.0}, {"multiple": -1.0}):
        with pytest.raises(p.NetworkError):
            p.VendorTerms(**wrong)


def test_needs_of_one_request_are_rounded_once():
    shop = Shop()
    terms = p.VendorTerms(unit_factor=12, step=1)
    shop.make("Table", {"Screw": 3}, strategy="mto")
    shop.make("Desk", {"Screw": 4}, strategy="mto")
    shop.add("Screw", p.Source(p.PURCHASE, vendor_id=7, terms=terms, pool="screws"), stock=2)
    screws = [node for node in shop.order(("Table", 3), ("Desk", 2)).nodes if node.product_id == 3]
    assert [(node.supply, node.quantity, node.surplus) for node in screws] == [
        ("stock", 2.0, 0.0),
        ("purchase", 7.0, 9.0),
        ("purchase", 8.0, 0.0),
    ]


def test_without_a_pool_each_need_is_bought_by_itself():
    shop = Shop()
    shop.add(
        "Lamp",
        p.Source(p.PURCHASE, vendor_id=7, terms=p.VendorTerms(minimum=10)),
        strategy="mto",
    )
    plan = shop.order(("Lamp", 3), ("Lamp", 4))
    assert [(node.quantity, node.surplus) for node in plan.nodes] == [(3.0, 7.0), (4.0, 6.0)]
