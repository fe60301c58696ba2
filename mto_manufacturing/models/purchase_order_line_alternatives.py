from odoo import models

from .. import planner


class PurchaseOrderLine(models.Model):
    """The same need asked of several vendors, of whom a buyer is to choose (core's tenders).

    Each of these lines brings all of it by itself, and nothing beside the one that is chosen.
    """

    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _mto_find_set_aside(self):
        """{line: those that count for nothing beside it}, of all lines for some needs.

        Beside the others that is what does not count of a tender; beside one of a tender that is
        the rest of it, but for what is ordered for good from several vendors.
        """
        groups = self._mto_group_alternatives()
        rest = self.browse().union(*(group._mto_find_uncounted() for group in groups))
        aside = dict.fromkeys(self, rest)
        for group in groups:
            counted = group - group._mto_find_uncounted()
            for line in group:
                beside = counted if line in counted else line
                aside[line] = (rest | group) - beside
        return aside

    def _mto_filter_counted(self):
        """These lines, but of each tender only the first, or what is ordered for good."""
        groups = self._mto_group_alternatives()
        return self - self.browse().union(*(group._mto_find_uncounted() for group in groups))

    def _mto_find_uncounted(self):
        """Of the lines of a tender those that bring nothing beside the others."""
        ordered = self.filtered(lambda line: line.state == "purchase")
        return self - (ordered or self[:1])

    def _mto_group_alternatives(self):
        """[lines of which one is chosen], what is ordered for good first, then by their age."""
        groups, seen = [], self.browse()
        if "alternative_po_ids" not in self.order_id:
            return groups  # core's module for tenders is not installed
        for line in self:
            group = line | line._mto_find_alternatives()
            if line not in seen and len(group) > 1 and not group._mto_is_divided():
                groups.append(
                    group.sorted(
                        lambda one: (one.state != "purchase", not one.product_qty, one.id)
                    )
                )
            seen |= group
        return groups

    def _mto_find_alternatives(self):
        """The lines with which the order's alternatives ask for the same as this line."""
        others = (self.order_id.alternative_po_ids - self.order_id).order_line
        return others.filtered(
            lambda other: (
                other.state != "cancel"
                and other.product_id == self.product_id
                and (
                    other.move_dest_ids & self.move_dest_ids
                    or (other.sale_line_id and other.sale_line_id == self.sale_line_id)
                )
            )
        )

    def _mto_is_divided(self):
        """Whether a buyer has divided among these lines what is wanted: all are to be ordered.

        Then they bring no more together than what nothing else is asked for.
        """
        needs = self.move_dest_ids.filtered(lambda move: move.state != "cancel")
        shipped = self.sale_line_id if not needs else self.sale_line_id.browse()
        others = (needs.created_purchase_line_ids | shipped.purchase_line_ids) - self
        others = others.filtered(
            lambda line: line.state != "cancel" and line.product_id == self.product_id
        )
        beyond = sum((self | others).mapped("product_uom_qty"))
        beyond -= sum(need._mto_get_wanted() for need in needs)
        for line in shipped:
            beyond -= line.product_uom_id._compute_quantity(
                line._mto_get_asked_before(), line.product_id.uom_id, rounding_method="HALF-UP"
            )
        return planner.half_up(beyond, self.product_id.uom_id.rounding) <= 0
