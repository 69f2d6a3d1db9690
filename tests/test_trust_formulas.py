"""A slice of `scripts/trust formulas`: formulas read back and are right; one that is wrong is told of."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

LIB = Path(__file__).parents[1] / "scripts" / "lib"


@pytest.fixture
def figure(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(LIB))
    return import_module("trust.formulas")


@pytest.mark.parametrize(("file", "least"), [("rubi_erf", 100), ("matrix_cookbook", 500)])
def test_every_formula_reads_back_and_is_right(figure: Any, file: str, least: int) -> None:
    found = figure.told(file)
    assert (found.refused, found.beyond) == ([], [])
    assert found.entries > least


def test_a_wrong_formula_is_told_of_with_no_excuse(figure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    right = figure._texts

    def wrong(*given: Any) -> dict[str, str]:
        return {name: f"{1 + 1e-9}*({text})" for name, text in right(*given).items() if ";" not in text}

    monkeypatch.setattr(figure, "_texts", wrong)
    found = figure.told("cas_pairs")
    assert len(found.beyond) > 0.9 * found.entries
    assert {why for _, why in found.beyond} == {""}


def test_a_formula_that_does_not_read_back_is_told_of(figure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure, "_texts", lambda result, values: dict.fromkeys(result.wrt(), "2*("))
    found = figure.told("cas_pairs")
    assert (found.entries, len(found.refused)) == (0, 260)
