from datetime import datetime, timedelta

from odoo import api, fields, models

from .. import planner
from .mto_memo import get_memo
from .mto_receipt_reader import get_receipt_ids

_STARTED = ("progress", "to_close")
#: When the goods of what is over were there: before anything else.
_OVER = datetime.min


class MtoForecast(models.AbstractModel):
    """The dates of a confirmed order: when it will be ready, and when its documents could be.

    The documents that are there, with the times that a plan of today would have. What has
    started, or a vendor has confirmed, stays where it is.
    """

    _name = "mto.forecast"
    _inherit = "mto.stock.reader"
    _description = "Make to Order: Forecast"

    @api.model
    def _get_plan(self, order):
        """The tree of a confirmed order as it stands: its documents, with their dates.

        :return: a ``planner.Plan``
        """
        return self._look(order)[0]

    @api.model
    def _look(self, order):
        """The tree of a confirmed order as it stands, and as it will be.

        What it promised stays; slack is what each document has left, lateness and the critical
        path are what the forecast says.

        :return: a tuple of ``planner.Plan``: with the documents' dates, with the forecast's
        """
        return self._look_closely(order)[:2]

    def _look_closely(self, order):
        """The same, and the keys of what is done or here."""
        reader, order = self._as_system(order)
        tree, leads = reader._read_leads(order)
        dates = reader._read_documents(tree, leads)
        plan = planner.set_dates(tree, leads, fields.Datetime.now())
        forecast = reader._set_forecast(tree, leads, dates)
        goods = order.order_line.filtered(self.env["mto.snapshot"]._is_goods_line)
        promises = dict(zip(goods.ids, goods.mapped("mto_promise_date"), strict=True))
        lines = tuple(
            planner.evolve(self._keep_promise(line, promises), late_days=later.late_days)
            for line, later in zip(plan.lines, forecast.lines, strict=True)
        )
        # What begins as late as it may could begin earlier: only what is later than that binds.
        later = reader._find_later(plan, dates)
        path = reader._set_forecast(tree, leads, later) if later else plan
        nodes = tuple(
            planner.evolve(node, critical=bound.critical)
            for node, bound in zip(plan.nodes, path.nodes, strict=True)
        )
        plan = planner.evolve(
            plan,
            lines=lines,
            nodes=reader._show_documents(nodes, dates),
            warnings=forecast.warnings,
            promise_date=order.mto_promise_date or plan.promise_date,
        )
        pairs = zip(tree.nodes, leads.nodes, strict=True)
        over = frozenset(node.key for node, timing in pairs if timing and timing.fixed == _OVER)
        return plan, forecast, over

    @api.model
    def _get_expected(self, order):
        """The tree of a confirmed order with the dates that are expected today.

        :return: a ``planner.Plan``: its promises are the forecast; what is done or here has no
            dates
        """
        return planner.expect(*self._look_closely(order))

    def _keep_promise(self, line, promises):
        """A line with what it was promised, and shipped as long before that as today."""
        promise = promises.get(line.line_id)
        if not promise or not line.promise_date:
            return planner.evolve(line, promise_date=promise or line.promise_date)
        ship_date = promise - (line.promise_date - line.ship_date)
        return planner.evolve(line, promise_date=promise, ship_date=ship_date)

    @api.model
    def _forecast(self, order):
        """When the customer will have the goods, by the dates that documents have now.

        :return: a ``planner.Plan``: its promises are the forecast
        """
        reader, order = self._as_system(order)
        tree, leads = reader._read_leads(order)
        return reader._set_forecast(tree, leads, reader._read_documents(tree, leads))

    def _set_forecast(self, tree, leads, dates):
        nodes = []
        for node, timing in zip(tree.nodes, leads.nodes, strict=True):
            start = dates[node.key][0] if node.key in dates else None
            if timing and start and not timing.fixed:
                timing = planner.evolve(timing, not_before=start + timing.ordering)
            nodes.append(timing)
        leads = planner.evolve(leads, nodes=tuple(nodes))
        return planner.set_dates(tree, leads, fields.Datetime.now())

    def _find_later(self, plan, dates):
        """The dates of the documents that begin later than keeps the date."""
        latest = {node.key: node.start for node in plan.nodes if node.start}
        return {
            key: (start, end)
            for key, (start, end) in dates.items()
            if start and key in latest and start > latest[key]
        }

    def _read_leads(self, order):
        now = fields.Datetime.now()
        tree = self.env["mto.pegging"]._read(order)
        sent = self._find_sent(tree)
        snapshot = self.env["mto.snapshot"]
        wanted, network, policy = (snapshot._take if sent else snapshot._take_times)(order)
        wanted = planner.evolve(
            wanted,
            placed=order.date_order or now,
            commitment=order.commitment_date or order.mto_promise_date or None,
        )
        tree = planner.match_items(tree, wanted, network)
        if sent:
            tree = planner.explode_below(tree, wanted, network, policy, sent)
        leads = planner.read_leads(tree, wanted, network, policy, now)
        fixed = self._find_fixed(tree, leads)
        nodes = []
        for node, timing in zip(tree.nodes, leads.nodes, strict=True):
            if timing and node.document:
                word = (node.document.model, node.document.id, node.product_id)
                word = node.key if node.takes else word
                timing = planner.evolve(timing, fixed=fixed.get(node.key), shared=word)
            nodes.append(timing)
        lines = leads.lines if order.commitment_date else self._keep_promises(order, leads)
        return tree, planner.evolve(leads, nodes=tuple(nodes), lines=tuple(lines))

    def _keep_promises(self, order, leads):
        """What each line was promised for: it need not be the order's promise."""
        goods = order.order_line.filtered(self.env["mto.snapshot"]._is_goods_line)
        for line, timing in zip(goods, leads.lines, strict=True):
            yield planner.evolve(timing, kept=line.mto_promise_date or timing.usual)

    def _find_sent(self, tree):
        """The keys of purchases from subcontractors that nobody has confirmed.

        What is sent to the vendor for them has no documents yet.
        """
        is_made = self.env["mto.subcontracting"]._is_made_by_vendors
        asked = [
            node
            for order, node in self._browse(tree, "purchase.order")
            if order.state in ("draft", "sent", "to approve")
        ]
        ids = dict.fromkeys(node.product_id for node in asked)
        made = set(self.env["product.product"].browse(ids).filtered(is_made).ids)
        return {node.key for node in asked if node.product_id in made}

    # -- what documents say ------------------------------------------------------------

    def _browse(self, tree, model):
        """{record: nodes} of the documents of a model in a tree, read together."""
        nodes = [
            node
            for node in tree.nodes
            if node.document and node.document.model == model and not node.takes
        ]
        records = self.env[model].browse(dict.fromkeys(node.document.id for node in nodes))
        by_id = {record.id: record for record in records}
        return [(by_id[node.document.id], node) for node in nodes]

    def _find_purchase_lines(self, tree, order, node):
        """The lines of a purchase that bring a node's product for the order of a tree.

        What is bought besides has dates of its own. Where no link is left, all of the product.
        """
        own = self._find_lines_of_product(order, node)
        if len(own) == 1:
            return own
        sold = set(self._get_sold(tree)._ids)
        return own.filtered(lambda line: not sold.isdisjoint(line.mto_sale_line_ids._ids)) or own

    def _get_sold(self, tree):
        return self.env["sale.order"].browse(tree.order_id).order_line

    def _find_lines_of_product(self, order, node):
        memo, lines = get_memo(self.env), order.order_line
        known = {} if memo is None else memo.table("purchase_lines")
        if order.id not in known:
            by_product = lines.grouped("product_id").items()
            known[order.id] = {product.id: own._ids for product, own in by_product}
        own = known[order.id].get(node.product_id, ())
        return lines.browse(own).with_prefetch(lines._prefetch_ids)

    def _find_fixed(self, tree, leads):
        """{node key: date} of what nobody moves any more: when the goods are in stock."""
        timings = dict(zip((node.key for node in tree.nodes), leads.nodes, strict=True))
        fixed = self._find_expected(tree)
        for production, node in self._browse(tree, "mrp.production"):
            if production.state == "done":
                fixed[node.key] = self._get_stored(production._mto_get_finished())
            elif production.state in _STARTED or production.is_planned:
                finished, storing = production.date_finished, timings[node.key].storing
                fixed[node.key] = finished + storing if finished else _OVER
        for order, node in self._browse(tree, "purchase.order"):
            if order.state == "purchase":
                lines = self._find_purchase_lines(tree, order, node)
                fixed[node.key] = self._get_receipt_date(lines, timings[node.key].storing)
        for picking, node in self._browse(tree, "stock.picking"):
            if picking.state == "done":
                fixed[node.key] = _OVER
            elif node.supply == planner.RECEIPT:
                fixed[node.key] = picking.scheduled_date
        return fixed

    def _find_expected(self, tree):
        """{node key: date} of what was ordered for nobody: when its goods are in stock."""
        keys = {node.key: take.key for node in tree.nodes for take in node.takes}
        ids = {key: get_receipt_ids([taken]) for key, taken in keys.items()}
        moves = self.env["stock.move"].browse(dict.fromkeys(sum(ids.values(), [])))
        arrivals = {}
        for place, group in moves.grouped(self._get_place).items():
            arrivals.update(self.env["mto.receipt.reader"]._get_arrivals(group, place))
        return {
            key: _OVER if move.state == "done" else arrivals[move]
            for key, own in ids.items()
            for move in moves.browse(own)
        }

    def _get_place(self, receipt):
        """The place whose stock a receipt that serves needs comes to."""
        return receipt.move_dest_ids.filtered("mto_from_receipt")[:1].location_id

    def _get_receipt_date(self, lines, storing):
        """When the last of confirmed purchase lines is in stock, by their open moves."""
        moves = lines.move_ids
        open_moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        stored = self._get_stored(moves)
        if moves and not open_moves:
            return stored
        dates = [move._mto_get_arrival() for move in open_moves]
        return max(stored, max(dates or lines.mapped("date_planned")) + storing)

    def _get_stored(self, moves):
        """When goods that have come are in stock."""
        return self.env["mto.receipt.reader"]._get_stored(moves) or _OVER

    def _read_documents(self, tree, leads):
        """{node key: (start, end)} as the documents have them, ends as in a plan."""
        timings = dict(zip((node.key for node in tree.nodes), leads.nodes, strict=True))
        dates = {}
        for production, node in self._browse(tree, "mrp.production"):
            dates[node.key] = production.date_start, production.date_finished
        for order, node in self._browse(tree, "purchase.order"):
            timing = timings[node.key]
            lines = self._find_purchase_lines(tree, order, node).filtered("date_planned")
            arrival = min(lines.mapped("date_planned"), default=order.date_planned)
            if arrival:
                # A request may be sent earlier, for the sake of its other lines.
                start = timing.work.begin(arrival) - timing.ordering
                start = order.date_order if timing.fixed else start
                dates[node.key] = start, arrival + timing.storing
        for picking, node in self._browse(tree, "stock.picking"):
            moves = self._find_transfer_moves(picking, tree.demands[node.demand].key)
            dates[node.key] = self._get_transfer_dates(picking, moves, timings[node.key])
        return dates

    def _find_transfer_moves(self, picking, key):
        """The moves that bring what the need of a key lacks, in a transfer for many needs."""
        return picking.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.mto_key in (f"{key}/@", planner.origin_key(key, move.location_id.id))
            )
        )

    def _get_transfer_dates(self, picking, moves, timing):
        """A transfer of several steps is known by its last one."""
        end = max(moves.mapped("date"), default=picking.scheduled_date)
        last = (moves or picking.move_ids).rule_id[:1]
        end += timedelta(days=last.delay)
        return timing.work.begin(end), end

    def _show_documents(self, nodes, dates):
        """The nodes with the dates of their documents."""
        return tuple(
            planner.evolve(node, start=dates[node.key][0] or None, end=dates[node.key][1] or None)
            if node.key in dates
            else node
            for node in nodes
        )
