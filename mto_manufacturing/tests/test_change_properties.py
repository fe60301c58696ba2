import logging
import os
import random
import traceback
from collections import Counter

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .network_builder import NetworkBuilder
from .networks import generate
from .property_case import FAULTS, FIRST_SEED, PropertyCase

_logger = logging.getLogger(__name__)

#: How many networks: MTO_CHANGES=5000 for a long search, MTO_FIRST=1000 to begin there.
COUNT = int(os.environ.get("MTO_CHANGES", "25"))
WIDEST = 2
#: How many changes are made to the documents of a network's order.
STEPS = 4


class Changes:
    """What people do to the documents of an order, by chance; same seed, same changes."""

    def __init__(self, env, seed, order):
        self.env = env
        self.rng = random.Random(seed * 17 + 3)
        self.order = order

    def step(self):
        """Change one document; tell which and how, or nothing."""
        changes = (
            self.split,
            self.merge,
            self.cancel_production,
            self.cancel_purchase,
            self.cancel_ordered_purchase,
            self.buy_less,
            self.unreserve,
            self.update_bom,
        )
        return self.rng.choice(changes)() or "nothing"

    def _pick(self, records):
        return self.rng.choice(records.sorted("id")) if records else records

    def _productions(self):
        served = self.order._mto_get_productions()
        return served.filtered(lambda one: one.state == "confirmed")

    def _purchases(self, *states):
        return self.order._get_purchase_orders().filtered(lambda one: one.state in states)

    def split(self):
        production = self._pick(self._productions())
        if not production:
            return None
        first = self.rng.randint(1, 9) / 10 * production.product_qty
        first = production.product_uom_id.round(first)
        if not 0 < first < production.product_qty:
            return None
        production._split_productions({production: [first, production.product_qty - first]})
        return f"{production.name} split"

    def merge(self):
        groups = self._productions().grouped(
            lambda one: (one.product_id, one.bom_id, *one._mto_get_choice())
        )
        for productions in groups.values():
            if len(productions) > 1 and not any(
                not move.bom_line_id for move in productions.move_raw_ids
            ):
                productions.action_merge()
                return f"{productions.mapped('name')} merged"
        return None

    def cancel_production(self):
        production = self._pick(self._productions())
        production.action_cancel()
        return production.name

    def cancel_purchase(self):
        purchase = self._pick(self._purchases("draft"))
        purchase.button_cancel()
        return purchase.name

    def cancel_ordered_purchase(self):
        purchase = self._pick(self._purchases("draft"))
        purchase.button_confirm()
        purchase.button_cancel()
        return purchase.name

    def buy_less(self):
        line = self._pick(self._purchases("draft").order_line)
        if line:
            line.product_qty = line.product_uom_id.round(line.product_qty * 0.6)
        return line.display_name

    def unreserve(self):
        production = self._pick(self._productions())
        production.do_unreserve()
        return production.name

    def update_bom(self):
        production = self._pick(self._productions())
        if production:
            production.action_update_bom()
        return production.name


@tagged("post_install", "-at_install")
@freeze_time("2025-03-05 14:20:00")  # dates are computed from now
class TestChangeProperties(PropertyCase):
    """I3 and I5 after changes of documents, over generated supply networks."""

    def check(self, seed, **fixed):
        """Change documents, supply again, and find every need covered that was before."""
        with self.undone():
            spec = generate(seed, widest=WIDEST, **fixed)
            order = NetworkBuilder(self.env, spec, self.places, self.customer).build()
            self.env.invalidate_all()
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError:
                return ["refused"]
            missing = {gap.product_id for gap in order._mto_get_plan().gaps}
            changes, told = Changes(self.env, seed, order), []
            try:
                for _step in range(STEPS):
                    told.append(changes.step())
                    self.check_conservation(order._mto_get_plan())
                self.check_supplied_again(order, missing)
            except Exception as error:
                error.add_note(f"what happened: {told}")
                raise
            return told

    def check_supplied_again(self, order, missing):
        order.action_mto_supply_again()
        plan = order._mto_get_plan()
        self.check_conservation(plan)
        self.assertFalse({gap.product_id for gap in plan.gaps} - missing)
        self.assertEqual([node for node in plan.nodes if node.unpegged], [])
        before = self.count()
        order.action_mto_supply_again()
        self.assertEqual(order._mto_get_plan(), plan)  # I5
        self.assertEqual(self.count(), before)

    def count(self):
        models = ("stock.move", "purchase.order.line", "mrp.production", "stock.picking")
        return [self.env[model].search_count([]) for model in models]

    def check_conservation(self, plan):
        covered = Counter()
        for node in plan.nodes:
            covered[node.demand] += node.quantity
        for index, demand in enumerate(plan.demands):
            self.assertAlmostEqual(covered[index], demand.quantity, 6, demand.key)

    # -- seeds that failed once, by what was wrong ---------------------------------------

    def test_what_has_no_rest_is_not_divided_again(self):
        self.check(18)

    def test_an_order_line_without_a_rule_is_left_waiting(self):
        self.check(46)

    # -- many ----------------------------------------------------------------------------

    def test_changed_documents(self):
        """A failing seed is printed: it becomes a test with a name."""
        results, faults = Counter(), []
        for seed in range(FIRST_SEED, FIRST_SEED + COUNT):
            try:
                results.update(map(bool, self.check(seed)))
            except Exception:
                faults.append(f"seed {seed}\n{traceback.format_exc(limit=-6)}")
                if len(faults) == FAULTS:
                    break
        _logger.info("changes: %s", dict(results))
        self.assertFalse(faults, "\n" + "\n\n".join(faults))
