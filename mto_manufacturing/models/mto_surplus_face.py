from functools import cache

from odoo import api, models
from odoo.tools.misc import formatLang

from .. import planner


class MtoSurplusFace(models.AbstractModel):
    """What a plan tells about its purchases: how much, of whom and why, and what is left over.

    Vendors, values and other orders are told only to who may buy.
    """

    _name = "mto.surplus.face"
    _description = "Make to Order: Surplus in a Plan"

    @api.model
    def _tell(self, answer, plan, company):
        """Fill in what ``planner.plain`` leaves empty of purchases.

        :param answer: the plan as nested dicts, changed in place
        :param plan: the ``planner.Plan`` that it was made of
        """
        bought = {node.key: node for node in plan.nodes if node.purchase}
        if not bought:
            return answer
        private = self._get_private(plan, bought.values(), company)
        texts = self.env["mto.fault.text"]._get_texts()
        number = cache(self.env["mto.supply.text"]._format_number)  # most come many times
        known = {}
        waiting = [node for line in answer["lines"] for node in line["supplies"]]
        while waiting:
            node = waiting.pop()
            waiting.extend(node["supplies"])
            if node["purchase"]:
                told = node["purchase"]
                told["vendor"]["text"] = texts.get(told["vendor"]["code"], "")
                told.update(private.get(node["key"], {}))
                if told["surplus"] or told["open_needs"]:
                    told["text"] = self._describe(told, node["uom"], number, company)
                    continue
                # Much is bought alike, and nothing is left over of it.
                words = (told["vendor_name"], told["vendor"]["text"], told["waits"])
                words += (node["uom"], told["needed"], told["ordered"])
                if words not in known:
                    known[words] = self._describe(told, node["uom"], number, company)
                told["text"] = known[words]
        return answer

    @api.model
    def _list_undecided(self, order):
        """[words] on what would be ordered for an order if a purchaser decides to."""
        plan = order._mto_get_plan()
        answer = order.with_env(self.env)._mto_show(plan)
        waiting, found = [node for line in answer["lines"] for node in line["supplies"]], []
        while waiting:
            node = waiting.pop(0)
            waiting.extend(node["supplies"])
            if node["reason"]["code"] == planner.UNDECIDED:
                found.append(f"{node['product']}\n{node['purchase']['text']}")
        return found

    def _get_private(self, plan, nodes, company):
        """{node key: what only who may buy is told}; nothing for others."""
        if not self.env.user.has_group("purchase.group_purchase_user"):
            return {}
        vendors = self.env["res.partner"].sudo()
        vendors = vendors.browse({node.purchase.vendor_id or 0 for node in nodes})
        names = {vendor.id: vendor.display_name for vendor in vendors.exists()}
        products = {node.product_id for node in nodes if node.purchase.surplus}
        products = self.env["product.product"].browse(products)
        share = self.env["mto.surplus.share"].sudo()
        needs = share._find_open_needs(products, company)
        private = {}
        for node in nodes:
            bought, own = node.purchase, {}
            if bought.surplus:
                key = plan.demands[node.demand].key
                own = {
                    move: quantity
                    for move, quantity in needs.items()
                    if move.product_id.id == node.product_id
                    and move.mto_key != key
                    and not self._serves(node, move)
                }
            value = None
            if bought.price is not None:
                amount = company.currency_id.round(bought.surplus * bought.price)
                value = {"amount": amount, "currency": company.currency_id.name}
            private[node.key] = {
                "vendor_name": names.get(bought.vendor_id),
                "surplus_value": value,
                "open_needs": share._describe(own),
            }
        return private

    def _serves(self, node, move):
        """Whether a purchase that is there serves a need already."""
        document = node.document
        orders = move.created_purchase_line_ids.order_id.ids
        return bool(document and document.model == "purchase.order" and document.id in orders)

    def _describe(self, told, unit, number, company):
        """All of it in words, for a tooltip.

        :param number: what writes a number as the user's language does
        """
        words = [
            self.env._(
                "Needed: %(needed)s %(unit)s, ordered: %(ordered)s, left over: %(surplus)s",
                needed=number(told["needed"]),
                ordered=number(told["ordered"]),
                surplus=number(told["surplus"]),
                unit=unit,
            )
        ]
        if told["surplus_value"] and told["surplus"]:
            value = told["surplus_value"]["amount"]
            amount = formatLang(self.env, value, currency_obj=company.currency_id)
            words.append(self.env._("Value of what is left over: %s", amount))
        if told["open_needs"]:
            needs = ", ".join(
                f"{need['order']} ({number(need['quantity'])})" for need in told["open_needs"]
            )
            words.append(self.env._("Could be used by: %s", needs))
        if told["waits"]:
            words.append(self.env._("Waits for other needs."))
        if told["vendor_name"]:
            words.append(f"{told['vendor_name']}: {told['vendor']['text']}".rstrip(": "))
        elif told["vendor"]["text"]:
            words.append(told["vendor"]["text"])
        return "\n".join(words)
