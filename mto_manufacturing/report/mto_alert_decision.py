from odoo import api, fields, models


class MtoAlert(models.Model):
    """What somebody has to look at before they decide, and the decision on a surplus.

    Who buys decides, and need not have rights in sales.
    """

    _inherit = "mto.alert"  # pylint: disable=consider-merging-classes-inherited

    details = fields.Text(compute="_compute_details", help="All that nothing supplies.")
    is_undecided = fields.Boolean(
        string="Waiting for a Purchaser",
        compute="_compute_is_undecided",
        help="Whether a purchaser has to decide on what a vendor sells beyond the need.",
    )
    decision = fields.Text(
        string="What Would Be Ordered",
        compute="_compute_decision",
        groups="purchase.group_purchase_user",
        help="How much would be ordered of whom, and what would be left over.",
    )

    @api.depends("is_blocked", "order_id")
    def _compute_details(self):
        # Of documents only the name is told, also to who may not open them.
        orders = self.filtered("is_blocked").order_id.sudo()
        texts = self.env["mto.supply.text"]
        missing, asked = texts._list_missing(orders), texts._list_undecided(orders)
        for alert in self:
            known = asked if alert.cause == "decision" else missing
            told = known.get(alert.order_id.sudo(), ()) if alert.is_blocked else ()
            alert.details = "\n".join(told)

    @api.depends("is_blocked", "order_id")
    def _compute_is_undecided(self):
        orders = self.filtered("is_blocked").order_id.sudo()
        asked = self.env["mto.supply.text"]._find_undecided(orders)
        for alert in self:
            alert.is_undecided = alert.is_blocked and alert.order_id.sudo() in asked

    @api.depends("is_undecided", "order_id")
    def _compute_decision(self):
        face = self.env["mto.surplus.face"]
        for alert in self:
            order = alert.order_id.sudo()
            alert.decision = "\n".join(face._list_undecided(order)) if alert.is_undecided else ""

    def action_order_minimum(self):
        """Order what the vendor sells for the orders that wait for this decision.

        :raise AccessError: where the user may not buy, or not see these rows
        """
        rows = self.exists()  # what somebody else has decided is gone
        rows.check_access("read")
        rows.filtered("is_blocked").order_id._mto_order_minimum()
        return True

    def _prepare_dialog(self):
        """The action that shows this row itself, for who may open no document of it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nothing Supplies %s", self.document),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("mto_manufacturing.mto_alert_view_form").id, "form")],
            "target": "new",
        }
