import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Requests that are looked at between two reports of progress.
_BATCH = 50
#: How often the scheduled action runs: what is due before the next time is let go.
_INTERVAL = timedelta(days=1)


class MtoRequestPool(models.AbstractModel):
    """Requests that wait for other needs of their product, until they have to be ordered.

    A waiting request is a request for quotation of one product, marked, and tied to every need
    in it. It always asks for what would be ordered now, so whoever orders it earlier does
    nothing wrong. When it is let go it is rounded once more and whoever buys is told.
    """

    _name = "mto.request.pool"
    _description = "Make to Order: Requests That Wait"

    @api.model
    def _cron_release(self):
        """Let go what has to be ordered, or of which nothing would be left over, in batches."""
        waiting = Domain("mto_waits", "=", True) & Domain("state", "=", "draft")
        orders = self.env["purchase.order"].search(waiting, order="date_order, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for start in range(0, len(orders), _BATCH):
            batch = orders[start : start + _BATCH]
            self._release_batch(batch.filtered(self._is_due))
            # Odoo asks for the time that is left; the next run takes up the rest.
            if not cron._commit_progress(len(batch)):
                break

    def _release_batch(self, orders):
        """Let requests go. One that cannot be let go does not hold up the others."""
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    self._release(order.with_company(order.company_id))
            except Exception:
                _logger.exception("The request %s could not be let go", order.name)

    @api.model
    def _is_due(self, order):
        """Whether a request has to be ordered before it is looked at again, or waits in vain."""
        until = order.mto_wait_until
        if not until or until <= fields.Datetime.now() + _INTERVAL:
            return True
        lines = order.order_line.filtered("product_id")
        return not any(
            line.product_id.uom_id.compare(line.mto_surplus_qty, 0.0) > 0 for line in lines
        )

    @api.model
    def _release(self, orders):
        """Round requests once more by what the vendor sells today, and say they can be ordered."""
        for order in orders:
            for line in order.order_line.filtered("product_id"):
                wanted = line._mto_size(line._mto_get_needed())
                if line.product_uom_id.compare(line.product_qty, wanted) < 0:
                    line._mto_order(wanted)
            order.mto_waits = False
            self._tell(order)

    def _tell(self, order):
        user = self._get_buyer(order)
        if not user:
            return
        texts = self.with_context(lang=user.lang)
        lines = Markup().join(
            Markup("<li>%s</li>") % texts._describe(line)
            for line in order.order_line.filtered("product_id")
        )
        intro = texts.env._("%s has waited for other needs long enough. Order it now:", order.name)
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=texts.env._("Order %s", order.name),
            note=Markup("<p>%s</p><ul>%s</ul>") % (intro, lines),
            user_id=user.id,
        )

    def _get_buyer(self, order):
        """Who orders a request: its buyer, else who looks after its product or the order."""
        if order.user_id.active and not order.user_id.share:
            return order.user_id
        # A buyer may not see the orders that are served.
        sold = order.sudo().order_line.mto_sale_line_ids.order_id[:1]
        product = order.order_line.product_id[:1].with_company(order.company_id)
        return self.env["mto.responsible"]._find(sold, product)

    def _describe(self, line):
        number = self.env["mto.supply.text"]._format_number
        return self.env._(
            "%(product)s: %(needed)s %(unit)s are needed, %(ordered)s are ordered",
            product=line.product_id.with_env(self.env).display_name,
            needed=number(line._mto_get_needed()),
            ordered=number(line.product_uom_qty),
            unit=line.product_id.uom_id.name,
        )
