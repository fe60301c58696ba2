from odoo import models

#: A need's place, and whom it serves: another order may have taken what has its place.
_OWN = ("mto_key", "mto_sale_line_id")


class StockMove(models.Model):
    """Moves that core unites: the needs of an order stay apart, and lose nothing by it."""

    # A concept of its own beside the confirmation of moves.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_merge_moves_distinct_fields(self):
        # Needs of their own stay apart in a production that serves several.
        return [*super()._prepare_merge_moves_distinct_fields(), *_OWN]

    def _merge_move_itemgetter(self, distinct_fields, excluded_fields=None):
        # What has come for a need and it does not wait for may be gone: nothing that is added
        # to the need may take as much again of what lies there for others.
        get = super()._merge_move_itemgetter(distinct_fields, excluded_fields)
        if excluded_fields:
            return get
        growth = self.env["mto.growth"]
        return lambda move: (*get(move), growth._find_left_over(move) > 0)

    def _merge_moves(self, merge_into=False):
        # What is merged has been procured: the greater quantity is not, once more.
        if not any(move.mto_key for move in self._mto_find_merged(merge_into)):
            moves = self.with_context(mto_united=True)
            return super(StockMove, moves)._merge_moves(merge_into).with_env(self.env)
        unmerged = self.env.context.get("mto_unmerged")
        if unmerged is not None and all(m.product_uom.compare(m.product_qty, 0) > 0 for m in self):
            unmerged.add(self)  # afterwards: who asks for all this holds some of it
            return self
        self._mto_read_merged()
        moves = self.with_context(no_procurement=True, mto_merged=True)
        return super(StockMove, moves)._merge_moves(merge_into).with_env(self.env)

    def _mto_find_merged(self, merge_into):
        """All moves that core looks at: those of a document, whichever of them is new."""
        if merge_into:
            return merge_into | self
        documents = set()
        self._update_candidate_moves_list(documents)
        return self.union(*documents)

    def _mto_read_merged(self):
        """Read in batches what core compares and writes one by one."""
        productions = self.raw_material_production_id | self.production_id
        around = productions.move_raw_ids | productions.move_finished_ids
        for name in ("created_purchase_line_ids", "move_line_ids", "move_orig_ids"):
            around.mapped(name)

    def _update_candidate_moves_list(self, candidate_moves_set):
        # Core reads the productions that goods are for; who buys the goods may not see them.
        found = set()
        result = super(StockMove, self.sudo())._update_candidate_moves_list(found)
        candidate_moves_set.update(moves.with_env(self.env) for moves in found)
        return result
