"""Netting by example: the rows of what stock Odoo gets wrong, and each rule of the design."""

import planner as p
import pytest
from builders import Shop, supplies


def test_empty_orders():
    shop = Shop()
    assert shop.order().nodes == ()
    assert shop.order().feasible
    shop.buy("Screw", strategy="mto")
    plan = shop.plan((p.Line(1, 1, 3.0),))
    assert (plan.nodes, plan.lines[0].quantity) == ((), 3.0)


@pytest.mark.parametrize("quantity", [0.0, -3.0, 1e-9, -0.0])
def test_lines_of_nothing_need_nothing(quantity):
    shop = Shop()
    shop.make("Table", {"Top": 1}, strategy="mto")
    shop.buy("Top")
    plan = shop.order(("Table", quantity))
    assert plan.nodes == plan.demands == ()
    assert len(plan.lines) == 1
    assert plan.feasible


def test_huge_quantities_are_kept():
    shop = Shop()
    shop.make("Table", {"Top": 3}, strategy="mts_mto", stock=0.25)
    shop.buy("Top", stock=1e12)
    assert supplies(shop.order(("Table", 1e12))) == [
        ("Table", "stock", 0.25),
        ("Table", "production", 1e12 - 0.25),
        ("Top", "stock", 1e12),
        ("Top", "purchase", 2e12 - 0.75),
    ]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("mts", [("stock", 4.0), ("missing", 6.0)]),
        ("mto", [("purchase", 10.0)]),
        ("mts_mto", [("stock", 4.0), ("purchase", 6.0)]),
    ],
)
def test_order_line_follows_its_strategy(strategy, expected):
    shop = Shop()
    shop.buy("Lamp", stock=4, strategy=strategy)
    assert [x[1:] for x in supplies(shop.order(("Lamp", 10)))] == expected


def test_n1_a_component_without_mto_is_supplied_all_the_same():
    shop = Shop()
    shop.make("Table", {"Frame": 1}, strategy="mto")
    shop.make("Frame", {"Bar": 2})
    shop.make("Bar", {"Steel": 3})
    shop.buy("Steel")
    assert supplies(shop.order(("Table", 1))) == [
        ("Table", "production", 1.0),
        ("Frame", "production", 1.0),
        ("Bar", "production", 2.0),
        ("Steel", "purchase", 6.0),
    ]


def test_n2_stock_first_even_on_an_mto_component():
    shop = Shop()
    shop.make("Table", {"Screw": 20}, strategy="mto")
    shop.buy("Screw", stock=100, strategy="mto")
    assert supplies(shop.order(("Table", 1)))[1:] == [("Screw", "stock", 20.0)]


def test_n3_only_the_shortage_is_bought():
    shop = Shop()
    shop.make("Table", {"Screw": 20}, strategy="mto")
    shop.buy("Screw", stock=5)
    plan = shop.order(("Table", 1))
    assert supplies(plan)[1:] == [("Screw", "stock", 5.0), ("Screw", "purchase", 15.0)]
    assert [node.reason for node in plan.nodes] == ["order", "free_stock", "shortage"]
    assert plan.nodes[1].takes == (p.Take("Screw", 5.0),)
    assert plan.nodes[2].vendor_id == 7


def test_n4_breadth_first_the_upper_level_takes_scarce_stock():
    shop = Shop()
    shop.make("Table", {"Leg": 1, "Screw": 4}, strategy="mto")
    shop.make("Leg", {"Screw": 6})
    shop.buy("Screw", stock=5)
    assert supplies(shop.order(("Table", 1))) == [
        ("Table", "production", 1.0),
        ("Leg", "production", 1.0),
        ("Screw", "stock", 4.0),
        ("Screw", "stock", 1.0),
        ("Screw", "purchase", 5.0),
    ]


def test_n5_order_lines_share_one_ledger_in_line_order():
    shop = Shop()
    shop.buy("Lamp", stock=5, strategy="mts_mto")
    plan = shop.order(("Lamp", 3), ("Lamp", 4))
    assert [(node.key, node.quantity) for node in plan.nodes] == [
        ("1:stock", 3.0),
        ("2:stock", 2.0),
        ("2:purchase", 2.0),
    ]
    assert plan.leftover == (p.Take("Lamp", 0.0),)


