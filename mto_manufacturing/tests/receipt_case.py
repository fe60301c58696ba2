from .chain import ChainCase


class ReceiptCase(ChainCase):
    """An order whose components have come from the vendor, as far as the first step."""

    def start(self, quantity=10, steps="one_step"):
        self.warehouse.reception_steps = steps
        self.part = self.new_product("Part", vendor=True)
        self.product = self.new_product("Product", "mto")
        self.new_bom(self.product, {self.part: 1})
        self.order = self.confirm(self.product, quantity)
        self.production = self.productions_of(self.product)
        self.purchase = self.purchase_lines_of(self.part).order_id
        self.purchase.button_confirm()
        return self.send(self.purchase.picking_ids)

    def send(self, picking, **vals):
        picking.move_ids.write({**vals, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking
