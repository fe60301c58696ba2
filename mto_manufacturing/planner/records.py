"""The planner's records: frozen dataclasses of which a plan can have hundreds of thousands.

A frozen dataclass sets each field past its own lock, one call for each; a record is filled
while it is open and locked once.
"""

from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from operator import attrgetter

#: {record: the class with its fields that is filled and then locked}
_OPENED = {}


def record(kind):
    """Return a class as a frozen dataclass with slots, made several times as fast.

    All that ``dataclasses`` says of one holds, ``replace`` included. Records have no subclasses.
    """
    kind = dataclass(frozen=True, slots=True)(kind)
    opened = _OPENED[kind] = _open(kind)

    def __new__(cls, *values, **named):
        self = opened(*values, **named)
        self.__class__ = cls
        return self

    kind.__new__ = __new__
    kind.__init__ = object.__init__
    kind.__reduce__ = _reduce
    return kind


def _open(kind):
    """Return a class with the fields of ``kind`` that can be set."""
    layout = [
        (one.name, one.type, field(default=one.default, default_factory=one.default_factory))
        for one in fields(kind)
    ]
    check = getattr(kind, "__post_init__", None)
    return make_dataclass(
        kind.__name__, layout, slots=True, namespace={"__post_init__": check} if check else None
    )


def _reduce(self):
    read, _places, _opened = _layout(type(self))
    return type(self), read(self)


@cache
def _layout(kind):
    """Return (a reader of all values, the place of each by name, the class to be filled)."""
    names = [one.name for one in fields(kind)]
    # With one name alone it would read no tuple.
    read = attrgetter(*names) if names[1:] else lambda one: (getattr(one, names[0]),)
    return read, {name: place for place, name in enumerate(names)}, _OPENED.get(kind, kind)


def evolve(one, **changes):
    """Return what ``dataclasses.replace`` does, where there are very many."""
    kind = type(one)
    read, places, opened = _layout(kind)
    values = list(read(one))
    for name, value in changes.items():
        values[places[name]] = value
    changed = opened(*values)
    changed.__class__ = kind
    return changed
