import logging
import os
import traceback
from collections import Counter
from contextlib import contextmanager

from .common import MtoCommon
from .network_builder import Places

_logger = logging.getLogger(__name__)

#: After how many faults a search ends.
FAULTS = int(os.environ.get("MTO_FAULTS", "20"))
FIRST_SEED = int(os.environ.get("MTO_FIRST", "0"))
#: What a story tells that is no event.
_QUIET = ("nothing", "too many batches")


class PropertyCase(MtoCommon):
    """Generated networks, created in the database one at a time and undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.places = Places(cls.env)
        cls.env.ref("purchase_stock.route_warehouse0_buy").product_selectable = True

    @contextmanager
    def undone(self):
        """Leave nothing behind of what is done inside."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.transaction.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.transaction.clear()

    def tell_stories(self, events):
        """Tell stories until so much has happened, each of a seed of its own.

        A failing seed is printed: it becomes a test with a name.
        """
        happened, faults, stories = Counter(), [], 0
        while events > sum(happened[what] for what in happened if what not in _QUIET):
            seed = FIRST_SEED + stories
            stories += 1
            try:
                happened.update(self.check(seed))
            except Exception:
                faults.append(f"seed {seed}\n{traceback.format_exc(limit=-6)}")
                if len(faults) == FAULTS:
                    break
        _logger.info("what happened in %s stories: %s", stories, dict(happened))
        self.assertFalse(faults, "\n" + "\n\n".join(faults))
        self.assertLessEqual(happened["too many batches"], stories / 2)

    def count_supplies(self, order):
        """How many supplies the plan of an order has, each batch for itself."""
        return sum(node.lots for node in order._mto_get_plan().nodes)

    def is_to_order(self, order):
        """Whether anything was made or bought to order for it; if not, core looks after it."""
        mine = [("mto_sale_line_id", "in", order.order_line.ids)]
        return bool(self.env["stock.move"].search_count(mine, limit=1))

    def check_purchase(self, line, builder):
        """I3 of a purchase line: a request asks for what its needs come to, no need for more.

        What is confirmed in a generated network is expected, and was ordered for nobody.
        """
        pegged = sum(line.move_dest_ids.mapped("product_qty"))
        self.assertLessEqual(round(pegged - line.product_uom_qty, 6), 0)
        if line.order_id.state == "draft":
            sold = builder.get_sold(line)
            self.assertAlmostEqual(line.product_uom_qty, sold, 6, line.product_id.name)
            self.assertTrue(line.mto_sale_line_ids)
        else:
            self.assertFalse(pegged)
            taken = sum(line.move_ids.move_dest_ids.mapped("product_qty"))
            self.assertLessEqual(round(taken - line.product_uom_qty, 6), 0)
