from odoo import api, models


class MtoDropShipment(models.AbstractModel):
    """What vendors ship to the customer: no move of the order stands for it until it is bought.

    A request that is cancelled or deleted is missed by what is left of all of them.
    """

    _name = "mto.drop.shipment"
    _description = "Make to Order: Drop Shipments"

    @api.model
    def _filter(self, lines):
        """The lines of confirmed orders that vendors ship, or were to ship."""
        is_goods = self.env["mto.snapshot"]._is_goods_line
        lines = lines.filtered(lambda line: line.state == "sale" and is_goods(line)).sudo()
        return lines.filtered(lambda line: not self._is_kept(line) and self._is_shipped(line))

    @api.model
    def _get_name(self, line):
        """The name of the request that was cancelled last."""
        cancelled = self._get_requests(line).filtered(lambda bought: bought.state == "cancel")
        return cancelled.order_id.sorted("id")[-1:].name or ""

    def _get_requests(self, line):
        """All lines of purchases that are, or were, to be shipped for an order line."""
        return line.purchase_line_ids.filtered(lambda bought: bought.product_id.type != "service")

    def _is_kept(self, line):
        """Whether any of it passes through a warehouse, or is a kit of which some is bought.

        Of a kit nobody can tell which part of it is missing: core counts whole ones.
        """
        shipped_or_back = ("supplier", "customer")
        if any(move.location_id.usage not in shipped_or_back for move in line.move_ids):
            return True
        alive = self._get_requests(line).filtered(lambda bought: bought.state != "cancel")
        return bool(alive.product_id - line.product_id)

    def _is_shipped(self, line):
        """Whether a vendor is, or was, asked to ship it; where that is deleted, would be."""
        if self._get_requests(line) or line.move_ids:
            return bool(self._get_requests(line))
        reader = self.env["mto.snapshot"].with_company(line.company_id)
        need = reader._prepare_line_need(line, line.product_id)
        return reader._get_need_rule(need, need.location).action == "buy"
