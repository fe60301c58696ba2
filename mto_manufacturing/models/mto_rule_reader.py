from dataclasses import dataclass
from functools import cached_property

from odoo import models

from .. import planner
from .mto_memo import get_memo

_STRATEGIES = {"make_to_order": "mto", "mts_else_mto": "mts_mto", "make_to_stock": "mts"}
#: Pulls that are followed before the routes are taken to go round in a circle.
_LONGEST_CHAIN = 20


@dataclass(eq=False)
class Need:
    """A product needed somewhere, and all that core's choice of a rule depends on.

    Needs of one key are supplied alike, so each is resolved once. ``words``: how what is
    configured for it is described to whoever supplies it.
    """

    product: models.BaseModel
    location: models.BaseModel
    warehouse: models.BaseModel
    company: models.BaseModel
    routes: models.BaseModel
    packaging: models.BaseModel
    never: models.BaseModel
    texts: models.BaseModel = None
    words: str = ""
    custom: bool = False
    root: bool = False

    @cached_property
    def key(self):
        """What tells it from every need that is not supplied alike."""
        parts = [f"{self.product.id}@{self.location.id}", f"w{self.warehouse.id or 0}"]
        parts += [f"r{route.id}" for route in self.routes]
        parts += [f"u{self.packaging.id or 0}", f"c{self.company.id}"]
        parts += [f"n{value.id}" for value in self.never]
        parts += [f"t{value.id}" for value in self.texts or ()]
        parts += [f"d{self.words}"] if self.words else []
        return "|".join(parts) + ("|custom" if self.custom else "") + ("|root" * self.root)

    @cached_property
    def template(self):
        """The product's template: what is read from there need not be computed once more."""
        return self.product.product_tmpl_id

    def rule_values(self):
        """The values that core's ``_get_rule`` looks at."""
        return {
            "warehouse_id": self.warehouse,
            "company_id": self.company,
            "route_ids": self.routes,
            "packaging_uom_id": self.packaging,
        }


@dataclass
class Resolved:
    """A need with core's answers: where its stock is kept and what supplies a shortage.

    ``pulls``: the rules on the way from there to where it is needed; ``transfers``: those that
    bring a shortage there; ``kits``: [(BoM line, its kit)] of what it is made of. Of what is
    bought ``prices``: the vendors' price lines in core's order; ``requests``: {vendor: [(open
    request that it may be added to, its line)]}; ``surplus``: what becomes of what is left over.
    """

    need: Need
    place: models.BaseModel
    strategy: str = "mts"
    rule: models.BaseModel = None
    bom: models.BaseModel = None
    origin: Need = None
    fault: planner.Fault = None
    prices: models.BaseModel = None
    requests: dict = None
    surplus: str = planner.BUY
    pulls: tuple = ()
    transfers: tuple = ()
    kits: tuple = ()

    @cached_property
    def company(self):
        """Who keeps it there, and decides how it is supplied, a ``res.company``."""
        return self.place.company_id or self.need.company

    @cached_property
    def pool(self):
        """The planner's key of the stock that is kept there."""
        return f"{self.need.product.id}@{self.place.id}"

    @cached_property
    def price(self):
        """The price line that core looks at first, a ``product.supplierinfo``."""
        return self.prices and self.prices[0]

    @cached_property
    def vendor(self):
        """Who would be asked for it, a ``res.partner``."""
        return self.price and self.price.partner_id


