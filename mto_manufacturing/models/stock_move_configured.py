from odoo import fields, models

from .. import planner


class StockMove(models.Model):
    """Needs that are configured for a customer, which goods of the common stock do not meet."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    mto_custom = fields.Boolean(
        string="Configured by the Customer",
        readonly=True,
        help="The order asks for values or a text that goods of the common stock lack.",
    )

    def _mto_is_custom(self):
        """Whether common stock cannot be told to have what this need asks for."""
        self.ensure_one()
        return bool(self._mto_filter_custom())

    def _mto_filter_custom(self):
        """The needs that ask for what common stock cannot be told to have.

        However many there are, it takes the queries of one.
        """
        told = self.filtered("mto_custom")
        # sudo: whoever moves goods may do so without a sight of the order
        others = (self - told).sudo().filtered("sale_line_id")
        asked = {move.id: (move.sale_line_id, move.product_id) for move in others}
        custom = self.env["mto.configuration"].sudo()._find_custom(asked.values())
        found = {move_id for move_id, pair in asked.items() if pair in custom}
        return self.filtered(lambda move: move.mto_custom or move.id in found)

    def _mto_filter_kept_apart(self):
        """The needs that take nothing of the common stock, whatever there is."""
        needs = self.filtered("mto_key")._mto_filter_custom()
        return needs.filtered(lambda move: not move._mto_is_left_to_stock())

    def _mto_get_configuration(self):
        """What goods for a need have to be configured as, as a procurement's values tell it."""
        self.ensure_one()
        never = "never_product_template_attribute_value_ids"
        words = self._mto_describe_configuration()
        return {never: self[never], "product_description_variants": words}

    def _mto_is_left_to_stock(self):
        """Whether the need only takes what is in stock, as in core, where nothing else counts.

        So it is of a component that is made to stock, where the routes alone decide.
        """
        self.ensure_one()
        return bool(
            self.company_id.mto_component_policy != planner.CASCADE
            and not self._mto_is_root()
            and self.env["mto.netting"]._get_strategy(self.product_id.product_tmpl_id) == "mts"
        )

    def _mto_filter_never_in_stock(self):
        """The needs that wait for their supply, and common stock is no such.

        Goods that lack what the customer asked for would hide that nothing brings the others.
        """
        waiting = self.filtered(
            lambda move: (
                move.mto_key
                and not move.move_orig_ids
                and move.procure_method != "make_to_order"
                and not move._should_bypass_reservation()
            )
        )
        return waiting._mto_filter_kept_apart()
