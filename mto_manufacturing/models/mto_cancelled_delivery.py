from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models

from .. import planner
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

    def _filter(self, moves):
        """The moves of confirmed order lines that a person is about to cancel."""
        context = self.env.context
        if context.get("mto_merged") or not self.env["mto.production.change"]._is_by_hand():
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
        for line in lines.sudo():
            is_short = line in shipped or (self._is_cut(line) and self._is_told(line))
            if line.state == "sale" and is_short:
                quantity = line.product_uom_qty - line._mto_get_alive()
                if line.product_uom_id.compare(quantity, 0.0) > 0:
                    found[line] = line.product_uom_id.round(quantity)
        return found

    def _is_told(self, line):
        """Whether what is missing can be told from what came back."""
        return self._is_moved_only(line) or not self.env["mto.sent.back"]._has_left(line)

    def _is_cut(self, line):
        """Whether any of its deliveries was cancelled."""
        return any(move.state == "cancel" for move in line.move_ids)

    @api.model
    def _iterate_goods(self, line, quantity):
        """What a quantity of a line (its unit) comes to that no delivery brings any more.

        Yields (place in the line, product, BoM line or None, quantity in the product's unit).
        """
        parts = self._read_parts(line)
        if not parts:
            yield "", line.product_id, None, self._to_product_unit(line, quantity)
            return
        yield from self._iterate_missing(parts)

    @api.model
    def _to_product_unit(self, line, quantity):
        """What a quantity that nothing brings (the line's unit) comes to in the product's unit.

        Exactly what its moves leave, where the line's unit cannot say how much that is.
        """
        line = line.sudo()
        saved, own, unit = line._origin, line.product_uom_id, line.product_id.uom_id
        converted = own._compute_quantity(quantity, unit, rounding_method="HALF-UP")
        if own == unit or not self._is_counted(saved) or self._is_kit(line):
            return converted
        exact = self._get_missing(self._read_whole(line))
        lost = abs(exact - own._compute_quantity(quantity, unit, round=False))
        step = own._compute_quantity(own.rounding, unit, round=False)
        return exact if planner.half_up(lost - step, unit.rounding) <= 0 else converted

    def _read_whole(self, line):
        """A line that is no kit, as the only part of one, see _read_parts."""
        unit = line.product_id.uom_id
        asked = line.product_uom_id._compute_quantity(
            line.product_uom_qty, unit, rounding_method="HALF-UP"
        )
        return "", line.product_id, None, asked, sum(self._read_alive(line._origin).values())

    def _iterate_missing(self, parts):
        """Yields (place, product, BoM line, quantity) of the parts that nothing brings."""
        for part in parts:
            missing = self._get_missing(part)
            if missing > 0:
                yield *part[:3], missing

    def _get_missing(self, part):
        """What of a part of a kit nothing brings; less than nothing where too much is brought."""
        _place, product, _bom_line, asked, alive = part
        return planner.half_up(asked - alive, product.uom_id.rounding)

    def _read_parts(self, line):
        """What a kit asks for and what of it is delivered or on its way; None: it is no kit.

        :return: [(place in the line, product, BoM line, asked, alive)], product's unit;
            nothing, if the kit's BoM has changed since
        """
        company = line.company_id
        snapshot = self.env["mto.snapshot"].with_company(company)
        kits = snapshot._find_boms(line.product_id, company, bom_type="phantom")
        if not kits.get(line.product_id):
            return None
        alive = self._read_alive(line)
        parts = [
            (place, product, bom_line, asked, alive.pop(bom_line, 0.0))
            for place, product, bom_line, asked in snapshot._iterate_goods(line, kits)
        ]
        return [] if any(bom_line for bom_line in alive) else parts

    @api.model
    def _limit_delivered(self, line, quantity):
        """What of a line is delivered or on its way; of kits by the part of which least is.

        Core counts whole kits, and takes for delivered what was not delivered along with the
        rest of a kit, and what has left the stock and goes no further. It rounds each delivery
        to the line's unit: three parts of a dozen make 1.01 of it.

        :param quantity: what core says, in the line's unit
        """
        line = line.sudo()
        if not self._is_for_us(line):
            return quantity
        parts = self._read_parts(line)
        if parts is None:
            return self._get_alive(line)
        if not parts:
            return quantity
        if max(map(self._get_missing, parts)) == 0:
            return line.product_uom_qty  # core misses a whole kit for a hundredth of a part
        shares = [alive / asked for *_part, asked, alive in parts if asked]
        if not shares:
            return quantity  # none is asked for any more: core goes by what was
        return line.product_uom_id.round(
            line.product_uom_qty * min(shares), rounding_method="HALF-UP"
        )

    @api.model
    def _get_alive(self, line):
        """What of a line that is no kit is delivered or on its way, in the line's unit."""
        part = self._read_whole(line)
        if self._get_missing(part) == 0:
            return line.product_uom_qty
        unit = line.product_id.uom_id
        return unit._compute_quantity(part[-1], line.product_uom_id, rounding_method="HALF-UP")

    @api.model
    def _make_exact(self, line, procurements):
        """Ask for what is missing in the product's unit, where core has lost a part of it."""
        unit, exact = line.product_id.uom_id, []
        for procurement in procurements:
            if line.product_uom_id != procurement.product_uom == unit:
                quantity = unit._compute_quantity(
                    procurement.product_qty, line.product_uom_id, round=False
                )
                quantity = self._to_product_unit(line, quantity)
                procurement = procurement._replace(product_qty=quantity)
            exact.append(procurement)
        return exact

    @api.model
    def _limit_procurements(self, line, procurements):
        """Ask only for those parts of a kit that nothing delivers: core asks for whole kits."""
        line = line.sudo()
        asked = sum(procurement.product_qty for procurement in procurements)
        parts = asked >= 0 and self._is_for_us(line) and self._read_parts(line)
        if not parts:
            return procurements
        return [
            procurement._replace(
                product_id=product.with_env(procurement.product_id.env),
                product_qty=missing,
                product_uom=product.uom_id.with_env(procurement.product_uom.env),
                values={**procurement.values, "bom_line_id": bom_line.id},
            )
            for procurement in procurements
            for _place, product, bom_line, missing in self._iterate_missing(parts)
        ]

    def _is_for_us(self, line):
        """Whether core may reckon wrongly what of a line is delivered or on its way."""
        if not self._is_moved_only(line):
            return False
        return (
            line.product_uom_id != line.product_id.uom_id
            or self._is_cut(line)
            or self._is_kit(line)
            or self.env["mto.sent.back"]._has_exchanged(line)
        )

    def _is_counted(self, line):
        """Whether it can be told exactly how much of a line is delivered or on its way."""
        return self._is_moved_only(line) or self._is_shipped(line)

    @api.model
    def _is_shipped(self, line):
        """Whether vendors ship all of a line, as far as it is asked for."""
        return self.env["mto.drop.shipment"]._is_asked(line) and not self._is_kit(line)

    def _is_moved_only(self, line):
        """Whether moves tell all of a line: nothing of it is shipped by vendors."""
        return line.move_ids and not line.purchase_line_ids

    def _is_kit(self, line):
        return line.product_id.with_company(line.company_id).is_kits

    def _read_alive(self, line):
        """{BoM line of a kit or none: what the customer has or gets of it, product's unit}."""
        alive = defaultdict(float)
        if self._is_shipped(line):
            alive[line.env["mrp.bom.line"]] = self.env["mto.drop.shipment"]._get_alive(line)
            return alive
        for move in self._find_alive(line):
            alive[move.bom_line_id] += move._mto_get_quantity()
        for move, quantity in self.env["mto.sent.back"]._find(line).items():
            alive[move.bom_line_id] -= quantity
        return alive

    def _find_alive(self, line):
        """The moves that bring, or have brought, what a line asks for; of steps the last."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        return moves.filtered(
            lambda move: (
                not move.production_id
                and not move.origin_returned_move_id
                and not is_kept(move.location_dest_id)
                and move._mto_goes_to_customer()
                and (
                    move.location_dest_usage == "customer"
                    or (move.state != "done" and not move.move_dest_ids & moves)
                )
            )
        )

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
        if not self._read_parts(line) or not self._find_alive(line):
            return [self._describe(line, line.product_id, line.product_uom_id, quantity)]
        return [
            self._describe(line, product, product.uom_id, missing)
            for _place, product, _bom_line, missing in self._iterate_goods(line, quantity)
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

        :return: the order lines of which something is delivered again
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
