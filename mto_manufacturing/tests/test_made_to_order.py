from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestMadeToOrder(MtoCommon):
    """Whether an order has to do with making or buying to order, told at a glance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.new_product("Chair", vendor=True)
        cls.order = cls.new_order({cls.product: 1})

    def is_plain(self):
        self.env.flush_all()
        return self.env["mto.made.to.order"]._is_plain(self.order.order_line)

    def new_shipping_route(self):
        customers = self.env.ref("stock.stock_location_customers")
        rule = {
            "name": "Vendor to customer",
            "action": "buy",
            "location_dest_id": customers.id,
            "picking_type_id": self.env.ref("stock.warehouse0").in_type_id.id,
        }
        return self.env["stock.route"].create(
            {"name": "Shipped", "product_selectable": True, "rule_ids": [Command.create(rule)]}
        )

    def assertTold(self):
        self.assertFalse(self.is_plain())
        self.assertTrue(self.order._mto_has_make_to_order())
        self.assertTrue(self.env["mto.promise"]._get_dates(self.order)["order"])

    def test_what_is_kept_in_stock(self):
        """However it gets there."""
        routes = self.env.ref("purchase_stock.route_warehouse0_buy")
        routes |= self.env.ref("mrp.route_warehouse0_manufacture")
        self.product.route_ids = routes | self.env.ref("mto_manufacturing.route_mts")
        self.assertTrue(self.is_plain())
        self.assertFalse(self.order._mto_has_make_to_order())
        self.assertFalse(self.order.mto_promise_date)

    def test_a_product_that_is_made_to_order(self):
        self.product.supply_strategy = "mto"
        self.assertTold()

    def test_the_strategy_of_the_category_above(self):
        above = self.env["product.category"].create({"name": "All of it"})
        category = self.env["product.category"].create({"name": "A", "parent_id": above.id})
        self.product.categ_id = category
        self.assertTrue(self.is_plain())
        above.supply_strategy = "mts_mto"
        self.assertFalse(self.is_plain())
        self.assertTrue(self.order._mto_has_make_to_order())

    def test_a_line_that_is_made_to_order(self):
        self.order.order_line.supply_strategy = "mto"
        self.assertTold()

    def test_a_line_that_is_typed(self):
        with Form(self.order) as form, form.order_line.edit(0) as line:
            line.supply_strategy = "mto"
            self.assertTrue(line.mto_promise_date)
        self.assertTold()

    def test_a_kit(self):
        self.new_bom(self.product, {self.new_product("Leg"): 4}, type="phantom")
        self.assertFalse(self.is_plain())

    def test_what_is_shipped_by_the_vendor(self):
        """A route of its own, whose rule buys what the customer is sent."""
        route = self.new_shipping_route()
        self.assertTrue(self.is_plain())
        self.product.route_ids = route
        self.assertFalse(self.is_plain())
        self.assertTrue(self.order._mto_has_make_to_order())

    def test_one_line_among_many(self):
        other = self.new_product("Table", "mto", vendor=True)
        self.order.order_line = [Command.create({"product_id": other.id})]
        self.assertTold()

    def test_which_of_many_lines(self):
        """By strategy, as kits and by route: each for itself, in the order of the lines."""
        kit, shipped = self.new_product("Kit"), self.new_product("Shipped")
        self.new_bom(kit, {self.new_product("Leg"): 4}, type="phantom")
        shipped.route_ids = self.new_shipping_route()
        made = self.new_product("Table", "mto", vendor=True)
        values = [{"product_id": one.id} for one in (shipped, kit, made, self.product)]
        values.append({"product_id": self.product.id, "supply_strategy": "mto"})
        values.append({"display_type": "line_note", "name": "Thanks"})
        self.order.order_line = list(map(Command.create, values))
        found = self.env["mto.made.to.order"]._filter(self.order.order_line)
        lines = self.order.order_line
        self.assertEqual(found.ids, (lines[1:4] | lines[5]).ids)

    def test_it_is_asked_in_few_queries(self):
        lines = [Command.create({"product_id": self.new_product("P").id}) for _n in range(30)]
        self.order.order_line = lines
        self.env.flush_all()
        self.env.invalidate_all()
        self.order.order_line.mapped("product_uom_qty")
        before = self.env.cr.sql_log_count
        self.assertFalse(self.order._mto_has_make_to_order())
        self.assertLessEqual(self.env.cr.sql_log_count - before, 8)

    def test_a_combo_that_is_replaced(self):
        """Its items go with it, as in core: a form looks for them once, not for every line."""
        item = self.new_product("Item")
        choice = self.env["product.combo"].create(
            {"name": "One", "combo_item_ids": [Command.create({"product_id": item.id})]}
        )
        combo = self.new_product(
            "Combo", type="combo", combo_ids=[Command.set(choice.ids)], is_storable=False
        )
        self.order.order_line = [Command.create({"product_id": combo.id})]
        line = self.order.order_line[-1]
        values = {
            "product_id": item.id,
            "combo_item_id": choice.combo_item_ids.id,
            "linked_line_id": line.id,
        }
        self.order.order_line = [Command.create(values)]
        self.assertEqual(len(self.order.order_line), 3)
        with Form(self.order) as form, form.order_line.edit(1) as typed:
            typed.product_id = self.product
        self.assertEqual(self.order.order_line.product_id, self.product)
        self.assertEqual(len(self.order.order_line), 2)
