from odoo import api, models
from odoo.fields import Command


class MtoSubcontracting(models.AbstractModel):
    """What vendors make of goods that are sent there, where Odoo's module for it is installed.

    Core makes the subcontractor's production when the purchase is confirmed, for its receipt.
    It serves whom the receipt serves; so do the goods that are sent to the subcontractor.
    """

    _name = "mto.subcontracting"
    _description = "Make to Order: Subcontracting"

    # -- in a plan ---------------------------------------------------------------------

    @api.model
    def _add_boms(self, answers):
        """Tell needs that are bought from a subcontractor what it is made of there.

        :param answers: ``Resolved`` needs with their vendors, changed in place
        """
        boms = self.env["mrp.bom"]
        if "subcontractor_ids" not in boms._fields:
            return
        products = self.env["product.product"].union(*(a.need.product for a in answers))
        made = boms.search(
            [
                ("type", "=", "subcontract"),
                ("product_tmpl_id", "in", products.product_tmpl_id.ids),
            ]
        ).product_tmpl_id
        for answer in answers:
            product, rule, company = answer.need.product, answer.rule, self._get_company(answer)
            if product.product_tmpl_id in made:
                answer.bom = self._find_bom(product, answer.vendor, rule, company)
                if not self.env.context.get("mto_only_times"):  # then it is asked for already
                    answer.prices = self._filter_prices(product, answer.prices, rule, company)

    def _find_bom(self, product, vendor, rule, company):
        """What a vendor makes a product of, of goods that are sent there; or nothing."""
        return self.env["mrp.bom"]._bom_subcontract_find(
            product,
            picking_type=rule.picking_type_id,
            company_id=company.id,
            subcontractor=vendor,
        )

    @api.model
    def _filter_prices(self, product, prices, rule, company):
        """The vendors' price lines that compare with core's first one.

        Who makes a product of goods that are sent there has a price, and a time, without those
        goods: it is the only offer where it comes first, and else none.

        :param prices: price lines in core's order
        """
        if not prices or not self._is_made_by_vendors(product):
            return prices
        makers = prices.partner_id.filtered(
            lambda vendor: self._find_bom(product, vendor, rule, company)
        )
        first = prices[0].partner_id
        if first in makers:
            return prices.filtered(lambda price: price.partner_id == first)
        return prices.filtered(lambda price: price.partner_id not in makers)

    @api.model
    def _is_made_by_vendors(self, product):
        """Whether there are vendors who make a product of goods that are sent there."""
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            return False
        return "subcontract" in product.sudo().bom_ids.mapped("type")

    def _get_company(self, answer):
        return answer.rule.company_id or answer.need.company

    @api.model
    def _get_location(self, answer):
        """Where a subcontractor takes components from."""
        company = self._get_company(answer)
        own = answer.vendor.with_company(company).property_stock_subcontractor
        return own or company.subcontracting_location_id

    @api.model
    def _is_sent(self, answer, line):
        """Whether a component is sent to the subcontractor, or is the vendor's own business.

        Core decides it when it makes the subcontractor's production, by the component's routes.
        """
        company = self._get_company(answer)
        warehouse = answer.rule.picking_type_id.warehouse_id
        product = line.product_id.with_company(company)
        move = self.env["stock.move"].new(
            {
                "product_id": product.id,
                "company_id": company.id,
                "location_id": self._get_location(answer).id,
                "location_dest_id": product.property_stock_production.id,
                "packaging_uom_id": line.product_uom_id.id,
                "warehouse_id": warehouse.id,
                "picking_type_id": warehouse.subcontracting_type_id.id,
            }
        )
        move._adjust_procure_method()
        return move.procure_method == "make_to_order"

    # -- what is done ------------------------------------------------------------------

    @api.model
    def _hand_down(self, vals_list):
        """Tell new productions of subcontractors which need they are for.

        :param vals_list: a list of ``mrp.production`` values, changed in place
        """
        for vals in vals_list:
            if vals.get("subcontractor_id") and not vals.get("mto_key"):
                needs = self._find_needs(self._find_receipt(vals))
                lines = needs.mto_sale_line_id
                if lines:
                    vals["mto_key"] = needs.filtered("mto_sale_line_id")[0].mto_key
                    vals["mto_sale_line_ids"] = [Command.set(lines.ids)]

    def _find_receipt(self, vals):
        """The receipt that core makes the production for: its reference is all that is told."""
        production = self.env["mrp.production"].new({"reference_ids": vals.get("reference_ids")})
        return production.reference_ids._origin.sudo().move_ids

    @api.model
    def _find_needs(self, moves):
        """The make-to-order moves that moves lead to, through any steps without an order."""
        found = wave = moves
        while wave:  # what a customer sends back and gets again leads to itself
            wave = wave.filtered(lambda move: not move.mto_sale_line_id).move_dest_ids - found
            found |= wave
        return found.filtered("mto_sale_line_id")
