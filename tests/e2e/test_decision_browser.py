"""A buyer without rights in sales decides on what a vendor sells beyond an order's need."""

import pytest
from pages import Web
from playwright.sync_api import expect
from rpc import Client

_DESK = {"width": 1400, "height": 900}


@pytest.fixture(scope="module")
def buyer(admin, url, database):
    """Somebody who may only buy."""
    found = admin.search("res.users", [["login", "=", "berta"]], "login")
    if not found:
        group = admin.call(
            "ir.model.data",
            "check_object_reference",
            module="purchase",
            xml_id="group_purchase_user",
        )
        vals = {"group_ids": [[4, group[1]]], "odoobot_state": "disabled"}
        admin.create("res.users", name="Berta", login="berta", password="berta", **vals)
    return Client(url, database, "berta", "berta")


@pytest.fixture
def asked(admin, sofia):
    """Two orders of sofia's for a screw that is sold fifty at a time: the names."""
    vals = {"is_storable": True, "supply_strategy": "mto", "mto_surplus_policy": "ask"}
    screw = admin.create("product.product", name="Sample screw", **vals)
    (made,) = admin.read("product.product", [screw], "product_tmpl_id")
    vendor = admin.create("res.partner", name="Sample vendor")
    vals = {"product_tmpl_id": made["product_tmpl_id"], "min_qty": 50, "price": 2}
    admin.create("product.supplierinfo", partner_id=vendor, **vals)
    line = {"product_id": screw, "product_uom_qty": 20}
    partner = admin.ref("customer_harbour")
    orders = [
        sofia.create("sale.order", partner_id=partner, order_line=[[0, 0, line]])
        for _number in range(2)
    ]
    sofia.call("sale.order", "action_confirm", orders)
    yield [order["name"] for order in sofia.read("sale.order", orders, "name")]
    admin.call("sale.order", "action_cancel", orders)


def test_a_buyer_decides_on_the_dashboard(browser, url, pictures, buyer, asked):
    context = browser.new_context(viewport=_DESK)
    context.set_default_timeout(20_000)
    web = Web(context.new_page(), url, pictures, "decision")
    web.log_in("berta", "berta")
    web.page.goto(f"{url}/odoo/mto-dashboard")
    cards = [web.page.locator(".o_kanban_record").filter(has_text=name) for name in asked]
    expect(cards[0]).to_contain_text("buy more than is needed?")
    web.picture("dashboard")
    cards[0].get_by_role("button", name="Order the Minimum").click()
    expect(cards[0]).to_have_count(0)
    cards[1].get_by_text("buy more than is needed?").click()
    dialog = web.page.locator(".modal-dialog")
    for words in ("Needed: 20 Units, ordered: 50, left over: 30", "Sample vendor"):
        expect(dialog).to_contain_text(words)
    web.picture("dialog")
    dialog.get_by_role("button", name="Order the Minimum").click()
    expect(dialog).to_have_count(0)
    expect(cards[1]).to_have_count(0)
    web.picture("decided")
    domain = [["product_id.name", "=", "Sample screw"], ["order_id.state", "=", "draft"]]
    fields = ("product_qty", "mto_needed_qty", "mto_order_names")
    bought = buyer.search("purchase.order.line", domain, *fields)[-2:]
    assert [(line["product_qty"], line["mto_needed_qty"]) for line in bought] == [(50, 20)] * 2
    assert {line["mto_order_names"] for line in bought} == set(asked)
    web.close()
    context.close()
