"""A slice of `scripts/trust wayin`: faults planted in the way in are caught; one that nothing catches is told of."""

from __future__ import annotations

import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

LIB = Path(__file__).parents[1] / "scripts" / "lib"
EACH = 7
"""Every so many of the faults are planted here."""


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(LIB))


@cache
def programs() -> list[Any]:
    known: list[Any] = import_module("trust.wayin").programs()
    return known


def planted(limit: int, step: int) -> list[Any]:
    wayin = import_module("trust.wayin")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [wayin.planted(fault, programs(), limit) for fault in wayin.FAULTS[::step]]


def test_every_fault_shows_and_is_caught() -> None:
    looked_at = planted(1, EACH)
    assert len(looked_at) > 10
    assert [one.fault.name for one in looked_at if not one.shows] == []
    assert [(one.fault.name, one.missed) for one in looked_at if one.missed] == []


def test_there_are_many_kinds() -> None:
    names = [fault.name for fault in import_module("trust.wayin").FAULTS]
    assert len(names) == len(set(names)) > 90
    assert len(programs()) > 250


def test_a_fault_that_nothing_catches_is_told_of(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    wayin = import_module("trust.wayin")
    known = programs()
    monkeypatch.setattr(wayin, "programs", lambda: known)
    monkeypatch.setattr(wayin, "_catching", lambda program, value: [])
    assert wayin.main(["--only", "swaps the operands of @"]) == 1
    assert "MISSED  the parser swaps the operands of @: " in capsys.readouterr().out
