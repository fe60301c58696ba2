from odoo import api, fields, models

from .. import planner


class StockRule(models.Model):
    """Of whom it is bought for make-to-order needs, and in which request."""

    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _run_buy(self, procurements):
        """Pool make-to-order needs of a product: core keeps units, and kinds of nothing, apart."""
        return super()._run_buy(
            [
                (self._mto_express_need(need) if need.values.get("mto_key") else need, rule)
                for need, rule in procurements
            ]
        )

    @api.model
    def _mto_express_need(self, need):
        """A procurement in its product's unit, unless the unit is asked for."""
        unit, words = need.product_id.uom_id, "product_description_variants"
        need.values[words] = need.values.get(words) or ""
        if need.product_uom == unit or need.values.get("force_uom"):
            return need
        quantity = need.product_uom._compute_quantity(
            need.product_qty, unit, rounding_method="HALF-UP"
        )
        return need._replace(product_qty=quantity, product_uom=unit)

    def _get_matching_supplier(self, product_id, product_qty, product_uom, company_id, values):
        """Take the vendor of the plan; where nothing is planned, by the same policy.

        Whether the request waits for other needs is left in ``values``, for what follows.
        """
        if values.get("mto_key") and not values.get("supplierinfo_id"):
            needed = product_uom._compute_quantity(
                product_qty, product_id.uom_id, rounding_method="HALF-UP"
            )
            bought = self._mto_get_planned(values["mto_key"], "get_purchase")
            if not bought:
                bought = self._mto_choose_vendor(product_id, needed, company_id, values)
            if bought and bought.price_id:
                price = self.env["product.supplierinfo"].browse(bought.price_id)
                values["mto_waits"] = bought.waits and product_id.id
                values = {**values, "supplierinfo_id": price}
        return super()._get_matching_supplier(
            product_id, product_qty, product_uom, company_id, values
        )

    def _mto_choose_vendor(self, product, quantity, company, values):
        """What the planner would buy for a need that is in no plan: an increase, a backorder.

        :param quantity: in the product's unit
        :return: a ``planner.Purchase``, or None where nobody sells it
        """
        reader = self.env["mto.offer.reader"].sudo().with_company(company)
        partner = self._get_partner_id(values, self)
        prices = reader._find_prices(product, company, partner)
        if not prices:
            return None
        if self.env["mto.subcontracting"]._is_made_by_vendors(product):
            prices = prices.filtered(lambda price: price.partner_id == prices[0].partner_id)
        surplus = reader._get_surplus_policy(product, company, self)
        line = self.env["sale.order.line"].sudo().browse(values.get("mto_sale_line_id") or ())
        never = values.get("never_product_template_attribute_value_ids")
        source = reader._prepare_live_source(
            product,
            prices,
            self,
            company,
            surplus,
            never,
            line.order_id,
            fields.Datetime.to_datetime(values.get("date_planned") or False),
        )
        rounding = product.uom_id.rounding
        room = self._mto_get_room(company, values)
        by = company.mto_vendor_choice
        bought = planner.choose_vendor(source.offers, quantity, rounding, by, room)
        return planner.hold(source, bought, rounding)

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
        made_to_order = values.get("mto_key") and product_uom.compare(product_qty, 0.0) > 0
        if made_to_order:
            line = line.with_prefetch(line.order_id.order_line.ids)  # read together
            line.mapped("move_ids")  # core looks for them once it has written the line
            product_qty = line._mto_get_increase(product_qty, product_uom)
            product_uom = line.product_uom_id
        vals = super()._update_purchase_order_line(
            product_id, product_qty, product_uom, company_id, values, line
        )
        return line._mto_keep_price(vals, product_qty) if made_to_order else vals
