"""The end-to-end tests: a real server, a database with the demo company, and a browser.

Nothing of Odoo is imported here. The tests speak to a server over HTTP, which is started for
them (``scripts/odoo``) on a free port, or is there already. They say which database by one of

- ``--odoo-database=NAME``, as `make test` does, or ``MTO_E2E_DB=NAME``: the server is started;
- ``MTO_E2E_DB=NAME MTO_E2E_URL=http://...``: that server is used.

The database needs the demo company: ``scripts/newdb NAME --demo``. The tests leave their
orders in it, and can be run again on it. ``CHROMIUM`` names the browser's program.
"""

import os
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from rpc import Client
from servers import read_faults, serve

ROOT = Path(__file__).resolve().parents[2]
_PROGRAMS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def database(request):
    """The name of the database with the demo company."""
    name = request.config.getoption("--odoo-database", None) or os.environ.get("MTO_E2E_DB")
    if not name:
        pytest.fail("Say which database: MTO_E2E_DB=NAME, made by `scripts/newdb NAME --demo`")
    return name


@pytest.fixture(scope="session")
def url(database, tmp_path_factory):
    """The address of a server on that database; its log must be free of errors at the end."""
    running = os.environ.get("MTO_E2E_URL")
    if running:
        yield running.rstrip("/")
        return
    log = tmp_path_factory.mktemp("server") / "odoo.log"
    with serve(database, log) as server:
        yield server.address
    faults = read_faults(log)
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def sofia(url, database):
    """A salesperson: her own orders, no right in inventory, manufacturing or purchase."""
    return Client(url, database, "sofia", "sofia")


@pytest.fixture(scope="session")
def paul(url, database):
    """A planner: inventory, manufacturing and purchase, no sales."""
    return Client(url, database, "paul", "paul")


@pytest.fixture(scope="session")
def admin(url, database):
    """The administrator."""
    return Client(url, database, "admin", "admin")


@pytest.fixture(scope="session")
def browser(admin):
    """Chromium. That there is none is a failure, not a reason to skip."""
    _silence_chats(admin)
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if not program:
        pytest.fail("There is no Chromium: install it, or name it with CHROMIUM")
    with _all_memory(), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield chromium
        chromium.close()


def _silence_chats(admin):
    """Have nobody greeted by the chat robot: its window covers the whole of a phone's screen."""
    users = admin.call("res.users", "search", domain=[("share", "=", False)])
    admin.call("res.users", "write", users, vals={"odoobot_state": "disabled"})


@contextmanager
def _all_memory():
    """Chromium reserves more address space than Odoo's plugin for pytest leaves a process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.fixture(scope="session")
def pictures():
    """Where screenshots go."""
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
