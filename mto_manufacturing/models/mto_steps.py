from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Command
from odoo.tools import OrderedSet

from .. import planner
from .mto_exchange import Links

_GONE = ("draft", "done", "cancel")


@dataclass(eq=False)
class Pull:
    """A move that takes goods to where they are needed, about to be cancelled, or a part of it.

    ``quantity``: what is cancelled, in the product's unit. ``dests``: who waits for it.
    ``brought``: what has brought goods for it that no others in stock can stand for.
    ``links``: what supplies it, where it takes its goods from stock.
    """

    move: models.BaseModel
    quantity: float
    dests: models.BaseModel
    brought: models.BaseModel
    links: Links | None = None

    def get_vals(self):
        """The values of what supplies it once more."""
        if self.links:
            return self.links.get_vals()
        if self.brought:
            tie = [Command.set(self.brought.ids)]
            return {"procure_method": "make_to_order", "move_orig_ids": tie}
        return {"procure_method": "make_to_stock"}


class MtoSteps(models.AbstractModel):
    """Needs that take their goods in steps: what is on its way to them can be lost, too.

    The step where the goods are kept stands for the need. So it is asked for once more, and
    the need keeps its place in the plan, whatever becomes of one of its transfers. What has
    come as far as a later step is still there for the need, and is taken on from there.
    """

    _name = "mto.steps"
    _description = "Make to Order: Goods on Their Way in Steps"

    # -- a step that is cancelled ------------------------------------------------------

    @api.model
    def _find_pulls(self, moves, rest=False):
        """What a person cancels while it is still needed.

        :param rest: only what is left over of those that are done now
        :return: a list of Pull
        """
        context, by_hand = self.env.context, self.env["mto.production.change"]._is_by_hand()
        if context.get("mto_merging") or context.get("mto_united") or not by_hand:
            return []
        pulls = []
        for move in moves.sudo():
            quantity = move._mto_get_rest() if rest else move.product_qty
            if move.state not in _GONE and quantity > 0:
                pull = self._prepare_pull(move, quantity)
                pulls += [pull] if pull else []
        return pulls

    def _prepare_pull(self, move, quantity):
        """The Pull of a quantity of a move that is asked for once more, or None."""
        if move.mto_key and self._is_pull(move):
            links = self.env["mto.exchange"]._get_links(move)
            dests, brought = self._get_consumers(move), self._get_brought(move)
            return Pull(move, quantity, dests, brought, links)
        if not self._is_waited_for(move):
            return None
        come = sum(move._get_available_move_lines(OrderedSet(), OrderedSet()).values())
        come -= move.product_qty - quantity  # it is taken on
        left = planner.half_up(min(come, quantity), move.product_id.uom_id.rounding)
        brought = move.move_orig_ids.filtered(lambda orig: orig.state == "done")
        dests = move.move_dest_ids.filtered(lambda dest: dest.state not in _GONE)
        return Pull(move, left, dests, brought) if left > 0 else None

    def _is_waited_for(self, move):
        """Whether somebody waits for goods that a move takes on from a step.

        Nobody does any more for an order that is being cancelled. Whether a customer's goods
        are sent after all is for a person to say, see mto.closed.delivery.
        """
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        is_step = move.move_orig_ids and not is_kept(move.location_id)
        if not is_step or not move.product_id.is_storable or move.origin_returned_move_id:
            return False
        if move._mto_goes_to_customer():
            return False
        needs = (move._mto_find_steps() - move).filtered(
            lambda one: one.mto_key and one.state not in _GONE
        )
        left = self.env.context.get("mto_left_orders", ())
        return any(need.mto_sale_line_id.order_id.id not in left for need in needs)

    def _get_brought(self, move):
        """What has brought goods that are configured for the customer of a need, or back."""
        brought = move.move_orig_ids.filtered(lambda orig: orig.state == "done")
        if move._mto_is_custom() or brought.origin_returned_move_id:
            return brought
        return brought.browse()

    def _is_pull(self, move):
        """Whether a move takes goods from where they are kept to where they are consumed."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        consumers = self._get_consumers(move)
        return consumers and is_kept(move.location_id) and not is_kept(move.location_dest_id)

    def _get_consumers(self, move):
        return move.move_dest_ids.filtered(
            lambda dest: dest.raw_material_production_id and dest.state not in _GONE
        )

    @api.model
    def _pull_again(self, pulls):
        """Ask again for what was cancelled, with all that was made or bought for it."""
        for pull in pulls:
            dests = pull.dests.filtered(lambda dest: dest.state not in _GONE)
            if pull.dests and not dests:
                continue  # they are cancelled along with it
            vals = {**pull.get_vals(), "mto_lost_supply": pull.move.mto_lost_supply}
            self._create_pull(pull.move, pull.quantity, dests, vals)
            if pull.move.state == "cancel" and pull.move.created_purchase_line_ids:
                pull.move.created_purchase_line_ids = [Command.clear()]

    def _create_pull(self, move, quantity, dests, vals):
        """Take a quantity (product's unit) once more the way that a move takes or took it."""
        vals = {
            **move._mto_prepare_shortage_vals(quantity),
            "move_orig_ids": False,
            "created_purchase_line_ids": False,
            "created_production_id": False,
            "mto_from_receipt": False,
            "picking_id": False,
            **vals,
            "move_dest_ids": [Command.set(dests.ids)],
        }
        again = move.create(vals)
        again.picked = False
        dests.procure_method = "make_to_order"
        # Not with what is being sent: what is half done cannot be cancelled.
        under_way = move.picking_id.filtered(
            lambda one: any(other.picked or other.state == "done" for other in one.move_ids)
        )
        again = again.with_context(mto_apart_from=under_way.ids)
        confirmed = again._action_confirm(merge=False, create_proc=False)
        confirmed = confirmed.with_env(move.env)
        come = confirmed.move_orig_ids.filtered(lambda orig: orig.state == "done")
        if come or confirmed.picking_type_id.reservation_method == "at_confirm":
            confirmed._action_assign()  # as core does when goods come from the step before
        dests._recompute_state()
        return confirmed

    # -- goods that are lost on their way ----------------------------------------------

    @api.model
    def _filter(self, moves):
        """The moves that take goods on from a step, whose goods come from somewhere."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        return moves.filtered(
            lambda move: (
                move.move_orig_ids
                and move.state not in _GONE
                and not move.picked
                and move.product_id.is_storable
                and not is_kept(move.location_id)
                and ((move._mto_find_steps() - move).filtered("mto_key") or self._find_pull(move))
            )
        )

    @api.model
    def _lose(self, step, quantity):
        """Bring once more what was lost from a step, or show that it does not come.

        :param quantity: in the product's unit
        :return: a tuple of moves: (asked for once more, needs to look at again)
        """
        pull = self._find_pull(step)
        if not pull:
            needs = step.move_dest_ids
            self._shrink(step, quantity)
            again, left = step.browse(), quantity
            for further in self._filter(needs):  # as much less comes as far, once
                less = min(left, further.product_qty)
                if further.product_uom.compare(less, 0.0) > 0:
                    left -= less
                    asked, robbed = self._lose(further, less)
                    again |= asked
                    needs |= robbed
            return again, needs
        dests = step if step in pull.move_dest_ids else step.browse()
        if not dests:
            self._shrink(step, quantity)  # pushed on, as the first time
        vals = {"procure_method": "make_to_stock"}
        return self._create_pull(pull, quantity, dests, vals), step.browse()

    def _find_pull(self, step):
        """The move that has taken a step's goods from where they are kept, if any has."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        wave = seen = step.move_orig_ids
        while wave:
            pulls = wave.filtered(lambda move: move.mto_key and is_kept(move.location_id))
            if pulls:
                return pulls.sorted(lambda move: (move.state != "done", move.id))[:1]
            wave = wave.move_orig_ids - seen
            seen |= wave
        return wave

    def _shrink(self, step, quantity):
        rest = step.product_qty - quantity
        if step.product_id.uom_id.compare(rest, 0.0) > 0:
            step._mto_set_quantity(step.product_id.uom_id.round(rest))
            step._recompute_state()
        else:
            step.with_context(mto_giving_back=True)._action_cancel()
