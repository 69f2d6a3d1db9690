"""tests/cases/spellings.toml: what others write, and the line that a hint suggests, evaluated at a point."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.program.teach import mended

_TABLE = tomllib.loads((Path(__file__).parents[1] / "cases" / "spellings.toml").read_text(encoding="utf-8"))
SPELLINGS: list[dict[str, Any]] = _TABLE["spelling"]
UNKNOWN: list[dict[str, Any]] = _TABLE["unknown"]

# The values in the file have 17 digits, and a formula of a few operations loses the last of them.
_RELATIVE, _ABSOLUTE = 1e-12, 1e-15


def _value(line: str, at: dict[str, float]) -> float:
    return float(evaluate(line, {name: value for name, value in at.items() if name in variables(parse(line))}).value)


@pytest.mark.parametrize("case", SPELLINGS, ids=[case["text"] for case in SPELLINGS])
def test_the_suggested_line_is_what_is_meant(case: dict[str, Any]) -> None:
    found = mended(case["text"], case["at"])
    assert found is not None
    assert list(found.readings) == case["lines"]
    values = [_value(line, case["at"]) for line in found.readings]
    assert values == pytest.approx(case["values"], rel=_RELATIVE, abs=_ABSOLUTE)
    assert found.calls_variable == case.get("called", False)
    assert found.values == case.get("gives", {})
    without_values = mended(case["text"])
    assert without_values is None or list(without_values.readings) == case["lines"]
    with pytest.raises(Problem) as caught:
        prepare(case["text"], case["at"])
    assert all(line in (caught.value.hint or "") for line in case["lines"])


@pytest.mark.parametrize("case", UNKNOWN, ids=[case["text"] for case in UNKNOWN])
def test_nothing_is_suggested_for_what_is_not_understood(case: dict[str, Any]) -> None:
    assert mended(case["text"], case["at"]) is None


def test_the_table_is_long() -> None:
    assert len({case["text"] for case in SPELLINGS}) == len(SPELLINGS) >= 200


@pytest.mark.parametrize(
    "line", ["2*x + y", "sin(x)**2", "[x, y]", "x[0] + 1", "a = x; a*y", "-x % 3", "x if x > 0 else y"]
)
def test_a_line_of_the_language_is_not_mended(line: str) -> None:
    assert mended(line, ("x", "y")) is None
