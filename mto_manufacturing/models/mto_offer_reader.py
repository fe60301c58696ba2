from datetime import timedelta

from odoo import api, fields, models

from .. import planner
from .mto_request_reader import Wanted

#: The id of an order line for which nothing is asked yet.
_NO_LINE = -1


class MtoOfferReader(models.AbstractModel):
    """Reads what vendors offer for what is bought, and what of it is asked for already."""

    _name = "mto.offer.reader"
    _inherit = "mto.request.reader"
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
        policy = product.product_tmpl_id.mto_surplus_policy or company.mto_surplus_policy
        if policy == planner.BUY or self.env.context.get("mto_order_minimum"):
            return planner.BUY
        return planner.BUY if rule.picking_type_id.code == "dropship" else policy

    def _prepare_offers(self, product, prices, rule, company, joined=None):
        """What each vendor offers, as the planner wants it.

        :param prices: what ``_find_prices`` found
        :param rule: the ``stock.rule`` that it is bought by
        :param company: who buys it where the rule does not say so
        :param joined: {vendor: the open requests that a need may be added to}, see
            ``_find_requests``
        :return: a tuple of ``planner.Offer``, in core's order
        """
        groups, company, operation = {}, rule.company_id or company, rule.picking_type_id
        for rank, price in enumerate(prices):
            groups.setdefault((price.partner_id, price.product_uom_id), []).append((rank, price))
        terms = self.env["mto.vendor.terms"]
        # All of them, or none where those that are not valid are better than none.
        valid = [price for price in prices if self._is_valid(price)]
        offers = []
        for (vendor, unit), ranked in groups.items():
            usable = valid
            if len(groups) > 1:
                own = (vendor, vendor.parent_id)
                usable = [price for price in valid if price.partner_id in own]
            sizes = terms._get_terms(product, usable, unit, operation)
            requests = self._prepare_requests((joined or {}).get(vendor, ()))
            offers.append(
                planner.Offer(
                    vendor_id=vendor.id,
                    terms=sizes,
                    tiers=tuple(
                        self._prepare_tier(rank, price, company) for rank, price in ranked
                    ),
                    grouped=tuple(requests),
                    weekday=self._get_weekday(vendor),
                    grouping=self._get_grouping(vendor, operation),
                ).at_once()
            )
        return tuple(offers)

    def _is_valid(self, price):
        """Whether a price line is valid today."""
        if not price.date_start and not price.date_end:
            return True
        today = fields.Date.context_today(self)
        return (price.date_start or today) <= today <= (price.date_end or today)

    def _get_weekday(self, vendor):
        """The day of the week for which core puts requests to a vendor off; 0 for none."""
        weekly = vendor.group_rfq == "week" and vendor.group_on != "default"
        return int(vendor.group_on) if weekly else 0

    def _get_word_of_dates(self, vendor):
        """Which dates of needs have one request at a vendor, as the planner wants it."""
        if vendor.group_rfq not in ("day", "week"):
            return ""
        return vendor.group_on if self._get_weekday(vendor) else vendor.group_rfq

    def _get_grouping(self, vendor, operation):
        """The same of needs of several orders; None where each order has its own request."""
        if vendor.group_rfq == "default" or operation.code == "dropship":
            return None
        return self._get_word_of_dates(vendor)

    def _prepare_tier(self, rank, price, company):
        # Not core's discounted price: that is told in the product's unit, and computed of each.
        amount, currency = price.price * (1 - price.discount / 100), company.currency_id
        if price.currency_id != currency:
            today = fields.Date.context_today(self)
            amount = price.currency_id._convert(amount, currency, company, today, round=False)
        return planner.Tier(
            price=amount,
            minimum=price.min_qty,
            lead_days=float(price.delay),
            rank=rank,
            price_id=price.id,
        )

    def _prepare_requests(self, joined):
        """What open requests ask for already, as the planner wants it.

        :param joined: pairs (order, line), see ``_find_requests``
        """
        lines = self.env["purchase.order.line"].union(*(line for _order, line in joined))
        asked = lines._mto_read_asked()
        return [self._prepare_request(order, line, asked.get(line)) for order, line in joined]

    def _prepare_request(self, order, line, asked):
        grouping = self._get_word_of_dates(order.partner_id)
        return planner.Request(
            needed=asked.needed if asked else 0.0,
            ordered=line.product_uom_qty,
            waits=order.mto_waits,
            arrives=line.date_planned or None,
            grouping="" if order.mto_waits else grouping,
            dated=order.date_planned or None,
            joined=bool(line),
        )

    @api.model
    def _prepare_live_sources(self, wanted):
        """Where needs come from that are in no plan, as the planner wants it.

        :param wanted: a list of Wanted
        :return: a list of ``planner.Source``, in the same order
        """
        return [
            planner.Source(
                planner.PURCHASE,
                rule_id=one.rule.id,
                surplus=one.surplus,
                offers=tuple(
                    offer.on(one.arrival)
                    for offer in self._prepare_offers(
                        one.product, one.prices, one.rule, one.company, requests
                    )
                ),
            )
            for one, requests in zip(wanted, self._find_requests(wanted), strict=True)
        ]

    def _find_undecided(self, asked):
        """Which needs that are in no plan have to wait for a person to decide on a surplus.

        :param asked: a list of (move, quantity in the product's unit, Resolved)
        :return: {place in the list: the ``planner.Purchase`` that a person decides on}
        """
        groups = {}
        for place, (move, _quantity, answer) in enumerate(asked):
            if answer.surplus == planner.ASK and answer.prices:
                need = answer.need
                references = self._get_references(move)
                alike = (references, need.product, answer.rule, need.never, need.words)
                groups.setdefault(alike, []).append(place)
        wanted = []
        for places in groups.values():
            move, _quantity, answer = asked[places[0]]
            arrival = move.date - timedelta(days=self._get_store_days(answer))
            wanted.append(self._prepare_wanted(answer, self._get_references(move), arrival))
        quantities = [sum(asked[place][1] for place in places) for places in groups.values()]
        found = {}
        for places, (source, bought, rounding) in zip(
            groups.values(), self._choose_vendors(wanted, quantities), strict=True
        ):
            if planner.is_undecided(source, bought, rounding):
                found.update(dict.fromkeys(places, bought))
        return found

    def _get_references(self, move):
        """What tells the documents that core asks for a need with: it may serve another by now."""
        return move.reference_ids or move.mto_sale_line_id.order_id.stock_reference_ids

    @api.model
    def _choose_vendors(self, wanted, quantities):
        """Of whom, and how much, is bought of what is in no plan, by the company's choice.

        :param wanted: a list of Wanted
        :param quantities: how much of each is needed, in the product's unit
        Yields (``planner.Source``, ``planner.Purchase``, the unit's rounding).
        """
        sources = self._prepare_live_sources(wanted)
        for one, source, quantity in zip(wanted, sources, quantities, strict=True):
            rounding = one.product.uom_id.rounding
            needed = planner.half_up(quantity, rounding)
            room = one.rule._mto_get_room(one.company, {"date_planned": one.arrival})
            by = one.company.mto_vendor_choice
            yield (
                source,
                planner.choose_vendor(source.offers, needed, rounding, by, room),
                rounding,
            )

    def _prepare_wanted(self, answer, references, arrival=None):
        """What is to be bought for a need.

        :param answer: its Resolved
        :param references: what tells the documents of its order (``stock.reference``)
        """
        return Wanted(
            answer.need.product,
            answer.prices,
            answer.rule,
            answer.rule.company_id or answer.need.company,
            answer.surplus,
            {
                "reference_ids": references,
                "never_product_template_attribute_value_ids": answer.need.never,
                "product_description_variants": answer.need.words,
                "sale_line_id": self._is_shipped(answer) and _NO_LINE,
            },
            arrival,
        )

    def _is_shipped(self, answer):
        """Whether a vendor ships it to the customer: each order line has a line of its own."""
        is_direct = answer.need.root and not answer.pulls
        return is_direct and answer.rule.picking_type_id.code == "dropship"

    def _get_store_days(self, answer):
        """Days from the vendor's delivery until goods are kept. Hook that aims to be extended."""
        return 0.0
