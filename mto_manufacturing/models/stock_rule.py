from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from .mto_memo import get_memo, get_viewpoint

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
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The rule of the make-to-order route that this one follows in all but its "
        "supply method.",
    )
    mto_twin_ids = fields.One2many(
        "stock.rule",
        "mto_source_rule_id",
        string="Followed by",
        context={"active_test": False},
        help="The rules of the supply strategies that are kept like this one.",
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

    def _mto_is_passing(self):
        """Whether all that this rule sends on is asked for where it comes from, and not kept."""
        self.ensure_one()
        is_kept = self.env["mto.stock.reader"]._is_supply_place
        pulls = self.action in ("pull", "pull_push") and self.procure_method == "make_to_order"
        return pulls and not is_kept(self.location_src_id)

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
            # It stands for all that are alike: what core asks of it, it asks of nothing else.
            alone = product_id.with_prefetch()
            known[question] = super()._get_rule(alone, location_id, values).id
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
        traits = self._mto_get_traits(memo, product)
        if traits not in known:
            alone = product.with_prefetch()
            is_valid = partial(self._filter_warehouse_routes, alone, warehouses)
            valid = warehouses.route_ids.filtered(is_valid)
            known[traits] = (warehouses._ids, valid._ids, traits)
        return known[traits]

    def _mto_get_traits(self, memo, product):
        """All of a product that core's choice of a rule depends on, whatever the warehouse."""
        known = memo.table("traits", get_viewpoint(self.env))
        if product.id not in known:
            self._mto_read_traits(memo.with_expected(product, known), known)
        return known[product.id]

    def _mto_read_traits(self, products, known):
        """Read the traits of products: {id: a tuple}. Hook that aims to be extended.

        Their routes, archived ones too, their category, whether they are made, and bought.
        """
        templates = products.product_tmpl_id
        types = templates._mto_read_bom_types()
        routes = {one.id: one.route_ids._ids for one in templates.with_context(active_test=False)}
        for product in products:
            template = product.product_tmpl_id
            known[product.id] = (
                routes[template.id],
                template.categ_id.id,
                "normal" in types[template.id],
                *product._mto_get_sources(),
            )
