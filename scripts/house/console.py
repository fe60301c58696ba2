"""Telling the person at the terminal what is under way, and what to do when it fails."""

import fcntl
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from . import settings


class HouseError(Exception):
    """A step failed; the message says what and what to do about it."""


def say(text):
    print(text, flush=True)


@contextmanager
def locked(name):
    """One process, and one thread of it, at a time; the others wait."""
    settings.STATE.mkdir(parents=True, exist_ok=True)
    with (settings.STATE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def step(label):
    """Announce a step and say how long it took."""
    started = time.monotonic()
    say(f"-> {label} ...")
    yield
    say(f"   {label}: {time.monotonic() - started:.0f} s")


def run_logged(label, command, *, log, hint, **popen):
    """Run a long command into a log file, showing that it is under way.

    Raises HouseError with the end of the log and ``hint`` when it fails.
    """
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    path = settings.LOGS / f"{log}.log"
    started = time.monotonic()
    say(f"-> {label} ...")
    with path.open("wb") as out:
        process = subprocess.Popen(
            [str(word) for word in command], stdout=out, stderr=subprocess.STDOUT, **popen
        )
        code = _wait(process, label, started)
    took = time.monotonic() - started
    if code:
        tail = path.read_text(errors="replace").splitlines()[-25:]
        raise HouseError(
            "\n".join(tail) + f"\n\n{label} failed (exit {code}, after {took:.0f} s).\n"
            f"What to do: {hint}\nThe whole log: {path}"
        )
    say(f"   {label}: {took:.0f} s")
    return path


def _wait(process, label, started):
    every = 2 if sys.stdout.isatty() else 20
    while True:
        try:
            code = process.wait(timeout=every)
        except subprocess.TimeoutExpired:
            took = time.monotonic() - started
            if sys.stdout.isatty():
                print(f"\r   {label}: {took:.0f} s so far", end="", flush=True)
            else:
                say(f"   {label}: {took:.0f} s so far")
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        else:
            if sys.stdout.isatty():
                print("\r" + " " * 70 + "\r", end="")
            return code


def output_of(command, **kwargs):
    """The standard output of a short command; HouseError with its words if it fails."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **kwargs
    )
    if done.returncode:
        raise HouseError(
            f"`{' '.join(map(str, command))}` failed (exit {done.returncode}):\n"
            f"{done.stdout}{done.stderr}"
        )
    return done.stdout


def clean_environment(**extra):
    """This process's environment without what slows Python starts down."""
    env = dict(os.environ, **extra)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env
