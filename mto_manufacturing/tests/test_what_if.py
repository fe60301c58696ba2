"""A plan is tried otherwise: nothing is saved until a person applies it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestWhatIf(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.new_product("Board")
        cls.new_price(cls.board, cls.vendor, delay=10)
        cls.put_in_stock(cls.board, 5)
        cls.table = cls.new_product("Table", "mto")
        cls.new_bom(cls.table, {cls.board: 1}, produce_delay=2)
        cls.order = cls.new_order({cls.table: 8})
        cls.line = cls.order.order_line

    def days(self, **changes):
        return round(self.order.preview_mto_plan(changes)["difference"]["days"])

    def test_nothing_changes(self):
        self.assertEqual(self.days(), 0)

    def test_a_smaller_quantity_is_there_sooner(self):
        self.assertEqual(self.days(quantities={self.line.id: 5}), -10)
        self.assertEqual(self.days(quantities={str(self.line.id): 6}), 0)
        self.assertEqual(self.line.product_uom_qty, 8, "nothing is saved")

    def test_the_difference_of_each_line(self):
        self.order.order_line.copy({"order_id": self.order.id, "product_uom_qty": 1})
        changes = {"quantities": {self.line.id: 4}}
        lines = self.order.preview_mto_plan(changes)["difference"]["lines"]
        self.assertEqual([line["line_id"] for line in lines], self.order.order_line.ids)
        self.assertEqual([round(line["days"]) for line in lines], [-10, -10])

    def test_a_faster_vendor(self):
        self.assertEqual(self.days(expedite={self.board.id: 4}), -4)
        self.assertEqual(self.days(expedite={str(self.board.id): 99}), -10)
        self.assertEqual(self.board.seller_ids.delay, 10, "nothing is saved")

    def test_another_vendor(self):
        other = self.env["res.partner"].create({"name": "Quick"})
        self.new_price(self.board, other, delay=3)
        choices = self.order.get_mto_choices()["vendors"][str(self.board.id)]
        self.assertEqual(
            [(vendor["name"], vendor["days"], vendor["chosen"]) for vendor in choices],
            [(self.vendor.display_name, 10.0, True), ("Quick", 3.0, False)],
        )
        self.assertEqual(self.days(vendors={str(self.board.id): other.id}), -7)
        self.assertEqual(self.days(vendors={self.board.id: self.customer.id}), 0, "sells nothing")
        seller = new_test_user(self.env, "mto_c", "sales_team.group_sale_salesman")
        self.order.user_id = seller
        self.env.invalidate_all()
        choices = self.order.with_user(seller).get_mto_choices()["vendors"]
        self.assertEqual({one["name"] for one in choices[str(self.board.id)]}, {""})

    def test_stock_that_is_reserved_for_no_customer(self):
        place = self.stock.copy({"name": "Apart", "location_id": self.stock.location_id.id})
        kept = self.env["stock.move"].create(
            {
                "product_id": self.board.id,
                "product_uom_qty": 3,
                "location_id": self.stock.id,
                "location_dest_id": place.id,
            }
        )
        kept._action_confirm()
        kept._action_assign()
        self.assertEqual(self.days(quantities={self.line.id: 5}), 0, "two are free")
        changes = {"quantities": {self.line.id: 5}, "use_idle": True}
        answer = self.order.preview_mto_plan(changes)
        self.assertEqual(round(answer["difference"]["days"]), -10)
        (idle,) = answer["idle"]
        self.assertEqual((idle["quantity"], idle["holder"]), (3.0, kept.display_name))
        sold = self.confirm(self.board, 2)
        self.assertEqual(sold.order_line.move_ids.state, "assigned")
        self.assertEqual(self.days(**changes), 0, "what a customer waits for is not idle")

    def test_a_wanted_date_that_cannot_be(self):
        plan = self.order.preview_mto_plan({"commitment_date": "2020-01-01T12:00:00"})
        self.assertGreater(plan["lines"][0]["late_days"], 0)
        self.assertFalse(self.order.commitment_date)

    def test_it_is_applied(self):
        changes = {"quantities": {self.line.id: 5}, "commitment_date": "2030-01-01T12:00:00"}
        self.order.action_mto_apply_changes(changes)
        self.assertEqual(self.line.product_uom_qty, 5)
        self.assertEqual(str(self.order.commitment_date), "2030-01-01 12:00:00")

    def test_what_makes_no_sense_is_refused(self):
        other = self.new_order({self.table: 1}).order_line
        for changes in (
            {"quantities": {self.line.id: -1}},
            {"quantities": {self.line.id: float("nan")}},
            {"quantities": {other.id: 1}},
            {"quantities": "many"},
            {"commitment_date": "soon"},
            {"expedite": {"x": 1}},
            {"expedite": {self.table.id: float("nan")}},
            {"vendors": {"x": 1}},
        ):
            with self.subTest(changes=changes), self.assertRaises(UserError):
                self.order.preview_mto_plan(changes)

    def test_a_confirmed_order_is_not_tried(self):
        self.order.action_confirm()
        for method in (self.order.preview_mto_plan, self.order.action_mto_apply_changes):
            with self.assertRaises(UserError):
                method({"quantities": {self.line.id: 5}})

    def test_rights(self):
        own = "sales_team.group_sale_salesman"
        seller, other = (new_test_user(self.env, f"mto_{name}", own) for name in "ab")
        self.order.user_id = seller
        self.env.invalidate_all()
        self.assertTrue(self.order.with_user(seller).preview_mto_plan({}))
        with self.assertRaises(AccessError):
            self.order.with_user(other).preview_mto_plan({})
        with self.assertRaises(AccessError):
            self.order.with_user(other).action_mto_apply_changes({})
