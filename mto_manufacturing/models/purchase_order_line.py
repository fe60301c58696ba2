from odoo import api, fields, models
from odoo.fields import Command

from .. import planner

#: The needs of a line, and what of them tells how much they ask for.
_NEEDS = ("move_dest_ids", "move_ids.move_dest_ids")
_NEED_FIELDS = ("product_qty", "state", "mto_key", "mto_sale_line_id")


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "mto.served.mixin"]

    move_dest_ids = fields.Many2many(copy=False)  # a duplicate serves nobody
    mto_sale_line_ids = fields.Many2many(
        "sale.order.line",
        "mto_purchase_line_sale_line_rel",
        "purchase_line_id",
        "line_id",
        string="For Order Lines",
        compute="_compute_mto_sale_line_ids",
        store=True,
        help="The order lines that this purchase serves, at whatever level.",
    )

    @api.depends(
        "sale_line_id",
        "move_dest_ids.mto_sale_line_id",
        "move_ids.move_dest_ids.mto_sale_line_id",
    )
    def _compute_mto_sale_line_ids(self):
        for served, lines in self.grouped(PurchaseOrderLine._mto_get_served).items():
            lines.mto_sale_line_ids = served  # many lines in one go

    def _mto_get_served(self):
        """The order lines that this purchase serves, by its links."""
        self.ensure_one()
        moves = self.move_dest_ids | self.move_ids.move_dest_ids
        return moves.mto_sale_line_id | self.sale_line_id

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
        for line in self:
            line.mto_needed_qty = needed = line.sudo()._mto_get_asked()
            line.mto_surplus_qty = max(line.product_uom_qty - needed, 0.0) if needed else 0.0

    # -- quantities --------------------------------------------------------------------

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        po,
    ):
        values = self._mto_keep_needs(values)
        made_to_order = bool(values.get("mto_key"))
        if made_to_order:
            needed = product_uom._compute_quantity(
                product_qty, product_id.uom_id, rounding_method="HALF-UP"
            )
            if not values.get("force_uom"):
                product_uom = values["supplier"].product_uom_id
            product_qty = self.env["mto.vendor.terms"]._size(product_id, needed, product_uom, po)
        vals = super()._prepare_purchase_order_line_from_procurement(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            po,
        )
        if made_to_order and not vals["price_unit"]:
            vals["price_unit"] = self.env["mto.vendor.terms"]._get_price_unit(
                values["supplier"], vals, po
            )
        return vals

    def _mto_get_needed(self):
        """What is wanted of this line but for rounding, in the product's unit.

        Of a line that serves make-to-order needs all its needs; else its whole quantity.
        """
        self.ensure_one()
        needs = self._mto_get_needs()
        if self.orderpoint_id or not self._mto_is_made_to_order(needs):
            return self.product_uom_qty
        return self._mto_sum_needs()

    def _mto_get_needs(self):
        return self.move_dest_ids.filtered(lambda move: move.state != "cancel")

    def _mto_sum_needs(self):
        """What the needs of this line want of it, in the product's unit.

        What something else brings for them is not wanted of this line.
        """
        needs = self._mto_get_needs()
        if self._mto_is_one_of_several():
            return self.env["mto.uncovered"]._sum_shares(self, needs)
        rounding = self.product_id.uom_id.rounding
        return planner.half_up(sum(needs.mapped("product_qty")), rounding)

    def _mto_is_one_of_several(self):
        """Whether goods come for the needs of this line, and not by this line alone."""
        needs = self._mto_get_needs()
        shared = any(
            len(need.created_purchase_line_ids) > 1 or need.move_orig_ids for need in needs
        )
        return shared and self._mto_is_expected()

    def _mto_get_most_asked(self):
        """The most that needs can have asked of this line, in the product's unit.

        Where something else brings more than was asked of it, less than that is left to this.
        """
        if not self._mto_is_one_of_several():
            return self._mto_sum_needs()
        return min(self.product_uom_qty, sum(self._mto_get_needs().mapped("product_qty")))

    def _mto_get_asked(self):
        """What make-to-order needs ask of this line, in the product's unit; 0.0 if it has none."""
        self.ensure_one()
        is_live = self.order_id.state != "cancel"
        is_live = is_live and self._mto_is_made_to_order(self.move_dest_ids)
        if not is_live:
            return 0.0
        tied = sum(self._mto_find_tied().mapped("product_qty"))
        return planner.half_up(self._mto_get_needed() + tied, self.product_id.uom_id.rounding)

    def _mto_find_tied(self):
        """The needs that its receipts serve, and for which it was not ordered."""
        receipts = self.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_id.usage == "supplier"
        )
        return (receipts.move_dest_ids - self.move_dest_ids).filtered(
            lambda need: need.state != "cancel" and self._mto_is_made_to_order(need)
        )

    def _mto_is_made_to_order(self, needs):
        """Whether any of these is a make-to-order need, or was given what one waited for."""
        return any(need.mto_key or need.mto_sale_line_id for need in needs)

    def _mto_get_increase(self, quantity, unit):
        """By how much this line grows for one more need: all its needs are rounded together.

        What a buyer added by hand stays, and is used first.
        """
        self.ensure_one()
        more = unit._compute_quantity(quantity, self.product_id.uom_id, rounding_method="HALF-UP")
        return max(self._mto_size(self._mto_get_needed() + more) - self.product_qty, 0.0)

    def _mto_keep_price(self, vals, increase):
        """Core's values for an increase, with this line's price and unit where core has none."""
        self.ensure_one()
        if vals["price_unit"]:
            # Else core takes it for a buyer's own, and keeps it where less is bought later.
            vals["technical_price_unit"] = vals["price_unit"]
        else:
            vals["price_unit"] = self.price_unit
        if not vals.get("product_uom_id", True):
            vals.pop("product_uom_id")
            vals["product_qty"] = self.product_qty + increase
        return vals

    def _mto_size(self, needed):
        """What is ordered where ``needed`` (product's unit) is wanted, in the line's unit."""
        self.ensure_one()
        terms = self.env["mto.vendor.terms"]
        return terms._size(self.product_id, needed, self.product_uom_id, self.order_id)

    # -- what needs lose, see mto.lost.supply ------------------------------------------

    def _mto_keep_needs(self, values):
        """The values of a procurement, so that to cancel a purchase cancels no need."""
        return {**values, "propagate_cancel": False} if values.get("mto_key") else values

    def _find_candidate(
        self, product_id, product_qty, product_uom, location_id, name, origin, company_id, values
    ):
        values, lines = self._mto_keep_needs(values), self
        if values.get("mto_key"):
            # Core counts what a rule asks for no more once a need joins it, and orders it again.
            lines = self.filtered(lambda line: not line.orderpoint_id)
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id, product_qty, product_uom, location_id, name, origin, company_id, values
        )

    def _mto_is_expected(self):
        """Whether goods come by this line itself: no receipt, not even a cancelled one, does."""
        self.ensure_one()
        asked = self.order_id.state in ("draft", "sent", "to approve")
        return asked and not any(move.state != "cancel" for move in self.move_ids)

    def _mto_watch_needs(self):
        """See what the needs of these lines lose, as a context manager."""
        lost = self.env["mto.lost.supply"]
        names = {}
        if lost._is_watched():
            for line in self.sudo():
                for need in lost._filter(line.move_dest_ids | line.move_ids.move_dest_ids):
                    names.setdefault(need, line.order_id.display_name)
        return lost._watch(names)

    def _get_move_dests_initial_demand(self, move_dests):
        # Needs that take of what was ordered for nobody do not say how much is ordered.
        if not self.move_dest_ids and move_dests.filtered("mto_from_receipt"):
            return self._get_qty_procurement()
        return super()._get_move_dests_initial_demand(move_dests)

    def _prepare_stock_moves(self, picking):
        """Make a receipt smaller where less is bought.

        Core reckons a new date with the new quantity, and does not find the receipt for it: it
        would receive all, and send some back.
        """
        vals_list = super()._prepare_stock_moves(picking)
        open_moves = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        if open_moves.move_dest_ids.filtered("mto_key"):
            for vals in vals_list:
                if vals["product_uom_qty"] < 0:
                    vals.update(date_deadline=open_moves[0].date_deadline, date=open_moves[0].date)
        return vals_list

    def write(self, vals):
        if "product_qty" not in vals:
            return super().write(vals)
        with self._mto_watch_needs():
            return super(PurchaseOrderLine, self.with_context(mto_watching=True)).write(vals)

    def _mto_leave_to_others(self):
        """Tie what these lines serve to the lines of their orders that they are merged into."""
        for line in self.sudo():
            others = (line.order_id.order_line - self).filtered(line._mto_is_alike)
            others = others.sorted(
                lambda other, line=line: abs(other.date_planned - line.date_planned)
            )
            if others:
                others[0].move_dest_ids |= line.move_dest_ids
                line.move_dest_ids = [Command.clear()]

    def _mto_is_alike(self, other):
        """Whether core merges these lines if their dates are near."""
        names = ("product_id", "product_uom_id", "analytic_distribution", "discount")
        return all(self[name] == other[name] for name in names)

    def unlink(self):
        if self.env.context.get("mto_merging"):
            self._mto_leave_to_others()
        with self._mto_watch_needs():
            return super(PurchaseOrderLine, self.with_context(mto_watching=True)).unlink()

    def _mto_buy_less(self, before):
        """Buy less: needs ask for less of these lines.

        :param before: {line: the most that its needs can have asked of it}
        """
        empty = self.browse()
        for line in self:
            quantity, unit = line._mto_get_reduced(before[line]), line.product_uom_id
            if unit.compare(quantity, 0.0) <= 0:
                empty |= line
            elif unit.compare(quantity, line.product_qty) < 0:
                line.product_qty = quantity
        empty._mto_remove()

    def _mto_get_reduced(self, before):
        """What is still bought, in this line's unit, where needs asked for ``before``.

        What a buyer added by hand stays, and what a reordering rule asks for.
        """
        after = self._mto_sum_needs()
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
