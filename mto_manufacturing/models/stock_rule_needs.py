from contextlib import contextmanager

from odoo import api, models

from .. import planner
from .mto_production_level import ProductionLevel


class StockRule(models.Model):
    """What rules do for make-to-order needs: hand them down, make and buy for them."""

    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    # -- what a make-to-order need hands down ------------------------------------------

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "mto_key", "mto_sale_line_id", "mto_custom"]

    def _get_stock_move_values(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
    ):
        move_values = super()._get_stock_move_values(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
        )
        bom_line = values.get("bom_line_id")
        if bom_line and move_values.get("bom_line_id") != bom_line:
            move_values["bom_line_id"] = self._mto_find_bom_line(bom_line, move_values)
        if values.get("mto_key"):
            move_values.update(self._mto_prepare_demand_vals(values))
        return move_values

    def _mto_find_bom_line(self, bom_line_id, vals):
        """Which line of a kit a move stands for.

        Core takes the first with this product that the order line's moves have, so that a kit
        whose BoM was changed stays one; but of a kit with this product twice both are known,
        also where all that one of them brought was cancelled.
        """
        line = self.env["sale.order.line"].browse(vals.get("sale_line_id"))
        known = bom_line_id in line.move_ids.bom_line_id.ids
        return bom_line_id if known else vals.get("bom_line_id")

    def _mto_prepare_demand_vals(self, values):
        """Whether the move of a pull serves a make-to-order need, and which one."""
        self.ensure_one()
        key, more = values["mto_key"], {}
        dests = values.get("move_dest_ids") or self.env["stock.move"]
        if self.procure_method == "make_to_stock" and self._mto_is_delivery(key, dests):
            dests._mto_find_steps()._mto_leave()  # they have pulled before this was known
            return {"mto_key": False, "mto_sale_line_id": False}
        if not dests:
            if values.get("bom_line_id"):
                key = planner.line_key(key, values["bom_line_id"])
        elif key.endswith("/@"):
            if self.env["mto.netting"]._is_supply_place(self.location_src_id):
                key = planner.origin_key(key[:-2], self.location_src_id.id)
            more["propagate_cancel"] = False  # to cancel a transfer cancels no need
        return {"mto_key": key, "mto_sale_line_id": values.get("mto_sale_line_id"), **more}

    @api.model
    def _mto_is_delivery(self, key, dests):
        """Whether a pull takes an order line's own goods, from the first place that keeps any.

        :param key: the key that is handed to it
        :param dests: the moves that it is for, if it is not the last step
        """
        if not dests:
            return True
        return not planner.is_sent(key) and all(dest._mto_is_root() for dest in dests)

    @api.model
    def run(self, procurements, raise_user_error=True):
        """Make the productions of make-to-order needs level by level.

        Core goes down one production at a time. Here the needs for productions are put off
        while one level is confirmed; then those of the next are made and confirmed together.
        """
        needs = any(procurement.values.get("mto_key") for procurement in procurements)
        if not needs or self.env.context.get("mto_level") is not None:
            return super().run(procurements, raise_user_error=raise_user_error)
        with self._mto_level_by_level() as rule:
            super(StockRule, rule).run(procurements, raise_user_error=raise_user_error)
        return True

    @contextmanager
    def _mto_level_by_level(self):
        """Yield rules that put off needs for productions; make these afterwards."""
        level = ProductionLevel(self.env["stock.move"])
        rule = self.with_context(mto_level=level, no_procurement=False, do_not_unreserve=None)
        yield rule
        while level.needs:
            rule._mto_run_manufacture(level.take_needs())
        level.demands._trigger_scheduler()

    @api.model
    def _run_manufacture(self, procurements):
        needs = [(need, rule) for need, rule in procurements if rule._mto_is_need(need)]
        level = self.env.context.get("mto_level")
        if not needs:
            return super()._run_manufacture(procurements)
        if level is None:
            self._mto_run_manufacture(needs)
        else:
            level.needs += needs
        others = [(need, rule) for need, rule in procurements if not rule._mto_is_need(need)]
        return super()._run_manufacture(others)

    @api.model
    def _mto_run_manufacture(self, needs):
        """Make productions for needs, or add to those of the same order that wait to start.

        Core adds only the quantity: the need that came second is tied to nothing.
        """
        level = self.env["mto.production.level"]
        needs = level._unite(needs)
        left, grown, candidates = [], [], level._find_productions(needs)
        for need, rule in needs:
            production = rule._mto_match_production(need, candidates)
            if production:
                grown.append((production, need))
            else:
                left.append((need, rule))
        candidates._mto_grow(grown)
        # Past the override above, which has put them off.
        # pylint: disable=super-method-mismatch
        return super()._run_manufacture(left)

    def _mto_is_need(self, procurement):
        quantity = procurement.product_uom.compare(procurement.product_qty, 0.0)
        return bool(procurement.values.get("mto_key")) and quantity > 0

    def _mto_match_production(self, procurement, candidates):
        """The first of the productions that core would add the need to, configured alike."""
        values = procurement.values
        candidates = candidates.filtered(lambda p: p.product_id == procurement.product_id)
        if not candidates:
            return candidates
        bom = self._get_matching_bom(procurement.product_id, procurement.company_id, values)
        if bom.enable_batch_size:
            return candidates.browse()
        order = self.env["sale.order.line"].sudo().browse(values.get("mto_sale_line_id")).order_id
        if order:
            # What was made for it may be for another one by now.
            candidates = candidates.filtered(lambda p: order in p.mto_sale_line_ids.order_id)
        never = values.get("never_product_template_attribute_value_ids") or candidates.browse()
        # What core would look for, and not the override below, which leaves it nothing to find.
        # pylint: disable=super-method-mismatch
        domain = super()._make_mo_get_domain(procurement, bom)
        alike = candidates.filtered_domain(list(domain)).filtered(
            lambda p: (
                set(p.never_product_template_attribute_value_ids.ids) == set(never.ids)
                and (p.product_description_variants or "")
                == (values.get("product_description_variants") or "")
            )
        )
        # The one that is made for the need already, if there is one.
        key = values["mto_key"].removesuffix("/@")
        return alike.filtered(lambda p: p.mto_key == key)[:1] or alike[:1]

    def _make_mo_get_domain(self, procurement, bom):
        # What can be added to a production is added before core looks for one.
        domain = super()._make_mo_get_domain(procurement, bom)
        if procurement.values.get("mto_key"):
            domain += (("id", "in", []),)
        return domain

    def _prepare_mo_vals(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        bom,
    ):
        vals = super()._prepare_mo_vals(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            bom,
        )
        if values.get("mto_key"):
            vals["mto_key"] = values["mto_key"].removesuffix("/@")
        return vals

    def _should_auto_confirm_procurement_mo(self, p):
        # Those of one level are confirmed together, see mrp.production._post_run_manufacture.
        return not p.mto_key and super()._should_auto_confirm_procurement_mo(p)

    def _mto_should_confirm(self, production):
        """What core says about confirming a production that a procurement made."""
        # Asked later than core asks, so past the override above.
        # pylint: disable=super-method-mismatch
        return super()._should_auto_confirm_procurement_mo(production)
