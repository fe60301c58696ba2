"""An order of which a part was delivered is cancelled, quoted and confirmed again."""

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .chain import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-03 08:00:00")
class TestDeliveredPart(ChainCase):
    """What core orders again, the plan plans: the quantity less what the customer has."""

    def setUp(self):
        super().setUp()
        self.leg = self.new_product("Leg", vendor=True)
        self.table = self.new_product("Table", "mto")
        self.new_bom(self.table, {self.leg: 4})

    def quote_again(self, order):
        order._action_cancel()
        order.action_draft()

    def made(self):
        """How many tables each production makes."""
        return self.productions_of(self.table).sorted("id").mapped("product_qty")

    def asked(self, plan):
        """[(product, supply, quantity)] of a plan."""
        return [(node.product_id, node.supply, node.quantity) for node in plan.nodes]

    def test_the_rest_is_planned_made_and_delivered(self):
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 4)
        made, bought = self.productions_of(self.table), self.purchase_lines_of(self.leg)
        self.quote_again(order)
        plan = order._mto_get_plan()
        rest = [(self.table.id, "production", 6), (self.leg.id, "purchase", 24)]
        self.assertEqual(self.asked(plan), rest)
        order.action_confirm()
        again, more = self.productions_of(self.table) - made, self.purchase_lines_of(self.leg)
        self.assertEqual((again.product_qty, (more - bought).product_qty), (6, 24))
        self.assertEqual(again.date_start, plan.nodes[0].start)
        self.assertEqual(order.mto_promise_date, plan.promise_date)
        self.assertFalse(order._mto_get_plan().gaps)
        supplies = order.get_mto_plan()["lines"][0]["supplies"]
        self.assertEqual([node["quantity"] for node in supplies], [4, 6])
        self.assertFalse([node["changes"] for node in supplies if node["changes"]])
        self.run_chain(order)
        self.assertEqual(order.order_line.qty_delivered, 10)

    def test_what_is_left_of_the_first_time_is_stock(self):
        self.table.supply_strategy = "mts_mto"
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 4)
        self.quote_again(order)
        order.order_line.product_uom_qty = 12
        plan = order._mto_get_plan()
        rest = [
            (self.table.id, "stock", 6),
            (self.table.id, "production", 2),
            (self.leg.id, "purchase", 8),
        ]
        self.assertEqual(self.asked(plan), rest)
        order.action_confirm()
        self.assertEqual(self.made(), [10, 2])
        self.run_chain(order)

    def test_all_was_delivered(self):
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 10)
        made = self.productions_of(self.table)
        self.quote_again(order)
        self.assertFalse(order._mto_get_plan().nodes)
        order.action_confirm()
        self.assertEqual(self.productions_of(self.table), made)

    def test_what_is_typed_is_planned_less_that(self):
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 4)
        self.quote_again(order)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 5
        self.assertEqual(self.asked(order._mto_get_plan())[0][2], 1)
        order.action_confirm()
        self.assertEqual(self.made(), [10, 1])

    def test_of_a_kit_whole_ones_count(self):
        kit = self.new_product("Set")
        self.new_bom(kit, {self.table: 2}, type="phantom")
        order = self.confirm(kit, 5)
        self.deliver_part(order, 4)
        self.quote_again(order)
        self.assertEqual(self.asked(order._mto_get_plan())[0], (self.table.id, "production", 6))
        order.action_confirm()
        self.assertEqual(self.made(), [10, 6])
        self.run_chain(order)

    def test_of_a_kit_its_parts_count(self):
        """Not whole ones and hundredths of them: of each part the rest, whatever was brought."""
        chair = self.new_product("Chair", vendor=True, strategy="mto")
        kit = self.new_product("Group")
        self.new_bom(kit, {self.table: 8, chair: 1}, type="phantom")
        order = self.confirm(kit, 11)
        self.deliver_part(order, 13, self.table)
        self.quote_again(order)
        rest = [(self.table.id, "production", 75), (chair.id, "purchase", 11)]
        self.assertEqual(self.asked(order._mto_get_plan())[:2], rest)
        order.action_confirm()
        self.assertEqual(self.made(), [88, 75])
        self.run_chain(order)
        sent = order.picking_ids.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(sent.mapped("quantity")), 88 + 11)

    def test_of_a_kit_that_has_one_product_twice(self):
        """What is missing for the one line is not taken for more of the other."""
        screw, bag = self.new_product("Screw", "mts"), self.new_product("Bag")
        kit = self.new_bom(bag, {screw: 1, self.table: 1}, type="phantom")
        few = kit.bom_line_ids[0]
        many = few.copy({"bom_id": kit.id, "product_qty": 2})
        self.put_in_stock(screw, 15)
        order = self.confirm(bag, 5)
        picking = order.picking_ids
        picking.move_ids.filtered(lambda move: move.bom_line_id == few).picked = True
        picking._action_done()
        self.quote_again(order)
        order.action_confirm()
        order.order_line._action_launch_stock_rule()
        alive = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
        quantities = [
            (move.bom_line_id, move.product_qty) for move in alive if move.product_id == screw
        ]
        self.assertCountEqual(quantities, [(few, 5), (many, 10)])

    def test_a_customer_who_has_sent_it_back_gets_it_again(self):
        order = self.confirm(self.table, 10)
        self.deliver_part(order, 4)
        self.send_back(order, 3)
        self.quote_again(order)
        self.assertEqual(self.asked(order._mto_get_plan())[0], (self.table.id, "production", 9))
        order.action_confirm()
        self.assertEqual(self.made(), [10, 9])
