from odoo import api, models

from .mto_change_source import Excess, GivenBack


class MtoOrderChange(models.AbstractModel):
    """What a change of a confirmed order asks to be given back."""

    _name = "mto.order.change"
    _description = "Make to Order: Changes of Orders"

    @api.model
    def _decrease(self, lines, previous):
        """Give back what order lines do not ask for any more.

        :param lines: ``sale.order.line`` records with their new quantities
        :param previous: {line id: quantity before}
        """
        needs = []
        for line in lines.sudo().filtered("product_id"):
            before = previous.get(line.id, 0.0)
            less = line.product_uom_id.compare(line.product_uom_qty, before) < 0
            if less and line.state == "sale" and not line.order_id.locked:
                needs += self._find_excess(line, before)
        self.env["mto.change.notice"]._tell(self._give_back(needs))

    @api.model
    def _cancel(self, orders):
        """Give back all that confirmed orders are waiting for."""
        confirmed = orders.sudo().filtered(lambda order: order.state == "sale")
        needs = []
        for line in confirmed.order_line:
            moves = self._find_roots(line)
            if moves.mto_sale_line_id:
                needs.append(Excess(moves))
        given = self._give_back(needs)
        self.env["mto.drop.shipment"]._cancel(confirmed, given)
        self.env["mto.change.notice"]._tell(given)

    @api.model
    def _leave(self, orders):
        """Let productions that go on belong to cancelled orders no more.

        Core lets go of none, as of orders from the time before this module, and would make all
        of it twice where an order is confirmed again.
        """
        for production in orders.sudo().stock_reference_ids.production_ids:
            self.env["mto.change.production"]._leave_lines(production)

    def _give_back(self, needs):
        return self.env["mto.change"]._give_back(needs) if needs else GivenBack()

    def _find_roots(self, line):
        """The moves of a line that its needs begin with, in the order of these needs.

        A step that follows a finished one is none: core sends back what has left the stock.
        """
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        open_moves = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        moves = open_moves.filtered(
            lambda move: (
                not move.production_id
                and not move.origin_returned_move_id
                and not is_kept(move.location_dest_id)
            )
        )
        # What leads to a move that is left out here brings goods to where they are kept.
        last = moves.filtered(lambda move: not move.move_dest_ids & open_moves)
        return last.filtered(
            lambda move: is_kept(move.location_id) or move.move_orig_ids & moves
        ).sorted("id")

    def _find_excess(self, line, before):
        roots = self._find_roots(line)
        if not roots or not line.move_ids.mto_sale_line_id:
            return []  # core looks after it
        snapshot = self.env["mto.snapshot"].with_company(line.company_id)
        kits = snapshot._find_boms(line.product_id, line.company_id, bom_type="phantom")
        if not kits.get(line.product_id):
            missing = line.product_uom_qty - line._mto_get_alive()
            too_much = -self.env["mto.delivered.goods"]._to_product_unit(line, missing)
            return [Excess(roots, too_much - self.env["mto.drop.shipment"]._get_open(line))]
        return self._find_kit_excess(line, before, roots, snapshot, kits)

    def _find_kit_excess(self, line, before, roots, snapshot, kits):
        """Of each component of a kit, what is delivered or on its way beyond what is asked for.

        Where the kit's BoM has changed since nobody can tell: what the kits that are too much
        would have taken.
        """
        too_much = {
            (bom_line, product): alive - asked
            for _place, product, bom_line, asked, alive in (
                self.env["mto.delivered.goods"]._read_parts(line)
            )
        } or self._compare_kits(line, before, snapshot, kits)
        needs = []
        for (bom_line, product), quantity in too_much.items():
            moves = roots.filtered(
                lambda move, bom_line=bom_line, product=product: (
                    move.bom_line_id == bom_line and move.product_id == product
                )
            )
            if product.uom_id.compare(quantity, 0.0) > 0:
                needs.append(Excess(moves, quantity))
        return needs

    def _compare_kits(self, line, before, snapshot, kits):
        """{(BoM line, product): how much less of it the kits of a line take than before}."""
        was = self._explode_kit(line, before, snapshot, kits)
        now = self._explode_kit(line, line.product_uom_qty, snapshot, kits)
        return {part: quantity - now.get(part, 0.0) for part, quantity in was.items()}

    def _explode_kit(self, line, quantity, snapshot, kits):
        goods = snapshot._iterate_goods(line, kits, quantity)
        return {(bom_line, product): amount for _place, product, bom_line, amount in goods}
