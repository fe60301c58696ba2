from odoo import api, models
from odoo.fields import Command

from .. import planner


class MtoReturnedGoods(models.AbstractModel):
    """Goods that are sent back from a step on their way to a need.

    Who was to take them on does not get them. What goes back to the step before is still there
    for the need, and is taken on once more; what leaves has to come again.
    """

    _name = "mto.returned.goods"
    _inherit = "mto.shared.source"
    _description = "Make to Order: Goods Sent Back on Their Way"

    @api.model
    def _settle(self, moves):
        """Look at who waits for what these moves have sent back.

        :param moves: ``stock.move`` records; of them those that are done and returns matter
        """
        if not self.env["mto.production.change"]._is_by_hand():
            return
        returns = moves.sudo().filtered(
            lambda move: move.state == "done" and move.origin_returned_move_id
        )
        for back in returns:
            waiting = self._find_waiting(back)
            self._take_off(back, self._find_missing(back, waiting))
            if back.origin_returned_move_id.origin_returned_move_id:
                self._take_on(back)
            self.env["mto.lost.supply"]._reserve_again(waiting)

    def _find_waiting(self, back):
        """The moves that were to take on what is sent back.

        What leaves the stock where a need has it is lost: see ``mto.lost.supply``.
        """
        dests = (back.move_orig_ids | back.origin_returned_move_id).move_dest_ids
        needs = self.env["mto.lost.supply"]._filter(dests).filtered(lambda need: not need.picked)
        if back.origin_returned_move_id.origin_returned_move_id:
            needs = needs.filtered(self.env["mto.steps"]._is_pull)
        elif not self._is_before(back):
            needs = needs.browse()
        return self._filter(dests) | needs

    def _filter(self, moves):
        """The moves that take goods on from a step, and not to the customer or from elsewhere.

        Whether a customer's goods are sent after all is for a person to say; what another
        place sends is looked after like a need of its own.
        """
        steps = self.env["mto.steps"]._filter(moves)
        steps -= self.env["mto.lost.supply"]._filter_brought(steps)
        return steps.filtered(
            lambda move: not move.origin_returned_move_id and not move._mto_goes_to_customer()
        )

    def _is_before(self, back):
        """Whether goods are back where a step has taken them from."""
        sent = back.origin_returned_move_id
        if sent.origin_returned_move_id or sent.purchase_line_id:  # a subcontractor's place
            return False
        place = sent.location_id
        return place.warehouse_id and back.location_dest_id._child_of(place)

    def _find_missing(self, back, waiting):
        """{move: what it does not get any more of what it asks for, in the product's unit}."""
        left, missing, shared = back._mto_get_reserved(), {}, {}
        for move in waiting:
            brought = sum(self._share_origins(move, shared, exactly=True).values())
            lost = min(move.product_qty - brought, left)
            lost = planner.half_up(lost, move.product_id.uom_id.rounding)
            if lost > 0:
                missing[move] = lost
                left -= lost
        return missing

    def _take_off(self, back, missing):
        """Ask once more for what is missing where it is now, or let less be taken on."""
        steps, sent = self.env["mto.steps"], back.origin_returned_move_id
        if sent.origin_returned_move_id:
            for move, quantity in missing.items():
                steps._shrink(move, quantity)  # who waits for it gets it directly
        elif missing and self._is_before(back):
            vals = {"procure_method": "make_to_order", "move_orig_ids": [Command.set(back.ids)]}
            waiting = back.browse().union(*missing)
            steps._create_pull(sent, sum(missing.values()), waiting, vals)
        else:
            self._lose(back, missing)

    def _lose(self, back, missing):
        """Bring once more what has left, or show that it does not come."""
        lost, supply = self.env["mto.lost.supply"], back._mto_get_supply_name()
        losses, needs = [], back.browse()
        for move, quantity in missing.items():
            again, robbed = self.env["mto.steps"]._lose(move, quantity)
            losses += self.env["mto.freed.goods"]._find_losses(again, supply)
            needs |= lost._filter(robbed)
        lost._notify(losses)
        if needs:
            lost._settle(dict.fromkeys(needs, supply))

    # -- sent there after all ----------------------------------------------------------

    def _take_on(self, back):
        """Let more be taken on of what a vendor sends, where it was taken off what waits there."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        if back.location_id.usage != "supplier" or is_kept(back.location_dest_id):
            return
        dests, waiting = back.move_dest_ids, self._filter(back.move_dest_ids)[:1]
        if waiting:
            self._grow(waiting, min(self._get_unused(waiting), back._mto_get_reserved()))
        elif dests and all(dest.state in ("done", "cancel") for dest in dests):
            back.move_dest_ids = [Command.clear()]  # else core does not push it on
            back._push_apply()
            back.move_dest_ids._action_assign()

    def _grow(self, step, more):
        unit = step.product_id.uom_id
        if unit.compare(more, 0.0) > 0:
            step._mto_set_quantity(unit.round(step.product_qty + more))
            step._recompute_state()
            self.env["mto.lost.supply"]._reserve_again(step)

    def _get_unused(self, step):
        """What has come for a step and those that share it, and none of them takes."""
        given = self._share_out(step)
        origins = self._get_origins(self._find_tied(step))
        return sum(origin._mto_get_quantity() for origin in origins) - sum(given.values())
