from html import unescape

from markupsafe import Markup

from odoo import api, models


class MtoResponsible(models.AbstractModel):
    """Knows who looks after the supply of an order, and tells them, with one activity each."""

    _name = "mto.responsible"
    _description = "Make to Order: Who Is Told"

    @api.model
    def _find(self, order, product):
        """Who looks after a product: its responsible, else who looks after the order."""
        sudo_order = order.sudo()
        candidates = (
            product.sudo().with_company(order.company_id).responsible_id,
            sudo_order.user_id,
            sudo_order.team_id.user_id,
            sudo_order.create_uid,
        )
        return self._choose(candidates)

    @api.model
    def _choose(self, candidates):
        """The first of some users who works here, perhaps none."""
        internal = (user for user in candidates if user.active and not user.share)
        return next(internal, self.env["res.users"])

    @api.model
    def _may_read(self, record, user):
        """Whether another user may see a record, with the companies that are theirs."""
        if record.sudo().company_id not in user.sudo().company_ids:
            return False
        companies = user.sudo().company_ids.ids
        theirs = record.with_user(user).with_context(allowed_company_ids=companies)
        return theirs.has_access("read")

    @api.model
    def _tell(self, order, user, product, summary, intro, lines, once=False):
        """Add lines to what a user is told of an order.

        :param product: one of those told of: who may not see the order is told on it, as in core
        :param lines: a list of texts
        :param once: whether nothing is told that is told already
        """
        record = order if self._may_read(order, user) else product.product_tmpl_id
        # A salesperson or a customer who pays may not assign work to everybody.
        record = record.sudo()
        lines = [Markup("<li>%s</li>") % line for line in lines]
        known = record.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )[:1]
        if not known:
            record.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=Markup("<p>%s</p><ul>%s</ul>") % (intro, Markup().join(lines)),
                user_id=user.id,
            )
            return
        note = known.note or Markup()
        if once:
            lines = [line for line in lines if unescape(line) not in unescape(note)]
        if lines:
            known.note = note + Markup("<ul>%s</ul>") % Markup().join(lines)