class MtoRuleReader(models.AbstractModel):
    """Asks core which rule supplies a need, and follows pulls to where stock is kept."""

    _name = "mto.rule.reader"
    _inherit = "mto.offer.reader"
    _description = "Make to Order: Rules"

    def _resolve(self, needs):
        """Ask core, once per need, where stock is kept and which rule supplies a shortage."""
        products = self.env["product.product"].union(*(need.product for need in needs.values()))
        memo = get_memo(self.env)
        if memo is not None:
            memo.expect(products)
        resolved = self._follow_all(needs)
        self._find_production_boms(resolved)
        bought = [a for a in resolved.values() if a.rule and a.rule.action == "buy"]
        self._find_vendors(bought)
        self.env["mto.subcontracting"]._add_boms([answer for answer in bought if answer.price])
        return resolved

    def _follow_all(self, needs):
        """Follow the pulls of needs, once for all that are alike to core.

        :return: {need key: Resolved}
        """
        resolved, ways = {}, {}
        for key, need in needs.items():
            alike = self._get_likeness(need)
            if alike not in ways:
                ways[alike] = resolved[key] = self._follow(need)
                continue
            way = ways[alike]
            resolved[key] = planner.evolve(way, need=need, origin=self._move_origin(way, need))
        return resolved

    def _get_likeness(self, need):
        """What needs have in common that core supplies alike."""
        memo = get_memo(self.env)
        if memo is None:
            return need.key
        return (
            need.location.id,
            need.warehouse.id,
            need.company.id,
            need.routes._ids,
            need.packaging.id,
            need.root,
            self.env["stock.rule"]._mto_get_traits(memo, need.product),
        )

    def _move_origin(self, way, need):
        """Where a transfer of one need takes its goods, as another one of that kind does."""
        place = way.origin and way.origin.location
        return place and self._prepare_below(need, need.product, place, need.packaging)

    def _follow(self, need):
        """Follow the pulls from where the product is needed to where it is kept."""
        place, strategy, rule = need.location, self._get_strategy(need.template), None
        pulls = []
        for _step in range(_LONGEST_CHAIN):
            if not need.root and self._is_supply_place(place):
                break
            rule = self._get_need_rule(need, place, rule)
            if not rule or rule.action not in ("pull", "pull_push"):
                # Straight to where it is needed: a drop shipment, or nothing at all.
                strategy = "mto" if need.root else "mts"
                return Resolved(need, place, strategy, rule, pulls=tuple(pulls))
            pulls.append(rule)
            place = rule.location_src_id
            if need.root or self._is_supply_place(place):
                strategy = _STRATEGIES[rule.procure_method]
            if self._is_supply_place(place) or rule.procure_method != "make_to_order":
                break
        answer = self._find_source(need, place, strategy)
        answer.pulls = tuple(pulls)
        return answer

    def _find_source(self, need, place, strategy):
        """Which rule brings a shortage to the place; through pulls to another place if so."""
        rule = first = self._get_need_rule(need, place)
        source, transfers = place, []
        for _step in range(_LONGEST_CHAIN):
            if not rule or rule.action not in ("pull", "pull_push"):
                break
            transfers.append(rule)
            source = rule.location_src_id
            if self._is_supply_place(source) or rule.procure_method != "make_to_order":
                origin = self._prepare_below(need, need.product, source, need.packaging)
                passed = tuple(transfers)
                return Resolved(need, place, strategy, first, origin=origin, transfers=passed)
            rule = self._get_need_rule(need, source, rule)
        # Pulls that end in a rule of another kind are no transfer of stock.
        last = first if source == place else rule
        return Resolved(need, place, strategy, last, transfers=tuple(transfers))

    def _get_need_rule(self, need, location, before=None):
        """The rule that core takes; ``before``: the rule of the pull that leads here."""
        values = need.rule_values()
        if before or location.company_id:
            # As core does for what a move asks for: between companies it is nobody's.
            values["company_id"] = location.company_id
        if before and not location.warehouse_id:
            values["warehouse_id"] = before.route_id.supplier_wh_id
        elif location.warehouse_id and location.warehouse_id != need.warehouse:
            values["warehouse_id"] = location.warehouse_id
        return self.env["stock.rule"]._get_rule(need.product, location, values)

    def _get_strategy(self, template):
        if template.mto_archived_route_names:
            return "mts"  # core passes over an archived route
        return template.mto_effective_strategy

    def _prepare_below(self, need, product, location, packaging, reach=None):
        """A need below another one: a component, or the same product in another place.

        :param reach: of a component, the ``Reach`` of what is configured above it
        """
        same = not reach
        chosen = need.never or need.texts
        never = reach.hand_down(need.never, product) if reach and chosen else need.never
        texts = reach.filter_texts(need.texts, product) if reach and chosen else need.texts
        custom = need.custom if same else self.env["mto.configuration"]._is_custom(never, texts)
        return Need(
            product=product,
            location=location,
            warehouse=location.warehouse_id or need.warehouse,
            company=location.company_id or need.company,
            routes=need.routes if same else self.env["stock.route"],
            packaging=packaging,
            never=never,
            texts=texts,
            words=need.words if same or custom or never else "",
            custom=custom,
        )

    def _find_vendors(self, answers):
        """Who sells what is bought, and which open requests it would be added to.

        No vendor is a fault.
        """
        asked = []
        for answer in answers:
            company = answer.rule.company_id or answer.need.company
            answer.prices = self._find_prices(answer.need.product, company)
            if not answer.prices:
                answer.fault = planner.Fault("no_vendor")
                continue
            asked.append(answer)
            answer.surplus = self._get_surplus_policy(answer.need.product, company, answer.rule)
        if self.env.context.get("mto_only_times"):
            return
        order = self.env["sale.order"].browse(self.env.context.get("mto_added_to") or ())
        references = order.stock_reference_ids
        wanted = [self._prepare_wanted(answer, references) for answer in asked]
        for answer, found in zip(asked, self._find_requests(wanted), strict=True):
            answer.requests = found
