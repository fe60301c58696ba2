from odoo import models


class StockMove(models.Model):
    """Planned stock that core could not reserve: somebody else has it by now.

    So it is where one place lies within another and both are counted on the same goods.
    """

    # A concept of its own beside the confirmation of moves.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _mto_order_deficits(self, netted, ordered):
        """Cover what core could not reserve of the planned stock by something else.

        It joins the shortage of its need, where there is one.

        :param netted: a list of NettedMove, confirmed and reserved
        :param ordered: the draft moves that are to be ordered
        :return: the draft moves that are to be ordered now
        """
        deficits = []
        for answer in netted:
            deficit = answer.stock and answer.stock - answer.move._mto_get_reserved()
            if answer.move.product_id.uom_id.compare(deficit, 0.0) > 0:
                deficits.append((answer.move, deficit))
        if not deficits:
            return ordered
        lost = [
            answer
            for answer in self.env["mto.netting"]._net_deficits(deficits)
            if answer.shortage or answer.receipts
        ]
        for answer in lost:
            ordered = answer.move._mto_part_deficit(answer, ordered)
        _covered, again = self._mto_split_by_supply(lost)
        return ordered | again

    def _mto_part_deficit(self, answer, ordered):
        """Have a draft move for what is not to be reserved here: with its shortage, if it has one.

        :param answer: a NettedMove of the deficit; its move becomes that draft
        :return: ``ordered`` without the shortage that the deficit joins
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        deficit = answer.shortage + sum(quantity for _receipt, quantity in answer.receipts)
        left = unit.round(self.product_qty - deficit)
        shortage = ordered.browse()
        if answer.shortage:
            shortage = ordered.filtered(lambda move: move._mto_is_part_of(self))[:1]
            answer.shortage += shortage.product_qty
            deficit += shortage.product_qty
        answer.here = answer.stock = 0.0
        if unit.compare(left, 0.0) > 0:
            self._mto_set_quantity(left)
            self._recompute_state()
            answer.move = shortage or self.create(self._mto_prepare_shortage_vals(deficit))
        else:
            self.state = "draft"
            self.env["mto.parts"]._remove(shortage)
        answer.move._mto_set_quantity(deficit)
        return ordered - shortage

    def _mto_is_part_of(self, need):
        """Whether this is to be ordered for the same need, by itself."""
        names = ("mto_key", "raw_material_production_id", "bom_line_id", "move_dest_ids")
        return not self.move_orig_ids and all(self[name] == need[name] for name in names)
