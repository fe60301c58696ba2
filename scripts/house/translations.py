"""``make pot``: the template of what can be translated, and the languages brought up to it.

Odoo reads the strings out of a fresh database with the addon. Dates are left out of the
headers, so a run that finds nothing new changes nothing.
"""

import os
import tempfile
from pathlib import Path

import polib

from . import databases, settings
from .console import HouseError, say
from .odoo_runtime import runtime

_FOLDER = settings.ROOT / settings.ADDON / "i18n"
_TITLE = f"Translation of the Odoo addon {settings.ADDON}."
_PLURAL_FORMS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
}


def run(check=False):
    """Write the template and the languages; with ``check`` only say what would change.

    :raise HouseError: with ``check``, when the files do not tell what the addon says
    """
    template = _export()
    files = {_FOLDER / f"{settings.ADDON}.pot": template}
    for language in settings.LANGUAGES:
        path = _FOLDER / f"{language}.po"
        files[path] = merge(template, _read(path), language)
    changed = [path for path, new in files.items() if _differs(path, new)]
    for path, new in files.items():
        _tell(path, _read(path), new)
    if check and changed:
        raise HouseError(
            "Not as the addon is now: " + ", ".join(path.name for path in changed) + ".\n"
            f"What to do: `make pot`, then translate what is empty in {settings.ADDON}/i18n."
        )
    _FOLDER.mkdir(exist_ok=True)
    for path in () if check else changed:
        files[path].save(str(path), newline="\n")


def _export():
    """The template as the addon's code, views and data are now."""
    name = databases.new(f"mto_pot_{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{settings.ADDON}.pot")
            words = ["export", "-d", name, "-o", path, settings.ADDON]
            runtime().call("Reading the strings", ["i18n", *words], log="pot")
            template = polib.pofile(str(path))
    finally:
        databases.drop(name)
    template.header = _TITLE
    template.metadata = _metadata()
    template.metadata_is_fuzzy = False
    return template


def _metadata(language=""):
    """A header without dates and names, which would differ from run to run."""
    said = {"Language": language, "Plural-Forms": _PLURAL_FORMS.get(language)}
    return {
        "Project-Id-Version": f"Odoo 19.0, {settings.ADDON}",
        **{key: value for key, value in said.items() if value},
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }


def merge(template, old, language):
    """A language's file with the strings of the template and the translations of ``old``.

    A translation whose string is gone stays as an obsolete entry, at the end of the file,
    and counts again when the string comes back.
    """
    merged = polib.POFile()
    merged.header = _TITLE
    merged.metadata = _metadata(language)
    known = {(entry.msgctxt, entry.msgid): entry for entry in old}
    for entry in template:
        before = known.pop((entry.msgctxt, entry.msgid), None)
        merged.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgstr=before.msgstr if before else "",
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=before.flags if before else [],
                tcomment=before.tcomment if before else "",
            )
        )
    for entry in known.values():
        if entry.msgstr:
            entry.obsolete = True
            merged.append(entry)
    return merged


def _read(path):
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def _differs(path, new):
    return not path.exists() or path.read_text(encoding="utf-8") != str(new)


def _tell(path, old, new):
    """Say which strings are new, gone and still to be translated."""
    before, now = ({entry.msgid for entry in file if not entry.obsolete} for file in (old, new))
    say(f"   {path.name}: {len(now)} strings")
    if path.suffix == ".pot":
        for sign, strings in (("+", now - before), ("-", before - now)):
            for string in sorted(strings):
                say(f"   {sign} {string!r}")
        return
    for entry in new.untranslated_entries():
        say(f"   to translate: {entry.msgid!r}")
