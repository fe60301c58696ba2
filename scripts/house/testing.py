"""``make test``: the planner's tests, the addon's, those beside other modules, in a browser.

Each part runs whatever became of the others. In the parts that run in Odoo a skipped test
is a failure: Odoo skips what it cannot run (no browser, no server) and stays green.
"""

import fcntl
import re
import subprocess
import sys
import time
from collections import Counter
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


@dataclass(frozen=True)
class Part:
    """A folder of tests and the database it wants; ``modules``: installed beside the addon."""

    name: str
    folder: Path
    in_odoo: bool = True
    demo: bool = False
    modules: tuple = ()

    def files(self):
        return sorted((settings.ROOT / self.folder).rglob("test_*.py"))

    def uses_browser(self, paths):
        """Whether one of the files below the paths looks like a browser test."""
        asked = [(settings.ROOT / path.partition("::")[0]).resolve() for path in paths]
        return any(
            _BROWSER.search(file.read_text())
            for file in self.files()
            if any(file.is_relative_to(path) for path in asked)
        )


#: Modules of Odoo that the addon does not need and works with.
_BESIDE = ("mrp_subcontracting", "stock_dropshipping", "mrp_subcontracting_dropshipping")

PARTS = (
    Part("planner", Path("tests/planner"), in_odoo=False),
    Part("addon", Path("mto_manufacturing/tests")),
    Part("beside", Path("tests/beside"), modules=_BESIDE),
    Part("e2e", Path("tests/e2e"), demo=True),
)


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
    wanted, options = _divide(arguments)
    outcomes = []
    with _slot() as suffix:
        for part, paths in wanted.items():
            if part.files():
                outcomes.append(_run_part(part, paths, options, suffix))
            else:
                say(f"   {part.folder} has no tests")
    _report(outcomes, narrowed=bool(arguments))


def _divide(arguments):
    """Which paths each part gets, and the options that go to all of them."""
    wanted, options = {}, []
    for word in arguments:
        path = (Path.cwd() / word.partition("::")[0]).resolve()
        if word == "--":
            continue
        if word.startswith("-") or not path.exists():
            options.append(word)
            continue
        for part in PARTS:
            folder = settings.ROOT / part.folder
            if path.is_relative_to(folder):
                name = str(path.relative_to(settings.ROOT))
                wanted.setdefault(part, []).append(name + word[len(word.partition("::")[0]) :])
            elif folder.is_relative_to(path):
                wanted.setdefault(part, []).append(str(part.folder))
    return wanted or {part: [str(part.folder)] for part in PARTS}, options


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


def _run_part(part, paths, options, suffix):
    say(f"\n== {part.name}: {' '.join(paths)}")
    started = time.monotonic()
    try:
        if part.in_odoo:
            outcome = _run_in_odoo(part, paths, options, suffix)
        else:
            plain = ["-p", "no:odoo", *paths, *options]
            outcome = _pytest(part, plain, suffix, clean_environment())
    except HouseError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        outcome = Outcome(part, Counter(error=1), faults=("it could not be started",))
    outcome.seconds = time.monotonic() - started
    return outcome


def _run_in_odoo(part, paths, options, suffix):
    browser = chromium.environment()
    name = f"mto_test_{part.name}_{suffix}"
    database = databases.new(name, demo=part.demo, modules=part.modules)
    if part.uses_browser(paths):
        # In a test it would be undone with it.
        databases.bundle(database)
    where = [f"--odoo-config={runtime().config}", f"--odoo-database={database}"]
    arguments = [*where, "--odoo-http", *paths, *options]
    outcome = _pytest(part, arguments, suffix, runtime().environment(**browser))
    if outcome.faults:
        say(f"   The database {database} is kept: scripts/odoo shell -d {database}")
    else:
        databases.drop(database)
    return outcome


def _pytest(part, arguments, suffix, environment):
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    results = settings.LOGS / f"test-{part.name}-{suffix}.xml"
    results.unlink(missing_ok=True)
    command = [get_python(), "-m", "pytest", f"--junitxml={results}", *arguments]
    done = subprocess.run([str(word) for word in command], cwd=settings.ROOT, env=environment)
    counts, skips = _read(results)
    faults = []
    if done.returncode not in (0, _NOTHING_COLLECTED):
        faults.append(f"pytest ended with {done.returncode}")
    unexpected = [skip for skip in skips if skip not in ALLOWED_SKIPS]
    if part.in_odoo and unexpected:
        faults += [f"skipped, which counts as failed: {skip}" for skip in unexpected]
    return Outcome(part, counts, faults=tuple(faults))


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


def _report(outcomes, narrowed):
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
    seconds = sum(outcome.seconds for outcome in outcomes)
    say(f" {_summary(total, seconds)} ".center(78, "="))
    if faults:
        sys.exit(1)


def _summary(counts, seconds):
    words = [f"{counts[word]} {word}" for word in _WORDS if counts[word]]
    return f"{', '.join(words) or 'no tests ran'} in {seconds:.2f}s"
