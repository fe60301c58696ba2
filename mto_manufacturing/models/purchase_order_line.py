from odoo import api, fields, models
from odoo.fields import Command

#: What tells how much of what a line brings.
_BOUGHT = {"product_id", "product_qty", "product_uom_id"}


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

    def _mto_keep_price(self, vals, increase):
        """Core's values for a change, in this line's unit, with its price where core has none.

        Core turns to the unit of the vendor's price: of what a buyer ordered in another one
        that would be any part of a box.
        """
        self.ensure_one()
        unit, own = vals.pop("product_uom_id", self.product_uom_id), self.product_uom_id
        if unit != own:
            vals["product_qty"] = self.product_qty + increase
        if not vals["price_unit"]:
            vals["price_unit"] = self.price_unit
            return vals
        vals["price_unit"] = unit._compute_price(vals["price_unit"], own)
        if unit in own | self.product_id.uom_id:
            # Else core takes it for a buyer's own, and keeps it where less is bought later. So
            # it has to where it knows no price in this line's unit.
            vals["technical_price_unit"] = vals["price_unit"]
        return vals

    # -- what needs lose, see mto.lost.supply ------------------------------------------

    def _mto_keep_needs(self, values):
        """The values of a procurement, so that to cancel a purchase cancels no need.

        And so that it joins a line of which that is so; see ``_mto_spare_needs``.
        """
        return {**values, "propagate_cancel": False} if values.get("mto_key") else values

    def _find_candidate(
        self, product_id, product_qty, product_uom, location_id, name, origin, company_id, values
    ):
        values, lines = self._mto_keep_needs(values), self
        if values.get("mto_key"):
            # Core counts what a rule asks for no more once a need joins it, and orders it again;
            # and it adds goods that are not configured to any others.
            lines = self.filtered(
                lambda line: not line.orderpoint_id and line._mto_is_configured_as(values)
            )
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id, product_qty, product_uom, location_id, name, origin, company_id, values
        )

    def _mto_is_configured_as(self, values):
        """Whether a line's goods are configured as the values of a procurement ask for."""
        never = values.get("never_product_template_attribute_value_ids")
        words = (values.get("product_description_variants") or "").strip()
        if set(self.product_no_variant_attribute_value_ids.ids) != set(never.ids if never else ()):
            return False
        return (self.product_description_variants or "").strip() == words

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
                    names.setdefault(need, line.order_id.name)
        return lost._watch(names)

    def _get_move_dests_initial_demand(self, move_dests):
        # Needs that take of what was ordered for nobody do not say how much is ordered.
        if not self.move_dest_ids and move_dests.filtered("mto_from_receipt"):
            return self._get_qty_procurement()
        demand = super()._get_move_dests_initial_demand(move_dests)
        if move_dests.filtered("mto_key"):
            # Core receives what is ordered beyond it once more with each change.
            demand = max(demand, self._get_qty_procurement())
        return demand

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
        if _BOUGHT.isdisjoint(vals):
            return super().write(vals)
        self._mto_expect_lost(vals)
        with self._mto_watch_needs():
            watched = self.with_context(mto_watching=True)
            result = super(PurchaseOrderLine, watched).write(vals)
            if "product_id" in vals:
                watched._mto_leave_replaced()
                watched._mto_find_again()
            return result

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
        same = all(self[name] == other[name] for name in names)
        return same and self._mto_is_configured_like(other)

    def unlink(self):
        if self.env.context.get("mto_merging"):
            self._mto_leave_to_others()
        with self._mto_watch_needs():
            return super(PurchaseOrderLine, self.with_context(mto_watching=True)).unlink()
