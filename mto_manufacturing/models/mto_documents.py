from collections import defaultdict
from dataclasses import dataclass, field

from odoo import fields, models
from odoo.fields import Domain

from .. import planner


@dataclass(eq=False)
class Source:
    """A document that covers needs: what it gives in all, and what no need has had yet.

    ``below``: keys of the needs of what is consumed, in their order; ``receipt``: the move that
    brings it, where it was ordered for nobody; ``purchase``: what is bought, and of whom;
    ``fault``: why nothing will come of it as it is.
    Quantities are in the product's unit.
    """

    supply: str
    document: planner.Document
    quantity: float
    left: float
    below: list = field(default_factory=list)
    receipt: models.BaseModel = None
    purchase: planner.Purchase = None
    fault: planner.Fault = None


@dataclass(eq=False)
class Peg:
    """A share of one supply in one move's need; ``unpegged``: the part no hard link ties."""

    supply: str
    quantity: float
    move: models.BaseModel = None
    source: Source = None
    unpegged: float = 0.0
    reason: str = ""
    fault: planner.Fault = None
    purchase: planner.Purchase = None


class OrderDocuments:
    """The moves of an order and what each of them is tied to, read in waves.

    ``needs``: the moves that take goods where stock is kept, by the key of their demand.
    """

    def __init__(self, order, is_supply_place):
        self._is_supply_place = is_supply_place
        self._places = {}
        self._sources = {}
        self._used, self._used_keys = set(), set()
        self._others = {}  # what the needs of other orders still want
        self._needed = {}  # what needs ask of purchase lines
        self._lines = order.order_line
        self.moves = self._find_moves()
        self._ids = set(self.moves._ids)
        self.needs = self._find_needs()
        self._keys = {move: key for key, moves in self.needs.items() for move in moves}
        self._by_key = defaultdict(list)
        productions = self.moves.raw_material_production_id | self.moves.production_id
        productions.move_finished_ids.mapped("move_dest_ids")  # of all at once, for later
        for production in productions:
            if production.mto_key and production.state != "cancel":
                self._by_key[production.mto_key].append(production)

    # -- moves -------------------------------------------------------------------------

    def _find_moves(self):
        """The order's moves and all that leads to them: a query per step, not per move."""
        # Core's own link stays where what was sent for the order serves another by then.
        lines = Domain("sale_line_id", "in", self._lines.ids)
        lines &= Domain("mto_sale_line_id", "=", False)
        lines |= Domain("mto_sale_line_id", "in", self._lines.ids)
        domain = lines & Domain("state", "!=", "cancel")
        found = self._lines.env["stock.move"].search(domain, order="id")
        wave, expected = found, found.browse()
        while wave:
            below = wave.move_orig_ids | (wave - expected).production_id.move_raw_ids
            # What was ordered for nobody has needs of its own.
            expected |= wave.filtered("mto_from_receipt").move_orig_ids
            wave = below.filtered(lambda move: move.state != "cancel") - found
            found |= wave
        return found.sorted("id")

    def _find_needs(self):
        needs = defaultdict(list)
        for move in self.moves:
            key = self._is_kept(move.location_id) and self._get_key(move)
            if (
                key
                and not self._is_left_over(move)
                and not any(
                    self._get_key(before) == key and self._is_kept(before.location_id)
                    for before in move.move_orig_ids | move.move_orig_ids.origin_returned_move_id
                )
            ):
                needs[key].append(move)
        return needs

    def _is_left_over(self, move):
        """Whether the goods were brought for something that is not made any more."""
        if move.state != "done" or move.sale_line_id or move.raw_material_production_id:
            return False
        return not any(dest.state != "cancel" for dest in move.move_dest_ids)

    def is_over(self, move):
        """Whether what a move took is used up, or sent, and not by the order itself.

        Where nothing leads on from there, it was for what others have or nobody asks for.
        """
        return move.state == "done" and not move._mto_goes_to_customer()

    def _is_kept(self, location):
        if location.id not in self._places:
            self._places[location.id] = self._is_supply_place(location)
        return self._places[location.id]

    def _get_key(self, move):
        """The key of the demand that a move serves; one is made up where nothing planned it."""
        if move.mto_key:
            return move.mto_key
        production = move.raw_material_production_id
        if production:
            above = production.mto_key or f"p{production.id}"
            return planner.component_key(above, f"+{move.id}")
        line = move.sale_line_id
        if line not in self._lines or move.production_id:
            return ""
        place = move.bom_line_id.id if move.product_id != line.product_id else ""
        return planner.line_key(line.id, place or "")

    # -- what covers them --------------------------------------------------------------

    def find_tied(self, move):
        """The sources that hard links tie to a need's move, each once."""
        if move.mto_from_receipt:
            alive = move.move_orig_ids.filtered(lambda orig: orig.id in self._ids)
            return [self._from_expected(orig) for orig in alive]
        return list(dict.fromkeys(self._follow(move)))

    def find_loose(self, move):
        """The sources that were made for a need's move and are not tied to it any more."""
        if move.procure_method != "make_to_order":
            return []
        made = [*move.created_production_id, *self._by_key[self._keys[move]]]
        loose = [self._from_production(one) for one in made if one.state != "cancel"]
        bought = move.created_purchase_line_ids
        loose += [self._from_purchase(one, move) for one in bought if one.state != "cancel"]
        return list(dict.fromkeys(loose))

    def _follow(self, move):
        """Follow a need's links to what makes, buys or sends its goods, through any steps.

        A return that was returned leads back to where it came from.
        """
        waiting = [(orig, orig, move) for orig in move.move_orig_ids]
        for line in move._mto_get_expected_purchases():
            yield self._from_purchase(line, move)
        while waiting:
            orig, first, path = waiting.pop(0)
            if orig.id not in self._ids:
                continue  # cancelled
            path |= orig
            if orig.production_id:
                yield self._from_production(orig.production_id)
            elif orig.purchase_line_id or orig.location_id.usage == "supplier":
                yield self._from_receipt(orig, path)
            elif orig in self._keys:
                self._mark_used(orig)
                yield self._from_transfer(first, self._keys[orig])
            else:
                waiting += [(above, first, path) for above in orig.move_orig_ids - path]
                for line in orig.created_purchase_line_ids:
                    yield self._from_purchase(line, path)

    def _mark_used(self, move):
        self._used.add(move)
        self._used_keys.add(self._keys[move])

    def is_used(self, move):
        """Whether links lead from a need's move to what it is for, once all are followed."""
        return move in self._used or self._keys.get(move) not in self._used_keys

    def _from_production(self, production):
        if production in self._sources:
            return self._sources[production]
        finished = production.move_finished_ids.filtered(
            lambda move: move.product_id == production.product_id and move.state != "cancel"
        )
        quantity = sum(move._mto_get_quantity() for move in finished)
        source = self._add(planner.PRODUCTION, production, production, quantity)
        self._leave_to_others(source, finished.move_dest_ids)
        source.below = self._find_consumed(production)
        if production.state == "draft" and not production.move_raw_ids:
            source.fault = planner.Fault("empty_bom" if production.bom_id else "no_bom")
        return source

    def _find_consumed(self, production):
        """The keys of a production's needs, in the order of its components."""
        keys, seen = {}, set()
        for raw in production.move_raw_ids:
            waiting = [raw] if raw.state != "cancel" else []
            while waiting:
                move = waiting.pop(0)
                if move in seen:
                    continue
                seen.add(move)
                if move in self._keys:
                    keys[self._keys[move]] = True
                    self._mark_used(move)
                elif move.id in self._ids:
                    waiting += move.move_orig_ids
        return list(keys)

    def _from_expected(self, move):
        """What brings goods that were ordered for nobody; told by the first of its steps."""
        index = (planner.RECEIPT, move)
        if index not in self._sources:
            first = seen = move
            while first.move_orig_ids - seen and not first.purchase_line_id:
                first = (first.move_orig_ids - seen)[0]
                seen |= first
            document = first.purchase_line_id.order_id or first.production_id
            document = document or move.picking_id or move
            source = self._add(planner.RECEIPT, index, document, move._mto_get_quantity())
            source.receipt = move
            self._leave_to_others(source, move.move_dest_ids)
        return self._sources[index]

    def _from_receipt(self, move, path):
        if move.purchase_line_id:
            return self._from_purchase(move.purchase_line_id, path)
        document = move.picking_id or move
        if document not in self._sources:
            self._add(planner.RECEIPT, document, document, move._mto_get_quantity())
        return self._sources[document]

    def _from_purchase(self, line, path):
        """``path``: the moves on the way; the line was ordered for none of them: a receipt."""
        if line in self._sources:
            return self._sources[line]
        known = line.move_ids.filtered(lambda move: move._mto_is_bought())
        receipts = known.filtered(lambda move: move.state != "cancel")
        quantity = self._get_brought(receipts)
        if not receipts and (line._mto_is_expected() or line.move_ids != known):
            quantity = line.product_uom_qty  # else nothing comes of it any more
        ordered = bool(line.move_dest_ids & path) or not path
        supply = planner.PURCHASE if ordered else planner.RECEIPT
        source = self._add(supply, line, line.order_id, quantity)
        if ordered:
            source.purchase = self._prepare_purchase(line, quantity)
        self._leave_to_others(source, line.move_dest_ids)
        if receipts:  # what is sent to a subcontractor
            source.below = self._find_consumed(receipts.move_orig_ids.production_id)
        return source

    def _get_brought(self, receipts):
        """What receipts bring, less what of it was sent back."""
        quantity = sum(move._mto_get_quantity() for move in receipts)
        return quantity - receipts._mto_get_sent_back()

    def _prepare_purchase(self, line, quantity):
        """What a purchase line buys, as the planner tells it."""
        order, company, unit = line.order_id, line.company_id, line.product_id.uom_id
        amount = line.price_unit * (1 - (line.discount or 0.0) / 100)
        amount = line.product_uom_id._compute_price(amount, unit)
        if order.currency_id != company.currency_id:
            today = fields.Date.context_today(line)
            amount = order.currency_id._convert(
                amount, company.currency_id, company, today, round=False
            )
        needed = self._get_needed(line) or quantity
        return planner.Purchase(
            ordered=line.product_qty,
            quantity=quantity,
            surplus=max(planner.half_up(quantity - needed, unit.rounding), 0.0),
            needed=needed,
            vendor_id=order.partner_id.id,
            price=amount,
            waits=order.mto_waits,
        )

    def _get_needed(self, line):
        """What make-to-order needs ask of a purchase line; read of all with the first one."""
        if line not in self._needed:
            lines = line if self._needed else line | self.moves.created_purchase_line_ids
            self._needed.update(lines._mto_sum_needs())
        return self._needed[line]

    def _from_transfer(self, move, key):
        """``move`` brings the goods that the need of ``key`` sends."""
        document = move.picking_id or move
        index = (document, key)
        if index not in self._sources:
            source = self._add(planner.TRANSFER, index, document, 0.0)
            source.below = [key]
        source = self._sources[index]
        if (index, move) not in self._sources:
            self._sources[index, move] = source
            quantity = move._mto_get_quantity()
            source.quantity += quantity
            source.left += quantity
            source.document = self._prepare_document(document, source.quantity)
        return source

    def _add(self, supply, index, record, quantity):
        document = self._prepare_document(record, quantity)
        source = Source(supply, document, quantity, quantity)
        self._sources[index] = source
        return source

    def _prepare_document(self, record, quantity):
        return planner.Document(
            record._name, record.id, record.display_name, record.state, quantity
        )

    def _leave_to_others(self, source, moves):
        """What other orders' needs are tied to is not left for this one, each of them once."""
        for move in moves:
            if move.id not in self._ids and move.state != "cancel":
                wanted = self._others.setdefault(move, move._mto_get_quantity())
                share = min(source.left, wanted)
                self._others[move] -= share
                source.left -= share

    def find_drop_shipments(self, line):
        """What is bought for an order line and never passes through a warehouse."""
        bought = line.purchase_line_ids.filtered(lambda bought: bought.state != "cancel")
        direct = bought.filtered(lambda bought: not bought.move_dest_ids)
        return [self._from_purchase(one, one.move_dest_ids) for one in direct]
