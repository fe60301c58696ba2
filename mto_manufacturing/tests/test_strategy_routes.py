from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestStrategyRoutes(MtoCommon):
    """Both strategy routes have the right rules in every warehouse, whatever happens to it."""

    def assertTwinsFollow(self, warehouse, count=None):
        rules = self.env["stock.rule"].with_context(active_test=False)
        sources = rules.search(
            [("route_id", "=", self.route_mto.id), ("warehouse_id", "=", warehouse.id)]
        )
        self.assertTrue(sources)
        if count:
            self.assertEqual(len(sources.filtered("active")), count)
        for route, method in (
            (self.route_mts, "make_to_stock"),
            (self.route_mts_mto, "mts_else_mto"),
        ):
            twins = rules.search(
                [("route_id", "=", route.id), ("warehouse_id", "=", warehouse.id)]
            )
            self.assertEqual(len(twins), len(sources))
            self.assertEqual(set(twins.mapped("procure_method")), {method})
            for twin in twins:
                source = twin.mto_source_rule_id
                for name in ("location_src_id", "location_dest_id", "picking_type_id", "active"):
                    self.assertEqual(twin[name], source[name], f"{twin.name}: {name}")

    def test_every_combination_of_steps(self):
        for make in ("mrp_one_step", "pbm", "pbm_sam"):
            for deliver in ("ship_only", "pick_ship", "pick_pack_ship"):
                for receive in ("one_step", "two_steps", "three_steps"):
                    with self.subTest(make=make, deliver=deliver, receive=receive):
                        self.warehouse.write(
                            {
                                "manufacture_steps": make,
                                "delivery_steps": deliver,
                                "reception_steps": receive,
                            }
                        )
                        self.assertTwinsFollow(
                            self.warehouse, count=2 if make == "mrp_one_step" else 3
                        )

    def test_warehouse_created_later(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "delivery_steps": "pick_ship"}
        )
        self.assertTwinsFollow(warehouse, count=2)

    def test_warehouse_of_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self.assertTwinsFollow(warehouse)
        template = self.env["product.template"].create(
            {"name": "Theirs", "company_id": company.id, "supply_strategy": "mts_mto"}
        )
        self.assertEqual(template.route_ids, self.route_mts_mto)

    def test_resupplied_warehouse(self):
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.assertTwinsFollow(shop)
        self.assertTwinsFollow(self.warehouse)
        self.warehouse.delivery_steps = "pick_ship"
        self.assertTwinsFollow(self.warehouse)
        self.warehouse.delivery_steps = "ship_only"
        self.assertTwinsFollow(self.warehouse)

    def test_archived_warehouse(self):
        warehouse = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        warehouse.active = False
        self.assertTwinsFollow(warehouse)
        rules = self.route_mts_mto.with_context(active_test=False).rule_ids
        self.assertFalse(rules.filtered(lambda r: r.warehouse_id == warehouse and r.active))
        warehouse.active = True
        self.assertTwinsFollow(warehouse, count=2)

    def test_own_change_of_a_rule_is_followed(self):
        rule = self.warehouse.mto_pull_id
        rule.delay = 4
        self.assertEqual(rule.mto_twin_ids.mapped("delay"), [4, 4])

    def test_stock_first_goes_on_without_make_to_order(self):
        self.route_mto.active = False
        active = self.route_mts_mto.rule_ids.filtered(
            lambda rule: rule.warehouse_id == self.warehouse
        )
        self.assertEqual(len(active), 2)
        self.warehouse.manufacture_steps = "pbm"
        self.route_mts_mto.invalidate_recordset()
        active = self.route_mts_mto.rule_ids.filtered(
            lambda rule: rule.warehouse_id == self.warehouse
        )
        self.assertEqual(len(active), 3)

    def test_archiving_a_strategy_route_keeps_its_rules_archived(self):
        self.route_mts.active = False
        self.warehouse.delivery_steps = "pick_ship"
        rules = self.route_mts.with_context(active_test=False).rule_ids
        self.assertFalse(rules.filtered("active"))
        self.route_mts.active = True
        self.assertTwinsFollow(self.warehouse, count=2)

    def test_nothing_is_written_twice(self):
        before = self.env["stock.rule"].with_context(active_test=False).search_count([])
        self.warehouse._mto_update_strategy_rules()
        with self.assertQueryCount(30):
            self.warehouse._mto_update_strategy_rules()
            self.env.flush_all()
        after = self.env["stock.rule"].with_context(active_test=False).search_count([])
        self.assertEqual(before, after)

    def test_deleted_source_leaves_an_archived_twin(self):
        shop = self.env["stock.warehouse"].create({"name": "Shop", "code": "SHOP"})
        twins = shop.mto_pull_id.mto_twin_ids
        shop.mto_pull_id.unlink()
        self.assertEqual(twins.exists(), twins)
        self.assertFalse(any(twins.mapped("active")))

    def test_a_copy_belongs_to_who_made_it(self):
        copy = self.route_mts_mto.copy()
        copy.rule_ids.delay = 2
        self.warehouse.delivery_steps = "pick_ship"
        self.assertEqual(set(copy.rule_ids.mapped("delay")), {2})
        self.assertFalse(copy.rule_ids.mto_source_rule_id, "uninstalling would delete it")
