from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestForWhichOrder(MtoCommon):
    """From an order to all its documents, and from each document back to the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner_user = new_test_user(
            cls.env,
            "mto_planner",
            groups="mrp.group_mrp_user,purchase.group_purchase_user,stock.group_stock_user",
        )
        cls.seller = new_test_user(
            cls.env, "mto_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.screw = cls.new_product("Screw", vendor=True)
        cls.frame = cls.new_product("Frame")
        cls.table = cls.new_product("Table", "mto")
        cls.new_bom(cls.frame, {cls.screw: 4})
        cls.new_bom(cls.table, {cls.frame: 1})

    def confirm(self, quantity=1):
        order = self.new_order({self.table: quantity})
        order.action_confirm()
        return order

    def supplies_of(self, production):
        return {move.product_id: move.mto_supply_text for move in production.move_raw_ids}

    # -- from the order ----------------------------------------------------------------

    def test_the_order_shows_the_productions_of_every_level(self):
        order = self.confirm()
        made = self.productions_of(self.table) | self.productions_of(self.frame)
        self.assertEqual(order.mto_production_count, 2)
        action = order.action_view_mrp_production()
        found = self.env["mrp.production"].search(action["domain"])
        self.assertEqual(found, made)
        self.assertFalse(action.get("res_id"))

    def test_one_production_opens_itself(self):
        self.put_in_stock(self.frame, 1)
        order = self.confirm()
        self.assertEqual(order.mto_production_count, 1)
        action = order.action_view_mrp_production()
        self.assertEqual(action["res_id"], self.productions_of(self.table).id)

    def test_a_cancelled_production_is_not_counted(self):
        order = self.confirm()
        self.productions_of(self.frame).action_cancel()
        order.invalidate_recordset()
        self.assertEqual(order.mto_production_count, 1)

    def test_the_order_shows_the_purchases_of_every_level(self):
        order = self.confirm()
        purchase = self.purchase_lines_of(self.screw).order_id
        self.confirm(2)
        self.assertEqual(order._get_purchase_orders(), purchase)
        purchase.reference_ids = [Command.clear()]  # what core goes by
        order.invalidate_recordset()
        self.assertEqual(order._get_purchase_orders(), purchase)
        self.assertEqual(order.purchase_order_count, 1)

    def test_the_buttons_are_for_those_who_may_see_the_documents(self):
        order = self.confirm()
        seller = order.with_user(self.seller)
        arch = self.env["sale.order"].with_user(self.seller).get_view(view_type="form")["arch"]
        for name in ("action_view_mrp_production", "action_view_purchase_orders"):
            self.assertNotIn(name, arch)
        self.assertNotIn("mto_production_count", seller.fields_get())
        Form(seller)  # opens without the rights of others

    # -- from the documents ------------------------------------------------------------

    def test_the_documents_name_the_order(self):
        order, other = self.confirm(), self.confirm(2)
        (order | other).user_id = self.seller
        production = self.productions_of(self.frame).filtered(lambda p: p.product_qty == 1)
        line = self.purchase_lines_of(self.screw)
        buyer = new_test_user(self.env, "mto_buyer", groups="purchase.group_purchase_user")
        # May see the orders that are theirs, and these are not.
        maker = new_test_user(
            self.env, "mto_maker", groups="mrp.group_mrp_user,sales_team.group_sale_salesman"
        )
        self.env.invalidate_all()
        self.assertEqual(production.with_user(maker).mto_order_names, order.name)
        names = line.with_user(buyer).mapped("mto_order_names")
        self.assertEqual(set(", ".join(names).split(", ")), {order.name, other.name})

    def test_a_document_for_stock_names_none(self):
        production = self.env["mrp.production"].create({"product_id": self.frame.id})
        self.assertFalse(production.mto_order_names)

    # -- the supply of a component in words --------------------------------------------

    def test_supplies_in_words(self):
        watched = self.new_product("Watched")
        self.env["stock.warehouse.orderpoint"].create({"product_id": watched.id})
        nowhere = self.new_product("Nowhere")
        stocked = self.new_product("Stocked")
        self.put_in_stock(stocked, 1)
        components = {self.frame: 1, self.screw: 2, watched: 1, nowhere: 1, stocked: 1}
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, components)
        self.new_order({thing: 1}).action_confirm()
        production = self.productions_of(thing)
        frame = self.productions_of(self.frame)
        purchases = self.purchase_lines_of(self.screw).order_id
        self.assertEqual(
            self.supplies_of(production.with_user(self.planner_user)),
            {
                self.frame: frame.name,
                self.screw: purchases.name,
                watched: "Reordering rule",
                nowhere: "Nothing supplies it",
                stocked: "From stock",
            },
        )

    def test_a_confirmed_purchase_is_named_through_the_steps_of_the_receipt(self):
        self.warehouse.reception_steps = "three_steps"
        self.confirm()
        production = self.productions_of(self.frame)
        purchase = self.purchase_lines_of(self.screw).order_id
        self.assertEqual(self.supplies_of(production), {self.screw: purchase.name})
        purchase.button_confirm()
        production.invalidate_recordset()
        production.move_raw_ids.invalidate_recordset()
        self.assertEqual(self.supplies_of(production), {self.screw: purchase.name})

    def test_a_cancelled_supply_is_told(self):
        self.confirm()
        self.purchase_lines_of(self.screw).order_id.button_cancel()
        production = self.productions_of(self.frame)
        production.move_raw_ids.invalidate_recordset()
        self.assertEqual(self.supplies_of(production), {self.screw: "Nothing supplies it"})

    def test_a_cancelled_production_supplies_nothing(self):
        self.confirm()
        self.productions_of(self.frame).action_cancel()
        production = self.productions_of(self.table)
        production.move_raw_ids.invalidate_recordset()
        self.assertEqual(self.supplies_of(production), {self.frame: "Nothing supplies it"})

    def test_a_cancelled_component_is_supplied_by_nothing(self):
        self.confirm()
        production = self.productions_of(self.frame)
        self.assertTrue(production.move_raw_ids.created_purchase_line_ids)
        production.action_cancel()
        self.assertEqual(self.supplies_of(production), {self.screw: ""})

    def test_what_a_transfer_picks_for_the_production_is_looked_behind(self):
        self.warehouse.manufacture_steps = "pbm"
        stocked = self.new_product("Stocked")
        nowhere = self.new_product("Nowhere")
        self.put_in_stock(stocked, 1)
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {self.screw: 1, stocked: 1, nowhere: 1})
        self.new_order({thing: 1}).action_confirm()
        production = self.productions_of(thing)
        self.assertTrue(production.move_raw_ids.move_orig_ids)
        purchase = self.purchase_lines_of(self.screw).order_id
        self.assertEqual(
            self.supplies_of(production),
            {
                self.screw: purchase.name,
                stocked: "From stock",
                nowhere: "Nothing supplies it",
            },
        )

    def test_a_transfer_from_another_warehouse_is_named(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids.filtered(lambda r: r.supplier_wh_id == other)
        part = self.new_product("Part", route_ids=[Command.link(route.id)])
        self.put_in_stock(part, 1, other.lot_stock_id)
        thing = self.new_product("Thing", "mto")
        self.new_bom(thing, {part: 1})
        self.new_order({thing: 1}).action_confirm()
        production = self.productions_of(thing)
        first = production.move_raw_ids._rollup_move_origs()
        pickings = self.env["stock.move"].browse(first).picking_id
        words = self.supplies_of(production)[part]
        self.assertEqual(
            words, pickings.filtered("location_id.warehouse_id").sorted("id")[:1].name
        )

    def test_a_part_from_stock_and_a_part_on_order(self):
        self.put_in_stock(self.screw, 3)
        self.confirm()
        moves = self.productions_of(self.frame).move_raw_ids
        purchase = self.purchase_lines_of(self.screw).order_id
        self.assertEqual(set(moves.mapped("mto_supply_text")), {"From stock", purchase.name})

    def test_a_production_for_stock_says_nothing_about_what_may_come(self):
        production = self.env["mrp.production"].create({"product_id": self.frame.id})
        production.action_confirm()
        self.assertFalse(production.move_raw_ids.mto_supply_text)

    def test_the_words_take_no_query_per_line(self):
        def count(number):
            parts = [self.new_product(f"Part {i}", vendor=bool(i % 2)) for i in range(number)]
            thing = self.new_product("Thing", "mto")
            self.new_bom(thing, dict.fromkeys(parts, 1))
            self.new_order({thing: 1}).action_confirm()
            moves = self.env["stock.move"].browse(self.productions_of(thing).move_raw_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(moves.mapped("mto_supply_text")), number)
            return self.env.cr.sql_log_count - before

        count(4)
        self.assertEqual(count(4), count(24))

    def test_the_lists_of_purchase_lines_that_a_buyer_reaches_tell_it(self):
        action = self.screw.action_view_po()
        lines = self.env["purchase.order.line"]
        for view in (action["view_id"][0], self.env.ref("purchase.purchase_order_line_tree").id):
            arch = lines.get_view(view, "list")["arch"]
            for name in ("mto_order_names", "mto_customer_late_days"):
                self.assertIn(name, arch)

    # -- what is set where -------------------------------------------------------------

    def test_the_policy_is_set_in_the_settings(self):
        settings = self.env["res.config.settings"].create({"mto_component_policy": "routes_only"})
        settings.execute()
        self.assertEqual(self.company.mto_component_policy, "routes_only")
        view = self.env.ref("mrp.res_config_settings_view_form")
        arch = self.env["res.config.settings"].get_view(view.id, "form")["arch"]
        self.assertIn("mto_component_policy", arch)

    def test_always_order_is_for_what_is_kept_in_stock(self):
        with self.form_of(self.frame.product_tmpl_id) as form:
            form.mto_always_order = True
            self.assertTrue(form.mto_always_order)
        self.assertTrue(self.frame.mto_always_order)
        with self.form_of(self.frame.product_tmpl_id) as form:
            form.is_storable = False
            self.assertTrue(form._get_modifier("mto_always_order", "invisible"))
