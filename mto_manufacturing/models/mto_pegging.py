from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from .. import planner
from .mto_documents import OrderDocuments, Peg
from .mto_receipt_reader import get_receipt_key


class MtoPegging(models.AbstractModel):
    """Reads the documents of a confirmed order back into the planner's own tree.

    The shares of documents are what hard links tie; where a document was made for a need and
    the link is gone, its share is there and marked. What is done stays in the tree.
    """

    _name = "mto.pegging"
    _inherit = "mto.netting"
    _description = "Make to Order: Pegging"

    @api.model
    def _read(self, order):
        """The tree of an order's demands and of the documents that supply them.

        :param order: one ``sale.order``
        :return: a ``planner.Plan``; what nothing will supply is among its ``gaps``
        """
        order = order.sudo().with_company(order.company_id)
        reader = self.sudo().with_company(order.company_id)
        documents = OrderDocuments(order, reader._is_supply_place)
        pegs = reader._find_pegs(documents)
        return _Tree(reader, order, documents, pegs).build()

    # -- what covers each need ---------------------------------------------------------

    def _find_pegs(self, documents):
        """{key: pegs} of every need: documents, then stock, then who else will bring it."""
        found, left = defaultdict(list), {}
        pairs = [(move, key) for key, moves in documents.needs.items() for move in moves]
        pairs.sort(key=lambda pair: pair[0].id)
        tied = self._find_tied_pegs(documents, [move for move, _key in pairs])
        for move, key in pairs:
            found[key] += tied[move]
            covered = sum(peg.quantity for peg in tied[move])
            rounding = move.product_id.uom_id.rounding
            left[move] = planner.half_up(move._mto_get_quantity() - covered, rounding)
            left[move] -= self._take_reserved(move, left[move], found[key])
        for move, key in pairs:
            loose = documents.find_loose(move) if left[move] > 0 else ()
            left[move] = self._take_loose(loose, move, left[move], found[key])
        waiting = [(move, key, left[move]) for move, key in pairs if left[move] > 0]
        for key, pegs in self._explain(waiting) if waiting else ():
            found[key] += pegs
        for peg in (peg for pegs in found.values() for peg in pegs):
            if not documents.is_used(peg.move):
                peg.unpegged = peg.quantity
        return found

    def _find_tied_pegs(self, documents, moves):
        """{move: its shares of the documents that hard links tie to it}."""
        takers = [
            planner.Taker(
                key=move,
                quantity=move._mto_get_quantity(),
                sources=tuple(documents.find_tied(move)),
                rounding=move.product_id.uom_id.rounding,
            )
            for move in moves
        ]
        left = {source: source.left for taker in takers for source in taker.sources}
        shares = planner.cover(takers, left)
        for source, quantity in left.items():
            source.left = quantity
        return {
            move: [Peg(source.supply, share, move, source) for source, share in own.items()]
            for move, own in shares.items()
        }

    def _take_loose(self, sources, move, left, pegs):
        """Add the shares of documents that no link ties; return what they leave uncovered."""
        rounding = move.product_id.uom_id.rounding
        for source in sources:
            share = planner.half_up(min(source.left, left), rounding)
            if share > 0:
                source.left = planner.half_up(source.left - share, rounding)
                left = planner.half_up(left - share, rounding)
                pegs.append(Peg(source.supply, share, move, source, unpegged=share))
        return planner.half_up(left, rounding)

    def _take_reserved(self, move, left, pegs):
        """Add what is reserved, or was taken, from stock; return how much that is."""
        if left <= 0:
            return 0.0
        unit = move.product_id.uom_id
        from_stock = move._mto_get_reserved() - (move._mto_get_quantity() - left)
        share = planner.half_up(min(left, from_stock), unit.rounding)
        if share <= 0:
            return 0.0
        pegs.append(Peg(planner.STOCK, share, move))
        return share

    def _get_free_by_move(self, moves):
        """{move: free stock for it}, first come first served among all that wait."""
        free = dict.fromkeys(moves, 0.0)
        for place, group in moves.grouped("location_id").items():
            products = group.product_id
            on_hand = defaultdict(float, self._read_unreserved(products, place))
            domain = self._get_waiting_domain(place) & Domain("product_id", "in", products.ids)
            others = self.env["stock.move"].search(domain, order="id")
            for move in others:
                open_quantity = move._mto_get_quantity() - move._mto_get_reserved()
                share = max(min(on_hand[move.product_id], open_quantity), 0.0)
                on_hand[move.product_id] -= share
                if move in free:
                    free[move] = share
        return free

    # -- what nothing covers -----------------------------------------------------------

    def _explain(self, waiting):
        """Net what is left on free stock; who else will bring the rest, or why nobody does.

        :param waiting: a list of (move, key, quantity)
        :return: a list of (key, pegs)
        """
        free = self._get_free_by_move(
            self.env["stock.move"].union(*(move for move, _key, _left in waiting))
        )
        needs = {move: self._prepare_move_need(move) for move in free}
        resolved = self._resolve({need.key: need for need in needs.values()})
        components = self._read_components(resolved)
        orderpoints = self._find_orderpoints(resolved)
        found = []
        for move, key, left in waiting:
            answer = resolved[needs[move].key]
            item = self._prepare_item(answer, components.get(needs[move].key, ()), orderpoints)
            parts = self._net_waiting(move, item, left, free[move])
            found += [(move, key, part, answer) for part in parts]
        bought = [one for one in found if one[2].supply == planner.PURCHASE]
        undecided = self._find_undecided(
            [(move, part.quantity, answer) for move, _key, part, answer in bought]
        )
        asked = {id(bought[place][2]): purchase for place, purchase in undecided.items()}
        return [
            (key, [self._prepare_peg(move, part, asked.get(id(part)))])
            for move, key, part, _answer in found
        ]

    def _net_waiting(self, move, item, quantity, free):
        """How the planner would cover what a move waits for."""
        method = planner.FROM_STOCK
        if move.mto_key:
            method = move._mto_get_method(item, self._get_policy(move.company_id))
        ledger = planner.Ledger(dict.fromkeys(item.pools, free))
        obstacle = planner.CYCLE if move._mto_is_cyclic() else None
        rounding = move.product_id.uom_id.rounding
        return planner.net(item, quantity, method, ledger, rounding, obstacle)

    def _prepare_peg(self, move, part, undecided=None):
        """What stands for a part that no document covers.

        :param undecided: the ``planner.Purchase`` that waits for a person to decide
        """
        if part.supply == planner.STOCK:
            # A make-to-order need should have it reserved: it is not tied.
            is_due = bool(move.mto_key and move.product_id.is_storable)
            reason = "not_reserved" if is_due else ""
            unpegged = part.quantity * is_due
            return Peg(part.supply, part.quantity, move, unpegged=unpegged, reason=reason)
        if part.supply in (planner.REORDERING, planner.MISSING):
            return Peg(part.supply, part.quantity, move, reason=part.reason, fault=part.fault)
        # It could be ordered, and is not.
        fault = planner.NOT_IN_STOCK
        if move.mto_lost_supply:
            supply = self.env["mto.lost.supply"]._tell_supply(move.mto_lost_supply)
            args = (("supply", supply),)
            fault = planner.Fault("supply_cancelled", args=args)
        elif undecided:
            unit = move.product_id.uom_id.name
            args = planner.get_undecided_args(undecided, unit)
            fault = planner.Fault(planner.UNDECIDED, args=args)
        quantity, reason = part.quantity, fault.code
        return Peg(planner.MISSING, quantity, move, reason=reason, fault=fault, purchase=undecided)


