"""``make test-core``: with the addon, Odoo's own tests fail no more than without it.

Part a runs them as Odoo does, at the installation into a new database. Part b runs every
one of them in a database where everything is installed, because in part a most of them run
before the addon is there. Each part runs without and with the addon and compares; what came
out without it is kept, as long as Odoo and its Python packages stay the same.
"""

import ast
import fcntl
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import chromium, core_results, core_runs, databases, settings
from .console import HouseError, say
from .core_results import Comparison
from .core_runs import Extra
from .odoo_runtime import runtime

MODULES = (
    "sale_mrp",
    "mrp",
    "purchase_mrp",
    "sale_purchase_stock",
    "sale_stock",
    "purchase_stock",
)
_CACHE = settings.CACHE / "core-suites"
_PARALLEL = 2
#: To be changed with the way in which the tests are run: kept results are of no use then.
_METHOD = "1"
_ALONE = Extra()

_BREAKER = "core_suites_breaker"
_BREAKER_MODEL = """
from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        return super()._action_confirm(merge, merge_into, create_proc=False)
"""


@dataclass(frozen=True)
class Part:
    """One of the two ways of running, and what it runs."""

    letter: str
    title: str
    run: callable
    modules: tuple
    installed: tuple

    def results(self, extra, modules=None):
        return self.run(modules or self.modules, self.installed, extra)

    def cache(self):
        """Where the results without the addon are kept."""
        versions = (settings.ROOT / name for name in ("requirements.txt", "requirements-dev.txt"))
        key = settings.digest(
            runtime().odoo.version,
            runtime().python_version,
            *versions,
            ",".join((*settings.DEPENDENCIES, *self.installed)),
            _METHOD,
        )
        return _CACHE / f"{self.letter}-{key}.json"

    def missing(self):
        """The modules whose results without the addon are not kept yet."""
        kept = core_results.load(self.cache()).modules()
        return tuple(module for module in self.modules if module not in kept)

    def without(self, afresh=()):
        """The kept results without the addon; the missing ones, and those of the modules
        ``afresh``, come from a run now."""
        wanted = {*self.missing(), *afresh}
        kept = core_results.load(self.cache())
        if wanted:
            kept = kept.of(kept.modules() - wanted)
            kept.update(self.results(_ALONE, [name for name in self.modules if name in wanted]))
            kept.save(self.cache())
        return kept.of(self.modules)


def run(options):
    """The command; HouseError when a test fails that does not fail without the addon."""
    named = tuple(word for word in (options.modules or "").split(",") if word)
    if options.break_it:
        _prove(named or ("sale_mrp",))
        return
    with _alone(), _frozen_addon() as addon:
        parts = [part for part in _parts(addon, named or MODULES) if part.letter in options.part]
        comparisons = _compare(parts, addon)
    for part, comparison in zip(parts, comparisons, strict=True):
        comparison.tell(part.title)
    bad = [
        part.letter for part, told in zip(parts, comparisons, strict=True) if not told.is_good()
    ]
    if bad:
        raise HouseError(
            f"With the addon, tests of Odoo's fail that pass without it ({' and '.join(bad)}).\n"
            "What to do: mend the addon; the reasons are above, and at length in"
            f" {settings.LOGS}/core_suites_*_with.log"
        )
    say("\n   Odoo's own tests show no failure with the addon that they do not show without")


def _prove(modules):
    """Break the confirmation of stock moves on purpose: part b must turn red."""
    with _alone(), _frozen_addon(breaker=True) as broken:
        part = _parts(broken, modules)[1]
        (comparison,) = _compare([part], broken, again=False)
    comparison.tell(f"With a stock.move._action_confirm broken on purpose: {part.title}")
    if not comparison.new:
        raise HouseError(
            "A broken stock.move._action_confirm goes unnoticed: part b proves nothing.\n"
            f"What to do: read {settings.LOGS}/core_suites_b_with.log"
        )
    say(f"\n   As it should, the broken confirmation turns {len(comparison.new)} tests red")


def _compare(parts, extra, again=True):
    """Run the parts without and with the addon, two runs at a time.

    Some of Odoo's tests fail on certain days, with the addon or without. So what differs
    from kept results is compared ``again`` with results of today.
    """
    kept = {part.letter: set(part.modules) - set(part.missing()) for part in parts}
    with ThreadPoolExecutor(_PARALLEL) as pool:
        runs = [(pool.submit(part.without), pool.submit(part.results, extra)) for part in parts]
    comparisons = [Comparison(*(run.result() for run in pair)) for pair in runs]
    for place, part in enumerate(parts):
        added = comparisons[place].added
        doubtful = comparisons[place].modules() & kept[part.letter]
        if again and doubtful:
            say(f"   Not as in the kept results: running {', '.join(sorted(doubtful))} again")
            comparisons[place] = Comparison(part.without(afresh=doubtful), added)
    return comparisons


def _parts(addon, modules):
    """Both parts; without the addon, too, what the addon depends on is installed."""
    manifest = ast.literal_eval((addon.folder / settings.ADDON / "__manifest__.py").read_text())
    depends = manifest["depends"]
    there = {*MODULES, *settings.DEPENDENCIES}
    return (
        Part(
            "a",
            f"(a) Odoo's own runner on a new database: {', '.join(MODULES)}",
            core_runs.own_runner,
            MODULES,
            (*MODULES, *sorted(set(depends) - set(MODULES))),
        ),
        Part(
            "b",
            f"(b) Every test with the whole registry loaded: {', '.join(modules)}",
            core_runs.whole_registry,
            modules,
            tuple(sorted({*depends, *modules} - there)),
        ),
    )


@contextmanager
def _alone():
    """One such run at a time, with everything there that its runs share."""
    chromium.environment()
    runtime()
    databases.core_template()
    with (settings.STATE / "core-suites.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HouseError(
                "Odoo's own tests are being run already.\nWhat to do: wait for that run."
            ) from error
        yield


@contextmanager
def _frozen_addon(breaker=False):
    """A copy of the addon as it is now: it may be edited while the tests run."""
    with tempfile.TemporaryDirectory(prefix="core-suites-") as name:
        folder = Path(name)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(settings.ROOT / settings.ADDON, folder / settings.ADDON, ignore=ignored)
        modules = (settings.ADDON,)
        if breaker:
            (folder / _BREAKER).mkdir()
            (folder / _BREAKER / "__init__.py").write_text(_BREAKER_MODEL)
            (folder / _BREAKER / "__manifest__.py").write_text(
                f'{{"name": "Breaker", "depends": ["{settings.ADDON}"], "license": "LGPL-3"}}'
            )
            modules += (_BREAKER,)
        yield Extra(modules, folder)
