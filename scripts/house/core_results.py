"""What came out of a run of Odoo's own tests, and how two runs differ.

A test's id is the same whoever ran it: ``mrp/tests/test_bom.py::TestBoM::test_explode``.
"""

import collections
import json
import re
from dataclasses import dataclass

from .console import HouseError, say

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"

_LINE = re.compile(r"\d{4}-\d\d-\d\d \S+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)")
_STARTED = re.compile(r"Starting (?P<what>\S+\.test\w*) \.\.\.")
_SKIPPED = re.compile(r"skipped (?P<what>\S+\.test\w*) : (?P<why>.*)")
_FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(?P<what>\S+)")
_OF_CLASS = re.compile(r"(?:FAIL|ERROR): (?P<what>\w+) \((?P<file>odoo\S+)\.(?P<name>\w+)\)")
_TOTAL = re.compile(r"(?P<bad>\d+) failed, (?P<worse>\d+) error\(s\) of (?P<count>\d+) tests")


@dataclass(frozen=True)
class Outcome:
    """How a test ended, and one line on why it failed or was skipped."""

    state: str
    reason: str = ""


class Results(dict):
    """Outcomes by test id."""

    def ids(self, state):
        return {test for test, outcome in self.items() if outcome.state == state}

    def modules(self):
        return {test.partition("/")[0] for test in self}

    def of(self, modules):
        """The results of these modules' tests only."""
        return Results(
            (test, outcome) for test, outcome in self.items() if test.partition("/")[0] in modules
        )

    def summary(self):
        """``822 tests: 740 passed, 82 skipped, 0 failed``."""
        counts = collections.Counter(outcome.state for outcome in self.values())
        states = ", ".join(f"{counts[state]} {state}" for state in (PASSED, SKIPPED, FAILED))
        return f"{len(self)} tests: {states}"

    def check(self, modules, log):
        """Raise HouseError if a module's tests were not run at all: that is no success."""
        silent = [module for module in modules if module not in self.modules()]
        if silent:
            raise HouseError(f"No test of {', '.join(silent)} was run.\nWhat to do: read {log}")

    def save(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {test: [outcome.state, outcome.reason] for test, outcome in self.items()}
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(content, indent=0, sort_keys=True))
        unfinished.replace(path)


def load(path):
    """Results that were saved, or none."""
    if not path.exists():
        return Results()
    content = json.loads(path.read_text())
    return Results((test, Outcome(*outcome)) for test, outcome in content.items())


def from_plugin(path):
    """Results that ``core_plugin`` wrote, or None if that run did not come to its end."""
    if not path.exists():
        return None
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    if not lines or lines[-1].get("exitstatus") not in (0, 1):
        return None
    return Results((line["id"], Outcome(line["outcome"], line["reason"])) for line in lines[:-1])


def from_log(path):
    """Results out of the log of Odoo's own runner, or None if it did not come to its end."""
    results, total, failing = Results(), None, None
    for line in path.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match:
            failing = _note(results, match)
            total = _TOTAL.search(match["text"]) or total
        elif failing and line.strip():
            # A traceback follows; its last line names the error.
            results[failing] = Outcome(FAILED, line.strip()[:300])
    if not total:
        return None
    if bool(int(total["bad"]) + int(total["worse"])) != bool(results.ids(FAILED)):
        raise HouseError(f"{path} counts other failures than can be read from it.")
    return results


def _note(results, match):
    """Take in one line of a log; returns the id of the test whose failure it tells."""
    text, logger = match["text"], match["logger"]
    if match["level"] == "ERROR" and (failed := _FAILED.match(text)):
        test = _test_id(logger, failed["what"])
        if at := _OF_CLASS.match(text):  # setUpClass or tearDownClass
            test = _test_id(at["file"], f"{at['name']}.{at['what']}")
        results[test] = Outcome(FAILED)
        return test
    if skipped := _SKIPPED.match(text):
        results[_test_id(logger, skipped["what"])] = Outcome(SKIPPED, skipped["why"])
    elif started := _STARTED.match(text):
        results[_test_id(logger, started["what"])] = Outcome(PASSED)
    return None


def _test_id(logger, what):
    file = logger.removeprefix("odoo.addons.").replace(".", "/")
    return f"{file}.py::{what.replace('.', '::')}"


