from datetime import UTC

import pytz

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, get_lang

from .. import planner
from .mto_receipt_reader import get_receipt_ids
from .mto_supply_text import format_day

_DAY = 86_400


class MtoReasonText(models.AbstractModel):
    """Why each supply of a plan is there when it is: one sentence, with the days in words.

    In the language and the time zone of whoever reads it. Whom something is bought from is
    told to those who may see purchases.
    """

    _name = "mto.reason.text"
    _description = "Make to Order: Reasons in Words"

    @api.model
    def _fill(self, plan, answer):
        """Replace the reasons of dated supplies by sentences; those of others stay.

        :param plan: the ``planner.Plan`` that ``answer`` was made of
        :param answer: its face, as nested dicts, changed in place
        """
        texts = self._describe(plan)
        waiting = [node for line in answer["lines"] for node in line["supplies"]]
        while waiting:
            node = waiting.pop()
            node["reason"]["text"] = texts.get(node["key"]) or node["reason"]["text"]
            waiting.extend(node["supplies"])
        return answer

    @api.model
    def _describe(self, plan):
        """{node key: sentence} of the supplies of a plan that have dates."""
        words = _Words(self.env)
        names = self._read_names(plan)
        last = _find_last(plan)
        products = {product.product_id: product.name for product in plan.products}
        kinds = {
            planner.PURCHASE: self._describe_purchase,
            planner.PRODUCTION: self._describe_production,
            planner.TRANSFER: self._describe_transfer,
            planner.REORDERING: self._describe_reordering,
            planner.RECEIPT: self._describe_receipt,
        }
        texts = {}
        for index, node in enumerate(plan.nodes):
            describe = kinds.get(node.supply)
            if describe and node.end:
                before = last.get(index)
                above = before and products[before.product_id]
                text = describe(node, words, names.get(node.key), before, above)
                texts[node.key] = _end_once(text)
        return texts

    # -- names -------------------------------------------------------------------------

    def _read_names(self, plan):
        """{node key: name}: of the vendor of a purchase, of the document of a receipt."""
        names = {}
        if self.env["purchase.order"].has_access("read"):
            names.update(self._read_vendors(plan.nodes))
        taken = {
            node.key: get_receipt_ids(take.key for take in node.takes)
            for node in plan.nodes
            if node.supply == planner.RECEIPT
        }
        # Of documents only the name is told, also to who may not open them.
        moves = self.env["stock.move"].sudo().browse(dict.fromkeys(sum(taken.values(), [])))
        known = {move.id: move._mto_get_supply_name() for move in moves}
        names.update((key, known[ids[0]]) for key, ids in taken.items() if ids)
        return names

    def _read_vendors(self, nodes):
        """{node key: vendor's name} of purchases, of the plan's or of the document's."""
        bought = [node for node in nodes if node.supply == planner.PURCHASE]
        asked = {node.key: node.document.id for node in bought if node.document}
        orders = self.env["purchase.order"].sudo().browse(dict.fromkeys(asked.values()))
        partners = {order.id: order.partner_id for order in orders}
        partner = self.env["res.partner"].sudo()
        planned = {node.key: node.vendor_id for node in bought if node.vendor_id}
        vendors = partner.browse(dict.fromkeys(planned.values()))
        shown = {vendor.id: vendor.display_name for vendor in vendors}
        names = {key: shown[vendor_id] for key, vendor_id in planned.items()}
        names.update((key, partners[order_id].display_name) for key, order_id in asked.items())
        return names

    # -- sentences ---------------------------------------------------------------------

    def _describe_purchase(self, node, words, vendor, before, component):
        return words.once(
            self._tell_purchase,
            vendor=vendor,
            ordered=words.day(node.ordered or node.start),
            length=words.length(node.end - node.start),
            end=words.day(node.end),
            component=component,
            there=before and words.day(before.end),
            is_sure=bool(node.document and node.document.state == "purchase"),
        )

    def _tell_purchase(self, is_sure, **args):
        vendor, before = args["vendor"], args["there"]
        if is_sure and vendor:
            return self.env._("Bought from %(vendor)s, here %(end)s.", **args)
        if is_sure:
            return self.env._("Bought, here %(end)s.", **args)
        if before and vendor:
            return self.env._(
                "Made by %(vendor)s in %(length)s once %(component)s is there %(there)s, "
                "here %(end)s.",
                **args,
            )
        if before:
            return self.env._(
                "Made by a subcontractor in %(length)s once %(component)s is there %(there)s, "
                "here %(end)s.",
                **args,
            )
        if vendor:
            return self.env._(
                "Bought from %(vendor)s, ordered %(ordered)s, %(length)s, here %(end)s.", **args
            )
        return self.env._("Bought, ordered %(ordered)s, %(length)s, here %(end)s.", **args)

    def _describe_production(self, node, words, _name, before, component):
        if node.document and node.document.state == "done":
            return self.env._("Made: it is here.")
        args = {
            "length": words.length(node.end - node.start),
            "end": words.day(_get_forecast(node)),
            "component": component,
            "there": before and words.day(_get_forecast(before)),
        }
        if before:
            return self.env._(
                "Made in %(length)s once %(component)s is here %(there)s, ready %(end)s.", **args
            )
        return self.env._("Made in %(length)s, ready %(end)s.", **args)

    def _describe_transfer(self, node, words, _name, before, _component):
        sent = words.day(before.end if before else node.start)
        return self.env._(
            "Brought from another place, sent %(sent)s, here %(end)s.",
            sent=sent,
            end=words.day(node.end),
        )

    def _describe_reordering(self, node, words, _name, _before, _component):
        return self.env._("A reordering rule brings it, here %s.", words.day(node.end))

    def _describe_receipt(self, node, words, document, _before, _component):
        if not document:
            return self.env._("Expected anyway, here %s.", words.day(node.end))
        return self.env._(
            "Expected anyway on %(document)s, here %(end)s.",
            document=document,
            end=words.day(node.end),
        )


