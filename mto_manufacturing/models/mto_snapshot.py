from odoo import api, models
from odoo.fields import Domain

from .. import planner
from .mto_receipt_reader import NONE_EXPECTED, Receipts
from .mto_rule_reader import Need


class MtoSnapshot(models.AbstractModel):
    """Reads what a plan needs from the ORM, one BoM level at a time, in batches.

    It asks core and does not imitate it: which rule, which BoM, which lines of it, which
    vendor. The answers go into the planner's plain inputs.
    """

    _name = "mto.snapshot"
    _inherit = "mto.receipt.reader"
    _description = "Make to Order: Snapshot"

    # -- entry points ------------------------------------------------------------------

    @api.model
    def _take(self, order, lines=None):
        """The planner's inputs for a sales order.

        :param order: one ``sale.order``
        :param lines: those of its lines that are planned, if not all
        :return: a tuple (``planner.Order``, ``planner.Network``, ``planner.Policy``)
        """
        reader, order = self._as_system(order)
        wanted_lines = order.order_line
        if lines is not None:
            wanted_lines = lines.sudo()
        if lines is not None and order.state == "sale":
            # Added to it: its own open requests take them, too.
            reader = reader.with_context(mto_added_to=order.id)
        is_whole = order.state == "sale" and lines is None  # as it stands, with what is delivered
        lines, needs = reader._read_lines(order, wanted_lines, is_whole)
        network = reader._read_network(needs, wanted_lines.product_id)
        wanted = self._prepare_order(order, lines)
        return wanted, network, reader._get_policy(order.company_id)

    @api.model
    def _take_times(self, order):
        """The same of a confirmed order, to date its documents: only how long things take.

        What is free or expected, and what vendors are asked for already, is left out.
        """
        reader, order = self._as_system(order)
        reader = reader.with_context(mto_only_times=True)
        lines, needs = reader._read_lines(order, order.order_line, is_whole=True)
        items, calendars = reader._read_items(*reader._explode(needs))
        network = planner.Network(items, {}, calendars=calendars)
        return self._prepare_order(order, lines), network, reader._get_policy(order.company_id)

    def _prepare_order(self, order, lines):
        return planner.Order(
            order.id or 0,
            order.name or "",
            tuple(lines),
            commitment=order.commitment_date or None,
        )

    @api.model
    def _get_policy(self, company):
        """The company's decisions that the planner follows."""
        return planner.Policy(
            components=company.mto_component_policy,
            count_receipts=company.mto_count_receipts,
            lead_is_total=company.mto_customer_lead == "total",
            vendors=company.mto_vendor_choice,
        )

    # -- order lines -------------------------------------------------------------------

    def _read_lines(self, order, wanted, is_whole):
        """What lines ask for: all of it, or what core would order of it now."""
        goods = wanted.filtered(self._is_goods_line)
        kits = self._find_boms(goods.product_id, order.company_id, bom_type="phantom")
        delivered = self.env["mto.delivered.goods"]
        lines, needs = [], {}
        for line in goods:
            demands = []
            ordered = line.product_uom_qty if is_whole else line._mto_get_rest()
            rest = None if is_whole else delivered._find_rest(line)
            if rest is None:
                rest = self._iterate_goods(line, kits, ordered)
            for place, product, bom_line, quantity in rest:
                need = self._prepare_line_need(line, product)
                needs[need.key] = need
                bom_line_id = bom_line.id if bom_line else None
                demands.append(planner.LineDemand(need.key, quantity, place, bom_line_id))
            lines.append(
                planner.Line(
                    line.id or line._origin.id or str(line.id),
                    line.product_id.id,
                    self._get_line_quantity(line, ordered),
                    tuple(demands),
                    customer_lead=line.customer_lead,
                    security_days=order.company_id.security_lead,
                )
            )
        return lines, needs

    def _is_goods_line(self, line):
        """Whether an order line moves goods."""
        return not line.display_type and line.product_id.type == "consu"

    def _get_line_quantity(self, line, ordered=None):
        """The ordered quantity, or another one in the line's unit, in the product's unit."""
        if ordered is not None:
            return self.env["mto.delivered.goods"]._to_product_unit(line, ordered)
        return line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _iterate_goods(self, line, kits, ordered=None):
        """What a line moves: its product, or the components of its kit.

        :param ordered: the quantity in the line's unit, if not the line's own
        Yields (place, product, BoM line or None, quantity in the product's unit).
        """
        kit = kits.get(line.product_id)
        if not kit:
            yield "", line.product_id, None, self._get_line_quantity(line, ordered)
            return
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty if ordered is None else ordered, kit.product_uom_id, round=False
        )
        never = line.product_no_variant_attribute_value_ids
        _boms, exploded = kit.explode(
            line.product_id, quantity / kit.product_qty, never_attribute_values=never
        )
        merged = {}
        for bom_line, data in exploded:
            if bom_line.product_id.type == "consu":
                unit = bom_line.product_id.uom_id
                amount = bom_line.product_uom_id._compute_quantity(
                    data["qty"], unit, rounding_method="HALF-UP"
                )
                merged[bom_line] = merged.get(bom_line, 0.0) + amount
        for bom_line, amount in merged.items():
            yield str(bom_line.id), bom_line.product_id, bom_line, amount

    def _prepare_line_need(self, line, product):
        return Need(
            product=product,
            location=line._get_location_final(),
            warehouse=line.warehouse_id._origin or line.order_id.warehouse_id._origin,
            company=line.company_id or line.order_id.company_id,
            # What a form has not saved yet stands for what is in the database.
            routes=line.route_ids._origin,
            packaging=line.product_uom_id._origin,
            never=line.product_no_variant_attribute_value_ids._origin,
            texts=line._mto_get_texts()._origin,
            words=line._mto_describe_configuration(),
            custom=self.env["mto.configuration"]._is_line_custom(line, product),
            root=True,
        )

    # -- the network -------------------------------------------------------------------

    def _read_network(self, needs, ordered):
        resolved, components = self._explode(needs)
        stock, receipts = {}, Receipts()
        lacks = self._read_stock(resolved, stock)
        self._read_receipts(resolved, lacks, receipts)
        items, calendars = self._read_items(resolved, components, receipts)
        # A kit is shown too, though only its components are needed.
        shown = ordered.union(*(answer.need.product for answer in resolved.values()))
        self._warn_of_closed(items, calendars)
        products = self._prepare_products(shown)
        return planner.Network(
            items,
            products,
            stock,
            receipts.expected,
            calendars,
            enclosing=self._find_enclosing(stock),
        )

    def _read_items(self, resolved, components, receipts=NONE_EXPECTED):
        """What the planner is told of needs, with their times, and the working time they take.

        :return: a tuple ({need key: planner.Item}, {key: planner.Calendar})
        """
        orderpoints = self._find_orderpoints(resolved)
        items = {
            key: self._prepare_item(answer, components.get(key, ()), orderpoints, receipts)
            for key, answer in resolved.items()
        }
        self._add_times(items, resolved)
        return items, self._read_calendars(items.values())

    def _explode(self, needs):
        """Follow needs down to the last BoM, a level at a time.

        :return: a tuple ({need key: Resolved}, {need key: [(need, component), ...]})
        """
        resolved, components, waiting = {}, {}, dict(needs)
        self._expect_parts(needs)
        while waiting:
            level = self._resolve(waiting)
            parts = self._read_components(level)
            resolved.update(level)
            components.update(parts)
            below = [need for found in parts.values() for need, _component in found]
            below += [answer.origin for answer in level.values() if answer.origin]
            waiting = {need.key: need for need in below if need.key not in resolved}
        return resolved, components

    def _prepare_products(self, products):
        """{product id: planner.Product}, named by what is remembered of all of them."""
        return {
            product.id: self._prepare_product(product) for product in products.with_env(self.env)
        }

    def _prepare_product(self, product):
        unit = product.product_tmpl_id.uom_id
        return planner.Product(product.id, product.display_name, unit.name, unit.rounding)

    def _prepare_item(self, answer, parts, orderpoints, receipts=NONE_EXPECTED):
        need, template = answer.need, answer.need.template
        custom = need.custom and not self._is_left_to_stock(answer)
        own_stock = template.is_storable and not custom and answer.place
        return planner.Item(
            key=need.key,
            product_id=need.product.id,
            location_id=answer.place.id or need.location.id,
            strategy=answer.strategy,
            explicit=template.mto_effective_strategy != "mts",
            always_order=template.mto_always_order,
            # A reordering rule brings what everybody takes.
            orderpoint_id=None if custom else orderpoints.get((need.product.id, answer.place.id)),
            source=self._prepare_source(answer, parts),
            pools=(answer.pool,) if own_stock else (),
            receipts=receipts.get_keys(answer.pool) if own_stock else (),
            warnings=self._get_warnings(need),
            untracked=not template.is_storable,
            policy=self._get_other_policy(answer.company),
        )

    def _get_other_policy(self, company):
        """The decisions of another company than the one that a plan is made for; else None."""
        return None if company == self.env.company else self._get_policy(company)

    def _is_left_to_stock(self, answer):
        """Whether a need only takes what is in stock, whatever it asks for, as in core.

        An order line by its strategy; a component where nothing but its routes counts.
        """
        as_core = answer.need.root or answer.company.mto_component_policy != planner.CASCADE
        return as_core and answer.strategy == "mts"

    def _get_warnings(self, need):
        """What is odd about a product and does not stand in the way."""
        warnings = []
        archived = need.template.mto_archived_route_names
        if archived:
            warnings.append(planner.Fault("archived_route", args=(("routes", archived),)))
        if not need.product.active:
            warnings.append(planner.Fault("archived_product"))
        return tuple(warnings)

    def _prepare_source(self, answer, parts):
        if answer.rule is None or not answer.rule:
            return None
        supply = self._get_supply_kind(answer.rule)
        bom = None
        if answer.bom and not answer.fault:
            bom = self._prepare_bom(answer.bom, [component for _need, component in parts])
        return planner.Source(
            supply=supply,
            bom=bom,
            origin=answer.origin.key if answer.origin else None,
            vendor_id=answer.vendor.id if answer.vendor else None,
            rule_id=answer.rule.id,
            fault=answer.fault,
            terms=self._get_terms_of(answer),
            offers=self._get_offers_of(answer),
            pool=self._get_request_of(answer),
            by_line=bool(answer.prices) and self._is_shipped(answer),
            surplus=answer.surplus,
        )

    def _get_terms_of(self, answer):
        """In which quantities a vendor sells what it makes of our goods; else None."""
        if not answer.prices or not answer.bom:
            return None
        company = answer.rule.company_id or answer.need.company
        product, unit = answer.need.product, answer.price.product_uom_id
        terms = self.env["mto.vendor.terms"]
        prices = terms._get_prices(product, answer.vendor, company)
        return terms._get_terms(product, prices, unit, answer.rule.picking_type_id)

    def _get_offers_of(self, answer):
        """What vendors offer of what is bought; of what they make for us core's choice stays."""
        if not answer.prices or answer.bom:
            return ()
        if self.env.context.get("mto_only_times") and len(answer.prices) == 1:
            return ()  # it says no more than the source itself
        return self._prepare_offers(
            answer.need.product, answer.prices, answer.rule, answer.need.company, answer.requests
        )

    def _get_request_of(self, answer):
        """What tells apart the lines of requests for quotation that needs are pooled in."""
        if not answer.prices:
            return ""
        need, operation = answer.need, answer.rule.picking_type_id
        never = "-".join(map(str, need.never.ids))
        return f"{need.product.id}|{operation.id}|{never}|{need.words}"

    def _get_supply_kind(self, rule):
        """The planner's word for what a rule does. Hook that aims to be extended."""
        kinds = {"manufacture": planner.PRODUCTION, "buy": planner.PURCHASE}
        return kinds.get(rule.action, planner.TRANSFER)

    def _prepare_bom(self, bom, components):
        unit = bom.product_tmpl_id.uom_id
        factor = bom.product_uom_id._compute_quantity(1.0, unit, round=False)
        return planner.Bom(
            bom_id=bom.id,
            components=tuple(components),
            quantity=bom.product_qty * factor,
            batch=bom.batch_size * factor if bom.enable_batch_size else 0.0,
            unit_factor=factor,
            unit_rounding=bom.product_uom_id.rounding,
        )

    # -- stock and reordering rules ----------------------------------------------------

    def _group_by_place(self, resolved):
        """{place: products kept there}, for what has stock at all."""
        groups = {}
        for answer in resolved.values():
            if answer.need.template.is_storable and answer.place:
                groups.setdefault(answer.place, {})[answer.need.product.id] = True
        return {place: self.env["product.product"].browse(ids) for place, ids in groups.items()}

    def _read_stock(self, resolved, stock):
        """Read free stock by pool; {pool: what confirmed demands need beyond it}."""
        lacks = {}
        for place, products in self._group_by_place(resolved).items():
            new = products.filtered(
                lambda product, place=place: f"{product.id}@{place.id}" not in stock
            )
            for product_id, quantity in self._get_balances(new, place).items():
                pool = f"{product_id}@{place.id}"
                stock[pool] = max(quantity, 0.0)
                lacks[pool] = max(-quantity, 0.0)
        return lacks

    def _find_enclosing(self, pools):
        """{pool: those of the same product in the places that its own lies within}."""
        keys = [tuple(map(int, pool.split("@"))) for pool in pools]
        places = self.env["stock.location"].browse({place_id for _product_id, place_id in keys})
        around = {
            place.id: [one.id for one in places if one != place and place._child_of(one)]
            for place in places
        }
        found = {}
        for product_id, place_id in keys if any(around.values()) else ():
            wholes = (f"{product_id}@{whole}" for whole in around[place_id])
            found[f"{product_id}@{place_id}"] = tuple(pool for pool in wholes if pool in pools)
        return found

    def _find_orderpoints(self, resolved):
        """{(product id, place id): reordering rule id}."""
        domain = Domain.OR(
            Domain("product_id", "in", products.ids) & Domain("location_id", "=", place.id)
            for place, products in self._group_by_place(resolved).items()
        )
        orderpoints = self.env["stock.warehouse.orderpoint"].search(domain)
        return {(point.product_id.id, point.location_id.id): point.id for point in orderpoints}
