from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCommon


@tagged("post_install", "-at_install")
class TestConfiguration(MtoCommon):
    """Row N17: what is configured for one customer is not taken from common stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Engraving",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "None"}),
                    Command.create({"name": "Text", "is_custom": True}),
                ],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        template = cls.env["product.template"].create(
            {
                "name": "Thing",
                "is_storable": True,
                "supply_strategy": "mts_mto",
                "attribute_line_ids": [Command.create(line)],
            }
        )
        cls.product = template.product_variant_id
        cls.text = template.attribute_line_ids.product_template_value_ids[1]
        cls.new_bom(cls.product, {cls.new_product("Part", vendor=True): 1})
        cls.put_in_stock(cls.product, 10)

    def confirm_for_anna(self, **vals):
        custom = {
            "custom_product_template_attribute_value_id": self.text.id,
            "custom_value": "For Anna",
        }
        return self.confirm(
            self.product,
            2,
            product_no_variant_attribute_value_ids=[Command.set(self.text.ids)],
            product_custom_attribute_value_ids=[Command.create(custom)],
            **vals,
        )

    def test_n17_generic_stock_is_not_taken_for_a_custom_line(self):
        order = self.confirm_for_anna()
        self.assertEqual(self.productions_of(self.product).product_qty, 2)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)

    def test_generic_stock_is_taken_for_a_plain_line(self):
        order = self.confirm(self.product, 2)
        self.assertFalse(self.productions_of(self.product))
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)

    def assertNothingReserved(self, moves):
        """Neither a person who asks for it, nor the scheduler, nor what is received."""
        (moves.picking_id or moves.raw_material_production_id).action_assign()
        self.env["stock.rule"].run_scheduler()
        receipt = self.env["stock.move"].create(
            {
                "product_id": moves.product_id.id,
                "product_uom_qty": 3,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "quantity": 3,
                "picked": True,
            }
        )
        receipt._action_done()
        self.assertEqual(receipt.state, "done")
        self.assertEqual(sum(moves.mapped("quantity")), 0)

    def test_generic_stock_does_not_replace_a_supply_that_is_lost(self):
        order = self.confirm_for_anna()
        self.productions_of(self.product).action_cancel()
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertNothingReserved(moves)
        self.assertTrue(self.env["mto.supply.text"]._list_missing(order)[order])
        self.env["mto.lost.supply"]._supply_again(order)
        made = self.productions_of(self.product).filtered(lambda one: one.state != "cancel")
        self.assertEqual(made.product_qty, 2)

    def test_a_person_may_choose_generic_goods(self):
        order = self.confirm_for_anna()
        self.productions_of(self.product).action_cancel()
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        moves.quantity = 2
        self.assertEqual(moves.move_line_ids.mapped("quantity"), [2])
        self.assertEqual(moves.state, "assigned")

    def produce_a_case_for_anna(self):
        """A production of what things are put in, for which the text matters, too."""
        plain, line = self.product, self.text.attribute_line_id
        case = plain.product_tmpl_id.copy({"name": "Case"})
        case.supply_strategy = "mto"
        self.product = case.product_variant_id
        self.text = case.attribute_line_ids.product_template_value_ids[1]
        self.assertEqual(case.attribute_line_ids.attribute_id, line.attribute_id)
        self.new_bom(self.product, {plain: 1})
        self.confirm_for_anna()
        return self.productions_of(self.product)

    def test_a_person_may_take_generic_goods_from_another_order(self):
        self.confirm(self.product, 10)
        order = self.confirm_for_anna()
        self.productions_of(self.product).action_cancel()
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        wizard = self.env["mto.release"].browse(moves.action_mto_take()["res_id"])
        wizard.line_ids.take = 2
        wizard.action_apply()
        self.assertEqual(moves.quantity, 2)

    def test_generic_stock_is_not_taken_for_a_custom_component(self):
        self.product.bom_ids.active = False
        production = self.produce_a_case_for_anna()
        self.assertTrue(production.move_raw_ids.mto_custom)
        self.assertNothingReserved(production.move_raw_ids)

    def test_what_was_made_for_a_need_is_brought_again(self):
        """What was made for it is there, though the transfer that was to bring it is cancelled."""
        self.warehouse.manufacture_steps = "pbm"
        self.put_in_stock(self.product.bom_ids.bom_line_ids.product_id, 2)
        production = self.produce_a_case_for_anna()
        made = production.picking_ids.move_ids.move_orig_ids.production_id
        made.picking_ids.move_ids.picked = True
        made.picking_ids.button_validate()
        made.qty_producing = 2
        made._set_qty_producing()
        made.button_mark_done()
        self.assertEqual(made.state, "done")
        bring = production.picking_ids
        self.assertEqual(bring.state, "assigned")
        bring.action_cancel()
        again = production.picking_ids - bring
        self.assertEqual(again.move_ids.mapped("quantity"), [2])

    def test_what_is_made_to_stock_is_reserved_as_in_core(self):
        self.product.supply_strategy = "mts"
        order = self.confirm_for_anna()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)
        order.picking_ids.do_unreserve()
        order.picking_ids.action_assign()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)

    def receive_as(self, user, product, quantity):
        """Somebody receives goods of the common stock, which whoever waits for them may take."""
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.stock.id,
                            "quantity": quantity,
                            "picked": True,
                        }
                    )
                ],
            }
        )
        self.env.invalidate_all()
        receipt.with_user(user).button_validate()
        self.assertEqual(receipt.state, "done")

    def test_who_moves_goods_need_not_see_the_order(self):
        groups = "stock.group_stock_user,sales_team.group_sale_salesman"
        user = new_test_user(self.env, "mto_worker", groups)
        order = self.confirm_for_anna()
        self.assertNotEqual(order.user_id, user)
        self.productions_of(self.product).action_cancel()
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.receive_as(user, self.product, 3)
        self.env.invalidate_all()
        moves.picking_id.with_user(user).action_assign()
        self.assertEqual(moves.quantity, 0)

    # -- what a count does not find ------------------------------------------------------

    def produce_for_anna(self):
        """The delivery of what was made for her."""
        order = self.confirm_for_anna()
        production = self.productions_of(self.product)
        production.qty_producing = 2
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()
        delivery = order.picking_ids
        self.assertEqual(delivery.move_ids.move_orig_ids, production.move_finished_ids)
        self.assertEqual(delivery.move_ids.quantity, 2)
        return order

    def count(self, quantity):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.product.id), ("location_id", "=", self.stock.id)]
        )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def get_missing(self, order):
        order.invalidate_recordset(["mto_missing_supplies"])
        return order.mto_missing_supplies

    def test_what_a_wrong_count_lost_is_reserved_again(self):
        order = self.produce_for_anna()
        self.count(0)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)
        self.assertIn("2 Units", self.get_missing(order))
        self.count(2)
        self.assertEqual(order.picking_ids.move_ids.mapped("quantity"), [2])
        self.assertFalse(self.get_missing(order))
        order.picking_ids.do_unreserve()
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.move_ids.mapped("quantity"), [2])
        self.env["mto.lost.supply"]._supply_again(order)
        self.assertEqual(len(self.productions_of(self.product)), 1)

    def test_a_part_of_it_is_found(self):
        order = self.produce_for_anna()
        self.count(0)
        self.count(1)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 1)
        self.assertIn("1 Units", self.get_missing(order))
        self.count(5)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)
        self.assertFalse(self.get_missing(order))

    def test_a_part_of_it_is_lost_and_found(self):
        order = self.produce_for_anna()
        self.count(1)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 1)
        self.count(2)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)
        self.assertFalse(self.get_missing(order))

    def assertKeptUnreserved(self):
        """What is found is tied, and left to whoever reserves by hand."""
        order = self.produce_for_anna()
        self.count(0)
        self.count(1)
        need = order.picking_ids.move_ids
        self.assertEqual(sum(need.mapped("quantity")), 0)
        self.assertIn("1 Units", self.get_missing(order))
        other = self.confirm(self.product)
        other.picking_ids.action_assign()
        self.assertEqual(sum(other.picking_ids.move_ids.mapped("quantity")), 0)
        order.picking_ids.action_assign()
        self.assertEqual(sum(need.mapped("quantity")), 1)

    def test_what_is_found_where_people_reserve_by_hand(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.assertKeptUnreserved()

    def test_what_is_found_where_nothing_is_reserved_by_itself(self):
        self.env["ir.config_parameter"].set_param("stock.picking_no_auto_reserve", True)
        self.assertKeptUnreserved()

    def test_what_is_found_is_for_whom_it_was_made(self):
        first = self.confirm(self.product, 5)
        order = self.produce_for_anna()
        self.count(0)
        self.count(3)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 2)
        self.assertEqual(sum(first.picking_ids.move_ids.mapped("quantity")), 1)

    def test_what_is_received_is_not_what_a_count_lost(self):
        order = self.produce_for_anna()
        self.count(0)
        self.receive_as(self.env.user, self.product, 3)
        order.picking_ids.action_assign()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)
        self.assertIn("2 Units", self.get_missing(order))

    def test_what_was_lost_and_made_again_is_not_found_for_the_need(self):
        order = self.produce_for_anna()
        self.count(0)
        self.env["mto.lost.supply"]._supply_again(order)
        production = self.productions_of(self.product).filtered(lambda one: one.state != "done")
        self.assertEqual(production.product_qty, 2)
        self.count(2)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 0)
        self.assertEqual(order.picking_ids.move_ids.move_orig_ids, production.move_finished_ids)

    # -- components as in core -----------------------------------------------------------

    def test_a_component_made_to_stock_is_reserved_where_core_decides(self):
        self.company.mto_component_policy = "routes_only"
        plain = self.product
        plain.supply_strategy = "mts"
        production = self.produce_a_case_for_anna()
        need = production.move_raw_ids
        self.assertEqual((need.product_id, need.mto_custom), (plain, True))
        self.assertEqual(need.quantity, 2)
        production.do_unreserve()
        self.assertEqual(need.quantity, 0)
        production.action_assign()
        self.assertEqual(need.quantity, 2)

    def test_such_a_component_is_reserved_when_it_is_received(self):
        self.company.mto_component_policy = "routes_only"
        plain = self.product
        plain.supply_strategy = "mts"
        self.count(0)
        production = self.produce_a_case_for_anna()
        self.assertEqual(production.move_raw_ids.quantity, 0)
        self.receive_as(self.env.user, plain, 1)
        self.assertEqual(production.move_raw_ids.quantity, 1)
        self.put_in_stock(plain, 4)
        order = production.mto_sale_line_ids.order_id
        self.env["mto.lost.supply"]._supply_again(order)
        self.assertEqual(sum(production.move_raw_ids.mapped("quantity")), 2)
        self.assertFalse(self.productions_of(plain))

    def test_a_component_made_to_order_is_not_replaced_where_core_decides(self):
        self.company.mto_component_policy = "routes_only"
        self.product.supply_strategy = "mto"
        production = self.produce_a_case_for_anna()
        need = production.move_raw_ids
        need.move_orig_ids.production_id.action_cancel()
        self.assertFalse(need.move_orig_ids)
        self.assertNothingReserved(need)
