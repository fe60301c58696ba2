"""Odoo's own command line, with the right Python, database and configuration."""

import configparser
import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import postgres, settings
from .console import HouseError, clean_environment, locked, run_logged
from .odoo_source import Odoo, get_odoo
from .python_env import get_python

#: Odoo goes on without demonstration data that does not load, and only warns.
_FAULTS = (" ERROR ", " CRITICAL ", "demo data failed to install")
#: Subcommands whose own verb comes before every option.
_WITH_VERBS = ("db", "i18n", "module")
_DATABASE_OPTIONS = {
    "db_host": "PGHOST",
    "db_port": "PGPORT",
    "db_user": "PGUSER",
    "db_password": "PGPASSWORD",
}


@dataclass(frozen=True)
class Runtime:
    """All that is needed to run Odoo."""

    odoo: Odoo
    python: Path
    pg: dict
    config: Path
    python_version: str

    def command(self, arguments):
        """Odoo's command line. A subcommand comes first, its options after it."""
        words = [str(word) for word in arguments]
        config = ["-c", str(self.config)]
        if words and words[0] in _WITH_VERBS:
            return [self.python, self.odoo.script, *words, *config]
        if words and not words[0].startswith("-"):
            return [self.python, self.odoo.script, words[0], *config, *words[1:]]
        return [self.python, self.odoo.script, *config, *words]

    def environment(self, **extra):
        paths = [str(self.odoo.python_path)]
        return clean_environment(PYTHONPATH=os.pathsep.join(paths), **self.pg, **extra)

    def call(self, label, arguments, *, log):
        """Run Odoo to its end, and fail if it logged an error on the way."""
        path = run_logged(
            label,
            self.command(arguments),
            log=log,
            hint="the lines above name the cause; with the addon unchanged, `make clean`"
            " and the same command again start from nothing.",
            env=self.environment(),
            cwd=settings.ROOT,
        )
        faults = [
            line
            for line in path.read_text(errors="replace").splitlines()
            if any(word in line for word in _FAULTS)
        ]
        if faults:
            raise HouseError(
                "\n".join(faults[:10]) + f"\n\n{label} ended with errors.\nWhat to do: read {path}"
            )


@functools.cache
def runtime():
    """Bring up everything that Odoo needs; a second call returns the same."""
    # Whoever comes while the server starts would take it for one that does not answer.
    with locked("runtime"):
        odoo = get_odoo()
        python = get_python()
        pg = postgres.start()
        config = _write_config(odoo, pg)
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return Runtime(odoo, python, pg, config, version)


def _write_config(odoo, pg):
    """The project's odoo.conf, completed with where things are on this machine."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(settings.ROOT / "odoo.conf")
    options = parser["options"]
    options["addons_path"] = ",".join(str(path) for path in (*odoo.addons, settings.ROOT))
    options["data_dir"] = str(settings.DATA_DIR)
    for option, variable in _DATABASE_OPTIONS.items():
        if pg.get(variable):
            options[option] = pg[variable]
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    # One file per checkout, Odoo and server, so that no other run changes it under this one.
    key = settings.digest(settings.ROOT, odoo.script, *sorted(pg.items()), length=6)
    path = settings.STATE / f"odoo-{key}.conf"
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        parser.write(out)
    draft.replace(path)
    return path
