"""The dialog before an order is confirmed that cannot be supplied, at a desk and on a phone."""

import pytest
from pages import Web
from playwright.sync_api import expect

_DESK = {"width": 1280, "height": 900}
_PHONE = {"width": 360, "height": 740}


@pytest.fixture
def faulty(admin, sofia):
    """An order of sofia's with a table whose leg nobody sells, and a desk of no components."""
    leg = _new_product(admin, "Sample leg")
    table = _new_product(admin, "Sample table", supply_strategy="mto")
    desk = _new_product(admin, "Sample desk", supply_strategy="mto")
    _new_bom(admin, table, [[0, 0, {"product_id": leg, "product_qty": 4}]])
    _new_bom(admin, desk, [])
    lines = [[0, 0, {"product_id": product}] for product in (table, desk)]
    partner = admin.ref("customer_riverside")
    return sofia.create("sale.order", partner_id=partner, order_line=lines)


def _new_product(admin, name, **vals):
    return admin.create("product.product", name=name, is_storable=True, **vals)


def _new_bom(admin, product, lines):
    (made,) = admin.read("product.product", [product], "product_tmpl_id")
    admin.create("mrp.bom", product_tmpl_id=made["product_tmpl_id"], bom_line_ids=lines)


@pytest.fixture
def open_web(browser, url, pictures):
    """Log a user in on a screen of some size."""
    contexts = []

    def open_web(login, viewport):
        context = browser.new_context(viewport=viewport)
        context.set_default_timeout(20_000)
        contexts.append(context)
        web = Web(context.new_page(), url, pictures)
        web.log_in(login, login)
        return web

    yield open_web
    for context in contexts:
        context.close()


def _press_confirm(web, order):
    web.page.goto(f"{web.url}/odoo/sales/{order}")
    web.form_with("Sample table")
    if web.page.viewport_size == _PHONE:
        web.page.click(".o_statusbar_buttons .o-dropdown, .o_statusbar_buttons .dropdown-toggle")
    web.page.locator("button[name=action_confirm]:visible").first.click()
    dialog = web.page.locator(".modal-dialog")
    expect(dialog).to_contain_text("Not Everything Can Be Supplied")
    expect(dialog).to_contain_text("Sample table > Sample leg")
    expect(dialog).to_contain_text("No rule brings it here")
    expect(dialog).to_contain_text("bill of materials has no components")
    return dialog


def test_a_salesperson_sees_every_fault_and_confirms_anyway(open_web, faulty):
    web = open_web("sofia", _DESK)
    dialog = _press_confirm(web, faulty)
    expect(dialog.locator("button[name=action_mend]")).to_have_count(0)
    web.picture("faults-salesperson")
    dialog.get_by_role("button", name="Confirm Anyway").click()
    web.state("Sales Order")
    banner = web.page.locator("div[name=mto_missing]")
    expect(banner).to_contain_text("4 Units of Sample leg for ")
    expect(banner).to_contain_text("Components of Sample desk in ")
    web.picture("faults-banner")
    web.close()


def test_who_has_the_rights_goes_from_a_row_to_what_is_to_be_mended(open_web, faulty, sofia):
    web = open_web("admin", _DESK)
    dialog = _press_confirm(web, faulty)
    web.picture("faults-administrator")
    row = dialog.locator(".o_data_row").filter(has_text="Sample desk")
    row.get_by_role("button", name="Bills of Materials").click()
    web.form_with("Sample desk")
    web.page.wait_for_selector(".o_field_widget[name=bom_line_ids]")
    web.picture("faults-bom")
    (order,) = sofia.read("sale.order", [faulty], "state")
    assert order["state"] == "draft"
    web.close()


def test_the_dialog_fits_a_phone(open_web, faulty):
    web = open_web("admin", _PHONE)
    dialog = _press_confirm(web, faulty)
    web.picture("faults-phone")
    wide = dialog.evaluate("dialog => dialog.scrollWidth > window.innerWidth")
    assert not wide
    expect(dialog.get_by_text("Bills of Materials", exact=True)).to_be_visible()
    web.close()
