from odoo import api, models


class MtoFaultText(models.AbstractModel):
    """What the codes of purchases mean: why a vendor, and what a purchaser decides on."""

    _inherit = "mto.fault.text"

    @api.model
    def _get_texts(self):
        return {
            **super()._get_texts(),
            "surplus_undecided": self.env._(
                "%(needed)s %(unit)s are needed, the vendor sells no less than %(ordered)s. "
                "A purchaser decides: Order the Minimum, on the confirmed order or on the "
                "make-to-order dashboard."
            ),
            "vendor_only": self.env._("The only vendor."),
            "vendor_core": self.env._("The first vendor whose price the quantity reaches."),
            "vendor_fastest": self.env._("The fastest vendor."),
            "vendor_cheapest": self.env._("The cheapest vendor, in time."),
            "vendor_in_time": self.env._(
                "The cheapest vendor that keeps the promise; a cheaper one would be late."
            ),
        }
