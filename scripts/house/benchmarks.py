"""``make bench``: the addon beside stock Odoo, on the same data, in one run."""

import json
import os
import subprocess
import sys

from . import databases, settings
from .console import HouseError, say, step
from .odoo_runtime import runtime


def _case(tree, steps, lines=1, to_order=True):
    return {"tree": tree, "steps": steps, "lines": lines, "to_order": to_order}


_ALL = ("plan", "edit", "write", "confirm", "chain", "change")
_TREE = ("plan", "confirm", "chain", "change")
#: By name: components below a product, level by level, and what is done with the order. 19,
#: 121, 341 and 1,000 nodes for one line, 300 for a hundred lines; and a hundred lines of goods
#: that are in stock.
CASES = {
    "19": _case([6, 2], _TREE),
    "121": _case([3, 3, 3, 3], _TREE),
    "341": _case([4, 4, 4, 4], _TREE),
    "1000": _case([9, 10, 10], ("plan", "confirm", "chain")),
    "lines": _case([2], _ALL, lines=100),
    "stock": _case([], ("edit", "write", "confirm", "change"), lines=100, to_order=False),
}
_PLANNER_ALONE = "planner"
_WARM_UP = _case([3, 2], _ALL, lines=2)
_SCENARIO = settings.ROOT / "benchmarks/scenario.py"
_PLANNER = settings.ROOT / "benchmarks/planner.py"


def run(arguments):
    """Measure both sides and print a table of ratios.

    :param arguments: names of cases; none: all of them
    """
    unknown = [name for name in arguments if name not in (*CASES, _PLANNER_ALONE)]
    if unknown:
        known = ", ".join((*CASES, _PLANNER_ALONE))
        raise HouseError(f"There is no case {', '.join(unknown)}. The cases: {known}")
    if not arguments or _PLANNER_ALONE in arguments:
        with step("Measuring the planner alone"):
            _tell_planner(_measure_planner())
    cases = {name: CASES[name] for name in arguments or CASES if name in CASES}
    if cases:
        _compare_sides(cases)


def _compare_sides(cases):
    sides = {}
    for addon, make in ((False, databases.new_without_addon), (True, databases.new)):
        name = f"mto_bench_{settings.digest(settings.ROOT, os.getpid(), length=6)}"
        make(name)
        try:
            with step("Measuring with the addon" if addon else "Measuring stock Odoo"):
                sides[addon] = _measure(name, list(cases.values()))
        finally:
            databases.drop(name)
    _tell(dict(zip(cases, zip(sides[False], sides[True], strict=True), strict=True)))


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


def _measure(name, cases):
    script = f"CASES = {[_WARM_UP, *cases]!r}\n{_SCENARIO.read_text()}\n"
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
    if done.returncode or len(lines) != len(cases):
        raise HouseError(f"{done.stdout[-2000:]}{done.stderr[-4000:]}\nThe benchmark failed.")
    return [json.loads(line) for line in lines]


def _tell(cases):
    """Print what was measured: {name: (stock Odoo's figures, ours)}."""
    say(f"\nSeconds / queries on {os.cpu_count()} cores, in this run; compare the ratios only.")
    say("plan:   stock Odoo's BoM overview of the same BoMs, and our plan of the quotation")
    say("edit:   another quantity on one line in the quotation's form; save: of that form")
    say("write:  the same by a program")
    say("chain:  stock Odoo's MO overview of the order's productions, and our plan of the order")
    say("change: 15 instead of 10 on one line of the confirmed order")
    say("processor: the ratio without the database's time")
    row = "{:>6} {:>6} {:8} {:>17} {:>17} {:>6} {:>9} {:>8} {:>13}"
    ratios = ("time", "processor", "queries", "queries/node")
    say(row.format("case", "nodes", "work", "stock Odoo", "addon", *ratios))
    for name, (before, after) in cases.items():
        for work, figures in before["works"].items():
            figures = _compare(figures, after["works"][work], before["nodes"])
            say(row.format(name, before["nodes"], work, *figures))
    for name, (before, after) in cases.items():
        same = before["documents"] == after["documents"]
        say(f"{name}, documents {'the same' if same else 'DIFFER'}:")
        say(f"   {before['documents']}" + ("" if same else f"\n   {after['documents']}"))


def _compare(old, new, nodes):
    """Both sides of one work, and the ratios."""
    yield from (f"{side['seconds']:.2f} / {side['queries']}" for side in (old, new))
    for name in ("seconds", "processor", "queries"):
        yield f"{new[name] / old[name]:.2f}" if old[name] else "-"
    yield f"{new['queries'] / nodes:.1f}"
