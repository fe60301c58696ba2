from odoo import api, models
from odoo.fields import Command


class MtoSubcontracting(models.AbstractModel):
    """What vendors make of goods that are sent there, where Odoo's module for it is installed.

    Core makes the subcontractor's production when the purchase is confirmed, for its receipt.
    It serves whom the receipt serves; so do the goods that are sent to the subcontractor.
    """

    _name = "mto.subcontracting"
    _description = "Make to Order: Subcontracting"

    @api.model
    def _hand_down(self, vals_list):
        """Tell new productions of subcontractors which need they are for.

        :param vals_list: a list of ``mrp.production`` values, changed in place
        """
        for vals in vals_list:
            if vals.get("subcontractor_id") and not vals.get("mto_key"):
                needs = self._find_needs(self._find_receipt(vals))
                lines = needs.mto_sale_line_id
                if lines:
                    vals["mto_key"] = needs.filtered("mto_sale_line_id")[0].mto_key
                    vals["mto_sale_line_ids"] = [Command.set(lines.ids)]

    def _find_receipt(self, vals):
        """The receipt that core makes the production for: its reference is all that is told."""
        linked = [command[1] for command in vals.get("reference_ids") or () if command[0] == 4]
        return self.env["stock.reference"].browse(linked).sudo().move_ids

    @api.model
    def _find_needs(self, moves):
        """The make-to-order moves that moves lead to, through any steps without an order."""
        needs, wave = moves.browse(), moves
        while wave:
            needs |= wave.filtered("mto_sale_line_id")
            wave = wave.filtered(lambda move: not move.mto_sale_line_id).move_dest_ids - needs
        return needs
