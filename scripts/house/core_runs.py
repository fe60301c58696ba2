"""The two ways in which ``core_suites`` runs Odoo's own tests.

Each run has a database of its own, made by it and dropped by it.
"""

import os
import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import chromium, core_results, databases, settings
from .console import HouseError, run_logged, say
from .odoo_runtime import runtime

_TEST_SECONDS = 300  # one test
_RUN_SECONDS = 5400  # a whole run: a hanging one ends, some day
_HINT = "read the log; a run that ends before its last test is no result."


@dataclass(frozen=True)
class Extra:
    """Modules beside Odoo's own, and the folder they are in."""

    modules: tuple = ()
    folder: Path | None = None

    @property
    def name(self):
        return "with" if self.modules else "without"


def own_runner(modules, installed, extra):
    """Part a: Odoo's own runner, installing into a new database.

    Tests that are due at the installation of a module run before later modules are there.
    """
    with _database(f"core_suites_a_{extra.name}") as name:
        names = (*installed, *extra.modules)
        tags = ",".join(f"/{module}" for module in modules)
        log = _run_to_the_end(
            f"Odoo's own runner, {extra.name} the addon",
            runtime().command(
                ["-d", name, "-i", ",".join(names), "--test-tags", tags, "--stop-after-init",
                 "--http-port", _free_port(), "--log-level", "info", *_addons_path(extra)]
            ),
            log=name,
            results=core_results.from_log,
        )  # fmt: skip
    return _checked(core_results.from_log(log), modules, log)


def whole_registry(modules, installed, extra):
    """Part b: every test of the modules in a database where everything is installed."""
    with _database(f"core_suites_b_{extra.name}") as name:
        databases.new_without_addon(name)
        wanted = (*installed, *extra.modules)
        if wanted:
            runtime().call(
                f"Installing {', '.join(wanted)}",
                ["-d", name, "-i", ",".join(wanted), "--stop-after-init", *_addons_path(extra)],
                log=f"{name}_install",
            )
        outcomes = settings.LOGS / f"{name}.jsonl"
        outcomes.unlink(missing_ok=True)
        log = _run_to_the_end(
            f"Every test with the whole registry, {extra.name} the addon",
            _pytest(modules, name, extra, outcomes),
            log=name,
            results=lambda _log: core_results.from_plugin(outcomes),
        )
    return _checked(core_results.from_plugin(outcomes), modules, log)


def _pytest(modules, database, extra, outcomes):
    folders = [_tests_of(module) for module in modules]
    # The project's own pytest settings and conftest.py files are kept out, and Odoo's addons
    # go to the end of the import path: one of them is called like Python's own `calendar`.
    return [
        runtime().python, "-m", "pytest", "-c", os.devnull,
        f"--rootdir={folders[0].parents[1]}", "--import-mode=append",
        "-p", "no:cacheprovider", "-p", "house.core_plugin", f"--core-results={outcomes}",
        f"--odoo-config={runtime().config}", f"--odoo-database={database}", "--odoo-http",
        f"--odoo-addons-path={_addons_path(extra)[1]}",
        # Some tests look at what is logged, so it must not be silenced.
        "--odoo-log-level=info", "-p", "no:logging", "--show-capture=no",
        f"--timeout={_TEST_SECONDS}", "--timeout-method=signal",
        "-q", "--tb=short", "-rs", *folders,
    ]  # fmt: skip


def _tests_of(module):
    for addons in runtime().odoo.addons:
        if (addons / module / "tests").is_dir():
            return addons / module / "tests"
    raise HouseError(f"Odoo has no module {module} with tests.\nWhat to do: check --modules.")


def _addons_path(extra):
    folders = [*runtime().odoo.addons, *([extra.folder] if extra.folder else [])]
    return ["--addons-path", ",".join(str(folder) for folder in folders)]


@contextmanager
def _database(name):
    databases.drop(name)
    try:
        yield name
    finally:
        databases.drop(name)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run_to_the_end(label, command, *, log, results):
    """Run; failing tests are a result, but what ends before its last test is an error.

    Returns the path of the log.
    """
    if timeout := shutil.which("timeout"):
        command = [timeout, "--foreground", "--kill-after=60", str(_RUN_SECONDS), *command]
    scripts = str(settings.ROOT / "scripts")
    env = runtime().environment(**chromium.environment())
    env["PYTHONPATH"] = os.pathsep.join((env["PYTHONPATH"], scripts))
    path = settings.LOGS / f"{log}.log"
    try:
        run_logged(label, command, log=log, hint=_HINT, env=env, cwd=settings.STATE)
    except HouseError:
        if results(path) is None:
            raise
        say(f"   {label}: done, with failures")
    return path


def _checked(results, modules, log):
    if results is None:
        raise HouseError(f"The tests did not come to their end.\nWhat to do: read {log}")
    results.check(modules, log)
    return results
