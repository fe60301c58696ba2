from dataclasses import dataclass
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from .. import planner


@dataclass(frozen=True)
class Wanted:
    """What is to be bought, and all that decides on which open requests it may be added to.

    ``prices``: the vendors' price lines. ``surplus``: what becomes of what is left over.
    ``values``: of its procurement, as far as they are known. ``arrival``: when it is to be
    there, if that is known.
    """

    product: models.BaseModel
    prices: models.BaseModel
    rule: models.BaseModel
    company: models.BaseModel
    surplus: str
    values: dict
    arrival: datetime | None = None

    @property
    def references(self):
        """What tells the documents of its order, as far as that has any (``stock.reference``)."""
        return self.values.get("reference_ids") or self.rule.env["stock.reference"]

    def is_for_order(self, vendor):
        """Whether core asks a vendor for it in requests of its own order alone."""
        is_shipped = self.rule.picking_type_id.code == "dropship"
        return is_shipped or vendor.group_rfq == "default"

    def prepare_values(self, vendor, waits):
        """The values that core looks for an open request of a vendor with."""
        return {
            "mto_key": True,
            "orderpoint_id": False,
            "move_dest_ids": False,
            "date_planned": fields.Datetime.now(),
            **self.values,
            "supplier": self.prices.filtered(lambda price: price.partner_id == vendor)[:1],
            "mto_waits": waits and self.product.id,
        }


class MtoRequestReader(models.AbstractModel):
    """Finds the open requests that needs would be added to: it asks core which they are."""

    _name = "mto.request.reader"
    _inherit = "mto.stock.reader"
    _description = "Make to Order: Open Requests"

    @api.model
    def _find_requests(self, wanted):
        """The open requests that needs may be added to.

        Those that were made for the same order; and whatever the order, those that wait for
        others, and those of vendors who get one request for all, for a day or for a week.

        :param wanted: a list of Wanted
        :return: a list of {vendor: [(``purchase.order``, line of it that grows, or none)]}, in
            the same order. Of several requests, which differ in their dates, the first that
            has the right one counts.
        """
        orders = self._search_requests(wanted)
        if not orders:
            return [{} for _one in wanted]
        lines, known = self._search_lines(orders, wanted), {}
        return [
            {
                vendor: self._find_joined(one, vendor, orders, lines, known)
                for vendor in one.prices.partner_id
            }
            for one in wanted
        ]

    def _search_requests(self, wanted):
        """The open requests of all that is wanted, in the order in which core takes them."""
        pooled = [one.product.id for one in wanted if one.surplus == planner.POOL]
        vendors, references = set(), set()
        for one in wanted:
            references.update(one.references.ids)
            for vendor in one.prices.partner_id:
                if not one.is_for_order(vendor):
                    vendors.add(vendor.id)
        asked = []
        if pooled:
            waits = Domain("order_line.product_id", "in", pooled)
            asked.append(Domain("mto_waits", "=", True) & waits)
        if vendors:
            asked.append(Domain("partner_id", "in", list(vendors)))
        if references:
            asked.append(Domain("reference_ids", "in", list(references)))
        orders = self.env["purchase.order"].sudo()
        if not asked:
            return orders
        return orders.search(Domain.OR(asked) & Domain("state", "=", "draft"))

    def _search_lines(self, orders, wanted):
        """{(order, product): the lines of open requests}, with what tells how they are used."""
        lines = self.env["purchase.order.line"].sudo()
        lines = lines.search(
            Domain("order_id", "in", orders.ids)
            & Domain("product_id", "in", list({one.product.id for one in wanted}))
            & Domain("display_type", "=", False)
        )
        lines.mapped("move_dest_ids.mto_key")
        return lines.grouped(lambda line: (line.order_id, line.product_id))

    def _find_joined(self, one, vendor, orders, lines, known):
        """[(request, line)] of a vendor: what waits for others first, if its order has none.

        :param known: see ``_filter_requests``
        """
        plain = orders.browse()
        if one.references or not one.is_for_order(vendor):
            plain = self._filter_requests(one, vendor, orders, known)
        joined = [(order, self._find_line(one, order, lines)) for order in plain]
        own = joined and joined[0][1] and joined[0][0].reference_ids & one.references
        if one.surplus == planner.POOL and not own:
            waiting = self._filter_requests(one, vendor, orders, known, waits=True)[:1]
            line = self._find_line(one, waiting, lines)
            return [(waiting, line)] if line else joined
        return joined

    def _filter_requests(self, one, vendor, orders, known, waits=False):
        """The requests that core would add a need to, whatever their dates.

        :param known: {what core goes by: the requests}, filled in: it is the same for many needs
        """
        values = one.prepare_values(vendor, waits)
        domain = one.rule._make_po_get_domain(one.company, values, vendor)
        domain = [part for part in domain if part[0] != "date_planned"]
        question = repr(domain)  # it may hold lists, without a hash
        if question not in known:
            known[question] = orders.filtered_domain(domain)
        return known[question]

    def _find_line(self, one, order, lines):
        """The line of a request that core would add a need to, if there is one."""
        own = lines.get((order, one.product))
        if not own:
            return self.env["purchase.order.line"]
        values = one.prepare_values(order.partner_id, order.mto_waits)
        place = one.rule.location_dest_id
        return own._find_candidate(
            one.product, 0.0, one.product.uom_id, place, "", "", one.company, values
        )
