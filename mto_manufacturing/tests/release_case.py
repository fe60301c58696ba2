from odoo.tests import new_test_user

from .common import MtoCommon


class ReleaseCase(MtoCommon):
    """Two needs for the same goods, and a person who may hand them over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Thing", "mto")
        cls.new_bom(cls.product, {cls.part: 10})
        cls.keeper = new_test_user(
            cls.env, "keeper", "stock.group_stock_manager,mrp.group_mrp_user"
        )

    def confirm_two(self):
        """Two orders, the second in a hurry; return them and their components' needs."""
        orders, needs = [], []
        known = self.productions_of(self.product)
        for _number in range(2):
            orders.append(self.confirm(self.product))
            production = self.productions_of(self.product) - known
            known |= production
            needs.append(production.move_raw_ids)
        return orders, needs

    def open_release(self, need, user=None):
        action = need.with_user(user or self.keeper).action_mto_take()
        return self.env["mto.release"].with_user(user or self.keeper).browse(action["res_id"])

    def take(self, need, holder, quantity, kind="reserved", **vals):
        wizard = self.open_release(need)
        line = wizard.line_ids.filtered(lambda one: one.move_id in holder and one.kind == kind)
        self.assertEqual(len(line), 1)
        wizard.write(vals)
        line.take = quantity
        wizard.action_apply()
        return line

    def receive(self, lines):
        lines.order_id.filtered(lambda one: one.state == "draft").button_confirm()
        for picking in lines.order_id.picking_ids.filtered(lambda one: one.state == "assigned"):
            picking.move_ids.picked = True
            picking.button_validate()

    def need_of(self, move):
        return move.raw_material_production_id.move_raw_ids

    def assertWhole(self, *orders):
        """Everything is conserved: no gaps, nothing untied, each need covered."""
        for order in orders:
            plan = order._mto_get_plan()
            self.assertFalse(plan.gaps, order.name)
            for node in plan.nodes:
                self.assertFalse(node.unpegged, node.key)
