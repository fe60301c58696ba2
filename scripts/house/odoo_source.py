"""Odoo 19 itself: a source tree of the user's (``ODOO_HOME``) or Debian's package."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import settings
from .console import HouseError, output_of, run_logged, say, step

OWN_TREE = "or set ODOO_HOME to an Odoo 19 source tree and run the same command again."
_EXCLUDED = (
    "./usr/lib/python3/dist-packages/addons",
    "./usr/lib/python3/dist-packages/doc",
    "./usr/share/doc",
)


@dataclass(frozen=True)
class Odoo:
    """Where Odoo is: its start script, what goes on PYTHONPATH, its addons, its version."""

    script: Path
    python_path: Path
    addons: tuple
    version: str


def get_odoo():
    """Find Odoo, fetching it first if it is not here yet."""
    home = os.environ.get("ODOO_HOME")
    return _from_home(Path(home).resolve()) if home else _from_package()


def _from_home(home):
    script = home / "odoo-bin"
    if not script.exists():
        raise HouseError(
            f"ODOO_HOME={home} has no odoo-bin.\n"
            "What to do: point ODOO_HOME at an Odoo 19 source tree, or unset it."
        )
    addons = tuple(path for path in (home / "addons", home / "odoo/addons") if path.is_dir())
    release = settings.digest(home, home / "odoo/release.py")
    return Odoo(script, home, addons, f"home-{release}")


def _from_package():
    prefix = settings.CACHE / f"odoo-{settings.ODOO_VERSION}"
    if not (prefix / ".complete").exists():
        prefix = _install(prefix)
    packages = prefix / "usr/lib/python3/dist-packages"
    version = (prefix / ".complete").read_text().strip()
    return Odoo(prefix / "usr/bin/odoo", packages, (packages / "odoo/addons",), version)


def _install(prefix):
    for tool in ("apt-get", "dpkg-deb", "tar"):
        if not shutil.which(tool):
            raise HouseError(
                f"`{tool}` is missing, so Debian's Odoo package cannot be fetched here.\n"
                f"What to do: run this on Debian or Ubuntu, {OWN_TREE}"
            )
    apt = Apt(settings.CACHE / "apt")
    apt.update()
    files, version = apt.fetch_odoo()
    building = prefix.with_name(prefix.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with step(f"Unpacking Odoo {version}"):
        for file in files:
            unpack(file, building)
        _complete(building, version)
    shutil.rmtree(prefix, ignore_errors=True)
    building.rename(prefix)
    shutil.rmtree(apt.folder, ignore_errors=True)
    return prefix


def unpack(package, into):
    """Unpack a Debian package's files; of its translations only those we test."""
    po_files = [f"--exclude=*/i18n/{letter}*.po" for letter in "abcghijklmnopqrstuvwxyz"]
    # "d", "e" and "f" start the languages kept below, so they are told apart by name.
    others = [f"--exclude=*/i18n/{name}.po" for name in ("da", "el", "et", "eu", "fa", "fi")]
    keep_out = [f"--exclude={path}" for path in _EXCLUDED] + po_files + others
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE)
    done = subprocess.run(
        ["tar", "-x", "-C", str(into), "--no-same-owner", *keep_out], stdin=reader.stdout
    )
    reader.stdout.close()
    if reader.wait() or done.returncode:
        raise HouseError(f"{package} could not be unpacked (is the disk full?).")


def _complete(prefix, version):
    """Mend what the package lacks, check its links, mark the tree as whole."""
    lib = prefix / "usr/lib/python3/dist-packages/odoo/addons/mail/static/lib"
    camera = lib / "selfie_segmentation/selfie_segmentation.js"
    if not camera.exists():
        # Only the background blur of calls needs it, but every page complains without.
        camera.parent.mkdir(parents=True, exist_ok=True)
        camera.write_text("/* not packaged: background blur is not available */\n")
    dangling = [path for path in prefix.rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        raise HouseError(
            "Odoo's package links to files that no fetched package has:\n"
            + "\n".join(f"  {path}" for path in dangling[:10])
            + f"\nWhat to do: report it, {OWN_TREE}"
        )
    (prefix / ".complete").write_text(version)


class Apt:
    """An apt state of the project's own; the system's is read, never touched."""

    def __init__(self, folder):
        self.folder = folder
        self.options = [
            f"-oDir::Etc::sourcelist={os.devnull}",
            f"-oDir::Etc::sourceparts={folder / 'parts'}",
            f"-oDir::State::Lists={folder / 'lists'}",
            f"-oDir::Cache={folder / 'cache'}",
            "-oAPT::Sandbox::User=",
        ]

    def update(self):
        for name in ("parts", "lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "parts/house.sources").write_text(
            "Types: deb\n"
            f"URIs: {self._mirror()}\n"
            "Suites: sid bookworm\n"
            "Components: main\n"
            "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        )
        run_logged(
            "Reading Debian's package lists",
            ["apt-get", *self.options, "update"],
            log="apt-update",
            hint=f"check the network and the machine's Debian mirror, {OWN_TREE}",
        )

    def _mirror(self):
        """The Debian mirror that this machine already uses."""
        listing = output_of(
            ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        )
        mirrors = [line for line in listing.splitlines() if "security" not in line]
        if not mirrors:
            raise HouseError(
                "This machine's apt has no package source.\n"
                f"What to do: as root, add one and run `apt-get update`, {OWN_TREE}"
            )
        return mirrors[0]

    def fetch(self, packages, label):
        """Download packages (``name``, ``name=version`` or ``name/suite``); their files."""
        archives = self.folder / "cache/archives"
        run_logged(
            label,
            ["apt-get", *self.options, "-q", "download", *packages],
            log="apt-download",
            hint=f"check the network, then run the same command again, {OWN_TREE}",
            cwd=archives,
        )
        return sorted(archives.glob("*.deb"))

    def _candidate(self, package):
        policy = output_of(["apt-cache", *self.options, "madison", package])
        return policy.split("|")[1].strip() if "|" in policy else None

    def fetch_odoo(self):
        found = self._candidate(settings.ODOO_PACKAGE)
        if not found:
            raise HouseError(
                f"The Debian mirror has no {settings.ODOO_PACKAGE}.\n"
                f"What to do: use a mirror that carries the suite sid, {OWN_TREE}"
            )
        if found != settings.ODOO_VERSION:
            say("!" * 78)
            say(f"!! Debian now has Odoo {found}; this project is tested with")
            say(f"!! {settings.ODOO_VERSION}. Going on with {found}: expect differences.")
            say("!" * 78)
        names = [f"{settings.ODOO_PACKAGE}={found}"]
        names += [f"{name}/{suite}" for name, suite in settings.ODOO_COMPANIONS]
        files = self.fetch(names, "Downloading Odoo (about 130 MB)")
        if found == settings.ODOO_VERSION:
            (package,) = (file for file in files if file.name.startswith("odoo-19_"))
            if hashlib.sha256(package.read_bytes()).hexdigest() != settings.ODOO_SHA256:
                raise HouseError(
                    "The downloaded Odoo package has not the checksum it should have.\n"
                    f"What to do: use another Debian mirror, {OWN_TREE}"
                )
        return files, found
