from odoo import api, models
from odoo.tools import OrderedSet

from .. import planner
from .mto_held_goods import get_place
from .mto_netting import NettedMove


class MtoGrowth(models.AbstractModel):
    """Lets a need grow where it stands, instead of adding a part to it that is merged into it.

    That is for what is ordered in full and still waited for, where more of it would be ordered
    as well. Whatever else increases gets a part of its own, see ``mrp.production``.
    """

    _name = "mto.growth"
    _inherit = "mto.netting"
    _description = "Make to Order: Needs That Grow"

    @api.model
    def _grow(self, increases):
        """Order more for needs of which all is ordered, if all of them can grow so.

        Else none does: what is ordered first takes the stock below.

        :param increases: a list of (move of a component, more of it in the move's unit, the
            need of what is made that it is for, or None)
        :return: whether that is done
        """
        if self.env.context.get("mto_planned"):
            return False
        can_grow = all(self._can_grow(*increase) for increase in increases)
        if not can_grow or not self._are_all_ordered(increases):
            return False
        self._order_more(increases)
        return True

    @api.model
    def _grow_drafts(self, increases):
        """Let the components of drafts grow, for which nothing is netted yet.

        What they consume by their bills of materials has grown with them.

        :param increases: see ``_grow``
        :return: those of components that are confirmed
        """
        drafts = [one for one in increases if one[0].raw_material_production_id.state == "draft"]
        for move, more, _need in drafts:
            if not move.bom_line_id:
                move.product_uom_qty += more
        return [one for one in increases if one not in drafts]

    @api.model
    def _take_left_over(self, increases):
        """Let needs grow by what has come for them already, and was left over there.

        :param increases: see ``_grow``
        :return: what is left of the increases
        """
        if self.env.context.get("mto_planned"):
            return increases
        self._read_come(self.env["stock.move"].union(*(move for move, _more, _need in increases)))
        left, units = [], {move: move.product_uom for move, _more, _need in increases}
        for move, more, need in increases:
            unit, own = units[move], move.product_id.uom_id
            over = self._find_left_over(move) if self._is_same(move, need) else 0.0
            if over > 0:
                most = unit._compute_quantity(more, own, rounding_method="HALF-UP")
                taken = self._grow_by(move, min(over, most))
                more -= own._compute_quantity(taken, unit, round=False)
            left.append((move, more, need))
        rests = (
            (move, self._express_rest(more, units[move], move), need) for move, more, need in left
        )
        return [rest for rest in rests if rest[0].product_uom.compare(rest[1], 0.0) > 0]

    def _read_come(self, moves):
        """Read what has come for needs at once, before each is asked by itself."""
        come = moves.move_orig_ids.filtered(lambda origin: origin.state == "done")
        around = come.move_dest_ids
        (around | around.move_orig_ids).move_line_ids.mapped("quantity")

    def _express_rest(self, more, unit, move):
        """An increase in the move's unit, which is another where it has grown by a part of it."""
        if unit == move.product_uom:
            return more
        return unit._compute_quantity(more, move.product_uom, rounding_method="HALF-UP")

    def _find_left_over(self, move):
        """What has come to a need's place for it, and neither it nor others there wait for.

        Where stock is kept it is stock again, and netted like any other.
        """
        come = move.move_orig_ids.filtered(lambda origin: origin.state == "done")
        if not come or move.picked or not move.mto_key or self._is_supply_place(move.location_id):
            return 0.0
        others = come.move_dest_ids.filtered(lambda dest: dest.state not in ("done", "cancel"))
        waiting = sum(max(one.product_qty - one._mto_get_reserved(), 0.0) for one in others - move)
        brought = sum(move._get_available_move_lines(OrderedSet(), OrderedSet()).values())
        return move.product_id.uom_id.round(brought - waiting - move.product_qty)

    def _grow_by(self, move, over):
        """Let a need grow by what is left over for it and is still there.

        :param over: how much it may grow, in the product's unit
        :return: how much it has grown, in the product's unit
        """
        unit = move.product_id.uom_id
        with self.env["mto.aside.goods"]._set_aside(move) as goods:
            move = move.with_context(mto_aside=goods)
            free = self._find_still_there(move)
            free -= max(move.product_qty - move._mto_get_reserved(), 0.0)
            taken = min(over, free)
            if unit.compare(taken, 0.0) <= 0:
                return 0.0
            move._mto_set_quantity(move.product_qty + taken)
            move._recompute_state()
            move._action_assign()
        return taken

    def _find_still_there(self, move):
        """What is still where it was brought for a need, and not reserved: core takes no other."""
        held, free = self.env["mto.held.goods"], 0.0
        lines = move.move_line_ids
        for place, brought in move._get_available_move_lines(OrderedSet(), OrderedSet()).items():
            own = lines.filtered(lambda line, place=place: get_place(line) == place)
            brought -= sum(own.mapped("quantity_product_uom"))
            there = held._get_free(move.product_id, place, lines.browse())
            free += max(min(brought, there), 0.0)
        return free

    def _is_same(self, move, need):
        """Whether the need of what is made has this component's move for its own need."""
        return not need or move.mto_key == planner.component_key(
            need["mto_key"], move.bom_line_id.id
        )

    def _can_grow(self, move, _more, need):
        """Whether a need is one part that waits for a single kind of supply."""
        return bool(
            move.state == "waiting"
            and self._is_same(move, need)
            and move.procure_method == "make_to_order"
            and move._mto_is_cascaded()
            and not move.quantity
            and not move.mto_lost_supply
            and not move.mto_from_receipt
            and self._get_ordered(move)
        )

    def _get_ordered(self, move):
        """The planner's word for what a need waits for, if one more order would join it."""
        origins = move.move_orig_ids
        if not origins:
            lines = move.created_purchase_line_ids
            is_open = lines and all(line.state in ("draft", "sent") for line in lines)
            return planner.PURCHASE if is_open else None
        productions = origins.production_id
        is_simple = (
            all(origin.production_id and origin.state != "done" for origin in origins)
            and not any(bom.enable_batch_size for bom in productions.bom_id)
            and not move.created_purchase_line_ids
        )
        return planner.PRODUCTION if is_simple else None

    def _are_all_ordered(self, increases):
        """Whether nothing of the increases is there, and all of them would be ordered."""
        netted = []
        for move, more, _need in increases:
            unit = move.product_id.uom_id
            quantity = move.product_uom._compute_quantity(more, unit, rounding_method="HALF-UP")
            netted.append((NettedMove(move), quantity))
        moves = self.env["stock.move"].union(*(move for move, _more, _need in increases))
        for company in moves.company_id:
            own = [one for one in netted if one[0].company == company]
            self.sudo().with_company(company)._net_live(own, company)
        return not self.env["mto.surplus"]._find_spare(moves) and all(
            answer.is_all_ordered() and answer.supply == self._get_ordered(answer.move)
            for answer, _quantity in netted
        )

    def _order_more(self, increases):
        """Procure what is asked in addition, and make the needs that much greater.

        In this order: what is ordered for them already is told by their quantities. So what
        core would add to one purchase line in turns is procured in turns, and what is made is
        made when all are that much greater: the same may be bought for it.
        """
        rule = self.env["stock.rule"]
        if self.env.context.get("mto_level") is not None:
            self._order_in_turns(rule, increases)
            return
        with rule._mto_level_by_level() as rule:
            self._order_in_turns(rule, increases)

    def _order_in_turns(self, rule, increases):
        """Procure by a rule's methods, and see ``_order_more``."""
        wanted = [(move, more, move._prepare_procurement_values()) for move, more, _n in increases]
        spare = self._find_spare([move for move, _more, _need in increases])
        while wanted:
            words, needs = {}, []
            for move, _more, values in wanted:
                words.setdefault(move.product_id, values["product_description_variants"])
            turn = [one for one in wanted if self._is_due(one, words)]
            wanted = [one for one in wanted if not self._is_due(one, words)]
            for move, more, values in turn:
                rest = self._take_spare(move, more, spare)
                needs += [self._prepare_procurement(move, rest, values)] if rest > 0 else []
            if needs:
                rule.run(needs)
            for move, more, _values in turn:
                unit = move.product_id.uom_id
                total = move.product_uom_qty + more
                move._mto_set_quantity(
                    move.product_uom._compute_quantity(total, unit, rounding_method="HALF-UP")
                )

    def _find_spare(self, moves):
        """{purchase line: what it brings beyond its needs} of requests that vendors have seen.

        In the product's unit. A draft grows, and its own rest with it.
        """
        lines = self.env["stock.move"].union(*moves)._mto_get_expected_purchases()
        seen = lines.filtered(lambda line: line.state != "draft")
        return {line: asked.spare for line, asked in seen._mto_read_asked().items()}

    def _take_spare(self, move, more, spare):
        """What of an increase (the move's unit) no request brings that its vendor has seen.

        :param spare: see ``_find_spare``; what is taken is taken off
        """
        seen = [line for line in move._mto_get_expected_purchases() if line in spare]
        if not seen:
            return more
        unit = move.product_id.uom_id
        rest = move.product_uom._compute_quantity(more, unit, rounding_method="HALF-UP")
        for line in seen:
            share = min(spare[line], rest)
            spare[line] -= share
            rest = planner.half_up(rest - share, unit.rounding)
        return unit._compute_quantity(rest, move.product_uom, rounding_method="HALF-UP")

    def _is_due(self, wanted, words):
        move, _more, values = wanted
        return values["product_description_variants"] == words[move.product_id]

    def _prepare_procurement(self, move, more, values):
        return self.env["stock.rule"].Procurement(
            move.product_id,
            more,
            move.product_uom,
            move.location_id,
            move.rule_id.name or "/",
            move._prepare_procurement_origin(),
            move.company_id,
            values,
        )
