"""What is not known stays so: no product with 0, and no power series that is 0 as far as it goes, makes it known."""

from __future__ import annotations

from typing import Any

import pytest

from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.protocol import Ball, Request, Undecided

NOT_SMOOTH_AT_0 = [
    "sqrt(t)**4",  # t**2 for t >= 0, and nothing for t < 0
    "sqrt(t**4)",
    "sqrt(t**3)",
    "cbrt(t**4)",
    "acosh(1 + t**4)",
    "(t**4)**0.25",
]
NO_VALUE_AT_0 = [
    "t**4*(1/t**3)",
    "(1/t**3)*t**4",
    "t**4/t**3",
    "0*log(t)",
    "log(t)*0",
    "(t - t)*log(t)",
    "t**3*log(t)",
    "dot([t**4], [1/t**3])",
    "log(t**4)",
    "erfinv(1 - t**4)",
    "gamma(t**4)",
    "exp(-1/t**4)",
]


def asked(source: str, kind: Any, order: int = 1) -> Any:
    return enclose(Request(source, {"t": 0.0}, ("t",), kind, order=order))


@pytest.mark.parametrize("source", [*NOT_SMOOTH_AT_0, *NO_VALUE_AT_0])
@pytest.mark.parametrize(("kind", "order"), [("derivative", 1), ("derivative", 2), ("derivative", 3), ("hessian", 1)])
def test_no_second_derivative_is_made_up(source: str, kind: str, order: int) -> None:
    found = asked(source, kind, order)
    assert all(isinstance(ball, Undecided) for ball in found.derivatives[1:])
    if source in NO_VALUE_AT_0:
        assert all(isinstance(ball, Undecided) for ball in (*found.values, *found.derivatives))


@pytest.mark.parametrize(
    ("source", "derivatives"),
    [("exp(t**4)", [0, 0, 0, 24]), ("cos(0*t)", [0, 0, 0, 0]), ("sin(t**3) + t", [1, 0, 6, 0])],
)
def test_what_does_not_move_at_first_is_followed(source: str, derivatives: list[int]) -> None:
    for order in range(1, 5):
        found = asked(source, "derivative", order).derivatives
        assert [ball.low * 2.0**ball.exponent for ball in found if isinstance(ball, Ball)] == derivatives[:order]
