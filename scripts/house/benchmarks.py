"""``make bench``: the addon beside stock Odoo, on the same data, in one run."""

import json
import os
import subprocess
import sys

from . import databases, settings
from .console import HouseError, say, step
from .odoo_runtime import runtime


def _case(tree, lines=1, to_order=True, change=True):
    return {"tree": tree, "lines": lines, "to_order": to_order, "changed": change}


#: Components below a product, level by level, and lines of the order: 19, 121, 341 and 1,000
#: nodes for one line, 300 for a hundred; and a hundred lines that are only delivered.
CASES = (
    _case([6, 2]),
    _case([3, 3, 3, 3]),
    _case([4, 4, 4, 4]),
    _case([9, 10, 10], change=False),
    _case([2], lines=100),
    _case([], lines=100, to_order=False),
)
_SCENARIO = settings.ROOT / "benchmarks/scenario.py"
_PLANNER = settings.ROOT / "benchmarks/planner.py"


def run(_arguments):
    """Measure both sides and print a table of ratios."""
    with step("Measuring the planner alone"):
        planner = _measure_planner()
    sides = {}
    for addon, make in ((False, databases.new_without_addon), (True, databases.new)):
        name = f"mto_bench_{settings.digest(settings.ROOT, os.getpid(), length=6)}"
        make(name)
        try:
            with step("Measuring with the addon" if addon else "Measuring stock Odoo"):
                sides[addon] = _measure(name)
        finally:
            databases.drop(name)
    _tell_planner(planner)
    _tell(sides[False], sides[True])


def _measure_planner():
    done = subprocess.run(
        [sys.executable, str(_PLANNER), str(settings.ROOT / "mto_manufacturing")],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise HouseError(f"{done.stderr[-4000:]}\nThe benchmark of the planner failed.")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _tell_planner(sizes):
    say("\nThe planner alone, without Odoo: seconds of netting and of dates.")
    for size in sizes:
        per_thousand = 1000 * size["seconds"] / (size["nodes"] / 1000)
        say(
            f"{size['nodes']:>8} nodes {size['seconds']:>7.3f}  (netting {size['netting']:.3f}, "
            f"dates {size['dates']:.3f}), {per_thousand:.1f} ms for 1,000 nodes"
        )


def _measure(name):
    script = f"CASES = {CASES!r}\n{_SCENARIO.read_text()}\n"
    # Odoo's shell reads a script line by line, so the text goes in as one.
    done = subprocess.run(
        [
            str(word)
            for word in runtime().command(
                ["shell", "-d", name, "--no-http", "--log-level=error", "--max-cron-threads=0"]
            )
        ],
        input=f"exec({script!r}, globals())\n",
        env=runtime().environment(),
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
    )
    lines = [line[6:] for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if done.returncode or len(lines) != len(CASES):
        raise HouseError(f"{done.stdout[-2000:]}{done.stderr[-4000:]}\nThe benchmark failed.")
    return [json.loads(line) for line in lines]


def _tell(stock, ours):
    cores = os.cpu_count()
    say(f"\nSeconds / queries on {cores} cores, in this run; compare the ratios only.")
    say("plan: stock Odoo's BoM overview of the same BoMs, and our plan of the order.")
    say("change: 15 instead of 10 on one line. processor: the ratio without the database's time.")
    row = "{:>5} {:>6} {:8} {:>17} {:>17} {:>6} {:>9} {:>8} {:>13}"
    ratios = ("time", "processor", "queries", "queries/node")
    say(row.format("lines", "nodes", "work", "stock Odoo", "addon", *ratios))
    for before, after in zip(stock, ours, strict=True):
        for work in ("plan", "confirm", "change"):
            if work in before:
                figures = _compare(before[work], after[work], before["nodes"])
                say(row.format(before["lines"], before["nodes"], work, *figures))
    for before, after in zip(stock, ours, strict=True):
        same = before["documents"] == after["documents"]
        say(f"{before['nodes']} nodes, documents {'the same' if same else 'DIFFER'}:")
        say(f"   {before['documents']}" + ("" if same else f"\n   {after['documents']}"))


def _compare(old, new, nodes):
    """Both sides of one work, and the ratios."""
    yield from (f"{side['seconds']:.2f} / {side['queries']}" for side in (old, new))
    for name in ("seconds", "processor", "queries"):
        yield f"{new[name] / old[name]:.2f}" if old[name] else "-"
    yield f"{new['queries'] / nodes:.1f}"
