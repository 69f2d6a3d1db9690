"""Matrix identities: gradients and Jacobians by some of the variables against 50-digit references."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.lang import parse, variables
from tests.corpora import records

TOLERANCE = 1e-10
RECORDS = records("matrix_cookbook")


def derivatives(expression: str, point: dict[str, Any], wrt: list[str]) -> dict[str, Any]:
    """For each variable the gradient, or the Jacobian of a value with axes."""
    value = gradcli.evaluate(expression, point).value
    if np.ndim(value) == 0:
        return dict(gradcli.grad(expression, point, wrt=wrt).gradients)
    found = gradcli.jacobian(expression, point, wrt=wrt).jacobians
    return {name: np.reshape(j, np.shape(value) + np.shape(point[name])) for name, j in found.items()}


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r["id"].removeprefix("cookbook/"))
def test_derivatives(record: dict[str, Any]) -> None:
    for point, value, gradients in zip(record["points"], record["values"], record["grads"], strict=True):
        result = gradcli.evaluate(record["expr"], point).value
        np.testing.assert_allclose(result, value, rtol=TOLERANCE, atol=TOLERANCE * np.max(np.abs(value)))
        found = derivatives(record["expr"], point, record["wrt"])
        assert list(found) == record["wrt"]
        for name, reference in gradients.items():
            scale = np.max(np.abs(reference))
            np.testing.assert_allclose(found[name], reference, rtol=TOLERANCE, atol=TOLERANCE * scale)


@pytest.mark.parametrize(
    "record", [r for r in RECORDS if "stated_gradient" in r], ids=lambda r: r["id"].removeprefix("cookbook/")
)
def test_the_stated_identity_is_the_derivative(record: dict[str, Any]) -> None:
    for point in record["points"]:
        found = derivatives(record["expr"], point, record["wrt"])
        for name, identity in record["stated_gradient"].items():
            used = {k: v for k, v in point.items() if k in variables(parse(identity))}
            np.testing.assert_allclose(found[name], gradcli.evaluate(identity, used).value, rtol=1e-9, atol=1e-12)


def test_every_record_is_there() -> None:
    assert len(RECORDS) == 32
