from datetime import timedelta

from odoo import api, fields, models

from .purchase_order_line_merging import Merging


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "mto.served.mixin"]
    _mto_served_path = "order_line.mto_sale_line_ids"

    mto_waits = fields.Boolean(
        string="Waits for Other Needs",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The vendor sells more than is needed. Other needs are added, and it is to be "
        "ordered when it has to be, to keep the dates of those it serves.",
    )
    mto_wait_until = fields.Datetime(
        string="Waits Until",
        compute="_compute_mto_wait_until",
        help="When this has to be ordered at the latest.",
    )

    mto_open_needs = fields.Text(
        string="Surplus for Open Needs",
        compute="_compute_mto_open_needs",
        groups="base.group_user",  # no vendor with a login on the portal
        help="What this purchase brings beyond its needs, and who could use it.",
    )

    @api.depends("state", "order_line.mto_surplus_qty")
    def _compute_mto_open_needs(self):
        share = self.env["mto.surplus.share"]
        number = self.env["mto.supply.text"]._format_number
        for order in self:
            texts = []
            for line in order.sudo().order_line:
                receipts, left = share._get_left(line)
                users = share._find_users(line, receipts) if left > 0 else {}
                needs = share._describe(users)
                if needs:
                    names = (f"{need['order']} ({number(need['quantity'])})" for need in needs)
                    texts.append(
                        self.env._(
                            "%(product)s: %(surplus)s %(unit)s are left over. Could be used "
                            "by: %(orders)s",
                            product=line.product_id.display_name,
                            surplus=number(left),
                            unit=line.product_id.uom_id.name,
                            orders=", ".join(names),
                        )
                    )
            order.mto_open_needs = "\n".join(texts)

    @api.depends("mto_waits", "date_order", "company_id.days_to_purchase")
    def _compute_mto_wait_until(self):
        for order in self:
            until = False
            if order.mto_waits and order.date_order:
                until = order.date_order - timedelta(days=order.company_id.days_to_purchase)
            order.mto_wait_until = until

    def action_mto_stop_waiting(self):
        """Let these requests wait no longer: they are ready to be ordered as they are."""
        self.check_access("write")
        self.env["mto.request.pool"]._release(self.filtered("mto_waits"))

    def action_mto_share_surplus(self):
        """Tie what is left over of these confirmed purchases to open needs; tells who gets it.

        :raise UserError: where there is nothing to tie
        """
        self.check_access("write")
        self.env["mto.surplus.share"]._share(self.order_line)

    def button_cancel(self):
        """Show the needs that these orders were for as uncovered, see ``mto.lost.supply``."""
        with self.order_line._mto_watch_needs():
            return super(PurchaseOrder, self.with_context(mto_watching=True)).button_cancel()

    def button_draft(self):
        """Let what is asked for after all serve those again who have got nothing else."""
        result = super().button_draft()
        self.order_line._mto_find_again()
        return result

    def write(self, vals):
        """What is sent, ordered or cancelled waits for nobody any more, and changes forecasts."""
        if vals.get("state", "draft") != "draft":
            vals = {**vals, "mto_waits": False}
        result = super().write(vals)
        if "state" in vals:
            # A buyer may not see the orders that are served.
            self.env["mto.refresh"]._touch(self.sudo().order_line.mto_sale_line_ids)
        return result

    def action_merge(self):
        """Let what is merged serve all that its parts serve."""
        merging = self.with_context(mto_merging=True, mto_merging_requests=Merging())
        return super(PurchaseOrder, merging).action_merge()
