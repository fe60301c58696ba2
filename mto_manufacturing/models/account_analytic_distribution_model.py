from odoo import models

from .mto_memo import get_memo, get_viewpoint


class AccountAnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    def _get_applicable_models(self, vals):
        # Core searches once per purchase line; where there are no models, once is enough.
        memo = get_memo(self.env)
        if memo is not None:
            known = memo.table("analytic", get_viewpoint(self.env))
            if "any" not in known:
                known["any"] = bool(self.search_count([], limit=1))
            if not known["any"]:
                return self.browse()
        return super()._get_applicable_models(vals)
