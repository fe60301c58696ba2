from collections import defaultdict

from odoo import models


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def _quantity_in_progress(self):
        # What has lost its supply is told to whoever supplies it again, and would come twice.
        quantities = super()._quantity_in_progress()
        for orderpoint_id, missing in self._mto_get_told().items():
            quantities[orderpoint_id] += missing
        return quantities

    def _mto_get_told(self):
        """{id: what orders tell to be missing of what a rule is asked to bring, in its unit}."""
        words = self.env["mto.supply.text"]
        needs = words._find_told(self.product_id)
        by_product = needs.grouped("product_id")
        missing = {need: words._get_missing(need) for need in needs}
        told = defaultdict(float)
        for orderpoint in self.filtered(lambda one: one.product_id in by_product):
            until = orderpoint._get_product_context()["to_date"]  # what core looks ahead to
            path = orderpoint.location_id.parent_path
            for need in by_product[orderpoint.product_id]:
                if need.location_id.parent_path.startswith(path) and need.date <= until:
                    told[orderpoint.id] += need.product_uom._compute_quantity(
                        missing[need], orderpoint.product_uom, round=False
                    )
        return told
