from odoo import api, models
from odoo.fields import Domain
from odoo.tools import OrderedSet

#: What says where a line takes its goods, and how much.
_TAKING = {
    "quantity",
    "product_uom_id",
    "quant_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["mto.aside.goods"]._take_added(lines.filtered(lambda line: line.state == "done"))
        return lines

    def write(self, vals):
        if not _TAKING & vals.keys():
            return super().write(vals)
        done = self.filtered(lambda line: line.move_id.state == "done")
        if not done:
            return super().write(vals)
        aside, takers = self.env["mto.aside.goods"], done.move_id
        with aside._set_aside(aside._filter_forced(takers), done, taken=done.browse()) as goods:
            lines = self.with_context(mto_aside=goods) if goods else self
            result = super(StockMoveLine, lines).write(vals)
        if "quantity" in vals:
            # What had come is told anew: more or less of it is there for its needs.
            self.env["mto.refresh"]._touch(takers.sudo().move_dest_ids.mto_sale_line_id)
        return result

    def _action_done(self):
        aside, gone = self.env["mto.aside.goods"], self.env["mto.gone.goods"]
        takers = aside._filter_forced(self.move_id)
        with gone._watch(self), aside._set_aside(takers, self) as goods:
            lines = self.with_context(mto_aside=goods) if goods else self
            return super(StockMoveLine, lines)._action_done()

    def _free_reservation(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        ml_ids_to_ignore=None,
    ):
        """Take what common demands have reserved, and not what is held for an order.

        Where that cannot be helped (scrap, returns), the needs that lose it are shown.
        """
        if not self.move_id._should_bypass_reservation(location_id):
            ignored = {*(ml_ids_to_ignore or ()), *self.ids}
            reserved = (
                Domain("state", "not in", ("done", "cancel"))
                & Domain("product_id", "=", product_id.id)
                & Domain("location_id", "=", location_id.id)
                & Domain("lot_id", "=", lot_id.id if lot_id else False)
                & Domain("package_id", "=", package_id.id if package_id else False)
                & Domain("owner_id", "=", owner_id.id if owner_id else False)
                & Domain("quantity_product_uom", ">", 0.0)
                & Domain("picked", "=", False)
                & Domain("id", "not in", list(ignored))
            )
            protected = self.env["mto.held.goods"]._protect(self, reserved, quantity)
            ml_ids_to_ignore = OrderedSet([*ignored, *protected.ids])
        with self.env["mto.freed.goods"]._watch(self, product_id, location_id):
            result = super()._free_reservation(
                product_id, location_id, quantity, lot_id, package_id, owner_id, ml_ids_to_ignore
            )
        self.env["mto.aside.goods"]._refuse(
            self, product_id, location_id, lot_id, package_id, owner_id
        )
        return result
