"""Records are frozen dataclasses, however they are made."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass, make_dataclass, replace

import planner as p
import pytest
from planner.capacity import Span
from planner.records import evolve

TAKE = p.Take("12@8", 3.0)


def test_a_record_is_a_frozen_dataclass():
    assert is_dataclass(p.Take)
    assert [one.name for one in fields(TAKE)] == ["key", "quantity"]
    assert repr(TAKE) == "Take(key='12@8', quantity=3.0)"
    assert asdict(TAKE) == {"key": "12@8", "quantity": 3.0}
    assert p.Take(key="12@8", quantity=3.0) == TAKE != p.Take("12@8", 4.0)
    assert len({TAKE, p.Take("12@8", 3.0)}) == 1
    with pytest.raises(FrozenInstanceError):
        TAKE.quantity = 4.0
    with pytest.raises(FrozenInstanceError):
        del TAKE.quantity
    with pytest.raises((AttributeError, TypeError)):
        TAKE.other = 1


def test_a_record_names_what_is_missing_or_too_much():
    with pytest.raises(TypeError, match="quantity"):
        p.Take("12@8")
    with pytest.raises(TypeError, match="other"):
        p.Take("12@8", 3.0, other=1)


def test_a_record_is_checked_when_it_is_made():
    with pytest.raises(p.NetworkError):
        p.Bom(1, (), quantity=0.0)
    bom = p.Bom(1, ())
    for change in (evolve, replace):
        with pytest.raises(p.NetworkError):
            change(bom, quantity=0.0)


def test_defaults_are_not_shared():
    assert p.Network({}, {}).stock is not p.Network({}, {}).stock


@pytest.mark.parametrize("one", [TAKE, Span(), p.Bom(1, (p.Component(1, "leg", 4.0),))])
def test_copies(one):
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    name = fields(one)[0].name
    for change in (evolve, replace):
        changed = change(one, **{name: 7})
        assert type(changed) is type(one)
        assert (getattr(changed, name), getattr(one, name) == 7) == (7, False)
        with pytest.raises(FrozenInstanceError):
            setattr(changed, name, 8)
    with pytest.raises(KeyError):
        evolve(one, other=1)


def test_other_dataclasses_are_copied_too():
    lots = make_dataclass("Bin", ["quantity", "place"])
    assert evolve(lots(3.0, "A"), place="B") == lots(3.0, "B")
