from collections import defaultdict
from contextlib import contextmanager

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import planner
from .mto_held_goods import get_place


class MtoAsideGoods(models.AbstractModel):
    """What is held for needs is set aside while others take, so that these do not find it.

    It is reserved in the stock itself for that long, for no move. See ``mto.held.goods``.
    """

    _name = "mto.aside.goods"
    _description = "Make to Order: Goods Set Aside While Others Take"

    @api.model
    def _filter_takers(self, moves):
        """The moves that take from the common stock, and not what was brought for them."""
        return moves.filtered(
            lambda move: (
                not move.move_orig_ids
                and move.procure_method == "make_to_stock"
                and move.product_id.is_storable
                and not move._should_bypass_reservation()
            )
        )

    @api.model
    def _filter_forced(self, moves):
        """The moves for which a person says what is taken; what is a fact already is not."""
        return moves.filtered(
            lambda move: (
                move.product_id.is_storable
                and not self.env["mto.held.goods"]._is_fact(move)
                and not move._should_bypass_reservation()
            )
        )

    def _find_others(self, takers):
        """What is held for other needs than these moves: {move: {place: quantity}}.

        Without what is set aside already: see ``mto_aside`` in the context.
        """
        if not takers:
            return {}
        done = {move.id for shares in self._get_aside().values() for move in shares}
        return self.env["mto.held.goods"]._find_held(
            Domain("product_id", "in", takers.product_id.ids)
            & Domain("company_id", "in", takers.company_id.ids)
            & Domain("id", "not in", [*takers.ids, *done])
        )

    def _get_aside(self):
        return self.env.context.get("mto_aside", {})

    @api.model
    @contextmanager
    def _set_aside(self, takers, lines=None, others=None, taken=None):
        """Have nobody find what is held for others, while these moves take their goods.

        :param lines: the ``stock.move.line`` records that are taken, where a person says so:
            then an order may take what it holds itself
        :param others: what is held for others, where it is known already
        :param taken: those of the lines that have reserved or taken their goods; else all
        :return: {(product, *place): {need: quantity}} of what is set aside
        """
        if others is None:
            others = self._find_others(takers.sudo())
        if lines is not None:
            others = others and self._leave_own(others, takers.sudo(), lines.sudo())
            taken = lines if taken is None else taken
        elif taken is None:
            taken = self.env["stock.move.line"]
        aside = self._share_aside(others, taken.sudo())
        self._reserve(aside, 1)
        try:
            yield aside
        except Exception as error:
            # Where the database has refused something, it refuses this, too.
            if not isinstance(error, psycopg2.Error):
                self._reserve(aside, -1)
            raise
        self._reserve(aside, -1)

    @api.model
    def _take_added(self, lines):
        """Take what is added to a transfer that is done like what is changed in it.

        Core lets go of what others have reserved where a line takes more afterwards, and not
        where one is added. It is so only for what orders need.

        :param lines: ``stock.move.line`` records that are done, and have taken their goods
        """
        takers = self._filter_forced(lines.move_id)
        needed = self._find_needed(takers)
        takers = takers.filtered(lambda move: move.product_id in needed)
        lines = lines.filtered(lambda line: line.move_id in takers)
        with self._set_aside(takers, lines) as goods:
            for line in lines.with_context(mto_aside=goods) if goods else lines:
                self._free(line)

    def _find_needed(self, takers):
        """The products of these moves that some order's need waits for."""
        if not takers:
            return takers.product_id
        waiting = (
            Domain("state", "not in", ("draft", "done", "cancel"))
            & Domain("product_id", "in", takers.product_id.ids)
            & Domain("company_id", "in", takers.company_id.ids)
            & Domain("mto_key", "!=", False)
        )
        groups = self.env["stock.move"].sudo()._read_group(waiting, ["product_id"])
        return takers.product_id.browse([product.id for (product,) in groups])

    def _free(self, line):
        """Let others give up what a line has taken of theirs."""
        place = get_place(line)
        short = -self.env["stock.quant"]._get_available_quantity(
            line.product_id, *place, strict=True, allow_negative=True
        )
        short = min(short, line.quantity_product_uom)
        if line.product_id.uom_id.compare(short, 0.0) > 0:
            location, lot, package, owner = place
            line._free_reservation(
                line.product_id, location, short, lot_id=lot, package_id=package, owner_id=owner
            )

    def _leave_own(self, others, takers, lines):
        """What is held, without what a person may take of it by these moves."""
        own = self.env["mto.held.goods"]._find_own_orders(takers)
        others = {
            move: places
            for move, places in others.items()
            if not move.mto_sale_line_id.order_id & own
        }
        return self._leave_within(others, takers, lines)

    def _leave_within(self, others, takers, lines):
        """What is held, without what is only put elsewhere within its need's own place.

        There it is found again, see ``mto.moved.goods``.
        """
        left = {}
        for move, places in others.items():
            moved = [one for one in takers if one.product_id == move.product_id]
            for place, held in places.items():
                own = [
                    line
                    for line in lines
                    if line.product_id == move.product_id and get_place(line) == place
                ]
                inside = move.location_id.parent_path
                if not all(
                    one.location_dest_id.parent_path.startswith(inside) for one in own or moved
                ):
                    left.setdefault(move, {})[place] = held
        return left

    def _share_aside(self, others, lines):
        """As much of what is held as is still there: {(product, *place): {need: quantity}}."""
        aside, free = defaultdict(dict), {}
        for move, places in others.items():
            product = move.product_id
            for place, held in places.items():
                key = (product, *place)
                if key not in free:
                    free[key] = self.env["mto.held.goods"]._get_free(product, place, lines)
                share = planner.half_up(min(held, free[key]), product.uom_id.rounding)
                if share > 0:
                    aside[key][move] = share
                    free[key] -= share
        return dict(aside)

    def _reserve(self, aside, sign):
        """Reserve what is set aside in the stock itself, for no move; or let go of it."""
        quants = self.env["stock.quant"].sudo()
        for (product, location, lot, package, owner), shares in aside.items():
            quantity = product.uom_id.round(sum(shares.values()))
            if quantity:
                quants._update_reserved_quantity(
                    product,
                    location,
                    sign * quantity,
                    lot_id=lot,
                    package_id=package,
                    owner_id=owner,
                )

    @api.model
    def _refuse(self, taker, product, location, lot, package, owner):
        """See that a move line has taken nothing of what is set aside, unless it is a fact.

        :param taker: the ``stock.move.line`` that has taken all that others can give up
        :raises UserError: where it has
        """
        place = (location, lot or self.env["stock.lot"], package or self.env["stock.package"])
        key = (product, *place, owner or self.env["res.partner"])
        shares = self._get_aside().get(key)
        if not shares:
            return
        short = -self.env["stock.quant"]._get_available_quantity(
            product, location, lot, package, owner, strict=True, allow_negative=True
        )
        if product.uom_id.compare(short, 0.0) <= 0:
            return
        held = self.env["mto.held.goods"]
        if held._is_fact(taker.move_id):
            self._let_go(key, shares, short)
            return
        needs = self.env["stock.move"].sudo().union(*shares)
        raise UserError(held._explain(taker, needs, min(short, sum(shares.values()))))

    def _let_go(self, key, shares, quantity):
        """Set so much less aside (product's unit), of those who come last first."""
        less = {}
        for move in reversed(shares):
            less[move] = min(shares[move], max(quantity, 0.0))
            shares[move] -= less[move]
            quantity -= less[move]
        self._reserve({key: less}, -1)
