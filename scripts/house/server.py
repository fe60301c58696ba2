"""``make run``: the demo company in the browser."""

import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import databases, process, settings
from .console import HouseError, say, step
from .odoo_runtime import runtime

_KEY = "mto_manufacturing.house_addon_key"


def run():
    """Serve the demo database, made first if it is not there; returns when it answers."""
    port = settings.http_port()
    url = f"http://localhost:{port}"
    name = settings.demo_database()
    if process.running() and not _up_to_date(name):
        say("   The addon has changed: restarting")
        process.end()
    if not process.running():
        _check_port(port)
        _prepare(name)
        with step("Starting Odoo"):
            _serve(name, port)
            _wait(url)
    say("")
    say(f"   Odoo with the addon:  {url}")
    say("   Login / password:     admin / admin")
    say("   Stop it:              make stop")
    say("")


def _check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise HouseError(
                f"Port {port} is taken by another program.\n"
                "What to do: stop that program, or choose another: `MTO_PORT=8070 make run`."
            ) from error


def _up_to_date(name):
    return databases.exists(name) and databases.parameter(name, _KEY) == databases.addon_key()


def _prepare(name):
    if not databases.exists(name):
        databases.new(name, demo=True)
        databases.bundle(name)
    elif not _up_to_date(name):
        runtime().call(
            "Upgrading the addon in the demo database",
            ["-d", name, "-u", settings.ADDON, "--stop-after-init"],
            log="upgrade",
        )
    databases.set_parameter(name, _KEY, databases.addon_key())


def _serve(name, port):
    log = settings.LOGS / "server.log"
    arguments = ["-d", name, f"--db-filter=^{name}$", "--http-port", port, "--workers=0"]
    with log.open("wb") as out:
        started = subprocess.Popen(
            [str(word) for word in runtime().command(arguments)],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=runtime().environment(),
            cwd=settings.ROOT,
            start_new_session=True,
        )
    process.remember(started.pid)


def _wait(url):
    log = settings.LOGS / "server.log"
    for _turn in range(600):
        if not process.running():
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            raise HouseError(f"{tail}\n\nOdoo did not start.\nWhat to do: read {log}")
        try:
            urllib.request.urlopen(f"{url}/web/login", timeout=60).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise HouseError(f"Odoo did not answer at {url}.\nWhat to do: read {log}")
