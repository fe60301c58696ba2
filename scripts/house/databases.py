"""Databases: templates that are built once, and what is cloned from them.

Two layers, each in a flavour with and one without demonstration data: Odoo's modules that
the addon builds on (slow, keyed by versions), and the addon on top (keyed by its files).
"""

import shutil
import subprocess
import time
from contextlib import contextmanager

import psycopg2
from psycopg2 import errors, sql

from . import settings
from .console import HouseError, locked, step
from .odoo_runtime import runtime

_BARE, _DEMO = "bare", "demo"
#: Templates of the addon that are kept beside a new one: other checkouts may be using them.
_KEPT_TEMPLATES = 6
#: Seconds between attempts to copy a database that is in use.
_PATIENCE = (0.2, 0.5, 1, 2, 4, 8)


@contextmanager
def _cursor(database="postgres"):
    pg = runtime().pg
    try:
        connection = psycopg2.connect(
            dbname=database,
            host=pg.get("PGHOST"),
            port=pg.get("PGPORT"),
            user=pg.get("PGUSER"),
            password=pg.get("PGPASSWORD"),
        )
    except psycopg2.OperationalError as error:
        raise HouseError(
            f"The database server does not answer:\n{error}"
            "What to do: check PGHOST, PGPORT, PGUSER and PGPASSWORD if you set them, and that"
            " the user may create databases; unset PGHOST to use the project's own server."
        ) from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def names(like="%"):
    """The databases whose name is like the pattern."""
    with _cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])
        return [name for (name,) in cursor.fetchall()]


def exists(name):
    with _cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone())


def parameter(name, key):
    """A system parameter of a database, or None."""
    with _cursor(name) as cursor:
        cursor.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [key])
        row = cursor.fetchone()
    return row and row[0]


def set_parameter(name, key, value):
    with _cursor(name) as cursor:
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            [key, value],
        )


def drop(name):
    """Drop a database and its files; nothing happens if there is none."""
    with _cursor() as cursor:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        cursor.execute(statement.format(sql.Identifier(name)))
    shutil.rmtree(_filestore(name), ignore_errors=True)


def clone(source, name):
    """A copy of a database with its files, which are hard links until one changes.

    Somebody else may be looking into the source for a moment: then it is tried again.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    statement = statement.format(sql.Identifier(name), sql.Identifier(source))
    for seconds in (*_PATIENCE, None):
        try:
            with _cursor() as cursor:
                cursor.execute(statement)
            break
        except errors.ObjectInUse:
            if seconds is None:
                raise
            time.sleep(seconds)
    files = _filestore(source)
    shutil.rmtree(_filestore(name), ignore_errors=True)
    if files.exists():
        subprocess.run(["cp", "-al", str(files), str(_filestore(name))], check=True)
    _become_itself(name)


def _become_itself(name):
    """A clone is another database: give it a uuid and a secret of its own."""
    with _cursor(name) as cursor:
        cursor.execute(
            "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
            " WHERE key IN ('database.uuid', 'database.secret')"
        )


def rename(name, to):
    with _cursor() as cursor:
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(to)))
    shutil.rmtree(_filestore(to), ignore_errors=True)
    if _filestore(name).exists():
        _filestore(name).rename(_filestore(to))


def _filestore(name):
    return settings.DATA_DIR / "filestore" / name


def _core_key():
    run = runtime()
    pinned = settings.ROOT / "requirements.txt"
    return settings.digest(
        run.odoo.version, ",".join(settings.DEPENDENCIES), pinned, run.python_version
    )


def addon_key():
    """A hash of the addon's files, which tells whether a database is up to date."""
    return settings.tree_digest(settings.ROOT / settings.ADDON)


def core_template(demo=False):
    """The name of the template with Odoo's modules, built if it is not there."""
    flavour = _DEMO if demo else _BARE
    name = f"mto_core_{_core_key()}_{flavour}"
    if exists(name):
        return name
    if demo:
        return _build(name, _add_demo, core_template())
    return _build(name, _install_core)


def addon_template(demo=False):
    """The name of the template with the addon on top, built if it is not there."""
    flavour = _DEMO if demo else _BARE
    name = f"mto_addon_{_core_key()}_{addon_key()}_{flavour}"
    if exists(name):
        return name
    base = core_template(demo)
    with locked("templates"):
        for old in _superseded(flavour):
            drop(old)
    return _build(name, _install_addon, base)


def _superseded(flavour):
    """Templates of the addon as it once was, but for the last few: a checkout beside this one
    may be about to clone them."""
    templates = [
        name for name in names("mto\\_addon\\_%\\_" + flavour) if not name.endswith(".building")
    ]
    with _cursor() as cursor:
        statement = "SELECT datname FROM pg_database WHERE datname = ANY(%s) ORDER BY oid"
        cursor.execute(statement, [templates])
        return [name for (name,) in cursor.fetchall()][:-_KEPT_TEMPLATES]


def _build(name, fill, base=None):
    building = f"{name}.building"
    with locked("templates"):
        if exists(name):
            return name
        drop(building)
        if base:
            clone(base, building)
        try:
            fill(building)
        except HouseError:
            drop(building)
            raise
        rename(building, name)
    return name


def _install_core(name):
    runtime().call(
        "Installing Odoo's modules (once)",
        ["-d", name, "-i", ",".join(settings.DEPENDENCIES), "--stop-after-init"],
        log="install-core",
    )


def _add_demo(name):
    runtime().call(
        "Adding Odoo's demonstration data (once)",
        ["module", "force-demo", "-d", name],
        log="install-demo",
    )


def _install_addon(name):
    runtime().call(
        "Installing the addon",
        ["-d", name, "-i", settings.ADDON, "--stop-after-init"],
        log="install-addon",
    )


def new(name, demo=False, modules=()):
    """A fresh database with the addon, in place of any of that name.

    ``modules``: what else is installed there, of Odoo's own.
    """
    template = addon_template(demo)
    with step(f"Cloning the database {name}"):
        drop(name)
        clone(template, name)
    if modules:
        runtime().call(
            f"Installing {', '.join(modules)}",
            ["-d", name, "-i", ",".join(modules), "--stop-after-init"],
            log="install-beside",
        )
    return name


def bundle(name):
    """Bundle a database's scripts and styles, which the first visitor would wait for."""
    with step("Bundling the web client"):
        done = subprocess.run(
            [str(word) for word in runtime().command(["shell", "-d", name, "--no-http"])],
            input="env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()\n",
            env=runtime().environment(),
            cwd=settings.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode or "Traceback" in done.stdout:
        raise HouseError(
            f"{done.stdout[-3000:]}\n\nThe web client could not be bundled.\n"
            "What to do: the lines above name the file that does not compile."
        )


def new_without_addon(name, demo=False):
    """A fresh database with Odoo's modules only, in place of any of that name."""
    template = core_template(demo)
    with step(f"Cloning the database {name}"):
        drop(name)
        clone(template, name)
    return name
