from odoo import api, fields, models
from odoo.fields import Command

from .. import planner
from .mto_memo import with_orderpoints

_STRATEGIES = {"make_to_order": "mto", "mts_else_mto": "mts_mto", "make_to_stock": "mts"}


class StockMove(models.Model):
    """Moves that serve a make-to-order demand.

    Such a move carries its demand's place in the plan's tree (``mto_key``) and the order line
    at its root. Where its goods are kept, its need is netted before it is confirmed: one move
    for what stock covers, reserved at once, and one for the shortage, pegged to its own supply.
    """

    _inherit = "stock.move"

    # Not copied: a duplicated transfer serves nobody. Parts of a move take both along.
    mto_key = fields.Char(
        string="Make-to-Order Demand",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The place of this need in the plan of the order that it serves.",
    )
    mto_sale_line_id = fields.Many2one(
        "sale.order.line",
        string="For Order Line",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The order line that this need serves, at whatever level.",
    )

    mto_supply_text = fields.Char(
        string="Supply",
        groups="base.group_user",  # no subcontractor with a login on the portal
        compute="_compute_mto_supply_text",
        help="Where the goods of this move come from.",
    )

    @api.depends("state", "quantity", "move_orig_ids", "created_purchase_line_ids")
    def _compute_mto_supply_text(self):
        words = self.env["mto.supply.text"]._describe(self._origin)
        for move in self:
            move.mto_supply_text = words.get(move._origin.id)

    # -- which moves, and how ----------------------------------------------------------

    def _mto_is_netted(self):
        """Whether the move's need is to be split into what is there and what is ordered."""
        self.ensure_one()
        return bool(
            self.mto_key
            and self.state == "draft"
            and not self.move_orig_ids
            and self.product_id.is_storable
            and self.product_uom.compare(self.product_uom_qty, 0.0) > 0
            and not self._mto_has_its_goods()
            and not self.location_id.should_bypass_reservation()
            and self.env["mto.netting"]._is_supply_place(self.location_id)
        )

    def _mto_has_its_goods(self):
        """Whether all that a draft needs is reserved: it was split off with its goods."""
        self.ensure_one()
        quantity = self.product_uom_qty
        return quantity > 0 and self.product_uom.compare(self.quantity, quantity) >= 0

    def _mto_is_root(self):
        """Whether the move is the order line's own need and not one further down.

        However many steps pull the goods to the customer: the first one takes them from where
        they are kept. What another such place sends for it is a need further down.
        """
        self.ensure_one()
        if planner.is_sent(self.mto_key or ""):
            return False
        return not self._mto_find_steps().raw_material_production_id

    def _mto_is_supplied_for_itself(self):
        """Whether what comes for the need was made, bought or kept for it, and for no other.

        What an order line takes from stock may be tied to a receipt by hand, and untied.
        """
        self.ensure_one()
        is_left_to_stock = self.rule_id.procure_method == "make_to_stock" and self._mto_is_root()
        return bool(self.mto_key and self.move_orig_ids and not is_left_to_stock)

    def _mto_find_steps(self):
        """These moves and the steps that they lead to, as far as what consumes the goods."""
        seen = wave = self
        while wave:
            on = wave.filtered(lambda move: not move.raw_material_production_id)
            wave = on.move_dest_ids - seen
            seen |= wave
        return seen

    def _mto_goes_to_customer(self):
        """Whether goods go to the customer in the end, and not only to another place of ours."""
        self.ensure_one()
        return (self.location_final_id or self.location_dest_id)._is_outgoing()

    def _mto_get_method(self, item, policy):
        """How the planner covers this need.

        :param item: the ``planner.Item`` of the need
        :param policy: the company's ``planner.Policy``
        """
        self.ensure_one()
        rule_method = self.rule_id.procure_method or self.procure_method
        if self.procure_method == "make_to_order":
            rule_method = self.procure_method
        if self._mto_is_root():
            return planner.METHODS[_STRATEGIES[rule_method]]
        return planner.component_method(item, policy)

    def _mto_read_above(self):
        """Read what these moves lead to, level by level, before each is asked by itself."""
        seen = wave = self
        while wave:
            productions = wave.raw_material_production_id
            productions.mapped("product_id")
            wave = (wave.move_dest_ids | productions.move_dest_ids) - seen
            seen |= wave

    def _mto_is_cyclic(self):
        """Whether the move's product is made with this very move, however many levels up."""
        self.ensure_one()
        seen, moves = self.env["mrp.production"], self
        while moves:
            moves = moves.move_dest_ids | moves.raw_material_production_id.move_dest_ids
            above = moves.raw_material_production_id | self.raw_material_production_id
            if self.product_id in above.product_id:
                return True
            if above <= seen:
                break
            seen |= above
        return self.product_id in self.raw_material_production_id.product_id

    # -- confirmation ------------------------------------------------------------------

    def _adjust_procure_method(self, picking_type_code=False):
        # The netting decides for components; core would look for the MTO route only, and it
        # asks again at each change of quantity.
        netted = self.filtered(lambda move: move._mto_is_cascaded())
        netted.filtered(lambda move: move.state == "draft").procure_method = "make_to_stock"
        return super(StockMove, self - netted)._adjust_procure_method(picking_type_code)

    def _mto_is_cascaded(self):
        """Whether the move is a component that the company's policy supplies by itself."""
        self.ensure_one()
        return bool(
            self.mto_key
            and self.raw_material_production_id
            and self.product_id.is_storable
            and self.company_id.mto_component_policy == "cascade"
            and self.env["mto.netting"]._is_supply_place(self.location_id)
        )

    def action_explode(self):
        # Core looks for a kit once per move; most are none, which one query tells for all.
        kits = self.filtered(lambda move: move.product_id.with_company(move.company_id).is_kits)
        if not kits:
            return self
        exploded = super(StockMove, kits).action_explode()
        return (self - kits) | exploded

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        draft = self.filtered(lambda move: move.mto_key and move.state == "draft")
        if not create_proc or not draft:
            return super()._action_confirm(merge, merge_into, create_proc)
        moves = self.action_explode()
        netted = self.env["mto.netting"]._net(moves.filtered(lambda m: m._mto_is_netted()))
        covered, ordered = self._mto_split_by_supply(netted)
        with_goods = moves.filtered(lambda move: move.mto_key and move._mto_has_its_goods())
        covered |= with_goods
        confirmed = super(StockMove, covered)._action_confirm(merge=False, create_proc=False)
        with_goods._recompute_state()
        self._mto_reserve(netted)
        ordered = self._mto_order_deficits(netted, ordered)
        ordered = self.env["mto.surplus"]._take(ordered)
        # A part that was split off keeps its need's place in the line for scarce stock below.
        places = {move.mto_key: index for index, move in reversed(list(enumerate(moves)))}
        rest = ((moves - covered) | ordered).sorted(lambda move: places[move.mto_key])
        less = rest.filtered(lambda m: m.product_uom.compare(m.product_uom_qty, 0.0) < 0)
        waiting = super(StockMove, rest)._action_confirm(merge, merge_into, create_proc)
        less.exists()._mto_leave()  # core has turned it round: it goes back to the stock
        if merge and not self.env.context.get("mto_planned"):
            # With what was reserved before, where core has not done so along with the rest.
            confirmed = confirmed.exists()._merge_moves()
        return confirmed | waiting

    def _mto_leave(self):
        """Let these moves serve no need any more."""
        self.write({"mto_key": False, "mto_sale_line_id": False})

    def _action_assign(self, force_qty=False):
        moves = self
        if not force_qty:  # else somebody says what to take
            moves = self - self._mto_filter_never_in_stock()
        return super(StockMove, moves)._action_assign(force_qty)

    def action_mto_take(self):
        """Open the dialog that takes goods from another order for this need."""
        return self.env["mto.release"]._open(self)

    def _should_assign_at_confirm(self):
        # The netting reserves what stock covers of its moves: more is planned for others.
        is_netted = self.mto_key and not self.env.context.get("mto_leaves_rest")
        if is_netted and self.env["mto.netting"]._is_supply_place(self.location_id):
            return self._should_bypass_reservation()
        return super()._should_assign_at_confirm()

    def _mto_reserve(self, netted):
        """Reserve what stock covers of each need, and not what waits beside it.

        :param netted: a list of NettedMove, confirmed
        """
        from_stock = [answer for answer in netted if answer.stock]
        whole = [answer.move for answer in from_stock if answer.stock == answer.here]
        self.browse().union(*whole)._action_assign()
        for answer in from_stock:
            if answer.stock != answer.here:
                move = answer.move
                unit, quantity = move._mto_express(answer.stock)
                if unit != move.product_uom:
                    # Else a part of what stock covers would stay behind.
                    vals = {"product_uom_qty": answer.here, "product_uom": unit.id}
                    move.with_context(do_not_unreserve=True, no_procurement=True).write(vals)
                move._action_assign(force_qty=quantity)
                move._recompute_state()

    def _mto_split_by_supply(self, netted):
        """Make one draft move per supply of each need.

        :param netted: a list of NettedMove
        :return: a tuple of moves (served from here, to be ordered)
        """
        covered = ordered = self.browse()
        vals_list = []
        for answer in netted:
            move = answer.move
            if answer.receipts:
                whole, parts = move._mto_split_receipts(answer)
                covered, ordered = covered | whole, ordered | (move - whole)
                vals_list += parts
            elif not answer.shortage:
                # Core refuses an order line for which it finds no rule, but only at first.
                again = self.env.context.get("mto_again") or answer.undecided
                if again or not move._mto_is_root() or answer.stock:
                    covered |= move
                    move.procure_method = "make_to_stock"
            elif not answer.here:
                ordered |= move
                move.procure_method = "make_to_order"
            else:
                covered |= move
                vals_list.append(move._mto_prepare_shortage_vals(answer.shortage))
                move._mto_set_quantity(answer.here)
                move.procure_method = "make_to_stock"
        if vals_list:
            ordered |= self.create(vals_list)
        return covered, ordered

    def _mto_prepare_shortage_vals(self, quantity):
        """The values of a draft move for a part of this one (product's unit) to be ordered."""
        self.ensure_one()
        unit, uom_quantity = self._mto_express(quantity)
        vals = self._prepare_move_split_vals(uom_quantity)
        vals.update(
            product_uom=unit.id,
            procure_method="make_to_order",
            workorder_id=self.workorder_id.id,
            state="draft",
        )
        if self.move_dest_ids:
            vals["move_dest_ids"] = [Command.link(move.id) for move in self.move_dest_ids]
        return self.copy_data(vals)[0]

    def _mto_prepare_increase_vals(self, increases):
        """The values of draft moves for more of components.

        :param increases: of each of these moves (quantity in its unit, the need of what is
            made that it is for: its key and order line; or None)
        """
        # One move may serve several needs, and core copies a record once.
        each = self.browse(dict.fromkeys(self.ids))
        copied = each.copy_data({"procure_method": "make_to_stock", "state": "draft"})
        copies = dict(zip(each, copied, strict=True))
        vals_list = [dict(copies[move]) for move in self]
        for move, vals, (quantity, need) in zip(self, vals_list, increases, strict=True):
            vals.update(
                product_uom_qty=quantity,
                created_production_id=False,
                date_deadline=move.date_deadline,
                mto_key=move.mto_key,
                mto_sale_line_id=move.mto_sale_line_id.id,
            )
            if need and move.mto_key and move.bom_line_id:
                key = planner.component_key(need["mto_key"], move.bom_line_id.id)
                vals.update(mto_key=key, mto_sale_line_id=need["mto_sale_line_id"])
        return vals_list

    def _mto_set_quantity(self, quantity):
        """Set the demand to a quantity in the product's unit, with no other consequence."""
        self.ensure_one()
        unit, uom_quantity = self._mto_express(quantity)
        steady = self.with_context(do_not_unreserve=True, no_procurement=True)
        vals = {"product_uom_qty": uom_quantity}
        if unit != self.product_uom:
            vals["product_uom"] = unit.id
        steady.write(vals)

    def _mto_express(self, quantity):
        """A quantity of the product's unit in the move's, or in its own where that loses some.

        :return: a tuple (unit, quantity in it)
        """
        self.ensure_one()
        own = self.product_id.uom_id
        converted = own._compute_quantity(quantity, self.product_uom, rounding_method="HALF-UP")
        back = self.product_uom._compute_quantity(converted, own, rounding_method="HALF-UP")
        if own.compare(back, quantity) == 0:
            return self.product_uom, converted
        return own, quantity

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        vals.update(mto_key=self.mto_key, mto_sale_line_id=self.mto_sale_line_id.id)
        return vals

    # -- reordering rules --------------------------------------------------------------

    # Most products of a plan have none, and core searches for each move.

    def _update_orderpoints(self):
        return super(StockMove, with_orderpoints(self))._update_orderpoints()

    def _trigger_scheduler(self):
        moves, level = with_orderpoints(self), self.env.context.get("mto_level")
        if level is None:
            return super(StockMove, moves)._trigger_scheduler()
        level.demands |= moves.with_env(level.demands.env)
        return None

    def _get_upstream_documents_and_responsibles(self, visited):
        # Core reads purchases here, also for a salesperson who cancels an order.
        return super(StockMove, self.sudo())._get_upstream_documents_and_responsibles(visited)
