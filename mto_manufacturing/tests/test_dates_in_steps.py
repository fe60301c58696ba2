from freezegun import freeze_time

from odoo.tests import tagged

from .common import MtoCommon
from .table_case import NOW, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDatesInSteps(MtoCommon):
    """A commitment that changes gives every step the date that it would have had at once."""

    def setUp(self):
        super().setUp()
        self.part = self.new_product("Part")
        self.new_price(self.part, self.vendor, delay=3)
        self.product = self.new_product("Product", "mto")
        self.new_bom(self.product, {self.part: 2}, produce_delay=2)

    def read_dates(self, order):
        """The dates of all that was made for an order."""
        moves = self.env["stock.move"].search([("state", "!=", "cancel")])
        mine = moves.filtered(lambda move: move.product_id in (self.part | self.product))
        dates = [
            (move.product_id.name, move.location_id.id, move.location_dest_id.id, move.date)
            for move in mine
            if not move.production_id
        ]
        order.invalidate_recordset()
        return sorted(dates)

    def assertFollows(self, **vals):
        committed = self.new_order({self.product: 1}, commitment_date=at(40), **vals)
        committed.action_confirm()
        wanted = self.read_dates(committed)
        committed._action_cancel()
        order = self.new_order({self.product: 1}, commitment_date=at(20), **vals)
        order.action_confirm()
        self.assertNotEqual(self.read_dates(order), wanted)
        order.commitment_date = at(40)
        self.assertEqual(self.read_dates(order), wanted)

    def test_in_one_warehouse(self):
        self.assertFollows()

    def test_three_steps(self):
        self.warehouse.write({"manufacture_steps": "pbm_sam", "delivery_steps": "pick_pack_ship"})
        self.assertFollows()

    def test_brought_from_another_warehouse(self):
        shop = self.env["stock.warehouse"].create(
            {"name": "Shop", "code": "SHOP", "resupply_wh_ids": self.warehouse.ids}
        )
        self.product.route_ids |= shop.resupply_route_ids
        shop.resupply_route_ids.rule_ids.delay = 1
        self.assertFollows(warehouse_id=shop.id)

    def test_a_component_from_another_warehouse(self):
        depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        self.warehouse.resupply_wh_ids = depot
        route = self.warehouse.resupply_route_ids
        self.part.route_ids = route
        route.rule_ids.delay = 1
        self.assertFollows()
