from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestOrderCancel(MtoCommon):
    """An order is cancelled, and confirmed again (rows N11, N12)."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.leg = self.new_product("Leg")
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.leg, {self.screw: 2})
        self.new_bom(self.table, {self.leg: 4, self.screw: 1})
        self.put_in_stock(self.leg, 5)

    def alive(self, model, *domain):
        mine = (self.screw | self.leg | self.table).ids
        return self.env[model].search(
            [("product_id", "in", mine), ("state", "!=", "cancel"), *domain]
        )

    def assertNothingIsAlive(self, order):
        for model in ("mrp.production", "purchase.order.line", "stock.move"):
            self.assertFalse(self.alive(model), model)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self.leg.free_qty, 5)

    def test_cancel_takes_every_level_back(self):
        order = self.confirm(self.table, 5)
        self.assertEqual(len(self.alive("mrp.production")), 2)
        order._action_cancel()
        self.assertNothingIsAlive(order)
        self.assertFalse(self.env["mail.activity"].search([("res_model", "=", "mrp.production")]))

    def test_every_number_of_steps(self):
        for production, delivery in (("pbm", "pick_ship"), ("pbm_sam", "pick_pack_ship")):
            self.warehouse.write({"manufacture_steps": production, "delivery_steps": delivery})
            order = self.confirm(self.table, 5)
            order.order_line.product_uom_qty = 3
            made = self.alive("mrp.production", ("product_id", "=", self.leg.id))
            self.assertEqual(made.product_qty, 7)
            order._action_cancel()
            self.assertNothingIsAlive(order)

    def test_confirmed_again(self):
        order = self.confirm(self.table, 5)
        planned = order._mto_get_plan()
        for _time in range(2):
            order._action_cancel()
            order.action_draft()
            order.action_confirm()
        self.assertEqual(self.alive("mrp.production").sorted("id").mapped("product_qty"), [5, 15])
        self.assertEqual(sum(self.alive("purchase.order.line").mapped("product_qty")), 35)
        delivery = self.alive("stock.move", ("location_dest_id.usage", "=", "customer"))
        self.assertEqual(delivery.product_uom_qty, 5)
        self.assertEqual(
            [(d.key, d.quantity) for d in order._mto_get_plan().demands],
            [(d.key, d.quantity) for d in planned.demands],
        )

    def test_confirmed_again_that_was_confirmed_without_this_module(self):
        """What core then leaves alive is not made twice more."""
        order = self.confirm(self.table, 5)
        production = self.productions_of(self.table)
        self.alive("stock.move").write({"mto_key": False, "mto_sale_line_id": False})
        self.productions_of(self.table).mto_key = self.productions_of(self.leg).mto_key = False
        order._action_cancel()
        self.assertEqual(production.state, "confirmed")
        order.action_draft()
        order.action_confirm()
        delivery = self.alive("stock.move", ("location_dest_id.usage", "=", "customer"))
        self.assertEqual(delivery.product_uom_qty, 5)
        again = self.productions_of(self.table) - production
        self.assertEqual(again.product_qty, 5)

    def test_cancelled_twice(self):
        order = self.confirm(self.table, 5)
        order._action_cancel()
        order._action_cancel()
        self.assertNothingIsAlive(order)

    def test_one_of_two_orders(self):
        self.vendor.group_rfq = "all"
        first, second = self.confirm(self.table, 5), self.confirm(self.table, 2)
        line = self.alive("purchase.order.line")
        self.assertEqual(sum(line.mapped("product_qty")), 35 + 18)
        first._action_cancel()
        self.assertEqual(sum(self.alive("purchase.order.line").mapped("product_qty")), 18)
        self.assertEqual(self.alive("mrp.production").mto_sale_line_ids, second.order_line)
        self.assertEqual(second.picking_ids.move_ids.product_uom_qty, 2)

    def test_a_confirmed_purchase_stays_and_is_told(self):
        order = self.confirm(self.table, 5)
        purchase = self.alive("purchase.order.line").order_id
        purchase.button_confirm()
        order._action_cancel()
        self.assertFalse(self.alive("mrp.production"))
        self.assertEqual(purchase.state, "purchase")
        self.assertEqual(sum(purchase.order_line.mapped("product_qty")), 35)
        activity = self.env["mail.activity"].search([("note", "like", purchase.name)])
        self.assertEqual(len(activity), 1)
        self.assertIn("35 Units", activity.note)
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.assertEqual(self.screw.free_qty, 35)

    def test_a_started_part_stays_with_what_it_needs(self):
        """The legs are being made; the screws for them are on order and stay on order."""
        order = self.confirm(self.table, 5)
        made = self.alive("mrp.production", ("product_id", "=", self.leg.id))
        made.qty_producing = 1
        self.assertEqual(made.state, "progress")
        order._action_cancel()
        self.assertEqual(self.alive("mrp.production"), made)
        self.assertEqual(made.product_qty, 15)
        self.assertEqual(sum(self.alive("purchase.order.line").mapped("product_qty")), 30)
        self.assertFalse(made.mto_sale_line_ids)
        self.assertFalse(order._mto_get_productions() - made)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(made.product_qty, 15)
        self.assertEqual(sum(self.alive("purchase.order.line").mapped("product_qty")), 65)

    def test_what_a_person_added_to_the_rest_goes_with_it(self):
        """A part is delivered, and of the rest more is to be made than was asked for."""
        for batch in (False, True):
            with self.subTest(batch=batch):
                stool = self.new_product("Stool", "mto")
                sizes = {"enable_batch_size": batch, "batch_size": 5}
                self.new_bom(stool, {self.screw: 1}, **sizes)
                order = self.confirm(stool, 8)
                first = self.productions_of(stool).sorted("id")[0]
                if not batch:
                    first._split_productions({first: [5, 3]})
                first.qty_producing = 5
                first._set_qty_producing()
                first.move_raw_ids.picked = True
                rest = self.productions_of(stool) - first
                first.button_mark_done()
                move = order.picking_ids.move_ids
                move.write({"quantity": 5, "picked": True})
                order.picking_ids.with_context(skip_backorder=True).button_validate()
                wizard = self.env["change.production.qty"]
                wizard.create({"mo_id": rest.id, "product_qty": 10}).change_prod_qty()
                order._action_cancel()
                self.assertEqual((first.state, rest.state), ("done", "cancel"))

    def test_supplied_from_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.warehouse.resupply_wh_ids = other
        self.screw.route_ids = self.warehouse.resupply_route_ids
        self.put_in_stock(self.screw, 4, other.lot_stock_id)
        order = self.confirm(self.table, 5)
        self.assertTrue(self.alive("stock.move", ("location_id", "=", other.lot_stock_id.id)))
        order.order_line.product_uom_qty = 2
        sent = self.alive("stock.move", ("location_id", "=", other.lot_stock_id.id))
        self.assertEqual(sum(sent.mapped("product_qty")), 2 + 6)
        self.assertEqual(sum(sent.mapped("quantity")), 2)
        order._action_cancel()
        self.assertNothingIsAlive(order)
        self.assertEqual(self.screw.with_context(warehouse_id=other.id).free_qty, 4)


@tagged("post_install", "-at_install")
class TestOrderUsers(MtoCommon):
    """Who changes an order need not have rights on what supplies it."""

    def setUp(self):
        super().setUp()
        self.screw = self.new_product("Screw", vendor=True)
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.table, {self.screw: 4})
        self.lamp = self.new_product("Lamp", "mto", vendor=True)
        groups = self.env.ref("sales_team.group_sale_salesman")
        self.salesperson = self.env["res.users"].create(
            {"name": "Sales", "login": "mto_sales", "group_ids": [(6, 0, groups.ids)]}
        )
        self.order = self.new_order(
            {self.table: 5, self.lamp: 2}, user_id=self.salesperson.id
        ).with_user(self.salesperson)

    def test_salesperson(self):
        order, line = self.order, self.order.order_line[0]
        order.action_confirm()
        order.write({"order_line": [(1, line.id, {"product_uom_qty": 3})]})
        production = self.productions_of(self.table)
        self.assertEqual(production.product_qty, 3)
        order.write({"order_line": [(1, line.id, {"product_uom_qty": 4})]})
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(sum(self.purchase_lines_of(self.screw).mapped("product_qty")), 16)
        order.action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(production.state, "cancel")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(len(self.productions_of(self.table)), 2)

    def test_salesperson_is_told_what_stays(self):
        """Nobody looks after the purchase: who sells does."""
        self.order.action_confirm()
        purchase = self.purchase_lines_of(self.lamp).order_id
        purchase.button_confirm()
        purchase.user_id = False
        self.order.action_cancel()
        activity = self.env["mail.activity"].search([("user_id", "=", self.salesperson.id)])
        self.assertIn(purchase.name, activity.note)
        self.assertEqual(activity.res_model, "sale.order")

    def test_stock_without_orders(self):
        """An order of goods that are only taken from stock, too."""
        desk = self.new_product("Desk")
        order = self.new_order({desk: 1}, user_id=self.salesperson.id)
        order = order.with_user(self.salesperson)
        order.action_confirm()
        order.action_cancel()
        self.assertEqual(order.picking_ids.state, "cancel")
