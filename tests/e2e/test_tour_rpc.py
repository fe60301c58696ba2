"""The tour of the bench over the API: made to order from the quotation to the delivery.

Every part of the bench is made to order, which Odoo's own procurement can carry: so this
holds whatever the addon adds to it. A salesperson sells, a planner does the rest.
"""

import pytest
from rpc import RpcError

BENCHES = 2


def test_a_bench_from_the_quotation_to_the_delivery(sofia, paul):
    newest = _newest(paul)
    order = _quote(sofia, "product_bench", BENCHES)
    assert _documents(paul, newest) == ([], []), "a quotation makes nothing"

    sofia.call("sale.order", "action_confirm", [order])
    delivery = _check_delivery_is_waiting(sofia, paul, order)
    bench, frame = _check_productions(paul, newest, delivery)
    lines = _check_rfqs(paul, newest, bench, frame)

    _receive(paul, lines, bench, frame)
    _produce(paul, frame)
    assert _state(paul, frame) == ("done", False)
    assert _state(paul, bench) == ("confirmed", "assigned"), "the frame is there, so are cushions"
    _produce(paul, bench)
    assert _state(paul, bench) == ("done", False)

    _check_goods_are_kept(sofia, paul, delivery)
    _deliver(sofia, paul, order, delivery)


def test_a_salesperson_cannot_touch_productions_and_purchases(sofia):
    for model in ("mrp.production", "purchase.order", "stock.warehouse.orderpoint"):
        with pytest.raises(RpcError) as refusal:
            sofia.call(model, "create", vals_list=[{}])
        assert refusal.value.name == "odoo.exceptions.AccessError", model


def _newest(paul):
    """The highest ids of the documents there are, to tell which ones an order made."""
    return {
        model: max([record["id"] for record in paul.search(model, [], "id")], default=0)
        for model in ("mrp.production", "purchase.order.line")
    }


def _documents(paul, newest):
    """The productions and the purchase lines made since."""
    productions, lines = (
        paul.search(model, [("id", ">", newest[model])], *fields)
        for model, fields in (
            ("mrp.production", ("product_id", "product_qty", "state", "move_finished_ids")),
            ("purchase.order.line", ("product_id", "product_qty", "order_id", "move_dest_ids")),
        )
    )
    return productions, lines


def _quote(sofia, product, quantity, **line):
    """The id of a quotation for one product."""
    values = {"product_id": sofia.ref(product), "product_uom_qty": quantity, **line}
    order = sofia.create(
        "sale.order",
        partner_id=sofia.ref("customer_harbour"),
        order_line=[(0, 0, values)],
    )
    assert sofia.read("sale.order", [order], "state") == [{"id": order, "state": "draft"}]
    return order


def _check_delivery_is_waiting(sofia, paul, order):
    """The id of the order's delivery move."""
    (sold,) = sofia.read("sale.order", [order], "state", "picking_ids")
    assert sold["state"] == "sale"
    (picking,) = paul.read("stock.picking", sold["picking_ids"], "state", "move_ids")
    (move,) = paul.read("stock.move", picking["move_ids"], "state", "quantity", "product_qty")
    assert (picking["state"], move["state"]) == ("waiting", "waiting")
    assert (move["quantity"], move["product_qty"]) == (0, BENCHES)
    return move["id"]


def _check_productions(paul, newest, delivery):
    """The ids of the two productions, each pegged to what it serves."""
    productions, _lines = _documents(paul, newest)
    by_product = {production["product_id"]: production for production in productions}
    bench = by_product.pop(paul.ref("product_bench"))
    frame = by_product.pop(paul.ref("product_bench_frame"))
    assert not by_product, "two productions and no other"
    for production in (bench, frame):
        assert production["product_qty"] == BENCHES
        assert _state(paul, production["id"]) == ("confirmed", "waiting")
    assert _serves(paul, bench) == [delivery]
    assert _serves(paul, frame) == _needs(paul, bench["id"], "product_bench_frame")
    return bench["id"], frame["id"]


