from odoo import fields, models

_DATES = ("date_start", "date_finished")


class MrpProduction(models.Model):
    """A production that is moved: the forecasts of the orders served follow."""

    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        dates = {
            name: fields.Datetime.to_datetime(vals[name]) for name in _DATES if vals.get(name)
        }
        if dates:
            moved = self.sudo().filtered(
                lambda production: any(production[name] != date for name, date in dates.items())
            )
            self.env["mto.refresh"]._touch(moved.mto_sale_line_ids)
        return super().write(vals)
