from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from .. import planner
from .mto_memo import get_memo, get_viewpoint
from .mto_production_level import ProductionLevel

#: The fields in which a twin follows the rule it is made from.
_MIRRORED = (
    "action",
    "auto",
    "company_id",
    "delay",
    "location_dest_from_rule",
    "location_dest_id",
    "location_src_id",
    "partner_address_id",
    "picking_type_id",
    "propagate_cancel",
    "propagate_carrier",
    "warehouse_id",
)
_PROCURE_METHODS = {"mts": "make_to_stock", "mts_mto": "mts_else_mto"}


class StockRule(models.Model):
    """The rules of the strategy routes.

    Core keeps the rules of "Replenish on Order (MTO)" right in every warehouse, whatever the
    number of steps and whichever modules add to them. Each of them has one twin in the route
    of every other strategy, alike but for its supply method, and the twin follows it.
    """

    _inherit = "stock.rule"

    mto_source_rule_id = fields.Many2one(
        "stock.rule",
        string="Follows Rule",
        ondelete="set null",
        index="btree_not_null",
        help="The rule of the make-to-order route that this one follows in all but its "
        "supply method.",
    )
    mto_twin_ids = fields.One2many(
        "stock.rule", "mto_source_rule_id", string="Followed by", context={"active_test": False}
    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals or any(name in vals for name in _MIRRORED):
            self.sudo().mto_twin_ids._mto_update_twins()
        return result

    def unlink(self):
        # Moves hold on to the rule that made them, so a twin is put away, not deleted.
        self.sudo().mto_twin_ids.action_archive()
        return super().unlink()

    def _mto_prepare_twin_vals(self):
        """The values in which a twin of this rule follows it."""
        self.ensure_one()
        vals = {name: self[name] for name in _MIRRORED}
        return {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in vals.items()
        }

    def _mto_ensure_twins(self, routes):
        """Give these rules the twins they lack in ``routes``, and update the others."""
        vals_list = []
        for rule in self:
            for route in routes - rule.mto_twin_ids.route_id:
                vals = rule._mto_prepare_twin_vals()
                vals.update(
                    name=rule.warehouse_id._format_rulename(
                        rule.location_src_id, rule.location_dest_id, route.name
                    ),
                    route_id=route.id,
                    procure_method=_PROCURE_METHODS[route.supply_strategy],
                    mto_source_rule_id=rule.id,
                )
                vals_list.append(vals)
        twins = self.mto_twin_ids
        if vals_list:
            twins |= self.create(vals_list)
        twins._mto_update_twins()

    def _mto_update_twins(self):
        """Bring twins in line with the rules they follow; writes only what differs."""
        for twin in self.filtered("mto_source_rule_id"):
            rule = twin.mto_source_rule_id
            vals = rule._mto_prepare_twin_vals()
            vals["active"] = twin.route_id.active and rule._mto_is_current()
            current = twin._mto_prepare_twin_vals() | {"active": twin.active}
            changed = {name: value for name, value in vals.items() if current[name] != value}
            if changed:
                twin.write(changed)

    def _mto_get_way(self):
        """What rules have in common that do the same under different strategies."""
        return self.action, self.location_src_id, self.location_dest_id, self.picking_type_id

    def _mto_is_current(self):
        """Whether the rule belongs to its warehouse's present steps.

        Archiving a route archives its rules, so then the locations have to tell, which is
        also how core itself decides which rules come back with the route.
        """
        self.ensure_one()
        if self.route_id.active:
            return self.active
        in_use = not self.warehouse_id or self.warehouse_id.active
        return in_use and self.location_dest_id.active and self.location_src_id.active

    @api.model
    def _mto_get_overridden_routes(self, product):
        """The strategy routes of categories that a nearer strategy replaces.

        Core unites the routes of a product, its category and the categories above. Of
        strategies only the nearest counts: the product's own, else the closest category's.
        """
        overridden = self.env["stock.route"]
        if not product:
            return overridden
        nearest = product.route_ids.filtered("supply_strategy")
        category = product.categ_id
        while category:
            routes = category.route_ids.filtered("supply_strategy")
            if nearest:
                overridden |= routes
            else:
                nearest = routes
            category = category.parent_id
        return overridden - nearest

    @api.model
    def _mto_restrict_to_nearest(self, domain, product, route_ids):
        """Leave the rules of overridden strategies out, unless ``route_ids`` asks for them."""
        overridden = self._mto_get_overridden_routes(product)
        if route_ids:
            overridden -= route_ids
        if not overridden:
            return domain
        return Domain(domain) & Domain("route_id", "not in", overridden.ids)

    @api.model
    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        domain = self._mto_restrict_to_nearest(domain, product_id, route_ids)
        return super()._search_rule_for_warehouses(
            route_ids, packaging_uom_id, product_id, warehouse_ids, domain
        )

    @api.model
    def _search_rule(self, route_ids, packaging_uom_id, product_id, warehouse_id, domain):
        domain = self._mto_restrict_to_nearest(domain, product_id, route_ids)
        return super()._search_rule(route_ids, packaging_uom_id, product_id, warehouse_id, domain)

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """Ask core once in a confirmation for all products whose routes are the same."""
        memo = get_memo(self.env)
        if memo is None or not location_id:
            return super()._get_rule(product_id, location_id, values)
        known = memo.table("rule", get_viewpoint(self.env))
        question = self._mto_get_question(memo, product_id, location_id, values)
        if question not in known:
            known[question] = super()._get_rule(product_id, location_id, values).id
        prefetch = [rule_id for rule_id in known.values() if rule_id]
        return self.browse(known[question]).with_prefetch(prefetch)

    def _mto_get_question(self, memo, product, location, values):
        """All that core's choice of a rule depends on, as something that can be compared."""
        above = memo.table("locations")
        if location.id not in above:
            above[location.id] = [int(part) for part in location.parent_path.split("/") if part]
        locations = location.browse(reversed(above[location.id]))
        warehouses = values.get("warehouse_id", locations.warehouse_id)
        routes, packaging = values.get("route_ids"), values.get("packaging_uom_id")
        return (
            location.id,
            repr(self._get_rule_domain(locations, values)),  # may hold lists, without a hash
            tuple(routes.ids) if routes else (),
            packaging.id if packaging else False,
            self._mto_get_signature(memo, product, warehouses or self.env["stock.warehouse"]),
        )

    def _mto_get_signature(self, memo, product, warehouses):
        """What a product has in common with those that core would give the same rules."""
        known = memo.table("signature", get_viewpoint(self.env), warehouses._ids)
        if product.id not in known:
            is_valid = partial(self._filter_warehouse_routes, product, warehouses)
            valid = warehouses.route_ids.filtered(is_valid)
            known[product.id] = (
                warehouses._ids,
                product.route_ids._ids,
                product.categ_id.id,
                valid._ids,
            )
        return known[product.id]

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
        if values.get("mto_key"):
            move_values.update(self._mto_prepare_demand_vals(values))
        return move_values

    def _mto_prepare_demand_vals(self, values):
        """Whether the move of a pull serves a make-to-order need, and which one."""
        self.ensure_one()
        key, more = values["mto_key"], {}
        if not values.get("move_dest_ids"):
            if self.procure_method == "make_to_stock":
                return {"mto_key": False, "mto_sale_line_id": False}
            if values.get("bom_line_id"):
                key = planner.line_key(key, values["bom_line_id"])
        elif key.endswith("/@"):
            if self.env["mto.netting"]._is_supply_place(self.location_src_id):
                key = planner.origin_key(key[:-2], self.location_src_id.id)
            more["propagate_cancel"] = False  # to cancel a transfer cancels no need
        return {"mto_key": key, "mto_sale_line_id": values.get("mto_sale_line_id"), **more}

    @api.model
    def run(self, procurements, raise_user_error=True):
        """Make the productions of make-to-order needs level by level.

        Core goes down one production at a time. Here the needs for productions are put off
        while one level is confirmed; then those of the next are made and confirmed together.
        """
        needs = any(procurement.values.get("mto_key") for procurement in procurements)
        if not needs or self.env.context.get("mto_level") is not None:
            return super().run(procurements, raise_user_error=raise_user_error)
        level = ProductionLevel(self.env["stock.move"])
        rule = self.with_context(mto_level=level, no_procurement=False, do_not_unreserve=None)
        super(StockRule, rule).run(procurements, raise_user_error=raise_user_error)
        while level.needs:
            rule._mto_run_manufacture(level.take_needs())
        level.demands._trigger_scheduler()
        return True

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
        never = values.get("never_product_template_attribute_value_ids") or candidates.browse()
        # What core would look for, and not the override below, which leaves it nothing to find.
        # pylint: disable=super-method-mismatch
        domain = super()._make_mo_get_domain(procurement, bom)
        return candidates.filtered_domain(list(domain)).filtered(
            lambda p: (
                set(p.never_product_template_attribute_value_ids.ids) == set(never.ids)
                and (p.product_description_variants or "")
                == (values.get("product_description_variants") or "")
            )
        )[:1]

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

    # -- buying ------------------------------------------------------------------------

    def _get_matching_supplier(self, product_id, product_qty, product_uom, company_id, values):
        price = super()._get_matching_supplier(
            product_id, product_qty, product_uom, company_id, values
        )
        if values.get("mto_key") and not values.get("supplierinfo_id"):
            partner = self._get_partner_id(values, self)
            terms = self.env["mto.vendor.terms"]
            price = terms._get_valid(price, product_id, partner, company_id)
        return price

    def _update_purchase_order_line(
        self, product_id, product_qty, product_uom, company_id, values, line
    ):
        made_to_order = values.get("mto_key") and product_uom.compare(product_qty, 0.0) > 0
        if made_to_order:
            line = line.with_prefetch(line.order_id.order_line.ids)  # read together
            product_qty = line._mto_get_increase(product_qty, product_uom)
            product_uom = line.product_uom_id
        vals = super()._update_purchase_order_line(
            product_id, product_qty, product_uom, company_id, values, line
        )
        return line._mto_keep_price(vals, product_qty) if made_to_order else vals
