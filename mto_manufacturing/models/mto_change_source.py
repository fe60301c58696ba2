from dataclasses import dataclass, field

from odoo import models

from .. import planner

#: A purchase of these states binds nobody yet.
OPEN_PURCHASE = ("draft", "sent")


@dataclass(eq=False)
class Excess:
    """A need that is greater than it has to be.

    ``moves``: all parts of the need, in the order in which they got scarce stock.
    ``quantity``: how much is too much, in the product's unit; None: all of it.
    """

    moves: models.BaseModel
    quantity: float | None = None


@dataclass(eq=False)
class Kept:
    """A document that stays though a need that it was made for is gone.

    ``quantity``: what it gives beyond what is needed now, in the product's unit.
    ``sale_lines``: the order lines that it was for.
    """

    document: models.BaseModel
    product: models.BaseModel
    sale_lines: models.BaseModel
    quantity: float = 0.0


@dataclass(eq=False)
class GivenBack:
    """What became of a change: what stays and who has to know it, and what is cancelled.

    ``sources``: the productions and transfers of which less was needed.
    """

    kept: dict = field(default_factory=dict)
    productions: list = field(default_factory=list)
    sources: set = field(default_factory=set)

    def keep(self, document, moves, quantity):
        """Remember that a document stays, and for which moves, of one product, it was."""
        self.keep_for(document, moves.product_id, moves.mto_sale_line_id, quantity)

    def keep_for(self, document, product, sale_lines, quantity):
        """The same of what was for order lines by itself: no move of theirs stands for it."""
        index = (document, product)
        kept = self.kept.get(index)
        if kept is None:
            kept = self.kept[index] = Kept(document, product, sale_lines)
        kept.quantity += quantity
        if document._name == "stock.move":  # each step that leads to a need is told of it
            kept.quantity = min(kept.quantity, document._mto_get_quantity())
        kept.sale_lines |= sale_lines


class MtoChangeSource(models.AbstractModel):
    """Reads what supplies a move, and whether that has started."""

    _name = "mto.change.source"
    _inherit = "mto.shared.source"
    _description = "Make to Order: What Can Be Given Back"

    def _read_together(self, moves):
        """Read what is asked of each of many moves in turn, for all of them at once."""
        moves.mapped("product_qty")
        moves.mapped("move_line_ids.quantity_product_uom")
        moves.mapped("move_orig_ids.state")
        moves.mapped("move_orig_ids.product_qty")
        moves.mapped("move_orig_ids.move_dest_ids.state")
        productions = moves.move_orig_ids.production_id
        productions.mapped("state")
        productions.mapped("product_uom_qty")
        productions.mapped("move_raw_ids.product_qty")
        productions.mapped("move_raw_ids.bom_line_id.bom_id.bom_line_ids")
        productions.mapped("move_finished_ids.move_dest_ids.move_orig_ids.state")
        productions.mapped("bom_id.product_tmpl_id.uom_id")
        lines = moves.created_purchase_line_ids
        lines.mapped("state")
        lines.mapped("product_uom_qty")
        lines.mapped("move_dest_ids.product_qty")

    def _get_shares(self, move, shared):
        """The parts of a move's need by what supplies them, in the product's unit.

        A pull within the need's own place (from stock to where it is consumed) is looked
        through. Sources: a production, a purchase line or its transfer, a move that pulls, or
        None: stock.

        :param shared: see ``mto.shared.source._share_origins``
        :return: a list of ``planner.Share`` with the move as their place
        """
        need = move._mto_get_quantity()
        shares = list(self._iterate_shares(move, shared))
        rounding = move.product_id.uom_id.rounding
        rest = planner.half_up(need - sum(share.quantity for share in shares), rounding)
        if rest > 0:
            shares += self._split_by_reservation(move, rest, bool(shares))
        return planner.limit(shares, need, rounding)

    def _split_by_reservation(self, move, quantity, has_sources):
        """The parts of a move that no document supplies: those in stock, and those not yet."""
        if move.picked:
            return [planner.Share(move, planner.STARTED, quantity)]
        reserved = 0.0 if has_sources else min(move._mto_get_reserved(), quantity)
        waiting = planner.half_up(quantity - reserved, move.product_id.uom_id.rounding)
        return [
            planner.Share(move, planner.WAITING, waiting),
            planner.Share(move, planner.RESERVED, reserved),
        ]

    def _iterate_shares(self, move, shared, exactly=False):
        receipts = self.env["purchase.order.line"]
        origins = self._share_origins(move, shared, exactly)
        for orig, quantity in origins.items():
            production = orig.production_id
            if move.mto_from_receipt:
                # It was ordered for nobody, and nobody has to know that it stays.
                rank = planner.RESERVED if orig.state == "done" else planner.ORDERED
                yield planner.Share(move, rank, quantity, None)
            elif production:
                rank = planner.STARTED if production._mto_has_started() else planner.ORDERED
                yield planner.Share(move, rank, quantity, production)
            elif orig.purchase_line_id or orig.location_id.usage == "supplier":
                receipts |= orig.purchase_line_id
                document = orig.purchase_line_id or orig.picking_id or orig
                yield planner.Share(move, planner.STARTED, quantity, document)
            elif orig.state == "done":
                yield planner.Share(move, planner.STARTED, quantity, orig)
            else:
                yield from self._look_through(move, orig, quantity, shared)
        for line in move._mto_get_expected_purchases() - receipts:
            rank = planner.ORDERED if line.state in OPEN_PURCHASE else planner.STARTED
            yield planner.Share(move, rank, line.product_uom_qty, line)

    def _look_through(self, move, orig, quantity, shared):
        """The parts of what a move pulls, as parts of the move itself.

        A transfer has not begun because what it will send has been bought or is being made.
        """
        same = orig.mto_key == move.mto_key
        sends = not same and self.env["mto.stock.reader"]._is_supply_place(orig.location_id)
        rounding = move.product_id.uom_id.rounding
        for share in planner.limit(self._get_shares(orig, shared), quantity, rounding):
            rank, source = share.rank, share.source
            still_there = sends and source is not None and source._name != "stock.move"
            if not same and (rank < planner.STARTED or still_there):
                rank = planner.ORDERED  # a transfer that waits to be sent
            if share.quantity > 0:
                source = orig if rank < planner.STARTED else source or orig
                yield planner.Share(move, rank, share.quantity, source)
