from odoo import api, models
from odoo.fields import Command


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
