from odoo import api, models
from odoo.fields import Command, Domain

from .. import planner


class PurchaseOrderLine(models.Model):
    """Lines that needs are tied to by others than a procurement, or whose needs must leave.

    Core ties needs where it merges requests and where it copies one for another vendor.
    """

    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._mto_spare_needs()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "move_dest_ids" in vals:
            self._mto_spare_needs()
        return result

    def _mto_spare_needs(self):
        """See to it that to cancel these lines, or their receipts, cancels no need.

        A line that a person made would cancel whatever it is tied to.
        """
        for line in self.sudo():
            if line.propagate_cancel and line._mto_is_made_to_order(line.move_dest_ids):
                line.propagate_cancel = False
                line.move_ids.propagate_cancel = False

    def _mto_leave_replaced(self):
        """Tie no need to lines that ask for another product by now."""
        for line in self.sudo():
            replaced = line.move_dest_ids.filtered(
                lambda need, line=line: need.mto_key and need.product_id != line.product_id
            )
            if replaced:
                line.move_dest_ids = [Command.unlink(need.id) for need in replaced]

    def _mto_find_again(self):
        """Tie lines that serve nobody to what their orders were to bring of their product.

        So a line whose product was replaced and is put back serves again whom it was for, and
        so does one whose order was cancelled and is set to draft.
        """
        lost = self.env["mto.lost.supply"]
        lines = self.sudo().filtered(
            lambda line: not line._mto_find_needs() and line._mto_is_expected()
        )
        found = lines._mto_find_lost()
        for line in lines:
            needs = found[line]
            if needs:
                # What the line does not bring of them stays lost.
                with lost._watch(dict.fromkeys(needs, line.order_id.name)):
                    needs.write({"procure_method": "make_to_order", "mto_lost_supply": False})
                    line.move_dest_ids = [Command.link(need.id) for need in needs]
                found = lines._mto_find_lost()  # also what the line leaves of them
                self.env["mto.refresh"]._touch(needs.mto_sale_line_id)

    def _mto_expect_lost(self, vals):
        """Tie to lines what they were to bring and is lost, as far as they will bring it.

        Core makes a receipt for those whom a line serves, and of what is beyond for nobody.

        :param vals: what is about to be written by a person
        """
        lost = self.env["mto.lost.supply"]
        # The needs of a request that is merged into another one follow by themselves.
        told_whom = self.env.context.get("mto_merging") or (
            not {"product_id", "move_dest_ids"}.isdisjoint(vals)
        )
        if "product_qty" not in vals or told_whom or not lost._is_watched():
            return
        lines = self.sudo().with_context(mto_watching=True)
        beyond = {
            line: line._mto_get_more(vals)
            for line in lines
            if line._mto_is_made_to_order(line.move_dest_ids)
        }
        beyond = {line: more for line, more in beyond.items() if more > 0}
        found = lines.browse().union(*beyond)._mto_find_lost()
        for line, more in beyond.items():
            needs = found[line].filtered(lambda need: need.procure_method == "make_to_stock")
            for need in needs - line.move_dest_ids:
                share = planner.half_up(
                    min(more, need.product_qty), need.product_id.uom_id.rounding
                )
                if share > 0:
                    line._mto_serve(need, share)
                    more -= share

    def _mto_get_more(self, vals):
        """What this line brings beyond its receipts and its needs once ``vals`` are written.

        :return: a quantity in the product's unit; nothing of what is cancelled
        """
        self.ensure_one()
        if self.state != "purchase" and not self._mto_is_expected():
            return 0.0
        unit = self.product_id.uom_id
        asked = self.product_uom_id.browse(vals.get("product_uom_id")) or self.product_uom_id
        quantity = asked._compute_quantity(vals["product_qty"], unit, rounding_method="HALF-UP")
        there = self.product_uom_id._compute_quantity(
            self._get_qty_procurement(), unit, rounding_method="HALF-UP"
        )
        return quantity - max(there, self._mto_sum_needs()[self])

    def _mto_serve(self, need, quantity):
        """Tie a part of a need that nothing supplies to this line."""
        exchange = self.env["mto.exchange"]
        exchange._confirm(
            exchange._part(need.with_env(self.env), quantity),
            {
                "procure_method": "make_to_order",
                "mto_lost_supply": False,
                "created_purchase_line_ids": [Command.set(self.ids)],
            },
        )
        self.env["mto.refresh"]._touch(need.mto_sale_line_id)

    def _mto_find_lost(self):
        """{line: the needs that its order was to bring, and that have got nothing else}."""
        if not self:
            return {}
        domain = (
            Domain("mto_lost_supply", "in", self.order_id.mapped("name"))
            & Domain("product_id", "in", self.product_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "=", "confirmed")
            & Domain("procure_method", "=", "make_to_stock")
            & Domain("move_orig_ids", "=", False)
            & Domain("quantity", "=", 0)
            & Domain("picked", "=", False)
        )
        needs = self.env["stock.move"].sudo().search(domain, order="id")
        needs = self.env["mto.lost.supply"]._filter(needs)
        groups = needs.grouped(
            lambda need: (need.mto_lost_supply, need.product_id, need.company_id)
        )
        asked = {line: (line.order_id.name, line.product_id, line.company_id) for line in self}
        return {line: groups.get(what, needs.browse()) for line, what in asked.items()}
