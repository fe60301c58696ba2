from odoo.tests import new_test_user, tagged

from .supply_case import SupplyCase


@tagged("post_install", "-at_install")
class TestReplenishedScraps(SupplyCase):
    """Where core's box is ticked, what needs lose to a scrap is supplied for them, once."""

    def start_with_all(self, quantity=10):
        """A production that has got all its components."""
        self.start(quantity)
        self.purchase.button_confirm()
        self.purchase.picking_ids.button_validate()

    def scrap(self, product, quantity, **vals):
        vals = {"location_id": self.stock.id, "should_replenish": True, **vals}
        scrap = self.env["stock.scrap"].create(
            {"product_id": product.id, "scrap_qty": quantity, **vals}
        )
        scrap.do_scrap()

    def asked_for(self, product):
        """What is asked for by now: for needs, and for nobody, in the product's unit."""
        lines = self.purchase_lines_of(product).filtered(lambda line: line.state == "draft")
        needed = sum(lines.mapped("mto_needed_qty"))
        return needed, sum(lines.mapped("product_uom_qty")) - needed

    def assertReplenished(self, needed, rest=0):
        """So much is asked for, nobody has anything to do, and no more is asked for then."""
        self.assertEqual(self.asked_for(self.part), (needed, rest))
        self.assertFalse(self.order.activity_ids)
        self.assertSupplied()
        self.supply_again()
        self.assertEqual(self.asked_for(self.part), (needed, rest))

    def test_components(self):
        for vals in ({}, {"production_id": True}):
            with self.subTest(vals=vals):
                self.part = self.new_product("Part", vendor=True)
                self.product = self.new_product("Product", "mto")
                self.new_bom(self.product, {self.part: 1})
                self.start_with_all()
                self.scrap(self.part, 2, **dict.fromkeys(vals, self.production.id))
                self.assertReplenished(2)

    def test_what_was_nobodys_goes_to_stock(self):
        self.start_with_all()
        self.put_in_stock(self.part, 1)
        self.scrap(self.part, 3)
        self.assertReplenished(2, 1)

    def test_what_others_do_not_need(self):
        self.start_with_all()
        self.put_in_stock(self.part, 5)
        self.scrap(self.part, 3)
        self.assertReplenished(0, 3)

    def test_a_dozen(self):
        self.start_with_all(20)
        self.put_in_stock(self.part, 4)
        self.scrap(self.part, 1, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self.assertReplenished(8, 4)

    def test_a_finished_product(self):
        self.start(5, stock=20)
        self.production.button_mark_done()
        self.scrap(self.product, 1)
        again = self.productions_of(self.product) - self.production
        self.assertEqual(again.product_qty, 1)
        self.assertEqual(again.mto_sale_line_ids, self.order.order_line)
        self.assertReplenished(0)
        self.assertEqual(self.productions_of(self.product), self.production | again)

    def test_what_is_on_its_way_to_its_need(self):
        self.warehouse.write({"reception_steps": "two_steps", "manufacture_steps": "pbm"})
        self.start_with_all()
        self.scrap(self.part, 2, location_id=self.warehouse.wh_input_stock_loc_id.id)
        self.assertReplenished(2)
        self.purchase.picking_ids.move_ids.move_dest_ids.picking_id.button_validate()
        pick = self.production.picking_ids
        pick.move_ids.filtered(lambda move: move.quantity).picked = True
        pick.with_context(skip_backorder=True).button_validate()
        self.scrap(self.part, 3, location_id=self.warehouse.pbm_loc_id.id)
        self.assertReplenished(5)

    def test_nothing_supplies_it(self):
        self.start_with_all()
        self.part.seller_ids.unlink()
        self.scrap(self.part, 2)
        self.assertMissing(2)
        self.assertEqual(len(self.order.activity_ids), 1)

    def test_a_stock_user_may(self):
        self.start_with_all()
        user = new_test_user(self.env, "mto_stock", "stock.group_stock_user")
        vals = {"product_id": self.part.id, "scrap_qty": 2, "location_id": self.stock.id}
        scrap = self.env["stock.scrap"].with_user(user).create({**vals, "should_replenish": True})
        scrap.action_validate()
        self.assertReplenished(2)
