"""The language means what Python means, by NumPy's, SciPy's and PyTorch's functions, or the difference is listed."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest

from tests.conformance.compare import Compared, compare, explained, report, slopes_differ
from tests.conformance.reference import python_value
from tests.conformance.spellings import VALUES, spellings
from tests.corpora import records

WHOLE = frozenset({"cat", "concat", "concatenate", "expression", "getitem", "hstack", "stack", "vstack", "where"})
"""What is compared whole; of the others every seventh spelling, `scripts/trust spellings` compares them all."""


@cache
def compared() -> list[Compared]:
    picked = [s for i, s in enumerate(spellings()) if s.name in WHOLE or i % 7 == 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(compare(picked))


def test_every_difference_is_listed() -> None:
    found = compared()
    print(*report(found), sep="\n")
    assert len(found) > 5000
    assert [(c.spelling.ours, c.outcome, c.told) for c in found if explained(c) is None] == []


def test_reasons_are_told() -> None:
    assert all(record["why"] for record in records("differences"))


def smooth(c: Compared) -> bool:
    """Whether a spelling's value changes smoothly: not by jumps, and not between equal entries."""
    if c.outcome != "same" or c.spelling.name in ("floor", "ceil", "trunc", "svd", "qr", "cholesky"):
        return False
    with np.errstate(all="ignore"):
        value = python_value(c.spelling.python, VALUES)
    return value.size > 0 and bool(np.all(np.isfinite(value)))


def test_derivatives_are_slopes_of_pythons_value() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sample = [c for c in compared() if smooth(c)][::11]
        assert len(sample) > 200
        wrong = {c.spelling.ours: slopes_differ(c.spelling) for c in sample}
    assert {text: told for text, told in wrong.items() if told} == {}


@pytest.mark.parametrize("text", ["x[roll(m, 1)]", "stack([x, y], 1)", "max(x, axis=0)"])
def test_a_wrong_meaning_is_found(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: it notices other values of the names."""
    picked = [s for s in spellings() if s.ours == text]
    assert picked
    monkeypatch.setitem(VALUES, "x", np.array([0.3, 1.7, 0.9]))
    monkeypatch.setattr("tests.conformance.compare.python_value", lambda text, values: np.zeros(7))
    assert [c.outcome for c in compare(picked)] == ["differs"]
