import re

from odoo import models

from .. import planner

#: "Bicycle - 2/5", in core's description of a kit's component.
_KIT_NUMBER = re.compile(r" - \d+/\d+$")


class StockMove(models.Model):
    """What a make-to-order need hands down to what supplies it."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_procurement_qty(self):
        # The free stock is already taken off what is left to order.
        pegged = {
            move.id: move.product_uom_qty
            for move in self
            if move.mto_key and move.procure_method == "make_to_order"
        }
        # Of what nobody counts there is enough where it is not ordered.
        pegged |= {
            move.id: 0.0
            for move in self
            if move.mto_key and not move.product_id.is_storable and move.id not in pegged
        }
        others = self.filtered(lambda move: move.id not in pegged)
        quantities = dict(
            zip(others.ids, super(StockMove, others)._prepare_procurement_qty(), strict=True)
        )
        quantities.update(pegged)
        return [quantities[move.id] for move in self]

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.mto_key:
            values["mto_sale_line_id"] = self.mto_sale_line_id.id
            values["mto_custom"] = self.mto_custom
            values["product_description_variants"] = self._mto_describe(values)
            # Once netted, a need that is brought from elsewhere is netted there once more.
            passed = self.env["mto.netting"]._is_supply_place(self.location_id)
            values["mto_key"] = f"{self.mto_key}/@" if passed else self.mto_key
        return values

    def _mto_describe(self, values):
        """What is configured in words, for whoever makes or sells it.

        :param values: of the procurement, as core prepares them
        """
        text = values.get("product_description_variants") or ""
        return self._mto_get_configuration_text() or self._mto_leave_kit_out(text)

    def _mto_describe_configuration(self):
        """The same, asked of a move for which nothing is procured yet."""
        self.ensure_one()
        line = self.sudo().mto_sale_line_id
        if not line.product_no_variant_attribute_value_ids and not line._mto_get_texts():
            return ""
        return self._prepare_procurement_values()["product_description_variants"] or ""

    def _mto_get_configuration_text(self):
        """The customer's choices in words, of a need that they reach."""
        self.ensure_one()
        if not self.mto_custom and not self.never_product_template_attribute_value_ids:
            return ""
        needs = seen = self  # through the steps, to the component that needs it
        while needs and not needs.raw_material_production_id:
            needs = needs.move_dest_ids - seen
            seen |= needs
        return needs.raw_material_production_id[:1].product_description_variants

    def _mto_leave_kit_out(self, text):
        """A move's description without the number that it has in a kit.

        Core writes it in the last line. It tells needs apart that are supplied alike.
        """
        self.ensure_one()
        if self.bom_line_id.bom_id.type != "phantom" or self.description_picking_manual:
            return text
        lines = text.split("\n")
        return "\n".join(lines[:-1] if _KIT_NUMBER.search(lines[-1]) else lines)

    def _generate_move_phantom(self, bom_line, product_qty, quantity_done):
        vals_list = super()._generate_move_phantom(bom_line, product_qty, quantity_done)
        key = self.mto_key
        if key and self._mto_is_root():
            key = planner.line_key(key.split("/")[0], bom_line.id)
        for vals in vals_list:
            vals.update(mto_key=key, mto_sale_line_id=self.mto_sale_line_id.id)
        return vals_list
