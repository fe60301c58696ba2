from odoo.fields import Command

from .common import MtoCommon


class HeldCase(MtoCommon):
    """A thing for an order, the part that is bought for it, and others who want the part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.new_product("Part", vendor=True)
        cls.product = cls.new_product("Thing", "mto")
        cls.new_bom(cls.product, {cls.part: 10})

    def new_delivery(self, quantity, product=None, **vals):
        """Another demand on the common stock, confirmed and waiting."""
        product = product or self.part
        places = {
            "location_id": self.stock.id,
            "location_dest_id": self.customer.property_stock_customer.id,
        }
        move = {"product_id": product.id, "product_uom_qty": quantity, **places}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "move_ids": [Command.create(move)],
                **places,
                **vals,
            }
        )
        picking.action_confirm()
        return picking

    def receive(self, product, quantity=None):
        """Receive what is ordered of a product, through all steps of the receipt."""
        order = self.purchase_lines_of(product).order_id
        order.filtered(lambda one: one.state == "draft").button_confirm()
        waiting = order.picking_ids.filtered(lambda one: one.state == "assigned")
        steps = self.warehouse.store_type_id | self.warehouse.qc_type_id
        while waiting:
            for picking in waiting:
                if quantity:
                    picking.move_ids.quantity = quantity
                picking.move_ids.picked = True
                picking.with_context(skip_backorder=True).button_validate()
            waiting = self.env["stock.picking"].search(
                [
                    ("state", "=", "assigned"),
                    ("picking_type_id", "in", steps.ids),
                ]
            )
            quantity = None

    def receive_lot(self, name):
        """Receive what is ordered of the part as one lot, and return that."""
        order = self.purchase_lines_of(self.part).order_id
        order.button_confirm()
        moves = order.picking_ids.move_ids
        moves.move_line_ids.lot_name = name
        moves.picked = True
        order.picking_ids.button_validate()
        return moves.lot_ids

    def get_need(self, product=None):
        return self.productions_of(product or self.product).move_raw_ids

    def assertHeld(self, quantity=10, thieves=()):
        self.assertEqual(sum(self.get_need().mapped("quantity")), quantity)
        for thief in thieves:
            self.assertEqual(sum(thief.move_ids.mapped("quantity")), 0)

    def validate_all(self, pickings):
        for picking in pickings.filtered(lambda one: one.state not in ("done", "cancel")):
            picking.action_assign()
            if picking.state == "assigned":
                picking.move_ids.picked = True
                picking.button_validate()

    def take(self, picking, quantity):
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
