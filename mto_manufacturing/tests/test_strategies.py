from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestStrategies(MtoCommon):
    """The strategy of a product, a category or a line, and the routes it stands for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Made things"})
        cls.below = cls.env["product.category"].create(
            {"name": "Special things", "parent_id": cls.category.id}
        )
        cls.product = cls.new_product("Thing", categ_id=cls.below.id)

    def rule_to_customer(self, product, **values):
        return self.env["stock.rule"]._get_rule(
            product,
            self.customer.property_stock_customer,
            {"warehouse_id": self.warehouse, "company_id": self.company, **values},
        )

    def test_setting_the_strategy_writes_the_route(self):
        template = self.product.product_tmpl_id
        for strategy, route in (
            ("mto", self.route_mto),
            ("mts_mto", self.route_mts_mto),
            ("mts", self.route_mts),
        ):
            template.supply_strategy = strategy
            self.assertEqual(template.route_ids, route)
        template.supply_strategy = False
        self.assertFalse(template.route_ids)

    def test_setting_routes_shows_in_the_strategy(self):
        template = self.product.product_tmpl_id
        template.route_ids = [Command.link(self.route_mts_mto.id)]
        self.assertEqual(template.supply_strategy, "mts_mto")
        template.route_ids = [Command.set(self.route_mto.ids)]
        self.assertEqual(template.supply_strategy, "mto")
        template.route_ids = [Command.clear()]
        self.assertFalse(template.supply_strategy)

    def test_other_routes_stay_when_the_strategy_changes(self):
        template = self.product.product_tmpl_id
        other = self.env["stock.route"].create({"name": "Sideways"})
        template.route_ids = [Command.link(other.id), Command.link(self.route_mto.id)]
        template.supply_strategy = "mts"
        self.assertEqual(template.route_ids, other | self.route_mts)

    def test_created_with_a_strategy(self):
        product = self.new_product("Other thing", "mts_mto")
        self.assertEqual(product.route_ids, self.route_mts_mto)
        copy = product.product_tmpl_id.copy()
        self.assertEqual(copy.supply_strategy, "mts_mto")

    def test_form_shows_both_ways_at_once(self):
        with Form(self.product.product_tmpl_id) as form:
            form.supply_strategy = "mto"
            self.assertIn(self.route_mto.id, form.route_ids.ids)
        self.assertEqual(self.product.route_ids, self.route_mto)

    def test_searchable_and_groupable(self):
        self.product.supply_strategy = "mto"
        templates = self.env["product.template"]
        self.assertIn(
            self.product.product_tmpl_id, templates.search([("supply_strategy", "=", "mto")])
        )
        groups = dict(templates._read_group([], ["supply_strategy"], ["__count"]))
        self.assertTrue(groups["mto"])

    def test_as_category_takes_the_nearest_category(self):
        template = self.product.product_tmpl_id
        self.assertEqual(template.mto_effective_strategy, "mts")
        self.category.supply_strategy = "mto"
        self.assertEqual(self.category.route_ids, self.route_mto)
        self.assertEqual(template.mto_effective_strategy, "mto")
        self.assertEqual(self.rule_to_customer(self.product).procure_method, "make_to_order")
        self.below.supply_strategy = "mts_mto"
        self.assertEqual(template.mto_effective_strategy, "mts_mto")
        self.assertEqual(self.rule_to_customer(self.product).procure_method, "mts_else_mto")

    def test_own_strategy_wins_over_the_category(self):
        for above in ("mts", "mts_mto", "mto"):
            self.category.supply_strategy = above
            # Core keeps a category's total routes when those of one above change.
            self.env.invalidate_all()
            for own, method in (
                ("mts", "make_to_stock"),
                ("mts_mto", "mts_else_mto"),
                ("mto", "make_to_order"),
            ):
                self.product.supply_strategy = own
                with self.subTest(category=above, product=own):
                    self.assertEqual(self.rule_to_customer(self.product).procure_method, method)
                    component_rule = self.env["stock.rule"]._search_rule(
                        False,
                        self.env["uom.uom"],
                        self.product,
                        self.warehouse,
                        [
                            ("location_src_id", "=", self.stock.id),
                            ("location_dest_id.usage", "=", "production"),
                            ("action", "!=", "push"),
                        ],
                    )
                    self.assertEqual(component_rule.procure_method, method)

    def test_line_strategy_wins_over_the_product(self):
        self.product.supply_strategy = "mts"
        order = self.new_order({self.product: {"supply_strategy": "mto"}})
        line = order.order_line
        self.assertEqual(line.route_ids, self.route_mto)
        rule = self.rule_to_customer(self.product, route_ids=line.route_ids)
        self.assertEqual(rule.procure_method, "make_to_order")
        line.route_ids = [Command.set(self.route_mts_mto.ids)]
        self.assertEqual(line.supply_strategy, "mts_mto")
        line.supply_strategy = False
        self.assertFalse(line.route_ids)

    def test_line_may_ask_for_what_the_product_overrides(self):
        self.category.supply_strategy = "mto"
        self.product.supply_strategy = "mts"
        rule = self.rule_to_customer(self.product, route_ids=self.route_mto)
        self.assertEqual(rule.procure_method, "make_to_order")

    def test_order_for_a_make_to_order_product_makes_a_production(self):
        component = self.new_product("Part", "mto", vendor=True)
        self.product.supply_strategy = "mto"
        self.new_bom(self.product, {component: 2})
        self.put_in_stock(self.product, 10)
        self.new_order({self.product: 3}).action_confirm()
        production = self.productions_of(self.product)
        self.assertEqual(production.product_qty, 3)
        self.assertEqual(self.purchase_lines_of(component).product_qty, 6)

    def test_stock_first_makes_only_the_rest(self):
        self.product.supply_strategy = "mts_mto"
        self.new_bom(self.product, {self.new_product("Part", vendor=True): 1})
        self.put_in_stock(self.product, 4)
        self.new_order({self.product: 10}).action_confirm()
        self.assertEqual(self.productions_of(self.product).product_qty, 6)

    def test_make_to_stock_under_a_make_to_order_category_makes_nothing(self):
        self.category.supply_strategy = "mto"
        self.product.supply_strategy = "mts"
        self.new_bom(self.product, {self.new_product("Part", vendor=True): 1})
        self.new_order({self.product: 3}).action_confirm()
        self.assertFalse(self.productions_of(self.product))

    def test_archived_route_is_reported(self):
        self.product.supply_strategy = "mto"
        order = self.new_order({self.product: 1})
        template = self.product.product_tmpl_id
        self.assertFalse(template.mto_archived_route_names)
        self.assertFalse(order.mto_archived_route_warning)
        self.route_mto.active = False
        self.env.invalidate_all()
        self.assertEqual(template.mto_archived_route_names, self.route_mto.name)
        self.assertEqual(template.supply_strategy, "mto")
        self.assertIn(self.product.name, order.mto_archived_route_warning)
        found = self.env["product.template"].search([("mto_archived_route_names", "!=", False)])
        self.assertIn(template, found)
        template.action_mto_unarchive_routes()
        self.assertTrue(self.route_mto.active)
        self.env.invalidate_all()
        self.assertFalse(template.mto_archived_route_names)
        self.assertEqual(self.rule_to_customer(self.product).procure_method, "make_to_order")

    def test_archived_route_of_a_category_is_reported(self):
        self.category.supply_strategy = "mto"
        self.route_mto.active = False
        self.env.invalidate_all()
        template = self.product.product_tmpl_id
        self.assertEqual(self.category.mto_archived_route_names, self.route_mto.name)
        self.assertEqual(template.mto_archived_route_names, self.route_mto.name)
        found = self.env["product.template"].search([("mto_archived_route_names", "!=", False)])
        self.assertIn(template, found)

    def test_changing_the_strategy_takes_an_archived_route_off(self):
        self.product.supply_strategy = "mto"
        self.route_mto.active = False
        self.env.invalidate_all()
        self.product.supply_strategy = "mts_mto"
        linked = self.product.with_context(active_test=False).route_ids
        self.assertEqual(linked, self.route_mts_mto)

    def test_deleted_route_is_told(self):
        self.route_mts.unlink()
        with self.assertRaisesRegex(UserError, "Make to stock"):
            self.product.supply_strategy = "mts"
