from odoo.fields import Command
from odoo.tests import Form, tagged

from .. import planner
from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestSharedNeeds(MtoCommon):
    """A need that stock and a purchase cover together is one need for whoever works with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Product", "mto")

    # -- helpers -----------------------------------------------------------------------

    def start(self, quantity, stock, per_unit=1):
        """A production of an order whose component is partly in stock."""
        self.new_bom(self.product, {self.part: per_unit})
        self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, quantity)
        return self.productions_of(self.product)

    def parts(self, production):
        """{procure method: demand} of the live parts."""
        moves = self.raw_moves(production, self.part)
        moves = moves.filtered(lambda m: m.state != "cancel" and m.product_uom_qty)
        answer = {}
        for move in moves:
            answer.setdefault(move.procure_method, 0.0)
            answer[move.procure_method] += move.product_qty
        return answer

    def split(self, production, quantities):
        return production._split_productions({production: quantities})

    def assertCovered(self, order=None):
        plan = (order or self.order)._mto_get_plan()
        self.assertEqual(plan.gaps, ())
        self.assertEqual([node for node in plan.nodes if node.unpegged], [])

    def produce(self, production, quantity):
        production.qty_producing = quantity
        production._set_qty_producing()
        action = production.button_mark_done()
        if isinstance(action, dict) and action.get("res_model") == "mrp.production.backorder":
            Form.from_action(self.env, action).save().action_backorder()
        return production.production_group_id.production_ids - production

    def receive(self):
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.filtered(lambda p: p.state == "draft").button_confirm()
        pickings = purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        pickings.button_validate()

    # -- partial production ------------------------------------------------------------

    def test_partial_production_takes_the_stock_part_first(self):
        production = self.start(8, stock=7)
        production.qty_producing = 4
        production._set_qty_producing()
        moves = self.raw_moves(production, self.part)
        from_stock = moves.filtered(lambda m: m.procure_method == "make_to_stock")
        self.assertEqual(from_stock.quantity, 4)
        self.assertEqual((moves - from_stock).quantity, 0)
        self.assertEqual(from_stock.should_consume_qty, 4)
        self.assertEqual((moves - from_stock).should_consume_qty, 0)

    def test_partial_production_in_the_form(self):
        production = self.start(8, stock=7)
        with Form(production) as form:
            form.qty_producing = 4
        quantities = self.raw_moves(production, self.part).mapped("quantity")
        self.assertEqual(sorted(quantities), [0, 4])

    def test_a_backorder_keeps_what_is_left_of_each_part(self):
        production = self.start(8, stock=7)
        backorder = self.produce(production, 4)
        done = production.move_raw_ids.filtered(lambda m: m.state == "done")
        self.assertEqual(done.mapped("quantity"), [4])
        self.assertEqual(self.parts(backorder), {"make_to_stock": 3, "make_to_order": 1})
        self.assertParts(backorder, self.part, reserved=3, ordered=1)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 1)
        self.assertCovered()
        self.receive()
        self.produce(backorder, 4)
        self.assertEqual(backorder.state, "done")
        self.order.picking_ids.button_validate()
        self.assertEqual(self.order.order_line.qty_delivered, 8)

    def test_what_was_consumed_otherwise_stays_consumed(self):
        production = self.start(8, stock=7)
        self.receive()
        production.qty_producing = 4
        production._set_qty_producing()
        moves = self.raw_moves(production, self.part)
        bought = moves.filtered(lambda m: m.procure_method == "make_to_order")
        bought.write({"quantity": 1, "picked": True})
        (moves - bought).quantity = 3
        backorder = self.produce_as_it_is(production)
        done = production.move_raw_ids.filtered(lambda m: m.state == "done")
        self.assertEqual(sorted(done.mapped("quantity")), [1, 3])
        self.assertEqual(self.parts(backorder), {"make_to_stock": 4})

    def produce_as_it_is(self, production):
        action = production.button_mark_done()
        Form.from_action(self.env, action).save().action_backorder()
        return production.production_group_id.production_ids - production

    def test_serial_numbers_are_whole(self):
        self.part.tracking = "serial"
        self.new_bom(self.product, {self.part: 1})
        for name in ("S1", "S2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": self.part.id})
            self.env["stock.quant"]._update_available_quantity(
                self.part, self.stock, 1, lot_id=lot
            )
        self.order = self.confirm(self.product, 3)
        production = self.productions_of(self.product)
        self.assertParts(production, self.part, reserved=2, ordered=1)
        production.qty_producing = 1
        production._set_qty_producing()
        lines = production.move_raw_ids.move_line_ids
        self.assertEqual(lines.mapped("quantity"), [1])
        backorder = self.produce(production, 1)
        self.assertEqual(self.parts(backorder), {"make_to_stock": 1, "make_to_order": 1})
        self.assertEqual(backorder.move_raw_ids.move_line_ids.mapped("lot_id.name"), ["S2"])
        self.assertCovered()

    def test_serial_numbers_of_half_a_need_are_whole(self):
        self.part.tracking = "serial"
        self.new_bom(self.product, {self.part: 3}, product_qty=2)
        self.order = self.confirm(self.product, 6)
        first, second = self.split(self.productions_of(self.product), [3, 3])
        self.assertEqual(self.parts(first), {"make_to_order": 5})
        self.assertEqual(self.parts(second), {"make_to_order": 4})

    # -- work orders -------------------------------------------------------------------

    def start_in_operation(self, tracking):
        """A production of ten; of the part that its operation consumes four are in stock."""
        self.part = self.new_product("Part", vendor=True, tracking=tracking)
        self.product = self.new_product("Product", "mto")
        bench = self.env["mrp.workcenter"].create({"name": "Bench"})
        work = {"name": "Work", "workcenter_id": bench.id, "time_cycle_manual": 1}
        bom = self.new_bom(self.product, {self.part: 1}, operation_ids=[Command.create(work)])
        bom.bom_line_ids.operation_id = bom.operation_ids
        for number in range(4):
            lot = self.env["stock.lot"]
            if tracking == "serial":
                lot = lot.create({"name": f"S{number}", "product_id": self.part.id})
            self.env["stock.quant"]._update_available_quantity(
                self.part, self.stock, 1, lot_id=lot
            )
        self.order = self.confirm(self.product, 10)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        if tracking == "serial":
            purchase.picking_ids.move_ids._generate_serial_numbers("R1", 6)
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        return self.productions_of(self.product)

    def test_a_work_order_takes_the_stock_part_first(self):
        for tracking in ("none", "serial"):
            with self.subTest(tracking=tracking):
                production = self.start_in_operation(tracking)
                production.workorder_ids.button_start()
                production.workorder_ids.qty_producing = 6
                production.workorder_ids.button_finish()
                moves = self.raw_moves(production, self.part)
                taken = {move.procure_method: move.quantity for move in moves}
                self.assertEqual(taken, {"make_to_stock": 4, "make_to_order": 2})
                self.assertFalse(self.order.mto_missing_supplies)
                quants = self.part.stock_quant_ids.filtered(lambda q: q.location_id == self.stock)
                self.assertEqual(sum(quants.mapped("quantity")), 10)
                self.assertEqual(sum(quants.mapped("reserved_quantity")), 6)
                backorder = self.produce_as_it_is(production)
                self.assertEqual(self.parts(backorder), {"make_to_order": 4})
                self.assertEqual(sum(backorder.move_raw_ids.mapped("quantity")), 4)
                self.assertCovered()

    def test_a_work_order_is_finished_of_which_nobody_says_how_much(self):
        production = self.start_in_operation("none")
        production.workorder_ids.button_finish()
        moves = self.raw_moves(production, self.part)
        self.assertEqual(sorted(moves.mapped("quantity")), [4, 6])

    # -- split -------------------------------------------------------------------------

    def test_both_halves_keep_their_supply(self):
        """Of a production that is split (row N15)."""
        production = self.start(6, stock=3)
        first, second = self.split(production, [4, 2])
        self.assertEqual(self.parts(first), {"make_to_stock": 3, "make_to_order": 1})
        self.assertEqual(self.parts(second), {"make_to_order": 2})
        line = self.purchase_lines_of(self.part)
        ordered = (first | second).move_raw_ids.filtered("created_purchase_line_ids")
        self.assertEqual(line.move_dest_ids, ordered)
        self.assertEqual(ordered.mapped("product_qty"), [1, 2])
        self.assertEqual(line.product_qty, 3)
        self.assertEqual(len((first | second).move_raw_ids), 3)
        self.assertCovered()
        self.receive()
        for half in (first, second):
            self.assertEqual(half.reservation_state, "assigned")
            self.produce(half, half.product_qty)
        self.order.picking_ids.button_validate()
        self.assertEqual(self.order.order_line.qty_delivered, 6)
        self.assertCovered()

    def test_halves_of_what_is_made_below(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 1})
        self.new_bom(self.product, {module: 1})
        self.put_in_stock(module, 3)
        order = self.confirm(self.product, 6)
        below = self.productions_of(module)
        first, second = self.split(self.productions_of(self.product), [4, 2])
        for half, ordered in ((first, 1), (second, 2)):
            moves = self.raw_moves(half, module).filtered("move_orig_ids")
            self.assertEqual(moves.mapped("product_qty"), [ordered])
            self.assertEqual(moves.move_orig_ids.production_id, below)
        self.assertEqual(sum(first.move_finished_ids.mapped("product_qty")), 4)
        self.assertCovered(order)
        # What is below is split, too: both halves stay covered.
        self.split(below, [1, 2])
        self.assertCovered(order)

    def test_many_lots(self):
        production = self.start(10, stock=3)
        lots = self.split(production, [2] * 5)
        self.assertEqual(
            [self.parts(lot) for lot in lots],
            [
                {"make_to_stock": 2},
                {"make_to_stock": 1, "make_to_order": 1},
                *[{"make_to_order": 2}] * 3,
            ],
        )
        self.assertEqual(sum(lots.move_raw_ids.move_line_ids.mapped("quantity")), 3)
        self.assertCovered()

    def test_split_when_everything_is_received(self):
        production = self.start(10, stock=3)
        self.receive()
        self.assertEqual(sum(production.move_raw_ids.mapped("quantity")), 10)
        lots = self.split(production, [2, 3, 5])
        for lot in lots:
            self.assertEqual(lot.reservation_state, "assigned")
            self.assertEqual(sum(lot.move_raw_ids.mapped("quantity")), lot.product_qty)
            for move in lot.move_raw_ids:
                self.assertEqual(move.quantity, move.product_uom_qty)
        quant = self.part.stock_quant_ids.filtered(lambda q: q.location_id == self.stock)
        self.assertEqual((quant.quantity, quant.reserved_quantity), (10, 10))
        self.assertCovered()

    def test_split_in_several_steps(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                product = self.new_product("Product", "mto")
                part = self.new_product("Part", vendor=True)
                self.new_bom(product, {part: 1})
                self.put_in_stock(part, 3)
                order = self.confirm(product, 6)
                lots = self.split(self.productions_of(product), [4, 2])
                self.assertEqual(
                    [self.raw_moves(lot, part).mapped("product_qty") for lot in lots], [[4], [2]]
                )
                self.assertCovered(order)
                pick = lots.move_raw_ids.move_orig_ids
                self.assertEqual(sorted(pick.mapped("product_qty")), [3, 3])

    def test_batches_stay_right_through_backorders(self):
        self.new_bom(self.product, {self.part: 1}, enable_batch_size=True, batch_size=4)
        self.put_in_stock(self.part, 5)
        order = self.confirm(self.product, 10)
        batches = self.productions_of(self.product).sorted("id")
        self.assertEqual(batches.mapped("product_qty"), [4, 4, 4])
        self.assertCovered(order)
        self.produce(batches[0], 3)
        self.assertCovered(order)
        made = [
            node
            for node in order._mto_get_plan().nodes
            if node.product_id == self.product.id and node.supply == planner.PRODUCTION
        ]
        self.assertEqual(sum(node.quantity for node in made), 10)
        self.assertEqual(
            sum(self.productions_of(self.product).mapped("product_qty")), 12, "nothing is lost"
        )

    def test_draft_production(self):
        self.new_bom(self.product, {self.part: 1})
        production = Form(self.env["mrp.production"])
        production.product_id = self.product
        production.product_qty = 6
        production = production.save()
        halves = self.split(production, [4, 2])
        self.assertEqual(halves.move_raw_ids.mapped("product_qty"), [4, 2])
