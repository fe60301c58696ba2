from collections import defaultdict

from odoo import api, models
from odoo.fields import Command

from .. import planner


class Pieces:
    """What each part of a need gives to each production that a production is split into.

    Handed down in the context as one object. Core makes one move for every production from
    every part; here a part makes as many as there are productions that take from it, the
    first of them being itself, and each goes to its production afterwards.
    """

    def __init__(self):
        self._wanted = {}
        self._first = {}
        self._made = defaultdict(list)

    def add(self, move, shares):
        """``shares``: the quantity for each production in turn, in the move's unit."""
        wanted = [(place, share) for place, share in enumerate(shares) if share > 0]
        self._wanted[move] = wanted = wanted or [(0, 0.0)]
        self._first[move.id] = wanted[0][1]

    def take_first(self, move, quantity):
        """What a part keeps, once, instead of the quantity that core has reckoned."""
        return self._first.pop(move.id, quantity)

    def prepare(self, move, vals_list):
        """Give the moves that core makes from a part their quantities, in their order."""
        shares = [share for _place, share in self._wanted.get(move, ())][1:]
        for place, vals in enumerate(vals_list if move in self._wanted else ()):
            vals["product_uom_qty"] = shares[place] if place < len(shares) else 0.0

    def add_made(self, move, made):
        self._made[move].append(made)

    def iterate(self):
        """Yield (move, place of its production), and (move, None) for what is empty."""
        for move, wanted in self._wanted.items():
            places = [place for place, _share in wanted]
            for index, piece in enumerate([move, *self._made[move]]):
                yield piece, places[index] if index < len(places) else None


class Consumption:
    """What the components of productions consume of needs in several parts, reckoned once.

    Handed down in the context as one object: core sets one component after the other, and
    what is set for the first must not change the shares of the others.

    ``is_finished``: see ``mto.parts._share_consumption``.
    """

    def __init__(self, is_finished=False):
        self._is_finished = is_finished
        self._shares = {}

    def get(self, move, quantity):
        """A component's share in its unit, or the quantity that core has reckoned."""
        production = move.raw_material_production_id
        if production not in self._shares:
            parts = move.env["mto.parts"]
            self._shares[production] = parts._share_consumption(production, self._is_finished)
        return self._shares[production].get(move, quantity)


