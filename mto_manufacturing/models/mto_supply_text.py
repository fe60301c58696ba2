from collections import defaultdict

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse, formatLang, get_lang

from .. import planner

#: Moves that are followed up to a document: more steps than any warehouse has.
_LONGEST_CHAIN = 20
_OPEN = ("waiting", "confirmed", "partially_available")


def format_day(day, locale, with_year=False):
    """A day as a language writes it, in short: "12 Dec", "Dec 12", "12. Dez." """
    return format_skeleton("yMMMd" if with_year else "MMMd", day, locale=locale)


class MtoSupplyText(models.AbstractModel):
    """Says in words what supplies a move, in batches: a query per kind, not per move.

    But for what has come and is not reserved: where that is now is looked for move by move.
    """

    _name = "mto.supply.text"
    _description = "Make to Order: Supplies in Words"

    @api.model
    def _describe(self, moves):
        """{move: words}: "From stock", "P00012", "WH/MO/00007", "Nothing supplies it" ...

        Of documents only the name is told, also to who may not open them.
        """
        documents, ends = self._find_documents(moves.sudo())
        together = moves.sudo().browse().union(*ends.values())
        uncovered = self._find_uncovered(together)
        reordered = self._find_reordered(uncovered)
        answer = {}
        for move in moves.sudo():
            words = self._add_date(move, documents[move])
            for end in ends[move]:
                words += self._describe_end(move, end)
                if end in reordered:
                    words.append(self.env._("Reordering rule"))
                elif end in uncovered and end.mto_key:
                    words.append(self.env._("Nothing supplies it"))
            answer[move.id] = ", ".join(dict.fromkeys(words))
        return answer

    def _add_date(self, move, names):
        """Names of documents, with the day on which what was ordered for nobody is to come."""
        coming = move.move_orig_ids.filtered(lambda orig: orig.state not in ("done", "cancel"))
        if not move.mto_from_receipt or not coming:
            return list(names)
        day = self._format_day(max(one._mto_get_arrival() for one in coming))
        return [self.env._("%(document)s, %(day)s", document=name, day=day) for name in names]

    @api.model
    def _format_day(self, moment):
        """A day and its month in the user's language and time zone: "12 Dec", "Dec 12"."""
        moment = fields.Datetime.context_timestamp(self, moment)
        return format_day(moment.date(), babel_locale_parse(get_lang(self.env).code))

    def _describe_end(self, move, end):
        """What the first move of a chain brings: stock of this place, or a transfer's goods."""
        if end.picking_id and end.location_id.warehouse_id != move.location_id.warehouse_id:
            return [end.picking_id.name]
        return [self.env._("From stock")] if end.quantity else []

    @api.model
    def _find_missing(self, moves):
        """The moves that nothing supplies."""
        uncovered = self._find_uncovered(moves.sudo())
        return uncovered - self._find_reordered(uncovered)

    @api.model
    def _list_missing(self, orders):
        """{order: [words]} on what nothing supplies, of orders with make-to-order moves."""
        lines = orders.order_line
        answer = defaultdict(list)
        for move in self._find_lacking(lines):
            order = move.mto_sale_line_id.order_id or move.sale_line_id.order_id
            answer[order].append(self._describe_missing(move))
        cancelled = self.env["mto.cancelled.delivery"]
        made = lines.sudo().move_ids.filtered("mto_key").sale_line_id.order_id
        asked = made.order_line | self.env["mto.drop.shipment"]._filter(lines)
        for line, quantity in cancelled._find_cancelled(asked & lines).items():
            answer[line.order_id.with_env(self.env)] += cancelled._list(line, quantity)
        for production in self._find_empty(lines):
            words = self.env._(
                "Components of %(product)s in %(document)s",
                product=production.product_id.display_name,
                document=production.name,
            )
            for order in production.mto_sale_line_ids.order_id & orders:
                answer[order].append(words)
        return answer

    @api.model
    def _find_undecided(self, orders):
        """Of orders with missing supplies, those with something for a purchaser to decide."""
        return self._find_asked(orders).mto_sale_line_id.order_id & orders.sudo()

    @api.model
    def _list_undecided(self, orders):
        """{order: [words]} on what a purchaser has to decide on."""
        answer = defaultdict(list)
        for move in self._find_asked(orders):
            answer[move.mto_sale_line_id.order_id].append(
                self.env._("%s: buy more than is needed?", self._describe_missing(move))
            )
        return answer

    def _find_asked(self, orders):
        """What nothing supplies because a purchaser has to decide on what would be left over."""
        return self._find_lacking(orders.order_line).filtered(
            lambda move: (
                (move.product_id.mto_surplus_policy or move.company_id.mto_surplus_policy)
                == planner.ASK
                and move.product_id.seller_ids
            )
        )

    @api.model
    def _format_number(self, number, most=6):
        """A number as the user's language writes it, with at most so many decimals."""
        decimals = f"{number:.{most}f}".rstrip("0").partition(".")[2]
        return formatLang(self.env, number, digits=len(decimals))

    def _describe_missing(self, move):
        unit, missing = move.product_uom, self._get_missing(move)
        words = self.env._(
            "%(quantity)s %(unit)s of %(product)s for %(document)s",
            quantity=self._format_number(unit.round(missing)),
            unit=unit.name,
            product=move.product_id.display_name,
            document=(move.raw_material_production_id or move.picking_id).name,
        )
        if move.mto_lost_supply:
            supply = self.env["mto.lost.supply"]._tell_supply(move.mto_lost_supply)
            words = self.env._("%(need)s, no longer from %(supply)s", need=words, supply=supply)
        return words

    def _find_lacking(self, lines):
        """What nothing supplies of orders that have some made to order."""
        return self._find_missing(self._find_waiting(lines, self._get_uncovered_domain()))

    def _find_waiting(self, lines, wanted=Domain.TRUE):
        """The open moves of orders that have some made to order, whatever they serve.

        :param wanted: a domain of those of them that are looked for
        """
        moves = self.env["stock.move"].sudo()
        is_open = Domain("state", "in", _OPEN)
        is_served = is_open & Domain("mto_sale_line_id", "in", lines.ids)
        made_to_order = [line.id for (line,) in moves._read_group(is_served, ["mto_sale_line_id"])]
        others = lines.browse(made_to_order).order_id.order_line
        served = moves.search(is_served & wanted)
        own = moves.search(is_open & wanted & Domain("sale_line_id", "in", others.ids)) - served
        return served | own.filtered(lambda move: not self._goes_back(move))

    def _goes_back(self, move):
        """Whether a move takes back what has left the stock: nobody has to bring it."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        return is_kept(move.location_dest_id) and not is_kept(move.location_id)

    def _find_empty(self, lines):
        """Make-to-order productions that a person has to give components first."""
        productions = self.env["mrp.production"].sudo()
        productions.flush_model(["mto_sale_line_ids"])  # a search does not: it is many2many
        return productions.search(
            Domain("mto_sale_line_ids", "in", lines.ids)
            & Domain("state", "=", "draft")
            & Domain("move_raw_ids", "=", False)
        )

    # -- documents ---------------------------------------------------------------------

    def _find_documents(self, moves):
        """The documents that supply moves, through any number of steps.

        :return: a tuple ({move: names of documents}, {move: the moves of which none is known})
        """
        names, ends = defaultdict(list), defaultdict(moves.browse)
        above = [(move, move) for move in moves if move.state != "cancel"]
        for _step in range(_LONGEST_CHAIN):
            self._read_ahead(moves.browse().union(*(step for _move, step in above)))
            further = []
            for move, step in above:
                documents, origins = self._look_above(step)
                names[move] += documents
                further += [(move, origin) for origin in origins]
                if not documents and not origins:
                    ends[move] |= step
            above = list(dict.fromkeys(further))
        return names, ends

    def _read_ahead(self, moves):
        """Read for all moves together what is looked at for each of them."""
        (moves.created_purchase_line_ids | moves.purchase_line_id).mapped("order_id.name")
        (moves.created_production_id | moves.production_id).mapped("name")
        (moves | moves.move_orig_ids).mapped("picking_id.name")

    def _look_above(self, move):
        """The names of the documents that a move comes from, or else the moves before it."""
        ordered = move.created_purchase_line_ids | move.purchase_line_id
        made = move.created_production_id | move.production_id
        names = [
            *self._filter_asked(ordered).order_id.mapped("name"),
            *made.filtered(lambda production: production.state != "cancel").mapped("name"),
        ]
        origins = move.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
        return names, origins if not names else origins.browse()

    def _filter_asked(self, lines):
        """The purchase lines that ask for anything: a buyer may have set one to nothing."""
        return lines.filtered(lambda line: line.state != "cancel" and line.product_uom_qty)

    # -- what nothing covers -----------------------------------------------------------

    def _find_uncovered(self, moves):
        """Waiting moves that are neither reserved nor tied to a supply."""
        uncovered = moves.filtered(
            lambda move: (
                move.state in _OPEN
                and move.product_id.is_storable
                and not move.location_id.should_bypass_reservation()
                and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
                and not self._has_source(move)
            )
        )
        left = self._find_left(uncovered)
        return uncovered.filtered(
            lambda move: (
                move not in left or move.product_uom.compare(self._get_open(move), left[move]) > 0
            )
        )

    def _find_left(self, moves):
        """{move of which a person has typed a part: what lies there for the rest, in its unit}.

        Core reserves no more of it than is typed, and reserves the rest when that is validated.
        """
        free = self.env["mto.pegging"].sudo()._get_free_by_move(moves.filtered("picked"))
        return {
            move: move.product_id.uom_id._compute_quantity(there, move.product_uom, round=False)
            for move, there in free.items()
        }

    @api.model
    def _get_missing(self, move):
        """How much of a move that is not covered nothing supplies, in its unit."""
        gone = self.env["mto.gone.goods"]._get_gone(move)
        if gone:  # the rest lies there
            return move.product_id.uom_id._compute_quantity(gone, move.product_uom, round=False)
        return self._get_open(move) - self._find_left(move).get(move, 0.0)

    def _get_open(self, move):
        """How much of a move is not reserved, in its unit."""
        return move.product_uom_qty - move.quantity

    def _get_uncovered_domain(self):
        """What `_find_uncovered` tells of moves, as far as the database can tell."""
        is_alive = Domain("state", "!=", "cancel")
        is_to_come = Domain("state", "not in", ("done", "cancel"))
        is_expected = (
            Domain("state", "in", ("draft", "sent", "to approve"))
            & Domain("move_ids", "not any", is_alive)
            & Domain("product_uom_qty", "!=", 0)
        )
        return (
            Domain("product_id.is_storable", "=", True)
            & Domain("move_orig_ids", "not any", is_to_come)
            & Domain("created_purchase_line_ids", "not any", is_expected)
        )

    def _has_source(self, move):
        # What is made, or received, is among the moves before it.
        states = {origin.state for origin in move.move_orig_ids} - {"cancel"}
        if states - {"done"} or self._filter_asked(move._mto_get_expected_purchases()):
            return True
        return bool(states) and not self.env["mto.gone.goods"]._get_gone(move)

    def _find_reordered(self, moves):
        """Moves from a place that a reordering rule looks after, and that are left to it."""
        if not moves:
            return moves
        orderpoints = self.env["stock.warehouse.orderpoint"].sudo()
        orderpoints = orderpoints.search([("product_id", "in", moves.product_id.ids)])
        places = defaultdict(list)
        for orderpoint in orderpoints:
            places[orderpoint.product_id].append(orderpoint.location_id.parent_path)
        moves = moves.filtered(
            lambda move: any(
                move.location_id.parent_path.startswith(path) for path in places[move.product_id]
            )
        )
        return self.env["mto.netting"]._filter_left_to_rule(moves)

    @api.model
    def _find_told(self, products):
        """The needs for products that an order tells to be missing, though a rule may bring them.

        It is for a person to supply them again, through what is made or bought for the order.
        """
        is_need = (
            Domain("state", "in", _OPEN)
            & Domain("mto_key", "!=", False)
            & Domain("product_id", "in", products.ids)
        )
        needs = self.env["stock.move"].sudo().search(is_need & self._get_uncovered_domain())
        needs = needs.filtered(lambda move: move.mto_sale_line_id.order_id.state == "sale")
        needs = self._find_uncovered(needs)
        return needs - self.env["mto.netting"]._filter_left_to_rule(needs)
