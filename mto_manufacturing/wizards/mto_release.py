from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_GROUP = "mto_manufacturing.group_release"


class MtoRelease(models.TransientModel):
    """Takes goods, or what is ordered, from another order: one deliberate act of a person.

    It shows first who would lose what, is logged on both orders, and the loser is supplied
    again.
    """

    _name = "mto.release"
    _description = "Take From Another Order"

    order_id = fields.Many2one("sale.order", readonly=True, help="The order that is to gain.")
    choice_ids = fields.Many2many(
        "stock.move", string="Needs", readonly=True, help="The needs among which one chooses."
    )
    move_id = fields.Many2one(
        "stock.move",
        string="For",
        required=True,
        domain="[('id', 'in', choice_ids)]",
        help="The need that is to get the goods.",
    )
    product_id = fields.Many2one(related="move_id.product_id")
    uom_id = fields.Many2one(related="move_id.product_id.uom_id", string="Unit")
    missing = fields.Float(
        compute="_compute_missing",
        digits="Product Unit",
        help="What this need has not got in its hands yet.",
    )
    reason = fields.Char(help="Is told on both orders.")
    line_ids = fields.One2many(
        "mto.release.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        string="Who Has It",
    )

    @api.model
    def _open(self, moves, order=None):
        """The action that opens the dialog for the open needs among some moves."""
        self._check_right()
        exchange = self.env["mto.exchange"]
        needs = exchange.env["stock.move"].union(
            *(exchange._find_need(move) for move in moves if move.state not in ("done", "cancel"))
        )
        needs = needs.filtered(
            lambda move: move.product_uom.compare(exchange._get_missing(move), 0.0) > 0
        )
        if not needs:
            raise UserError(self.env._("Everything is there: there is nothing to take."))
        wanted = (need for need in needs if any(map(self._get_shares, self._find_holders(need))))
        wizard = self.create(
            {
                "order_id": order.id if order else needs.mto_sale_line_id.order_id[:1].id,
                "choice_ids": needs.ids,
                "move_id": next(wanted, needs[:1]).id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take From Another Order"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_right(self):
        if not self.env.user.has_group(_GROUP):
            raise AccessError(
                self.env._(
                    "You may not take goods from other orders. Ask an administrator of the "
                    "inventory, who may, or who can give you the right “%s”.",
                    self.env.ref(_GROUP).sudo().display_name,
                )
            )

    @api.constrains("move_id")
    def _check_move_id(self):
        """What is computed of a need is computed as the system: whose it is, is checked first."""
        for wizard in self:
            wizard._get_need()

    @api.depends("move_id")
    def _compute_missing(self):
        for wizard in self:
            move = wizard._get_need()
            wizard.missing = self.env["mto.exchange"]._get_missing(move) if move else 0.0

    @api.depends("move_id")
    def _compute_line_ids(self):
        for wizard in self:
            commands = [fields.Command.clear()]
            for holder in self._find_holders(wizard._get_need()):
                for kind, quantity in self._get_shares(holder):
                    commands.append(
                        fields.Command.create(
                            {"move_id": holder.id, "kind": kind, "quantity": quantity}
                        )
                    )
            wizard.line_ids = commands

    def _find_holders(self, need):
        """The needs of others for the same goods."""
        return self.env["mto.exchange"].sudo()._find_holders(need.sudo()) if need else need

    @api.model
    def _get_shares(self, holder):
        """[(kind, quantity)] of what can be taken from a need, in the product's unit."""
        exchange = self.env["mto.exchange"].sudo()
        unit = holder.product_id.uom_id
        shares = (
            ("reserved", exchange._get_reserved(holder)),
            ("expected", exchange._get_expected(holder)),
        )
        return [(kind, quantity) for kind, quantity in shares if unit.compare(quantity, 0.0) > 0]

    # -- the act -----------------------------------------------------------------------

    def action_apply(self):
        """Take what is asked for, tell both orders, and supply the losers again."""
        self.ensure_one()
        self._check_right()
        chosen = self.line_ids.filtered(lambda line: self.uom_id.compare(line.take, 0.0) > 0)
        self._check_lines(chosen)
        texts = [line._describe() for line in chosen]
        for line, text in zip(chosen, texts, strict=True):
            need, holder = self._get_need(), line.sudo().move_id
            give = self.env["mto.exchange"].sudo().with_company(need.company_id)
            give = give._give_reserved if line.kind == "reserved" else give._give_expected
            documents = line._get_documents() | {self._get_document(need)}
            lines = (need | holder).mto_sale_line_id
            give(holder, need, line.take)
            self.env["mto.refresh"]._touch(lines)
            self._log(documents, text)
        return {"type": "ir.actions.act_window_close"}

    def _get_need(self):
        """The part of the need that still waits: what was taken is a part of its own.

        :raise AccessError: where the user may not change it, as in a company that is not theirs
        """
        move = self.move_id._origin.sudo()
        move.sudo(False).check_access("write")
        return move

    def _check_lines(self, chosen):
        if not chosen:
            raise UserError(self.env._("Say how much to take, in the column “Take”."))
        if self.uom_id.compare(sum(chosen.mapped("take")), self.missing) > 0:
            raise UserError(
                self.env._(
                    "Only %(missing)s %(unit)s are missing. Take no more than that.",
                    missing=self.env["mto.supply.text"]._format_number(self.missing),
                    unit=self.uom_id.name,
                )
            )
        for line in chosen:
            now = dict(self._get_shares(line.move_id.sudo())).get(line.kind, 0.0)
            if self.uom_id.compare(line.take, now) > 0:
                raise UserError(
                    self.env._(
                        "%(holder)s has only %(now)s %(unit)s of it now. Close this and look "
                        "again.",
                        holder=line.holder,
                        now=self.env["mto.supply.text"]._format_number(now),
                        unit=self.uom_id.name,
                    )
                )
            if self.product_id.tracking == "serial" and line.take % 1:
                raise UserError(self.env._("Only whole numbers of them can be taken."))

    def _get_document(self, move):
        return move.raw_material_production_id or move.picking_id

    def _log(self, documents, text):
        """Tell every document and order what was done, and by whom."""
        if self.reason:
            text = self.env._("%(text)s Reason: %(reason)s", text=text, reason=self.reason)
        for document in documents:
            if document:
                document.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)


class MtoReleaseLine(models.TransientModel):
    """What one need has reserved, or has ordered."""

    _name = "mto.release.line"
    _description = "What Another Order Has"

    wizard_id = fields.Many2one(
        "mto.release",
        string="Dialog",
        required=True,
        ondelete="cascade",
        help="The dialog that this is a line of.",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Need",
        required=True,
        ondelete="cascade",
        help="The need that has the goods, or for which they are ordered.",
    )
    kind = fields.Selection(
        selection=[("reserved", "Reserved"), ("expected", "Expected")],
        required=True,
        readonly=True,
        help="Reserved: it is in stock. Expected: it is bought or made for this need.",
    )
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="How much of it there is to take."
    )
    take = fields.Float(digits="Product Unit", help="How much of it is to be taken.")
    holder = fields.Char(compute="_compute_words", help="The order that would lose it.")
    supply = fields.Char(
        string="What",
        compute="_compute_words",
        help="The goods, or the document that brings them.",
    )
    needed = fields.Datetime(related="move_id.date", string="Needed By")
    effect = fields.Char(compute="_compute_words", help="What becomes of the one who loses it.")

    @api.constrains("move_id")
    def _check_move_id(self):
        """Nothing is taken but the same goods of the same company, and nothing else is told."""
        for wizard, lines in self.grouped("wizard_id").items():
            if lines.move_id.sudo() - wizard._find_holders(wizard._get_need()):
                raise ValidationError(
                    self.env._("Only the same goods of the same company can be taken.")
                )

    @api.depends("move_id", "kind", "wizard_id.move_id")
    def _compute_words(self):
        exchange = self.env["mto.exchange"].sudo()
        for line in self:
            holder, need = line.sudo().move_id, line.wizard_id.sudo().move_id
            document = line.wizard_id._get_document(holder).name or ""
            order = line._get_order(holder).name
            line.holder = f"{order} ({document})" if order else document or holder.origin
            links = exchange._get_links(holder)
            line.supply = links.get_names() if line.kind == "expected" else self.env._("Stock")
            own = exchange._get_links(need)
            if own and (holder.mto_key or line.kind == "expected"):
                line.effect = self.env._(
                    "Gets what was ordered for this need: %s", own.get_names()
                )
            elif holder.mto_key or line.kind == "expected":
                line.effect = self.env._("Is supplied again: from stock, else made or bought")
            else:
                line.effect = self.env._("Waits for stock")

    def _get_order(self, move):
        return (move.mto_sale_line_id or move.sale_line_id).order_id

    def _get_documents(self):
        """The orders and documents of both sides, and what was ordered."""
        self.ensure_one()
        need, holder = self.wizard_id.sudo().move_id, self.sudo().move_id
        documents = {self._get_order(need), self._get_order(holder)}
        documents.add(self.wizard_id._get_document(holder))
        if self.kind == "expected":
            links = self.env["mto.exchange"].sudo()._get_links(holder)
            documents |= {*links.purchase_lines.order_id, *links.origins.production_id}
            documents |= {*links.origins.purchase_line_id.order_id}
        return documents

    def _describe(self):
        """What is taken from whom and for whom, in words."""
        self.ensure_one()
        need = self.wizard_id.sudo().move_id
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s (%(supply)s) were taken from %(loser)s for "
            "%(winner)s (%(document)s).",
            quantity=self.env["mto.supply.text"]._format_number(self.take),
            unit=self.wizard_id.uom_id.name,
            product=self.wizard_id.product_id.display_name,
            supply=self.supply,
            loser=self.holder,
            winner=self._get_order(need).name or need.origin or "",
            document=self.wizard_id._get_document(need).name,
        )
