"""A pytest plugin that runs Odoo's own test files as Odoo's own runner would choose them.

Loaded by ``core_suites`` inside the process that tests; it imports nothing of the house.
Each test's outcome goes into a file, a JSON object a line, so that a run that dies leaves
what it had.
"""

import json

_RANK = ("passed", "skipped", "failed")


def pytest_addoption(parser):
    parser.addoption("--core-results", help="the file that gets the outcomes")


def pytest_configure(config):
    path = config.getoption("--core-results")
    if path:
        config.pluginmanager.register(_Recorder(path))


def pytest_collection_modifyitems(config, items):
    """Keep what Odoo's loader runs: a class in its own module, its own methods only.

    pytest would also collect classes that a module imports, and inherited tests.
    """
    kept = [item for item in items if _is_run_by_odoo(item)]
    dropped = [item for item in items if not _is_run_by_odoo(item)]
    items[:] = kept
    if dropped:
        config.hook.pytest_deselected(items=dropped)


def _is_run_by_odoo(item):
    cls = item.cls
    if cls is None or cls.__module__ != item.module.__name__:
        return False
    inherits = getattr(cls, "allow_inherited_tests_method", False)
    own = inherits or item.originalname in cls.__dict__
    return own and "standard" in getattr(cls, "test_tags", ("standard",))


class _Recorder:
    """Writes down how each test ended, the worst of its phases and subtests."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")
        self.worst = {}

    def pytest_runtest_logreport(self, report):
        rank = _RANK.index(report.outcome)
        if rank >= self.worst.get(report.nodeid, (0, ""))[0]:
            self.worst[report.nodeid] = rank, _reason(report)

    def pytest_runtest_logfinish(self, nodeid):
        rank, reason = self.worst.pop(nodeid, (0, ""))
        self._write(id=nodeid, outcome=_RANK[rank], reason=reason)

    def pytest_sessionfinish(self, exitstatus):
        self._write(exitstatus=int(exitstatus))
        self.file.close()

    def _write(self, **line):
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()


def _reason(report):
    """One line on why a test failed or was skipped."""
    if report.passed:
        return ""
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    words = crash.message if crash else str(report.longrepr)
    return " ".join(words.split())[:300]
