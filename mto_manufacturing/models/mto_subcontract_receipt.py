from contextlib import contextmanager

from odoo import api, models

from .. import planner
from .mto_change_source import Excess

_GONE = ("done", "cancel")


class MtoSubcontractReceipt(models.AbstractModel):
    """What is made by a subcontractor, of which the receipt says how much has come.

    Core makes the production as great as what has come, whoever says it, and however. What is
    sent there is for what is ordered: it stays while the rest may come.
    """

    _name = "mto.subcontract.receipt"
    _inherit = "mto.parts"
    _description = "Make to Order: Receipts from Subcontractors"

    @api.model
    def _is_awaited(self, production):
        """Whether a receipt says how much of a production is made."""
        is_theirs = "subcontractor_id" in production._fields and production.subcontractor_id
        return bool(is_theirs and self._find_open(production))

    def _find_open(self, production):
        receipts = production._mto_get_finished().move_dest_ids
        return receipts.filtered(lambda move: move.state not in _GONE)

    @api.model
    def _find_still_ordered(self, productions):
        """Those of productions that go, whose goods their subcontractors are still to send.

        Of one receipt there is a production for each lot. That of a lot that has not come goes,
        and one for the rest is split from another when the others are received.
        """
        if "subcontractor_id" not in productions._fields:
            return productions.browse()
        return productions.filtered(
            lambda one: one.subcontractor_id and self._is_still_ordered(one, productions)
        )

    def _is_still_ordered(self, production, gone):
        others, ordered = self._read_ordered(production, gone)
        return others and production.product_id.uom_id.compare(ordered, 0.0) > 0

    @api.model
    def _read_ordered(self, production, gone):
        """What else is made for the receipts of a production, and what they order beyond that.

        Of one receipt there may be several productions, one for each lot.

        :param gone: productions that do not count
        :return: (productions, quantity in the product's unit)
        """
        receipts = self._find_open(production)
        others = (receipts.move_orig_ids.production_id - gone).filtered(
            lambda one: one.state not in _GONE
        )
        made = sum(others.mapped("product_uom_qty"))
        return others, sum(receipts.mapped("product_qty")) - made

    # -- what has come says how much is made -------------------------------------------

    @api.model
    def _resize(self, production, factor):
        """Consume for what has come, and leave what supplies the rest: it may come later.

        What is ordered in addition is supplied, and what is not ordered any more is given back.
        """
        active = production.move_raw_ids.filtered(lambda move: move.state not in _GONE)
        groups, now = self._group(active), production.product_uom_qty
        _others, ordered = self._read_ordered(production, production)
        quantities = (now * factor, max(ordered, 0.0))
        told = [production._mto_explode_need({"quantity": one}) for one in (now, *quantities)]
        less, more, wanted = [], [], []
        for parts in [*groups, *(active - active.union(*groups))]:
            unit, spare = parts.product_uom, sum(self._get_spare(parts))
            total = sum(parts.mapped("product_uom_qty"))
            made, asked = self._tell(parts, told) or (
                unit.round(total * one / now, rounding_method="UP") for one in quantities
            )
            less += self._find_less(parts, total - max(made, asked))
            added = min(made, asked) - total - spare
            if unit.compare(added, 0.0) > 0 and "make_to_order" in parts.mapped("procure_method"):
                more.append((parts[-1], added, None))
                made -= added
            wanted.append((parts, made))
        self.env["mto.production.change"]._give_back(less)
        for parts, quantity in wanted:
            self._consume(parts.filtered(lambda move: move.state not in _GONE), quantity)
        production._mto_confirm_increases(more)

    def _tell(self, parts, told):
        """What the BoM asks for other quantities, in a need's unit; none where it has another.

        Else what was rounded up would be rounded up once more.

        :param told: [{BoM line: quantity}], the first as the need should be
        """
        line, unit = parts.bom_line_id, parts.product_uom
        if any(line not in one for one in told):
            return []
        total = sum(parts.mapped("product_uom_qty"))
        needs = [line.product_uom_id._compute_quantity(one[line], unit) for one in told]
        return needs[1:] if unit.compare(needs[0], total) == 0 else []

    @api.model
    @contextmanager
    def _watch(self, moves, vals):
        """Give back what supplies the rest of receipts of which less is ordered.

        :param vals: what is written on moves; one that is split asks for as much as before
        """
        ordered = {}
        if "product_uom_qty" in vals and "do_not_unreserve" not in self.env.context:
            receipts = self._filter_theirs(moves).filtered(lambda move: move.state not in _GONE)
            ordered = {receipt: receipt.product_qty for receipt in receipts}
        yield
        for receipt, before in ordered.items():
            made = sum(self._get_productions(receipt).mapped("product_uom_qty"))
            rest = max(before, made) - max(receipt.product_qty, made)
            self._give_back_rest(receipt, rest)

    @api.model
    def _close(self, productions):
        """Give back what supplies what is never made: it does not come any more."""
        finished = productions.filtered("mto_key")._mto_get_finished()
        for receipt in self._filter_theirs(finished.move_dest_ids):
            made = sum(self._get_productions(receipt).mapped("product_uom_qty"))
            self._give_back_rest(receipt, receipt.product_qty - made)

    def _filter_theirs(self, moves):
        """The receipts from subcontractors among moves."""
        if "is_subcontract" not in moves._fields:
            return moves.browse()
        return moves.sudo().filtered(lambda move: move.is_subcontract and move.state != "cancel")

    def _get_productions(self, receipt):
        """What is made for a receipt, one production for each lot."""
        return receipt.move_orig_ids.production_id.filtered(lambda one: one.state != "cancel")

    def _give_back_rest(self, receipt, rest):
        """Give back what supplies what was ordered and is not made.

        It is tied to what the productions consume. They need it first, to be needed less.

        :param rest: how much is not made, in the product's unit
        """
        if receipt.product_id.uom_id.compare(rest, 0.0) <= 0:
            return
        needs, left = [], {}
        for production in self._get_productions(receipt).filtered("mto_key"):
            for parts in self._group(production.move_raw_ids):
                component = (parts.bom_line_id, parts.product_id, parts.product_uom)
                each = sum(parts.mapped("product_uom_qty")) / production.product_uom_qty
                wanted = left.get(component, parts.product_uom.round(each * rest))
                less = self._take_up(parts, wanted)
                left[component] = wanted - less
                needs += self._find_less(parts, less)
        self.env["mto.production.change"]._give_back(needs)

    def _take_up(self, parts, quantity):
        """Let parts need what their own supply has to spare; return how much they took."""
        spare, rounding = self._get_spare(parts), self._get_rounding(parts)
        shares = [share for (share,) in planner.fill(spare, [quantity], rounding)]
        for move, share in zip(parts, shares, strict=True):
            if share > 0:
                steady = move.with_context(no_procurement=True, do_not_unreserve=True)
                steady.product_uom_qty += share
        return sum(shares)

    def _find_less(self, parts, quantity):
        """What a need is less (its unit), a list of one Excess or none."""
        if parts.product_uom.compare(quantity, 0.0) <= 0:
            return []
        unit = parts.product_id.uom_id
        less = parts.product_uom._compute_quantity(quantity, unit, rounding_method="HALF-UP")
        return [Excess(parts, less)]

    def _consume(self, parts, quantity):
        """Let a need be a quantity in its unit, and order nothing for it."""
        if parts and quantity > 0:
            shares = self._fill(parts, [quantity], further=[self._get_spare(parts)])
            for move, (share,) in zip(parts, shares, strict=True):
                move.with_context(no_procurement=True).product_uom_qty = share

    def _get_spare(self, parts):
        """What each part's own supply brings beyond what is asked of it, in the part's unit."""
        reader, spare = self.env["mto.shared.source"], []
        told, told_lines = parts.browse(), self.env["purchase.order.line"]
        for move in parts:
            origins = reader._get_origins(move)
            bought = move._mto_get_expected_purchases() - origins.purchase_line_id - told_lines
            origins -= told
            told |= origins
            told_lines |= bought
            quantity = sum(origin._mto_get_quantity() for origin in origins)
            quantity += sum(bought.mapped("product_uom_qty"))
            served = reader._get_dests(origins) | bought.move_dest_ids
            served = served.filtered(lambda one: one.state not in ("draft", "cancel"))
            quantity -= sum(dest._mto_get_quantity() for dest in served)
            spare.append(
                move.product_id.uom_id._compute_quantity(
                    max(quantity, 0.0), move.product_uom, rounding_method="DOWN"
                )
            )
        return spare
