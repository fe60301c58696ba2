from markupsafe import Markup

from odoo import api, models


class MtoChangeNotice(models.AbstractModel):
    """Tells whoever looks after what stays when a need is gone, what that means."""

    _name = "mto.change.notice"
    _description = "Make to Order: What Stays after a Change"

    @api.model
    def _tell(self, given):
        """Give one activity to each responsible person, with all the documents that stay.

        :param given: a ``GivenBack``
        """
        groups = {}
        for kept in given.kept.values():
            if kept.product.uom_id.compare(kept.quantity, 0.0) <= 0:
                continue  # others get all of it
            document = self._get_document(kept.document)
            groups.setdefault(self._get_responsible(document, kept), []).append((document, kept))
        for user, items in groups.items():
            if user:
                self._schedule(user, items)

    def _get_document(self, source):
        """The document that a person opens for a source."""
        if source._name == "purchase.order.line":
            return source.order_id
        if source._name == "stock.move":
            return source.picking_id or source
        return source

    def _get_responsible(self, document, kept):
        """Who looks after a document, else after its product, else after the order."""
        order = kept.sale_lines.order_id[:1]
        candidates = (
            document.user_id if "user_id" in document else self.env["res.users"],
            kept.product.with_company(order.company_id).responsible_id,
            order.user_id,
            order.team_id.user_id,
            order.create_uid,
        )
        return self.env["mto.responsible"]._choose(candidates)

    def _schedule(self, user, items):
        texts = self.with_context(lang=user.lang)
        lines = Markup().join(
            Markup("<li>%s</li>") % texts._describe(document, kept) for document, kept in items
        )
        record, kept = items[0]
        orders = ", ".join(self._name_orders([item for _document, item in items]))
        order = kept.sale_lines.order_id[:1]
        if order and not self.env["mto.responsible"]._may_read(record, user):
            record = order
        intro = texts.env._("No longer needed for %s, but started or ordered:", orders)
        record.sudo().activity_schedule(
            "mail.mail_activity_data_warning",
            summary=texts.env._("Changed: %s", orders),
            note=Markup("<p>%s</p><ul>%s</ul>") % (intro, lines),
            user_id=user.id,
            mto_order_id=order.id,
        )

    def _name_orders(self, items):
        names = {}
        for item in items:
            names.update(dict.fromkeys(item.sale_lines.order_id.mapped("name")))
        return list(names)

    def _describe(self, document, kept):
        """One line: the document, how much of what, and what becomes of it."""
        quantity = self.env["mto.supply.text"]._format_number(kept.quantity)
        values = {
            "document": document._get_html_link()
            if hasattr(document, "_get_html_link")
            else document.display_name,
            "quantity": f"{quantity} {kept.product.uom_id.name}",
            "product": kept.product.display_name,
        }
        return self._get_text(document, kept, values)

    def _is_here(self, document, source):
        """Whether what a document that stays was to bring has all come."""
        if source._name == "purchase.order.line":
            moves = source.move_ids.filtered(lambda move: move.state != "cancel")
            return bool(moves) and all(move.state == "done" for move in moves)
        return "state" in document and document.state == "done"

    def _is_between(self, source):
        """Whether it has brought its goods to where they only pass through to another place."""
        is_move = source._name == "stock.move" and source.state == "done"
        return is_move and source.location_dest_usage == "transit"

    def _get_text(self, document, kept, values):
        """What it means that a document stays."""
        if self._is_between(kept.document):
            text = self.env._(
                "%(document)s has sent %(quantity)s of %(product)s, which are on their way. "
                "Receive them, or return them."
            )
        elif self._is_here(document, kept.document):
            text = self.env._("%(document)s: %(quantity)s of %(product)s are free in stock now.")
        elif document._name == "mrp.production":
            text = self.env._(
                "%(document)s has started: %(quantity)s of %(product)s will be free in stock "
                "when they are made. Make less if you still can."
            )
        elif document._name == "purchase.order":
            text = self._get_purchase_text(document)
        else:
            text = self.env._(
                "%(document)s is under way: %(quantity)s of %(product)s will be free in stock."
            )
        return Markup(text) % values

    def _get_purchase_text(self, order):
        if order.state in ("sent", "cancel"):  # cancelled: less is nothing
            return self.env._(
                "%(document)s, which the vendor has seen, asks for %(quantity)s of "
                "%(product)s less. Tell the vendor."
            )
        if order.state == "to approve":
            return self.env._(
                "%(document)s waits to be approved, and asks for %(quantity)s of %(product)s "
                "too much. Nobody has ordered it yet: ask for less first."
            )
        if order.picking_type_id.default_location_dest_id.usage == "customer":
            return self.env._(
                "%(document)s is ordered: the vendor ships %(quantity)s of %(product)s too much "
                "to the customer. Agree with the vendor on less."
            )
        return self.env._(
            "%(document)s is ordered: %(quantity)s of %(product)s will be free in stock "
            "when they arrive. Agree with the vendor if you do not want them."
        )
