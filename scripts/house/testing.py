"""``make test``: the planner's tests, the addon's, those beside other modules, in a browser.

Each part runs whatever became of the others; of several, two at a time where there are two
cores, and then the output of each comes when it has ended. In the parts that run in Odoo a
skipped test is a failure: Odoo skips what it cannot run (no browser, no server) and stays
green.
"""

import fcntl
import os
import re
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from . import chromium, databases, settings
from .console import HouseError, clean_environment, say
from .odoo_runtime import runtime
from .python_env import get_python

#: Tests in Odoo that may be skipped, as ``dotted.module.Class::test``, with the reason.
ALLOWED_SKIPS = {}

_NOTHING_COLLECTED = 5  # pytest's exit code
_WORDS = ("failed", "passed", "skipped", "xfailed", "error")
_BROWSER = re.compile(r"Http|browser|playwright", re.IGNORECASE)
_SHARE = re.compile(r"\[ *(\d+%)\]")
_SHOWING = threading.Lock()


@dataclass(frozen=True)
class Part:
    """A folder of tests and the database it wants; ``modules``: installed beside the addon.

    ``only``: the names of those files of the folder that are its own; ``without``: of those
    that are another part's.
    """

    name: str
    folder: Path
    in_odoo: bool = True
    demo: bool = False
    modules: tuple = ()
    only: tuple = ()
    without: tuple = ()

    def files(self, below=None):
        """Its files, those below a path if there is one."""
        found = sorted((settings.ROOT / self.folder).rglob("test_*.py"))
        return [
            file
            for file in found
            if (not self.only or file.name in self.only)
            and file.name not in self.without
            and (below is None or file.is_relative_to(below))
        ]

    def uses_browser(self, paths):
        """Whether one of the files below the paths looks like a browser test."""
        asked = [(settings.ROOT / path.partition("::")[0]).resolve() for path in paths]
        return any(
            _BROWSER.search(file.read_text())
            for file in self.files()
            if any(file.is_relative_to(path) for path in asked)
        )


#: Modules of Odoo that the addon does not need and works with.
_BESIDE = (
    "mrp_subcontracting",
    "stock_dropshipping",
    "mrp_subcontracting_dropshipping",
    "purchase_requisition_stock",
    "stock_picking_batch",
    "product_expiry",
)

#: The tests that take longest, in lanes of their own.
_GENERATED = (
    "test_change_properties.py",
    "test_events.py",
    "test_properties.py",
    "test_started_events.py",
)
#: What becomes of goods on their way: so many that both lanes have as long to work.
_GOODS = (
    "test_cancelled_delivery.py",
    "test_edited_transfers.py",
    "test_goods_on_their_way.py",
    "test_held_goods.py",
    "test_lost_supplies.py",
    "test_returned_goods.py",
    "test_sent_back.py",
    "test_steps.py",
    "test_transfers.py",
)
_ADDON = Path("mto_manufacturing/tests")

#: The longest first: two of them run side by side.
PARTS = (
    Part("addon", _ADDON, without=(*_GENERATED, *_GOODS)),
    Part("goods", _ADDON, only=_GOODS),
    Part("e2e", Path("tests/e2e"), demo=True),
    Part("generated", _ADDON, only=_GENERATED),
    Part("beside", Path("tests/beside"), modules=_BESIDE),
    Part("planner", Path("tests/planner"), in_odoo=False),
)
_LANES = 2
_HEARTBEAT = 30  # seconds


@dataclass
class Outcome:
    """What became of one part."""

    part: Part
    counts: Counter
    seconds: float = 0.0
    faults: tuple = ()

    def summary(self):
        """In pytest's own form: ``3 failed, 12 passed in 4.56s``."""
        return _summary(self.counts, self.seconds)


def run(arguments):
    """Run the parts that the arguments (paths, pytest's options) ask for, or all."""
    started = time.monotonic()
    wanted, options = _divide(arguments)
    lanes = min(_LANES, os.cpu_count() or 1, len(wanted))
    with _slot() as suffix, ThreadPoolExecutor(lanes) as pool:
        running = [
            pool.submit(_run_part, part, paths, options, suffix, aside=lanes > 1)
            for part, paths in wanted.items()
        ]
        outcomes = [one.result() for one in running]
    _report(outcomes, started, narrowed=bool(arguments))


def _divide(arguments):
    """Which files each part gets, and the options that go to all of them."""
    wanted, options = {}, []
    for word in arguments:
        path, _separator, test = word.partition("::")
        path = (Path.cwd() / path).resolve()
        if word == "--":
            continue
        if word.startswith("-") or not path.exists():
            options.append(word)
            continue
        for part in PARTS:
            for file in part.files(path):
                name = str(file.relative_to(settings.ROOT))
                wanted.setdefault(part, []).append(f"{name}::{test}" if test else name)
    if not wanted:
        everything, more = _divide([str(settings.ROOT)])
        return everything, options + more
    return wanted, options


