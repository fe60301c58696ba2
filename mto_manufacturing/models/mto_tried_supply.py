from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain


class MtoTriedSupply(models.AbstractModel):
    """Supplies that a person tries on a plan: another vendor, stock reserved for no customer."""

    _name = "mto.tried.supply"
    _description = "Make to Order: Supplies to Try"

    # -- vendors -----------------------------------------------------------------------

    @api.model
    def _list_vendors(self, order, chosen):
        """{product id as text: vendors that sell it now} for a person to choose from.

        Vendors are {"id", "name", "days", "chosen"}, in core's order. Prices are never told,
        names only to whoever may see purchases.

        :param chosen: {product id: id of the vendor that the plan has}
        """
        company = order.company_id
        reader = self.sudo().with_company(company)
        may_see = self.env["purchase.order"].has_access("read")
        found = {}
        for product in reader.env["product.product"].browse(sorted(chosen)):
            prices = reader.env["mto.vendor.terms"]._get_prices(
                product, reader.env["res.partner"], company
            )
            found[str(product.id)] = [
                {
                    "id": partner.id,
                    "name": partner.display_name if may_see else "",
                    "days": float(own[:1].delay),
                    "chosen": partner.id == chosen[product.id],
                }
                for partner, own in prices.grouped("partner_id").items()
            ]
        return found

    # -- idle stock --------------------------------------------------------------------

    @api.model
    def _find_idle(self, products, place):
        """What is reserved in a place for no customer's order: ``stock.move`` records.

        For productions to stock, transfers and the like; nobody outside waits for it.
        """
        moves = self.env["stock.move"].sudo()
        reserved = moves.search(
            Domain("product_id", "in", products.ids)
            & Domain("state", "in", ("assigned", "partially_available"))
            & Domain("location_id", "child_of", place.id)
            & Domain("mto_sale_line_id", "=", False)
            & Domain("sale_line_id", "=", False),
            order="id",
        )
        return reserved.filtered(self._is_idle)

    def _is_idle(self, move):
        places = move.location_dest_id | move.location_final_id
        outside = {"customer", "supplier"} & set(places.mapped("usage"))
        return not outside and not move.raw_material_production_id.mto_sale_line_ids

    @api.model
    def _sum_idle(self, products, place):
        """{product id: quantity in its unit} of what is reserved for no customer."""
        idle = defaultdict(float)
        for move in self._find_idle(products, place):
            idle[move.product_id.id] += sum(move.move_line_ids.mapped("quantity_product_uom"))
        return idle

    @api.model
    def _list_idle(self, order, taken):
        """Which reservations a plan needs that are for no customer.

        :param taken: [(key of a pool of stock, quantity taken)], see ``mto.snapshot``
        :return: [{"product", "quantity", "uom", "holder"}]
        """
        pools = defaultdict(float)
        for key, quantity in taken:
            pools[key] += quantity
        listed = []
        for key, quantity in pools.items():
            product_id, place_id = map(int, key.split("@"))
            product = self.env["product.product"].sudo().browse(product_id)
            place = self.env["stock.location"].sudo().browse(place_id)
            reader = self.env["mto.stock.reader"].sudo().with_company(order.company_id)
            free = reader.with_context(mto_use_idle=False)._get_free(product, place)
            short = quantity - free[product_id]
            listed += self._share_out(product, self._find_idle(product, place), short)
        return listed

    def _share_out(self, product, moves, short):
        for move in moves:
            held = sum(move.move_line_ids.mapped("quantity_product_uom"))
            share = min(held, short)
            if product.uom_id.compare(share, 0.0) > 0:
                short -= share
                holder = move.raw_material_production_id or move.picking_id or move
                yield {
                    "product": product.display_name,
                    "quantity": share,
                    "uom": product.uom_id.name,
                    "holder": holder.display_name,
                }
