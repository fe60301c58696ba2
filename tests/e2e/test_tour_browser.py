"""The README's tour in a browser: from setting "make to order" to the delivery."""

import pytest
from pages import Web
from playwright.sync_api import expect


@pytest.fixture
def web(browser, url, pictures):
    """The administrator, who opens Odoo in the demo company."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    web = Web(context.new_page(), url, pictures)
    web.log_in("admin", "admin")
    yield web
    context.close()


def test_the_tour_by_hand(web, admin):
    # Nothing to do on a fresh database; an earlier run has left the strategy set.
    bench = admin.ref("product_garden_bench_product_template")
    admin.call("product.template", "write", [bench], vals={"supply_strategy": False})
    _set_make_to_order(web)
    order = _quote_and_confirm(web)
    production = _open_production(web)
    frame = _open_frame(web)
    for vendor in ("Blackwood Timber", "Northern Upholstery"):
        _buy_and_receive(web, frame, vendor)
    _produce(web, "frame")
    web.back_to(production)
    _produce(web, "bench")
    web.back_to(order)
    _deliver(web, order)
    web.close()


def _set_make_to_order(web):
    """The radio in the Inventory tab; it writes the product's routes."""
    web.open_list("stock.product_template_action_product")
    web.search("Garden bench")
    web.open_record("Garden bench")
    web.page.click(".nav-link[name=inventory]")
    web.picture("product")
    web.page.get_by_label("Make to order", exact=True).check()
    route = web.page.locator("[name=route_ids]").get_by_label("Replenish on Order (MTO)")
    expect(route).to_be_checked()
    web.page.click(".o_form_button_save")
    web.page.wait_for_selector(".o_form_button_save", state="hidden")
    web.picture("product-make-to-order")


def _quote_and_confirm(web):
    """The name of an order for three garden benches."""
    web.open_list("sale.action_quotations_with_onboarding")
    web.page.click(".o_list_button_add:visible, .o-kanban-button-new:visible")
    web.choose("partner_id", "Riverside Hotel")
    web.page.get_by_text("Add a product", exact=True).click()
    web.choose("product_template_id", "Garden bench")
    quantity = web.page.locator(".o_selected_row [name=product_uom_qty] input")
    quantity.fill("3")
    quantity.press("Tab")
    web.page.locator("td[name=price_subtotal]").filter(has_text="1,170").wait_for()
    web.page.click(".o_form_button_save")
    web.page.wait_for_selector(".o_form_button_save", state="hidden")
    web.picture("quotation")
    web.press("action_confirm")
    web.state("Sales Order")
    web.picture("sales-order")
    return web.name()


def _open_production(web):
    web.follow("action_view_mrp_production")
    web.page.wait_for_selector(".o_list_view .o_data_row")
    web.picture("productions")
    web.open_record("Garden bench")
    web.form_with("Garden bench")
    web.state("Confirmed")
    web.picture("production")
    return web.name()


def _open_frame(web):
    """From the production to the one of its frame."""
    web.follow("action_view_mrp_production_childs")
    web.form_with("Bench frame")
    web.state("Confirmed")
    web.picture("sub-production")
    return web.name()


def _buy_and_receive(web, frame, vendor):
    """Confirm the request to one vendor, receive it, and come back."""
    web.follow("action_view_purchase_orders")
    web.page.wait_for_selector(".o_list_view .o_data_row, .o_form_view .o_form_sheet")
    if web.page.locator(".o_list_view .o_data_row").count():
        web.open_record(vendor)
    web.form_with(vendor)
    web.picture(f"request-{vendor.split()[0].lower()}")
    web.press("button_confirm")
    web.state("Purchase Order")
    web.follow("action_view_picking")
    web.state("Ready")
    web.press("button_validate")
    web.state("Done")
    web.picture(f"receipt-{vendor.split()[0].lower()}")
    web.back_to(frame)


def _produce(web, name):
    """Produce all of it: the operations are done with it."""
    status = web.page.locator(".o_field_widget[name=components_availability]")
    expect(status).to_have_text("Available")
    web.picture(f"{name}-ready")
    web.press("button_mark_done")
    web.state("Done")
    web.picture(f"{name}-done")


def _deliver(web, order):
    web.follow("action_view_delivery")
    web.form_with("Riverside Hotel")
    web.state("Ready")
    web.picture("delivery-ready")
    web.press("button_validate")
    web.state("Done")
    web.picture("delivery-done")
    web.back_to(order)
    expect(web.page.locator("td[name=qty_delivered]")).to_have_text("3.00")