@contextmanager
def _slot():
    """Two runs at once in one checkout get databases of their own."""
    settings.STATE.mkdir(parents=True, exist_ok=True)
    key = settings.digest(settings.ROOT, length=8)
    for number in range(1, 20):
        with (settings.STATE / f"test-{key}-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield f"{key}_{number}"
            return
    raise HouseError("Twenty test runs at once in one checkout are too many.")


def _run_part(part, paths, options, suffix, aside):
    """Run a part; ``aside``: with its output in a file that is shown when it has ended."""
    files = f"{len(paths)} files" if len(paths) > 3 else " ".join(paths)
    say(f"\n== {part.name}: {files} in {part.folder}")
    started = time.monotonic()
    log = settings.LOGS / f"test-{part.name}-{suffix}.log" if aside else None
    try:
        if part.in_odoo:
            outcome = _run_in_odoo(part, paths, options, suffix, log)
        else:
            plain = ["-p", "no:odoo", *paths, *options]
            outcome = _pytest(part, plain, suffix, clean_environment(), log)
    except Exception as error:  # whatever it is, the other parts run
        told = error if isinstance(error, HouseError) else traceback.format_exc()
        print(f"\n{told}", file=sys.stderr, flush=True)
        outcome = Outcome(part, Counter(error=1), faults=("it could not be started",))
    outcome.seconds = time.monotonic() - started
    return outcome


def _run_in_odoo(part, paths, options, suffix, log):
    browser = chromium.environment()
    name = f"mto_test_{part.name}_{suffix}"
    database = databases.new(name, demo=part.demo, modules=part.modules)
    if part.uses_browser(paths):
        # In a test it would be undone with it.
        databases.bundle(database)
    where = [f"--odoo-config={runtime().config}", f"--odoo-database={database}"]
    arguments = [*where, "--odoo-http", *paths, *options]
    outcome = _pytest(part, arguments, suffix, runtime().environment(**browser), log)
    if outcome.faults:
        say(f"   The database {database} is kept: scripts/odoo shell -d {database}")
    else:
        databases.drop(database)
    return outcome


def _pytest(part, arguments, suffix, environment, log=None):
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    results = settings.LOGS / f"test-{part.name}-{suffix}.xml"
    results.unlink(missing_ok=True)
    command = [get_python(), "-m", "pytest", f"--junitxml={results}", *arguments]
    command = [str(word) for word in command]
    if log:
        code = _call_aside(part, command, environment, log)
    else:
        code = subprocess.run(command, cwd=settings.ROOT, env=environment).returncode
    counts, skips = _read(results)
    faults = []
    if code not in (0, _NOTHING_COLLECTED):
        faults.append(f"pytest ended with {code}")
    unexpected = [skip for skip in skips if skip not in ALLOWED_SKIPS]
    if part.in_odoo and unexpected:
        faults += [f"skipped, which counts as failed: {skip}" for skip in unexpected]
    return Outcome(part, counts, faults=tuple(faults))


def _call_aside(part, command, environment, log):
    """Call pytest with its output in a file; say that it is under way, and show the file."""
    started = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=settings.ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    while True:
        try:
            code = process.wait(_HEARTBEAT)
            break
        except subprocess.TimeoutExpired:
            share = _SHARE.findall(log.read_text(errors="replace"))[-1:] or ["0%"]
            say(f"   {part.name}: {time.monotonic() - started:.0f} s so far, {share[0]}")
    with _SHOWING:
        say(f"\n== {part.name} has ended\n{log.read_text(errors='replace')}")
    return code


def _read(results):
    """How many tests ended how, and which were skipped, from pytest's JUnit file."""
    counts, skips = Counter(), []
    if not results.exists():
        return counts, skips
    for case in ElementTree.parse(results).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("error") is not None:
            counts["error"] += 1
        elif case.find("failure") is not None:
            counts["failed"] += 1
        elif skipped is None:
            counts["passed"] += 1
        elif skipped.get("type") == "pytest.xfail":
            counts["xfailed"] += 1
        else:
            counts["skipped"] += 1
            skips.append(f"{case.get('classname')}::{case.get('name')}")
    return counts, skips


def _report(outcomes, started, narrowed):
    """The end of the run: a line for each part, one for all, and the exit code."""
    total = sum((outcome.counts for outcome in outcomes), Counter())
    faults = [(outcome.part, fault) for outcome in outcomes for fault in outcome.faults]
    # A part in which an option like -k finds nothing is no fault, unless it is in all.
    for outcome in outcomes:
        if not outcome.counts and not outcome.faults and not (narrowed and total):
            faults.append((outcome.part, "there are test files, but no test ran"))
    say("")
    for part, fault in faults:
        say(f"FAILED {part.name}: {fault}")
    for outcome in outcomes:
        say(f"{outcome.part.name}: {outcome.summary()}")
    seconds = time.monotonic() - started
    say(f" {_summary(total, seconds)} ".center(78, "="))
    if faults:
        sys.exit(1)


def _summary(counts, seconds):
    words = [f"{counts[word]} {word}" for word in _WORDS if counts[word]]
    return f"{', '.join(words) or 'no tests ran'} in {seconds:.2f}s"
