"""Comparisons of what is not real: none holds but !=, as for NumPy's not-a-number."""

from __future__ import annotations

import pytest

from gradcli.symbolic import Answer, Question
from gradcli.symbolic.answers.solve import solve


@pytest.mark.parametrize("wrt", [("a",), ("a", "x")])
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("1000 >= sqrt(x)", False),
        ("sqrt(x) < 1", False),
        ("sqrt(x) == sqrt(x)", False),
        ("sqrt(x) != 1", True),
        ("not (log(x) == 1)", True),
        ("(asin(x) > 0) | (a > 0)", True),
    ],
)
def test_a_comparison_with_what_is_not_real(condition: str, holds: bool, wrt: tuple[str, ...]) -> None:
    answer = solve(Question(f"where({condition}, a, 0)", {"x": -2.0, "a": 3.0}, wrt, "gradient"))
    assert isinstance(answer, Answer)
    assert answer.values[0].high == (3.0 if holds else 0.0)
