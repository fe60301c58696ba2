from odoo.tests import HttpCase, TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestWebClient(HttpCase):
    """The unit tests of our components, in a real browser."""

    def test_components(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self._get_suite_id('@mto_manufacturing')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    @staticmethod
    def _get_suite_id(name):
        """The id that the test runner gives a suite: a hash of its name."""
        value = 0
        for char in name:
            value = ((value << 5) - value + ord(char)) & 0xFFFFFFFF
        return f"{value:08x}"


@tagged("post_install", "-at_install")
class TestMenus(TransactionCase):
    """The apps in which people work with it come with it."""

    def test_sales_is_installed_with_it(self):
        """Without Odoo's own app for sales there is no menu to an order."""
        addon = self.env["ir.module.module"].search([("name", "=", "mto_manufacturing")])
        needed = addon.upstream_dependencies(exclude_states=("unknown",))
        self.assertIn("sale_management", needed.mapped("name"))
        parents = self.env.ref("mto_manufacturing.menu_mto_alert_sale").parent_path.split("/")
        menus = self.env["ir.ui.menu"].browse(int(one) for one in parents if one)
        self.assertTrue(all(menu.active for menu in menus))
