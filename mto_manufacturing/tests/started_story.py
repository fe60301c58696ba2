from odoo.exceptions import UserError
from odoo.fields import Command

from .story import Story

_OPEN = ("confirmed", "progress", "to_close")
#: Of what may happen next, much often cannot: there is nothing to receive yet, say.
_TRIES = 6


class StartedStory(Story):
    """A story in which people also work: buy, receive, make, scrap, exchange and deliver."""

    def __init__(self, env, seed, builder, order, keeper):
        super().__init__(env, seed, builder.spec, order)
        self.builder = builder
        self.keeper = keeper
        self.number = 0
        self.products = env["product.product"].union(*builder.products.values())
        self.asked = {}  # see get_asked of the test
        self.seen = set()  # (model, id) of the requests that vendors have seen

    def step(self):
        for _try in range(_TRIES):
            what = super().step()
            if what != "nothing":
                break
        return what

    def get_events(self):
        return [
            *super().get_events(),
            *(self.send, self.buy, self.buy, self.receive, self.receive, self.receive),
            *(self.produce, self.produce, self.produce, self.start),
            *(self.split, self.merge, self.unreserve, self.update_bom, self.scrap),
            *(self.transfer, self.transfer, self.transfer, self.release, self.supply_again),
            *(self.cancel_delivery, self.cancel_purchase, self.change_production),
        ]

    # -- what there is to work with ------------------------------------------------------

    def _choose(self, records):
        return self.rng.choice(records.sorted("id")) if records else records

    def _get_productions(self, *states):
        productions = self.orders.browse().mrp_production_ids
        for order in self.orders:
            productions |= order._mto_get_productions()
        return productions.filtered(lambda one: one.state in states)

    def _get_purchases(self, *states):
        lines = self.env["purchase.order.line"].search([("product_id", "in", self.products.ids)])
        return lines.order_id.filtered(lambda one: one.state in states)

    def _get_pickings(self, incoming):
        moves = self.env["stock.move"].search(
            [("product_id", "in", self.products.ids), ("state", "not in", ("done", "cancel"))]
        )
        return moves.picking_id.filtered(
            lambda one: (
                (one.picking_type_id.code == "incoming") == incoming
                and any(move.quantity for move in one.move_ids)
            )
        )

    def _take_part(self, quantity, unit):
        part = unit.round(quantity * self.rng.choice((0.3, 0.6, 1, 1)))
        return min(part, quantity) or quantity

    def _name_lot(self):
        self.number += 1
        return f"L{self.number}"

    def _give_lot(self, line):
        """Type the lot of what comes from a vendor, or comes back from a customer."""
        if line.location_id.usage == "supplier":
            line.lot_name = self._name_lot()
        elif line.location_id.usage == "customer":
            sent = self.env["stock.quant"].search(
                [
                    ("product_id", "=", line.product_id.id),
                    ("location_id", "=", line.location_id.id),
                    ("lot_id", "!=", False),
                    ("quantity", ">", 0),
                ]
            )
            line.lot_id = sent[:1].lot_id

    # -- purchases and transfers ---------------------------------------------------------

    def send(self):
        """Let a vendor see what is asked for, as core's own dialog notes it."""
        purchase = self._choose(self._get_purchases("draft"))
        if not purchase:
            return "nothing"
        purchase.with_context(mark_rfq_as_sent=True).message_post(body="Please quote")
        self.seen.add((purchase._name, purchase.id))
        return f"{purchase.name} asked for"

    def buy(self):
        purchase = self._choose(self._get_purchases("draft", "sent"))
        if not purchase:
            return "nothing"
        purchase.button_confirm()
        return f"{purchase.name} ordered"

    def cancel_purchase(self):
        """Cancel what is asked for or ordered, perhaps for nobody; nothing of it has come."""
        purchases = self._get_purchases("draft", "sent", "purchase").filtered(
            lambda one: all(move.state != "done" for move in one.order_line.move_ids)
        )
        purchase = self._choose(purchases)
        if not purchase:
            return "nothing"
        purchase.button_cancel()
        return f"{purchase.name} cancelled"

    def receive(self):
        return self._do(self._choose(self._get_pickings(incoming=True)), "received")

    def transfer(self):
        return self._do(self._choose(self._get_pickings(incoming=False)), "sent")

    def _do(self, picking, word):
        """Validate a part of a transfer; the rest comes later, or now and then never."""
        if not picking:
            return "nothing"
        whole = True
        for move in picking.move_ids.filtered("quantity"):
            part = self._take_part(move.quantity, move.product_uom)
            if part != move.quantity:
                whole = False
                move.quantity = part
            move.picked = True
            for line in move.move_line_ids:
                if line.product_id.tracking != "none" and not line.lot_id:
                    self._give_lot(line)
        never = self.rng.random() < 0.15
        context = {"skip_backorder": True}
        if never:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        rest = "" if whole else ", the rest never" if never else ", the rest later"
        return f"{picking.name} {word}{rest}"

    def cancel_delivery(self):
        """Cancel what is on its way to a customer, in whatever step."""
        lines = self.orders.filtered(lambda one: one.state == "sale").order_line
        moves = lines.move_ids.filtered(lambda move: not move.production_id)
        picking = self._choose(
            moves.picking_id.filtered(lambda one: one.state not in ("done", "cancel"))
        )
        if not picking:
            return "nothing"
        picking.action_cancel()
        return f"{picking.name} cancelled"

    # -- productions ---------------------------------------------------------------------

    def _get_ready(self, *states):
        return self._get_productions(*states).filtered(
            lambda one: one.reservation_state == "assigned"
        )

    def produce(self):
        production = self._choose(self._get_ready(*_OPEN))
        if not production:
            return "nothing"
        quantity = self._take_part(production.product_qty, production.product_uom_id)
        self._set_producing(production, quantity)
        later = self.rng.random() < 0.85
        # As in core's dialog, which asks where something is left to be made.
        rest = production if later and production._get_quantity_to_backorder() else []
        production.with_context(
            skip_consumption=True,
            skip_backorder=True,
            mo_ids_to_backorder=[one.id for one in rest],
        ).button_mark_done()
        return f"{production.name} made {quantity}{'' if later else ', no more'}"

    def start(self):
        production = self._choose(self._get_ready("confirmed"))
        if not production:
            return "nothing"
        quantity = self._take_part(production.product_qty, production.product_uom_id)
        self._set_producing(production, quantity)
        return f"{production.name} started"

    def _set_producing(self, production, quantity):
        if production.product_id.tracking != "none" and not production.lot_producing_ids:
            lot = {"name": self._name_lot(), "product_id": production.product_id.id}
            production.lot_producing_ids = [Command.create(lot)]
        production.qty_producing = quantity
        production._set_qty_producing()

    def split(self):
        production = self._choose(self._get_productions("confirmed"))
        if not production:
            return "nothing"
        first = production.product_uom_id.round(production.product_qty * self.rng.random())
        if not 0 < first < production.product_qty:
            return "nothing"
        production._split_productions({production: [first, production.product_qty - first]})
        return f"{production.name} split"

    def merge(self):
        groups = self._get_productions("confirmed").grouped(
            lambda one: (one.bom_id, one.product_id, one.picking_type_id, one.mto_sale_line_ids)
        )
        for same in groups.values():
            if len(same) > 1 and all(move.bom_line_id for move in same.move_raw_ids):
                same.action_merge()
                return f"{same.mapped('name')} merged"
        return "nothing"

    def unreserve(self):
        production = self._choose(self._get_productions("confirmed"))
        if not production:
            return "nothing"
        production.do_unreserve()
        return f"{production.name} unreserved"

    def update_bom(self):
        production = self._choose(self._get_productions("confirmed"))
        if not production:
            return "nothing"
        production.action_update_bom()
        return f"{production.name} updated"

    def change_production(self):
        """Make less or more than is planned, in core's own dialog."""
        production = self._choose(self._get_productions("confirmed", "progress"))
        if not production:
            return "nothing"
        before, unit = production.product_qty, production.product_uom_id
        after = unit.round(before * self.rng.choice((0.3, 0.6, 1.5, 2)))
        if after in (0, before):
            return "nothing"
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": after}
        ).change_prod_qty()
        return f"{production.name} makes {after} and not {before}"

    # -- goods ---------------------------------------------------------------------------

    def scrap(self):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
                ("quantity", ">", 0),
            ]
        )
        quant = self._choose(quants)
        if not quant:
            return "nothing"
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": quant.product_id.id,
                "scrap_qty": min(quant.quantity, 1.0),
                "location_id": quant.location_id.id,
                "lot_id": quant.lot_id.id,
            }
        )
        scrap.do_scrap()
        return f"{quant.product_id.name} scrapped"

    def release(self):
        """Take from another order what it has or waits for."""
        env = self.env(user=self.keeper)
        for order in self.orders.filtered(lambda one: one.state == "sale").sorted("id"):
            try:
                action = order.with_env(env).action_mto_take()
            except UserError:
                continue
            wizard = env["mto.release"].browse(action["res_id"])
            line = self._choose(wizard.line_ids)
            if line:
                line.take = min(line.quantity, wizard.missing)
                try:
                    with self.env.cr.savepoint():
                        wizard.action_apply()
                except UserError:
                    continue
                return f"{wizard.product_id.name} taken for {order.id}"
        return "nothing"

    def supply_again(self):
        self.orders.action_mto_supply_again()
        return "supplied again"
