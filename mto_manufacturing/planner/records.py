"""Copies of the plan's records with other values, for where there are very many of them."""

from dataclasses import fields
from functools import cache
from operator import attrgetter


@cache
def _layout(kind):
    names = [one.name for one in fields(kind)]
    return attrgetter(*names), {name: place for place, name in enumerate(names)}


def evolve(record, **changes):
    """Return what ``dataclasses.replace`` does, of a record all of whose fields are its own."""
    read, places = _layout(type(record))
    values = list(read(record))
    for name, value in changes.items():
        values[places[name]] = value
    return type(record)(*values)
