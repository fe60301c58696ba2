"""What core answered once while an order is planned and confirmed, so that it is asked once.

A confirmation asks core for the same rules and bills of materials again and again: to plan, to
procure, to date and to explode. A ``Memo`` travels in the context (``mto_memo``) from the
beginning of one such action to its end, and with it goes what cannot change meanwhile. It keeps
ids, never records: whoever asks gets them in an environment of their own.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields


class Memo:
    """Answers of core, by question; lives as long as one action."""

    def __init__(self):
        self._answers = defaultdict(dict)
        self._products = {}

    def table(self, *question):
        """The answers to one kind of question: a dict to read and to fill."""
        return self._answers[question]

    def expect(self, products):
        """Products that questions will come for: the answers for all are fetched together."""
        self._products.update(dict.fromkeys(products.ids))

    def with_expected(self, products, known):
        """The products, and with them the expected ones that a table has no answer for."""
        more = [id_ for id_ in self._products if id_ not in known]
        return products | products.browse(more)


@dataclass
class Shown:
    """What a person was shown while typing: the answer to a question, and from when it is.

    ``lines``: of each line what its plan has to do with the others, see ``mto.typed.plan``.
    """

    question: tuple = None
    answer: dict = None
    moment: datetime = datetime.min
    lines: dict = None

    def is_fresh(self):
        """Whether it is good enough to be shown again, and to be saved as it was shown."""
        return abs(fields.Datetime.now() - self.moment) < _FRESH


_FRESH = timedelta(minutes=1)
_MOST_SHOWN = 100
_shown = {}


def keep(key, question, answer, lines=None, moment=None):
    """Keep what a person is shown, in this process of the server; a Shown."""
    _shown.pop(key, None)
    _shown[key] = Shown(question, answer, moment or fields.Datetime.now(), lines)
    while len(_shown) > _MOST_SHOWN:
        _shown.pop(next(iter(_shown)), None)
    return _shown[key]


def recall(key):
    """What a person was shown last: a Shown, empty where another process has shown it."""
    return _shown.get(key) or Shown()


def get_memo(env):
    """The memo of the action under way, or None."""
    return env.context.get("mto_memo")


def remember(records):
    """The same records with a memo in their context, a new one where there is none."""
    return records if get_memo(records.env) else records.with_context(mto_memo=Memo())


def get_viewpoint(env):
    """What makes core's answer differ from one environment to another."""
    context = env.context
    allowed = tuple(context.get("allowed_company_ids") or ())
    own = (context.get("active_test", True), context.get("company_id"))
    return (env.su or env.uid, allowed, *own)


def with_orderpoints(moves):
    """The moves whose product has a reordering rule somewhere; all of them without a memo."""
    memo = get_memo(moves.env)
    if memo is None:
        return moves
    known = memo.table("orderpoints")
    unknown = moves.product_id.filtered(lambda product: product.id not in known)
    if unknown:
        asked = memo.with_expected(unknown, known)
        orderpoints = moves.env["stock.warehouse.orderpoint"].sudo()
        found = orderpoints._read_group([("product_id", "in", asked.ids)], ["product_id"])
        known.update(dict.fromkeys(asked.ids, False))
        known.update((product.id, True) for (product,) in found)
    return moves.filtered(lambda move: known.get(move.product_id.id, True))
