"""The coefficients of a Taylor polynomial that are rational numbers, exactly: 1/14!, and not the float64 next to it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from gradcli.errors import Problem
from gradcli.lang import Program
from gradcli.onesided.budget import Budget, TooMuchWork
from gradcli.onesided.sides import NotDetermined, coefficient
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.transforms.kinks.onesided import OneSidedRuns
from gradcli.transforms.program.prepare import prepare

__all__ = ["rational_coefficients"]

_PRODUCTS = 60_000
"""Of coefficients, as many as a look at kinks may take: about a second."""


def rational_coefficients(
    expression: str | Program, values: Mapping[str, Any], name: str, degree: int
) -> list[list[Fraction | None]]:
    """For each order up to the degree the coefficient of each output, where it is a rational number.

    They are those of the power series in one variable, in the arithmetic of which rational numbers stay what they are.

    Returns:
        A list for each order, of the outputs in C order; empty where there is no such series, or it grows too long.

    >>> rational_coefficients("exp(x)", {"x": 0.0}, "x", 3)
    [[Fraction(1, 1)], [Fraction(1, 1)], [Fraction(1, 2)], [Fraction(1, 6)]]
    >>> rational_coefficients("sqrt(2)*x", {"x": 0.0}, "x", 1)
    [[Fraction(0, 1)], [None]]
    """
    prepared = prepare(expression, values, [name])
    runs = OneSidedRuns(prepared, frozenset(), degree, Budget(_PRODUCTS))
    try:
        outputs = runs.along(((name, 0, 1.0),))
        found = [[coefficient(series, order) for series in outputs] for order in range(degree + 1)]
    except (NotDetermined, TooMuchWork, Problem, *NUMERIC_ERRORS):
        return []
    return [[c if isinstance(c, Fraction) else None for c in some] for some in found]