def test_n9_each_need_of_a_shared_sub_assembly_has_its_own_supply():
    shop = Shop()
    shop.make("Table", {"Frame": 1}, strategy="mto")
    shop.make("Desk", {"Frame": 2}, strategy="mto")
    shop.buy("Frame")
    frames = [node.key for node in shop.order(("Table", 1), ("Desk", 1)).nodes[2:]]
    assert frames == ["1/1:purchase", "2/11:purchase"]


def test_n14_batches_are_whole_and_the_surplus_is_shown_not_taken():
    shop = Shop()
    shop.make("Table", {"Screw": 3}, strategy="mto", batch=4.0)
    shop.buy("Screw")
    plan = shop.order(("Table", 6), ("Table", 1))
    tables = plan.nodes[:2]
    assert [(x.quantity, x.surplus, x.lots) for x in tables] == [(6.0, 2.0, 2), (1.0, 3.0, 1)]
    assert supplies(plan)[2:] == [("Screw", "purchase", 24.0), ("Screw", "purchase", 12.0)]


def test_n17_stock_that_cannot_satisfy_a_demand_is_left_alone():
    shop = Shop()
    shop.buy("Sign", stock=9, strategy="mts_mto")
    shop.buy("Sign, engraved", product="Sign", strategy="mts_mto", pools=())
    plan = shop.order(("Sign, engraved", 2), ("Sign", 3))
    assert [(node.supply, node.quantity) for node in plan.nodes] == [
        ("purchase", 2.0),
        ("stock", 3.0),
    ]


def test_pools_are_used_in_their_order():
    shop = Shop()
    shop.buy("Sign", stock=9, strategy="mts_mto", pools=("lot B", "Sign"))
    shop.stock["lot B"] = 2.005
    plan = shop.order(("Sign", 4))
    assert plan.nodes[0].takes == (p.Take("lot B", 2.0), p.Take("Sign", 2.0))
    # What is less than the unit's rounding cannot be taken, and is not lost.
    assert plan.leftover[1].quantity == pytest.approx(0.005)


def test_always_order_ignores_stock():
    shop = Shop()
    shop.make("Table", {"Top": 1}, strategy="mto")
    shop.buy("Top", stock=9, always_order=True, orderpoint_id=3)
    assert supplies(shop.order(("Table", 2)))[1:] == [("Top", "purchase", 2.0)]


@pytest.mark.parametrize(
    ("explicit", "rest"), [(False, ("reordering", 15.0)), (True, ("purchase", 15.0))]
)
def test_a_reordering_rule_looks_after_what_nobody_gave_a_strategy(explicit, rest):
    shop = Shop()
    shop.make("Table", {"Screw": 20}, strategy="mto")
    shop.buy("Screw", stock=5, orderpoint_id=3, explicit=explicit)
    plan = shop.order(("Table", 1))
    assert [x[1:] for x in supplies(plan)[1:]] == [("stock", 5.0), rest]
    assert plan.feasible


def test_routes_only_is_as_core():
    shop = Shop(components=p.ROUTES_ONLY)
    shop.make("Table", {"A": 1, "B": 1, "C": 1, "D": 1}, strategy="mto")
    shop.buy("A", stock=0.5, strategy="mto")
    shop.buy("B", stock=0.5, strategy="mts_mto")
    shop.buy("C", stock=0.5, always_order=True)
    shop.buy("D", stock=0.5, orderpoint_id=3)
    assert supplies(shop.order(("Table", 1)))[1:] == [
        ("A", "purchase", 1.0),
        ("B", "stock", 0.5),
        ("B", "purchase", 0.5),
        ("C", "stock", 0.5),
        ("C", "missing", 0.5),
        ("D", "stock", 0.5),
        ("D", "reordering", 0.5),
    ]


@pytest.mark.parametrize("counted", [False, True])
def test_expected_receipts_come_after_stock_where_they_are_counted(counted):
    shop = Shop(count_receipts=counted)
    shop.buy("Lamp", stock=2, receipts=(3, 4), strategy="mts_mto")
    plan = shop.order(("Lamp", 10))
    parts = [(node.supply, node.quantity) for node in plan.nodes]
    if counted:
        assert parts == [
            ("stock", 2.0),
            ("receipt", 3.0),
            ("receipt", 4.0),
            ("purchase", 1.0),
        ]
        assert plan.nodes[1].takes == (p.Take("Lamp+0", 3.0),)
        assert plan.nodes[2].takes == (p.Take("Lamp+1", 4.0),)
    else:
        assert parts == [("stock", 2.0), ("purchase", 8.0)]


