from odoo import models


class ReportStockReportReception(models.AbstractModel):
    _inherit = "report.stock.report_reception"

    def action_unassign(self, move_id, qty, in_ids):
        """Let only who may take goods from orders untie what comes for a need of one."""
        move = self.env["stock.move"].browse(move_id)
        if not move.sudo()._mto_is_supplied_for_itself():
            return super().action_unassign(move_id, qty, in_ids)
        self.env["mto.release"]._check_right()
        lost = self.env["mto.lost.supply"]
        with lost._watch(lost._find_needs(move.browse(in_ids))):
            return super().action_unassign(move_id, qty, in_ids)
