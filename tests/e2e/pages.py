"""What a person does in Odoo's web client, by the words on the screen."""

import re

#: In the page: the last part of the breadcrumb, which is the name of what is shown ...
_NAME = "document.querySelector('.o_last_breadcrumb_item')?.innerText.trim()"
#: ... and whether a text is in the form, be it in a box to type in.
_SHOWS = """text => {
    const sheet = document.querySelector(".o_form_view .o_form_sheet");
    const boxes = [...(sheet?.querySelectorAll("input") || [])];
    return sheet?.innerText.includes(text) || boxes.some((box) => box.value.includes(text));
}"""


class Web:
    """A user in the browser, and a picture of every screen worth looking at."""

    def __init__(self, page, url, pictures, tour=""):
        """``tour``: what the names of its pictures begin with."""
        self.page = page
        self.url = url
        self._pictures = pictures
        self._tour = f"{tour}-" if tour else ""
        self._number = 0
        self.faults = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)

    def _note(self, message):
        if message.type == "error":
            self.faults.append(message.text)

    def picture(self, name):
        """Keep a screenshot, numbered in the order of the tour."""
        self._number += 1
        self.page.wait_for_function("!document.querySelector('.o_loading_indicator')")
        self.page.screenshot(path=self._pictures / f"{self._tour}{self._number:02}-{name}.png")

    def log_in(self, login, password):
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def open_list(self, action):
        """Open an action's records."""
        self.page.goto(f"{self.url}/odoo/action-{action}")
        self.page.wait_for_selector(".o_list_view, .o_kanban_view")

    def search(self, text):
        """Search by the default field."""
        self.page.fill(".o_searchview_input", text)
        self.page.press(".o_searchview_input", "Enter")
        self.page.wait_for_selector(f".o_searchview_facet:has-text('{text}')")

    def open_record(self, text):
        """Open the record of a list or kanban that shows the text."""
        records = self.page.locator(".o_list_renderer, .o_kanban_renderer")
        records.get_by_text(text).first.click()
        self.page.wait_for_selector(".o_form_view .o_form_sheet")

    def form_with(self, text):
        """Wait until the form of the record with that name is there."""
        self.page.wait_for_function(_SHOWS, arg=text)

    def choose(self, field, text):
        """Choose a related record by typing its name."""
        box = self.page.locator(f"[name={field}] input").first
        box.click()
        box.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item").filter(has_text=text).first.click()

    def press(self, name):
        """Press one of the buttons above the form."""
        self.page.click(f".o_form_statusbar button[name={name}]:visible")

    def follow(self, name):
        """Press the stat button of that name, which may be under "More"."""
        self._follow(self.page.locator(f"button.oe_stat_button[name={name}]"))

    def follow_text(self, text):
        """Press the stat button with that text, which may be under "More"."""
        self._follow(self.page.locator("button.oe_stat_button").filter(has_text=text))

    def _follow(self, button):
        if not button.first.is_visible():
            self.page.click(".o-form-buttonbox .o_button_more")
        before = self.name()
        button.locator("visible=true").first.click()
        self.page.wait_for_function(f"before => {_NAME} && {_NAME} !== before", arg=before)

    def back_to(self, name):
        """Go back by the breadcrumb."""
        crumb = self.page.locator(".o_breadcrumb").get_by_text(name, exact=True)
        if not crumb.count():
            self.page.click(".o_breadcrumb button:has(.oi-ellipsis-h)")
            crumb = self.page.locator(".o-dropdown--menu").get_by_text(name, exact=True)
        crumb.first.click()
        self.page.wait_for_function(f"name => {_NAME} === name", arg=name)

    def state(self, text):
        """Wait until the status bar says so."""
        current = self.page.locator(".o_statusbar_status .o_arrow_button_current")
        current.filter(has_text=re.compile(rf"^\s*{text}\s*$")).first.wait_for()

    def name(self):
        """The name of the record on the screen."""
        return self.page.evaluate(_NAME)

    def close(self):
        """A fault of the web client is the test's."""
        assert not self.faults, self.faults
