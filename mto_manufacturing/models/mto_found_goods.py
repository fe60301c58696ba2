from odoo import api, fields, models
from odoo.fields import Command, Domain

from .. import planner


class MtoFoundGoods(models.AbstractModel):
    """Ties needs again to what was brought for them, when a count finds what another had not.

    Until then it is gone: the need is shown as uncovered, and may be supplied again.
    """

    _name = "mto.found.goods"
    _description = "Make to Order: Goods That Are Found Again"

    @api.model
    def _tie_again(self, moves):
        """Tie what is found to those who had it before, and reserve it as core would.

        :param moves: ``stock.move`` records that are done; of them the counts matter
        """
        found = moves.sudo().filtered(
            lambda move: (
                move.is_inventory and not move.location_dest_id.should_bypass_reservation()
            )
        )
        needs = found and found.search(self._get_losers_domain(found), order="date, id")
        for need in needs:
            self._tie(need)
        if needs:
            self.env["mto.refresh"]._touch(needs.mto_sale_line_id)

    def _get_losers_domain(self, found):
        """The needs that lost goods such as these, and have got nothing else instead."""
        return (
            Domain("mto_lost_orig_ids", "!=", False)
            & Domain("state", "=", "confirmed")
            & Domain("procure_method", "=", "make_to_stock")
            & Domain("move_orig_ids", "=", False)
            & Domain("picked", "=", False)
            & Domain("product_id", "in", found.product_id.ids)
            & Domain("location_id", "parent_of", found.location_dest_id.ids)
        )

    def _tie(self, need):
        """Tie a need to what had brought its goods; what is not found yet stays lost."""
        supply, brought = need.mto_lost_supply, need.mto_lost_orig_ids
        need.write(
            {
                "procure_method": "make_to_order",
                "move_orig_ids": [Command.set(brought.ids)],
                "mto_lost_supply": False,
                "mto_lost_orig_ids": [Command.clear()],
            }
        )
        need._action_assign()
        missing = planner.half_up(
            need.product_qty - need._mto_get_reserved(), need.product_id.uom_id.rounding
        )
        if missing > 0:
            self.env["mto.lost.supply"]._cut(need, missing, supply, brought)
        if not self._is_reserved_by_itself(need):
            need._do_unreserve()  # it was reserved to see what there is, and is held for it

    def _is_reserved_by_itself(self, need):
        """Whether core would reserve for a need what has come into the stock."""
        if self.env["ir.config_parameter"].sudo().get_param("stock.picking_no_auto_reserve"):
            return False
        if need.picking_type_id.reservation_method == "at_confirm":
            return True
        return bool(need.reservation_date and need.reservation_date <= fields.Date.today())