def test_what_another_company_supplies_goes_by_its_own_policy():
    for own, other, rest in (
        (p.ROUTES_ONLY, p.CASCADE, "purchase"),
        (p.CASCADE, p.ROUTES_ONLY, "missing"),
    ):
        shop = Shop(components=own)
        shop.make("Table", {"Top": 1}, strategy="mto")
        shop.buy("Top", stock=1, policy=p.Policy(components=other))
        assert supplies(shop.order(("Table", 3)))[1:] == [
            ("Top", "stock", 1.0),
            ("Top", rest, 2.0),
        ]


@pytest.mark.parametrize("counted", ["Lamp", "Bulb"])
def test_each_company_counts_what_is_expected_there_or_not(counted):
    shop = Shop(count_receipts=counted == "Lamp")
    shop.make("Lamp", {"Bulb": 1}, receipts=(3,), strategy="mts_mto")
    policy = p.Policy(count_receipts=counted == "Bulb")
    shop.buy("Bulb", receipts=(4,), policy=policy)
    plan = shop.order(("Lamp", 10))
    takes = [take for node in plan.nodes for take in node.takes]
    assert takes == [p.Take(f"{counted}+0", 3.0 if counted == "Lamp" else 4.0)]


def test_transfers_through_three_warehouses():
    shop = Shop()
    shop.move("Lamp", "Lamp in B", stock=1, strategy="mts_mto")
    shop.move("Lamp in B", "Lamp in C", stock=2, product="Lamp")
    shop.make("Lamp in C", {"Bulb": 1}, stock=3, product="Lamp")
    shop.buy("Bulb")
    plan = shop.order(("Lamp", 10))
    assert [(node.key, node.supply, node.quantity) for node in plan.nodes] == [
        ("1:stock", "stock", 1.0),
        ("1:transfer", "transfer", 9.0),
        ("1/@2:stock", "stock", 2.0),
        ("1/@2:transfer", "transfer", 7.0),
        ("1/@2/@3:stock", "stock", 3.0),
        ("1/@2/@3:production", "production", 4.0),
        ("1/@2/@3/21:purchase", "purchase", 4.0),
    ]


def test_subcontracting_is_exploded_like_a_production():
    shop = Shop()
    shop.make("Table", {"Top": 2}, supply=p.PURCHASE, strategy="mto")
    shop.buy("Top", stock=1)
    assert supplies(shop.order(("Table", 1))) == [
        ("Table", "purchase", 1.0),
        ("Top", "stock", 1.0),
        ("Top", "purchase", 1.0),
    ]


def test_a_kit_on_the_line_is_its_components():
    shop = Shop()
    shop.buy("Cup", strategy="mto")
    shop.buy("Plate", stock=9)
    shop.add("Set")
    needs = (p.LineDemand("Cup", 4.0, "8", 8), p.LineDemand("Plate", 4.0, "9.2", 2))
    plan = shop.plan((p.Line(5, 3, 2.0, needs),))
    assert [node.key for node in plan.nodes] == ["5/8:purchase", "5/9.2:stock"]
    assert [demand.bom_line_id for demand in plan.demands] == [8, 2]


@pytest.mark.parametrize(
    ("unit", "expected"), [(1.0, 2.0), (0.5, 1.5), (0.01, 1.17), (0.001, 1.167)]
)
def test_components_are_rounded_up(unit, expected):
    shop = Shop(rounding=unit)
    shop.make("Table", {"Paint": 3.5}, quantity=3.0, strategy="mto")
    shop.buy("Paint")
    assert supplies(shop.order(("Table", 1)))[1][2] == expected


def test_units_of_bom_and_of_component():
    """Two pieces of a product whose BoM is per dozen, with a component in grams, bought in kg."""
    shop = Shop()
    shop.buy("Flour")
    gram = p.Component(1, "Flour", 500.0, rounding=1.0, unit_factor=0.001)
    bom = p.Bom(1, (gram,), quantity=12.0, unit_factor=12.0)
    shop.add("Loaf", p.Source(p.PRODUCTION, bom=bom), strategy="mto")
    plan = shop.order(("Loaf", 2))
    # 0.17 dozen are 2.04 pieces; they need 85 g, which are 0.09 kg.
    assert [(x[1], x[2]) for x in supplies(plan)] == [("production", 2.0), ("purchase", 0.09)]
    assert plan.nodes[0].surplus == 0.04


