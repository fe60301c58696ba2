import os
from collections import Counter

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .. import planner
from .network_builder import NetworkBuilder
from .networks import generate
from .property_case import PropertyCase
from .started_story import StartedStory

#: How many events: MTO_EVENTS=10000 for a long search, MTO_FIRST=1000 to begin with that seed.
EVENTS = int(os.environ.get("MTO_EVENTS", "45"))
#: How many things are tried with a network's orders.
STEPS = 15
WIDEST = 2
MOST_LOTS = 40
_GONE = ("done", "cancel")
#: Requests that bind nobody yet; a vendor that has seen one is told of what becomes of it.
_ASKED = ("draft", "sent")
_LAUNCHED = ("stock.move", "mrp.production", "purchase.order.line")


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestStartedEvents(PropertyCase):
    """I3, I5 and I6 of the design while people also buy, make, scrap, exchange and deliver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "stock.group_stock_manager,mrp.group_mrp_user,sales_team.group_sale_manager"
        cls.keeper = new_test_user(cls.env, "keeper", groups)

    def check(self, seed, steps=STEPS):
        """Tell a story, check after every event; return what happened, and how often."""
        with self.undone():
            spec = generate(seed, widest=WIDEST)
            builder = NetworkBuilder(self.env, spec, self.places, self.customer)
            order = builder.build()
            if self.count_supplies(order) > MOST_LOTS:
                return Counter({"too many batches": 1})
            story = StartedStory(self.env, seed, builder, order, self.keeper)
            before = {}
            for _step in range(steps):
                try:
                    what = story.step()
                    if what == "nothing":
                        continue
                    if not story.orders:
                        break  # core refuses this order, whatever happens
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.check_all(story, what, before)
                except Exception as error:
                    error.add_note(f"seed {seed}: {'; '.join(story.told)}")
                    raise
            return Counter(what for what in story.events if what != "nothing")

    def check_all(self, story, what, before):
        """Check everything after an event.

        :param before: what this returned after the event before
        :return: {order: documents of its tree} of the confirmed orders
        """
        trees, gone = {}, None
        for order in story.orders:
            if not self.is_to_order(order):
                continue
            if order.state == "sale":
                trees[order] = tree = self.read_tree(story, order)
                self.check_conservation(story, order, tree)
                if what in ("supplied again", f"{order.id} confirmed again"):
                    self.check_twice(order)
            else:
                self.check_cancelled(order)
                if what == f"{order.id} cancelled":
                    gone = order
        started = {order: self.read_documents(tree) for order, tree in trees.items()}
        if gone:
            only = before.get(gone, set()) - set().union(*started.values())
            self.check_told(only, story.seen)
        self.check_documents(story)
        self.check_stock(story)
        return started

    def read_tree(self, story, order):
        """The tree of an order; of one after the other also with the dates of its forecast."""
        looked_at = story.orders[len(story.told) % len(story.orders)]
        if order == looked_at:
            return order._mto_get_plan()
        return self.env["mto.pegging"]._read(order)

    # -- I3 ------------------------------------------------------------------------------

    def check_conservation(self, story, order, tree):
        """Every demand is covered, and no document gives more than it has."""
        covered, given, whole = Counter(), Counter(), {}
        for node in tree.nodes:
            covered[node.demand] += node.quantity
            if node.document and node.supply == planner.PRODUCTION:
                given[node.document.id] += node.quantity + node.surplus
                whole[node.document.id] = node.document.quantity
        for index, demand in enumerate(tree.demands):
            self.assertAlmostEqual(covered[index], demand.quantity, 6, demand.key)
        for document, quantity in whole.items():
            self.assertLessEqual(round(given[document] - quantity, 6), 0.0)
        ordered, planned = self.count_ordered(tree), self.get_asked(story, order)
        # What has left the stock does not come back because less is ordered.
        left = any(move.state == "done" for move in order.order_line.move_ids)
        lines = self.env["sale.order.line"].browse(line.line_id for line in tree.lines)
        for line in {*ordered, *planned}:
            if not self.is_ours(lines[line]):
                continue
            self.assertGreaterEqual(round(ordered[line] - planned[line], 6), 0.0)
            if not left:
                self.assertAlmostEqual(ordered[line], planned[line], 6)

    def is_ours(self, line):
        """Whether anything of a line is made to order: core loses hundredths of other kits."""
        return not line.move_ids or bool(line.move_ids.mto_sale_line_id)

    def count_ordered(self, plan):
        """{line: quantity} of what a plan's lines come to, kits by their components."""
        found = Counter()
        for demand in plan.demands:
            if demand.parent < 0:
                found[demand.line] += demand.quantity
        return found

    def get_asked(self, story, order):
        """What the lines of an order ask for; it is planned once for the same quantities."""
        index = (order, *order.order_line.mapped("product_uom_qty"))
        if index not in story.asked:
            story.asked[index] = self.count_ordered(order._mto_make_plan())
        return story.asked[index]

    def check_documents(self, story):
        """What is made and bought, and has not started, is for needs that are alive."""
        mine = [("product_id", "in", story.products.ids)]
        for line in self.env["purchase.order.line"].search([*mine, ("state", "in", _ASKED)]):
            self.assertNotIn("cancel", line.move_dest_ids.mapped("state"))
            self.check_request(story, line)
        for production in self.env["mrp.production"].search([*mine, ("state", "!=", "cancel")]):
            finished = production._mto_get_finished()
            made = sum(map(self.get_quantity, finished))
            if production.state == "done":  # perhaps a part of what was to be made
                self.assertLessEqual(round(made - production.product_uom_qty, 6), 0.0)
            else:
                self.assertAlmostEqual(made, production.product_uom_qty, 6, production.name)
            if not (production._mto_has_started() or self.is_rest(production)):
                dests = finished.move_dest_ids.filtered(lambda move: move.state != "cancel")
                self.assertTrue(dests, production.name)

    def is_rest(self, production):
        """Whether somebody wants it as the rest of what had started and was left to stock.

        Core asks whoever makes a part of that if the rest is made later. It has the key of the
        production it is left of; what an order leaves by itself has a key of its own.
        """
        same = self.env["mrp.production"].search(
            [("mto_key", "=", production.mto_key), ("state", "=", "done")]
        )
        return production.mto_key in {f"p{one.id}" for one in same}

    def check_request(self, story, line):
        """What is asked of a vendor is what it sells for its needs, or a part of them."""
        self.assertTrue(line.mto_sale_line_ids)
        sold = story.builder.get_sold(line)
        others = line.move_dest_ids.created_purchase_line_ids - line
        if others.filtered(lambda other: other.state != "cancel"):
            self.assertLessEqual(round(line.product_uom_qty - sold, 6), 0.0)
        else:
            self.assertAlmostEqual(sold, line.product_uom_qty, 6, line.product_id.name)

    def get_quantity(self, move):
        return move.product_uom._compute_quantity(
            move.quantity if move.state == "done" else move.product_uom_qty,
            move.product_id.uom_id,
            rounding_method="HALF-UP",
        )

    def check_stock(self, story):
        mine = [("product_id", "in", story.products.ids)]
        inside = [("location_id.usage", "=", "internal")]
        for quant in self.env["stock.quant"].search(mine + inside):
            # Core frees reservations in hundredths of a dozen, and none of what is picked.
            picked = self.env["stock.move.line"].search(
                [
                    ("product_id", "=", quant.product_id.id),
                    ("location_id", "=", quant.location_id.id),
                    ("lot_id", "=", quant.lot_id.id),
                    ("picked", "=", True),
                    ("state", "not in", _GONE),
                ]
            )
            held = sum(picked.mapped("quantity_product_uom"))
            most = max(quant.quantity - held, 0.0)
            self.assertLessEqual(quant.reserved_quantity - held, most + 0.06)
            self.assertGreaterEqual(quant.reserved_quantity, 0.0)
        for move in self.env["stock.move"].search([*mine, ("state", "not in", _GONE)]):
            self.assertGreaterEqual(move.product_qty, 0.0)
            if not move.picked:
                self.assertLessEqual(round(move.quantity - move.product_uom_qty, 6), 0.0)

    # -- I5 ------------------------------------------------------------------------------

    def check_twice(self, order):
        """What is asked for once more changes nothing."""
        tree = planner.to_json(order._mto_get_plan())
        before = [self.env[model].search_count([]) for model in _LAUNCHED]
        order.order_line.filtered(self.is_ours)._action_launch_stock_rule()
        order.action_mto_supply_again()
        self.assertEqual([self.env[model].search_count([]) for model in _LAUNCHED], before)
        self.assertEqual(planner.to_json(order._mto_get_plan()), tree)

    # -- I6 ------------------------------------------------------------------------------

    def read_documents(self, tree):
        """What was made or bought for a tree's order; what was ordered for nobody stays so."""
        return {
            (node.document.model, node.document.id)
            for node in tree.nodes
            if node.document and node.quantity and node.supply != planner.RECEIPT
        }

    def check_cancelled(self, order):
        """Nothing of a cancelled order that had not started is alive."""
        mine = ("mto_sale_line_id", "in", order.order_line.ids)
        alive = self.env["stock.move"].search([mine, ("state", "not in", _GONE)])
        self.assertFalse(alive)
        lines = self.env["purchase.order.line"].search(
            [("mto_sale_line_ids", "in", order.order_line.ids), ("state", "in", _ASKED)]
        )
        self.assertFalse(lines)
        for production in order._mto_get_productions():
            if not self.is_rest(production):
                self.assertTrue(production._mto_has_started(), production.name)

    def check_told(self, documents, seen):
        """What had started, and is not over, is listed for a person.

        :param seen: requests that a vendor has seen, and has to be told of if they are cancelled
        """
        notes = "".join(map(str, self.env["mail.activity"].search([]).mapped("note")))
        for model, number in documents:
            document = self.env[model].browse(number)
            withdrawn = (model, number) in seen and document.state == "cancel"
            if withdrawn or not self.is_over(document):
                self.assertIn(document.name, notes)

    def is_over(self, document):
        """Whether nothing comes of a document any more, or never did."""
        if document._name == "stock.picking" or document.state in (*_GONE, "draft"):
            return True
        return document._name == "purchase.order" and all(
            move.state in _GONE for move in document.order_line.move_ids
        )

    # -- many ----------------------------------------------------------------------------

    def test_generated_stories_of_work(self):
        self.tell_stories(EVENTS)
