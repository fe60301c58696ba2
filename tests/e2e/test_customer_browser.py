"""What the customer sees of an order on the portal, and what is told inside when it is late."""

from datetime import datetime, timedelta

import pytest
from pages import Web
from playwright.sync_api import expect

_DESK = {"width": 1400, "height": 900}
_PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def order(sofia, admin):
    """A confirmed order of sofia's for a bench: all of it is made and bought for the order."""
    line = {"product_id": admin.ref("product_bench"), "product_uom_qty": 1}
    partner = admin.ref("customer_harbour")
    order = sofia.create("sale.order", partner_id=partner, order_line=[[0, 0, line]])
    sofia.call("sale.order", "action_confirm", [order])
    yield sofia.read("sale.order", [order], "name", "mto_forecast_date")[0]
    admin.call("sale.order", "action_cancel", [order])  # it waits for nothing of others' tests


@pytest.fixture(scope="module")
def purchase(paul, order):
    """A line that is bought for the order."""
    fields = ("order_id", "partner_id", "date_planned")
    lines = paul.search(
        "purchase.order.line", [["mto_order_names", "ilike", order["name"]]], *fields
    )
    (names,) = paul.read("purchase.order", [lines[0]["order_id"]], "name")
    return {**lines[0], "order": names["name"]}


@pytest.fixture(scope="module")
def late(sofia, paul, order, purchase):
    """What the order says when the vendor has named a date two months later."""
    later = datetime.fromisoformat(purchase["date_planned"]) + timedelta(days=60)
    vals = {"date_planned": str(later)}
    paul.call("purchase.order.line", "write", [purchase["id"]], vals=vals)
    return sofia.read("sale.order", [order["id"]], "mto_forecast_date", "mto_late_days")[0]


@pytest.fixture
def open_page(browser, url, pictures):
    """A window of its own, and its pictures."""
    contexts = []

    def open_page(viewport, tour):
        context = browser.new_context(viewport=viewport)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Web(context.new_page(), url, pictures, tour)

    yield open_page
    for context in contexts:
        context.close()


def _is_too_wide(web):
    return web.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("viewport", [_DESK, _PHONE], ids=["desk", "phone"])
def test_the_customer_follows_an_order(open_page, url, sofia, paul, order, purchase, viewport):
    address = sofia.call("sale.order", "get_portal_url", [order["id"]])
    web = open_page(viewport, "portal")
    page = web.page
    page.goto(url + address)
    stages = page.locator("#mto_milestones li")
    expect(stages).to_have_count(6)
    expect(stages.first).to_contain_text("Confirmed")
    expect(stages.last).to_contain_text("Shipped")
    expect(page.locator("[name=mto_promise]").first).to_contain_text("Delivery:")
    (vendor,) = paul.read("res.partner", [purchase["partner_id"]], "name")
    content = page.locator("#quote_content")
    for secret in (vendor["name"], purchase["order"], "/MO/"):
        expect(content).not_to_contain_text(secret)
    assert not _is_too_wide(web)
    web.picture(f"order-{viewport['width']}")
    paper = page.request.get(f"{url}{address}&report_type=pdf")
    assert paper.ok and paper.body().startswith(b"%PDF")


def test_a_late_vendor_is_on_the_dashboard_at_once(open_page, url, late, order, purchase):
    assert late["mto_forecast_date"] > order["mto_forecast_date"]
    assert late["mto_late_days"] >= 50
    web = open_page(_DESK, "dashboard")
    web.log_in("paul", "paul")
    web.page.goto(f"{url}/odoo/mto-dashboard")
    card = web.page.locator(".o_kanban_record").filter(has_text=purchase["order"])
    expect(card.first).to_contain_text("days late")
    web.picture("desk")
    card.first.click()
    web.form_with(purchase["order"])
    web.close()


def test_a_salesperson_looks_at_the_dashboard_on_a_phone(open_page, url, late, order):
    web = open_page(_PHONE, "dashboard")
    web.log_in("sofia", "sofia")
    web.page.goto(f"{url}/odoo/mto-dashboard")
    card = web.page.locator(".o_kanban_record").filter(has_text=order["name"])
    expect(card.first).to_contain_text(f"{late['mto_late_days']} days late")
    assert not _is_too_wide(web)
    web.picture("phone")
    card.first.click()
    web.form_with(order["name"])  # a purchase is not for her: the order that waits for it
    web.close()
