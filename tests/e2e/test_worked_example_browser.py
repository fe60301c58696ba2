"""The worked example of the README, as the demo company's salesperson sees it."""

from datetime import datetime, timedelta, timezone

from pages import Web
from playwright.sync_api import expect

_DESK = {"width": 1400, "height": 900}
#: Of each part: how much, how it comes, the days from which and until which it takes.
EXAMPLE = (
    ("[LECTERN] Lectern", "1 Units", "Production", 12, 15),
    ("[LECTERN-DESK] Lectern desk", "1 Units", "Production", 10, 12),
    ("[CHERRY] Cherry board", "1 Units", "Purchase", 0, 10),
    ("[FOOT] Turned foot", "1 Units", "From stock", 12, 12),
    ("[FOOT] Turned foot", "3 Units", "Purchase", 7, 12),
    ("[BOLT] Brass bolt", "8 Units", "Expected receipt", 6, 6),
)


def _say(placed, day):
    moment = placed + timedelta(days=day)
    return f"{moment:%b} {moment.day}"


def _expect_the_bolts(admin, day):
    """The demo company may have been set up on another day than this."""
    moment = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0) + timedelta(days=day)
    (line,) = admin.search(
        "purchase.order.line", [["order_id", "=", admin.ref("purchase_bolts")]], "id"
    )
    admin.call("purchase.order.line", "write", [line["id"]], vals={"date_planned": str(moment)})


def test_the_worked_example(browser, url, pictures, admin):
    _expect_the_bolts(admin, 6)
    order = admin.ref("order_lectern")
    plan = admin.call("sale.order", "get_mto_plan", [order])
    placed = datetime.fromisoformat(plan["computed_at"])
    promise = datetime.fromisoformat(plan["promise_date"])
    assert promise - placed == timedelta(days=16)
    context = browser.new_context(viewport=_DESK, timezone_id="UTC")
    context.set_default_timeout(20_000)
    web = Web(context.new_page(), url, pictures, "example")
    web.log_in("sofia", "sofia")
    web.page.goto(f"{url}/odoo/sales/{order}/mto-plan")
    rows = web.page.locator(".o_mto_plan_row")
    expect(rows).to_have_count(1 + len(EXAMPLE))
    expect(web.page.locator(".o_mto_plan_summary")).to_contain_text(f"{promise:%b} {promise.day}")
    web.picture("plan")
    for product, quantity, supply, start, end in EXAMPLE:
        row = rows.filter(has_text=product).filter(has_text=quantity).filter(has_text=supply).last
        expect(row).to_contain_text(_say(placed, end))
        if start != end:
            expect(row).to_contain_text(_say(placed, start))
    web.close()
