from odoo import api, models
from odoo.fields import Command

from .. import planner
from .mto_lost_supply import GONE


class MtoReplacedGoods(models.AbstractModel):
    """What a vendor sends in exchange is for those whose goods go back.

    Core ties it to nobody: whoever comes first would take it, and the need would have lost
    what is on its way.
    """

    _name = "mto.replaced.goods"
    _description = "Make to Order: Goods That a Vendor Replaces"

    @api.model
    def _tie(self, received, replacing):
        """Let needs wait for what comes in place of what goes back.

        :param received: the ``stock.move`` records that had brought what goes back
        :param replacing: those that bring other goods instead
        """
        for move in replacing:
            replaced = received.filtered(
                lambda one, move=move: (
                    one.product_id == move.product_id
                    and one.purchase_line_id == move.purchase_line_id
                )
            )
            needs = self._find_needs(replaced)
            if needs:
                vals = {
                    "move_dest_ids": [Command.link(need.id) for need in needs],
                    # It is pushed on to them in steps, and to cancel it cancels none.
                    "location_final_id": replaced[:1].location_final_id.id,
                    "propagate_cancel": False,
                }
                move.write(vals)
                needs._recompute_state()
                self.env["mto.refresh"]._touch(needs.mto_sale_line_id)

    def _find_needs(self, received):
        """The needs that still wait, of those for whom goods had come, in steps perhaps."""
        needs, wave = received.browse(), received.move_dest_ids
        seen = wave
        while wave:
            needs |= wave.filtered("mto_key")
            wave = (wave - needs).move_dest_ids - seen
            seen |= wave
        return self.env["mto.lost.supply"]._filter(needs)

    @api.model
    def _leave_coming(self, costs, taker):
        """What is taken from needs, without what is to come for them instead.

        :param costs: {Holding: what is lost, in the product's unit}
        :param taker: the ``stock.move`` that took it
        """
        replacing = taker.picking_id.return_ids.move_ids.filtered(
            lambda move: move.product_id == taker.product_id and move.state not in GONE
        )
        left, lost = sum(replacing.mapped("product_qty")), {}
        for holding, quantity in costs.items():
            covered = min(left, quantity) if holding.move in replacing.move_dest_ids else 0.0
            rest = planner.half_up(quantity - covered, taker.product_id.uom_id.rounding)
            left -= covered
            if rest > 0:
                lost[holding] = rest
        return lost
