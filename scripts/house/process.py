"""The Odoo server that ``make run`` leaves in the background."""

import os
import signal
import time

from . import settings

_PID = settings.STATE / "server.pid"


def remember(pid):
    _PID.write_text(str(pid))


def running():
    """The server's process id, or None."""
    try:
        pid = int(_PID.read_text())
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = file.read()
    except (OSError, ValueError):
        return None
    return pid if b"odoo" in command else None


def end():
    """End the server: kindly first."""
    pid = running()
    if pid:
        os.kill(pid, signal.SIGTERM)
        for _turn in range(100):
            if not running():
                break
            time.sleep(0.1)
        else:
            os.kill(pid, signal.SIGKILL)
    _PID.unlink(missing_ok=True)
