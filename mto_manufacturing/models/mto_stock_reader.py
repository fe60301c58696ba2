from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .mto_memo import remember


class MtoStockReader(models.AbstractModel):
    """What is free, read in batches. One reading serves the plan and live netting alike."""

    _name = "mto.stock.reader"
    _description = "Make to Order: Free Stock"

    def _as_system(self, order):
        """A reader that sees everything of an order's company and remembers it, and the order."""
        if not order.env.su and order.env["res.company"]._mto_is_any_hidden():
            order.order_line.product_id._mto_forget_ways()
        order = order.sudo().with_company(order.company_id)
        return remember(self.sudo().with_company(order.company_id)), order

    @api.model
    def _get_free(self, products, place):
        """Free stock of products in a location and below.

        :param products: ``product.product`` records
        :param place: one ``stock.location``
        :return: {product id: quantity in the product's unit}, never negative
        """
        balances = self._get_balances(products, place)
        return {product_id: max(quantity, 0.0) for product_id, quantity in balances.items()}

    @api.model
    def _get_balances(self, products, place):
        """The same, negative where more is needed than there is.

        On hand, less reserved, less what earlier confirmed demands have not reserved yet,
        less what was brought for a need.
        """
        if not products:
            return {}
        free = defaultdict(float)
        domain = Domain("product_id", "in", products.ids)
        inside = Domain("location_id", "child_of", place.id)
        for product, quantity in self._read_unreserved(products, place).items():
            free[product.id] += quantity
        waiting = domain & self._get_waiting_domain(place)
        for product, quantity in self.env["stock.move"]._read_group(
            waiting, ["product_id"], ["product_qty:sum"]
        ):
            free[product.id] -= quantity
        for product, quantity in self.env["stock.move.line"]._read_group(
            Domain("move_id", "any", waiting), ["product_id"], ["quantity_product_uom:sum"]
        ):
            free[product.id] += quantity
        held = self.env["mto.held.goods"]._find_needs(domain & inside)
        for move, quantity in held.items():
            free[move.product_id.id] -= quantity
        return {product.id: free[product.id] for product in products}

    @api.model
    def _read_unreserved(self, products, place):
        """{product: what may be reserved at a place, and nobody has}, of those that lie there."""
        inside = Domain("location_id", "child_of", place.id)
        groups = self.env["stock.quant"]._read_group(
            Domain("product_id", "in", products.ids) & inside & self._get_fresh_domain(),
            ["product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        return {product: quantity - reserved for product, quantity, reserved in groups}

    @api.model
    def _get_fresh_domain(self):
        """Stock that may be reserved by its dates: core leaves lots that have expired.

        Only Odoo's module for such dates knows any. Core goes by the day of each demand; here
        it is today, so what expires until a demand is due counts.
        """
        if "use_expiration_date" not in self.env["stock.quant"]._fields:
            return Domain.TRUE
        return (
            Domain("removal_date", "=", False)
            | Domain("removal_date", ">=", fields.Datetime.now())
            | Domain("product_id.use_expiration_date", "=", False)
        )

    @api.model
    def _get_waiting_domain(self, place):
        """Confirmed demands on the stock of a place that it has not been reserved for yet."""
        return (
            Domain("state", "in", ("confirmed", "partially_available"))
            & Domain("procure_method", "=", "make_to_stock")
            & Domain("move_orig_ids", "=", False)
            & Domain("location_id", "child_of", place.id)
            & ~Domain("location_dest_id", "child_of", place.id)
        )

    @api.model
    def _is_supply_place(self, location):
        """Whether stock is kept and allocated here, rather than only passing through."""
        stock = location.warehouse_id.lot_stock_id
        return bool(stock and location.parent_path.startswith(stock.parent_path))
