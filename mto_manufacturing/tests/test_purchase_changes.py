from datetime import timedelta
from itertools import product

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestPurchaseChanges(MtoCommon):
    """Requests that are merged, or received and delivered in part, serve whom they served."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", "mto", vendor=True)
        cls.product = cls.new_product("Product", "mto")
        cls.new_bom(cls.product, {cls.part: 1})

    def assertCovered(self, orders):
        orders.invalidate_recordset()
        for order in orders:
            plan = order._mto_get_plan()
            self.assertEqual(plan.gaps, ())
            self.assertEqual([node for node in plan.nodes if node.unpegged], [])
            self.assertFalse(order.mto_missing_supplies)
            self.assertFalse(order.activity_ids)

    def confirm_both(self):
        """An order that sells the part itself, and one that makes something of it."""
        return self.confirm(self.part, 3) | self.confirm(self.product, 4)

    def test_merged_requests(self):
        for steps, oldest in product(("one_step", "two_steps"), (0, 1)):
            with self.subTest(steps=steps, oldest=oldest):
                self.warehouse.reception_steps = steps
                self.part = self.new_product("Part", "mto", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                orders = self.confirm_both()
                lines = self.purchase_lines_of(self.part)
                self.assertEqual(len(lines.order_id), 2)
                lines.sorted("id")[oldest].order_id.date_order -= timedelta(days=1)
                needs = lines.move_dest_ids
                lines.order_id.action_merge()
                (merged,) = lines.filtered(lambda line: line.state == "draft")
                self.assertEqual(merged.product_qty, 7)
                self.assertEqual(merged.move_dest_ids, needs)
                self.assertEqual(merged.mto_sale_line_ids, orders.order_line)
                self.assertEqual(set(needs.mapped("procure_method")), {"make_to_order"})
                self.assertEqual(set(needs.mapped("state")), {"waiting"})
                self.assertCovered(orders)
                count = self.env["purchase.order.line"].search_count([])
                orders.action_mto_supply_again()
                self.assertEqual(self.env["purchase.order.line"].search_count([]), count)

    def test_merged_requests_are_received(self):
        orders = self.confirm_both()
        lines = self.purchase_lines_of(self.part)
        lines.order_id.action_merge()
        purchase = lines.order_id.filtered(lambda order: order.state == "draft")
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        self.assertEqual(sum(lines.move_dest_ids.mapped("quantity")), 7)
        self.assertCovered(orders)

    def test_several_lines_of_a_request_become_one(self):
        orders = self.confirm_both()
        first, second = self.purchase_lines_of(self.part).sorted("id")
        second.order_id = first.order_id
        other = self.confirm(self.part, 2)
        needs = self.purchase_lines_of(self.part).move_dest_ids
        first.order_id.date_order -= timedelta(days=1)  # the others are merged into the oldest
        self.purchase_lines_of(self.part).order_id.action_merge()
        alive = self.purchase_lines_of(self.part).filtered(lambda line: line.state == "draft")
        self.assertEqual(alive, first)
        self.assertEqual(alive.product_qty, 9)
        self.assertEqual(alive.move_dest_ids, needs)
        self.assertCovered(orders | other)

    def test_needs_go_with_the_quantity_of_their_line(self):
        """Lines that differ stay apart, as in core."""
        other = {"date_planned": timedelta(days=5), "discount": 10.0}
        for name, value in other.items():
            with self.subTest(name=name):
                self.part = self.new_product("Part", "mto", vendor=True)
                for quantity in (1, 2, 3):
                    self.confirm(self.part, quantity)
                lines = self.purchase_lines_of(self.part).sorted("id")
                lines.order_id = lines[0].order_id
                lines[0][name] = lines[0].date_planned + value if "date" in name else value
                lines.order_id.date_order -= timedelta(days=1)
                self.confirm(self.part, 4)
                self.purchase_lines_of(self.part).order_id.action_merge()
                alive = self.purchase_lines_of(self.part).filtered(
                    lambda line: line.state == "draft"
                )
                self.assertEqual(sorted(alive.mapped("product_qty")), [1, 9])
                for line in alive:
                    self.assertEqual(
                        sum(line.move_dest_ids.mapped("product_qty")), line.product_qty
                    )

    def test_a_need_of_two_purchases_keeps_the_other(self):
        """Cancelling one of them loses its share only."""
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        line.order_id.button_confirm()
        line.product_qty = 3
        order.action_mto_supply_again()
        again = self.purchase_lines_of(self.part) - line
        self.assertEqual(again.product_qty, 1)
        again.order_id.button_cancel()
        (gap,) = order._mto_get_plan().gaps
        self.assertEqual(gap.args, (("supply", again.order_id.name),))
        line.order_id.picking_ids.button_validate()
        raws = self.productions_of(self.product).move_raw_ids
        self.assertEqual(sum(raws.mapped("quantity")), 3)
        order.action_mto_supply_again()
        self.assertEqual(order._mto_get_plan().gaps, ())

    def test_delivered_in_part(self):
        order = self.confirm(self.part, 10)
        purchase = self.purchase_lines_of(self.part).order_id
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.quantity = 6
        receipt.move_ids.picked = True
        receipt._action_done()
        delivery = order.picking_ids
        self.assertEqual(delivery.move_ids.quantity, 6)
        delivery.move_ids.picked = True
        delivery._action_done()
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertCovered(order)
        (purchase.picking_ids - receipt).button_validate()
        (order.picking_ids - delivery).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertCovered(order)

    # -- requests made by hand ---------------------------------------------------------

    def buy_by_hand(self, quantity, like, **vals):
        """A buyer's own request of the part, which came before that of a line."""
        line = {
            "product_id": self.part.id,
            "product_qty": quantity,
            "date_planned": like.date_planned,
            **vals,
        }
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "date_order": like.order_id.date_order - timedelta(days=1),
                "order_line": [Command.create(line)],
            }
        )

    def merge_into_own(self, quantity=4):
        """The need of an order is merged into a buyer's own request; return order and line."""
        order = self.confirm(self.product, quantity)
        line = self.purchase_lines_of(self.part)
        own = self.buy_by_hand(10, line)
        (own | line.order_id).action_merge()
        self.assertEqual(own.order_line.product_qty, 10 + quantity)
        return order, own.order_line

    def assertLost(self, order, quantity):
        """Nothing of the order is cancelled: it is shown what is missing, and comes again."""
        production = self.productions_of(self.product)
        self.assertEqual(production.state, "confirmed")
        self.assertNotIn("cancel", production.move_raw_ids.mapped("state"))
        self.assertNotIn("cancel", order.picking_ids.mapped("state"))
        order.invalidate_recordset()
        self.assertIn(f"{quantity} Units of Part", order.mto_missing_supplies)
        self.assertTrue(order.activity_ids)
        order.action_mto_supply_again()
        order.invalidate_recordset()
        self.assertFalse(order.mto_missing_supplies)

    def test_a_request_of_ones_own_is_cancelled(self):
        order, line = self.merge_into_own()
        line.order_id.button_cancel()
        self.assertLost(order, 4)

    def test_a_line_of_ones_own_is_deleted(self):
        order, line = self.merge_into_own()
        line.unlink()
        self.assertLost(order, 4)

    def test_a_receipt_of_ones_own_is_cancelled(self):
        order, line = self.merge_into_own()
        line.order_id.button_confirm()
        line.order_id.picking_ids.action_cancel()
        self.assertLost(order, 4)

    def test_lines_that_become_one_of_ones_own(self):
        """Core adds a line with needs to one that has none, in the same request."""
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        own = self.buy_by_hand(10, line, sequence=1)
        line.write({"order_id": own.id, "sequence": 2})
        other = self.buy_by_hand(3, line)
        other.date_order = own.date_order + timedelta(days=1)
        (own | other).action_merge()
        self.assertEqual(own.order_line.product_qty, 17)
        own.button_cancel()
        self.assertLost(order, 4)

    def test_another_request_for_the_same_need(self):
        """As core makes an alternative: with the needs of the first, of another vendor."""
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        needs = [Command.set(line.move_dest_ids.ids)]
        other = self.buy_by_hand(4, line, move_dest_ids=needs)
        line.order_id.button_cancel()
        self.assertCoveredBy(order, other)
        other.button_cancel()
        self.assertLost(order, 4)

    def assertCoveredBy(self, order, purchase):
        (node,) = [node for node in order._mto_get_plan().nodes if node.supply == "purchase"]
        self.assertEqual((node.document.name, node.quantity), (purchase.name, 4))
        self.assertEqual(order._mto_get_plan().gaps, ())

    def reopen(self, purchase, confirmed):
        """Cancel a purchase by mistake, and set it to draft again."""
        if confirmed:
            purchase.button_confirm()
        purchase.button_cancel()
        purchase.button_draft()

    def test_a_purchase_that_is_reopened(self):
        """It serves again whom it was for, and nothing is bought besides."""
        for confirmed in (False, True):
            for steps in ("one_step", "two_steps"):
                with self.subTest(confirmed=confirmed, steps=steps):
                    self.warehouse.reception_steps = steps
                    known = self.purchase_lines_of(self.part)
                    order = self.confirm(self.product, 4)
                    line = self.purchase_lines_of(self.part) - known
                    needs = line.move_dest_ids
                    self.reopen(line.order_id, confirmed)
                    self.assertEqual(line.move_dest_ids, needs)
                    self.assertCoveredBy(order, line.order_id)
                    line.order_id.button_confirm()
                    self.assertCoveredBy(order, line.order_id)
                    order.action_mto_supply_again()
                    self.assertEqual(self.purchase_lines_of(self.part) - known, line)
                    line.order_id.picking_ids.button_validate()
                    line.move_ids.move_dest_ids.picking_id.button_validate()
                    self.assertEqual(needs.quantity, 4)

    def test_a_purchase_of_two_lines_that_is_reopened(self):
        """Each of them brings again a part of the need."""
        order = self.confirm(self.product, 10)
        line = self.purchase_lines_of(self.part)
        need = line.move_dest_ids
        line.order_id.button_cancel()
        second = line.copy({"order_id": line.order_id.id})
        line.product_qty, second.product_qty = 4, 6
        line.order_id.button_draft()
        order.invalidate_recordset()
        self.assertFalse(order.mto_missing_supplies)
        self.assertEqual(need.raw_material_production_id, order.mrp_production_ids)
        served = [sum(one.move_dest_ids.mapped("product_qty")) for one in (line, second)]
        self.assertEqual(served, [4, 6])
        order.action_mto_supply_again()
        self.assertEqual(self.purchase_lines_of(self.part), line | second)

    def test_a_purchase_that_is_reopened_when_its_need_is_supplied(self):
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        line.order_id.button_cancel()
        order.action_mto_supply_again()
        line.order_id.button_draft()
        line.order_id.button_confirm()
        self.assertFalse(line.move_dest_ids | line.move_ids.move_dest_ids)
        self.assertCoveredBy(order, (self.purchase_lines_of(self.part) - line).order_id)

    def test_a_purchase_that_is_reopened_when_less_is_needed(self):
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        line.order_id.button_cancel()
        order.order_line.product_uom_qty = 3
        line.order_id.button_draft()
        order.invalidate_recordset()
        self.assertFalse(order.mto_missing_supplies)
        self.assertEqual((line.mto_needed_qty, line.mto_surplus_qty), (3, 1))

    # -- what was asked for is replaced ------------------------------------------------

    def test_another_product_is_bought(self):
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        other = self.new_product("Other", vendor=True)
        line.product_id = other
        self.assertFalse(line.move_dest_ids)
        self.assertEqual(line.mto_surplus_qty, 0)
        self.assertLost(order, 4)
        self.assertEqual(self.purchase_lines_of(self.part).product_qty, 4)
        self.assertEqual(line.product_qty, 4)

    def test_another_product_is_bought_in_the_form(self):
        order = self.confirm(self.product, 4)
        line = self.purchase_lines_of(self.part)
        other = self.new_product("Other", vendor=True)
        with self.form_of(line.order_id) as form, form.order_line.edit(0) as row:
            row.product_id = other
            row.product_qty = 4
        self.assertFalse(line.move_dest_ids)
        self.assertLost(order, 4)

    def test_the_product_is_put_back(self):
        """By then the line has lost its needs: it is told whom it was for by its order."""
        for quantity in (4, 3, 6):
            with self.subTest(quantity=quantity):
                known = self.purchase_lines_of(self.part)
                order = self.confirm(self.product, 4)
                line = self.purchase_lines_of(self.part) - known
                needs = line.move_dest_ids
                line.product_id = self.new_product("Other", vendor=True)
                line.write({"product_id": self.part.id, "product_qty": quantity})
                self.assertEqual(line.move_dest_ids, needs)
                self.assertEqual(needs.procure_method, "make_to_order")
                self.assertEqual(line.mto_surplus_qty, max(quantity - 4, 0))
                self.assertEqual(bool(order.mto_missing_supplies), quantity < 4)
                order.action_mto_supply_again()
                bought = self.purchase_lines_of(self.part) - known
                self.assertEqual(sum(bought.mapped("product_qty")), max(quantity, 4))
                order.invalidate_recordset()
                self.assertFalse(order.mto_missing_supplies)

    def test_another_unit_is_bought(self):
        self.env.user.group_ids |= self.env.ref("uom.group_uom")
        dozen = self.env.ref("uom.product_uom_dozen")
        self.part.seller_ids.product_uom_id = dozen
        order = self.confirm(self.product, 120)
        line = self.purchase_lines_of(self.part)
        self.assertEqual((line.product_qty, line.product_uom_id), (10, dozen))
        line.product_uom_id = self.part.uom_id
        self.assertLost(order, 110)
