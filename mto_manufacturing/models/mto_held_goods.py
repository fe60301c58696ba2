from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import OrderedSet

from .. import planner

_OPEN = ("waiting", "confirmed", "partially_available")


def get_place(line):
    """Where exactly a move line takes its goods, or a quant has its: what core calls a batch.

    :return: (location, lot, package, owner)
    """
    return line.location_id, line.lot_id, line.package_id, line.owner_id


class MtoHeldGoods(models.AbstractModel):
    """Goods that were brought for a need are nobody else's, reserved or not.

    Core reserves them when they arrive. Should they not be reserved any more (a person has
    unreserved them, or begun with a part; a count was wrong for a while), they lie there for
    their own need alone: others take what is beside them, and what is typed for it stays.
    """

    _name = "mto.held.goods"
    _description = "Make to Order: Goods Held for Their Need"

    @api.model
    def _find_needs(self, domain):
        """Needs whose goods are there and not reserved: {move: quantity, product's unit}.

        :param domain: which ``stock.move`` records are asked for
        """
        return {move: sum(places.values()) for move, places in self._find_held(domain).items()}

    def _find_held(self, domain, steps=False):
        """Needs whose goods are there and not reserved: {move: {place: quantity}}.

        :param steps: also the moves that take goods on for a need and that nobody pulled
        """
        moves = self.env["stock.move"].sudo()
        waiting = moves.search(
            Domain(domain)
            & (Domain.TRUE if steps else Domain("mto_key", "!=", False))
            & Domain("state", "in", _OPEN)
            & Domain("move_orig_ids", "!=", False),
            order="priority desc, date, id",
        )
        if steps:
            waiting &= waiting.filtered("mto_key") | self.env["mto.steps"]._filter(waiting)
        # One after the other: in one search the database may begin with all moves that are
        # done, or look at these once for each link.
        origins = waiting.move_orig_ids
        done = origins and moves.search(
            Domain("id", "in", origins.ids) & Domain("state", "=", "done"), order="id"
        )
        gone = set(done.ids)
        brought = waiting.filtered(lambda move: not gone.isdisjoint(move.move_orig_ids.ids))
        held, promised = {}, defaultdict(float)
        for move in brought:
            places = self._get_places(move, promised)
            if places:
                held[move] = places
        return held

    def _get_held(self, move):
        """What was brought for a need, less what it and its siblings have reserved or taken."""
        return sum(self._get_places(move, defaultdict(float)).values())

    def _get_places(self, move, promised):
        """{place: what was brought there for a need and is not reserved, product's unit}.

        :param promised: {(what brought it, place): what its siblings hold of it}; filled in
        """
        lines = move.move_line_ids
        together = move.move_orig_ids.move_dest_ids.move_orig_ids
        wanted = move.product_qty - sum(lines.mapped("quantity_product_uom"))
        places = {}
        for place, brought in move._get_available_move_lines(OrderedSet(), OrderedSet()).items():
            own = lines.filtered(lambda line, place=place: get_place(line) == place)
            left = brought - sum(own.mapped("quantity_product_uom")) - promised[together, place]
            share = planner.half_up(min(left, wanted), move.product_id.uom_id.rounding)
            if share > 0:
                places[place] = share
                promised[together, place] += share
                wanted -= share
        return places

    def _get_there(self, move):
        """What is held for a need, as far as it is still where it was brought.

        What somebody has typed for a demand on the common stock and not validated is there.
        """
        places = self._get_places(move, defaultdict(float))
        common = self.env["stock.move.line"].sudo()
        if places:
            common = common.search(
                Domain("product_id", "=", move.product_id.id)
                & Domain("location_id", "in", [location.id for location, *_rest in places])
                & Domain("state", "not in", ("draft", "done", "cancel"))
                & Domain("move_id.move_orig_ids", "=", False)
                & Domain("move_id", "!=", move.id)
            )
        return sum(
            min(held, max(self._get_free(move.product_id, place, common), 0.0))
            for place, held in places.items()
        )

    def _get_free(self, product, place, lines):
        """What is in a place and not reserved, but for these move lines (product's unit)."""
        location, lot, package, owner = place
        quants = self.env["stock.quant"].sudo()
        quants = quants._gather(
            product, location, lot_id=lot, package_id=package, owner_id=owner, strict=True
        ).filtered(lambda quant: quant.lot_id == lot)
        own = lines.filtered(lambda line: line.product_id == product and get_place(line) == place)
        there = sum(quants.mapped("quantity")) - sum(quants.mapped("reserved_quantity"))
        return there + sum(own.mapped("quantity_product_uom"))

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
        others = lines.move_id.filtered(lambda move: self._is_held_from(move, taker))
        held = lines.filtered(lambda line: line.move_id in others)
        unit = taker.product_id.uom_id
        missing = quantity - sum((lines - held).mapped("quantity_product_uom"))
        if unit.compare(missing, 0.0) <= 0:
            return held
        if self._is_fact(taker.move_id):
            return held.browse()
        for line in held.sorted(lambda line: (line.move_id.date, line.id), reverse=True):
            if unit.compare(missing, 0.0) <= 0:
                break
            missing -= line.quantity_product_uom
            held -= line
        return held

    def _is_held_from(self, move, taker):
        """Whether a move has its goods for an order, and not for a taker's own."""
        need = self._find_keyed(move)
        own = self._find_own_orders(taker.move_id)
        return bool(need and need.mto_sale_line_id.order_id != own)

    @api.model
    def _find_own_orders(self, moves):
        """The orders that moves are for; of what a person adds to a transfer, the transfer's."""
        orders = self.env["sale.order"].sudo()
        for move in moves.sudo():
            own = self._find_keyed(move).mto_sale_line_id.order_id
            orders |= own or move.picking_id.sale_id
        return orders

    def _find_keyed(self, move):
        """The move that stands for a need: of a step that goods are pushed on to, who pulled."""
        return move if move.mto_key else self.env["mto.steps"]._find_pull(move)

    def _is_fact(self, move):
        """Whether goods are gone whatever anybody says: counted, scrapped, sent back."""
        move = move.sudo()
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
        if needs and not self._is_fact(taker.move_id):
            total = sum(costs[move] for move in needs)
            raise UserError(self._explain(taker, self.env["stock.move"].union(*needs), total))

    def _explain(self, taker, needs, quantity):
        names = [
            self.env._(
                "%(order)s (%(document)s)",
                order=self._find_keyed(move).mto_sale_line_id.order_id.name or move.origin,
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
