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
        users = self._find_users(plan, nodes, company)
        describe = self.env["mto.surplus.share"]._describe
        private = {}
        for node in nodes:
            bought, value = node.purchase, None
            if bought.price is not None:
                amount = company.currency_id.round(bought.surplus * bought.price)
                value = {"amount": amount, "currency": company.currency_id.name}
            private[node.key] = {
                "vendor_name": names.get(bought.vendor_id),
                "surplus_value": value,
                "open_needs": describe(users.get(node.key, {})),
            }
        return private

    def _find_users(self, plan, nodes, company):
        """{node key: {open need: quantity}} of what is left over, and others could use."""
        nodes = [node for node in nodes if node.purchase.surplus]
        products = self.env["product.product"].browse({node.product_id for node in nodes})
        share = self.env["mto.surplus.share"].sudo()
        needs = share._find_open_needs(products, company)
        if not needs:
            return {}
        apart = self.env["stock.move"].sudo().union(*needs)._mto_filter_kept_apart()
        plain = {move: quantity for move, quantity in needs.items() if move not in apart}
        users, custom = {}, self._find_custom(plan, nodes)
        for node in nodes:
            lines = self._get_lines(plan, node)
            found = needs if lines else {} if node.key in custom else plain
            found = {
                move: quantity
                for move, quantity in found.items()
                if move.product_id.id == node.product_id
            }
            if lines:
                found = share._filter_alike(found, lines)
            users[node.key] = {
                move: quantity
                for move, quantity in found.items()
                if move.mto_key != plan.demands[node.demand].key and not self._serves(node, move)
            }
        return users

    def _find_custom(self, plan, nodes):
        """The keys of those nodes that bring goods as a customer alone wants them."""
        asked = {}
        for node in nodes:
            line_id = plan.lines[plan.demands[node.demand].line].line_id
            if isinstance(line_id, int):
                line = self.env["sale.order.line"].sudo().browse(line_id)
                product = self.env["product.product"].sudo().browse(node.product_id)
                asked[node.key] = (line, product)
        custom = self.env["mto.configuration"].sudo()._find_custom(asked.values())
        return {key for key, pair in asked.items() if pair in custom}

    def _get_lines(self, plan, node):
        """The purchase lines that a node is, if it is there."""
        lines = self.env["purchase.order.line"].sudo()
        if not node.document or node.document.model != "purchase.order":
            return lines
        lines = lines.order_id.browse(node.document.id).order_line
        lines = lines.filtered(lambda line: line.product_id.id == node.product_id)
        key = plan.demands[node.demand].key
        own = lines.filtered(
            lambda line: (
                key in (line.move_dest_ids | line.move_ids.move_dest_ids).mapped("mto_key")
            )
        )
        return own or lines

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
