"""The virtual environment that Odoo runs in."""

import shutil
import subprocess
import sys

from . import settings
from .console import HouseError, clean_environment, locked, run_logged
from .odoo_source import Apt, unpack

_SOURCES = ("requirements.txt", "requirements-dev.txt")


def venv_path():
    key = settings.digest(
        sys.version, sys.base_prefix, *(settings.ROOT / name for name in _SOURCES)
    )
    return settings.CACHE / f"venv-{settings.python_tag()}-{key}"


def get_python():
    """The virtual environment's Python, built first if it is not here yet."""
    venv = venv_path()
    if not (venv / ".complete").exists():
        _check_version()
        with locked("python"):
            _build(venv)
    return venv / "bin/python"


def _build(venv):
    if (venv / ".complete").exists():
        return  # by another process, while this one waited
    shutil.rmtree(venv, ignore_errors=True)
    _create(venv)
    _fill(venv)
    (venv / ".complete").touch()


def _check_version():
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise HouseError(
            f"Odoo 19 runs on Python 3.10 to 3.13; this is {settings.python_tag()}.\n"
            "What to do: put one of those first in PATH, or name it: `make PYTHON=... run`."
        )


def _create(venv):
    venv.parent.mkdir(parents=True, exist_ok=True)
    base = [sys.executable, "-m", "venv"]
    done = subprocess.run([*base, str(venv)], capture_output=True, text=True)
    if done.returncode == 0:
        return
    # Debian keeps pip out of python3 (package python3-venv): bring its wheel instead.
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([*base, "--without-pip", str(venv)], check=True)
    apt = Apt(settings.CACHE / "apt-pip")
    apt.update()
    files = apt.fetch(["python3-pip-whl/bookworm"], "Downloading pip")
    bundle = apt.folder / "unpacked"
    bundle.mkdir(exist_ok=True)
    for file in files:
        unpack(file, bundle)
    wheel = next((bundle / "usr/share/python-wheels").glob("pip-*.whl"))
    run_logged(
        "Installing pip",
        [venv / "bin/python", wheel / "pip", "install", "--no-index", wheel],
        log="pip-bootstrap",
        hint="install Debian's package python3-venv as root and try again.",
    )
    shutil.rmtree(apt.folder, ignore_errors=True)


def _fill(venv):
    python = venv / "bin/python"
    env = clean_environment(PIP_DISABLE_PIP_VERSION_CHECK="1")
    lists = []
    for name in _SOURCES:
        lists += ["-r", settings.ROOT / name]
    hint = (
        "check the network (PyPI must be reachable); a compiler error means that this"
        " Python has no ready-made package: install gcc and python3-dev, or use 3.11."
    )
    pip = [python, "-m", "pip", "install", "-q", *lists]
    try:
        run_logged(
            "Installing the package installer",
            [python, "-m", "pip", "install", "-q", "uv==0.13.9"],
            log="pip-uv",
            hint=hint,
            env=env,
        )
        quick = [venv / "bin/uv", "pip", "install", "--python", python, *lists]
        run_logged("Installing Odoo's Python packages", quick, log="uv", hint=hint, env=env)
    except HouseError:
        # uv knows neither pip's mirrors nor its certificates: pip itself may get through.
        run_logged(
            "Installing Odoo's Python packages with pip", pip, log="pip", hint=hint, env=env
        )
