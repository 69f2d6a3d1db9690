"""Gradients of real expressions against 50-digit references."""

from __future__ import annotations

import numpy as np
import pytest

import gradcli
from gradcli.address import EntryAddress, Input
from gradcli.lang import parse, variables
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.tolerances import SLACK
from gradcli.transforms.verify.rounding import rounding_bounds
from tests.corpora import SCALAR_FILES, Case, cases, records

TOLERANCE = 1e-12

EXPECTED = {
    # file: (gradient entries, of which rounding explains an error above the tolerance, at most)
    "feynman": (363, 0),
    "sr_benchmarks": (498, 11),
    "cas_pairs": (260, 0),
    "rubi_core": (7680, 13),
    "rubi_reciprocal": (1912, 5),
    "rubi_long": (518, 13),
    "rubi_erf": (114, 0),
}


def relative_error(ours: float, reference: float) -> float:
    return abs(ours - reference) / max(1.0, abs(reference))


def explained(result: Gradient, name: str, reference: float) -> bool:
    """Whether rounding in the computation as it is written can make this error."""
    (bound,) = rounding_bounds(result, [EntryAddress(0, (Input(name),))])
    return abs(float(result.gradients[name]) - reference) <= SLACK * bound


def judge(case: Case) -> list[str]:
    """For each entry beyond the tolerance whether it is "explained" or "wrong"."""
    result = gradcli.grad(case.expression, case.point)
    beyond = [
        name
        for name, reference in case.gradients.items()
        if not relative_error(float(result.gradients[name]), reference) <= TOLERANCE
    ]
    return ["explained" if explained(result, name, case.gradients[name]) else f"wrong {name}" for name in beyond]


@pytest.mark.parametrize("name", SCALAR_FILES)
def test_gradients_are_right_or_their_error_is_rounding(name: str) -> None:
    entries, verdicts, wrong = 0, [], []
    for case in cases(name):
        entries += len(case.gradients)
        judged = judge(case)
        verdicts += judged
        wrong += [f"{case.id} {v}" for v in judged if v != "explained"]
    total, most = EXPECTED[name]
    assert not wrong
    assert entries == total
    assert len(verdicts) <= most


def test_the_explanation_does_not_excuse_a_wrong_derivative() -> None:
    result = gradcli.grad("exp(x)*sin(y)", {"x": 0.5, "y": 0.25})
    right = float(result.gradients["x"])
    assert explained(result, "x", right)
    assert not explained(result, "x", right * (1 + 1e-13))


@pytest.mark.parametrize("name", ["mgh", "hock_schittkowski"])
def test_jacobians_of_residual_vectors(name: str) -> None:
    compared = 0
    for record in records(name):
        expression = "[" + ", ".join(record["residuals"]) + "]"
        for point, value, jacobian in zip(record["points"], record["values"], record["jacobians"], strict=True):
            used = [p for p in record["params"] if p in variables(parse(expression))]
            result = gradcli.jacobian(expression, {p: point[p] for p in used})
            reference = np.asarray(jacobian)[:, [record["params"].index(p) for p in used]]
            assert result.columns == tuple(used)
            np.testing.assert_allclose(result.value, value, rtol=1e-12, atol=1e-12 * np.max(np.abs(value)))
            np.testing.assert_allclose(
                result.jacobian, reference, rtol=1e-12, atol=1e-12 * np.max(np.abs(reference)), err_msg=record["id"]
            )
            compared += result.jacobian.size
    assert compared > 100


def test_numpy_expressions_of_one_vector() -> None:
    compared = 0
    for record in records("scipy_go"):
        if "atleast_2d" in record["names"] or record.get("consts"):
            continue
        for point, value, gradients in zip(record["points"], record["values"], record["grads"], strict=True):
            result = gradcli.grad(record["expr"], point)
            assert result.value == pytest.approx(value, rel=1e-11, abs=1e-11), record["id"]
            scale = np.max(np.abs(gradients["x"]))
            np.testing.assert_allclose(
                result.gradients["x"], gradients["x"], rtol=1e-11, atol=1e-11 * scale, err_msg=record["id"]
            )
            compared += 1
    assert compared > 100
