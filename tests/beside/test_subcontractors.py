"""Beside Odoo's modules for subcontracting, which the addon does not need."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.mto_manufacturing import planner
from odoo.addons.mto_manufacturing.tests.chain import ChainCase


@tagged("post_install", "-at_install")
class TestSubcontracting(ChainCase):
    """What a vendor makes of goods that are sent there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.env["res.partner"].create({"name": "Maker"})
        cls.route = cls.env.ref("mrp_subcontracting.route_resupply_subcontractor_mto")
        cls.screw = cls.new_product("Screw", vendor=True)
        cls.module = cls.new_product("Module", route_ids=cls.route.ids)
        cls.new_bom(cls.module, {cls.screw: 2})
        cls.cloth = cls.new_product("Cloth", vendor=True, route_ids=cls.route.ids)

    delivery_steps = {
        "one_step": "ship_only",
        "two_steps": "pick_ship",
        "three_steps": "pick_pack_ship",
    }

    @property
    def vendors(self):
        return self.vendor | self.maker

    def new_subcontracted(self, components, **vals):
        product = self.new_product("Cushion", vendor=self.maker, **vals)
        bom = self.new_bom(product, components, type="subcontract")
        bom.subcontractor_ids = self.maker
        return product

    def test_what_is_sent_to_the_subcontractor_is_supplied_for_the_order(self):
        cushion = self.new_subcontracted({self.module: 1, self.cloth: 2})
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {cushion: 1})
        self.put_in_stock(self.cloth, 3)
        order = self.new_order({chair: 2})
        order.action_confirm()
        bought = self.purchase_lines_of(cushion)
        self.assertEqual(bought.product_qty, 2)
        self.assertFalse(self.productions_of(self.module))
        bought.order_id.button_confirm()
        made = self.productions_of(cushion)
        self.assertEqual(made.mto_sale_line_ids, order.order_line)
        # A module for each, made; of four cloths three are here, one is bought.
        module = self.productions_of(self.module)
        self.assertEqual(module.product_qty, 2)
        self.assertEqual(module.mto_sale_line_ids, order.order_line)
        self.assertEqual(self.purchase_lines_of(self.screw).product_qty, 4)
        self.assertEqual(self.purchase_lines_of(self.cloth).product_qty, 1)
        self.assertEqual(self.purchase_lines_of(self.cloth).mto_sale_line_ids, order.order_line)
        self.run_chain(order)

    @freeze_time("2025-03-03 08:00:00")
    def test_the_plan_shows_what_is_sent_to_the_subcontractor(self):
        """As quoted, as confirmed, and as the vendor has confirmed it: the same tree.

        Screws take 3 days, modules 2, the cushion 4 from the day on which it has all, the chair 1.
        """
        self.screw.seller_ids.delay = 3
        self.module.bom_ids.produce_delay = 2
        cushion = self.new_subcontracted({self.module: 1, self.cloth: 2})
        cushion.seller_ids.delay = 4
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {cushion: 1}, produce_delay=1)
        self.put_in_stock(self.cloth, 3)
        order = self.new_order({chair: 2})
        plan = order._mto_get_plan()
        now = fields.Datetime.now()
        products = {node.product_id: node for node in plan.nodes}
        self.assertEqual(
            [(node.product_id, node.supply, node.quantity) for node in plan.nodes],
            [
                (chair.id, "production", 2),
                (cushion.id, "purchase", 2),
                (self.module.id, "production", 2),
                (self.cloth.id, "stock", 3),
                (self.cloth.id, "purchase", 1),
                (self.screw.id, "purchase", 4),
            ],
        )
        self.assertEqual(plan.promise_date, now + timedelta(days=10))
        self.assertEqual(products[cushion.id].start, now + timedelta(days=5))
        order.action_confirm()
        asked = self.purchase_lines_of(cushion).order_id
        self.assertEqual(asked.date_order, now, "the screws are bought when it is confirmed")
        self.assertEqual(asked.date_planned, now + timedelta(days=9))
        actual = order._mto_get_plan()
        self.assertEqual(planner.diff(plan, actual), ())
        self.assertEqual(planner.diff_dates(plan, actual), ())
        self.assertEqual(actual.feasible, plan.feasible)
        asked.button_confirm()
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())
        self.run_chain(order)

    def test_a_vendor_who_makes_it_of_our_goods_is_no_offer_beside_others(self):
        """Neither its price nor its time is that of the whole: core's first vendor sells it."""
        cushion = self.new_subcontracted({self.cloth: 2}, strategy="mto")
        cushion.seller_ids.write({"delay": 1, "price": 1.0, "sequence": 3})
        second = self.env["res.partner"].create({"name": "Second"})
        self.new_price(cushion, self.vendor, delay=9, price=8.0, sequence=1)
        self.new_price(cushion, second, delay=4, price=9.0, sequence=2)
        for choice, vendor in (
            ("core", self.vendor),
            ("cheapest", second),
            ("fastest", second),
        ):
            with self.subTest(choice=choice):
                self.company.mto_vendor_choice = choice
                order = self.new_order({cushion: 2})
                self.confirm_as_planned(order)
                line = self.purchase_lines_of(cushion).filtered(
                    lambda one, order=order: one.mto_sale_line_ids == order.order_line
                )
                self.assertEqual(line.order_id.partner_id, vendor)
                order.order_line.product_uom_qty = 3
                self.assertEqual(line.product_qty, 3)
                self.assertFalse(self.purchase_lines_of(self.cloth))

    def test_a_subcontracted_product_that_is_sold(self):
        for steps in ("one_step", "two_steps", "three_steps"):
            with self.subTest(steps):
                self.warehouse.reception_steps = steps
                self.warehouse.delivery_steps = self.delivery_steps[steps]
                known = self.purchase_lines_of(self.cloth)
                cushion = self.new_subcontracted({self.cloth: 2}, strategy="mto")
                order = self.new_order({cushion: 2})
                order.action_confirm()
                self.purchase_lines_of(cushion).order_id.button_confirm()
                bought = self.purchase_lines_of(self.cloth) - known
                self.assertEqual(bought.product_qty, 4)
                self.assertEqual(bought.mto_sale_line_ids, order.order_line)
                self.run_chain(order)

    def test_a_bom_of_one_variant(self):
        """Each variant is made of what its own bill of materials for the vendor says."""
        felt = self.new_product("Felt", vendor=True, route_ids=self.route.ids)
        colour = self.env["product.attribute"].create({"name": "Colour"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": colour.id} for name in ("Red", "Blue")]
        )
        line = {"attribute_id": colour.id, "value_ids": values.ids}
        template = self.env["product.template"].create(
            {
                "name": "Cushion",
                "is_storable": True,
                "supply_strategy": "mto",
                "attribute_line_ids": [Command.create(line)],
            }
        )
        for variant, part in zip(template.product_variant_ids, (self.cloth, felt), strict=True):
            self.new_price(variant, self.maker)
            bom = self.new_bom(variant, {part: 2}, type="subcontract", product_id=variant.id)
            bom.subcontractor_ids = self.maker
        order = self.new_order(dict(zip(template.product_variant_ids, (3, 5), strict=True)))
        order.action_confirm()
        for variant in template.product_variant_ids:
            self.purchase_lines_of(variant).order_id.filtered(
                lambda one: one.state == "draft"
            ).button_confirm()
        bought = [self.purchase_lines_of(part).product_qty for part in (self.cloth, felt)]
        self.assertEqual(bought, [6, 10])
        self.run_chain(order)

    def test_serial_numbers_from_a_subcontractor(self):
        """Odoo splits the subcontractor's production, one for each serial number."""
        cushion = self.new_subcontracted({self.cloth: 2}, strategy="mto", tracking="serial")
        order = self.confirm(cushion, 3)
        purchase = self.purchase_lines_of(cushion).order_id
        purchase.button_confirm()
        while not purchase.picking_ids.move_line_ids:
            self.assertTrue(self.buy() + self.move())  # what is sent there
        receipt = purchase.picking_ids
        receipt.move_ids._generate_serial_numbers("C1", 3)
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertEqual(receipt.state, "done")
        made = self.productions_of(cushion).filtered(lambda one: one.state == "done")
        self.assertEqual(sum(made.mapped("qty_produced")), 3)
        self.assertEqual(made.mto_sale_line_ids, order.order_line)
        self.assertFalse(order._mto_get_plan().gaps)
        self.run_chain(order)

    def test_serial_numbers_of_what_a_subcontractor_makes_for_nobody(self):
        cushion = self.new_subcontracted({self.cloth: 2}, tracking="serial")
        line = Command.create({"product_id": cushion.id, "product_qty": 3})
        purchase = self.env["purchase.order"].create(
            {"partner_id": self.maker.id, "order_line": [line]}
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids._generate_serial_numbers("C1", 3)
        receipt.move_ids.picked = True
        receipt.button_validate()
        made = self.productions_of(cushion)
        self.assertEqual((len(made), set(made.mapped("state"))), (3, {"done"}))
        self.assertFalse(made.mto_sale_line_ids)

    def test_what_is_sent_shows_under_the_purchase(self):
        cushion = self.new_subcontracted({self.cloth: 2})
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {cushion: 1})
        order = self.new_order({chair: 2})
        order.action_confirm()
        self.purchase_lines_of(cushion).order_id.button_confirm()
        plan = order._mto_get_plan()
        roots = [demand for demand in plan.demands if demand.parent < 0]
        self.assertEqual(len(roots), 1)
        cloth = next(one for one in plan.demands if one.product_id == self.cloth.id)
        above = plan.nodes[cloth.parent]
        self.assertEqual((above.product_id, above.supply), (cushion.id, "purchase"))
        self.assertFalse(plan.gaps)

    def test_what_the_subcontractor_has_is_no_need_of_ours(self):
        self.warehouse.subcontracting_to_resupply = False
        cushion = self.new_subcontracted({self.cloth: 1})
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {cushion: 1})
        order = self.new_order({chair: 1})
        order.action_confirm()
        self.purchase_lines_of(cushion).order_id.button_confirm()
        self.assertFalse(self.purchase_lines_of(self.cloth))
        plan = order._mto_get_plan()
        self.assertNotIn(self.cloth.id, [demand.product_id for demand in plan.demands])
        self.assertFalse(plan.gaps)

    def test_two_orders_do_not_share_what_was_sent(self):
        cushion = self.new_subcontracted({self.cloth: 1})
        chair = self.new_product("Chair", "mto")
        self.new_bom(chair, {cushion: 1})
        self.put_in_stock(self.cloth, 1)
        orders = self.env["sale.order"]
        for _number in range(2):
            order = self.new_order({chair: 1})
            order.action_confirm()
            orders |= order
            self.purchase_lines_of(cushion).order_id.filtered(
                lambda one: one.state == "draft"
            ).button_confirm()
        self.assertEqual(sum(self.purchase_lines_of(self.cloth).mapped("product_qty")), 1)
        for order in orders:
            self.run_chain(order)
