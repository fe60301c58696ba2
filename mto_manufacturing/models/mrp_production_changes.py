from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .mto_parts import Consumption


class MrpProduction(models.Model):
    """Productions that a person divides, merges, cancels or builds otherwise than planned."""

    # A concept of its own beside what make-to-order productions are.
    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        if "move_raw_ids" not in vals:
            return super().write(vals)
        with self.env["mto.production.change"]._consume_together() as wanted:
            return super(MrpProduction, self.with_context(mto_consumed=wanted)).write(vals)

    # -- needs in parts, see mto.parts -------------------------------------------------

    def _set_qty_producing(self, pick_manual_consumption_moves=True):
        shared = self.with_context(mto_consumption=Consumption())
        return super(MrpProduction, shared)._set_qty_producing(pick_manual_consumption_moves)

    def _split_productions(
        self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False
    ):
        """Share every need among the productions as a whole, each part with its supply."""
        quantities = {
            production: production._mto_get_amounts(amounts, cancel_remaining_qty)
            for production in self
            if production.mto_key
        }
        parts = self.env["mto.parts"]
        pieces = parts._plan_split(quantities)
        split = super(MrpProduction, self.with_context(mto_pieces=pieces))._split_productions(
            amounts, cancel_remaining_qty, set_consumed_qty
        )
        split = self.browse(split.ids)
        places = {production.id: place for place, production in enumerate(split)}
        parts._carry_out(
            pieces,
            {
                production: split[places[production.id] :][: len(own)]
                for production, own in quantities.items()
            },
        )
        return split

    def _mto_get_amounts(self, amounts, cancel_remaining_qty):
        """The quantities that core splits this production into, its own first."""
        self.ensure_one()
        given = amounts and amounts.get(self)
        if not given:
            return [self.qty_producing, self._get_quantity_to_backorder()]
        rest = self.product_qty - sum(given)
        if self.product_uom_id.compare(rest, 0.0) > 0 and not cancel_remaining_qty:
            return [*given, rest]
        return list(given)

    def _post_inventory(self, cancel_backorder=False):
        if cancel_backorder:
            self.env["mto.production.change"]._finish(self)
        return super()._post_inventory(cancel_backorder=cancel_backorder)

    # -- merge -------------------------------------------------------------------------

    def action_merge(self):
        """Keep every component's need as it is, with all that is reserved or ordered for it.

        Core makes one move for all, which waits for what was ordered and has lost the rest.
        """
        if not any(production.mto_key for production in self):
            return super().action_merge()
        productions = self.with_context(
            mto_merging=True, mto_merged_vals=self._mto_prepare_merged()
        )
        return super(MrpProduction, productions).action_merge()

    def _mto_prepare_merged(self):
        """How to make what these productions, which are configured alike, become together."""
        never = "never_product_template_attribute_value_ids"
        return {
            "product_id": self.product_id[:1].id,
            never: [Command.set(self[:1][never].ids)],
            "product_description_variants": self[:1].product_description_variants,
        }

    @api.model_create_multi
    def create(self, vals_list):
        merged = self.env.context.get("mto_merged_vals")
        if merged:  # core forgets it; what is made for the need of another one has a key
            for vals in vals_list:
                if vals.get("product_id") == merged["product_id"] and not vals.get("mto_key"):
                    vals.update(merged)
        return super().create(vals_list)

    def _pre_action_split_merge_hook(self, merge=False, split=False):
        result = super()._pre_action_split_merge_hook(merge=merge, split=split)
        if merge and any(production.mto_key for production in self):
            self._mto_check_configured_alike()
        return result

    def _mto_check_configured_alike(self):
        """Refuse to make one of productions that are configured otherwise (N16).

        :raise UserError: where they are
        """
        groups = self.grouped(MrpProduction._mto_get_choice)
        if len(groups) < 2:
            return
        lines = []
        for (values, words), productions in groups.items():
            told = words.replace("\n", ", ") or ", ".join(values.mapped("display_name"))
            names = ", ".join(productions.mapped("name"))
            lines.append(f"{names}: {told or '-'}")
        raise UserError(
            self.env._(
                "These productions are configured otherwise, and cannot be one. Merge only "
                "those that are configured alike:\n%s",
                "\n".join(lines),
            )
        )

    def _mto_get_choice(self):
        """What a customer has chosen: the values that make no variant, and it in words.

        A component knows values from the lists of what it is for, so the values themselves count.
        """
        self.ensure_one()
        never = self.never_product_template_attribute_value_ids
        values = never.product_attribute_value_id.sorted("id")
        return values, (self.product_description_variants or "").strip()

    def _action_cancel(self):
        if self.env.context.get("mto_merging"):
            group = self.move_finished_ids.production_group_id
            self._mto_hand_over_to(group.production_ids - self)
        self.env["mto.production.change"]._cancel(self)
        return super(MrpProduction, self.with_context(mto_merging=False))._action_cancel()

    def _mto_hand_over_to(self, merged):
        """Give the components of these productions to the one that they are merged into."""
        merged.ensure_one()
        self.env["mto.parts"]._remove(merged.move_raw_ids)
        for move in self.move_raw_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            self.env["mto.parts"]._hand_over(move, merged)
        merged.mto_key = next(filter(None, self.mapped("mto_key")))
        merged.mto_is_for_stock = any(map(MrpProduction._mto_makes_for_stock, self))
        self._mto_date_merged(merged)

    def _mto_date_merged(self, merged):
        """Begin with these productions' first, and be due with it: core would begin now."""
        dates = {"date_start": min(self.mapped("date_start"))}
        deadlines = list(filter(None, self.mapped("date_deadline")))
        if deadlines:
            dates["date_deadline"] = min(deadlines)
        merged.write(dates)

    def _mto_makes_for_stock(self):
        """Whether some of what is made here is for no order."""
        # Who merges productions need not have rights on what they are delivered by.
        production = self.sudo()
        is_for_order = production.mto_key and self.env["mto.change"]._is_for_order(production)
        return production.mto_is_for_stock or not is_for_order

    # -- another bill of materials -----------------------------------------------------

    def _link_bom(self, bom):
        """Net each need again where a new BoM asks for another quantity, and only there."""
        if not self.mto_key or self.state not in ("confirmed", "progress", "to_close"):
            return super()._link_bom(bom)
        steady = self.with_context(no_procurement=True, do_not_unreserve=True)
        with self.env["mto.production.change"]._link_bom(self):
            return super(MrpProduction, steady)._link_bom(bom)
