from odoo import api, fields, models
from odoo.fields import Command

from ..models.mto_fault_text import MENDING

#: What a person must be allowed to change to mend a fault: (model, operation).
_RIGHTS = {
    "vendors": ("product.supplierinfo", "create"),
    "boms": ("mrp.bom", "write"),
    "product": ("product.template", "write"),
    "reordering": ("stock.warehouse.orderpoint", "create"),
}


class MtoConfirmOrder(models.TransientModel):
    """The dialog before orders are confirmed that cannot be supplied in full."""

    _name = "mto.confirm.order"
    _description = "Confirm Orders With Missing Supplies"

    order_ids = fields.Many2many(
        "sale.order", string="Orders", readonly=True, help="The orders that are to be confirmed."
    )
    fault_ids = fields.One2many(
        "mto.confirm.order.fault",
        "wizard_id",
        string="Faults",
        readonly=True,
        help="What nothing would supply, and why.",
    )
    refused = fields.Boolean(
        compute="_compute_refused",
        help="Whether Odoo does not confirm the orders before a fault is mended.",
    )

    @api.depends("fault_ids.refused")
    def _compute_refused(self):
        for wizard in self:
            wizard.refused = any(wizard.fault_ids.mapped("refused"))

    @api.model
    def _open(self, orders, planned):
        """The action that opens the dialog for these orders, or nothing if all is well.

        :param planned: the PlannedOrders of the orders
        """
        faults = self.env["mto.confirmation"]._get_faults(orders, planned)
        if not faults:
            return None
        texts = self.env["mto.fault.text"]._get_texts()
        wizard = self.create(
            {
                "order_ids": [Command.set(orders.ids)],
                "fault_ids": [
                    Command.create(self._prepare_fault_vals(order, issue, planned, texts))
                    for order, issue in faults
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Everything Can Be Supplied"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _prepare_fault_vals(self, order, issue, planned, texts):
        describe = self.env["mto.fault.text"]
        return {
            "product_id": issue.product_id,
            "path": describe._format_path(issue.path),
            "reason": describe._describe(issue, texts),
            "mending": MENDING.get(issue.code),
            "refused": self.env["mto.confirmation"]._is_refused(order, issue, planned),
        }

    def action_confirm_anyway(self):
        """Confirm the orders; what is missing stays visible and gives activities."""
        self.ensure_one()
        orders = self.order_ids.with_context(mto_show_faults=False)
        result = orders.action_confirm()
        # An addon may answer a confirmation with a screen of its own.
        return result if isinstance(result, dict) else {"type": "ir.actions.act_window_close"}


class MtoConfirmOrderFault(models.TransientModel):
    """One blocker or gap of an order."""

    _name = "mto.confirm.order.fault"
    _description = "Missing Supply of an Order to Confirm"

    wizard_id = fields.Many2one(
        "mto.confirm.order",
        string="Dialog",
        required=True,
        ondelete="cascade",
        help="The dialog that this is a line of.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, help="What nothing would supply."
    )
    path = fields.Text(string="Where", help="From the order down to the product.")
    reason = fields.Text(help="Why nothing would supply it, and what helps.")
    refused = fields.Boolean(help="Odoo does not confirm the order before this is mended.")
    mending = fields.Selection(
        selection=[
            ("vendors", "Vendors"),
            ("boms", "Bills of Materials"),
            ("product", "Product"),
            ("reordering", "Reordering Rules"),
        ],
        help="What has to be changed to mend it.",
    )
    can_mend = fields.Boolean(
        compute="_compute_can_mend", help="Whether this user may change what has to be changed."
    )

    @api.depends("mending")
    @api.depends_context("uid")
    def _compute_can_mend(self):
        for fault in self:
            model, operation = _RIGHTS.get(fault.mending, (None, None))
            fault.can_mend = bool(model) and self.env[model].has_access(operation)

    def action_mend(self):
        """Open what has to be changed."""
        self.ensure_one()
        return getattr(self, f"_prepare_{self.mending}_action")()

    def _prepare_vendors_action(self):
        template = self.product_id.product_tmpl_id
        return self._prepare_list_action(
            "product.supplierinfo",
            self.env._("Vendors of %s", self.product_id.display_name),
            [("product_tmpl_id", "=", template.id)],
            {"default_product_tmpl_id": template.id, "default_product_id": self._get_variant()},
        )

    def _prepare_boms_action(self):
        template = self.product_id.product_tmpl_id
        domain = [
            ("product_tmpl_id", "=", template.id),
            ("product_id", "in", [False, self.product_id.id]),
        ]
        action = self._prepare_list_action(
            "mrp.bom",
            self.env._("Bills of Materials of %s", self.product_id.display_name),
            domain,
            {"default_product_tmpl_id": template.id, "default_product_id": self._get_variant()},
        )
        bom = self.env["mrp.bom"].search(domain, limit=2)
        if len(bom) == 1:
            action.update(views=[(False, "form")], res_id=bom.id)
        return action

    def _prepare_product_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.template",
            "res_id": self.product_id.product_tmpl_id.id,
            "views": [(False, "form")],
        }

    def _prepare_reordering_action(self):
        return self._prepare_list_action(
            "stock.warehouse.orderpoint",
            self.env._("Reordering Rules of %s", self.product_id.display_name),
            [("product_id", "=", self.product_id.id)],
            {"default_product_id": self.product_id.id, "default_trigger": "auto"},
            "stock.view_warehouse_orderpoint_tree_editable",
        )

    def _prepare_list_action(self, model, name, domain, context, view=None):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(self.env.ref(view).id if view else False, "list"), (False, "form")],
            "domain": domain,
            "context": context,
        }

    def _get_variant(self):
        """The product, where its template has others."""
        product = self.product_id
        return product.id if product.product_tmpl_id.product_variant_count > 1 else False
