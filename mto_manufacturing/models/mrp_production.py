from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import split_every
from odoo.tools.constants import PREFETCH_MAX

from .. import planner


def _get_component_of(move):
    """What the moves of one component have in common, in whatever unit they are."""
    return move.bom_line_id, move.product_id


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mto.served.mixin"]

    mto_key = fields.Char(
        string="Make-to-Order Demand",
        readonly=True,
        copy=False,
        help="The place in the plan of the order of the need that this production supplies.",
    )
    mto_is_for_stock = fields.Boolean(
        string="For Stock, Too",
        readonly=True,
        copy=False,
        help="Merged with one that was made for no order: more is made than orders need.",
    )
    mto_sale_line_ids = fields.Many2many(
        "sale.order.line",
        "mto_production_sale_line_rel",
        "production_id",
        "line_id",
        string="For Order Lines",
        compute="_compute_mto_sale_line_ids",
        store=True,
        help="The order lines that this production serves, at whatever level.",
    )

    @api.depends(
        "move_dest_ids.mto_sale_line_id", "move_finished_ids.move_dest_ids.mto_sale_line_id"
    )
    def _compute_mto_sale_line_ids(self):
        for served, productions in self.grouped(MrpProduction._mto_get_served).items():
            productions.mto_sale_line_ids = served  # many productions in one go

    def _mto_get_served(self):
        """The order lines that this production serves, by its links."""
        self.ensure_one()
        moves = self.move_dest_ids | self.move_finished_ids.move_dest_ids
        return self.env["mto.subcontracting"]._find_needs(moves).mto_sale_line_id

    def _mto_is_only_for(self, lines):
        """Whether no order lines but these wait for what this production makes."""
        self.ensure_one()
        moves = self.move_dest_ids | self.move_finished_ids.move_dest_ids
        moves = moves.filtered(lambda move: move.state != "cancel")
        needs = self.env["mto.subcontracting"]._find_needs(moves)
        needs = needs.filtered(lambda need: need.state != "cancel")
        return needs.mto_sale_line_id <= lines

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        values = super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
        if self.mto_key and bom_line:
            values["mto_key"] = planner.component_key(self.mto_key, bom_line.id)
            # What is served is known here already; computing the field makes the finished moves.
            lines = self.move_dest_ids.mto_sale_line_id or self.mto_sale_line_ids
            values["mto_sale_line_id"] = lines[:1].id
        return values

    def _get_moves_raw_values(self):
        vals_list = super()._get_moves_raw_values()
        ordered = self.filtered("mto_key")
        self.env["mto.configuration"]._tell_components(ordered, vals_list)
        return vals_list

    # -- creation in batches -----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["mto.subcontracting"]._hand_down(vals_list)
        # Core computes states from moves that it computes from states, which fails where there
        # are more of them than are computed at once.
        return self.browse().union(
            *(
                super(MrpProduction, self).create(own)
                for own in split_every(PREFETCH_MAX, vals_list, list)
            )
        )

    def _mto_is_fresh(self):
        """Whether the production is being made for a need and has no moves yet."""
        self.ensure_one()
        return bool(self.id and self.mto_key and self.state == "draft" and self.bom_id)

    def _compute_move_raw_ids(self):
        # Core creates the moves of one production after the other. They are confirmed in the
        # order of their ids, and whatever is asked first comes first here.
        fresh = self.filtered(lambda p: p._mto_is_fresh() and not p.move_raw_ids).sorted("id")
        self.env["stock.move"].create(fresh._get_moves_raw_values())
        return super(MrpProduction, self - fresh)._compute_move_raw_ids()

    def _compute_workorder_ids(self):
        # Core explodes each BoM twice to find that it has no operations.
        simple = self.filtered(
            lambda p: (
                p._mto_is_fresh() and not p.workorder_ids and not p.bom_id._mto_has_operations()
            )
        )
        return super(MrpProduction, self - simple)._compute_workorder_ids()

    def _compute_move_finished_ids(self):
        fresh = self.filtered(lambda p: p._mto_is_fresh() and not p.move_finished_ids)
        vals_list = []
        for production in fresh:
            vals_list += production._get_moves_finished_values()
        self.env["stock.move"].create(vals_list)
        # Of what is new nothing is read here: whom it is for cannot be told yet.
        known = self.filtered(lambda p: p.id not in self.env.context.get("ignore_mo_ids", ()))
        kept = (known - fresh).filtered(MrpProduction._mto_keeps_finished)
        for production in kept:
            production._create_update_move_finished()
        return super(MrpProduction, self - fresh - kept)._compute_move_finished_ids()

    def _mto_keeps_finished(self):
        """Whether what is tied to needs stays as it is made; core makes a draft's moves anew."""
        ours = self.state == "draft" and self._origin.mto_key
        moves = self.move_finished_ids
        made = moves.filtered(lambda move: move.product_id == self.product_id)
        is_stale = moves.byproduct_id - self.bom_id.byproduct_ids
        return bool(ours and len(made) == 1 and not is_stale)

    def action_confirm(self):
        self._mto_take_up_added()
        result = super().action_confirm()
        # Tied to the order line, core can take it for what the customer sends back.
        tied = self.filtered(lambda one: one.mto_key and one.sale_line_id)
        tied.move_finished_ids.sale_line_id = False
        return result

    def _autoconfirm_production(self):
        self._mto_take_up_added()
        return super()._autoconfirm_production()

    def _mto_take_up_added(self):
        """Let components that somebody adds be supplied like the others, as needs of their own.

        Whoever adds one while producing has it at hand.
        """
        waiting = self.filtered(lambda one: one.mto_key and one.state in ("draft", "confirmed"))
        for move in waiting.move_raw_ids:
            if move.state == "draft" and not (move.mto_key or move.bom_line_id):
                production = move.raw_material_production_id
                key = planner.component_key(production.mto_key, f"+{move.id}")
                line = production.mto_sale_line_ids[:1]
                move.write({"mto_key": key, "mto_sale_line_id": line.id})

    def _get_backorder_mo_vals(self):
        own = {"mto_key": self.mto_key, "mto_is_for_stock": self.mto_is_for_stock}
        return {**super()._get_backorder_mo_vals(), **own}

    def _post_run_manufacture(self, post_production_values):
        """Confirm the make-to-order productions of one level together.

        Core confirms one after the other, each with all that is below it. Together their
        components are netted in one go, in the order of the productions and their BoM lines.
        """
        ordered = self.filtered("mto_key")
        for production, procurement in zip(self, post_production_values, strict=True):
            if production.mto_key:
                production._mto_peg(procurement.values.get("move_dest_ids"))
                # Not known yet when they were made, where batches share one need.
                production.move_raw_ids.filtered(
                    "mto_key"
                ).mto_sale_line_id = production.mto_sale_line_ids[:1]
        rule = self.env["stock.rule"]
        ordered.filtered(rule._mto_should_confirm).action_confirm()
        ordered._mto_keep_planned_dates()
        notes = {}
        noting = self.with_context(mto_notes=notes)
        result = super(MrpProduction, noting)._post_run_manufacture(post_production_values)
        self.browse(notes)._message_log_batch(notes)
        return result

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """Put off the notes about where productions come from, to log all of them at once."""
        notes = self.env.context.get("mto_notes")
        if notes is None or source_ref != "mail.message_origin_link":
            return super().message_post_with_source(
                source_ref, render_values=render_values, **kwargs
            )
        bodies = self.env["mail.render.mixin"]._render_template_qweb_view(
            source_ref, self._name, self.ids, add_context=render_values
        )
        notes.update(bodies)
        return self.env["mail.message"]

    def _mto_keep_planned_dates(self):
        """End when the plan says: core counts the time of operations or the lead time."""
        planned = self.env.context.get("mto_planned")
        for production in self if planned else ():
            node = planned.get_supply(production.mto_key)
            if node and not production.is_planned:
                if production.date_start != node.start:
                    production.date_start = node.start
                if production.date_finished != node.arrives:
                    production.date_finished = node.arrives

    @api.model
    def _mto_grow(self, needs):
        """Make more for more needs of the same order, tied to them.

        :param needs: a list of (production that waits to start, procurement)
        """
        increases, quantities, pegs = [], {}, {}
        everything = self.union(*(production for production, _need in needs))
        added = self.env["stock.move"]
        for production, procurement in needs:
            production = production.with_prefetch(everything.ids)
            values, unit = procurement.values, production.product_id.uom_id
            need = {
                "mto_key": values["mto_key"].removesuffix("/@"),
                "mto_sale_line_id": values.get("mto_sale_line_id"),
                "quantity": procurement.product_uom._compute_quantity(
                    procurement.product_qty, unit
                ),
            }
            before = quantities.get(production, production.product_uom_qty)
            quantity = unit._compute_quantity(before + need["quantity"], production.product_uom_id)
            quantities[production] = production.product_uom_id._compute_quantity(quantity, unit)
            increases += production._mto_prepare_increases(quantities[production] / before, need)
            dests = values.get("move_dest_ids") or self.env["stock.move"]
            pegs[production] = pegs.get(production, dests) | dests
        self._mto_set_quantities(quantities)
        for production, dests in pegs.items():
            new = dests - production.move_dest_ids
            new.created_production_id = production
            for half in production._mto_find_halves():
                half._mto_peg(dests)
            added |= new
        everything.mapped("reference_ids")
        self.sudo()._mto_confirm_increases(increases)
        for production, _procurement in needs:
            production._mto_keep_planned_dates()
        if not self.env.context.get("mto_planned"):
            # What grew below may have merged some of them already.
            added.exists().filtered(lambda move: move.state != "draft")._merge_moves()

    def _mto_confirm_increases(self, increases):
        """Consume more, of all components at once; see ``_mto_prepare_increases``."""
        together = [move.id for move, _more, _need in increases]
        increases = [(move.with_prefetch(together), *more) for move, *more in increases]
        growth = self.env["mto.growth"]
        increases = growth._take_left_over(growth._grow_drafts(increases))
        if not increases or growth._grow(increases):
            return
        moves = self.env["stock.move"].browse([move.id for move, _more, _need in increases])
        details = [(more, need) for _move, more, need in increases]
        self._mto_confirm_more(moves.create(moves._mto_prepare_increase_vals(details)))

    def _mto_confirm_more(self, increases):
        """Confirm draft moves of more components, where their production is confirmed."""
        confirmed = increases.filtered(lambda m: m.raw_material_production_id.state != "draft")
        confirmed._adjust_procure_method()
        confirmed._action_confirm()

    def _update_raw_moves(self, factor):
        """Cover what a greater quantity needs in addition, give back what a smaller does not.

        Core multiplies every part of a need by itself, the reserved one and the ordered one.
        """
        if not self.mto_key:
            return super()._update_raw_moves(factor)
        receipts = self.env["mto.subcontract.receipt"]
        if receipts._is_awaited(self):
            receipts._resize(self, factor)
            return []
        if factor <= 1:
            self.env["mto.production.change"]._decrease(self, factor)
            return []
        self._mto_confirm_increases(self._mto_prepare_increases(factor))
        return []

    def _mto_prepare_increases(self, factor, need=None):
        """What is consumed in addition: a list of (move of the component, quantity, need)."""
        active = self.move_raw_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        active = active.with_prefetch(self.move_raw_ids._prefetch_ids)
        increases, needed = [], self._mto_explode_need(need) if need else {}
        for (line, _product), moves in active.grouped(_get_component_of).items():
            part, total = self.env["mto.parts"]._measure(moves)
            unit = part.product_uom
            more = unit.round(total * factor, rounding_method="UP") - total
            if line in needed:
                more = line.product_uom_id._compute_quantity(needed[line], unit)
            if unit.compare(more, 0.0) > 0:
                increases.append((part, more, need))
        strange = active.filtered(lambda move: move.reference_ids != self.reference_ids)
        strange.reference_ids = self.reference_ids
        return increases

    def _mto_explode_need(self, need):
        """{BoM line: quantity} of a need that is added, rounded by itself as in the plan."""
        bom = self.bom_id
        quantity = self.product_id.uom_id._compute_quantity(
            need["quantity"], bom.product_uom_id, round=False
        )
        runs = quantity / bom.product_qty
        own = self.move_raw_ids.bom_line_id
        if own.bom_id <= bom:  # no kit: core asks the database for each line
            return {
                line: line.product_uom_id.round(line.product_qty * runs, rounding_method="UP")
                for line in own
            }
        _boms, lines = bom.explode(
            self.product_id,
            runs,
            picking_type=bom.picking_type_id,
            never_attribute_values=self.never_product_template_attribute_value_ids,
        )
        needed = {}
        for line, data in lines:  # a line of a kit comes as often as the kit is in the BoM
            needed[line] = needed.get(line, 0.0) + data["qty"]
        return needed

    def _mto_peg(self, moves):
        """Tie what is made here to the needs it is made for.

        Several productions may serve one need (batches), and core ties only the last.
        """
        self.ensure_one()
        finished = self.move_finished_ids.filtered(lambda m: m.product_id == self.product_id)
        missing = (moves or finished.browse()) - finished.move_dest_ids
        if missing:
            finished.move_dest_ids = [Command.link(move.id) for move in missing]

    def _mto_find_halves(self):
        """This production and those that it shares its needs with, as after a split.

        What is tied to one of them alone goes empty where another need takes all of that one.
        """
        self.ensure_one()
        sources = self._mto_get_finished().move_dest_ids.move_orig_ids
        others = (sources.production_id - self).filtered(
            lambda one: one.product_id == self.product_id and one.state not in ("done", "cancel")
        )
        if not others:
            return self
        orders = self.mto_sale_line_ids.order_id
        return self | others.filtered(lambda one: one.mto_sale_line_ids.order_id == orders)

    # -- when less is needed -----------------------------------------------------------

    def _mto_get_finished(self):
        """The moves of what these productions are for, by-products apart."""
        return self.move_finished_ids.filtered(
            lambda move: (
                move.product_id == move.production_id.product_id and move.state != "cancel"
            )
        )

    def _mto_has_started(self):
        """Whether anything was consumed or produced, or is about to be."""
        self.ensure_one()
        return self.state in ("progress", "to_close", "done") or any(
            move.state == "done" for move in self.move_raw_ids
        )

    @api.model
    def _mto_set_quantities(self, quantities):
        """Make other quantities of the products; the components are left alone.

        :param quantities: {production: quantity in the product's unit}
        """
        productions = self.browse().union(*quantities)
        finished = productions.move_finished_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        finished._do_unreserve()
        productions.mapped("bom_id.produce_delay")
        for move in finished:
            production = move.production_id
            quantity = quantities[production]
            if move.product_id != production.product_id:
                quantity *= move.product_qty / production.product_uom_qty
            move._mto_set_quantity(quantity)
        for production, quantity in quantities.items():
            ratio = quantity / production.product_uom_qty
            production.product_qty = production.product_id.uom_id._compute_quantity(
                quantity, production.product_uom_id, rounding_method="HALF-UP"
            )
            for order in production.workorder_ids:
                if order.state not in ("done", "cancel"):
                    order.duration_expected = order._get_duration_expected(ratio=ratio)
        finished._action_assign()
