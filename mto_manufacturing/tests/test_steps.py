from odoo.tests import tagged

from .. import planner
from .chain import ChainCase

_GONE = ("done", "cancel")


@tagged("post_install", "-at_install")
class TestSteps(ChainCase):
    """What becomes of a need whose goods come in steps when one of them is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.write({"manufacture_steps": "pbm_sam", "delivery_steps": "pick_ship"})
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Product", "mto")
        cls.new_bom(cls.product, {cls.part: 1})

    def start(self, quantity=10, stock=0):
        if stock:
            self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, quantity)
        self.production = self.productions_of(self.product)

    @property
    def picks(self):
        """The transfers of components to the production, those that are over left out."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_dest_id", "=", self.warehouse.pbm_loc_id.id),
                ("state", "not in", _GONE),
            ]
        )
        return moves.picking_id

    def send(self, picking, quantity=None, later=True):
        if quantity:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        self.validate(picking, later)

    def validate(self, picking, later=True):
        never = {} if later else {"picking_ids_not_to_backorder": picking.ids}
        picking.with_context(skip_backorder=True, **never).button_validate()

    def scrap(self, product, quantity, location):
        self.env["stock.scrap"].create(
            {"product_id": product.id, "scrap_qty": quantity, "location_id": location.id}
        ).do_scrap()

    def supplies(self, product):
        """{kind of supply: quantity} of a product in the tree of the order."""
        nodes = self.order._mto_get_plan().nodes
        found = {}
        for node in nodes:
            if node.product_id == product.id:
                found[node.supply] = found.get(node.supply, 0.0) + node.quantity
        return found

    def assertLost(self, product, quantity):
        self.order.invalidate_recordset()
        self.assertEqual(self.supplies(product).get(planner.MISSING), quantity)
        self.assertIn(f"{quantity} Units of {product.name}", self.order.mto_missing_supplies)
        self.order.action_mto_supply_again()
        self.assertNotIn(planner.MISSING, self.supplies(product))

    # -- goods that come in parts and are taken on together ----------------------------

    def get_stored(self, product):
        """Core unites in one transfer what is pushed on: nobody has cancelled any of it."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("location_dest_id", "=", self.stock.id),
                ("location_id.usage", "=", "internal"),
                ("state", "not in", _GONE),
            ]
        )
        return [(move.product_qty, move.quantity) for move in moves]

    def test_received_in_parts_and_stored_at_once(self):
        self.warehouse.reception_steps = "two_steps"
        self.start(10)
        self.buy()
        receipt = self.purchase_lines_of(self.part).move_ids.picking_id
        self.send(receipt, 6)
        self.send(receipt.backorder_ids)
        self.assertEqual(self.get_stored(self.part), [(10, 10)])
        self.run_chain(self.order)

    def test_made_in_parts_and_stored_at_once(self):
        self.start(10, stock=10)
        self.send(self.picks)
        for quantity in (6, 4):
            production = self.productions_of(self.product).filtered(
                lambda one: one.state != "done"
            )
            production.qty_producing = quantity
            production._set_qty_producing()
            rest = production.ids if production._get_quantity_to_backorder() else []
            production.with_context(
                skip_consumption=True, skip_backorder=True, mo_ids_to_backorder=rest
            ).button_mark_done()
        self.assertEqual(self.get_stored(self.product), [(10, 10)])
        self.run_chain(self.order)

    # -- a transfer to the production is cancelled -------------------------------------

    def test_a_cancelled_pick_is_asked_for_again(self):
        self.start(10, stock=4)
        before = self.supplies(self.part)
        picks = self.picks
        picks.action_cancel()
        self.assertEqual(set(picks.mapped("state")), {"cancel"})
        self.assertFalse(self.picks & picks)
        self.assertEqual(self.supplies(self.part), before)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 6)
        self.run_chain(self.order)

    def test_the_rest_of_a_pick_is_asked_for_again(self):
        self.start(10, stock=10)
        self.send(self.picks, 3, later=False)
        self.assertEqual(sum(self.picks.move_ids.mapped("product_qty")), 7)
        self.assertEqual(self.supplies(self.part), {planner.STOCK: 10})
        self.run_chain(self.order)

    def test_a_purchase_is_for_the_pick_that_is_asked_for_again_alone(self):
        self.start(10, stock=4)
        self.picks.action_cancel()
        line = self.purchase_lines_of(self.part)
        self.assertEqual(line.product_qty, 6)
        self.assertNotIn("cancel", line.move_dest_ids.mapped("state"))
        self.assertEqual(sum(line.move_dest_ids.mapped("product_qty")), 6)
        self.run_chain(self.order)

    def test_what_is_asked_for_again_is_a_transfer_of_its_own(self):
        """A transfer that is half done could not be cancelled any more."""
        other = self.new_product("Other", vendor=True)
        self.new_bom(self.product, {self.part: 1, other: 1}, sequence=-1)
        self.start(10, stock=10)
        sent = self.picks
        self.assertEqual(len(sent.move_ids), 2)
        sent.move_ids.filtered(lambda move: move.product_id == self.part).quantity = 4
        self.send(sent, later=False)
        self.assertEqual(sent.state, "done")
        self.assertEqual(set(sent.move_ids.mapped("state")), {"done", "cancel"})
        self.assertEqual(sum(self.picks.move_ids.mapped("product_qty")), 6 + 10)
        self.order._action_cancel()
        self.assertFalse(self.picks)
        self.assertEqual(self.production.state, "cancel")

    def test_what_nobody_ticked_is_asked_for_again_once(self):
        """However much of it is there."""
        other = self.new_product("Other", vendor=True)
        self.new_bom(self.product, {self.part: 1, other: 1}, sequence=-1)
        self.start(10, stock=10)
        sent = self.picks
        purchase = self.purchase_lines_of(other).order_id
        purchase.button_confirm()
        self.send(purchase.picking_ids, 4)
        ticked = sent.move_ids.filtered(lambda move: move.product_id == self.part)
        left = sent.move_ids - ticked
        self.assertEqual(left.quantity, 4)
        ticked.picked = True
        self.validate(sent, later=False)
        self.assertEqual((ticked.state, left.state), ("done", "cancel"))
        again = left.search([("product_id", "=", other.id), ("state", "not in", _GONE)])
        again = again.filtered(lambda move: move.location_id == self.stock)
        self.assertEqual(sum(again.mapped("product_qty")), 10)
        self.assertNotIn(planner.MISSING, self.supplies(other))
        self.run_chain(self.order)

    def test_lines_that_nobody_ticked_are_asked_for_again(self):
        shelf = self.stock.create({"name": "Shelf", "location_id": self.stock.id})
        self.put_in_stock(self.part, 7, shelf)
        self.start(10, stock=3)
        sent = self.picks
        self.assertEqual(len(sent.move_line_ids), 2)
        sent.move_line_ids.filtered(lambda line: line.quantity == 3).picked = True
        self.validate(sent, later=False)
        self.assertEqual((sent.state, sent.move_ids.quantity), ("done", 3))
        self.assertEqual(sum(self.picks.move_ids.mapped("product_qty")), 7)
        self.assertEqual(self.supplies(self.part), {planner.STOCK: 10})
        self.run_chain(self.order)

    def test_a_pick_of_a_cancelled_production_is_not(self):
        self.start(10, stock=4)
        self.production.action_cancel()
        self.assertFalse(self.picks)
        self.start(10)
        self.order._action_cancel()
        self.assertFalse(self.picks)

    def test_a_pick_for_a_need_that_is_gone_is_cancelled_whatever_was_bought(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 1})
        self.product.bom_ids.bom_line_ids.product_id = module
        self.put_in_stock(self.part, 4)
        self.order = self.new_order({self.product: 10})
        self.order.order_line.copy({"order_id": self.order.id, "product_uom_qty": 2})
        self.order.action_confirm()
        line = self.purchase_lines_of(self.part)
        line.order_id.button_confirm()
        self.order.order_line[0].product_uom_qty = 0
        picks = self.picks.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(picks.mapped("product_qty"), [2])
        self.assertEqual((line.state, line.product_qty), ("purchase", 8))
        self.assertEqual(line.move_ids.move_dest_ids, picks)
        self.assertEqual(self.supplies(self.part), {planner.PURCHASE: 2})
        self.assertIn("6", str(line.order_id.activity_ids.mapped("note")))

    # -- goods that came for nothing ---------------------------------------------------

    def test_what_was_picked_for_a_cancelled_production_is_no_need_of_the_order(self):
        self.start(4, stock=4)
        self.send(self.picks)
        self.production.action_cancel()
        demands = self.order._mto_get_plan().demands
        self.assertEqual([demand.product_id for demand in demands], [self.product.id])
        self.assertLost(self.product, 4)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 4)
        self.run_chain(self.order)

    def test_what_was_made_and_stored_for_a_cancelled_delivery_leaves_the_order(self):
        module = self.new_product("Module")
        self.new_bom(module, {self.part: 1})
        self.product.bom_ids.bom_line_ids.product_id = module
        self.start(4, stock=4)
        made = self.productions_of(module)
        self.send(self.picks.filtered(lambda one: one.state == "assigned"))
        self.finish(made)
        store = made.move_finished_ids.move_dest_ids.picking_id
        self.send(store)
        self.order.picking_ids.action_cancel()
        self.assertEqual((made.state, self.production.state), ("done", "cancel"))
        demands = self.order._mto_get_plan().demands
        self.assertEqual([demand.product_id for demand in demands], [self.product.id])
        self.assertFalse(made.move_raw_ids.mto_sale_line_id)
        self.order.action_mto_supply_again()
        self.assertEqual(self.supplies(module), {planner.STOCK: 4})
        self.run_chain(self.order)

    # -- goods are lost on their way ---------------------------------------------------

    def test_scrapped_beside_the_production(self):
        """The rest is still to come, and what is lost is asked for once more."""
        self.start(10, stock=4)
        picks = self.picks
        self.send(picks.filtered(lambda one: one.state == "assigned"))
        self.scrap(self.part, 1, self.warehouse.pbm_loc_id)
        raw = self.production.move_raw_ids
        self.assertEqual(sum(raw.move_orig_ids.mapped("product_qty")), 11)
        self.assertEqual(self.supplies(self.part)[planner.PURCHASE], 6)
        self.assertLost(self.part, 1)
        self.run_chain(self.order)

    def test_scrapped_beside_the_production_while_there_is_more(self):
        self.start(4, stock=5)
        self.send(self.picks)
        self.scrap(self.part, 1, self.warehouse.pbm_loc_id)
        self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual(self.picks.move_ids.quantity, 1)
        self.run_chain(self.order)

    def test_scrapped_before_it_is_stored(self):
        self.start(4, stock=4)
        self.send(self.picks)
        self.finish(self.production)
        self.scrap(self.product, 1, self.warehouse.sam_loc_id)
        self.put_in_stock(self.part, 1)
        self.assertLost(self.product, 1)
        self.run_chain(self.order)

    def test_scrapped_on_the_way_to_the_customer(self):
        self.start(4, stock=4)
        self.send(self.picks)
        self.finish(self.production)
        self.move()
        pick = self.order.picking_ids.filtered(lambda one: one.state == "assigned")
        self.assertEqual(pick.move_ids.location_id, self.stock)
        self.send(pick)
        self.scrap(self.product, 1, self.warehouse.wh_output_stock_loc_id)
        self.put_in_stock(self.part, 1)
        self.assertLost(self.product, 1)
        self.run_chain(self.order)

    def receive_unreserved(self):
        """Receive what is bought, and have nobody reserve it where it waits to be stored."""
        self.warehouse.reception_steps = "two_steps"
        self.start(10)
        self.buy()
        self.send(self.purchase_lines_of(self.part).move_ids.picking_id)
        place = self.warehouse.wh_input_stock_loc_id
        store = self.env["stock.move"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", place.id)]
        )
        store.picking_id.do_unreserve()
        return store

    def test_scrapped_unreserved_before_it_is_stored(self):
        store = self.receive_unreserved()
        self.scrap(self.part, 2, store.location_id)
        self.assertEqual(store.product_qty, 8)
        self.assertLost(self.part, 2)
        store._action_assign()
        self.run_chain(self.order)

    def test_counted_unreserved_before_it_is_stored(self):
        store = self.receive_unreserved()
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", store.location_id.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 8
        quant.action_apply_inventory()
        self.assertEqual(store.product_qty, 8)
        self.assertLost(self.part, 2)
        store._action_assign()
        self.run_chain(self.order)

    def test_scrapped_beside_what_waits_unreserved(self):
        store = self.receive_unreserved()
        self.put_in_stock(self.part, 2, store.location_id)
        self.scrap(self.part, 2, store.location_id)
        self.assertEqual(store.product_qty, 10)
        self.assertFalse(self.order.mto_missing_supplies)
