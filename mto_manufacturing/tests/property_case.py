from contextlib import contextmanager

from .common import MtoCommon
from .network_builder import Places


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