_IN_THE_PAST = (
    "it asks for the order date and a lead time, whatever has to be made, and for productions"
    " that start in the past"
)

#: Tests that cannot pass with the addon, and why. They are shown with every comparison.
EXPECTED = {
    "mrp/tests/test_stock.py::TestWarehouseMrp"
    "::test_unarchive_mto_route_active_needed_rules_only": "it begins by asserting that the"
    " make-to-order route is archived, and installing the addon activates it",
    "sale_mrp/tests/test_sale_mrp_flow.py::TestSaleMrpFlow"
    "::test_so_with_kit_and_multiple_same_component": "of a kit that has a component twice it"
    " wants all that is sent in exchange on the first line, a known limitation it says; with the"
    " addon each stands for its own line",
    "sale_mrp/tests/test_sale_mrp_kit_bom.py::TestSaleMrpKitBom"
    "::test_sale_kit_with_mto_components_qty_change": "it wants a second production for what is"
    " added to a kit; with the addon the first one grows, as it has not started",
    "sale_mrp/tests/test_sale_mrp_lead_time.py::TestSaleMrpLeadTime"
    "::test_00_product_company_level_delays": _IN_THE_PAST,
    "sale_mrp/tests/test_sale_mrp_lead_time.py::TestSaleMrpLeadTime"
    "::test_01_product_route_mrp_delays": _IN_THE_PAST,
    "sale_mrp/tests/test_sale_mrp_procurement.py::TestSaleMrpProcurement"
    "::test_sale_mrp_pickings": "it counts on productions in the order in which they were made;"
    " they are listed by their start, and what is needed first starts first",
    "sale_purchase_stock/tests/test_sale_purchase_stock_flow.py::TestSalePurchaseStockFlow"
    "::test_cancel_so_with_draft_po": "it wants a person told of a draft purchase that a"
    " cancelled order leaves behind, and the addon cancels that purchase",
    "sale_purchase_stock/tests/test_sale_purchase_stock_flow.py::TestSalePurchaseStockFlow"
    "::test_mto_and_partial_cancel": "it wants a return of goods that were never shipped",
    "sale_purchase_stock/tests/test_sale_purchase_stock_flow.py::TestSalePurchaseStockFlow"
    "::test_purchase_order_uom": "it wants two and a half packs, and the addon buys three",
}


@dataclass(frozen=True)
class Comparison:
    """Two runs of the same tests, without and with the addon."""

    without: Results
    added: Results

    @property
    def new(self):
        """Tests that fail with the addon only."""
        return sorted(self.added.ids(FAILED) - self.without.ids(FAILED) - set(EXPECTED))

    @property
    def expected(self):
        """Tests that fail with the addon only, for a known reason."""
        return sorted((self.added.ids(FAILED) - self.without.ids(FAILED)) & set(EXPECTED))

    @property
    def lost(self):
        """Tests that pass without the addon, and with it are skipped or not there."""
        neither = self.added.ids(PASSED) | self.added.ids(FAILED)
        return sorted(self.without.ids(PASSED) - neither)

    @property
    def gone(self):
        """Tests that fail without the addon only."""
        return sorted(self.without.ids(FAILED) - self.added.ids(FAILED))

    @property
    def both(self):
        return sorted(self.without.ids(FAILED) & self.added.ids(FAILED))

    def modules(self):
        """The modules whose tests do worse with the addon."""
        return {test.partition("/")[0] for test in (*self.new, *self.lost)}

    def is_good(self):
        return not self.modules()

    def tell(self, title):
        say(f"\n{title}")
        say(f"   without the addon: {self.without.summary()}")
        say(f"   with the addon:    {self.added.summary()}")
        self._list("fail without and with", self.both, self.without)
        self._list("NEW FAILURES, with the addon only", self.new, self.added)
        for test in self.expected:
            say(f"   fails by design: {test}\n         {EXPECTED[test]}")
        self._list("NO LONGER RUN with the addon", self.lost, self.added)
        self._list("fail without the addon only", self.gone, self.without)

    @staticmethod
    def _list(label, tests, results):
        say(f"   {label}: {len(tests) or 'none'}")
        for test in tests:
            outcome = results.get(test)
            say(f"      {test}")
            if outcome and outcome.reason:
                say(f"         {outcome.reason[:160]}")
