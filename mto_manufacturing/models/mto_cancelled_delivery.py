from contextlib import contextmanager

from odoo import api, models

from .mto_change_source import Excess


class MtoCancelledDelivery(models.AbstractModel):
    """A delivery that a person cancels, while the order still asks for its goods.

    What was made or bought for it and has not started is given back, as when less is ordered.
    The order shows that nothing brings the goods, and delivers them when supplied again.
    """

    _name = "mto.cancelled.delivery"
    _description = "Make to Order: Cancelled Deliveries"

    @api.model
    def _give_back(self, moves):
        """Give back what moves that are about to be cancelled are waiting for."""
        needs = []
        for line, own in self._filter(moves).grouped("sale_line_id").items():
            needs += self._find_excess(line, own)
        self._carry_out(needs)

    @api.model
    def _give_back_rest(self, moves):
        """Give back what is not delivered along with the rest, and will not be later.

        A cancelled move stands for it.
        """
        needs, vals_list = [], []
        for line, own in self._filter(moves).grouped("sale_line_id").items():
            for move in own & self.env["mto.order.change"]._find_roots(line):
                rest = move._mto_get_rest()
                if rest > 0:
                    needs.append(Excess(move, rest))
                    vals = move._mto_prepare_shortage_vals(rest)
                    vals_list.append({**vals, "move_orig_ids": False, "state": "cancel"})
        self._carry_out(needs)
        moves.sudo().create(vals_list)

    @api.model
    def _delete(self, pickings):
        """Cancel transfers that a person deletes, and keep what stands for what they were to send.

        Else nothing would tell that it is not delivered any more. Of orders of which nothing is
        made to order all is deleted, as in core.
        """
        moves = pickings.sudo().move_ids.filtered(
            lambda move: move.sale_line_id.state == "sale" and move._mto_goes_to_customer()
        )
        made = moves.sale_line_id.order_id.order_line.move_ids.filtered("mto_key")
        kept = moves.filtered(
            lambda move: move.sale_line_id.order_id in made.sale_line_id.order_id
        )
        if kept:
            pickings.move_ids._action_cancel()
            kept.picking_id = False

    def _filter(self, moves):
        """The moves of confirmed order lines that a person is about to cancel."""
        if not self.env["mto.production.change"]._is_by_hand():
            return moves.browse()
        return moves.sudo().filtered(
            lambda move: (
                move.mto_sale_line_id
                and move.sale_line_id.state == "sale"
                and move.state not in ("draft", "done", "cancel")
            )
        )

    def _carry_out(self, needs):
        if needs:
            given = self.env["mto.change"]._give_back(needs)
            self.env["mto.change.notice"]._tell(given)

    def _find_excess(self, line, moves):
        """What is too much of a line's needs without some moves of its delivery, in any step."""
        roots = self.env["mto.order.change"]._find_roots(line)
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        needs = [Excess(moves & roots)] if moves & roots else []
        steps = (moves - roots).filtered(lambda move: not move.move_dest_ids & moves)
        for own in steps.grouped("product_id").values():
            led_to = (self._follow(own) & roots) - moves
            if led_to:
                needs.append(Excess(led_to, sum(own.mapped("product_qty"))))
            # Else another place sends the goods to where they are delivered from.
            sent = own.browse() if led_to else own.filtered(lambda one: is_kept(one.location_id))
            needs += [Excess(sent)] if sent else []
        return needs

    def _follow(self, moves):
        """All steps of a delivery that moves lead to, themselves included.

        What is brought to where goods are kept belongs to no delivery.
        """
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        found = wave = moves
        while wave:
            wave = wave.filtered(lambda move: not is_kept(move.location_dest_id))
            wave = wave.move_dest_ids - found
            found |= wave
        return found

    @api.model
    def _find_cancelled(self, lines):
        """{order line: what it asks for and no delivery brings any more, in its unit}."""
        found, shipped = {}, self.env["mto.drop.shipment"]._filter(lines)
        is_cut = self.env["mto.delivered.goods"]._is_cut
        for line in lines.sudo():
            is_short = line in shipped or (is_cut(line) and self._is_told(line))
            if line.state == "sale" and is_short:
                quantity = line.product_uom_qty - line._mto_get_alive()
                if line.product_uom_id.compare(quantity, 0.0) > 0:
                    found[line] = line.product_uom_id.round(quantity)
        return found

    def _is_told(self, line):
        """Whether what is missing can be told from what came back."""
        is_moved_only = self.env["mto.delivered.goods"]._is_moved_only(line)
        return is_moved_only or not self.env["mto.sent.back"]._has_left(line)

    @api.model
    def _get_name(self, line):
        """The name of the delivery, or of the request for it, that was cancelled last."""
        shipped = self.env["mto.drop.shipment"]
        asked = shipped._get_name(line)
        if asked:
            return asked
        cancelled = line.move_ids.filtered(lambda move: move.state == "cancel")
        cancelled |= shipped._find_short(line)
        return cancelled.picking_id.sorted("id")[-1:].name or ""

    @api.model
    def _list(self, line, quantity):
        """[words] on what of a line is missing: the parts of a kit of which others are not."""
        delivered = self.env["mto.delivered.goods"]
        if not delivered._read_parts(line) or not delivered._find_alive(line):
            return [self._describe(line, line.product_id, line.product_uom_id, quantity)]
        return [
            self._describe(line, product, product.uom_id, missing)
            for _place, product, _bom_line, missing in delivered._iterate_goods(line, quantity)
        ]

    def _describe(self, line, product, unit, quantity):
        delivery = self._get_name(line)
        if not delivery:
            return self.env._(
                "%(quantity)s %(unit)s of %(product)s: what was to bring it is deleted",
                quantity=self.env["mto.supply.text"]._format_number(quantity),
                unit=unit.name,
                product=product.display_name,
            )
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s: %(delivery)s is cancelled",
            quantity=self.env["mto.supply.text"]._format_number(quantity),
            unit=unit.name,
            product=product.display_name,
            delivery=delivery,
        )

    @api.model
    def _deliver_again(self, orders):
        """Launch what the orders ask for and nothing delivers, from stock or made again.

        What nobody can supply waits, and is shown, as all that has lost its supply.

        :return: the order lines of which something was asked for again
        """
        lines = orders.order_line.browse().union(*self._find_cancelled(orders.order_line))
        with self._unlock(lines.order_id):
            lines.with_context(mto_again=True)._action_launch_stock_rule()
        return lines

    @contextmanager
    def _unlock(self, orders):
        """A lock keeps lines from being changed; core does not deliver what they ask for, too."""
        locked = orders.filtered("locked").with_context(tracking_disable=True)
        locked.locked = False
        try:
            yield
        finally:
            locked.locked = True
