from odoo import api, fields, models

from .. import planner


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

    @api.readonly
    def get_mto_plan(self):
        """The plan of this order as JSON scalars: a stable interface for screens and programs.

        :return: a dict, see the design's public face; dates are UTC, quantities are in the
            product's unit of measure
        """
        self.ensure_one()
        self.check_access("read")
        return planner.plain(self._mto_get_plan())

    def _mto_get_plan(self):
        """The tree of demands and supplies of this order; changes nothing.

        :return: a ``planner.Plan``
        """
        self.ensure_one()
        order, network, policy = self.env["mto.snapshot"]._take(self)
        return planner.explode(order, network, policy)

    def _mto_has_make_to_order(self):
        """Whether any line may be made or bought to order."""
        self.ensure_one()
        return any(
            line.supply_strategy or line.product_id.mto_effective_strategy != "mts"
            for line in self.order_line
            if line.product_id
        )
