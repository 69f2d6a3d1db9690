"""Interpolation as formulas: the engine's numbers on each piece, at the points and beyond them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.formulas.pieces import with_pieces
from gradcli.lang import parse, variables
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from tests.cli.runner import gradcli

PLACES = (-1.0, 0.0, 0.25, 1.0, 1.75, 3.0, 4.0)
XP, FP = [0.0, 1.0, 3.0], [1.0, 4.0, -2.0]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("interp(x, [0, 1, 3], [1, 4, -2])", {}),
        ("x*interp(x, [0, 1, 3], fp)**2", {"fp": FP}),
        ("interp(x, xp, fp)", {"xp": XP, "fp": FP}),
        ("interp(sin(x) + x, xp, [1, 4, -2])", {"xp": XP}),
        ("interp(x, xp, fp)", {"xp": [0.0, 2.0, 1.0], "fp": FP}),
    ],
)
@pytest.mark.parametrize("x", PLACES)
def test_the_numbers_are_the_engines(text: str, given: dict[str, Any], x: float) -> None:
    values = {"x": x, **given}
    wanted = grad(text, values).gradients
    for formula in diff(text, shapes={name: np.shape(value) for name, value in values.items()}).formulas:
        (name,) = formula.names
        used = {other: value for other, value in values.items() if other in variables(formula.program)}
        found = np.asarray(evaluate(formula.program, used).value)
        np.testing.assert_allclose(found, wanted[name], rtol=1e-13, atol=1e-13)


def test_points_that_do_not_increase_are_left_alone() -> None:
    program = parse("interp(x, [0, 2, 1], [1, 4, -2])")
    assert with_pieces(program, {"x": ()}).result.function == "interp"  # type: ignore[union-attr]


def test_the_commands() -> None:
    told = gradcli('diff "interp(x, [0, 1, 3], [1, 4, -2])" --no-check').stdout
    assert told == "df/dx = where(x < 0, 0, where(x < 1, 3, where(x <= 3, -3, 0)))\n"
    refused = gradcli('diff "cubic_spline(x, [0, 1, 2, 3], [0, 1, 4, 9])"')
    assert (refused.status, refused.stdout) == (2, "")
    assert "`gradcli grad` and `jacobian` give its numbers" in refused.stderr
    code = gradcli('code "interp(x, [0, 1, 3], [1, 4, -2])" --to c --gradient').stdout
    assert "x <= 3.0 ? -3.0 : 0.0" in code