class MtoParts(models.AbstractModel):
    """A need that several moves cover together is one need for whoever works with it.

    Core shares every move by ratio: of seven from stock and one bought, half a production
    would consume three and a half, and half a piece. Here the need is shared as a whole, in
    whole roundings of the unit (serial numbers: whole pieces), what is in stock first.
    """

    _name = "mto.parts"
    _description = "Make to Order: Needs in Parts"

    @api.model
    def _group(self, moves, by_unit=True):
        """The parts of each need, what stock covers first.

        :param moves: components of productions
        :param by_unit: whether those in another unit are a group of their own
        :return: a list of ``stock.move`` recordsets
        """
        groups = {}
        for move in moves:
            is_part = move.product_uom_qty or move.move_orig_ids
            if move.mto_key and move.state not in ("done", "cancel") and is_part:
                index = (
                    move.raw_material_production_id,
                    move.bom_line_id,
                    move.product_id,
                    by_unit and move.product_uom,
                )
                groups[index] = groups.get(index, moves.browse()) | move
        return [
            parts.sorted(lambda move: move.procure_method == "make_to_order")
            for parts in groups.values()
        ]

    @api.model
    def _measure(self, parts):
        """The part of a need in whose unit the need can be any quantity, and its quantity.

        What stock covers in part, and the rest, may be in the product's own unit.

        :return: (the last part in that unit, quantity of all parts in it)
        """
        product_unit = parts.product_id.uom_id
        own = (move for move in reversed(parts) if move.product_uom == product_unit)
        part = next(own, parts[-1])
        total = sum(
            move.product_uom._compute_quantity(move.product_uom_qty, part.product_uom, round=False)
            for move in parts
        )
        return part, total

    def _get_rounding(self, parts):
        unit = parts.product_uom
        if parts.product_id.tracking == "serial" and unit == parts.product_id.uom_id:
            return max(1.0, unit.rounding)
        return unit.rounding

    def _fill(self, parts, wanted, taken=(), further=()):
        """``planner.fill``; what is wanted beyond the need joins what comes from stock.

        :param further: what is taken first of what is wanted beyond the need, in turn: lists of
            the quantities that each part has for it
        """
        rounding = self._get_rounding(parts)
        demands = parts.mapped("product_uom_qty")
        shares = planner.fill(demands, wanted, rounding, taken)
        for quantities in further:
            more = planner.fill(quantities, self._get_beyond(shares, wanted, rounding), rounding)
            shares = [
                [planner.half_up(one + other, rounding) for one, other in zip(*rows, strict=True)]
                for rows in zip(shares, more, strict=True)
            ]
        for place, beyond in enumerate(self._get_beyond(shares, wanted, rounding)):
            shares[0][place] = planner.half_up(shares[0][place] + beyond, rounding)
        return shares

    def _get_beyond(self, shares, wanted, rounding):
        """What is wanted beyond what is given, for each that wants some."""
        given = map(sum, zip(*shares, strict=True))
        return [
            max(planner.half_up(quantity - share, rounding), 0.0)
            for quantity, share in zip(wanted, given, strict=True)
        ]

    # -- consumption -------------------------------------------------------------------

    @api.model
    def _share_consumption(self, production, is_finished=False):
        """{move: quantity to consume} for what is being produced, of needs in several parts.

        :param is_finished: whether a work order is finished: then all is being produced of
            which nobody says how much
        """
        active = production.move_raw_ids.filtered(
            lambda move: not (move.picked and move.manual_consumption)
        )
        producing = production.qty_producing
        if is_finished and production.product_uom_id.is_zero(producing):
            producing = production.product_qty
        producing -= production.qty_produced
        shares = {}
        for parts in self._group(active):
            if len(parts) > 1:
                rounding = self._get_rounding(parts)
                total = sum(producing * move.unit_factor for move in parts)
                wanted = planner.half_up(total, rounding)
                for move, (share,) in zip(parts, self._fill(parts, [wanted]), strict=True):
                    shares[move] = share
        return shares

    # -- split and backorder -----------------------------------------------------------

    @api.model
    def _plan_split(self, quantities):
        """What every part gives to each production of a split.

        :param quantities: {production: its quantities, its own first}
        :return: Pieces
        """
        pieces = Pieces()
        for production, amounts in quantities.items():
            for parts in self._group(production.move_raw_ids):
                rounding = self._get_rounding(parts)
                total = sum(parts.mapped("product_uom_qty"))
                wanted = planner.share_out(total, amounts, rounding, production.product_qty)
                taken = [move.quantity if move.picked else 0.0 for move in parts]
                for move, shares in zip(parts, self._fill(parts, wanted, taken), strict=True):
                    pieces.add(move, shares)
        return pieces

    @api.model
    def _carry_out(self, pieces, productions):
        """Give every piece of a split to its production, and delete what is empty.

        :param productions: {production: the productions of its split, itself first}
        """
        empty = self.env["stock.move"]
        for move, place in list(pieces.iterate()):
            if place is None:
                empty |= move
                continue
            split = productions[self._find_split(move, productions)]
            target = split[place]
            if move.raw_material_production_id != target:
                self._hand_over(move, target)
        self._remove(empty)

    @api.model
    def _remove(self, moves):
        """Delete moves, and leave what they are tied to to those that stand for them."""
        moves._do_unreserve()
        moves.write(
            {
                "move_orig_ids": [Command.clear()],
                "created_purchase_line_ids": [Command.clear()],
                "state": "draft",
            }
        )
        moves.unlink()

    def _find_split(self, move, productions):
        own = move.raw_material_production_id
        return next(production for production, split in productions.items() if own in split)

    def _hand_over(self, move, production):
        """Let a move, with all that is reserved for it, be a component of another production."""
        workorders = production.workorder_ids.filtered(
            lambda workorder: workorder.operation_id == move.operation_id
        )
        move.write(
            {
                "raw_material_production_id": production.id,
                "workorder_id": workorders[:1].id if move.operation_id else False,
                "origin": production._get_origin(),
            }
        )
        move.move_line_ids.write(
            {"production_id": production.id, "workorder_id": move.workorder_id.id}
        )
