"""The rules of this project that no linter knows: sizes, imports, deliberate bugs, store page."""

import ast
import io
import sys
import tokenize
from pathlib import Path

from . import settings, store_page
from .linting import sources

try:
    import tomllib
except ImportError:  # Python 3.10, for which the lists of bugs are not checked
    tomllib = None

_FILE_LINES = 400
_METHOD_LINES = 40
_MEASURED = (".py", ".js", ".scss")
#: Folders of XML files that are code; data and demonstration data may be long.
_XML_CODE = {"views", "static", "wizards", "report", "templates"}


def main():
    findings = [*store_page.check(), *_stale_bugs()]
    for path in sources():
        text = _text(path)
        if _is_measured(path) and text.count("\n") > _FILE_LINES:
            lines = text.count("\n")
            findings.append(f"{path}:1: {lines} lines; a file has at most {_FILE_LINES}")
        if path.suffix == ".py":
            tree = ast.parse(text, str(path))
            findings += _long_functions(path, text, tree)
            if path.is_relative_to(f"{settings.ADDON}/planner"):
                findings += _foreign_imports(path, tree)
    print("\n".join(findings))
    sys.exit(bool(findings))


def _is_measured(path):
    return path.suffix in _MEASURED or (
        path.suffix == ".xml" and bool(_XML_CODE & set(path.parts))
    )


def _text(path):
    return (settings.ROOT / path).read_text(encoding="utf-8", errors="replace")


def _long_functions(path, text, tree):
    """Functions whose code is too long: docstrings, comments and blank lines are free."""
    coded = _lines_with_code(text)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        lines = coded & set(range(node.lineno, node.end_lineno + 1))
        if ast.get_docstring(node, clean=False) is not None:
            said = node.body[0]
            lines -= set(range(said.lineno, said.end_lineno + 1))
        if len(lines) >= _METHOD_LINES:
            yield (
                f"{path}:{node.lineno}: {node.name} has {len(lines)} lines of code;"
                f" fewer than {_METHOD_LINES} are allowed"
            )


def _lines_with_code(text):
    silent = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines


def _foreign_imports(path, tree):
    """Imports of the planner that are neither the standard library's nor its own."""
    depth = len(Path(path).relative_to(f"{settings.ADDON}/planner").parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        elif isinstance(node, ast.ImportFrom) and node.level > depth:
            yield f"{path}:{node.lineno}: the planner imports nothing from around it"
            continue
        else:
            continue
        for name in names:
            if name.partition(".")[0] not in sys.stdlib_module_names:
                yield f"{path}:{node.lineno}: the planner imports no `{name}`"


def _stale_bugs():
    """Deliberate bugs of ``scripts/mutants`` that no longer fit the code."""
    for path in sorted(settings.ROOT.glob("tests/mutants/*.toml")) if tomllib else ():
        found, place = tomllib.loads(path.read_text()), path.relative_to(settings.ROOT)
        edits = [
            (bug["name"], edit) for bug in found["mutant"] for edit in (bug, *bug.get("also", ()))
        ]
        for name, edit in edits:
            if _text(Path(found["folder"], edit["file"])).count(edit["old"]) != 1:
                yield f"{place}:1: {name!r} does not fit {edit['file']}"


if __name__ == "__main__":
    main()
