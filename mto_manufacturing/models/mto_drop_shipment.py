from odoo import api, models

from .. import planner
from .mto_change_source import OPEN_PURCHASE, GivenBack


class MtoDropShipment(models.AbstractModel):
    """What vendors ship to the customer: no move of the order stands for it until it is bought.

    A request that is cancelled or deleted is missed by what is left of all of them.
    """

    _name = "mto.drop.shipment"
    _description = "Make to Order: Drop Shipments"

    @api.model
    def _filter(self, lines):
        """The lines of confirmed orders that vendors ship, or were to ship."""
        is_goods = self.env["mto.snapshot"]._is_goods_line
        lines = lines.filtered(lambda line: line.state == "sale" and is_goods(line)).sudo()
        return lines.filtered(lambda line: self._is_shipped(line) and not self._is_kept(line))

    @api.model
    def _get_name(self, line):
        """The name of the request that was cancelled last."""
        cancelled = self._get_requests(line).filtered(lambda bought: bought.state == "cancel")
        return cancelled.order_id.sorted("id")[-1:].name or ""

    @api.model
    def _ask_for_less(self, procurements):
        """Ask vendors for what order lines want less of, where they were asked for it.

        Core would choose a vendor for as little, and looks for a request to that one alone.

        :param procurements: a list of (procurement, rule)
        :return: the procurements that are something else
        """
        others, given = [], GivenBack()
        for need, rule in procurements:
            if self._is_less(need):
                self._shrink(need, rule, given)
            else:
                others.append((need, rule))
        self.env["mto.change.notice"]._tell(given)
        return others

    def _is_less(self, need):
        values = need.values
        is_shipped = values.get("sale_line_id") and not values.get("move_dest_ids")
        is_ours = bool(is_shipped and values.get("mto_key"))
        return is_ours and need.product_uom.compare(need.product_qty, 0.0) < 0

    def _shrink(self, need, rule, given):
        """Take what is wanted less from the requests that bind nobody yet.

        What one of them cannot give back, for its vendor's boxes, is asked of the next.
        """
        unit = need.product_id.uom_id
        less = need.product_uom._compute_quantity(
            -need.product_qty, unit, rounding_method="HALF-UP"
        )
        tenders = self._find_tenders(need)
        gone = none = self.env["purchase.order.line"].sudo()
        for bought in self._find_open(need) - none.union(*tenders.values()):
            if unit.compare(less, 0.0) <= 0:
                break
            left = bought.product_uom_qty
            taken = self._lessen(bought, less, need, rule, given)
            less, left = less - taken, left - taken
            others = tenders.get(bought, none)
            for other in others:
                self._lessen(other, other.product_uom_qty - left, need, rule, given)
            gone |= bought | others if unit.compare(left, 0.0) <= 0 else none
        self._take_back(gone, given)
        self._keep(need, less, given)

    def _keep(self, need, less, given):
        """Remember what is wanted less of requests that stay, by the change that is made now.

        They are ordered, or somebody is about to approve them.
        """
        line = self.env["sale.order.line"].sudo().browse(need.values["sale_line_id"])
        fell = line._mto_get_asked_before() - line.product_uom_qty
        if line.product_uom_id.compare(fell, 0.0) <= 0:
            return  # it has been told before
        if need.product_id == line.product_id:  # else it is of a kit
            fell = line.product_uom_id._compute_quantity(
                fell, line.product_id.uom_id, rounding_method="HALF-UP"
            )
            less = min(less, fell)
        for bought in self._find_alive(line)._mto_filter_counted():
            if bought.state not in OPEN_PURCHASE and bought.product_id == need.product_id:
                share = min(less, bought.product_uom_qty)
                self._keep_for(bought, share, given)
                less -= share

    def _find_tenders(self, need):
        """{request: the others that ask other vendors for the same, and of which less can be}."""
        open_requests = self._find_open(need)
        groups = open_requests._mto_group_alternatives()
        return {group[0]: group[1:] & open_requests for group in groups}

    def _lessen(self, bought, less, need, rule, given):
        """Ask for less (product's unit) of a request, if not for nothing; by how much less."""
        before = bought.product_uom_qty
        if bought.product_id.uom_id.compare(less, 0.0) <= 0:
            return 0.0
        vals = self._prepare_less(need, rule, bought, min(less, before))
        if bought.product_uom_id.compare(vals["product_qty"], 0.0) <= 0:
            return before
        bought.write(vals)
        taken = planner.half_up(before - bought.product_uom_qty, bought.product_id.uom_id.rounding)
        self._remember(bought, taken, given)
        return taken

    def _prepare_less(self, need, rule, bought, less):
        """The values of a request that asks for less (product's unit) than before."""
        # Its vendor may have no price any more.
        vendor = self.env["product.supplierinfo"].new({"partner_id": bought.partner_id.id})
        values = {**need.values, "supplier": vendor}
        return rule._update_purchase_order_line(
            need.product_id, -less, need.product_id.uom_id, bought.company_id, values, bought
        )

    def _find_open(self, need):
        """The requests for a need of an order line of which less can be asked.

        Those that no vendor has seen come first, and of these the newest.
        """
        line = self.env["sale.order.line"].sudo().browse(need.values["sale_line_id"])
        return (
            self._get_requests(line)
            .filtered(
                lambda bought: (
                    bought.state in OPEN_PURCHASE and bought.product_id == need.product_id
                )
            )
            .sorted(lambda bought: (bought.state == "draft", bought.id), reverse=True)
        )

    @api.model
    def _cancel(self, orders, given):
        """Ask vendors to ship nothing to the customers of orders that are cancelled.

        What somebody is about to approve stays.

        :param given: a ``GivenBack`` to be filled in with what vendors, or others, must know
        """
        asked = orders.order_line.purchase_line_ids.filtered(
            lambda bought: bought.product_id.type != "service" and not bought.move_dest_ids
        )
        for bought in asked.filtered(lambda bought: bought.state == "to approve"):
            self._keep_for(bought, bought.product_uom_qty, given)
        self._take_back(asked.filtered(lambda bought: bought.state in OPEN_PURCHASE), given)

    def _take_back(self, requests, given):
        """Ask vendors for none of these any more."""
        for bought in requests:
            self._remember(bought, bought.product_uom_qty, given)
        requests.sale_line_id = False  # else core tells the salesperson that it is cancelled
        requests._mto_remove()

    def _remember(self, bought, less, given):
        """Remember by how much less a request that its vendor has seen asks for."""
        if bought.state == "sent":
            self._keep_for(bought, less, given)

    def _keep_for(self, bought, less, given):
        # The order: the line may be removed.
        given.keep_for(bought.order_id, bought.product_id, bought.sale_line_id, less)

    def _get_requests(self, line):
        """All lines of purchases that are, or were, to be shipped for an order line."""
        return line.purchase_line_ids.filtered(lambda bought: bought.product_id.type != "service")

    def _is_kept(self, line):
        """Whether it is a kit of which some passes through a warehouse, or is bought.

        Nobody can tell which part of it is missing: core counts whole ones.
        """
        if self._find_alive(line).product_id - line.product_id:
            return True
        shipped_or_back = ("supplier", "customer")
        return line.product_id.with_company(line.company_id).is_kits and any(
            move.location_id.usage not in shipped_or_back for move in line.move_ids
        )

    def _is_shipped(self, line):
        """Whether a vendor is, or was, asked to ship it; where that is deleted, would be."""
        if self._get_requests(line) or line.move_ids:
            return bool(self._get_requests(line))
        reader = self.env["mto.snapshot"].with_company(line.company_id)
        need = reader._prepare_line_need(line, line.product_id)
        return reader._get_need_rule(need, need.location).action == "buy"

    # -- what becomes of what they were asked for --------------------------------------

    @api.model
    def _launch(self, lines):
        """Ask for what is missing of lines of which core cannot tell what vendors ship.

        Core takes for shipped what they were asked for, whatever became of it.

        :return: these order lines, of which core is to ask for nothing
        """
        own, procurements, less = lines.filtered(self._is_mistaken), [], []
        for line in own:
            missing = line.product_uom_qty - line._mto_get_alive()
            if not line.product_uom_id.is_zero(missing):
                line = line.with_company(line.company_id)
                size = line.product_uom_id._adjust_uom_quantities(missing, line.product_id.uom_id)
                needs = line._create_procurements(*size, line._prepare_procurement_values())
                if missing > 0:
                    procurements += needs
                else:  # whichever way it would come by now
                    less += [(need, self.env["stock.rule"]) for need in needs]
        if less:
            self._ask_for_less(less)
        if procurements:
            self.env["stock.rule"].run(procurements)
        return own

    def _is_mistaken(self, line):
        """Whether core would launch a line, and reckons otherwise what of it is shipped."""
        is_launched = line.state == "sale" and not line.order_id.locked
        if not is_launched or not self.env["mto.delivered.goods"]._is_shipped(line.sudo()):
            return False
        alive = line._mto_get_alive()
        return line.product_uom_id.compare(alive, line._get_qty_procurement()) != 0

    @api.model
    def _is_asked(self, line):
        """Whether vendors are, or were, asked to ship a line itself, and no parts of it."""
        requests = self._get_requests(line)
        return bool(requests) and requests.product_id == line.product_id

    @api.model
    def _get_alive(self, line):
        """What vendors have shipped, or are to ship, of a line (product's unit).

        Of what is ordered for good that is what the transfers bring: one may be cancelled, or
        bring less and leave nothing to come.
        """
        return sum(map(self._get_brought, self._find_alive(line)._mto_filter_counted()))

    @api.model
    def _get_open(self, line):
        """What of a line vendors are asked for that binds nobody yet (product's unit)."""
        counted = self._find_alive(line)._mto_filter_counted()
        asked = counted.filtered(lambda bought: bought.state in OPEN_PURCHASE)
        return sum(asked.mapped("product_uom_qty"))

    def _get_brought(self, bought):
        if bought._mto_is_expected():
            return bought.product_uom_qty
        alive = self._find_transfers(bought).filtered(lambda move: move.state != "cancel")
        return sum(move._mto_get_quantity() for move in alive)

    @api.model
    def _find_short(self, line):
        """The moves with which vendors have shipped less than they were to, for good."""
        return self._find_transfers(self._find_alive(line)).filtered(
            lambda move: (
                move.state == "done"
                and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            )
        )

    def _find_alive(self, line):
        return self._get_requests(line).filtered(lambda bought: bought.state != "cancel")

    def _find_transfers(self, requests):
        """The moves to the customer; of returns none, in whichever direction."""
        return requests.move_ids.filtered(
            lambda move: not move.origin_returned_move_id and move.location_id.usage != "customer"
        )
