from odoo import api, models


class ProductionLevel:
    """What waits while a level of an order is confirmed, handed down in the context.

    ``needs``: those for the productions of the next level. ``demands``: moves of which the
    reordering rules hear when all levels are there; before, they would see needs without
    their supplies, and order them as well.
    """

    def __init__(self, moves):
        self.needs = []
        self.demands = moves.browse()

    def take_needs(self):
        needs, self.needs = self.needs, []
        return needs


class MtoProductionLevel(models.AbstractModel):
    """What the productions of one level are made for, and what is there to add to."""

    _name = "mto.production.level"
    _description = "Make to Order: Productions of One Level"

    @api.model
    def _unite(self, needs):
        """One procurement for all parts of a need: batches are rounded up once, as planned.

        The need has parts where several productions share it, batches of what consumes it.
        """
        united = {}
        products = self.env["product.product"].union(*(need.product_id for need, _rule in needs))
        for need, rule in needs:
            # A batch is no whole number of every unit, and a part may be in another one.
            need, values = self._express(need, products._ids), need.values
            moves = values.get("move_dest_ids") or self.env["stock.move"]
            index = (rule, need.product_id, need.location_id, values["mto_key"])
            if index in united:
                known = united[index]
                moves |= known.values["move_dest_ids"]
                need = known._replace(product_qty=known.product_qty + need.product_qty)
            united[index] = need._replace(values={**need.values, "move_dest_ids": moves})
        return [(need, index[0]) for index, need in united.items()]

    def _express(self, need, together):
        """A procurement in its product's unit.

        :param together: ids of the products that are read in one go
        """
        need = need._replace(product_id=need.product_id.with_prefetch(together))
        unit = need.product_id.uom_id
        quantity = need.product_uom._compute_quantity(
            need.product_qty, unit, rounding_method="HALF-UP"
        )
        return need._replace(product_qty=quantity, product_uom=unit)

    @api.model
    def _find_productions(self, needs):
        """The productions that any of these needs might be added to, in one query."""
        needs = [need for need, _rule in needs]
        references = self.env["stock.reference"].union(
            *(need.values.get("reference_ids") or self.env["stock.reference"] for need in needs)
        )
        products = self.env["product.product"].union(*(need.product_id for need in needs))
        found = self.env["mrp.production"].sudo()
        found = found.search(
            [
                ("product_id", "in", products.ids),
                ("reference_ids", "in", references.ids),
                ("mto_key", "!=", False),
                ("mto_sale_line_ids", "!=", False),
                ("state", "in", ("draft", "confirmed")),
            ],
            order="id",
        )
        # What each of them is compared by is read for all of them here.
        found.mapped("reference_ids")
        found.mapped("mto_sale_line_ids.order_id")
        found.mapped("never_product_template_attribute_value_ids")
        return found
