from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import OrderedSet

_OPEN = ("confirmed", "waiting", "partially_available", "assigned")


@dataclass(frozen=True)
class Links:
    """What ties a need to its supply."""

    origins: models.BaseModel
    purchase_lines: models.BaseModel
    production: models.BaseModel
    from_receipt: bool = False

    def __bool__(self):
        return bool(self.origins or self.purchase_lines or self.production)

    def get_moves(self):
        """The moves that bring the goods."""
        return self.origins | self.production.move_finished_ids

    def get_vals(self):
        return {
            "procure_method": "make_to_order",
            "move_orig_ids": [Command.set(self.origins.ids)],
            "created_purchase_line_ids": [Command.set(self.purchase_lines.ids)],
            "created_production_id": self.production.id,
            "mto_from_receipt": self.from_receipt,
        }

    def get_names(self):
        documents = [*self.purchase_lines.order_id, *self.production]
        documents += [*self.origins.production_id, *self.origins.purchase_line_id.order_id]
        documents += [*(self.origins.filtered(lambda m: not m.production_id).picking_id)]
        return ", ".join(dict.fromkeys(document.name for document in documents))


class MtoExchange(models.AbstractModel):
    """Hands goods, or what is ordered for one need, over to another need.

    The one that loses gets what was ordered for the other one, if anything was; else it is
    netted again: from stock, then made or bought, pegged.
    """

    _name = "mto.exchange"
    _description = "Make to Order: Exchange Between Needs"

    # -- who has what ------------------------------------------------------------------

    @api.model
    def _find_need(self, move):
        """The moves of a need that take its goods where they are kept, steps away perhaps."""
        found, waiting, seen = move.browse(), move, move
        while waiting:
            kept = waiting.filtered(self._is_where_goods_are_kept)
            found |= kept
            waiting = (waiting - kept).move_orig_ids.filtered(
                lambda orig: orig.product_id == move.product_id and not orig.production_id
            )
            waiting -= seen
            seen |= waiting
        return found.filtered(lambda one: one.state in _OPEN)

    def _is_where_goods_are_kept(self, move):
        return self.env["mto.netting"]._is_supply_place(move.location_id)

    @api.model
    def _find_holders(self, need):
        """The open needs of others for the same goods in the same place and company."""
        return self.env["stock.move"].search(
            Domain("state", "in", _OPEN)
            & Domain("product_id", "=", need.product_id.id)
            & Domain("company_id", "=", need.company_id.id)
            & Domain("location_id", "child_of", need.location_id.id)
            & Domain("picked", "=", False)
            & Domain("id", "!=", need.id),
            order="date desc, id desc",
        )

    @api.model
    def _get_missing(self, move):
        """What a need has not reserved yet, in the product's unit."""
        return move.product_qty - self._get_all_reserved(move)

    def _get_all_reserved(self, move):
        return sum(move.move_line_ids.mapped("quantity_product_uom"))

    @api.model
    def _get_reserved(self, move):
        """What a need has reserved or holds, and nobody has picked, in the product's unit."""
        return sum(self._get_lines(move).mapped("quantity_product_uom")) + self._get_held(move)

    def _get_held(self, move):
        """What is there for a need and not reserved, in the product's unit."""
        is_open = move.mto_key and not move.picked
        return self.env["mto.held.goods"]._get_there(move) if is_open else 0.0

    def _get_lines(self, move):
        return move.move_line_ids.filtered(lambda line: not line.picked)

    @api.model
    def _get_expected(self, move):
        """What is ordered for a need and not there yet, in the product's unit."""
        if not self._get_links(move):
            return 0.0
        arrived = sum(move._get_available_move_lines(OrderedSet(), OrderedSet()).values())
        return max(move.product_qty - max(self._get_all_reserved(move), arrived), 0.0)

    @api.model
    def _get_links(self, move):
        """The supplies of a need that are alive."""
        origins = move.move_orig_ids.filtered(lambda orig: orig.state != "cancel")
        bought = move.created_purchase_line_ids.filtered(lambda line: line.state != "cancel")
        made = move.created_production_id.filtered(lambda one: one.state != "cancel")
        if not any(origin.state != "done" for origin in origins) and origins:
            bought, made = bought.browse(), made.browse()
            origins = origins.browse()
        if not origins:
            bought &= move._mto_get_expected_purchases()
        return Links(origins, bought, made, move.mto_from_receipt)

    # -- the exchange ------------------------------------------------------------------

    @api.model
    def _give_reserved(self, holder, need, quantity):
        """Give goods that one need has reserved to another one.

        :param quantity: in the product's unit
        :return: the ``stock.move`` for which the holder is supplied again
        """
        links = self._get_links(need)
        brought = self._get_brought(holder)
        self._unreserve(holder, quantity - self._get_held(holder))
        tied = holder.mto_key or links
        lost = self._part(holder, quantity) if tied else holder.browse()  # waits for any
        gained = self._reserve(self._part(need, quantity), brought if lost else None)
        unit = need.product_id.uom_id
        if unit.compare(self._get_all_reserved(gained), quantity) < 0:
            raise UserError(
                self.env._(
                    "%(product)s: less than %(quantity)s %(unit)s can be taken. Somebody else "
                    "was faster, or the lot, the package or the owner does not fit.",
                    product=need.product_id.display_name,
                    quantity=self.env["mto.supply.text"]._format_number(quantity),
                    unit=unit.name,
                )
            )
        self._supply_again(lost, links)
        return lost

    @api.model
    def _give_expected(self, holder, need, quantity):
        """Give what is ordered for one need and not there yet to another one."""
        links, own = self._get_links(holder), self._get_links(need)
        lost, gained = self._part(holder, quantity), self._part(need, quantity)
        # What arrives in parts serves first whom it was given to.
        line = need.mto_sale_line_id or need.sale_line_id
        vals = {"sequence": holder.sequence - 1, "mto_sale_line_id": line.id}
        self._confirm(gained, {**links.get_vals(), **vals})
        self._supply_again(lost, own)
        self._tell_lines(links.get_moves())
        return lost

    def _get_brought(self, holder):
        """What has brought goods for a need already."""
        none = self.env["purchase.order.line"], self.env["mrp.production"]
        origins = holder.move_orig_ids.filtered(lambda orig: orig.state == "done")
        return Links(origins, *none, holder.mto_from_receipt)

    def _reserve(self, part, brought):
        """Reserve what a need gave up for a draft part of another one; what is not there, not.

        What was brought for the one is for both from now on. Else it would be held for that
        one alone, and be taken back at once.

        :param brought: the Links to what has brought goods for the one that gave up, if any
        :return: the moves that the part is now: not all may be of what was brought
        """
        moves = part
        if brought:
            self._confirm(part, brought.get_vals())
            part._action_assign()
            missing = self._get_missing(part)
            if part.product_id.uom_id.compare(missing, 0.0) <= 0:
                return moves
            part = self._part(part, missing)
        self._confirm(part, {"procure_method": "make_to_stock"})
        missing = part.product_uom.round(part.product_uom_qty - part.quantity)
        if missing > 0:
            part._action_assign(force_qty=missing)  # chosen by a person, whatever it is
        return moves | part

    def _unreserve(self, move, quantity):
        """Give up a part of a reservation, the last lines first."""
        unit = move.product_id.uom_id
        gone = self.env["stock.move.line"]
        for line in self._get_lines(move).sorted("id", reverse=True):
            if unit.compare(quantity, 0.0) <= 0:
                break
            if unit.compare(line.quantity_product_uom, quantity) <= 0:
                quantity -= line.quantity_product_uom
                gone |= line
                continue
            left = line.quantity_product_uom - quantity
            quantity = 0.0
            line.quantity = unit._compute_quantity(
                left, line.product_uom_id, rounding_method="HALF-UP"
            )
        gone.unlink()
        move._recompute_state()

    def _part(self, move, quantity):
        """A draft move for a part of a need, tied to no supply; the need itself if it is all."""
        untied = {
            "move_orig_ids": [Command.clear()],
            "created_purchase_line_ids": [Command.clear()],
            "created_production_id": False,
            "mto_from_receipt": False,
        }
        if move.product_id.uom_id.compare(quantity, move.product_qty) >= 0:
            move.write({**untied, "state": "draft"})
            return move
        vals = move._mto_prepare_shortage_vals(quantity)
        free = {"move_orig_ids": False, "created_purchase_line_ids": False}
        part = move.create({**vals, **free, "mto_from_receipt": False})
        part.created_production_id = False
        move._mto_set_quantity(move.product_qty - quantity)
        move._recompute_state()
        return part

    def _confirm(self, move, vals):
        """Confirm a part whose supply is settled."""
        move.write(vals)
        move._action_confirm(merge=False, create_proc=False)

    def _supply_again(self, lost, links):
        """Tie who lost to what is ordered for the winner, or net the need again."""
        if not lost:
            return
        if links:
            line = lost.mto_sale_line_id or lost.sale_line_id
            self._confirm(lost, {**links.get_vals(), "mto_sale_line_id": line.id})
            self._tell_lines(links.get_moves())
            return
        if lost.mto_key:
            lost.procure_method = "make_to_stock"  # until it is netted
        lost._action_confirm(merge=False)

    @api.model
    def _tell_lines(self, supplies):
        """What is below supplies serves whom these serve; of several one that it serves now.

        :param supplies: the ``stock.move`` that bring the goods
        """
        while supplies:
            below = supplies.browse()
            for move in supplies:
                production = move.production_id
                dests = (production.move_finished_ids or move).move_dest_ids
                served = dests.filtered(lambda one: one.state != "cancel").mto_sale_line_id
                needs = production.move_raw_ids or move.filtered("mto_key")
                others = needs.filtered(lambda one, own=served: one.mto_sale_line_id not in own)
                if served and others:
                    others.mto_sale_line_id = served[0]
                    below |= others.move_orig_ids
            supplies = below
