"""The commands behind the Makefile and the scripts."""

import argparse
import os
import shutil
import sys

from . import postgres, process, settings
from .console import HouseError, say
from .python_env import get_python


def main():
    words = sys.argv[1:]
    try:
        if words and words[0] == "clean":
            return clean(words[1:])
        if words and words[0] == "stop":
            return stop()
        _enter_venv(words)
        if words and words[0] == "odoo":
            return odoo(words[1:])
        return _dispatch(words)
    except HouseError as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _enter_venv(words):
    """Go on with the project's own Python, which has what the rest imports."""
    python = get_python()
    if sys.prefix != str(python.parent.parent):
        os.environ["PYTHONPATH"] = str(settings.ROOT / "scripts")
        os.execv(python, [str(python), "-m", "house", *words])


def _dispatch(words):
    parser = argparse.ArgumentParser(prog="house", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="fetch Odoo, its Python and its database server")
    commands.add_parser("run", help="serve the demo company")
    newdb = commands.add_parser("newdb", help="a fresh database with the addon")
    newdb.add_argument("name")
    newdb.add_argument("--demo", action="store_true", help="with demonstration data")
    test = commands.add_parser("test", help="the planner, addon and browser tests")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to pytest")
    core = commands.add_parser("test-core", help="Odoo's own suites with the addon (I9)")
    core.add_argument("--modules", help="comma-separated modules of part b")
    core.add_argument("--part", choices=("a", "b", "ab"), default="ab")
    core.add_argument("--break-it", action="store_true", help="prove that b can fail")
    pot = commands.add_parser("pot", help="the template of translations and the languages")
    pot.add_argument("--check", action="store_true", help="only say what would change")
    bench = commands.add_parser("bench", help="benchmarks beside stock Odoo")
    bench.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(words)
    from . import commands as actions

    getattr(actions, options.command.replace("-", "_"))(options)


def odoo(arguments):
    """Odoo's own command line, as it is."""
    from .odoo_runtime import runtime

    run = runtime()
    command = [str(word) for word in run.command(arguments)]
    os.execve(command[0], command, run.environment())


def stop():
    """Stop the server and the project's own PostgreSQL."""
    if process.running():
        process.end()
        say("   Odoo is stopped")
    if settings.STATE.exists():
        postgres.stop()
        say("   The database server is stopped")


def clean(words):
    """Throw away the demo database and the cluster; with ``--caches`` what was fetched."""
    stop()
    shutil.rmtree(settings.STATE, ignore_errors=True)
    if "--caches" in words:
        shutil.rmtree(settings.CACHE, ignore_errors=True)
    say("   Clean")


if __name__ == "__main__":
    main()
