from collections import defaultdict

from odoo import api, models

from .mto_memo import get_memo, get_viewpoint


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    def _skip_for_no_variant(self, product, bom_attribule_values, never_attribute_values=False):
        if not bom_attribule_values:
            return False  # as core finds out, a line at a time
        # Values chosen for a product hold for the kits in it: core compares values of one
        # template only, and so skips every such line of a kit.
        if never_attribute_values:
            chosen = never_attribute_values.product_attribute_value_id
            never_attribute_values |= bom_attribule_values.filtered(
                lambda value: (
                    value.attribute_id.create_variant == "no_variant"
                    and value.product_attribute_value_id in chosen
                )
            )
        return super()._skip_for_no_variant(product, bom_attribule_values, never_attribute_values)

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Ask once in a confirmation, and then for all the products of the plan together."""
        memo = get_memo(self.env)
        # Core answers for archived products one by one only.
        if memo is None or not all(products.mapped("active")):
            return super()._bom_find(products, picking_type, company_id, bom_type)
        viewpoint = get_viewpoint(self.env)
        type_id = picking_type.id if picking_type else False
        known = memo.table("bom", viewpoint, type_id, company_id, bom_type)
        unknown = products.filtered(lambda product: product.id not in known)
        if unknown:
            asked = memo.with_expected(unknown, known).filtered("active")
            known.update(dict.fromkeys(asked._ids, False))
            if bom_type:  # most have none of this type
                types = asked.product_tmpl_id._mto_read_bom_types()
                asked = asked.filtered(
                    lambda product: bom_type in types[product.product_tmpl_id.id]
                )
            found = super()._bom_find(asked, picking_type, company_id, bom_type)
            known.update((product.id, found[product].id) for product in asked)
        prefetch = [bom_id for bom_id in known.values() if bom_id]
        answer = defaultdict(self.browse)
        for product in products:
            if known[product.id]:
                answer[product] = self.browse(known[product.id]).with_prefetch(prefetch)
        return answer

    def _mto_has_operations(self):
        """Whether there may be operations, of the BoM itself or of a kit in it."""
        self.ensure_one()
        kits = self._bom_find(
            self.bom_line_ids.product_id,
            picking_type=self.picking_type_id,
            company_id=self.company_id.id,
            bom_type="phantom",
        )
        return bool(self.operation_ids or kits)
