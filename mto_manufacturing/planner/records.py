"""The planner's records: frozen dataclasses of which a plan can have hundreds of thousands.

A frozen dataclass sets each field past its own lock, one call for each; a record is filled
while it is open and locked once.
"""

from dataclasses import FrozenInstanceError, dataclass, fields
from functools import cache
from operator import attrgetter


def record(kind):
    """Return a class as a frozen dataclass with slots, made several times as fast.

    All that ``dataclasses`` says of one holds, ``replace`` included. Records have no subclasses
    but the one that they turn into when they are complete, which lets nothing be set.
    """
    check = kind.__dict__.get("__post_init__")

    def __post_init__(self):
        if check:
            check(self)
        self.__class__ = locked

    kind.__post_init__ = __post_init__
    kind.__reduce__ = _reduce
    opened = dataclass(slots=True, unsafe_hash=True)(kind)
    locked = type(
        kind.__name__,
        (opened,),
        {
            "__slots__": (),
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
            "__new__": lambda _cls, *values, **named: opened(*values, **named),
            "__init__": object.__init__,
            "__setattr__": _refuse,
            "__delattr__": _refuse,
        },
    )
    return opened


def _refuse(_self, name, *_value):
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _reduce(self):
    kind = _kind(type(self))
    return kind, _reader(kind)(self)


@cache
def _kind(found):
    """Return the class that makes records of a class: its own, or the one it was locked from."""
    base = found.__mro__[1]
    return found if base is object else base


@cache
def _reader(kind):
    """Return what reads all values of a record, in the order of its fields."""
    return read_first(kind)


def read_first(kind, until=None):
    """Return what reads the values of a record, in the order of its fields, before one of them."""
    names = [one.name for one in fields(kind)]
    names = names[: names.index(until)] if until else names
    # With one name alone it would read no tuple.
    return attrgetter(*names) if names[1:] else lambda one: (getattr(one, names[0]),)


@cache
def _places(kind):
    return {one.name: place for place, one in enumerate(fields(kind))}


def evolve(one, **changes):
    """Return what ``dataclasses.replace`` does, where there are very many."""
    kind = _kind(type(one))
    values, places = list(_reader(kind)(one)), _places(kind)
    for name, value in changes.items():
        values[places[name]] = value
    return kind(*values)
