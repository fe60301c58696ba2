from odoo import api, models
from odoo.fields import Command, Domain


class Reach:
    """How far down a configuration matters.

    ``relevant``: {template: those of the chosen attribute values that it has, or anything
    that it is made of}; ``own``: {template: its own values among them}.
    """

    def __init__(self, relevant, own):
        self._relevant = relevant
        self._own = own
        # What is read of the values told to one product is read for all products.
        self._together = [value.id for values in own.values() for value in values]

    def hand_down(self, values, product):
        """What a product is told of the values chosen above it.

        Its own values where it has them; those that only matter further down as they are.
        """
        template = product.product_tmpl_id
        told = values.browse()
        if template not in self._relevant:
            return told
        own = self._own.get(template, told).grouped("product_attribute_value_id")
        for value in values:
            chosen = value.product_attribute_value_id
            if chosen in self._relevant[template]:
                told |= own.get(chosen, value)
        return told.with_prefetch(self._together)

    def filter_texts(self, texts, product):
        """The values with a text of the customer's that matter in a product or below."""
        relevant = self._relevant.get(product.product_tmpl_id)
        if not relevant:
            return texts.browse()
        return texts.filtered(lambda value: value.product_attribute_value_id in relevant)


class MtoConfiguration(models.AbstractModel):
    """Takes what a customer chose for a product down to what it is made of.

    Core tells the values that make no variant, and the texts, to the ordered product alone.
    A component that has the same attribute is told its own value of it; and what only matters
    further down passes through what is between.
    """

    _name = "mto.configuration"
    _description = "Make to Order: Configurations"

    @api.model
    def _is_custom(self, never, texts):
        """Whether goods so configured cannot be told from others in common stock."""
        return bool(texts) or any(
            value.is_custom or len(value.attribute_line_id.value_ids) > 1 for value in never
        )

    @api.model
    def _is_line_custom(self, line, product):
        """The same of an order line's product, or of a component of its kit."""
        return bool(self._find_custom([(line, product)]))

    @api.model
    def _find_custom(self, asked):
        """The same of many: what was chosen is followed down once for all of them.

        :param asked: pairs (order line, its product or a component of its kit)
        :return: those of the pairs that are so configured, a set
        """
        custom = {(line, product) for line, product in asked if line._mto_is_custom()}
        parts = {(line, product) for line, product in custom if product != line.product_id}
        values = self.env["product.template.attribute.value"].union(
            *(self._get_values(line) for line, _product in parts)
        )
        products = self.env["product.product"].union(*(product for _line, product in parts))
        reach = self._reach(values, products)
        return {
            (line, product)
            for line, product in custom
            if product == line.product_id or self._is_part_custom(reach, line, product)
        }

    def _get_values(self, line):
        """All that was chosen for an order line and makes no variant."""
        return line.product_no_variant_attribute_value_ids | line._mto_get_texts()

    def _is_part_custom(self, reach, line, product):
        never = reach.hand_down(line.product_no_variant_attribute_value_ids, product)
        return self._is_custom(never, reach.filter_texts(line._mto_get_texts(), product))

    @api.model
    def _tell_components(self, productions, vals_list):
        """Add what was chosen for productions to the values of their components' moves.

        :param productions: ``mrp.production`` records
        :param vals_list: a list of ``stock.move`` values, changed in place
        """
        never = productions.never_product_template_attribute_value_ids
        texts = productions.mto_sale_line_ids._mto_get_texts()
        if not never and not texts:
            return
        products = self.env["product.product"].browse({vals["product_id"] for vals in vals_list})
        reach = self._reach(never | texts, products)
        by_id = {production.id: production for production in productions}
        for vals in vals_list:
            production = by_id.get(vals["raw_material_production_id"])
            if production:
                product = products.browse(vals["product_id"])
                vals.update(self._prepare_configured_vals(reach, production, product))

    def _prepare_configured_vals(self, reach, production, product):
        never = reach.hand_down(production.never_product_template_attribute_value_ids, product)
        texts = production.mto_sale_line_ids._mto_get_texts()
        return {
            "never_product_template_attribute_value_ids": [Command.set(never.ids)],
            "mto_custom": self._is_custom(never, reach.filter_texts(texts, product)),
        }

    @api.model
    def _reach(self, values, products):
        """How far some chosen values matter in products and all that they are made of.

        :param values: ``product.template.attribute.value`` records
        :return: a Reach; without values nothing is read
        """
        if not values or not products:
            return Reach({}, {})
        users = self._read_users(products.product_tmpl_id)
        own = self._read_own(values.product_attribute_value_id, list(users))
        relevant = {}
        for template, has in own.items():
            waiting = [template]
            told = has.product_attribute_value_id
            while waiting:
                above = waiting.pop()
                known = relevant.get(above, told.browse())
                if told - known:
                    relevant[above] = known | told
                    waiting += users[above]
        return Reach(relevant, own)

    def _read_users(self, templates):
        """{template: those that are made of it}, of templates and all below: a query a level."""
        users = {template: templates.browse() for template in templates}
        wave = templates
        while wave:
            boms = self.env["mrp.bom"].sudo().search([("product_tmpl_id", "in", wave.ids)])
            below = boms.bom_line_ids.product_id.product_tmpl_id
            wave = below.filtered(lambda template: template not in users)
            users.update(dict.fromkeys(wave, templates.browse()))
            for bom in boms:
                for template in bom.bom_line_ids.product_id.product_tmpl_id:
                    users[template] |= bom.product_tmpl_id
        return users

    def _read_own(self, chosen, templates):
        """{template: its own values that stand for chosen attribute values}."""
        found = self.env["product.template.attribute.value"].search(
            Domain("product_tmpl_id", "in", [template.id for template in templates])
            & Domain("product_attribute_value_id", "in", chosen.ids)
            & Domain("ptav_active", "=", True)
        )
        return found.grouped("product_tmpl_id")
