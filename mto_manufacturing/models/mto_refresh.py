import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Orders whose forecast follows in the same transaction; the others follow in the background.
_AT_ONCE = 20
_QUEUE = "mto_manufacturing.refresh"


class MtoRefresh(models.AbstractModel):
    """Has forecasts follow what happens: once per transaction, of the orders concerned only."""

    _name = "mto.refresh"
    _description = "Make to Order: Forecasts That Follow Events"

    @api.model
    def _touch(self, lines, at_once=True):
        """Look again where the orders of these lines stand, when the transaction is complete.

        Quotations and orders with nothing made to order are left alone, and so are orders that
        are being confirmed: their plan is fresh.

        :param lines: ``sale.order.line`` records; who changes a document may not see them
        :param at_once: in this transaction; else soon, in the background
        """
        if not lines or self.env.context.get("mto_planned"):
            return
        orders = lines.sudo().order_id.filtered(
            lambda order: order.state == "sale" and order._mto_is_followed()
        )
        if not orders:
            return
        precommit = self.env.cr.precommit
        if _QUEUE not in precommit.data:
            precommit.data[_QUEUE] = {}
            # The user's language and companies are of no account.
            precommit.add(self.env(user=SUPERUSER_ID, context={})[self._name]._run)
        queue = precommit.data[_QUEUE]
        for order_id in orders.ids:
            queue[order_id] = queue.get(order_id, False) or at_once

    @api.model
    def _forget(self, order):
        """Do nothing more for an order that has just been looked at."""
        self.env.cr.precommit.data.get(_QUEUE, {}).pop(order.id, None)

    def _run(self):
        """Refresh the forecasts that are to follow at once, and have the others done soon."""
        queue = self.env.cr.precommit.data.pop(_QUEUE, {})
        orders = self.env["sale.order"].browse(sorted(queue)).exists()
        orders = orders.filtered(lambda order: order.state == "sale")
        now = orders.filtered(lambda order: queue[order.id])[:_AT_ONCE]
        for order in now:
            self._refresh(order)
        self._put_off(orders - now)

    def _refresh(self, order):
        try:
            with self.env.cr.savepoint():
                self.env["mto.promise"]._refresh_one(order.with_company(order.company_id))
        except OperationalError:
            raise  # another transaction was faster: Odoo does all of it once more
        except Exception:
            # Whoever changes a document is not to be stopped by a forecast.
            _logger.exception("The forecast of %s could not be refreshed", order.name)
            self._put_off(order)

    def _put_off(self, orders):
        """Mark orders as not up to date, and have the background look at them soon."""
        if not orders:
            return
        known = orders.filtered("mto_planned_at")
        if known:
            known.mto_planned_at = False
        self.env.ref("mto_manufacturing.ir_cron_refresh_changed")._trigger()

    @api.model
    def _cron_refresh_changed(self):
        """Look where the orders stand with which something has happened, in batches."""
        promise = self.env["mto.promise"]
        domain = promise._get_refreshed_domain() & Domain("state", "=", "sale")
        orders = self.env["sale.order"].search(domain & Domain("mto_planned_at", "=", False))
        promise._refresh_all(orders)
