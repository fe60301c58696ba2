import os
from collections import Counter

from freezegun import freeze_time

from odoo.tests import tagged

from .. import planner
from .network_builder import NetworkBuilder
from .networks import generate
from .property_case import PropertyCase
from .story import Story

#: How many events: MTO_EVENTS=10000 for a long search, MTO_FIRST=1000 to begin with that seed.
EVENTS = int(os.environ.get("MTO_EVENTS", "90"))
WIDEST = 2
#: How many things are tried with a network's orders.
STEPS = 6
#: Supplies of a network at most: a story confirms and changes it again and again.
MOST_SUPPLIES = int(os.environ.get("MTO_LOTS", "40"))


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestEvents(PropertyCase):
    """I3, I5 and I6 of the design after whatever happens to confirmed orders."""

    def check(self, seed, steps=STEPS):
        with self.undone():
            spec = generate(seed, widest=WIDEST)
            builder = NetworkBuilder(self.env, spec, self.places, self.customer)
            order = builder.build()
            if self.count_supplies(order) > MOST_SUPPLIES:
                return Counter({"too many batches": 1})
            story = Story(self.env, seed, spec, order)
            mine = [("product_id", "in", [product.id for product in builder.products.values()])]
            for _step in range(steps):
                what = story.step()
                self.env.flush_all()
                self.env.invalidate_all()
                try:
                    self.check_all(story, builder, mine, what)
                except Exception as error:
                    error.add_note(f"seed {seed}: {'; '.join(story.told)}")
                    raise
            return Counter(what.split(" ", 1)[-1] for what in story.told)

    def check_all(self, story, builder, mine, what):
        for order in story.orders.filtered(lambda order: order.state == "sale"):
            if not self.is_to_order(order):
                continue
            actual = order._mto_get_plan()
            self.check_conservation(order, actual)
            if what.startswith(f"{order.id}:"):
                self.check_twice(order, actual)
        self.check_documents(builder, mine)
        self.check_cancelled(story)
        self.check_stock(mine)

    def check_conservation(self, order, actual):
        """I3: every demand is covered, each line's demands are what is ordered."""
        covered = Counter()
        for node in actual.nodes:
            covered[node.demand] += node.quantity
            if node.supply != planner.STOCK:  # what became free is reserved by the scheduler
                self.assertEqual(node.unpegged, 0, node)
        ordered = Counter()
        for index, demand in enumerate(actual.demands):
            self.assertAlmostEqual(covered[index], demand.quantity, 6, demand.key)
            if demand.parent < 0:
                ordered[demand.line] += demand.quantity
        planned = Counter()
        for demand in order._mto_make_plan().demands:
            if demand.parent < 0:
                planned[demand.line] += demand.quantity
        for line in {*ordered, *planned}:
            self.assertAlmostEqual(ordered[line], planned[line], 6)

    def check_documents(self, builder, mine):
        """I3 and I6 on the records: what is made and bought is needed, by who is alive."""
        lines = self.env["purchase.order.line"].search([*mine, ("state", "!=", "cancel")])
        for line in lines:
            self.assertNotIn("cancel", line.move_dest_ids.mapped("state"))
            self.check_purchase(line, builder)
        made = []
        for production in self.env["mrp.production"].search([*mine, ("state", "!=", "cancel")]):
            dests = production.move_finished_ids.move_dest_ids
            self.assertNotIn("cancel", dests.mapped("state"))
            self.assertTrue(dests, production.product_id.name)
            finished = production.move_finished_ids
            self.assertAlmostEqual(finished.product_qty, production.product_uom_qty, 6)
            self.assertTrue(production.mto_sale_line_ids)
            self.check_components(production)
            made = self.unite(made, dests, production.product_uom_qty)
        for dests, quantity in made:
            self.assertLessEqual(round(sum(dests.mapped("product_qty")) - quantity, 6), 0)

    def unite(self, made, dests, quantity):
        """Needs and what is made for them, together where they share a production."""
        apart = [one for one in made if not one[0] & dests]
        for others, more in made:
            if others & dests:
                dests |= others
                quantity += more
        return [*apart, (dests, quantity)]

    def check_components(self, production):
        """What is consumed is what the BoM asks for, each need rounded up at most."""
        bom, never = production.bom_id, production.never_product_template_attribute_value_ids
        runs = production.product_uom_qty / bom.product_uom_id._compute_quantity(
            bom.product_qty, production.product_id.uom_id, round=False
        )
        for line in bom.bom_line_ids:
            skipped = line._skip_bom_line(production.product_id, never)
            if skipped or line.child_bom_id.type == "phantom":
                continue
            raws = production.move_raw_ids.filtered(
                lambda move, line=line: move.bom_line_id == line and move.state != "cancel"
            )
            unit = line.product_uom_id._compute_quantity(1.0, line.product_id.uom_id, round=False)
            asked = line.product_qty * runs * unit
            got = sum(raws.mapped("product_qty"))
            told = f"{production.product_id.name}: {line.id}"
            self.assertLess(abs(asked - got), 0.06 * max(unit, 1.0), told)

    def check_cancelled(self, story):
        """I6: nothing of a cancelled order is alive."""
        for order in story.orders.filtered(lambda order: order.state == "cancel"):
            alive = self.env["stock.move"].search(
                [
                    ("mto_sale_line_id", "in", order.order_line.ids),
                    ("state", "!=", "cancel"),
                ]
            )
            self.assertFalse(alive)
            self.assertFalse(order._mto_get_productions())

    def check_stock(self, mine):
        inside = [("location_id.usage", "=", "internal")]
        for quant in self.env["stock.quant"].search(mine + inside):
            self.assertLessEqual(quant.reserved_quantity, max(quant.quantity, 0.0))
            self.assertGreaterEqual(quant.reserved_quantity, 0.0)
        for move in self.env["stock.move"].search(
            [*mine, ("state", "not in", ("cancel", "done"))]
        ):
            self.assertGreater(move.product_qty, 0.0)
            self.assertLessEqual(move.quantity, move.product_uom_qty)
            self.assertNotEqual(move.location_id.usage, "customer")

    def check_twice(self, order, actual):
        """I5: what is asked for once more changes nothing."""
        models = ("stock.move", "mrp.production", "purchase.order.line", "stock.move.line")
        before = [self.env[model].search_count([]) for model in models]
        for line in order.order_line:
            line.product_uom_qty = line.product_uom_qty
        order.order_line._action_launch_stock_rule()
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        self.assertEqual(planner.to_json(order._mto_get_plan()), planner.to_json(actual))

    def test_generated_stories(self):
        self.tell_stories(EVENTS)
