"""Quiet: numbers alone."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.render import Style, render
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.evaluation import Evaluation
from tests.render import samples


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (samples.SQUARE, "-2.0\n"),
        (samples.WEIGHTED, "5.5\n1.0\n"),
        (samples.ARRAYS, "[[-1.0, 0.5], [-1.5, 0.75]]\n[-11.0, -16.0]\n0.125\n"),
        (samples.POLE, "-inf\n"),
        (samples.VALUE, "4.0\n"),
        (Evaluation("A", {}, np.array([[1.0, samples.NAN]])), "[[1.0, nan]]\n"),
        (samples.TWO_BY_TWO, "[[4.0, 3.0], [2.0, 6.0]]\n"),
        (samples.CURVATURE, "[[4.0, 6.0], [6.0, 0.0]]\n"),
        (samples.PUSHED, "[6.0, -1.5]\n"),
        (samples.PRODUCTS, "[3.0, -3.0]\n-3.0\n"),
        (samples.POWERS, "48.0\n"),
        (samples.CURVE, "[2.0, nan]\n"),
    ],
)
@pytest.mark.parametrize("verdict", samples.VERDICTS)
def test_the_numbers_and_nothing_else(result: Result, text: str, verdict: None) -> None:
    assert render(result, verdict, Style("quiet")) == text


def test_a_graph_is_plain() -> None:
    assert render(samples.PRODUCT, None, Style("quiet")) == render(samples.PRODUCT, None, Style("plain"))


def test_of_a_check_the_verdict_alone() -> None:
    assert render(samples.CHECKED, samples.WITNESSED, Style("quiet")) == "differs\n"
