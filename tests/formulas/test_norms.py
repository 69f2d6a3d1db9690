"""Norms of vectors of other orders than 2, identities and ones whose sizes are lengths."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from tests.cli.runner import gradcli

POINTS = [[3.0, -1.0, 2.0], [1.0, -4.0, 0.5], [2.0, -2.0, 1.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("order", ["1", "2", "inf", "-inf"])
@pytest.mark.parametrize("size", [3, "n"])
def test_norms_of_vectors_have_formulas_of_entries_and_of_arrays(order: str, size: int | str) -> None:
    text = f"norm(x, {order})*norm(2*x + 1, {order})"
    formula = diff(text, shapes={"x": (size,)}).formulas[0].text
    for x in POINTS:
        found = evaluate(formula, {"x": x}).value
        assert np.asarray(found) == pytest.approx(np.asarray(grad(text, {"x": x}).gradients["x"]), rel=1e-14), x


def test_norms_of_rows() -> None:
    formula = diff("norm(A, 1, 1)@[1, 2] + norm(A, inf, 0)@[1, 3]", shapes={"A": (2, 2)}).formulas[0].text
    values = {"A": [[1.0, -2.0], [3.0, 0.5]]}
    assert np.asarray(evaluate(formula, values).value).tolist() == [[1.0, -4.0], [3.0, 2.0]]


@pytest.mark.parametrize("text", ["norm(x, 3)", "norm(A, 1)", "norm(A, inf)"])
def test_norms_that_have_none_say_which_have(text: str) -> None:
    outcome = gradcli(["diff", text, "--shape", "x=3" if "x" in text else "A=2,2"])
    assert outcome.status == 2
    has = "those of orders 1, 2, inf and -inf have one" if "x" in text else "the Euclidean norm has one"
    assert f"hint: {has}\n" in outcome.stderr


SIZED = [
    ("sum(eye(len(x))*A)", "A", "eye(len(x))"),
    ("sum((A - eye(len(A)))*A)", "A", "2*A - eye(len(A))"),
    ("sum(ones(len(x))*x)", "x", "ones(len(x))"),
    ("x@(A + eye(len(x)))@x", "A", "outer(x, x)"),
]


@pytest.mark.parametrize(("text", "by", "formula"), SIZED)
def test_sizes_may_be_lengths(text: str, by: str, formula: str) -> None:
    shapes = {name: shape for name, shape in (("x", ("n",)), ("A", ("n", "n"))) if f"{name}" in text.replace("ex", "")}
    assert diff(text, wrt=[by], shapes=shapes).formulas[0].text == formula


def test_what_has_no_formula_is_not_called_an_axis() -> None:
    outcome = gradcli(["diff", "sum(zeros(len(x)) + x)", "--shape", "x=n"])
    assert "an axis, index, size or order that is no whole number has no formula of arrays" in outcome.stderr
