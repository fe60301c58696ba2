"""Tests of a copy of the addon in Odoo, for ``scripts/mutants``."""

import atexit
import configparser
import functools
import os
import sys
from pathlib import Path

from . import databases, settings
from .odoo_runtime import runtime


def prepare(copy, environment):
    """What runs the tests of the addon that stands in the folder ``copy``.

    :return: a tuple (the beginning of pytest's command line, environment variables)
    """
    config = Path(copy, "odoo.conf")
    _write_config(config, copy)
    command = [sys.executable, "-m", "pytest", "-c", str(settings.ROOT / "pyproject.toml")]
    command += ["--rootdir", str(copy), "-p", "no:cacheprovider"]
    command += [f"--odoo-config={config}", f"--odoo-database={_database()}", "--odoo-http"]
    return command, runtime().environment(**environment)


@functools.cache
def _database():
    """A database of this run's own; tests undo what they do, so one is enough."""
    name = databases.new(f"mto_mutants_{os.getpid()}")
    atexit.register(databases.drop, name)
    return name


def _write_config(file, copy):
    """The project's configuration with the copy in the place of the checkout."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(runtime().config)
    options = parser["options"]
    folders = options["addons_path"].split(",")
    options["addons_path"] = ",".join([*folders[:-1], str(copy)])
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        parser.write(out)
