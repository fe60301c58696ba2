from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .. import planner
from .networks import FIRST, SECOND

_STEPS = {1: "mrp_one_step", 2: "pbm", 3: "pbm_sam"}
_DELIVERIES = {1: "ship_only", 2: "pick_ship", 3: "pick_pack_ship"}
_RECEPTIONS = {1: "one_step", 2: "two_steps", 3: "three_steps"}


class Places:
    """Pairs of warehouses, the first of which can be supplied by the second.

    There is a pair for each number of steps: changing a warehouse takes longer
    than all the rest of a network.
    """

    def __init__(self, env):
        self._pairs = {}
        self.colour = env["product.attribute"].create(
            {
                "name": "Colour",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": name}) for name in ("Red", "Blue")],
            }
        )
        self.vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(3)])
        self.currency = env["res.currency"].create(
            {
                "name": "XTF",
                "symbol": "F",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        for steps in _STEPS:
            second = self._new_warehouse(env, f"M{steps}", steps)
            first = self._new_warehouse(env, f"S{steps}", steps, resupply_wh_ids=second.ids)
            self._pairs[steps] = {FIRST: first, SECOND: second}
        self.work_center = env["mrp.workcenter"].create({"name": "Bench", "time_start": 15})
        warehouses = [place for pair in self._pairs.values() for place in pair.values()]
        self._stores = env["stock.rule"].search(
            [
                ("action", "=", "push"),
                ("location_src_id", "in", [place.sam_loc_id.id for place in warehouses]),
            ]
        )

    def _new_warehouse(self, env, code, steps, **vals):
        return env["stock.warehouse"].create(
            {
                "name": f"Warehouse {code}",
                "code": code,
                "manufacture_steps": _STEPS[steps],
                "delivery_steps": _DELIVERIES[steps],
                "reception_steps": _RECEPTIONS[steps],
                **vals,
            }
        )

    def prepare(self, spec):
        """Return {place: warehouse} for a network, with its method of reservation."""
        pair = self._pairs[spec.steps]
        self._stores.delay = spec.store
        for warehouse in pair.values():
            types = warehouse.out_type_id | warehouse.manu_type_id | warehouse.pick_type_id
            types |= warehouse.pbm_type_id
            if set(types.mapped("reservation_method")) != {spec.reservation}:
                types.reservation_method = spec.reservation
        return pair


class NetworkBuilder:
    """Creates a described network in the database, and the order for it.

    Expected receipts are confirmed purchases; they are left out where nothing counts them.
    """

    def __init__(self, env, spec, places, partner):
        self.env = env
        self.spec = spec
        self.places = places
        self.colour = places.colour
        self.warehouses = places.prepare(spec)
        self.partner = partner
        self.products = {}

    def build(self):
        """Return the quotation."""
        self.env.company.write(
            {
                "mto_component_policy": self.spec.policy,
                "security_lead": self.spec.security,
                "days_to_purchase": self.spec.to_purchase,
                "mto_count_receipts": self.spec.count_receipts,
                "mto_surplus_policy": self.spec.surplus,
                "mto_vendor_choice": self.spec.vendors,
            }
        )
        specs = self.spec.products
        products = self.env["product.product"].create([self._prepare_product(x) for x in specs])
        self.products = {x.code: product for x, product in zip(specs, products, strict=True)}
        self.env["product.template.attribute.line"].create(
            [self._prepare_colours(x) for x in specs if x.coloured]
        )
        self.env["mrp.bom"].create([self._prepare_bom(x) for x in specs if self._has_bom(x)])
        self._create_stock()
        self._create_reordering_rules()
        if self.spec.count_receipts:
            self._create_receipts()
        return self._create_order()

    def _has_bom(self, product):
        return bool(product.bom) and (product.kit or product.supply == "make")

    def _prepare_product(self, product):
        vals = {
            "name": product.code,
            "is_storable": True,
            "tracking": "lot" if product.lots else "none",
            "mto_always_order": product.always_order,
            "route_ids": [Command.set(self._get_routes(product).ids)],
        }
        if product.supply == "buy" and product.vendor:
            vals["seller_ids"] = [
                Command.create({"partner_id": self.partner.id, "delay": product.lead})
            ]
        if product.offers:
            vals["seller_ids"] = [
                Command.create(price)
                for place, offer in enumerate(product.offers)
                for price in self._prepare_prices(offer, place)
            ]
        return vals

    def _prepare_prices(self, offer, place):
        today, month = fields.Date.today(), timedelta(days=30)
        validity = {"past": {"date_end": today - month}, "later": {"date_start": today + month}}
        unit = self.env.ref("uom.product_uom_dozen" if offer.dozens else "uom.product_uom_unit")
        currency = self.places.currency if offer.foreign else self.env.company.currency_id
        for minimum, price in offer.tiers:
            yield {
                "partner_id": self.places.vendors[offer.number].id,
                "sequence": place,
                "delay": offer.lead,
                "min_qty": minimum,
                "price": price,
                "mto_minimum_qty": offer.minimum,
                "mto_multiple_qty": offer.multiple,
                "product_uom_id": unit.id,
                "currency_id": currency.id,
                **validity.get(offer.valid, {}),
            }

    def get_sold(self, line):
        """Return what the vendor of a purchase line sells for its needs (product's unit).

        As the description of the network says, whatever the database says.
        """
        needed = sum(line.move_dest_ids.mapped("product_qty"))
        product = next(x for x in self.spec.products if self.products[x.code] == line.product_id)
        if not product.offers:
            # Core notes the vendor of a purchase with its product, from one unit on.
            is_noted = not (product.supply == "buy" and product.vendor)
            return max(needed, 1.0) if is_noted and needed else needed
        valid = [offer for offer in product.offers if offer.valid == "now"]
        vendors = list(self.places.vendors)
        number = vendors.index(line.order_id.partner_id)
        offer = next(x for x in valid or product.offers if x.number == number)
        terms = planner.VendorTerms(
            unit_factor=12.0 if offer.dozens else 1.0,
            step=1.0 if offer.dozens else line.product_id.uom_id.rounding,
            minimum=valid and (offer.minimum or min(tier[0] for tier in offer.tiers)) or 0.0,
            multiple=offer.multiple if valid else 0.0,
        )
        return planner.size_purchase(needed, terms, line.product_id.uom_id.rounding).quantity

    def _get_routes(self, product):
        routes = self.env["stock.route"]
        if product.strategy != "mts" or product.explicit:
            routes |= routes._mto_get_strategy_route(product.strategy, self.env.company)
        if product.resupplied:
            routes |= self.warehouses[FIRST].resupply_route_ids
        if product.supply == "buy" and not product.vendor:
            routes |= self.env.ref("purchase_stock.route_warehouse0_buy")
        return routes

    def _prepare_bom(self, product):
        return {
            "product_tmpl_id": self.products[product.code].product_tmpl_id.id,
            "product_qty": product.bom_quantity,
            "type": "phantom" if product.kit else "normal",
            "enable_batch_size": bool(product.batch) and not product.kit,
            "batch_size": product.batch or 1.0,
            "produce_delay": product.lead,
            "operation_ids": self._prepare_operations(product),
            "bom_line_ids": [
                Command.create(self._prepare_bom_line(product, number))
                for number in range(len(product.bom))
            ],
        }

    def _prepare_operations(self, product):
        if not product.hours:
            return []
        saw = {"name": "Saw", "time_cycle_manual": 60 * product.hours}
        return [Command.create({**saw, "workcenter_id": self.places.work_center.id})]

    def _prepare_bom_line(self, product, number):
        code, quantity = product.bom[number]
        vals = {"product_id": self.products[code].id, "product_qty": quantity}
        if product.dozens and product.dozens[number]:
            vals["product_uom_id"] = self.env.ref("uom.product_uom_dozen").id
        if product.coloured and product.colours[number] is not None:
            chosen = self._get_colour(product.code, product.colours[number])
            vals["bom_product_template_attribute_value_ids"] = [Command.set(chosen.ids)]
        return vals

    def _prepare_colours(self, product):
        return {
            "product_tmpl_id": self.products[product.code].product_tmpl_id.id,
            "attribute_id": self.colour.id,
            "value_ids": [Command.set(self.colour.value_ids.ids)],
        }

    def _get_colour(self, code, number):
        lines = self.products[code].product_tmpl_id.attribute_line_ids
        return lines.product_template_value_ids[number]

    def _create_stock(self):
        self.env["stock.quant"].create(
            [
                vals
                for product in self.spec.products
                for place, quantity in product.stock
                if quantity and not product.kit
                for vals in self._prepare_quants(product, place, quantity)
            ]
        )

    def _prepare_quants(self, product, place, quantity):
        vals = {
            "product_id": self.products[product.code].id,
            "location_id": self.warehouses[place].lot_stock_id.id,
        }
        if not product.lots:
            yield {**vals, "quantity": quantity}
            return
        # Two lots, so that one need may take of both.
        first = float(int(quantity / 2))
        for number, part in enumerate((first, quantity - first)):
            if part:
                name = f"{product.code}-{place}-{number}"
                lot = {"name": name, "product_id": vals["product_id"]}
                lot = self.env["stock.lot"].create(lot)
                yield {**vals, "quantity": part, "lot_id": lot.id}

    def _create_reordering_rules(self):
        self.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": self.products[product.code].id,
                    "warehouse_id": self.warehouses[place].id,
                    "location_id": self.warehouses[place].lot_stock_id.id,
                    "trigger": "manual",
                }
                for product in self.spec.products
                for place in self.spec.warehouses
                if product.reordering and not product.kit
            ]
        )

    def _create_receipts(self):
        for place in self.spec.warehouses:
            lines = [
                Command.create(self._prepare_receipt(product, quantity, day))
                for product in self.spec.products
                for (at, quantity), day in zip(product.receipts, product.arrives, strict=True)
                if at == place and quantity > 0 and not product.kit
            ]
            if lines:
                operation = self.warehouses[place].in_type_id
                purchase = self.env["purchase.order"].create(
                    {
                        "partner_id": self.partner.id,
                        "picking_type_id": operation.id,
                        "order_line": lines,
                    }
                )
                self._confirm_receipt(purchase)

    def _confirm_receipt(self, purchase):
        """Core notes whoever delivers as one more vendor; the network says who sells."""
        templates = purchase.order_line.product_id.product_tmpl_id
        offered = templates.filtered("seller_ids")
        offers = offered.seller_ids
        purchase.button_confirm()
        (offered.seller_ids - offers).unlink()

    def _prepare_receipt(self, product, quantity, day):
        return {
            "product_id": self.products[product.code].id,
            "product_qty": quantity,
            "price_unit": 1.0,
            "date_planned": fields.Datetime.now() + timedelta(days=day),
        }

    def _create_order(self):
        place, commitment = self.spec.lines[0][2], False
        if self.spec.commitment is not None:
            commitment = fields.Datetime.now() + timedelta(days=self.spec.commitment)
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "warehouse_id": self.warehouses[place].id,
                "commitment_date": commitment,
                "order_line": [
                    Command.create(self._prepare_line(number))
                    for number in range(len(self.spec.lines))
                ],
            }
        )

    def _prepare_line(self, number):
        code, quantity, _place = self.spec.lines[number]
        colour = self.spec.colours[number] if self.spec.colours else None
        vals = {
            "product_id": self.products[code].id,
            "product_uom_qty": quantity,
            "customer_lead": self.spec.customer_lead,
            "price_unit": 1.0,
        }
        if colour is not None:
            chosen = self._get_colour(code, colour)
            vals["product_no_variant_attribute_value_ids"] = [Command.set(chosen.ids)]
        return vals
