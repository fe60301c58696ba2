"""A need is planned on the request line that Odoo adds it to, and only there."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .. import planner
from .test_surplus_policies import SurplusCase


@tagged("post_install", "-at_install")
class TestJoinedRequests(SurplusCase):
    """One request for all orders; each plan is compared with what is done."""

    def setUp(self):
        super().setUp()
        self.vendor.group_rfq = "all"

    def test_a_request_of_another_buyer(self):
        self.confirm_as_planned(20)
        buyer = new_test_user(self.env, "mto_other_buyer", "purchase.group_purchase_user")
        self.lines().order_id.user_id = buyer
        self.confirm_as_planned(15)
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])

    def test_a_request_in_another_currency(self):
        self.confirm_as_planned(20)
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (euro | dollar).active = True
        own = self.company.currency_id
        self.lines().order_id.currency_id = dollar if own == euro else euro
        self.confirm_as_planned(15)
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])

    def type_request(self, product, quantity):
        """A person types a request for the vendor."""
        line = {"product_id": product.id, "product_qty": quantity}
        vals = {"partner_id": self.vendor.id, "user_id": False}
        return self.env["purchase.order"].create({**vals, "order_line": [Command.create(line)]})

    def test_a_line_that_a_person_typed(self):
        request = self.type_request(self.screw, 60)
        self.confirm_as_planned(15)
        self.assertEqual(self.ordered(), [(50, 15), (60, 0)])
        self.assertEqual(self.lines().order_id, request)

    def test_a_newer_request(self):
        """Odoo adds to the newest, though an older one asks for the same already."""
        self.confirm_as_planned(20)
        self.type_request(self.new_product("Nail", vendor=True), 5)
        self.confirm_as_planned(15)
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])
        self.confirm_as_planned(10)
        self.assertEqual(self.ordered(), [(50, 20), (50, 25)])

    def test_a_newer_request_of_the_day(self):
        self.vendor.group_rfq = "day"
        self.confirm_as_planned(20, commitment_date=self.in_days(10))
        newer = self.type_request(self.new_product("Nail", vendor=True), 5)
        newer.order_line.date_planned = self.lines().date_planned
        self.confirm_as_planned(15, commitment_date=self.in_days(10))
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])

    def test_a_request_without_the_product(self):
        """It is none to be added to: what would leave a surplus waits for others."""
        self.company.mto_surplus_policy = "pool"
        self.type_request(self.new_product("Nail", vendor=True), 5)
        self.confirm_as_planned(15)
        self.assertTrue(self.lines().order_id.mto_waits)


@tagged("post_install", "-at_install")
class TestTextsOfCustomers(SurplusCase):
    """What is bought with a customer's own text is a line of its own, and is planned as one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engraving = cls.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create({"name": "Text", "is_custom": True}),
                ],
            }
        )
        cls.engrave(cls.screw)

    @classmethod
    def engrave(cls, product):
        """Let customers choose what is written on a product."""
        cls.env["product.template.attribute.line"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "attribute_id": cls.engraving.id,
                "value_ids": [Command.set(cls.engraving.value_ids.ids)],
            }
        )

    def prepare_line(self, product, quantity, text):
        """The values of an order line for somebody."""
        values = product.product_tmpl_id.attribute_line_ids.product_template_value_ids
        value = values.filtered("is_custom")
        custom = {
            "custom_product_template_attribute_value_id": value.id,
            "custom_value": text,
        }
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_no_variant_attribute_value_ids": [Command.set(value.ids)],
            "product_custom_attribute_value_ids": [Command.create(custom)],
        }

    def confirm_for(self, product, *wanted, **vals):
        """Confirm an order of (quantity, text) of a product each, as it is planned."""
        order = self.new_order({}, **vals)
        order.order_line = [
            Command.create(self.prepare_line(product, quantity, text)) for quantity, text in wanted
        ]
        return self.confirm_order_as_planned(order)

    def test_lines_of_an_order(self):
        self.confirm_for(self.screw, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])

    def test_components_of_what_is_configured(self):
        table = self.new_product("Table", "mto")
        self.engrave(table)
        self.new_bom(table, {self.screw: 1})
        self.confirm_for(table, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])

    def test_components_of_a_kit(self):
        kit = self.new_product("Kit", "mto")
        self.engrave(kit)
        self.new_bom(kit, {self.screw: 1}, type="phantom")
        self.confirm_for(kit, (20, "For Anna"), (15, "For Bob"), (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])

    def test_orders_one_after_the_other(self):
        self.vendor.group_rfq = "all"
        self.confirm_for(self.screw, (20, "For Anna"))
        self.confirm_for(self.screw, (15, "For Bob"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])
        self.confirm_for(self.screw, (7, "For Anna"))
        self.assertEqual(self.ordered(), [(50, 15), (50, 27)])
        self.confirm_as_planned(5)
        self.assertEqual(self.ordered(), [(50, 5), (50, 15), (50, 27)])


@tagged("post_install", "-at_install")
class TestOrdersTogether(SurplusCase):
    """Orders that are confirmed together are planned with each other's requests."""

    def plan_together(self, *wanted, **vals):
        """Confirm orders of so many together; [(ordered, needed)] as it is planned."""
        orders = self.env["sale.order"]
        for quantity in wanted:
            orders |= self.new_order({self.screw: quantity}, **vals)
        planned, read = [], type(self.env["mto.confirmation"])._plan

        def plan(model, own):
            found = read(model, own)
            for order in own:
                key = planner.line_key(order.order_line.id)
                planned.append(found.get_supplies(order).get_purchase(key))
            return found

        with patch.object(type(self.env["mto.confirmation"]), "_plan", plan):
            orders.action_confirm()
        return [(purchase.quantity, purchase.needed) for purchase in planned]

    def test_one_for_each_order(self):
        self.assertEqual(self.plan_together(20, 15), [(50, 20), (50, 15)])
        self.assertEqual(self.ordered(), [(50, 15), (50, 20)])

    def test_one_for_all(self):
        self.vendor.group_rfq = "all"
        self.assertEqual(self.plan_together(20, 15, 25), [(50, 20), (50, 35), (60, 60)])
        self.assertEqual(self.ordered(), [(60, 60)])

    def test_one_that_waits(self):
        self.company.mto_surplus_policy = "pool"
        self.assertEqual(self.plan_together(20, 15), [(50, 20), (50, 35)])
        self.assertEqual(self.ordered(), [(50, 35)])

    def test_one_for_each_day(self):
        self.vendor.group_rfq = "day"
        when = self.in_days(10)
        found = self.plan_together(20, 15, commitment_date=when)
        self.assertEqual(found, [(50, 20), (50, 35)])
        self.assertEqual(self.ordered(), [(50, 35)])