def _check_rfqs(paul, newest, bench, frame):
    """The purchase lines: three parts from two vendors, each pegged to its production."""
    _productions, lines = _documents(paul, newest)
    wanted = {
        "product_plank": ("vendor_blackwood", 4 * BENCHES, frame),
        "product_webbing": ("vendor_upholstery", 3 * BENCHES, frame),
        "product_cushion": ("vendor_upholstery", BENCHES, bench),
    }
    assert len(lines) == len(wanted)
    by_product = {line["product_id"]: line for line in lines}
    for product, (vendor, quantity, production) in wanted.items():
        line = by_product[paul.ref(product)]
        (rfq,) = paul.read("purchase.order", [line["order_id"]], "state", "partner_id")
        assert (rfq["state"], rfq["partner_id"]) == ("draft", paul.ref(vendor)), product
        assert line["product_qty"] == quantity, product
        assert line["move_dest_ids"] == _needs(paul, production, product), product
    assert len({line["order_id"] for line in lines}) == 2, "one request for each vendor"
    return lines


def _receive(paul, lines, bench, frame):
    """Confirm and receive one vendor's goods after the other's."""
    by_product = {line["product_id"]: line["order_id"] for line in lines}
    for product in ("product_plank", "product_cushion"):
        rfq = by_product[paul.ref(product)]
        paul.call("purchase.order", "button_confirm", [rfq])
        (bought,) = paul.read("purchase.order", [rfq], "state", "picking_ids")
        assert bought["state"] == "purchase"
        assert _state(paul, frame)[1] != "assigned", "not all is there yet"
        assert paul.call("stock.picking", "button_validate", bought["picking_ids"]) is True
        (receipt,) = paul.read("stock.picking", bought["picking_ids"], "state")
        assert receipt["state"] == "done"
    assert _state(paul, frame) == ("confirmed", "assigned"), "ready to be produced"
    assert _state(paul, bench)[1] != "assigned", "still waits for the frame"


def _produce(paul, production):
    """Produce the whole quantity, every operation of it."""
    paul.call("mrp.production", "button_mark_done", [production])
    (done,) = paul.read("mrp.production", [production], "qty_produced", "workorder_ids")
    assert done["qty_produced"] == BENCHES
    operations = paul.read("mrp.workorder", done["workorder_ids"], "state")
    assert {operation["state"] for operation in operations} == {"done"}


def _check_goods_are_kept(sofia, paul, delivery):
    """The benches are reserved for this order, and no other can have them."""
    (move,) = paul.read("stock.move", [delivery], "state", "quantity", "move_line_ids")
    assert (move["state"], move["quantity"]) == ("assigned", BENCHES)
    (stock,) = paul.read(
        "product.product", [paul.ref("product_bench")], "qty_available", "free_qty"
    )
    assert stock["qty_available"] >= BENCHES
    assert stock["free_qty"] == 0
    newest = _newest(paul)
    rival = _quote(sofia, "product_bench", 1, supply_strategy="mts")
    sofia.call("sale.order", "action_confirm", [rival])
    assert _documents(paul, newest) == ([], []), "its line says: from stock"
    (sold,) = sofia.read("sale.order", [rival], "picking_ids")
    (picking,) = paul.read("stock.picking", sold["picking_ids"], "state")
    assert picking["state"] == "confirmed", "it waits: what is there is somebody else's"
    paul.call("stock.picking", "action_cancel", [picking["id"]])


def _deliver(sofia, paul, order, delivery):
    (move,) = paul.read("stock.move", [delivery], "picking_id")
    assert paul.call("stock.picking", "button_validate", [move["picking_id"]]) is True
    (sold,) = sofia.read("sale.order", [order], "delivery_status", "order_line", "invoice_status")
    assert (sold["delivery_status"], sold["invoice_status"]) == ("full", "to invoice")
    (line,) = sofia.read("sale.order.line", sold["order_line"], "qty_delivered")
    assert line["qty_delivered"] == BENCHES


def _state(paul, production):
    """A production's state, and that of its components: ``assigned`` when all are there."""
    (record,) = paul.read("mrp.production", [production], "state", "reservation_state")
    return record["state"], record["reservation_state"]


def _serves(paul, production):
    """The moves that the finished goods of a production are pegged to."""
    moves = paul.read("stock.move", production["move_finished_ids"], "move_dest_ids")
    return [move for record in moves for move in record["move_dest_ids"]]


def _needs(paul, production, product):
    """The moves of one component of a production."""
    domain = [
        ("raw_material_production_id", "=", production),
        ("product_id", "=", paul.ref(product)),
    ]
    return [move["id"] for move in paul.search("stock.move", domain, "id")]
