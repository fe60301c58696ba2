from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Command

from .. import planner

#: The needs of a line, and what of them tells how much they ask for.
_NEEDS = ("move_dest_ids", "move_ids.move_dest_ids")
_NEED_FIELDS = (
    "product_qty",
    "quantity",
    "procure_method",
    "state",
    "mto_key",
    "mto_sale_line_id",
)


@dataclass(frozen=True)
class Asked:
    """What is asked of a purchase line as things stand, in the product's unit.

    ``ordered``: the line's quantity. ``share``: what the needs that it was ordered for get of
    it; what something else brings for them is not asked of this line. ``most``: the most that
    they can have asked of it: where something else brings more than was asked of it, their
    share of this line is less than that. ``needed``: what is wanted of it but for rounding: the
    share, or all of a line that a rule asks for, too, or that serves no make-to-order need.
    ``aside``: the lines that count for nothing beside this one, see ``_mto_find_set_aside``.
    """

    ordered: float
    share: float
    most: float
    needed: float
    aside: models.BaseModel

    @property
    def spare(self):
        """What it brings beyond that."""
        return max(self.ordered - self.needed, 0.0)


class PurchaseOrderLine(models.Model):
    """What needs ask of a purchase line, and how much is bought for that."""

    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    mto_needed_qty = fields.Float(
        string="Needed for Orders",
        groups="base.group_user",  # no vendor with a login on the portal
        compute="_compute_mto_surplus_qty",
        digits="Product Unit",
        help="What make-to-order needs ask of this line, in the product's unit.",
    )
    mto_surplus_qty = fields.Float(
        string="Surplus",
        groups="base.group_user",  # no vendor with a login on the portal
        compute="_compute_mto_surplus_qty",
        digits="Product Unit",
        help="What the vendor's quantities add to what is needed, in the product's unit. It "
        "goes to stock, free for the next order.",
    )

    @api.depends(
        "product_uom_qty",
        "orderpoint_id",
        "state",
        "move_ids.state",
        *(f"{path}.{name}" for path in _NEEDS for name in _NEED_FIELDS),
        "move_dest_ids.created_purchase_line_ids.product_qty",
    )
    def _compute_mto_surplus_qty(self):
        totals = self.sudo()._mto_sum_needs()
        for line in self:
            line.mto_needed_qty = needed = totals[line]
            line.mto_surplus_qty = max(line.product_uom_qty - needed, 0.0) if needed else 0.0

    # -- what is asked of them ---------------------------------------------------------

    def _mto_read_asked(self, aside=None):
        """{line: Asked}; what brings goods to the needs of several lines is shared out once.

        :param aside: {line: ``Asked.aside``} as they were, where needs have changed meanwhile
        """
        needs = {line: line._mto_find_needs() for line in self}
        lines = self.filtered(lambda line: line._mto_is_one_of_several(needs[line]))
        several = self.env["stock.move"].union(*(needs[line] for line in lines))
        if aside is None:
            aside = (lines | several.created_purchase_line_ids)._mto_find_set_aside()
        shares = {}
        for left_out, own in lines.grouped(lambda line: aside.get(line, self.browse())).items():
            shares.update(self.env["mto.uncovered"]._sum_shares(own, several, left_out))
        return {
            line: line._mto_prepare_asked(own, shares, aside.get(line, self.browse()))
            for line, own in needs.items()
        }

    def _mto_find_needs(self):
        """What this line was ordered for, as far as it is alive."""
        return self.move_dest_ids.filtered(lambda move: move.state != "cancel")

    def _mto_is_only_for(self, lines):
        """Whether these order lines wait for what this purchase brings, and nobody else does."""
        self.ensure_one()
        waiting = [need.mto_sale_line_id for need in self._mto_find_needs()]
        waiting += [self.sale_line_id] if self.sale_line_id else []
        if self.orderpoint_id or not waiting:
            return False
        return all(line in lines for line in waiting)

    def _mto_is_one_of_several(self, needs):
        """Whether goods come by this line, and not by it alone, for its needs."""
        return self._mto_is_expected() and any(
            len(need.created_purchase_line_ids) > 1 or need.move_orig_ids for need in needs
        )

    def _mto_prepare_asked(self, needs, shares, aside):
        """An Asked.

        :param needs: what this line was ordered for, as far as it is alive
        :param shares: {a line that is one of several: what needs get of it}
        :param aside: the lines that count for nothing beside it
        """
        self.ensure_one()
        ordered, unit = self.product_uom_qty, self.product_id.uom_id
        wanted = sum(need._mto_get_wanted() for need in needs)
        share = most = planner.half_up(wanted, unit.rounding)
        if self in shares:
            share, most = shares[self], min(ordered, most)
        is_own = self._mto_is_made_to_order(needs) and not self.orderpoint_id
        return Asked(ordered, share, most, share if is_own else ordered, aside)

    def _mto_is_made_to_order(self, needs):
        """Whether any of these is a make-to-order need, or was given what one waited for."""
        return any(need.mto_key or need.mto_sale_line_id for need in needs)

    def _mto_get_needed(self):
        """What is wanted of this line but for rounding, in the product's unit; see ``Asked``."""
        return self._mto_read_asked()[self].needed

    def _mto_sum_needs(self):
        """{line: what make-to-order needs ask of it, in the product's unit}.

        With what was tied to its receipts later; 0.0 where there is no such need, or never was.
        """
        served = self.filtered(
            lambda line: (
                line.order_id.state != "cancel" and line._mto_is_made_to_order(line.move_dest_ids)
            )
        )
        totals = dict.fromkeys(self, 0.0)
        for line, asked in served._mto_read_asked().items():
            tied = sum(line._mto_find_tied().mapped("product_qty"))
            totals[line] = planner.half_up(asked.needed + tied, line.product_id.uom_id.rounding)
        return totals

    def _mto_find_tied(self):
        """The needs that its receipts serve, and for which it was not ordered."""
        receipts = self.move_ids.filtered(
            lambda move: move.state != "cancel" and move._mto_is_bought()
        )
        return (receipts.move_dest_ids - self.move_dest_ids).filtered(
            lambda need: need.state != "cancel" and self._mto_is_made_to_order(need)
        )

    # -- how much is bought for that ---------------------------------------------------

    def _mto_size(self, needed):
        """What is ordered where ``needed`` (product's unit) is wanted, in the line's unit."""
        self.ensure_one()
        terms = self.env["mto.vendor.terms"]
        return terms._size(self.product_id, needed, self.product_uom_id, self.order_id)

    def _mto_leave_served(self):
        """Be no more for what stock has served since this line was set to nothing.

        What is left waits for it again: what a line grows by is for that, too.
        """
        lost = self.env["mto.lost.supply"].sudo()
        needs = self.sudo().move_dest_ids
        for need in lost._filter(needs.filtered(lambda m: m.procure_method != "make_to_order")):
            left = lost._leave_served(need, self)
            if left and not left.picked:
                lost._wait_for_purchase(left)

    def _mto_get_increase(self, quantity, unit):
        """By how much this line grows for one more need: all its needs are rounded together.

        What a buyer added by hand stays, and is used first.
        """
        self.ensure_one()
        more = unit._compute_quantity(quantity, self.product_id.uom_id, rounding_method="HALF-UP")
        return max(self._mto_size(self._mto_get_needed() + more) - self.product_qty, 0.0)

    def _mto_get_decrease(self, quantity, unit):
        """By how much this line changes for less (negative), in steps that the vendor sells."""
        self.ensure_one()
        less = unit._compute_quantity(quantity, self.product_id.uom_id, rounding_method="HALF-UP")
        return min(self._mto_size(self.product_uom_qty + less) - self.product_qty, 0.0)

    def _mto_buy_less(self, before):
        """Buy less: needs ask for less of these lines.

        :param before: {line: Asked} before they did
        :return: {line: Asked}, now
        """
        empty = self.browse()
        after = self._mto_read_asked({line: asked.aside for line, asked in before.items()})
        for line in self:
            if not line.product_qty and line._mto_find_needs():
                continue  # its buyer, who has set it to nothing, may ask for it after all
            quantity = line._mto_get_reduced(before[line].most, after[line].share)
            unit = line.product_uom_id
            if unit.compare(quantity, 0.0) <= 0:
                empty |= line
            elif unit.compare(quantity, line.product_qty) < 0:
                line._mto_order(quantity)
        empty._mto_remove()
        return after

    def _mto_get_reduced(self, before, after):
        """What is still bought, in this line's unit, where needs asked for ``before``.

        What a buyer added by hand stays, and what a reordering rule asks for.
        """
        if self.orderpoint_id:
            return self._mto_size(self.product_uom_qty - before + after)
        return self._mto_size(after) + max(self.product_qty - self._mto_size(before), 0.0)

    def _mto_remove(self):
        """Ask vendors for nothing of this any more; an order that is empty is cancelled."""
        # Core would cancel the needs along with the line.
        self.write({"move_dest_ids": [Command.clear()]})
        for order, lines in self.grouped("order_id").items():
            if order.order_line.filtered("product_id") <= lines:
                order.button_cancel()
            else:
                lines.unlink()
