"""The plan of an order on the screen: from the quotation to a purchase, at a desk, on a phone."""

import re

import pytest
from pages import Web
from playwright.sync_api import expect

_DESK = {"width": 1400, "height": 900}
_PHONE = {"width": 360, "height": 740}


@pytest.fixture
def quotation(admin, sofia):
    """A quotation of sofia's for two of the table that the demo company makes."""
    (table,) = admin.read(
        "product.template", [admin.ref("product_table_template")], "product_variant_ids"
    )
    line = {"product_id": table["product_variant_ids"][0], "product_uom_qty": 2}
    partner = admin.ref("customer_riverside")
    order = sofia.create("sale.order", partner_id=partner, order_line=[[0, 0, line]])
    yield order
    admin.call("sale.order", "action_cancel", [order])  # it waits for nothing of others' tests


@pytest.fixture
def open_order(browser, url, pictures, quotation):
    """Open the order's form, as a person does."""
    contexts = []

    def open_order(login, viewport):
        context = browser.new_context(viewport=viewport)
        context.set_default_timeout(20_000)
        contexts.append(context)
        web = Web(context.new_page(), url, pictures, "plan")
        web.log_in(login, login)
        web.page.goto(f"{url}/odoo/sales/{quotation}")
        web.form_with("Dining table")
        return web

    yield open_order
    for context in contexts:
        context.close()


@pytest.fixture
def open_plan(open_order, url, quotation):
    """Open the plan from the order's form."""

    def open_plan(login, viewport):
        web = open_order(login, viewport)
        if viewport == _PHONE:
            web.page.goto(f"{url}/odoo/sales/{quotation}/mto-plan")
        else:
            web.follow_text("Plan")
        web.page.wait_for_selector(".o_mto_plan_row")
        return web

    return open_plan


def _rows(web):
    return web.page.locator(".o_mto_plan_row")


def test_a_salesperson_looks_at_the_plan_of_a_quotation(open_plan):
    web = open_plan("sofia", _DESK)
    rows = _rows(web)
    expect(rows.first).to_contain_text("Dining table")
    expect(web.page.locator(".o_mto_plan_row a")).to_have_count(0)
    web.picture("quotation")
    before = rows.count()
    web.page.get_by_role("button", name="Fold all", exact=True).click()
    expect(rows).to_have_count(1)
    rows.first.focus()
    web.page.keyboard.press("ArrowRight")
    expect(rows).not_to_have_count(1)
    web.page.get_by_role("button", name="Unfold all").click()
    expect(rows).to_have_count(before)
    web.page.get_by_role("button", name="Productions").click()
    expect(rows.filter(has_text="Table top").first).to_be_visible()
    expect(rows.filter(has_text="From stock")).to_have_count(0)
    web.close()


def test_from_the_chain_to_a_document_and_back(open_plan, sofia, quotation):
    sofia.call("sale.order", "action_confirm", [quotation])
    web = open_plan("admin", _DESK)
    web.picture("confirmed")
    plan = web.name()
    row = _rows(web).filter(has_text="OAK/MO/").first
    number = row.locator("a").inner_text()
    row.locator("a").click()
    web.page.wait_for_selector(".o_form_view .o_form_sheet")
    expect(web.page.locator(".o_form_sheet")).to_contain_text(number)
    web.back_to(plan)
    expect(_rows(web).filter(has_text=number).first).to_be_visible()
    web.close()


def test_tried_applied_confirmed_and_followed_to_a_purchase(open_order, quotation):
    web = open_order("admin", _DESK)
    order = web.name()
    _look_behind_the_promise(web)
    _try_and_apply(web, "30")
    web.back_to(order)
    expect(web.page.locator("td[name=product_uom_qty]").first).to_have_text("30.00")
    web.press("action_confirm")
    web.state("Sales Order")
    web.follow_text("Plan")
    web.page.wait_for_selector(".o_mto_plan_row")
    plan = web.name()
    row = _rows(web).filter(has=web.page.locator(".fa-shopping-cart")).first
    number = row.locator("a").inner_text()
    web.picture("chain")
    row.locator("a").click()
    web.form_with(number)
    web.picture("purchase")
    web.back_to(plan)
    expect(_rows(web).filter(has_text=number).first).to_be_visible()
    web.close()


def _look_behind_the_promise(web):
    """The sign on the order line says what the date waits for, and leads to the plan."""
    web.page.locator(".o_mto_promise_sign").first.click()
    popover = web.page.locator(".o_mto_promise_popover")
    expect(popover).to_contain_text("Dining table")
    expect(popover.locator("p").first).to_contain_text(re.compile(r"\d+ days?"))
    web.picture("popover")
    popover.get_by_role("button", name="Open the plan").click()
    web.page.wait_for_selector(".o_mto_plan_row")


def _try_and_apply(web, quantity):
    """More of the first line: its promise is later, and it is written on the quotation."""
    before = web.page.locator(".o_mto_plan_summary").inner_text()
    web.page.get_by_role("button", name="What if?").click()
    web.page.locator("[data-line]").first.fill(quantity)
    expect(web.page.locator(".o_mto_what_if_outcome")).to_contain_text("later")
    expect(web.page.locator(".o_mto_plan_summary")).not_to_have_text(before)
    web.picture("what-if")
    web.page.get_by_role("button", name="Apply to the quotation").click()
    expect(web.page.locator(".o_mto_what_if")).to_have_count(0)


def test_a_salesperson_sees_the_chain_and_follows_nothing(open_plan, sofia, quotation):
    sofia.call("sale.order", "action_confirm", [quotation])
    web = open_plan("sofia", _DESK)
    expect(_rows(web).filter(has_text="OAK/MO/").first).to_be_visible()
    expect(web.page.locator(".o_mto_plan_row a")).to_have_count(0)
    web.close()


def test_the_plan_fits_a_phone(open_plan):
    web = open_plan("sofia", _PHONE)
    web.picture("phone")
    wide = web.page.evaluate(
        "document.querySelector('.o_mto_plan').scrollWidth > window.innerWidth"
    )
    assert not wide
    expect(_rows(web).nth(1).locator(".fa-wrench, .fa-cubes").first).to_be_visible()
    web.close()
