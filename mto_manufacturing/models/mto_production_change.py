from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Command
from odoo.tools import OrderedSet

from .. import planner
from .mto_change_source import Excess

_GONE = ("done", "cancel")


def _get_need_of(move):
    """What the parts of one need have in common."""
    return move.raw_material_production_id, move.bom_line_id, move.product_id, move.mto_key


class MtoProductionChange(models.AbstractModel):
    """What a person's change of a production means for the needs of its components.

    What is needed less is given back with all that was ordered for it and has not started;
    what is needed more is netted by itself. What is covered stays as it is.
    """

    _name = "mto.production.change"
    _description = "Make to Order: Changes of Productions"

    @api.model
    def _is_by_hand(self):
        """Whether a person changes productions, and not a change that is carried through.

        Nor what core cancels of moves that it unites.
        """
        context = self.env.context
        if context.get("mto_giving_back") or context.get("mto_merged"):
            return False
        return context.get("mto_level") is None

    @api.model
    def _cancel(self, productions):
        """Give back what productions that are about to be cancelled are waiting for."""
        if not self._is_by_hand():
            return
        ours = productions.filtered("mto_key")
        receipts = self.env["mto.subcontract.receipt"]
        ordered = receipts._find_still_ordered(ours)
        self._leave_supplies(ordered)
        receipts._close(ours - ordered)
        self._give_back(
            [
                Excess(production.move_raw_ids.filtered(lambda move: move.state not in _GONE))
                for production in ours - ordered
            ]
        )

    def _leave_supplies(self, productions):
        """Leave what supplies productions that go to those that were split from them."""
        moves = productions.move_raw_ids.filtered(lambda move: move.state not in _GONE)
        moves.write(
            {
                "move_orig_ids": [Command.clear()],
                "created_purchase_line_ids": [Command.clear()],
            }
        )

    @api.model
    def _finish(self, productions):
        """Give back what productions that are about to be finished never consume.

        Core cancels a component that is left out, and forgets the rest of one that is consumed
        in part, or what is still to come for one of which others were consumed: what supplies
        them would be left alive, and tied to nobody.
        """
        if not self._is_by_hand():
            return
        productions = productions.sudo().filtered("mto_key")
        self.env["mto.subcontract.receipt"]._close(productions)
        moves = productions.move_raw_ids
        moves = moves.filtered(lambda move: move.mto_key and move.state not in _GONE)
        left_out = moves.filtered(
            lambda move: not move.picked or move.product_uom.is_zero(move._get_picked_quantity())
        )
        # Who types that nothing is consumed leaves it picked, which core cancels all the same.
        left_out.filtered("picked").picked = False
        needs = [Excess(parts) for parts in left_out.grouped(_get_need_of).values()]
        consumed = moves - left_out
        for move in consumed.filtered(self._is_expected):
            rest, coming = move._mto_get_rest(), self._part_from_coming(move, consumed)
            needs += [Excess(move, rest)] if rest > 0 else []
            needs += [Excess(coming)] if coming else []
        self._give_back(needs)

    def _part_from_coming(self, move, consumed):
        """What is still to come for a component that is consumed without it, as a move.

        Where it was not there, and is consumed all the same, what is to come stands for it.
        """
        unit = move.product_id.uom_id
        come = sum(move._get_available_move_lines(OrderedSet(), OrderedSet()).values())
        coming = planner.half_up(move.product_qty - come, unit.rounding)
        if coming <= 0 or not self._is_there(move, consumed):
            return move.browse()
        links = self.env["mto.exchange"]._get_links(move).get_vals()
        origins = move.move_orig_ids.filtered(lambda origin: origin.state not in _GONE)
        vals = {**move._mto_prepare_shortage_vals(coming), **links}
        part = move.create({**vals, "move_orig_ids": [Command.set(origins.ids)]})
        move.write(
            {
                "move_orig_ids": [Command.unlink(origin.id) for origin in origins],
                "created_purchase_line_ids": [Command.clear()],
                "created_production_id": False,
            }
        )
        return part._action_confirm(merge=False, create_proc=False)

    def _is_there(self, move, consumed):
        """Whether all that is consumed of a component's product where it is kept has come."""
        unit, place = move.product_id.uom_id, move.location_id
        same = consumed.filtered(
            lambda one: one.product_id == move.product_id and one.location_id == place
        )
        used = sum(
            one.product_uom._compute_quantity(one._get_picked_quantity(), unit, round=False)
            for one in same
        )
        on_hand = move.product_id.with_context(location=place.id).qty_available
        return unit.compare(on_hand, used) >= 0

    def _is_expected(self, move):
        """Whether anything is still to come for a move."""
        coming = move.move_orig_ids.filtered(lambda origin: origin.state not in _GONE)
        return bool(coming or move._mto_get_expected_purchases())

    @api.model
    def _delete(self, moves):
        """Give back what supplies components that a person is about to delete.

        Core refuses to delete what is tied to other moves.
        """
        if not self._is_by_hand():
            return
        moves = moves.sudo().filtered(
            lambda move: (
                move.mto_key
                and move.raw_material_production_id
                and move.state not in ("draft", *_GONE)
                and not (move.move_orig_ids or move.move_dest_ids)
            )
        )
        self._give_back([Excess(parts) for parts in moves.grouped(_get_need_of).values()])

    @api.model
    def _decrease(self, production, factor):
        """Give back what a smaller production does not consume."""
        needs = []
        moves = production.move_raw_ids.filtered(
            lambda move: move.mto_key and move.state not in _GONE
        )
        for parts in moves.grouped(lambda move: (move.bom_line_id, move.product_id)).values():
            part, total = self.env["mto.parts"]._measure(parts)
            after = part.product_uom.round(total * factor, rounding_method="UP")
            after = part.product_uom._compute_quantity(
                after, parts.product_id.uom_id, rounding_method="HALF-UP"
            )
            needs += self._find_excess(parts, after)
        self._give_back(needs)

    # -- what is to be consumed, changed by hand ---------------------------------------

    @contextmanager
    def _consume_together(self):
        """Take what a person says of several components, and saves at once, as one change.

        The context ``mto_consumed`` hands down what is yielded.
        """
        wanted = self.env.context.get("mto_consumed")
        if wanted is not None:
            yield wanted  # one that is saved with another one is part of that change
            return
        wanted = {}
        yield wanted
        self._consume(wanted)

    @api.model
    def _consume(self, wanted):
        """Consume as much as a person says.

        What is said of a part is said of the need: what stock covers of it, and what is
        ordered, is decided as for any other change.

        :param wanted: {component: how much of it is consumed, in its unit}
        """
        together = self.env.context.get("mto_consumed")
        if together is not None:
            together.update(wanted)
            return
        # As in core, who changes a production need not have rights on what supplies it.
        moves = self.env["stock.move"].sudo().union(*wanted).exists()
        moves = moves.filtered(lambda move: move.state not in _GONE)
        less, more = [], []
        for part in moves.grouped(_get_need_of).values():
            parts = self._find_parts(part)
            unit = part.product_id.uom_id
            change = sum(
                move.product_uom._compute_quantity(
                    wanted[move] - move.product_uom_qty, unit, rounding_method="HALF-UP"
                )
                for move in part
            )
            after = sum(parts.mapped("product_qty")) + change
            less += self._find_excess(parts, after)
            more += self._find_increase(parts, change)
        self._give_back(less)
        self.env["mrp.production"].sudo()._mto_confirm_increases(more)

    def _find_parts(self, moves):
        """All parts of the need that these components are of."""
        need = _get_need_of(moves[0])
        return moves[0].raw_material_production_id.move_raw_ids.filtered(
            lambda move: move.state not in _GONE and _get_need_of(move) == need
        )

    def _find_increase(self, parts, change):
        """What is consumed in addition, a list of one as for ``mto.growth``, or none."""
        part, _total = self.env["mto.parts"]._measure(parts.sorted("id"))
        unit = part.product_uom
        more = part.product_id.uom_id._compute_quantity(change, unit, rounding_method="HALF-UP")
        return [(part, more, None)] if unit.compare(more, 0.0) > 0 else []

    def _find_excess(self, parts, after):
        """What is too much of a need (product's unit), a list of one Excess or none."""
        rounding = parts.product_id.uom_id.rounding
        less = planner.half_up(sum(parts.mapped("product_qty")) - after, rounding)
        return [Excess(parts.sorted("id"), less)] if less > 0 else []

    def _give_back(self, needs):
        needs = [need for need in needs if need.moves]
        if needs:
            given = self.env["mto.change"]._give_back(needs)
            self.env["mto.change.notice"]._tell(given)

    # -- the bill of materials changes -------------------------------------------------

    @contextmanager
    def _link_bom(self, production):
        """Let core compare one move per need with the new BoM, then change the real ones.

        Core would make one of a need in parts, and forget what was ordered for the others. It
        takes the second move of a line of the BoM for one that the BoM knows nothing of: so
        the parts are one need in whatever units they are.
        """
        moves = self.env["stock.move"]
        needs = self.env["mto.parts"]._group(production.move_raw_ids, by_unit=False)
        groups = [(self._make_stand_in(parts), parts) for parts in needs]
        real = moves.union(*(parts for _stand_in, parts in groups))
        real.raw_material_production_id = False
        yield
        real.raw_material_production_id = production
        needs, increases = [], moves
        for stand_in, parts in groups:
            if not stand_in.exists():
                needs.append(Excess(parts))
                continue
            self._follow(parts, stand_in)
            needs += self._find_excess(parts, stand_in.product_qty)
            increases |= self._increase(parts, stand_in.product_qty)
            self.env["mto.parts"]._remove(stand_in)
        self._give_back(needs)
        production._mto_confirm_more(increases)

    def _make_stand_in(self, parts):
        """A move for a whole need, tied to nothing."""
        first = parts[0]
        part, total = self.env["mto.parts"]._measure(parts)
        vals = first.copy_data(
            {
                "product_uom_qty": total,
                "product_uom": part.product_uom.id,
                "procure_method": "make_to_stock",
                "created_production_id": False,
                "state": "confirmed",
            }
        )[0]
        stand_in = first.create(vals)
        stand_in.picked = False
        return stand_in

    def _follow(self, parts, stand_in):
        """Tell the parts which line of the BoM they are for now."""
        names = ("bom_line_id", "operation_id", "workorder_id")
        vals = {name: stand_in[name].id for name in names if stand_in[name] != parts[:1][name]}
        if vals:
            parts.write(vals)

    def _increase(self, parts, after):
        """The draft moves for what is needed in addition (product's unit)."""
        part, _total = self.env["mto.parts"]._measure(parts)
        unit = parts.product_id.uom_id
        more = planner.half_up(after - sum(parts.mapped("product_qty")), unit.rounding)
        if more <= 0:
            return parts.browse()
        quantity = unit._compute_quantity(more, part.product_uom, rounding_method="HALF-UP")
        return parts.create(part._mto_prepare_increase_vals([(quantity, None)]))
