"""The page for the Apps list promises nothing that the readme does not tell.

Whether two texts mean the same no program can say. But a feature comes with words of its own,
and a claim with a figure: a word that the readme never uses, a number that is not there or a
picture that is missing is where the page says more.
"""

import re
from html.parser import HTMLParser

from . import settings

PAGE = f"{settings.ADDON}/static/description/index.html"
#: Shorter words join others; of longer ones this much is compared, so that "planned" is "plan".
_SHORTEST, _STEM = 5, 4
_WORD = re.compile(r"[a-z]+|\d+")


class _Page(HTMLParser):
    """What a page says, and the pictures that it shows; (line, ...) each."""

    def __init__(self):
        super().__init__()
        self.texts, self.pictures = [], []

    def handle_data(self, data):
        self.texts.append((self.getpos()[0], data))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.texts.append((self.getpos()[0], attributes.get("alt") or ""))
        if tag == "img":
            self.pictures.append((self.getpos()[0], attributes.get("src", "")))


def check():
    """What the page says and the readme does not, as "path:line: ..."."""
    page = _Page()
    page.feed((settings.ROOT / PAGE).read_text())
    known = set(_stems(_read_readme()))
    folder = (settings.ROOT / PAGE).parent
    for line, name in page.pictures:
        if not (folder / name).is_file():
            yield f"{PAGE}:{line}: there is no picture {name}"
    for line, word in _iterate_words(page):
        if not known.issuperset(_stems(word)):
            yield f"{PAGE}:{line}: the readme says nothing of {word!r}"


def _iterate_words(page):
    for first, text in page.texts:
        for offset, part in enumerate(text.splitlines()):
            for word in _WORD.findall(part.lower()):
                yield first + offset, word


def _read_readme():
    fragments = sorted((settings.ROOT / settings.ADDON / "readme").glob("*.md"))
    return "\n".join(path.read_text() for path in [settings.ROOT / "README.md", *fragments])


def _stems(text):
    """The words that tell something, as far as they are compared; numbers as they are."""
    for word in _WORD.findall(text.lower()):
        if word.isdigit():
            yield word
        elif len(word) >= _SHORTEST:
            yield word[:_STEM]
