from odoo import api, fields, models
from odoo.fields import Command


class StockMove(models.Model):
    """Needs whose documents change: shared out, or robbed of what supplied them."""

    # A concept of its own beside the confirmation of moves.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    mto_lost_supply = fields.Char(
        string="Lost Supply",
        readonly=True,
        copy=False,
        help="What supplied this need, and does not do so any more.",
    )
    mto_lost_orig_ids = fields.Many2many(
        "stock.move",
        relation="mto_lost_orig_rel",
        column1="need_id",
        column2="orig_id",
        string="Lost Goods",
        readonly=True,
        copy=False,
        help="What had brought the goods for this need that a count did not find.",
    )
    mto_is_asked_again = fields.Boolean(
        string="Asked for Again",
        readonly=True,
        copy=False,
        help="The order asks for other goods in place of what comes back with this move.",
    )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        # A duplicate serves nobody. Parts of a move, for which it is said how, are none.
        if "procure_method" not in (default or {}):
            for move, vals in zip(self, vals_list, strict=True):
                if move.mto_key:
                    vals["created_production_id"] = False
        return vals_list

    # -- lost supplies, see mto.lost.supply --------------------------------------------

    def _mto_get_supply_name(self):
        """The name of the document that brings this move's goods."""
        self.ensure_one()
        document = self.production_id
        if not self.origin_returned_move_id:
            document = self.purchase_line_id.order_id or document
        document = document or self.picking_id or self.raw_material_production_id or self.scrap_id
        if document._name == "purchase.order":
            # On screens it changes with the vendor's own number.
            return document.name
        return (document or self.location_id).display_name

    def _action_cancel(self):
        # Also of what vendors ship to customers: no other document changes with it.
        self.env["mto.refresh"]._touch(self.sudo().purchase_line_id.mto_sale_line_ids)
        self.env["mto.closed.delivery"]._close(self)
        self.env["mto.cancelled.delivery"]._give_back(self)
        steps, lost = self.env["mto.steps"], self.env["mto.lost.supply"]
        pulls, needs = steps._find_pulls(self), lost._find_needs(self)
        if needs:
            self.env["mto.transfer"]._give_back(self)
        with lost._watch(needs):
            result = super(StockMove, self.with_context(mto_watching=True))._action_cancel()
            steps._pull_again(pulls)
        return result

    def _action_done(self, cancel_backorder=False):
        # Less than expected may have come, and what came may be on its way back.
        steps, lost = self.env["mto.steps"], self.env["mto.lost.supply"]
        rests, needs = [], lost._find_needs(self)
        if cancel_backorder:
            rests = steps._find_pulls(self, rest=True)
            self.env["mto.closed.delivery"]._close_rest(self)
            self.env["mto.cancelled.delivery"]._give_back_rest(self)
            if needs:
                self.env["mto.transfer"]._give_back_rest(self)
        with lost._watch(needs):
            moves = super(StockMove, self.with_context(mto_watching=True))._action_done(
                cancel_backorder
            )
            steps._pull_again(rests)
            # sudo: whoever sends goods back may have no rights on what they were for
            self.env["mto.returned.goods"].sudo()._settle(moves)
        return moves.with_env(self.env)

    def _create_backorder(self):
        # The rest of what stock covers is netted already, and is reserved when core says so.
        moves = self.with_context(mto_leaves_rest=True)
        return super(StockMove, moves)._create_backorder().with_env(self.env)

    def _trigger_assign(self):
        # Before others take what a count has found.
        self.env["mto.found.goods"]._tie_again(self)
        return super()._trigger_assign()

    def _search_picking_for_assignation_domain(self):
        domain = super()._search_picking_for_assignation_domain()
        apart = self.env.context.get("mto_apart_from")
        return [*domain, ("id", "not in", apart)] if apart else domain

    # -- needs in parts, see mto.parts -------------------------------------------------

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        return {**vals, "mto_is_asked_again": self.mto_is_asked_again}

    def _get_backorder_move_vals(self):
        vals = super()._get_backorder_move_vals()
        vals.update(mto_key=self.mto_key, mto_sale_line_id=self.mto_sale_line_id.id)
        if self.created_purchase_line_ids:
            vals["created_purchase_line_ids"] = [Command.set(self.created_purchase_line_ids.ids)]
        if self.env.context.get("mto_pieces"):
            vals["mto_piece_of"] = self
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        pieces = self.env.context.get("mto_pieces")
        if not pieces:
            moves = super().create(vals_list)
            moves._mto_leave_to_producer()
            return moves
        parts = [vals.pop("mto_piece_of", None) for vals in vals_list]
        for part in dict.fromkeys(filter(None, parts)):
            own = zip(vals_list, parts, strict=True)
            pieces.prepare(part, [vals for vals, made_of in own if made_of == part])
        moves = super().create(vals_list)
        for move, part in zip(moves, parts, strict=True):
            if part:
                pieces.add_made(part, move)
        return moves

    def _mto_leave_to_producer(self):
        """Let what needs get in addition wait for whoever produces, also while some is made.

        Core takes it for consumed at once: it is not reserved then, and no rest gets any of it.
        """
        taken = self.filtered(
            lambda move: (
                move.mto_key
                and move.raw_material_production_id
                and move.picked
                and move.state != "done"
            )
        )
        taken.picked = False

    def write(self, vals):
        pieces = self.env.context.get("mto_pieces")
        if pieces and "product_uom_qty" in vals and len(self) == 1:
            kept = pieces.take_first(self, vals["product_uom_qty"])
            vals = {**vals, "product_uom_qty": kept}
        consumed = self._mto_find_consumed_by_hand(vals)
        if not consumed:
            with self.env["mto.subcontract.receipt"]._watch(self, vals):
                return super().write(vals)
        rest = self - consumed
        if rest:
            super(StockMove, rest).write(vals)
        return consumed._mto_consume_by_hand(vals)

    def unlink(self):
        self.env["mto.production.change"]._delete(self)
        return super().unlink()

    # -- what is to be consumed, changed by hand ---------------------------------------

    def _mto_consume_by_hand(self, vals):
        """Write, and leave to their needs what is said of how much is consumed."""
        vals = dict(vals)
        wanted = dict.fromkeys(self, vals.pop("product_uom_qty"))
        if not vals.get("quantity", True):
            # The form lets go what is reserved where nothing is produced yet; core takes it again.
            vals.pop("quantity")
        result = self.write(vals)
        self.env["mto.production.change"]._consume(wanted)
        return result

    def _mto_find_consumed_by_hand(self, vals):
        """The components of these moves of which values say how much is consumed.

        Core writes first and orders then: what is ordered for a need already would be told by
        a quantity that is not ordered yet, and what is reserved would be lost.
        """
        context = self.env.context
        is_steady = context.get("no_procurement") or "do_not_unreserve" in context
        if "product_uom_qty" not in vals or {"product_id", "product_uom"} & set(vals) or is_steady:
            return self.browse()
        if not self.env["mto.production.change"]._is_by_hand():
            return self.browse()
        return self.filtered(
            lambda move: (
                move.mto_key
                and move.state not in ("draft", "done", "cancel")
                and move.raw_material_production_id.state in ("confirmed", "progress", "to_close")
            )
        )

    def _set_quantity_done(self, qty):
        consumption = self.env.context.get("mto_consumption")
        if consumption and self.mto_key:
            qty = consumption.get(self, qty)
        return super()._set_quantity_done(qty)

    def _compute_should_consume_qty(self):
        result = super()._compute_should_consume_qty()
        for production in self.filtered("mto_key").raw_material_production_id:
            shares = self.env["mto.parts"]._share_consumption(production)
            for move in self & production.move_raw_ids:
                move.should_consume_qty = shares.get(move, move.should_consume_qty)
        return result
