from odoo import api, fields, models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    mto_sale_line_ids = fields.Many2many(
        "sale.order.line",
        "mto_purchase_line_sale_line_rel",
        "purchase_line_id",
        "line_id",
        string="For Order Lines",
        compute="_compute_mto_sale_line_ids",
        store=True,
        help="The order lines that this purchase serves, at whatever level.",
    )

    mto_order_names = fields.Char(
        string="For Order",
        compute="_compute_mto_order_names",
        compute_sudo=True,  # names only, also for who has no rights in sales
        help="The orders that this purchase serves, at whatever level.",
    )

    @api.depends("mto_sale_line_ids.order_id.name")
    def _compute_mto_order_names(self):
        for line in self:
            line.mto_order_names = ", ".join(line.mto_sale_line_ids.order_id.mapped("name"))

    @api.depends(
        "sale_line_id",
        "move_dest_ids.mto_sale_line_id",
        "move_ids.move_dest_ids.mto_sale_line_id",
    )
    def _compute_mto_sale_line_ids(self):
        for line in self:
            moves = line.move_dest_ids | line.move_ids.move_dest_ids
            line.mto_sale_line_ids = moves.mto_sale_line_id | line.sale_line_id
