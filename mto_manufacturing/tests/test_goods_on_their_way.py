from collections import Counter

from odoo.tests import tagged

from .chain import ChainCase

_GONE = ("done", "cancel")


@tagged("post_install", "-at_install")
class TestGoodsOnTheirWay(ChainCase):
    """What has come as far as a step is taken on from there, whatever becomes of a transfer."""

    def setUp(self):
        super().setUp()
        self.renew()

    def renew(self):
        """New products, so that what happened to others is forgotten."""
        self.part = self.new_product("Part", vendor=True)
        self.other = self.new_product("Other", vendor=True)
        self.beside = self.new_product("Beside", "mto", vendor=True)
        self.product = self.new_product("Product", "mto")
        self.new_bom(self.product, {self.part: 1, self.other: 1})

    # -- what becomes of a transfer ----------------------------------------------------

    def cancel(self, move):
        move.picking_id.action_cancel()

    def take_a_part(self, move):
        """Three go, and the rest never."""
        move.picking_id.move_ids.picked = True
        move.quantity = 3
        self.validate(move.picking_id)

    def leave_out(self, move):
        """Only the others go."""
        others = move.picking_id.move_ids - move
        self.assertTrue(others)
        others.picked = True
        self.validate(move.picking_id)

    def validate(self, picking):
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(picking.state, "done")

    # -- how far the goods have come ---------------------------------------------------

    def find(self, product, place):
        """The open moves that take a product on from a place."""
        return self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", place.id),
                ("state", "not in", _GONE),
                ("scrap_id", "=", False),
            ]
        )

    def bring(self, order, product, place):
        """Buy, receive and make until a product waits in a place to be taken on."""
        for _round in range(15):
            move = self.find(product, place).filtered(lambda one: one.state == "assigned")
            if move:
                return move
            self.buy()
            ready = self.env["stock.picking"].search([("state", "=", "assigned")], order="id")
            ready = ready.filtered(
                lambda one: all(move.state == "assigned" for move in one.move_ids)
            )
            for picking in ready[:1]:
                picking.move_ids.picked = True
                picking.with_context(skip_backorder=True).button_validate()
            if not ready:
                self.make(order)
        raise AssertionError(f"{product.name} does not come to {place.name}")

    def supplies(self, order):
        found = Counter()
        for node in order._mto_get_plan().nodes:
            found[node.product_id, node.supply] += node.quantity
        return found

    def get_ordered(self):
        """What is bought and made of each product, and not cancelled."""
        found = Counter()
        for product in self.part | self.other | self.beside | self.product:
            bought, made = self.purchase_lines_of(product), self.productions_of(product)
            found[product] += sum(bought.filtered("qty_received").mapped("product_qty"))
            found[product] += sum(made.mapped("product_qty"))
        return found

    def assertTakenOn(self, product, place, lines, ways):
        """In whatever way a transfer ends: all is as before, and comes once."""
        for end in ways:
            with self.subTest(place=place.name, end=end.__name__):
                self.renew()
                goods = getattr(self, product)
                order = self.new_order({getattr(self, name): 5 for name in lines})
                order.action_confirm()
                move = self.bring(order, goods, place)
                before = self.supplies(order)
                end(move)
                self.assertEqual(self.supplies(order), before)
                self.assertFalse(order.mto_missing_supplies)
                order.action_mto_supply_again()
                again = self.find(goods, place)
                left = 2 if end == self.take_a_part else 5
                self.assertEqual((again.product_qty, again.state), (left, "assigned"))
                self.assertFalse(again & move)
                self.run_chain(order)
                self.assertEqual(set(self.get_ordered().values()) - {0}, {5})
                self.assertFalse(self.find(goods, place))

    def test_received_and_not_stored(self):
        for steps, place in (
            ("two_steps", self.warehouse.wh_input_stock_loc_id),
            ("three_steps", self.warehouse.wh_input_stock_loc_id),
            ("three_steps", self.warehouse.wh_qc_stock_loc_id),
        ):
            self.warehouse.reception_steps = steps
            self.assertTakenOn("part", place, ["product"], (self.cancel, self.leave_out))
        self.assertTakenOn("part", place, ["product"], (self.take_a_part,))

    def test_made_and_not_stored(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        ways = (self.cancel, self.take_a_part)
        self.assertTakenOn("product", self.warehouse.sam_loc_id, ["product"], ways)

    def test_where_nothing_is_reserved_by_itself(self):
        """What comes from the step before is reserved, as in core."""
        self.warehouse.reception_steps = "two_steps"
        self.warehouse.store_type_id.reservation_method = "manual"
        place = self.warehouse.wh_input_stock_loc_id
        self.assertTakenOn("part", place, ["product"], (self.cancel,))

    # -- nobody waits for them ---------------------------------------------------------

    def test_for_an_order_that_is_cancelled(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirm(self.product, 5)
        place = self.warehouse.wh_output_stock_loc_id
        self.bring(order, self.product, place)
        order._action_cancel()
        self.assertFalse(self.find(self.product, place))

    def bring_components(self, stock):
        """Five are ordered; what is in stock of both components is brought to the production."""
        self.warehouse.manufacture_steps = "pbm"
        for component in (self.part, self.other):
            self.put_in_stock(component, stock)
        order = self.confirm(self.product, 5)
        transfer = order.mrp_production_ids.picking_ids
        transfer.with_context(skip_backorder=True).button_validate()
        return order, transfer

    def get_requests(self):
        lines = self.purchase_lines_of(self.part) | self.purchase_lines_of(self.other)
        return lines.filtered(lambda line: line.state != "cancel")

    def test_what_is_left_over_there_is_taken_by_more_of_the_order(self):
        order, _transfer = self.bring_components(stock=5)
        parts = self.productions_of(self.product).move_raw_ids
        for quantity in (1, 3, 5):
            order.order_line.product_uom_qty = quantity
            self.assertEqual(parts.mapped("product_qty"), [quantity] * 2)
            self.assertEqual(parts.mapped("quantity"), [quantity] * 2)
            self.assertFalse(self.get_requests())
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.get_requests().mapped("product_qty"), [3, 3])

    def scrap(self, quantity):
        place = self.warehouse.pbm_loc_id
        vals = {"product_id": self.part.id, "scrap_qty": quantity, "location_id": place.id}
        self.env["stock.scrap"].create(vals).action_validate()

    def test_a_part_of_a_dozen_is_left_over_there(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.bom_ids.bom_line_ids.product_uom_id = dozen
        order, _transfer = self.bring_components(stock=60)
        order.order_line.product_uom_qty = 1
        self.scrap(43)
        order.order_line.product_uom_qty = 5
        parts = self.raw_moves(self.productions_of(self.product), self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 60)
        self.assertEqual(sum(parts.move_line_ids.mapped("quantity_product_uom")), 17)
        self.assertEqual(self.get_requests().mapped("product_uom_qty"), [43])

    def test_what_is_left_over_is_a_little_less_than_a_ton(self):
        """The rest is no quantity in tons."""
        components = self.part | self.other
        components.uom_id = self.env.ref("uom.product_uom_kgm")
        lines = self.product.bom_ids.bom_line_ids
        lines.write({"product_uom_id": self.env.ref("uom.product_uom_ton").id, "product_qty": 0.1})
        order, _transfer = self.bring_components(stock=500)
        order.order_line.product_uom_qty = 1
        self.scrap(4)
        order.order_line.product_uom_qty = 5
        parts = self.raw_moves(self.productions_of(self.product), self.part)
        self.assertEqual(sum(parts.mapped("product_qty")), 500)
        self.assertEqual(self.get_requests().mapped("product_uom_qty"), [4])

    def test_what_lies_beside_what_had_come_is_not_left_over(self):
        """Core reserves what was brought, where it was brought to."""
        place = self.warehouse.pbm_loc_id
        shelf = place.create({"name": "Shelf", "location_id": place.id})
        order, _transfer = self.bring_components(stock=5)
        order.order_line.product_uom_qty = 1
        self.scrap(3)
        self.put_in_stock(self.part, 9, shelf)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.get_requests().mapped("product_qty"), [3])

    def test_what_has_come_in_parts_is_not_left_over(self):
        """Three tenths are one tenth and two, but for a rest that is no quantity."""
        self.warehouse.manufacture_steps = "pbm"
        self.product.bom_ids.bom_line_ids.product_qty = 0.1
        place = self.warehouse.pbm_loc_id
        shelf = place.create({"name": "Shelf", "location_id": place.id})
        for component in (self.part, self.other):
            self.put_in_stock(component, 0.3)
        order = self.confirm(self.product, 3)
        transfer = order.mrp_production_ids.picking_ids
        for line in transfer.move_line_ids:
            line.quantity = 0.1
            line.copy({"quantity": 0.2, "location_dest_id": shelf.id})
        transfer.move_ids.picked = True
        transfer.with_context(skip_backorder=True).button_validate()
        order.order_line.product_uom_qty = 5
        parts = self.productions_of(self.product).move_raw_ids
        self.assertEqual(parts.mapped("product_qty"), [0.5] * 2)

    def test_what_is_scrapped_there_is_not_left_over(self):
        order, _transfer = self.bring_components(stock=5)
        order.order_line.product_uom_qty = 1
        self.scrap(3)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.get_requests().mapped("product_qty"), [3])
        self.assertEqual(self.get_requests().product_id, self.part)

    def test_what_lies_there_for_another_order_is_not_taken_for_what_is_scrapped(self):
        order, _transfer = self.bring_components(stock=5)
        made = self.productions_of(self.product)
        for component in (self.part, self.other):
            self.put_in_stock(component, 5)
        self.confirm(self.product, 5)
        other = self.productions_of(self.product) - made
        transfer = other.picking_ids
        transfer.with_context(skip_backorder=True).button_validate()
        other.do_unreserve()
        order.order_line.product_uom_qty = 1
        self.scrap(4)
        order.order_line.product_uom_qty = 5
        self.assertEqual(sum(made.move_raw_ids.mapped("quantity")), 6)
        self.assertEqual(self.get_requests().mapped("product_qty"), [4])
        other.action_assign()
        self.assertEqual(other.move_raw_ids.mapped("quantity"), [5, 5])

    def test_what_was_asked_for_beyond_what_had_come_is_given_back(self):
        """A person says later that all had been brought, and the request is for nobody."""
        order, transfer = self.bring_components(stock=1)
        self.assertEqual(self.get_requests().mapped("product_qty"), [4, 4])
        for component in (self.part, self.other):
            self.put_in_stock(component, 4)
        done = transfer.filtered(lambda one: one.state == "done")
        done.is_locked = False
        done.move_ids.move_line_ids.quantity = 5
        production = self.productions_of(self.product)
        production.action_assign()
        self.assertEqual(sum(production.move_raw_ids.mapped("quantity")), 10)
        order._action_cancel()
        self.assertFalse(self.get_requests())

    def test_for_a_production_that_is_cancelled(self):
        self.warehouse.reception_steps = "two_steps"
        order = self.confirm(self.product, 5)
        place = self.warehouse.wh_input_stock_loc_id
        move = self.bring(order, self.part, place)
        self.productions_of(self.product).action_cancel()
        self.cancel(move)
        self.assertFalse(self.find(self.part, place))

    def test_for_the_stock(self):
        self.warehouse.reception_steps = "two_steps"
        self.new_orderpoint(self.part, minimum=5)
        self.env["stock.rule"].run_scheduler()
        place = self.warehouse.wh_input_stock_loc_id
        self.cancel(self.bring(self.new_order({}), self.part, place))
        self.assertFalse(self.find(self.part, place))

    def test_what_goes_back_to_the_stock(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirm(self.product, 5)
        place = self.warehouse.wh_output_stock_loc_id
        self.bring(order, self.product, place)
        order.order_line.product_uom_qty = 2
        back = self.find(self.product, place).filtered(
            lambda move: move.location_dest_id == self.stock
        )
        self.assertEqual(back.product_qty, 3)
        self.cancel(back)
        sent = self.find(self.product, place)
        self.assertEqual((sent.product_qty, sent.location_dest_usage), (2, "customer"))