def _get_forecast(node):
    """When a supply is there: by its document, or later where what it waits for is later."""
    return max(node.end, node.earliest_end or node.end)


def _find_last(plan):
    """{index of a node: the node below it that it waits for longest}, if that is not stock."""
    last = {}
    for node in plan.nodes:
        parent = plan.demands[node.demand].parent
        if parent < 0 or node.slack_days is None:
            continue
        known = last.get(parent)
        if known is None or node.slack_days < known.slack_days:
            last[parent] = node
    return {index: node for index, node in last.items() if node.supply != planner.STOCK}


def _end_once(sentence):
    """A sentence whose last word is an abbreviation has one full stop, not two: "30 nov." """
    return sentence.removesuffix(".") if sentence.endswith("..") else sentence


class _Words:
    """Days and lengths of time as a user reads them. Asked for each supply, so each once."""

    def __init__(self, env):
        self._env = env
        self._locale = babel_locale_parse(get_lang(env).code)
        self._zone = pytz.timezone(env.context.get("tz") or env.user.tz or "UTC")
        self._today = self._localize(fields.Datetime.now())
        self._moments, self._days, self._lengths, self._sentences = {}, {}, {}, {}

    def once(self, tell, **words):
        """A sentence of some words: much is bought alike."""
        key = (tell, *words.values())
        if key not in self._sentences:
            self._sentences[key] = tell(**words)
        return self._sentences[key]

    def _localize(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(self._zone).date()

    def day(self, moment):
        """ "today" or "on 12 Dec"; with the year where it is another."""
        if moment not in self._moments:
            day = self._localize(moment)
            if day not in self._days:
                self._days[day] = self._format(day)
            self._moments[moment] = self._days[day]
        return self._moments[moment]

    def _format(self, day):
        if day == self._today:
            return self._env._("today")
        with_year = day.year != self._today.year
        return self._env._("on %s", format_day(day, self._locale, with_year))

    def length(self, length):
        """ "1 day", "2.5 days", "3 hours"."""
        if length not in self._lengths:
            self._lengths[length] = self._format_length(length.total_seconds())
        return self._lengths[length]

    def _format_length(self, seconds):
        translate = self._env._
        if seconds < _DAY:
            number = round(seconds / 3600, 1)
            single, several = translate("1 hour"), translate("%s hours")
        else:
            number = round(seconds / _DAY, 1)
            single, several = translate("1 day"), translate("%s days")
        if number == 1:
            return single
        return several % self._env["mto.supply.text"]._format_number(number, most=1)
