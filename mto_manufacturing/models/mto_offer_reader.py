from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import planner


class MtoOfferReader(models.AbstractModel):
    """Reads what vendors offer for what is bought, and the open requests it would be added to."""

    _name = "mto.offer.reader"
    _inherit = "mto.stock.reader"
    _description = "Make to Order: Offers of Vendors"

    # -- who sells it ------------------------------------------------------------------

    @api.model
    def _find_prices(self, product, company, partner=None):
        """The vendors' price lines for a product, in core's order.

        Those that are valid today; where none is, those that are not are better than none.

        :param partner: the only vendor that comes into question, if there is one
        """
        anybody = self.env["res.partner"]
        terms = self.env["mto.vendor.terms"]
        valid = terms._get_prices(product, partner or anybody, company)
        if valid:
            return valid
        sellers = product.with_company(company)._prepare_sellers(False)
        sellers = sellers.filtered(lambda s: not s.company_id or s.company_id == company)
        own = (partner | partner.parent_id) if partner else sellers.partner_id
        return sellers.filtered(lambda s: s.partner_id in own)

    @api.model
    def _get_surplus_policy(self, product, company, rule):
        """What becomes of a surplus: a drop shipment leaves none in the company's own stock."""
        if self.env.context.get("mto_order_minimum") or rule.picking_type_id.code == "dropship":
            return planner.BUY
        return product.product_tmpl_id.mto_surplus_policy or company.mto_surplus_policy

    def _prepare_offers(self, product, prices, company, lines=None):
        """What each vendor offers, as the planner wants it.

        :param prices: what ``_find_prices`` found
        :param lines: {vendor: the purchase order lines that a need may be added to}
        :return: a tuple of ``planner.Offer``, in core's order
        """
        groups = {}
        for rank, price in enumerate(prices):
            groups.setdefault((price.partner_id, price.product_uom_id), []).append((rank, price))
        terms, today = self.env["mto.vendor.terms"], fields.Date.context_today(self)
        # All of them, or none where those that are not valid are better than none.
        valid = prices.filtered(
            lambda price: (
                not (price.date_start and price.date_start > today)
                and not (price.date_end and price.date_end < today)
            )
        )
        offers = []
        for (vendor, unit), ranked in groups.items():
            own = vendor | vendor.parent_id
            sizes = terms._get_terms(product, [p for p in valid if p.partner_id in own], unit)
            requests = [self._prepare_request(line) for line in (lines or {}).get(vendor, ())]
            offers.append(
                planner.Offer(
                    vendor_id=vendor.id,
                    terms=sizes,
                    tiers=tuple(
                        self._prepare_tier(rank, price, sizes, company) for rank, price in ranked
                    ),
                    request=next((one for one in requests if not one.grouping), None),
                    grouped=tuple(one for one in requests if one.grouping),
                    weekday=self._get_weekday(vendor),
                )
            )
        return tuple(offers)

    def _get_weekday(self, vendor):
        """The day of the week for which core puts requests to a vendor off; 0 for none."""
        weekly = vendor.group_rfq == "week" and vendor.group_on != "default"
        return int(vendor.group_on) if weekly else 0

    def _prepare_tier(self, rank, price, sizes, company):
        amount, currency = price.price_discounted, company.currency_id
        if price.currency_id != currency:
            today = fields.Date.context_today(self)
            amount = price.currency_id._convert(amount, currency, company, today, round=False)
        return planner.Tier(
            price=amount * sizes.unit_factor,
            minimum=price.min_qty,
            lead_days=float(price.delay),
            rank=rank,
            price_id=price.id,
        )

    def _prepare_request(self, line):
        order = line.order_id
        vendor, grouping = order.partner_id, ""
        if not order.mto_waits and vendor.group_rfq in ("day", "week"):
            grouping = vendor.group_on if self._get_weekday(vendor) else vendor.group_rfq
        return planner.Request(
            needed=line._mto_get_needed(),
            ordered=line.product_uom_qty,
            waits=order.mto_waits,
            arrives=line.date_planned or None,
            grouping=grouping,
            dated=order.date_planned or None,
        )

    @api.model
    def _prepare_live_source(
        self, product, prices, rule, company, surplus, never, order, wanted=None
    ):
        """Where a need comes from that is in no plan, as the planner wants it.

        :param order: the ``sale.order`` that it is for, whose own requests it is added to
        :param wanted: when it is to arrive, for requests of a day or a week
        """
        never = never if never else self.env["product.template.attribute.value"]
        (requests,) = self._find_requests([(product, prices, rule, company, surplus, never)])
        own = self._find_own_requests(product, rule, company, never, order)
        requests = {vendor: own.get(vendor) or line for vendor, line in requests.items()} | own
        offers = tuple(
            offer.on(wanted) for offer in self._prepare_offers(product, prices, company, requests)
        )
        return planner.Source(planner.PURCHASE, rule_id=rule.id, offers=offers, surplus=surplus)

    def _find_undecided(self, asked):
        """Which needs that are in no plan have to wait for a person to decide on a surplus.

        :param asked: a list of (move, quantity in the product's unit, Resolved)
        :return: {place in the list: the ``planner.Purchase`` that a person decides on}
        """
        groups = {}
        for place, (move, _quantity, answer) in enumerate(asked):
            if answer.surplus == planner.ASK and answer.prices:
                order = move.mto_sale_line_id.order_id
                need = answer.need
                groups.setdefault((order, need.product, answer.rule, need.never), []).append(place)
        found = {}
        for (order, product, rule, never), places in groups.items():
            move, _quantity, answer = asked[places[0]]
            company = rule.company_id or answer.need.company
            arrival = move.date - timedelta(days=self._get_store_days(answer))
            source = self._prepare_live_source(
                product, answer.prices, rule, company, answer.surplus, never, order, arrival
            )
            rounding = product.uom_id.rounding
            quantity = planner.half_up(sum(asked[place][1] for place in places), rounding)
            room = rule._mto_get_room(company, {"date_planned": arrival})
            by = company.mto_vendor_choice
            bought = planner.choose_vendor(source.offers, quantity, rounding, by, room)
            if planner.is_undecided(source, bought, rounding):
                found.update(dict.fromkeys(places, bought))
        return found

    def _get_store_days(self, answer):
        """Days from the vendor's delivery until goods are kept. Hook that aims to be extended."""
        return 0.0

    # -- open requests -----------------------------------------------------------------

    @api.model
    def _find_requests(self, wanted):
        """The lines of open requests that needs may be added to, in one search.

        Whatever the order: those that wait for others, and those of vendors who get one request
        for all, for a day or for a week.

        :param wanted: a list of (product, prices, rule, company, surplus policy, never values)
        :return: a list of {vendor: purchase order lines}, in the same order
        """
        found = [{} for _one in wanted]
        asked = [
            (place, one)
            for place, one in enumerate(wanted)
            if one[4] == planner.POOL or set(one[1].partner_id.mapped("group_rfq")) - {"default"}
        ]
        if not asked:
            return found
        lines = self.env["purchase.order.line"].sudo()
        lines = lines.search(
            Domain("product_id", "in", list({one[0].id for _place, one in asked}))
            & Domain("order_id.state", "=", "draft")
            & Domain("display_type", "=", False),
            order="id",
        )
        for place, (product, prices, rule, company, policy, never) in asked:
            own = lines.filtered(
                lambda line, product=product, rule=rule, company=company: (
                    line.product_id == product
                    and line.order_id.picking_type_id == rule.picking_type_id
                    and line.company_id == company
                )
            )
            for vendor in prices.partner_id:
                found[place][vendor] = self._match_requests(own, vendor, policy, never)
        return found

    def _match_requests(self, lines, vendor, policy, never):
        lines = lines.filtered(
            lambda line: (
                line.order_id.partner_id == vendor
                and line.product_no_variant_attribute_value_ids == never
            )
        )
        waiting = lines.filtered(lambda line: line.order_id.mto_waits)
        if policy == planner.POOL and waiting:
            return waiting[0]
        grouped = vendor.group_rfq != "default"
        return lines - waiting if grouped else lines.browse()

    def _find_own_requests(self, product, rule, company, never, order):
        """{vendor: line} of the open requests that were made for an order."""
        lines = self.env["purchase.order.line"].sudo()
        if not order:
            return {}
        lines.flush_model(["mto_sale_line_ids"])  # a search does not: it is many2many
        lines = lines.search(
            Domain("product_id", "=", product.id)
            & Domain("order_id.state", "=", "draft")
            & Domain("order_id.picking_type_id", "=", rule.picking_type_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("mto_sale_line_ids", "in", order.order_line.ids),
            order="id desc",
        )
        return {
            line.order_id.partner_id: line
            for line in lines
            if line.product_no_variant_attribute_value_ids == never
        }
