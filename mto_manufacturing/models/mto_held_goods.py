from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import OrderedSet

_OPEN = ("waiting", "confirmed", "partially_available")


class MtoHeldGoods(models.AbstractModel):
    """Goods that were brought for a need are nobody else's, reserved or not.

    Core reserves them when they arrive. Should the reservation be lost (a person unreserved
    it, a count was wrong for a while), they are still there for their own need alone.
    """

    _name = "mto.held.goods"
    _description = "Make to Order: Goods Held for Their Need"

    @api.model
    def _find_needs(self, domain):
        """Needs whose goods are there and not reserved: {move: quantity, product's unit}.

        :param domain: which ``stock.move`` records are asked for
        """
        moves = self.env["stock.move"].sudo()
        waiting = moves.search(
            Domain(domain) & Domain("mto_key", "!=", False) & Domain("state", "in", _OPEN),
            order="priority desc, date, id",
        )
        # One after the other: in one search the database may begin with all moves that are
        # done, or look at these once for each link.
        origins = waiting.move_orig_ids
        done = origins and moves.search(
            Domain("id", "in", origins.ids) & Domain("state", "=", "done"), order="id"
        )
        gone = set(done.ids)
        brought = waiting.filtered(lambda move: not gone.isdisjoint(move.move_orig_ids.ids))
        held = {}
        for move in brought:
            quantity = self._get_held(move)
            if move.product_id.uom_id.compare(quantity, 0.0) > 0:
                held[move] = quantity
        return held

    def _get_held(self, move):
        """What was brought for a need, less what it and its siblings have reserved or taken."""
        brought = sum(move._get_available_move_lines(OrderedSet(), OrderedSet()).values())
        reserved = sum(move.move_line_ids.mapped("quantity_product_uom"))
        return min(brought, move.product_qty) - reserved

    @api.model
    def _reserve_first(self, moves):
        """Reserve held goods for their needs before ``moves`` take any of these products."""
        takers = moves.filtered(
            lambda move: (
                not move.move_orig_ids
                and move.procure_method == "make_to_stock"
                and move.product_id.is_storable
                and not move._should_bypass_reservation()
            )
        )
        if takers:
            needs = self._find_needs(
                Domain("product_id", "in", takers.product_id.ids)
                & Domain("company_id", "in", takers.company_id.ids)
                & Domain("id", "not in", takers.ids)
            )
            for move in needs:
                move.with_company(move.company_id)._action_assign()

    # -- taken by force ----------------------------------------------------------------

    @api.model
    def _protect(self, taker, domain, quantity):
        """The reservations that may not suffer because somebody takes more than is free.

        What common demands have reserved is given up first. A count and goods that are scrapped,
        sent back or taken apart are facts, so then what is held gives way, last. So it does to
        anybody else while it costs nothing, which is seen afterwards: see ``_refuse_costs``.

        :param taker: the ``stock.move.line`` that takes the goods
        :param domain: the other ``stock.move.line`` records that have some reserved
        :param quantity: what has to come from them, in the product's unit
        :return: the ``stock.move.line`` records to leave alone
        """
        lines = self.env["stock.move.line"].sudo().search(domain)
        held = lines.filtered(lambda line: self._is_held_from(line.move_id, taker))
        unit = taker.product_id.uom_id
        missing = quantity - sum((lines - held).mapped("quantity_product_uom"))
        if unit.compare(missing, 0.0) <= 0:
            return held
        if self._is_fact(taker):
            return held.browse()
        for line in held.sorted(lambda line: (line.move_id.date, line.id), reverse=True):
            if unit.compare(missing, 0.0) <= 0:
                break
            missing -= line.quantity_product_uom
            held -= line
        return held

    def _is_held_from(self, move, taker):
        """Whether a move has its goods for an order, and not for a taker's own."""
        own = taker.sudo().move_id.mto_sale_line_id.order_id
        return bool(move.mto_key and move.mto_sale_line_id.order_id != own)

    def _is_fact(self, taker):
        move = taker.sudo().move_id
        return bool(
            move.is_inventory
            or move.scrap_id
            or move.origin_returned_move_id
            or move.consume_unbuild_id
        )

    @api.model
    def _refuse_costs(self, taker, costs):
        """Refuse what costs others their goods, unless it is a fact.

        :param costs: {``stock.move`` that has goods reserved: what it cannot get elsewhere}
        :raises UserError: where the goods are reserved for other orders
        """
        needs = [move for move in costs if self._is_held_from(move, taker)]
        if needs and not self._is_fact(taker):
            total = sum(costs[move] for move in needs)
            raise UserError(self._explain(taker, self.env["stock.move"].union(*needs), total))

    def _explain(self, taker, needs, quantity):
        names = [
            self.env._(
                "%(order)s (%(document)s)",
                order=move.mto_sale_line_id.order_id.name or move.origin,
                document=(move.raw_material_production_id or move.picking_id).name,
            )
            for move in needs
        ]
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s in %(location)s are reserved for other "
            "orders: %(orders)s.\nTake less, or have somebody who may do so release them "
            "first: on the order that needs them, choose “Take From Another Order”.",
            quantity=self.env["mto.supply.text"]._format_number(
                taker.product_id.uom_id.round(quantity)
            ),
            unit=taker.product_id.uom_id.name,
            product=taker.product_id.display_name,
            location=taker.location_id.display_name,
            orders=", ".join(dict.fromkeys(names)),
        )
