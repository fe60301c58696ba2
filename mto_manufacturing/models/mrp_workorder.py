from odoo import models

from .mto_parts import Consumption


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def button_finish(self):
        # Needs in parts, see mto.parts: core consumes of each part by itself.
        shared = self.with_context(mto_consumption=Consumption(is_finished=True))
        return super(MrpWorkorder, shared).button_finish()
