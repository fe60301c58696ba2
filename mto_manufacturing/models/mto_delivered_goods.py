from collections import defaultdict

from odoo import api, models

from .. import planner


class MtoDeliveredGoods(models.AbstractModel):
    """What of an order line is delivered or on its way, and so what nothing brings.

    Exactly, and of each part of a kit: core counts whole kits, rounds to the line's unit, and
    takes for delivered what was not delivered along with the rest.
    """

    _name = "mto.delivered.goods"
    _description = "Make to Order: Delivered Goods"

    @api.model
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

    @api.model
    def _find_rest(self, line):
        """What of the parts of a kit nothing brings, as ``_iterate_goods`` yields it.

        None, where that is told by whole ones, or for what is no kit.
        """
        if not self._is_moved_only(line._origin) or not self._is_kit(line):
            return None
        parts = self._read_parts(line)
        return list(self._iterate_missing(parts)) if parts else None

    def _get_missing(self, part):
        """What of a part of a kit nothing brings; less than nothing where too much is brought."""
        _place, product, _bom_line, asked, alive = part
        return planner.half_up(asked - alive, product.uom_id.rounding)

    @api.model
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
        alive = self._read_alive(line._origin)
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
            or self._has_several_rules(line)
            or self.env["mto.sent.back"]._has_exchanged(line)
        )

    def _has_several_rules(self, line):
        """Whether several rules pull goods for it: by another strategy, or from another place.

        Core goes by the rule of the oldest move that is left, takes what that one sends for
        the delivery, and does not see what others send.
        """
        rules = line.move_ids.rule_id
        return len(rules) > 1 and len(rules.filtered(lambda rule: rule.action != "push")) > 1

    def _is_counted(self, line):
        """Whether it can be told exactly how much of a line is delivered or on its way."""
        return self._is_moved_only(line) or self._is_shipped(line)

    @api.model
    def _is_shipped(self, line):
        """Whether vendors ship any of a line; what else it asks for may pass a warehouse."""
        return self.env["mto.drop.shipment"]._is_asked(line) and not self._is_kit(line)

    @api.model
    def _is_moved_only(self, line):
        """Whether moves tell all of a line: nothing of it is shipped by vendors."""
        return line.move_ids and not line.purchase_line_ids

    def _is_kit(self, line):
        return line.product_id.with_company(line.company_id).is_kits

    def _read_alive(self, line):
        """{BoM line of a kit or none: what the customer has or gets of it, product's unit}."""
        alive, moves = defaultdict(float), self._find_alive(line)
        if self._is_shipped(line):
            shipped = self.env["mto.drop.shipment"]
            alive[line.env["mrp.bom.line"]] = shipped._get_alive(line)
            moves -= shipped._find_transfers(shipped._get_requests(line))
        for move in moves:
            alive[move.bom_line_id] += move._mto_get_quantity()
        for move, quantity in self.env["mto.sent.back"]._find(line).items():
            alive[move.bom_line_id] -= quantity
        return alive

    @api.model
    def _find_alive(self, line):
        """The moves that bring, or have brought, what a line asks for; of steps the last."""
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        moves = line.move_ids.filtered(
            lambda move: move.state != "cancel" and not move.origin_returned_move_id
        )
        return moves.filtered(
            lambda move: (
                not move.production_id
                and not is_kept(move.location_dest_id)
                and move._mto_goes_to_customer()
                and (
                    move.location_dest_usage == "customer"
                    or (move.state != "done" or self._is_handed_over(move, line))
                    and not move.move_dest_ids & moves
                )
            )
        )

    def _is_handed_over(self, move, line):
        """Whether what a move has brought is with the other company that has ordered it.

        Between two companies lies also what one of them has sent to the other for a customer.
        """
        is_there = move.location_dest_id._is_outgoing()
        line = line.with_company(line.company_id)  # a partner's place is each company's own
        return is_there and line._get_location_final().usage != "customer"
