from odoo import api, fields, models

from .. import planner
from .mto_request_reader import Wanted


class StockRule(models.Model):
    """Of whom it is bought for make-to-order needs, and in which request."""

    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _run_buy(self, procurements):
        """Pool make-to-order needs of a product: core keeps units, and kinds of nothing, apart."""
        procurements = [
            (self._mto_express_need(need) if need.values.get("mto_key") else need, rule)
            for need, rule in procurements
        ]
        procurements = self.env["mto.drop.shipment"]._ask_for_less(procurements)
        self._mto_choose_vendors(procurements)
        return super()._run_buy(procurements)

    @api.model
    def _mto_express_need(self, need):
        """A procurement in its product's unit, unless the unit is asked for."""
        unit, words = need.product_id.uom_id, "product_description_variants"
        need.values[words] = need.values.get(words) or ""
        if need.values.get("move_dest_ids"):
            # Only of what vendors ship to the customer does each order line have its own.
            need.values.pop("sale_line_id", None)
        if need.product_uom == unit or need.values.get("force_uom"):
            return need
        quantity = need.product_uom._compute_quantity(
            need.product_qty, unit, rounding_method="HALF-UP"
        )
        return need._replace(product_qty=quantity, product_uom=unit)

    @api.model
    def _mto_choose_vendors(self, procurements):
        """Leave in the values of make-to-order needs from whom, and how, they are bought.

        As the plan says; where nothing is planned, by the same policy: all of them at once.
        """
        live = []
        for need, rule in procurements:
            values = need.values
            if values.get("mto_key") and not values.get("supplierinfo_id"):
                bought = self._mto_get_planned(values["mto_key"], "get_purchase")
                values["mto_purchase"] = bought
                wanted = None if bought else rule._mto_prepare_wanted(need)
                if wanted:
                    live.append((need, wanted))
        quantities = [
            need.product_uom._compute_quantity(
                need.product_qty, one.product.uom_id, rounding_method="HALF-UP"
            )
            for need, one in live
        ]
        reader = self.env["mto.offer.reader"].sudo()
        choices = reader._choose_vendors([one for _need, one in live], quantities)
        for (need, _one), (source, bought, rounding) in zip(live, choices, strict=True):
            need.values["mto_purchase"] = planner.hold(source, bought, rounding)

    def _mto_prepare_wanted(self, need):
        """What the planner would buy for a need that is in no plan: an increase, a backorder.

        :param need: a procurement
        :return: a Wanted, or None where nobody sells it
        """
        company = self.company_id or need.company_id
        product, values = need.product_id.sudo(), need.values
        reader = self.env["mto.offer.reader"].sudo().with_company(company)
        prices = reader._find_prices(product, company, self._get_partner_id(values, self))
        if not prices:
            return None
        makers = self.env["mto.subcontracting"].sudo()
        prices = makers._filter_prices(product, prices, self, company)
        return Wanted(
            product,
            prices,
            self,
            company,
            reader._get_surplus_policy(product, company, self),
            values,
            fields.Datetime.to_datetime(values.get("date_planned") or False),
        )

    def _get_matching_supplier(self, product_id, product_qty, product_uom, company_id, values):
        """Take the vendor that was chosen.

        Whether the request waits for other needs is left in ``values``, for what follows.
        """
        bought = values.get("mto_purchase")
        if bought and bought.price_id:
            price = self.env["product.supplierinfo"].browse(bought.price_id)
            values["mto_waits"] = bought.waits and product_id.id
            values = {**values, "supplierinfo_id": price}
        return super()._get_matching_supplier(
            product_id, product_qty, product_uom, company_id, values
        )

    def _mto_get_room(self, company, values):
        """How many days a vendor may take, for what is needed on a date."""
        planned = values.get("date_planned")
        if not planned:
            return None
        left = fields.Datetime.to_datetime(planned) - fields.Datetime.now()
        return left.total_seconds() / 86400 - company.days_to_purchase

    @api.model
    def _make_po_get_domain(self, company_id, values, partner):
        """What waits for other needs has a request of its own, whatever orders it is for."""
        domain = super()._make_po_get_domain(company_id, values, partner)
        product_id = values.get("mto_waits")
        if not product_id:
            return (*domain, ("mto_waits", "=", False))
        grouping = ("reference_ids", "date_planned")
        domain = tuple(part for part in domain if part[0] not in grouping)
        return (*domain, ("mto_waits", "=", True), ("order_line.product_id", "=", product_id))

    def _prepare_purchase_order(self, company_id, origins, values):
        vals = super()._prepare_purchase_order(company_id, origins, values)
        vals["mto_waits"] = bool(values[0].get("mto_waits"))
        return vals

    def _update_purchase_order_line(
        self, product_id, product_qty, product_uom, company_id, values, line
    ):
        made_to_order, unit = bool(values.get("mto_key")), line.product_uom_id
        if made_to_order and product_uom.compare(product_qty, 0.0) > 0:
            line = line.with_prefetch(line.order_id.order_line.ids)
            self._mto_read_together(line)
            line._mto_leave_served()
            product_qty, product_uom = line._mto_get_increase(product_qty, product_uom), unit
        elif made_to_order:
            product_qty, product_uom = line._mto_get_decrease(product_qty, product_uom), unit
        vals = super()._update_purchase_order_line(
            product_id, product_qty, product_uom, company_id, values, line
        )
        return line._mto_keep_price(vals, product_qty) if made_to_order else vals

    def _mto_read_together(self, line):
        """Read what core looks for when it writes a line, for all that are read with it."""
        line.mapped("move_ids")
        line.mapped("mto_sale_line_ids")
        line.product_id.sudo().with_context(active_test=False).mapped("orderpoint_ids")
