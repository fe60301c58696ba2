from odoo.fields import Command

from .. import planner
from .common import MtoCommon

#: Rounds of receiving, making and moving after which something is stuck.
_ROUNDS = 15


class ChainCase(MtoCommon):
    """Walks an order from its confirmation to the customer, as people do it day by day."""

    def confirm_as_planned(self, order):
        """Confirm an order and see its plan come true; return the plan."""
        plan = order._mto_get_plan()
        self.assertFalse(plan.blockers)
        order.action_confirm()
        self.assertEqual(planner.diff(plan, order._mto_get_plan()), ())
        return plan

    def run_chain(self, order):
        """Buy, receive, make and deliver all of an order; nothing is forced, nothing is left."""
        for _round in range(_ROUNDS):
            if not (self.buy() + self.move() + self.make(order)):
                break
        for line in order.order_line:
            self.assertEqual(line.qty_delivered, line.product_uom_qty, line.name)
        open_moves = order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        self.assertFalse(open_moves)
        for production in order._mto_get_productions():
            self.assertEqual(production.state, "done", production.product_id.name)

    def buy(self):
        """Confirm every request for quotation; return how many there were."""
        drafts = self.env["purchase.order"].search(
            [("state", "=", "draft"), ("partner_id", "in", self.vendors.ids)]
        )
        for order in drafts:
            order.with_company(order.company_id).button_confirm()
        return len(drafts)

    @property
    def vendors(self):
        return self.vendor

    def move(self):
        """Validate every transfer that is ready; return how many there were."""
        ready = self.env["stock.picking"].search([("state", "=", "assigned")])
        for picking in ready:
            self.name_lots(picking.move_ids)
            self.unpack(picking)
            picking.move_ids.picked = True
            result = picking.with_context(skip_backorder=True)
            result = result.with_company(picking.company_id).button_validate()
            self.assertEqual(picking.state, "done", result)
        return len(ready)

    def name_lots(self, moves):
        """Give what is received the lot or serial numbers it comes with."""
        for line in moves.move_line_ids:
            wanted = line.product_id.tracking != "none"
            if wanted and line.location_id.usage == "supplier" and not line.lot_id:
                line.lot_name = f"L{line.id}"

    def unpack(self, picking):
        """Hook: what else a person does with a transfer."""

    def make(self, order):
        """Finish every production that has its components; return how many there were."""
        ready = order._mto_get_productions().filtered(
            lambda one: (
                one.state in ("confirmed", "progress", "to_close")
                and one.reservation_state == "assigned"
            )
        )
        for production in ready:
            self.finish(production)
        return len(ready)

    def finish(self, production):
        tracking = production.product_id.tracking
        if tracking != "none":
            count = int(production.product_qty) if tracking == "serial" else 1
            production.lot_producing_ids = [
                Command.create(
                    {"name": f"M{production.id}-{number}", "product_id": production.product_id.id}
                )
                for number in range(count)
            ]
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        for move in production.move_raw_ids:
            self.assertEqual(move.quantity, move.product_uom_qty, move.product_id.name)
        result = production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(production.state, "done", result)

    def deliver_part(self, order, quantity, product=None):
        """Buy and make all, and deliver a part; the rest waits in a delivery of its own.

        :param product: what alone is delivered, if not a part of each
        """
        for _round in range(_ROUNDS):
            receipts = self.env["stock.picking"].search(
                [("state", "=", "assigned"), ("picking_type_code", "=", "incoming")]
            )
            for picking in receipts:
                picking.move_ids.picked = True
                picking._action_done()
            if not (self.buy() + len(receipts) + self.make(order)):
                break
        while not self.sent(order):
            ready = order.picking_ids.filtered(lambda one: one.state == "assigned")
            picking = ready.sorted(lambda one: one.picking_type_code == "outgoing")[-1]
            moves = picking.move_ids
            moves = moves.filtered(lambda one: one.product_id == product) if product else moves
            moves.write({"quantity": quantity, "picked": True})
            picking._action_done()

    def sent(self, order):
        """The moves that brought goods of an order to the customer."""
        return order.order_line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer" and move.state == "done"
        )

    def send_back(self, order, quantity, action="action_create_returns", done=True, **vals):
        """The customer sends some of each thing back that was delivered first."""
        picking = self.sent(order).picking_id.sorted("id")[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": quantity, **vals})
        back = picking.browse(getattr(wizard, action)()["res_id"])
        if done:
            back.move_ids.picked = True
            back._action_done()
        return back
