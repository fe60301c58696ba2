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
            quoted = order.state in ("draft", "sent")
            lines = order.order_line.filtered("product_id") if quoted else ()
            warnings = [line._mto_describe_archived_routes() for line in lines]
            order.mto_archived_route_warning = "; ".join(dict.fromkeys(filter(None, warnings)))

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
