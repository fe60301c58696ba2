from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import models

#: How far apart the dates of lines may be that core merges.
_NEAR = timedelta(days=1)


@dataclass
class Merging:
    """Requests that are being merged: the ``line`` that grew last, and its date before."""

    line: models.BaseModel | None = None
    date: datetime | None = None


class PurchaseOrderLine(models.Model):
    """Lines of requests that are merged: what is configured otherwise keeps a line of its own.

    Core makes one line of all that have the same product, unit and price, and nearly one date.
    """

    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _mto_is_configured_like(self, other):
        """Whether what two lines bring for orders is configured alike."""
        if not (self | other).sudo().mto_sale_line_ids:
            return True
        return self._mto_is_configured_as(
            {
                "never_product_template_attribute_value_ids": (
                    other.product_no_variant_attribute_value_ids
                ),
                "product_description_variants": other.product_description_variants,
            }
        )

    def _merge_po_line(self, rfq_line):
        """Merge a line into one that is configured alike; without one, take it over as it is."""
        into = self
        if not self._mto_is_configured_like(rfq_line):
            into = self.order_id.order_line.filtered(
                lambda line: (
                    line._mto_is_alike(rfq_line)
                    and abs(line.date_planned - rfq_line.date_planned) <= _NEAR
                )
            )[:1]
        if into:
            return super(PurchaseOrderLine, into)._merge_po_line(rfq_line)
        rfq_line.order_id = self.order_id
        return None

    def write(self, vals):
        merging = self.env.context.get("mto_merging_requests")
        date = self[:1].date_planned if merging else None
        result = super().write(vals)
        if merging and "product_qty" in vals:
            merging.line, merging.date = self, date
        return result

    def unlink(self):
        """Where core makes one line of several, leave those that are configured otherwise."""
        merging = self.env.context.get("mto_merging_requests")
        if not merging or not merging.line:
            return super().unlink()
        into, date = merging.line, merging.date
        others = self.filtered(lambda line: not line._mto_is_configured_like(into))
        if others:
            into.product_qty -= sum(others.mapped("product_qty"))
            if others == self and into.date_planned != date:
                into.date_planned = date
        return super(PurchaseOrderLine, self - others).unlink()
