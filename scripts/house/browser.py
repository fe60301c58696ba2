"""The browser that browser tests need; without one Odoo skips them and says nothing."""

import shutil

from . import settings
from .console import HouseError, run_logged

#: The programs that Odoo's own tests look for.
_PROGRAMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def require():
    """The browser's path; on Debian, as root, it is installed if it is missing."""
    found = _find()
    if not found and settings.AS_ROOT and shutil.which("apt-get"):
        hint = "install Debian's package chromium by hand and try again."
        for label, words in (
            ("Reading the package lists", ["update"]),
            ("Installing Chromium", ["install", "-y", "--no-install-recommends", "chromium"]),
        ):
            run_logged(label, ["apt-get", "-q", *words], log="chromium", hint=hint)
        found = _find()
    if not found:
        raise HouseError(
            "There is no Chromium, which the browser tests need.\n"
            "What to do: install Debian's package chromium (as root: `apt-get install"
            " chromium`), or Google Chrome."
        )
    return found


def _find():
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
