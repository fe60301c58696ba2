from itertools import chain

from odoo import api, models
from odoo.fields import Domain


class MtoMadeToOrder(models.AbstractModel):
    """Whether order lines have to do with making or buying to order at all.

    Where they have not, nothing is planned and core is left alone.
    """

    _name = "mto.made.to.order"
    _description = "Make to Order: What Is Made to Order"

    @api.model
    def _is_any(self, lines):
        """Whether any of these lines may be made or bought to order, by strategy or by route."""
        return any(self._iterate(lines))

    @api.model
    def _filter(self, lines):
        """Those of these lines that may be made or bought to order."""
        return lines & lines.browse().union(*self._iterate(lines))

    def _iterate(self, lines):
        """Yield the lines that may be made or bought to order, what is told the soonest first."""
        lines = lines.filtered("product_id")
        if not lines or self._is_plain(lines):
            return
        signs = (
            lambda line: line.supply_strategy,
            lambda line: line.product_id.mto_effective_strategy != "mts",
            self._is_kit,
        )
        for has_sign in signs:
            found = lines.filtered(has_sign)
            yield found
            lines -= found
        for (routes, warehouse), own in lines.grouped(self._get_way).items():
            if routes._mto_may_order(warehouse):
                yield own

    def _is_kit(self, line):
        """Whether the line's product is a kit: its components have strategies of their own."""
        return line.product_id.with_company(line.company_id).is_kits

    @api.model
    def _is_plain(self, lines):
        """Whether a glance tells that all of these lines come from stock; False: look closer.

        A form asks with each value that is typed, and most lines of most companies are plain.
        So it is asked of all lines together, and not of one after the other.
        """
        products = lines.product_id
        whole = self.sudo().with_context(active_test=False)
        groups = whole.env["product.product"]._read_group(
            [("id", "in", products.ids)], ["categ_id"]
        )
        categories = [category.id for (category,) in groups]
        warehouses = lines.warehouse_id._origin | lines.order_id.warehouse_id._origin
        packed = lines.product_uom_id._origin.sudo().package_type_id.route_ids
        used = (
            Domain("product_ids.product_variant_ids", "in", products.ids)
            | Domain("categ_ids", "parent_of", categories)
            | Domain("warehouse_ids", "in", warehouses.ids)
            | Domain("id", "in", (lines.route_ids._origin | packed).ids)
        )
        routes = whole.env["stock.route"]
        telling = Domain("supply_strategy", "in", ("mts_mto", "mto"))
        if routes.search_count(used & (telling | routes._mto_get_asking_domain()), limit=1):
            return False
        kits = Domain("type", "=", "phantom") & Domain(
            "product_tmpl_id.product_variant_ids", "in", products.ids
        )
        return not whole.env["mrp.bom"].search_count(kits, limit=1)

    @api.model
    def _get_way(self, line):
        """The routes that core looks at, in any order, and the warehouse that sends the goods."""
        product = line.product_id
        warehouse = line.warehouse_id._origin or line.order_id.warehouse_id._origin
        parts = (
            line.route_ids._origin,
            product.route_ids,
            product.categ_id.total_route_ids,
            line.product_uom_id._origin.sudo().package_type_id.route_ids,
            warehouse.sudo().route_ids,
        )
        ids = dict.fromkeys(chain.from_iterable(routes._ids for routes in parts))
        return self.env["stock.route"].browse(ids), warehouse
