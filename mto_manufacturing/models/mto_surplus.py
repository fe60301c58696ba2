from collections import defaultdict

from odoo import api, models
from odoo.fields import Command, Domain

from .. import planner


class MtoSurplus(models.AbstractModel):
    """What was made or bought for a need and is more than it asks for, used when it grows again.

    It comes from whole batches, or from a decrease that came too late.
    """

    _name = "mto.surplus"
    _inherit = "mto.change.source"
    _description = "Make to Order: Surplus"

    @api.model
    def _take(self, moves):
        """Tie needs to the surplus of what supplies other parts of the same needs.

        :param moves: draft moves that are about to be ordered
        :return: these, and the parts that were split off them; what is tied is not ordered
        """
        # As core procures: who confirms need not have rights on what supplies.
        new = moves.sudo().filtered(lambda move: move.mto_key and not move.move_orig_ids)
        siblings = self._find_siblings(new)
        vals_list, found, used = [], {}, new.browse()
        for move in moves.sudo() if siblings else ():
            need = (move.mto_key, move.product_id)
            if need not in found:
                found[need] = self._find_surplus(siblings[need])
            brought, surplus = found[need]
            share = planner.half_up(
                min(surplus, move.product_qty), move.product_id.uom_id.rounding
            )
            if share > 0 and not move.move_orig_ids:
                found[need] = (brought, surplus - share)
                vals_list += self._tie(move, brought, share)
                used |= brought
        used._mto_wait_for_receipts()
        return moves | moves.create(vals_list)

    @api.model
    def _find_spare(self, moves):
        """Those of the confirmed moves for whose needs more is made or bought than they ask."""
        siblings = self._find_siblings(moves.sudo())
        return moves.filtered(
            lambda move: self._find_surplus(siblings[move.mto_key, move.product_id])[1] > 0
        )

    def _tie(self, move, brought, share):
        """Tie a share of a draft move to what brings surplus.

        It is tied to all, as batches share their need.

        :return: the values of a move, if the share has to be split off
        """
        tie = {
            "move_orig_ids": [Command.link(source.id) for source in brought],
            "created_production_id": brought.production_id[-1:].id,
        }
        if move.product_id.uom_id.compare(share, move.product_qty) == 0:
            move.write(tie)
            return []
        vals = {**move._mto_prepare_shortage_vals(share), **tie}
        move._mto_set_quantity(move.product_qty - share)
        return [vals]

    def _find_siblings(self, moves):
        """{(key, product): moves} that are confirmed parts of the needs of moves."""
        if not moves or self.env.context.get("mto_planned"):
            return {}  # an order that is confirmed has none
        domain = (
            Domain("mto_key", "in", list(set(moves.mapped("mto_key"))))
            & Domain("mto_sale_line_id", "in", moves.mto_sale_line_id.ids)
            & Domain("product_id", "in", moves.product_id.ids)
            & Domain("location_id", "in", moves.location_id.ids)
            & Domain("state", "not in", ("draft", "cancel"))
        )
        siblings = defaultdict(moves.browse)
        found = moves.search(domain, order="id")
        found.mapped("move_orig_ids.move_dest_ids.state")
        found.mapped("move_orig_ids.production_id.product_id")
        for move in found:
            siblings[move.mto_key, move.product_id] |= move
        for need, own in siblings.items():
            siblings[need] = own.with_prefetch(found.ids)  # read together
        return siblings

    def _find_surplus(self, siblings):
        """What is still to come for these moves, and how much of it is beyond all needs.

        :return: a tuple (moves that bring it, quantity in the product's unit)
        """
        ordered = siblings.filtered(lambda move: not move.mto_from_receipt)
        brought = ordered.move_orig_ids.filtered(self._is_supply).sorted("id")
        needs = brought.move_dest_ids.filtered(lambda move: move.state != "cancel")
        surplus = sum(move._mto_get_quantity() for move in brought)
        surplus -= sum(move._mto_get_quantity() for move in needs)
        for_stock = brought.filtered(lambda move: move.production_id.mto_is_for_stock)
        surplus -= self._sum_for_stock(for_stock)
        waiting = (brought - for_stock).filtered(lambda move: move.state != "done")
        return waiting, min(surplus, sum(waiting.mapped("product_qty")))

    def _sum_for_stock(self, brought):
        """What of these a person makes for stock, and no need gets, in the product's unit."""
        if not brought:
            return 0.0
        shares = self._share_out(self._get_dests(brought), last=brought)
        given = sum(share for (origin, _move), share in shares.items() if origin in brought)
        return sum(move._mto_get_quantity() for move in brought) - given

    def _is_supply(self, move):
        """Whether a move brings what was made or bought."""
        made = move.production_id and move.product_id == move.production_id.product_id
        bought = move.purchase_line_id and move._mto_is_bought()
        return move.state != "cancel" and (made or bought)
