from odoo import models

#: So many moves, tied to each other, may ask one another for their packaging.
_MOST = 20


class StockMove(models.Model):
    """The packaging of moves that many links tie to each other.

    Core asks from link to link, a call within a call. Where many batches serve many needs,
    that is deeper than Python goes.
    """

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _compute_packaging_uom_id(self):
        known = self.filtered(lambda move: move._mto_is_as_saved())
        for move in known:
            move.packaging_uom_id = move._origin.packaging_uom_id
        others, field = self - known, self._fields["packaging_uom_id"]
        tied = others._mto_find_tied(self.env.transaction.tocompute.get(field) or ())
        if len(tied) <= _MOST:
            return super(StockMove, others)._compute_packaging_uom_id()
        self.env.remove_to_compute(field, tied)
        with self.env.protecting([field], tied):
            for move in tied._mto_sort_by_packaging():
                super(StockMove, move)._compute_packaging_uom_id()
        return None

    def _mto_is_as_saved(self):
        """Whether a move stands for a saved one, with all that its packaging depends on.

        So does what a move that is created or typed is tied to.
        """
        saved = self._origin
        return (
            bool(saved)
            and saved != self
            and all(
                self[name]._origin == saved[name]
                for name in ("product_uom", "move_orig_ids", "move_dest_ids")
            )
        )

    def _mto_find_tied(self, waiting):
        """These moves, and those of ``waiting`` (ids) that links tie to them, nearest first."""
        found = dict.fromkeys(self._ids)
        wave = self if self.ids and len(waiting) >= _MOST else self.browse()
        while wave:
            near = (wave.move_orig_ids | wave.move_dest_ids)._ids
            wave = self.browse([one for one in near if one in waiting and one not in found])
            found.update(dict.fromkeys(wave._ids))
        return self.browse(found)

    def _mto_sort_by_packaging(self):
        """These moves, first those that know theirs, then each after one that it can ask."""
        known = self.filtered(
            lambda move: move.production_id or move.purchase_line_id or move.sale_line_id
        )
        ordered = dict.fromkeys(known)
        for name in ("move_dest_ids", "move_orig_ids"):
            wave = self.browse().union(*ordered)
            while wave:
                wave = (wave[name] & self).filtered(lambda move: move not in ordered)
                ordered.update(dict.fromkeys(wave))
        return list(ordered | dict.fromkeys(self))
