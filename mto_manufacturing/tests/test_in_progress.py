from odoo.tests import Form, new_test_user, tagged

from .release_case import ReleaseCase


@tagged("post_install", "-at_install")
class TestInProgress(ReleaseCase):
    """What is needed more while a production is in progress is not consumed by it yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.new_product("Table", "mto")
        cls.new_bom(cls.product, {cls.part: 1})

    def start(self, stock):
        """A production of ten, of which four are being made."""
        known = self.productions_of(self.product)
        self.put_in_stock(self.part, stock)
        self.order = self.confirm(self.product, 10)
        self.production = self.productions_of(self.product) - known
        self.production.qty_producing = 4
        self.production._set_qty_producing()
        self.assertEqual(self.production.state, "progress")

    def finish_four(self):
        """Make the four, and the rest later; return the components of that rest."""
        action = self.production.button_mark_done()
        Form.from_action(self.env, action).save().action_backorder()
        consumed = self.production.move_raw_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(consumed.mapped("quantity")), 4)
        rest = self.production.production_group_id.production_ids - self.production
        return self.raw_moves(rest, self.part)

    def test_a_greater_production_takes_what_is_in_stock(self):
        self.start(10)
        self.put_in_stock(self.part, 8)
        change = {"mo_id": self.production.id, "product_qty": 14}
        self.env["change.production.qty"].create(change).change_prod_qty()
        self.assertFalse(self.purchase_lines_of(self.part))
        self.assertEqual(sum(self.production.move_raw_ids.mapped("quantity")), 14)

    def test_more_is_consumed_by_hand(self):
        self.start(10)
        self.put_in_stock(self.part, 10)
        self.production.move_raw_ids.product_uom_qty = 20
        self.assertFalse(self.purchase_lines_of(self.part))
        rest = self.finish_four()
        self.assertEqual((sum(rest.mapped("product_qty")), sum(rest.mapped("quantity"))), (12, 12))

    def test_what_is_supplied_again_is_reserved_when_it_arrives(self):
        self.start(4)
        self.purchase_lines_of(self.part).order_id.button_cancel()
        self.put_in_stock(self.part, 2)
        self.order.action_mto_supply_again()
        bought = self.purchase_lines_of(self.part).filtered(lambda one: one.state == "draft")
        self.assertEqual(bought.product_qty, 4)
        self.receive(bought)
        self.assertEqual(sum(self.finish_four().mapped("quantity")), 6)

    def test_what_is_not_typed_yet_lies_there(self):
        self.start(10)
        self.assertFalse(self.order.mto_missing_supplies)
        need = self.production.move_raw_ids
        self.assertEqual((need.quantity, need.mto_supply_text), (4, "From stock"))
        self.order.action_mto_supply_again()
        self.assertFalse(self.purchase_lines_of(self.part))
        self.put_in_stock(self.part, -4)
        self.env.invalidate_all()
        seller = new_test_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        self.assertIn("4 Units of Part", self.order.with_user(seller).mto_missing_supplies)
        self.put_in_stock(self.part, 4)
        self.env.invalidate_all()
        self.assertFalse(self.order.mto_missing_supplies)
        self.assertEqual(sum(self.finish_four().mapped("quantity")), 6)

    def test_what_is_taken_from_another_order_waits_for_the_rest(self):
        self.put_in_stock(self.part, 6)
        loser = self.confirm(self.product, 6)
        held = self.productions_of(self.product).move_raw_ids
        self.start(4)
        waiting = self.production.move_raw_ids.filtered(lambda move: not move.quantity)
        self.take(waiting, held, 5)
        self.assertWhole(loser, self.order)
        rest = self.finish_four()
        self.assertEqual((sum(rest.mapped("product_qty")), sum(rest.mapped("quantity"))), (6, 5))
