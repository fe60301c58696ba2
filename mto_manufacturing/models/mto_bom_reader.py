from odoo import models

from .. import planner
from .mto_memo import get_memo

#: Kits inside kits that are opened before they are taken to contain themselves.
_DEEPEST_KIT = 20


class MtoBomReader(models.AbstractModel):
    """Reads the BoMs of a level and the kits in them in batches."""

    _name = "mto.bom.reader"
    _inherit = "mto.rule.reader"
    _description = "Make to Order: Bills of Materials"

    def _expect_parts(self, needs):
        """Fetch together what will be asked, level by level, of all that may be in products."""
        products = wave = self.env["product.product"].union(
            *(need.product for need in needs.values())
        )
        boms = self.env["mrp.bom"]
        while wave:
            new = wave.product_tmpl_id.bom_ids - boms
            boms |= new
            wave = new.bom_line_ids.product_id - products
            products |= wave
        get_memo(self.env).expect(products)
        # Whatever is read of one from now on is read of all, as they are asked for together here.
        products.mapped("product_template_attribute_value_ids")
        boms.mapped("operation_ids")
        boms.bom_line_ids.mapped("bom_product_template_attribute_value_ids")

    def _find_boms(self, products, company, picking_type=None, bom_type="normal"):
        # Most products of a plan have none of the kind.
        types = products.product_tmpl_id._mto_read_bom_types()
        products = products.filtered(lambda product: bom_type in types[product.product_tmpl_id.id])
        return self.env["mrp.bom"]._bom_find(
            products, picking_type=picking_type, company_id=company.id, bom_type=bom_type
        )

    def _find_production_boms(self, resolved):
        groups = {}
        for answer in resolved.values():
            if answer.rule and answer.rule.action == "manufacture":
                key = (answer.rule.picking_type_id, answer.company)
                groups.setdefault(key, []).append(answer)
        for (picking_type, company), answers in groups.items():
            products = self.env["product.product"].union(*(a.need.product for a in answers))
            found = self._find_boms(products, company, picking_type)
            others = products.filtered(lambda product, found=found: not found.get(product))
            fallback = self._find_boms(others, company)
            for answer in answers:
                product = answer.need.product
                answer.bom = found.get(product) or fallback.get(product)
                if not answer.bom:
                    answer.fault = planner.Fault("no_bom", refused=True)

    def _read_components(self, resolved):
        """The components of every BoM of a level: {need key: [(need, component), ...]}."""
        made = {key: answer for key, answer in resolved.items() if answer.bom}
        kits = self._find_kits([answer.bom for answer in made.values()])
        reach = self._read_reach(made.values())
        components = {}
        for key, answer in made.items():
            parts = self._read_bom(answer, kits[answer.bom], reach)
            if not parts and answer.rule.action == "manufacture":
                answer.fault = planner.Fault("empty_bom")
            components[key] = parts
        return components

    def _find_kits(self, boms):
        """The kits in BoMs, to the last level, in batches: {BoM: {product: its kit, or None}}.

        As core opens them: of the BoM's own company and operation; of any, where it has none.
        """
        groups, kits = {}, {}
        for bom in boms:
            groups.setdefault((bom.company_id, bom.picking_type_id), []).append(bom)
        for (company, operation), alike in groups.items():
            found = self._find_kits_of(company, operation, alike)
            kits.update(dict.fromkeys(alike, found))
        return kits

    def _find_kits_of(self, company, operation, boms):
        kits = {}
        lines = self.env["mrp.bom.line"].union(*(bom.bom_line_ids for bom in boms))
        while lines:
            products = lines.product_id.filtered(lambda product: product not in kits)
            found = self._find_boms(products, company, operation, "phantom")
            kits.update({product: found.get(product) for product in products})
            lines = self.env["mrp.bom.line"].union(
                *(kit.bom_line_ids for kit in found.values() if kit)
            )
        return kits

    def _is_left_out(self, product):
        """Whether core makes a BoM's product without this component, which is no kit of it.

        It is so where the component is a kit to another company, or in another operation.
        """
        template = product.product_tmpl_id
        if "phantom" not in template._mto_read_bom_types()[template.id]:
            return False
        return self.env["mrp.bom"]._bom_find(product)[product].type == "phantom"

    def _read_reach(self, answers):
        """How far down what is chosen for the products of a level matters."""
        values = self.env["product.template.attribute.value"]
        lines = self.env["mrp.bom.line"]
        for answer in answers:
            values |= answer.need.never | answer.need.texts
            lines |= answer.bom.bom_line_ids
        return self.env["mto.configuration"]._reach(values, lines.product_id)

    def _read_bom(self, answer, kits, reach):
        """The components that one run of a BoM consumes, kits replaced by theirs."""
        bom, need = answer.bom, answer.need
        found = {}
        waiting = [(line, need.product, 1.0, 0) for line in bom.bom_line_ids]
        while waiting:
            line, parent, runs, depth = waiting.pop(0)
            if line._skip_bom_line(parent, need.never) or depth > _DEEPEST_KIT:
                continue
            quantity = runs * line.product_qty
            kit = kits.get(line.product_id)
            if kit:
                answer.kits += ((line, kit),)
                runs = line.product_uom_id._compute_quantity(
                    quantity / kit.product_qty, kit.product_uom_id, round=False
                )
                inside = [(part, line.product_id, runs, depth + 1) for part in kit.bom_line_ids]
                waiting = inside + waiting
            elif line.product_tmpl_id.type == "consu" and not self._is_left_out(line.product_id):
                found[line] = found.get(line, 0.0) + quantity
        source = self._get_component_location(answer)
        if answer.rule.action == "buy":
            sent = self.env["mto.subcontracting"]._is_sent
            found = {line: quantity for line, quantity in found.items() if sent(answer, line)}
        return [
            self._prepare_component(answer, line, quantity, source, reach)
            for line, quantity in found.items()
        ]

    def _get_component_location(self, answer):
        """Where a production takes its components. Hook that aims to be extended."""
        if answer.rule.action == "buy":
            return self.env["mto.subcontracting"]._get_location(answer)
        picking_type = answer.bom.picking_type_id or answer.rule.picking_type_id
        return picking_type.default_location_src_id

    def _prepare_component(self, answer, line, quantity, location, reach):
        product = line.product_id
        need = self._prepare_below(answer.need, product, location, line.product_uom_id, reach)
        unit = line.product_uom_id
        factor = unit._compute_quantity(1.0, need.template.uom_id, round=False)
        component = planner.Component(
            line.id, need.key, quantity, rounding=unit.rounding, unit_factor=factor
        )
        return need, component