class _Tree:
    """Builds the plan's tree from needs and pegs, parents before children."""

    def __init__(self, reader, order, documents, pegs):
        self._documents = documents
        self._pegs = pegs
        self._order_lines = order.order_line.filtered(reader._is_goods_line)
        self._lines = tuple(
            planner.Line(line.id, line.product_id.id, reader._get_line_quantity(line))
            for line in self._order_lines
        )
        cancelled = reader.env["mto.cancelled.delivery"]
        delivered = reader.env["mto.delivered.goods"]
        self._shipped = reader.env["mto.drop.shipment"]._filter(self._order_lines)
        self._cancelled = {
            line: (cancelled._get_name(line), list(delivered._iterate_goods(line, quantity)))
            for line, quantity in cancelled._find_cancelled(self._order_lines).items()
        }
        moved = documents.moves.product_id | self._order_lines.product_id
        for _name, goods in self._cancelled.values():
            moved = moved.union(*(product for _place, product, _bom_line, _quantity in goods))
        products = reader._prepare_products(moved)
        self._tree = planner.TreeBuilder(
            planner.Order(order.id, order.name or "", self._lines), products
        )
        self._served = defaultdict(list)
        for key, own in pegs.items():
            for peg in own:
                self._served[peg.source].append(key)
        self._waiting = []
        self._placed = set()
        self._surplus_told = set()

    def build(self):
        below = {
            key
            for pegs in self._pegs.values()
            for peg in pegs
            if peg.source
            for key in peg.source.below
        }
        roots = self._group_roots(below)
        for index, line in enumerate(self._order_lines):
            for key in roots[line]:
                self._add(key, line=index)
            if line in self._cancelled and line not in self._shipped:
                self._add_cancelled(index, line)
            elif not roots[line]:
                self._add_without_moves(index, line)
        while self._waiting:
            self._cover(*self._waiting.pop(0))
        return self._tree.build()

    def _group_roots(self, below):
        roots = defaultdict(list)
        for key, moves in self._documents.needs.items():
            if key not in below and not all(map(self._documents.is_over, moves)):
                line = moves[0].mto_sale_line_id or moves[0].sale_line_id
                roots[line].append(key)
        return roots

    def _add(self, key, line=None, parent=None):
        """Add the demand of a key, once, and put it on the list of what is to be covered."""
        if key in self._placed:
            return
        self._placed.add(key)
        moves = self._documents.needs[key]
        product = moves[0].product_id
        quantity = planner.half_up(
            sum(move._mto_get_quantity() for move in moves), product.uom_id.rounding
        )
        if quantity <= 0:
            return
        details = {"bom_line_id": moves[0].bom_line_id.id or None}
        if parent is None:
            index = self._tree.add_line_demand(line, key, product.id, quantity, **details)
        else:
            index = self._tree.add_demand(parent, key, product.id, quantity, **details)
        self._waiting.append((index, self._pegs[key]))

    def _add_cancelled(self, index, line):
        """What is not delivered any more, beside the rest of the line."""
        name, goods = self._cancelled[line]
        fault = planner.Fault("supply_cancelled", args=(("supply", name),))
        for place, product, bom_line, quantity in goods:
            peg = Peg(planner.MISSING, quantity, reason=fault.code, fault=fault)
            key = planner.line_key(line.id, place)
            if key in self._placed:
                key = planner.line_key(line.id, f"{place}cancelled")
            details = {"bom_line_id": bom_line.id if bom_line else None}
            demand = self._tree.add_line_demand(index, key, product.id, quantity, **details)
            self._waiting.append((demand, [peg]))

    def _add_without_moves(self, index, line):
        """A line that nothing in a warehouse serves: shipped by a vendor, or forgotten."""
        quantity = self._lines[index].quantity
        served = line.move_ids.filtered(lambda move: move.location_id.usage != "supplier")
        if served or quantity <= 0:
            return
        rounding = line.product_id.uom_id.rounding
        left, pegs = planner.half_up(quantity, rounding), []
        for source in self._documents.find_drop_shipments(line):
            share = planner.half_up(min(left, source.left), rounding)
            if share > 0:
                source.left -= share
                left = planner.half_up(left - share, rounding)
                pegs.append(Peg(source.supply, share, source=source))
        if left > 0:
            fault = planner.NO_RULE
            if line in self._cancelled:
                args = (("supply", self._cancelled[line][0]),)
                fault = planner.Fault("supply_cancelled", args=args)
            pegs.append(Peg(planner.MISSING, left, reason=fault.code, fault=fault))
        key = planner.line_key(line.id)
        demand = self._tree.add_line_demand(index, key, line.product_id.id, quantity)
        self._waiting.append((demand, pegs))

    def _cover(self, demand, pegs):
        rounding = self._tree.product(self._tree.demands[demand].product_id).rounding
        for peg in self._unite(pegs, rounding):
            node = self._tree.add_supply(
                demand,
                peg.supply,
                peg.quantity,
                reason=peg.reason or _REASONS[peg.supply],
                unpegged=peg.unpegged,
                document=peg.source.document if peg.source else None,
                surplus=self._tell_surplus(peg.source),
                takes=self._get_takes(peg),
                purchase=peg.source.purchase if peg.source else peg.purchase,
                vendor_id=self._get_vendor_id(peg.source),
            )
            for key in self._get_below(self._tree.demands[demand].key, peg.source):
                self._add(key, parent=node)
            fault = peg.fault or (peg.source and peg.source.fault)
            if fault:
                self._report(demand, node, fault)

    def _get_takes(self, peg):
        """Which expected receipt a share is of, if it is of one."""
        receipt = peg.source and peg.source.receipt
        return (planner.Take(get_receipt_key(receipt), peg.quantity),) if receipt else ()

    def _get_vendor_id(self, source):
        bought = source and source.purchase
        return bought.vendor_id if bought else None

    def _get_below(self, demand_key, source):
        """The keys of what a document consumes for one of the demands that it serves."""
        served = self._served.get(source, (demand_key,))
        for key in source.below if source else ():
            place = self._documents.needs[key][0].bom_line_id.id
            owners = [one for one in served if planner.component_key(one, place) == key]
            if demand_key == (owners or served)[0]:
                yield key

    def _unite(self, pegs, rounding):
        """One peg per supply, or per document, in the planner's order of supplies."""
        united = {}
        for peg in pegs:
            index = (peg.supply, peg.source, peg.fault, peg.reason)
            known = united.setdefault(index, replace(peg, quantity=0.0, move=None, unpegged=0.0))
            known.quantity = planner.half_up(known.quantity + peg.quantity, rounding)
            known.unpegged = planner.half_up(known.unpegged + peg.unpegged, rounding)
        return sorted(united.values(), key=lambda peg: list(_REASONS).index(peg.supply))

    def _tell_surplus(self, source):
        """What a document gives beyond all shares, told where it is met first."""
        if not source or source in self._surplus_told or source.receipt:
            return 0.0
        self._surplus_told.add(source)
        return source.left

    def _report(self, demand, node, fault):
        need = self._tree.demands[demand]
        self._tree.gaps.append(
            planner.Issue(
                fault.code,
                need.product_id,
                self._tree.path(demand),
                self._tree.nodes[node].key,
                fault.args,
            )
        )


#: Why a supply is there, by its kind, in the order in which a demand's supplies are listed.
_REASONS = {
    planner.STOCK: "free_stock",
    planner.RECEIPT: "expected_receipt",
    planner.PURCHASE: "shortage",
    planner.PRODUCTION: "shortage",
    planner.TRANSFER: "shortage",
    planner.REORDERING: "reordering_rule",
    planner.MISSING: "not_in_stock",
}