def test_each_lot_rounds_its_own_needs_up():
    shop = Shop(rounding=1.0)
    shop.make("Table", {"Paint": 0.3}, batch=2.0, strategy="mto")
    shop.buy("Paint")
    assert supplies(shop.order(("Table", 6)))[1] == ("Paint", "purchase", 3.0)


def test_allocations_by_the_key_of_the_demand():
    shop = Shop()
    shop.make("Table", {"Screw": 20}, strategy="mto")
    shop.buy("Screw", stock=5)
    found = p.allocations(shop.order(("Table", 1)))
    assert [x.supply for x in found["1"]] == ["production"]
    assert found["1/1"] == (
        p.Allocation("1/1:stock", "stock", 5.0, (p.Take("Screw", 5.0),)),
        p.Allocation("1/1:purchase", "purchase", 15.0),
    )


def test_what_lies_within_another_pool_is_counted_once():
    pools = {"stock": 8.0, "shelf": 5.0}
    ledger = p.Ledger(pools, {"shelf": ("stock",)})
    assert ledger.take(("shelf",), 3.0, 0.01) == (p.Take("shelf", 3.0),)
    assert ledger.leftover() == {"stock": 5.0, "shelf": 2.0}
    assert ledger.take(("stock",), 4.0, 0.01) == (p.Take("stock", 4.0),)
    assert ledger.take(("shelf",), 2.0, 0.01) == (p.Take("shelf", 1.0),)
    assert ledger.take(("stock",), 1.0, 0.01) == ()


def test_a_plan_takes_no_more_than_the_place_around_holds():
    shop = Shop()
    shop.make("Table", {"Top": 4, "Leg": 4}, strategy="mto")
    shop.buy("Top", stock=5)
    shop.buy("Leg", stock=5, product="Top")
    shop.enclosing = {"Leg": ("Top",)}
    assert supplies(shop.order(("Table", 1))) == [
        ("Table", "production", 1.0),
        ("Top", "stock", 4.0),
        ("Top", "stock", 1.0),
        ("Top", "purchase", 3.0),
    ]


def test_net_alone_nets_one_move_on_live_stock():
    item = p.Item("Screw", 1, 8, source=p.Source(p.PURCHASE), pools=("here",))
    ledger = p.Ledger({"here": 5.0, "there": 9.0})
    parts = p.net(item, 7.0, p.STOCK_THEN_ORDER, ledger, 0.01)
    assert [(part.supply, part.quantity) for part in parts] == [("stock", 5.0), ("purchase", 2.0)]
    assert ledger.leftover() == {"here": 0.0, "there": 9.0}
    again = p.net(item, 7.0, p.FROM_STOCK, ledger, 0.01)
    assert [(part.supply, part.reason) for part in again] == [("missing", "not_in_stock")]
    assert p.net(item, 0.0, p.TO_ORDER, ledger, 0.01) == ()


def test_input_that_contradicts_itself_is_refused():
    with pytest.raises(p.NetworkError, match="same place"):
        p.Bom(1, (p.Component(7, "A", 1.0), p.Component(7, "B", 1.0)))
    with pytest.raises(p.NetworkError, match="not positive"):
        p.Bom(1, (), quantity=0.0)
    with pytest.raises(p.NetworkError, match="without a BoM"):
        p.Source(p.PRODUCTION)
    with pytest.raises(p.NetworkError, match="origin"):
        p.Source(p.TRANSFER)
    with pytest.raises(p.NetworkError, match="procured"):
        p.Source(p.STOCK)
    shop = Shop()
    shop.make("Table", {"Nowhere": 1})
    with pytest.raises(p.NetworkError, match="'Nowhere' is needed"):
        shop.order(("Table", 1))
    shop.buy("Nowhere")
    with pytest.raises(p.NetworkError, match="same place: 1"):
        shop.plan((p.Line(1, 1, 1.0, 2 * (p.LineDemand("Table", 1.0),)),))
    del shop.products[1]
    with pytest.raises(p.NetworkError, match="product 1 is not described"):
        shop.order(("Table", 1))


def test_what_nobody_counts_is_there_unless_it_is_made_to_order():
    for strategy, supply in (("mts", "stock"), ("mts_mto", "stock"), ("mto", "purchase")):
        shop = Shop()
        shop.buy("glue", strategy=strategy, untracked=True, pools=())
        shop.make("table", {"glue": 3}, strategy="mto")
        assert supplies(shop.order(("table", 2), ("glue", 1))) == [
            ("table", "production", 2),
            ("glue", supply, 1),
            ("glue", supply, 6),
        ]
