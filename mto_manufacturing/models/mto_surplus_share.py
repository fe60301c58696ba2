from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .. import planner

_OPEN = ("confirmed", "waiting", "partially_available")


class MtoSurplusShare(models.AbstractModel):
    """Hands what a confirmed purchase brings beyond its needs to other open needs.

    A confirmed purchase is not touched. Whoever buys may tie its surplus to needs that nothing
    supplies yet, or that are only asked for in an open request, which then asks for less.
    """

    _name = "mto.surplus.share"
    _description = "Make to Order: Surplus for Open Needs"

    # -- which needs could use it ------------------------------------------------------

    @api.model
    def _find_open_needs(self, products, company):
        """{need: what of it nobody is bound to bring, in the product's unit}; earliest first.

        :param products: ``product.product`` records
        :param company: one ``res.company``
        """
        if not products:
            return {}
        moves = self.env["stock.move"].sudo()
        moves = moves.search(
            Domain("mto_key", "!=", False)
            & Domain("state", "in", _OPEN)
            & Domain("picked", "=", False)
            & Domain("product_id", "in", products.ids)
            & Domain("company_id", "=", company.id),
            order="date, id",
        )
        is_place = self.env["mto.stock.reader"]._is_supply_place
        answer = {}
        for move in moves.filtered(lambda move: is_place(move.location_id)):
            quantity = self._get_open(move)
            if quantity > 0:
                answer[move] = quantity
        return answer

    def _get_open(self, move):
        """What of a need is not there, and only asked for in an open request if at all."""
        if any(line.state != "draft" for line in move._mto_get_expected_purchases()):
            return 0.0
        if any(origin.state != "cancel" for origin in move.move_orig_ids):
            return 0.0
        reserved = self.env["mto.exchange"]._get_all_reserved(move)
        return planner.half_up(move.product_qty - reserved, move.product_id.uom_id.rounding)

    @api.model
    def _describe(self, moves):
        """[{"order", "quantity"}] of open needs, one for each order that they are for."""
        orders = {}
        for move, quantity in moves.items():
            name = move.mto_sale_line_id.order_id.name or ""
            orders[name] = orders.get(name, 0.0) + quantity
        return [{"order": name, "quantity": quantity} for name, quantity in orders.items()]

    @api.model
    def _find_users(self, line, receipts):
        """The open needs that the surplus of a purchase line could serve; see above.

        :param receipts: what is still to come of it
        """
        needs = self._find_open_needs(line.product_id, line.company_id)
        arrives = self.env["mto.receipt.reader"]._get_arrival_domain
        reached = {
            place
            for place in self.env["stock.location"].union(*(move.location_id for move in needs))
            if receipts.filtered_domain(arrives(place)) == receipts
        }
        others = {
            move: quantity
            for move, quantity in needs.items()
            if line not in move.created_purchase_line_ids and move.location_id in reached
        }
        return self._filter_alike(others, line)

    @api.model
    def _filter_alike(self, needs, lines):
        """Those of {need: quantity} that ask for goods configured as those of purchase lines."""
        alike = {}
        for move, quantity in needs.items():
            configuration = move._mto_get_configuration()
            if any(line._mto_is_configured_as(configuration) for line in lines):
                alike[move] = quantity
        return alike

    @api.model
    def _get_left(self, line):
        """(receipts that are still to come of a confirmed line, its surplus in them)."""
        if line.state != "purchase":
            return line.move_ids.browse(), 0.0
        receipts = line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move._mto_is_bought()
        )
        coming = sum(receipts.mapped("product_qty"))
        return receipts, min(line.mto_surplus_qty, coming)

    # -- the act -----------------------------------------------------------------------

    @api.model
    def _share(self, lines):
        """Tie the surplus of confirmed purchase lines to open needs, the earliest first.

        :return: [(line, need, quantity)] of what was tied
        :raise UserError: where there is nothing to tie
        """
        lines = lines.sudo().with_context(mto_watching=True)
        tied, found = [], {line: self._get_left(line) for line in lines}
        used = [receipts for receipts, left in found.values() if left > 0]
        self.env["stock.move"].sudo().union(*used)._mto_wait_for_receipts()
        for line, (receipts, left) in found.items():
            users = self._find_users(line, receipts) if left > 0 else {}
            for need, quantity in users.items():
                share = planner.half_up(min(left, quantity), line.product_id.uom_id.rounding)
                if share > 0:
                    tied.append((line, self._tie(line, receipts, need, share), share))
                    left = planner.half_up(left - share, line.product_id.uom_id.rounding)
        if not tied:
            raise UserError(
                self.env._(
                    "There is no open need that could use what is left over, or nothing of it "
                    "is still to come."
                )
            )
        self._log(tied)
        return tied

    def _tie(self, line, receipts, need, quantity):
        """Tie a part of a need to a confirmed line; what was asked for it elsewhere shrinks."""
        exchange = self.env["mto.exchange"].sudo().with_company(line.company_id)
        need = need.with_env(line.env)
        asked = need.created_purchase_line_ids.filtered(lambda one: one.state == "draft")
        before = asked._mto_read_asked()
        part = exchange._part(need, quantity)
        exchange._confirm(
            part,
            {
                "procure_method": "make_to_order",
                "mto_lost_supply": False,
                "move_orig_ids": [Command.set(receipts.ids)],
                "created_purchase_line_ids": [Command.set(line.ids)],
            },
        )
        asked._mto_buy_less(before)
        return part

    def _log(self, tied):
        """Tell on the purchases and on the orders who gets what."""
        told = {}
        for line, need, quantity in tied:
            order = need.mto_sale_line_id.order_id
            words = self.env._(
                "%(quantity)s %(unit)s of %(product)s left over on %(purchase)s are for "
                "%(order)s now.",
                quantity=self.env["mto.supply.text"]._format_number(quantity),
                unit=line.product_id.uom_id.name,
                product=line.product_id.display_name,
                purchase=line.order_id.name,
                order=order.name or "",
            )
            for document in (line.order_id, order):
                told.setdefault(document, []).append(words)
        for document, words in told.items():
            if document:
                lines = Markup().join(Markup("<li>%s</li>") % line for line in words)
                document.message_post(body=Markup("<ul>%s</ul>") % lines)
