"""Odoo's server, started for the tests on a free port."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Server(NamedTuple):
    """A server that answers: where, and its process."""

    address: str
    process: subprocess.Popen


@contextmanager
def serve(database, log, *arguments):
    """A server on a database, with more arguments of Odoo's; stopped when it is over."""
    port = find_port()
    command = [ROOT / "scripts" / "odoo", "-d", database, f"--db-filter=^{database}$"]
    command += ["--http-interface=127.0.0.1", f"--http-port={port}", "--max-cron-threads=0"]
    command += arguments
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/web/health", process, log)
        yield Server(address, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def read_faults(log):
    """The errors in a server's log, but for those after which Odoo tries again by itself."""
    lines = log.read_text(errors="replace").splitlines()
    faults = []
    for number, line in enumerate(lines):
        if " ERROR " in line:
            after = " ".join(lines[number : number + 6])
            retried = "bad query" in line and "could not serialize access" in after
            if not retried:
                faults.append(line)
    return faults


def find_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(address, process, log):
    for _turn in range(600):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=60).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
    pytest.fail(f"The server did not start:\n{tail}")
