from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_archived_route_warning = fields.Char(
        string="Archived Routes",
        compute="_compute_mto_archived_route_warning",
        help="Products of this order that rely on an archived route.",
    )

    @api.depends(
        "state",
        "order_line.product_id.route_ids",
        "order_line.product_id.categ_id",
        "order_line.route_ids",
    )
    def _compute_mto_archived_route_warning(self):
        for order in self:
            warnings = []
            if order.state in ("draft", "sent"):
                for line in order.order_line.filtered("product_id"):
                    names = ", ".join(line._mto_get_archived_routes().mapped("name"))
                    if names:
                        product = line.product_id.display_name
                        warnings.append(f"{product} ({names})")
            order.mto_archived_route_warning = "; ".join(dict.fromkeys(warnings))
