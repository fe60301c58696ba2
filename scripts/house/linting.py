"""``make lint`` and ``make format``: every check of the sources, with pinned tools.

The tools live in the cache folder, each set under a hash of the file that pins it, so a
changed pin makes a new set and nothing is left over in the checkout.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import python_env, settings
from .console import HouseError, clean_environment, run_logged, say

_PYTHON_PINS = settings.ROOT / "requirements-lint.txt"
_NODE_PINS = settings.ROOT / "package.json"
_NODE_NEEDED = (18, 18)
_FORMATTED = (".xml", ".js", ".mjs", ".scss", ".css", ".json", ".yml", ".yaml")
_NODE_MISSING = (
    "JavaScript and XML are checked with Node.js {needed} or later and npm; {found}.\n"
    "What to do: install them (Debian and Ubuntu, as root: `apt-get install nodejs npm`),"
    " or leave those checks out: `make lint ARGS='ruff ruff-format rules pylint odoo"
    " translations compose'`."
)


class Tools:
    """Where the pinned tools are; installed when a check first asks for them."""

    def __init__(self):
        self._python = None
        self._node = None

    def python(self, name):
        """The path of a Python linter."""
        if not self._python:
            self._python = _install_python()
        return self._python / "bin" / name

    def node(self, script):
        """The command that runs a script of a Node package."""
        return [self._node_command(), self.modules / script]

    @property
    def modules(self):
        """The folder ``node_modules``."""
        self._node_command()
        return self._node / "node_modules"

    def _node_command(self):
        command = shutil.which("node") or shutil.which("nodejs")
        if not self._node:
            self._node = _install_node(command)
        return command


def _install_python():
    key = settings.digest(sys.version, sys.base_prefix, _PYTHON_PINS)
    venv = settings.CACHE / f"lint-{settings.python_tag()}-{key}"
    if not (venv / ".complete").exists():
        shutil.rmtree(venv, ignore_errors=True)
        python_env._create(venv)
        run_logged(
            "Installing the Python linters",
            [venv / "bin/python", "-m", "pip", "install", "-q", "-r", _PYTHON_PINS],
            log="pip-lint",
            hint="check the network (PyPI must be reachable) and run the same again.",
            env=clean_environment(PIP_DISABLE_PIP_VERSION_CHECK="1"),
        )
        (venv / ".complete").touch()
    return venv


def _install_node(command):
    version = _node_version(command)
    folder = settings.CACHE / f"node-{settings.digest(version, _NODE_PINS)}"
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(_NODE_PINS, folder)
        quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        run_logged(
            "Installing the linters of JavaScript and XML",
            [shutil.which("npm"), "install", "--loglevel=error", *quiet],
            log="npm",
            hint="check the network (npm's registry must be reachable) and run the same again.",
            cwd=folder,
        )
        (folder / ".complete").touch()
    return folder


def _node_version(command):
    needed = ".".join(map(str, _NODE_NEEDED))
    if not command or not shutil.which("npm"):
        found = "node is not here" if not command else "npm is not here"
        raise HouseError(_NODE_MISSING.format(needed=needed, found=found))
    done = subprocess.run([command, "--version"], capture_output=True, text=True)
    version = done.stdout.strip()
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    if numbers < _NODE_NEEDED:
        found = f"this is {version or 'broken'}"
        raise HouseError(_NODE_MISSING.format(needed=needed, found=found))
    return version


def sources():
    """Every file of the project that git knows or would add, relative to the root."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(
            listing, cwd=settings.ROOT, capture_output=True, text=True, check=True
        )
        names = [Path(name) for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        names = [path.relative_to(settings.ROOT) for path in settings.ROOT.rglob("*")]
    hidden = {"__pycache__", "node_modules", ".git"}
    return sorted(
        name for name in names if (settings.ROOT / name).is_file() and not hidden & set(name.parts)
    )


def _having(*suffixes, under=""):
    return [
        path for path in sources() if path.suffix in suffixes and path.as_posix().startswith(under)
    ]


def _ruff(tools, fix):
    return [[tools.python("ruff"), "check", *(["--fix"] if fix else []), "."]]


def _ruff_format(tools, fix):
    return [[tools.python("ruff"), "format", *([] if fix else ["--check", "-q"]), "."]]


def _rules(_tools, _fix):
    return [[sys.executable, "-m", "house.rules"]]


def _pylint(tools, fix):
    addon = _having(".py", under=f"{settings.ADDON}/")
    other = [path for path in _having(".py") if path not in addon]
    calls = [[tools.python("pylint"), settings.ADDON]] if addon else []
    if other:  # no models there, and what talks to a terminal may print
        models_only = "--disable=print-used,method-required-super"
        calls.append([tools.python("pylint"), models_only, *other])
    return [] if fix else calls


def _odoo(tools, fix):
    mend = ["--fix"] if fix else []
    return [
        [tools.python("oca-checks-odoo-module"), *mend, settings.ADDON],
        [tools.python("oca-checks-odoo-module-fixit"), *mend, settings.ADDON],
    ]


def _translations(tools, fix):
    files = _having(".po", ".pot")
    return [[tools.python("oca-checks-po"), *files]] if files and not fix else []


def _prettier(tools, fix):
    plugin = tools.modules / "@prettier/plugin-xml/src/plugin.js"
    mode = "--write" if fix else "--check"
    command = tools.node("prettier/bin/prettier.cjs")
    files = _having(*_FORMATTED)
    return [[*command, f"--plugin={plugin}", "--log-level=warn", mode, *files]]


def _eslint(tools, fix):
    command = tools.node("eslint/bin/eslint.js")
    files = _having(".js", ".mjs")
    return [[*command, *(["--fix"] if fix else []), "--max-warnings=0", *files]]


def _compose(tools, fix):
    schema = ["--builtin-schema", "vendor.compose-spec"]
    return [] if fix else [[tools.python("check-jsonschema"), *schema, "docker-compose.yml"]]


def _shell(_tools, fix):
    shells = [path for path in sources() if _is_shell(settings.ROOT / path)]
    return [] if fix else [["bash", "-n", path] for path in shells]


def _is_shell(path):
    with path.open("rb") as file:
        return bool(re.match(rb"#!.*\b(ba)?sh\b", file.readline(80)))


_CHECKS = {
    "ruff": _ruff,
    "ruff-format": _ruff_format,
    "rules": _rules,
    "pylint": _pylint,
    "odoo": _odoo,
    "translations": _translations,
    "prettier": _prettier,
    "eslint": _eslint,
    "compose": _compose,
    "shell": _shell,
}


def check(name, tools, fix=False):
    """Run one check; True if it found nothing."""
    started = time.monotonic()
    env = clean_environment(PYTHONPATH=str(settings.ROOT / "scripts"))
    calls = _CHECKS[name](tools, fix)
    if any("node_modules" in str(word) for call in calls for word in call):
        env["NODE_PATH"] = str(tools.modules)
    codes = [
        subprocess.run([str(word) for word in call], cwd=settings.ROOT, env=env).returncode
        for call in calls
    ]
    verdict = "FAILED" if any(codes) else "ok"
    say(f"   {name:<13} {verdict} ({time.monotonic() - started:.1f} s)")
    return not any(codes)


def main():
    parser = argparse.ArgumentParser(prog="lint", description=__doc__.splitlines()[0])
    parser.add_argument("checks", nargs="*", metavar="check", help=", ".join(_CHECKS))
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    options = parser.parse_args()
    unknown = set(options.checks) - set(_CHECKS)
    if unknown:
        parser.error(f"no such check: {', '.join(unknown)} (there are {', '.join(_CHECKS)})")
    tools = Tools()
    failed = []
    for name in options.checks or _CHECKS:
        try:
            passed = check(name, tools, options.fix)
        except HouseError as error:
            print(f"\n{error}", file=sys.stderr)
            passed = False
        if not passed:
            failed.append(name)
    if failed:
        again = f"make lint ARGS='{' '.join(failed)}'"
        say(f"\nFindings in: {', '.join(failed)}. `make format` mends a part; then `{again}`.")
        sys.exit(1)
    say("\nEvery check passed.")


if __name__ == "__main__":
    os.chdir(settings.ROOT)
    main()
