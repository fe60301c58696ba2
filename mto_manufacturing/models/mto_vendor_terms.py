from odoo import api, fields, models

from .. import planner
from .mto_memo import get_memo


class MtoVendorTerms(models.AbstractModel):
    """In which quantities vendors sell, and at what price: one rule for plan and purchase."""

    _name = "mto.vendor.terms"
    _description = "Make to Order: Vendor Quantities"

    @api.model
    def _get_prices(self, product, vendor, company):
        """The vendor's price lines for a product that are valid today, in core's order.

        Today is when a request is made, so plan and purchase agree; what is asked later is
        rounded again by then.

        :param vendor: a ``res.partner``; empty: whoever sells it
        """
        memo = get_memo(self.env)
        if memo is None:
            return self._ask_prices(product, vendor, company)
        known = memo.table("prices", company.id)
        together = memo.table("all prices", company.id)
        if product.id not in known:
            anybody = self.env["res.partner"]
            known[product.id] = self._ask_prices(product, anybody, company)._ids
            together.update(dict.fromkeys(known[product.id]))
        prices = self.env["product.supplierinfo"].browse(known[product.id])
        prices = prices.with_prefetch(together)
        if not vendor:
            return prices
        own = vendor | vendor.parent_id
        return prices.filtered(lambda price: price.partner_id in own)

    def _ask_prices(self, product, vendor, company):
        prices = product.product_tmpl_id.seller_ids
        if not vendor and len(prices) < 2 and self._is_always(prices, product, company):
            return prices  # nothing to choose from
        product = product.with_company(company)
        prices = product._get_filtered_sellers(vendor, quantity=None)
        return prices.filtered(lambda price: not price.company_id or price.company_id == company)

    def _is_always(self, price, product, company):
        """Whether a price line, if there is one, is for a product on every day."""
        return not price or (
            price.product_id._ids in ((), product._ids)
            and price.company_id._ids in ((), company._ids)
            and price.partner_id.active
            and not price.date_start
            and not price.date_end
        )

    @api.model
    def _get_terms(self, product, prices, unit, operation):
        """The quantities in which a vendor sells.

        Price tiers are no minimums: the smallest is, unless a line says another one. Of what
        is sent straight to a customer nobody would keep the rest, so what is needed is ordered.

        :param prices: the vendor's ``product.supplierinfo`` that are valid on the day
        :param unit: the unit in which it is ordered
        :param operation: the ``stock.picking.type`` that it comes by
        :return: a ``planner.VendorTerms``
        """
        own = product.product_tmpl_id.uom_id
        if operation.default_location_dest_id.usage == "customer":
            prices = prices[:0]
        minimums = [price._mto_express(price.min_qty, unit) for price in prices]
        said = [price._mto_express(price.mto_minimum_qty, unit) for price in prices]
        multiples = [price._mto_express(price.mto_multiple_qty, unit) for price in prices]
        return planner.VendorTerms(
            unit_factor=unit._compute_quantity(1.0, own, round=False) or 1.0,
            step=own.rounding if unit == own else 1.0,
            minimum=next(filter(None, said), min(minimums, default=0.0)),
            multiple=next(filter(None, multiples), 0.0),
        )

    @api.model
    def _size(self, product, needed, unit, order):
        """What a purchase order asks for where a quantity is needed.

        :param needed: in the product's unit
        :param unit: the unit in which it is ordered
        :return: the quantity in that unit
        """
        prices = self._get_prices(product, order.partner_id, order.company_id)
        terms = self._get_terms(product, prices, unit, order.picking_type_id)
        return planner.size_purchase(needed, terms, product.uom_id.rounding).ordered

    @api.model
    def _get_price_unit(self, price, line_vals, order):
        """What a price line asks for, where no tier is valid on the day: never nothing.

        :param price: the ``product.supplierinfo`` that the purchase was made with
        :param line_vals: the values of the purchase order line
        :param order: its ``purchase.order``
        """
        if not price:
            return line_vals["price_unit"]
        unit = self.env["uom.uom"].browse(line_vals["product_uom_id"])
        amount = price.product_uom_id._compute_price(price.price, unit)
        return price.currency_id._convert(
            amount, order.currency_id, order.company_id, fields.Date.today(), round=False
        )
