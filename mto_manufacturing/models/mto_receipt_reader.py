from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import planner
from .mto_rule_reader import Need, Resolved

_OPEN = ("waiting", "confirmed", "partially_available", "assigned")
_PREFIX = "move"


def get_receipt_key(move):
    """The planner's key of what a move brings."""
    return f"{_PREFIX}{move.id}"


def get_receipt_ids(keys):
    """The ids of the moves that keys stand for; other keys are passed over."""
    return [int(key.removeprefix(_PREFIX)) for key in keys if key.startswith(_PREFIX)]


@dataclass
class Receipts:
    """What is expected and tied to nobody: by key, and the keys of each pool of stock."""

    expected: dict = field(default_factory=dict)
    _keys: dict = field(default_factory=dict)

    def add(self, pool, key, quantity, ready):
        """Add a receipt; those of one pool in the order in which they are used."""
        self.expected[key] = planner.Receipt(quantity, ready)
        self._keys.setdefault(pool, []).append(key)

    def get_keys(self, pool):
        """The keys of the receipts that come to a pool."""
        return tuple(self._keys.get(pool, ()))


NONE_EXPECTED = Receipts()


class MtoReceiptReader(models.AbstractModel):
    """Reads what is expected and nobody waits for, in batches.

    Confirmed purchases, productions for stock and transfers; less what is tied to needs, and
    less what earlier confirmed demands need beyond the stock there is, earliest first.
    """

    _name = "mto.receipt.reader"
    _inherit = "mto.lead.reader"
    _description = "Make to Order: Expected Receipts"

    @api.model
    def _read_receipts(self, resolved, lacks, receipts):
        """Add what is expected for the needs of a BoM level.

        :param resolved: {need key: Resolved}
        :param lacks: {pool: what confirmed demands need beyond its stock}, of pools that are
            read for the first time
        :param receipts: Receipts, filled
        """
        for place, products in self._group_by_place(resolved).items():
            if not self._get_keeper(place).mto_count_receipts:
                continue
            new = products.filtered(lambda one, place=place: f"{one.id}@{place.id}" in lacks)
            moves = self.env["stock.move"].search(self._get_receipt_domain(new, place))
            free = self._get_uncommitted(moves)
            ready = self._get_arrivals(moves, place)
            for move in moves.sorted(lambda move, ready=ready: (ready[move], move.id)):
                pool = f"{move.product_id.id}@{place.id}"
                lacking = min(lacks[pool], free[move])
                lacks[pool] -= lacking
                quantity = free[move] - lacking
                if move.product_id.uom_id.compare(quantity, 0.0) > 0:
                    receipts.add(pool, get_receipt_key(move), quantity, ready[move])

    def _get_keeper(self, place):
        """Who decides on what comes to a place; a place of nobody is of who plans."""
        return place.company_id or self.env.company

    def _get_receipt_domain(self, products, place):
        """What comes to a place for its stock, whatever is tied to it."""
        sent = Domain("state", "=", "assigned") | Domain("move_orig_ids", "!=", False)
        made = Domain("production_id", "!=", False) & Domain("production_id.mto_key", "=", False)
        from_stock = Domain("location_id.usage", "in", ("internal", "transit")) & sent
        bought = Domain("purchase_line_id", "!=", False)
        return (
            Domain("product_id", "in", products.ids)
            & Domain("company_id", "=", self._get_keeper(place).id)
            & Domain("state", "in", _OPEN)
            & self._get_arrival_domain(place)
            & ~Domain("location_id", "child_of", place.id)
            & (bought | made | from_stock)
            & Domain("mto_key", "=", False)
            & Domain("origin_returned_move_id", "=", False)
            & Domain("restrict_partner_id", "=", False)
            & (Domain("picking_id", "=", False) | Domain("picking_id.owner_id", "=", False))
        )

    @api.model
    def _get_arrival_domain(self, place):
        """What serves needs in a place when it is received."""
        arrives = Domain("location_dest_id", "child_of", place.id)
        # Pushes on the way hand the tie on where they end in that very place.
        return arrives | Domain("location_final_id", "=", place.id)

    def _get_uncommitted(self, moves):
        """{move: what it brings and no need is tied to, in the product's unit}."""
        free = {}
        for move in moves:
            needs = move.move_dest_ids.filtered(lambda need: need.state not in ("done", "cancel"))
            free[move] = max(move.product_qty - sum(map(self._get_awaited, needs)), 0.0)
        return free

    def _get_awaited(self, need):
        """What a need has not reserved yet of what it is tied to."""
        return need.product_qty - sum(need.move_line_ids.mapped("quantity_product_uom"))

    @api.model
    def _get_arrivals(self, moves, place):
        """{move: when its goods are in stock in a place, after the steps of the receipt}."""
        steps, arrivals = {}, {}
        for move in moves:
            days = 0
            if not move.location_dest_id._child_of(place):
                days = self._follow_pushes(
                    self._stand_in(move, place), move.location_dest_id, place, steps
                )
            arrivals[move] = move._mto_get_arrival() + timedelta(days=days)
        return arrivals

    @api.model
    def _get_stored(self, moves):
        """When the last of goods that have come is in stock, by the open moves that store them.

        :param moves: that brought the goods
        :return: a date; None where nothing of them is on its way to stock
        """
        steps, wave = moves.browse(), moves.filtered(lambda move: move.state == "done")
        while wave:
            wave = wave.move_dest_ids.filtered(self._is_storing) - steps
            steps |= wave
        opened, dates = steps.filtered(lambda move: move.state != "done"), []
        for place, group in opened.grouped(self._get_final_place).items():
            dates += self._get_arrivals(group, place).values()
        return max(dates, default=None)

    def _is_storing(self, move):
        """Whether a move takes goods from where they pass through to where they are kept."""
        is_kept = self._is_supply_place
        return (
            move.state != "cancel"
            and not is_kept(move.location_id)
            and is_kept(self._get_final_place(move))
        )

    def _get_final_place(self, move):
        return move.location_final_id or move.location_dest_id

    def _stand_in(self, move, place):
        """What a need of a move's product in a place would ask core for."""
        warehouse = place.warehouse_id
        none = self.env["product.template.attribute.value"]
        need = Need(
            product=move.product_id,
            location=place,
            warehouse=warehouse,
            company=move.company_id,
            routes=move.route_ids,
            packaging=move.packaging_uom_id,
            never=none,
        )
        return Resolved(need, place)
