from odoo.tests import Form, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestSharedSources(MtoCommon):
    """Who gets what of productions that are tied to several needs each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.new_product("Screw")
        cls.put_in_stock(cls.screw, 100)
        cls.leg = cls.new_product("Leg")
        cls.table, cls.bench = (cls.new_product(name, "mto") for name in ("Table", "Bench"))
        cls.new_bom(cls.leg, {cls.screw: 1})
        cls.new_bom(cls.table, {cls.leg: 5})
        cls.new_bom(cls.bench, {cls.leg: 5})

    def start(self):
        """Ten legs for a table and a bench, of which five are made."""
        order = self.new_order({self.table: 1, self.bench: 1})
        order.action_confirm()
        separate = self.productions_of(self.leg)
        separate.action_merge()
        made = self.make(self.productions_of(self.leg) - separate, 5)
        rest = self.productions_of(self.leg) - separate - made
        self.assertEqual((made.product_qty, rest.product_qty), (5, 5))
        finished = made.move_finished_ids, rest.move_finished_ids
        self.assertEqual(finished[0].move_dest_ids, finished[1].move_dest_ids)
        return order, made, rest

    def make(self, production, quantity):
        production.qty_producing = quantity
        production._set_qty_producing()
        action = production.button_mark_done()
        if isinstance(action, dict):
            Form.from_action(self.env, action).save().action_backorder()
        return production

    def test_what_is_made_was_for_the_first(self):
        order, made, rest = self.start()
        order.order_line[0].product_uom_qty = 0
        self.assertEqual((made.state, rest.state, rest.product_qty), ("done", "confirmed", 5))
        self.assertEqual(self.productions_of(self.bench).state, "confirmed")
        notes = "".join(map(str, order.activity_ids.search([]).mapped("note")))
        self.assertIn("5 Units of Leg are free in stock now", notes)

    def test_what_is_to_come_was_for_the_second(self):
        order, made, rest = self.start()
        order.order_line[1].product_uom_qty = 0
        self.assertEqual((made.state, rest.state), ("done", "cancel"))
        raw = self.productions_of(self.table).move_raw_ids
        self.assertEqual((raw.product_qty, raw.quantity), (5, 5))

    def test_one_need_that_grew_meanwhile(self):
        """All that is made is left over when nothing is needed, and nothing that is not."""
        order = self.confirm(self.table, 2)
        made = self.make(self.productions_of(self.leg), 6)
        rest = self.productions_of(self.leg) - made
        order.order_line.product_uom_qty = 3
        self.assertEqual(rest.product_qty, 9)
        change = self.env["change.production.qty"].create({"mo_id": rest.id, "product_qty": 12})
        change.change_prod_qty()
        order.order_line.product_uom_qty = 0
        self.assertEqual((made.state, rest.state), ("done", "cancel"))
        notes = "".join(map(str, order.activity_ids.search([]).mapped("note")))
        self.assertIn("6 Units of Leg are free in stock now", notes)

    def test_who_has_nothing_else_takes_first(self):
        """Both halves of a production share what was ordered; what was ordered later is one's."""
        self.warehouse.manufacture_steps = "pbm"
        part = self.new_product("Part", vendor=True)
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {part: 1})
        order = self.confirm(chair, 10)
        self.purchase_lines_of(part).order_id.button_confirm()
        production = self.productions_of(chair)
        production._split_productions({production: [4, 6]})
        order.order_line.product_uom_qty = 15
        later = self.purchase_lines_of(part).filtered(lambda line: line.state == "draft")
        self.assertEqual(later.product_qty, 5)
        order.order_line.product_uom_qty = 0
        self.assertIn(later.exists().state, (False, "cancel"))
        productions = self.productions_of(chair)
        self.assertEqual(set(productions.mapped("state")), {"cancel"})

    def test_the_rest_of_a_batch_that_nobody_needs(self):
        """It is for the stock: it goes with the order, as it would if nothing were made yet."""
        self.leg.bom_ids.write({"enable_batch_size": True, "batch_size": 5})
        self.bench.bom_ids.bom_line_ids.product_qty = 2
        order = self.confirm(self.bench, 1)
        self.make(self.productions_of(self.leg), 3)
        rest = self.productions_of(self.leg).filtered(lambda one: one.state != "done")
        self.assertEqual((rest.product_qty, rest.state), (2, "confirmed"))
        order._action_cancel()
        self.assertEqual(rest.state, "cancel")
        self.assertFalse(self.screw.stock_move_ids.filtered(lambda one: one.state == "assigned"))

    def test_the_rest_of_a_batch_while_anything_is_needed(self):
        self.leg.bom_ids.write({"enable_batch_size": True, "batch_size": 5})
        self.bench.bom_ids.bom_line_ids.product_qty = 2
        order = self.confirm(self.bench, 2)
        self.make(self.productions_of(self.leg), 4.5)
        rest = self.productions_of(self.leg).filtered(lambda one: one.state != "done")
        order.order_line.product_uom_qty = 1
        self.assertEqual((rest.product_qty, rest.state), (0.5, "confirmed"))
