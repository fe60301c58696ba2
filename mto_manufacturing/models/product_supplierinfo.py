from odoo import fields, models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    mto_minimum_qty = fields.Float(
        string="Minimum Order",
        digits="Product Unit",
        help="The least that this vendor sells, in the vendor's unit, for purchases that are "
        "made to order. Empty: the smallest quantity for which the vendor has a price.",
    )
    mto_multiple_qty = fields.Float(
        string="Order Multiple",
        digits="Product Unit",
        help="Purchases that are made to order are rounded up to a multiple of this quantity, "
        "in the vendor's unit. Empty: any quantity, but whole units where the vendor sells in "
        "another unit than the product's.",
    )

    _mto_quantities_positive = models.Constraint(
        "CHECK(mto_minimum_qty >= 0 AND mto_multiple_qty >= 0)",
        "A vendor's minimum order and order multiple cannot be negative.",
    )

    def _mto_express(self, quantity, unit):
        """A quantity of this price line in another unit."""
        return quantity and self.product_uom_id._compute_quantity(quantity, unit, round=False)
