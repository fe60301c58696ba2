"""The browser of the tests; without one Odoo would skip them without a word."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from . import settings
from .console import HouseError, locked, run_logged

#: What Odoo's own tests look for; ``CHROMIUM`` names another.
_NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
#: A browser without a font draws nothing, and reports want wkhtmltopdf.
_PACKAGES = ("chromium", "fonts-dejavu-core", "wkhtmltopdf")
_HINT = "install Debian's packages " + ", ".join(_PACKAGES) + " by hand and try again."


def environment():
    """The variables with which Odoo's HttpCase and Playwright take the same browser.

    Odoo tries ``google-chrome`` first, so that is what our launcher is called.
    """
    with locked("browser"):
        browser = _require()
        launcher = _launcher(browser)
    path = os.pathsep.join([str(launcher.parent), os.environ.get("PATH", os.defpath)])
    return {"CHROMIUM": browser, "PATH": path}


def _launcher(browser):
    folder = settings.CACHE / f"browser-{settings.digest(browser, length=6)}"
    launcher = folder / "google-chrome"
    if not launcher.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"draft-{os.getpid()}"
        draft.write_text(f'#!/bin/sh\nexec {shlex.quote(browser)} "$@"\n')
        draft.chmod(0o755)
        draft.replace(launcher)
    return launcher


def _require():
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        if not os.access(wanted, os.X_OK):
            raise HouseError(
                f"CHROMIUM={wanted} is not a program.\n"
                "What to do: name the browser's program, or unset CHROMIUM."
            )
        return str(Path(wanted).absolute())
    found = _find() or _install()
    if not found:
        raise HouseError(
            "The browser tests need Chromium, and it is not here.\n"
            f"What to do: as root, `apt-get install {' '.join(_PACKAGES)}`, or set CHROMIUM"
            " to the program of a Chromium or Chrome."
        )
    return found


def _find():
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _install():
    root = _as_root()
    if root is None or not shutil.which("apt-get"):
        return None
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    install = ["install", "-y", "--no-install-recommends", *_PACKAGES]
    run_logged("Reading the package lists", [*root, *quiet, "update"], log="apt", hint=_HINT)
    run_logged("Installing Chromium", [*root, *quiet, *install], log="chromium", hint=_HINT)
    return _find()


def _as_root():
    """What to put before a command to run it as root; None if that cannot be."""
    if settings.AS_ROOT:
        return []
    able = (
        shutil.which("sudo")
        and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode
    )
    return ["sudo", "-n"] if able else None
