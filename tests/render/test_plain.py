"""Plain text: one fact a line, whatever its length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradcli.render import Style, render
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.verdict import Verdict
from tests.render import samples

PLAIN = Style("plain")


def lines(result: Result, verdict: Verdict | None = None, style: Style = PLAIN) -> list[str]:
    text = render(result, verdict, style)
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_a_gradient() -> None:
    assert lines(samples.SQUARE, samples.VERIFIED) == [
        "f = 1.0",
        "df/dx = -2.0",
        "check = verified: 1 of 1 entries, largest error 0 ulps",
    ]


def test_a_seeded_gradient_says_what_it_is_the_derivative_of() -> None:
    assert lines(samples.WEIGHTED) == [
        "f = [4.0, 6.0]",
        "seed = [1.0, 0.5]",
        "d(sum(seed*f))/dx = 5.5",
        "d(sum(seed*f))/dy = 1.0",
    ]


def test_arrays_are_nested_lists() -> None:
    assert lines(samples.ARRAYS) == [
        "f = 4.25",
        "df/dA = [[-1.0, 0.5], [-1.5, 0.75]]",
        "df/dx = [-11.0, -16.0]",
        "df/db = 0.125",
    ]


def test_numbers_that_are_special() -> None:
    result = Gradient("f", {"x": 0.0}, -0.0, {"x": np.array([samples.NAN, -samples.INF, 5e-324, 0.1 + 0.2])})
    assert lines(result) == ["f = -0.0", "df/dx = [nan, -inf, 5e-324, 0.30000000000000004]"]


def test_a_value_stands_alone() -> None:
    assert lines(samples.VALUE) == ["4.0"]
    assert lines(Evaluation("A", {}, np.eye(2))) == ["[[1.0, 0.0], [0.0, 1.0]]"]


def test_a_jacobian_with_labels_and_seeds() -> None:
    assert lines(samples.TWO_BY_TWO, Verdict("verified", 4, 4, 1.0), PLAIN._replace(show_seeds=True)) == [
        "f = [0.0, 1.0]",
        "      x1   x2",
        "f[0]  4.0  3.0",
        "f[1]  2.0  6.0",
        "seed [1.0, 0.0] -> f[0]: [4.0, 3.0]",
        "seed [0.0, 1.0] -> f[1]: [2.0, 6.0]",
        "check = verified: 4 of 4 entries, largest error 1 ulp",
    ]


def test_the_columns_of_a_jacobian_are_aligned() -> None:
    assert lines(samples.jacobian([[1, 0.25], [-1000, 2]], ["long_name", "y"]))[1:] == [
        "      long_name  y",
        "f[0]  1.0        0.25",
        "f[1]  -1000.0    2.0",
    ]


def test_a_seed_has_the_shape_of_the_value() -> None:
    whole = replace(samples.TWO_BY_TWO, value=np.array([[1.0, 2.0]]), rows=("f[0,0]", "f[0,1]"))
    assert lines(whole, None, PLAIN._replace(show_seeds=True))[-2:] == [
        "seed [[1.0, 0.0]] -> f[0,0]: [4.0, 3.0]",
        "seed [[0.0, 1.0]] -> f[0,1]: [2.0, 6.0]",
    ]


def test_a_jacobian_without_columns() -> None:
    empty = samples.jacobian(np.zeros((2, 0)), [])
    assert lines(empty, None, PLAIN._replace(show_seeds=True)) == ["f = [0.0, 1.0]", "jacobian = [[], []]"]


def test_a_hessian() -> None:
    assert lines(samples.CURVATURE, Verdict("verified", 5, 5, 0.0)) == [
        "f = 18.0",
        "df/dx = 12.0",
        "df/dy = 9.0",
        "   x    y",
        "x  4.0  6.0",
        "y  6.0  0.0",
        "check = verified: 5 of 5 entries, largest error 0 ulps",
    ]


def test_a_hessian_by_nothing() -> None:
    assert lines(samples.hessian(np.zeros((0, 0)), [])) == ["f = 0.3333333333333333", "hessian = []"]


def test_a_derivative_along_a_tangent() -> None:
    assert lines(samples.PUSHED) == ["f = [12.0, 3.0]", "tangent y = 1.0", "df = [6.0, -1.5]"]


def test_a_hessian_times_a_vector() -> None:
    assert lines(samples.PRODUCTS) == [
        "f = 4.5",
        "vector x = [1.0, -0.5]",
        "d(df/dx) = [3.0, -3.0]",
        "d(df/da) = -3.0",
    ]


def test_derivatives_by_order() -> None:
    assert lines(samples.POWERS) == ["f = 16.0", "df/dx = 32.0", "d2f/dx2 = 48.0", "d3f/dx3 = 48.0"]
    assert lines(samples.CURVE) == ["f = [1.0, -0.5]", "df/dt1 = [-2.0, 0.5]", "d2f/d(t1)2 = [2.0, nan]"]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (samples.SAMPLED, ["check = verified: 64 of 1000 entries (a sample), largest error 1.5 ulps"]),
        (
            Verdict("verified", 2, 2, 1e9, "rounding"),
            ["check = verified: 2 of 2 entries, largest error 1e+09 ulps; rounding"],
        ),
        (Verdict("verified", 2, 2), ["check = verified: 2 of 2 entries"]),
        (
            samples.DIFFERS,
            [
                "check = differs: 1 of 4 entries differ from SymPy's",
                "  df[0]/dx1: gradcli has 4.0, SymPy has 5.0",
            ],
        ),
        (
            samples.KINK,
            [
                "check = kink: the expression is not differentiable at this point",
                "  df/dx: from the left -1.0, from the right 1.0; 0.0 is the convention (abs(x))",
            ],
        ),
        (samples.NOT_CHECKED, ["check = not checked: SymPy took longer than 10 s"]),
        (Verdict("not checked"), ["check = not checked"]),
        (Verdict("not checked", reason="two\nlines \x1b[31m"), ["check = not checked: two lines \ufffd[31m"]),
    ],
)
def test_each_verdict_in_words(verdict: Verdict, told: list[str]) -> None:
    assert lines(samples.VALUE, verdict) == ["4.0", *told]


def test_ten_thousand_entries_stay_on_one_line() -> None:
    x = np.linspace(0, 1, 10_000)
    shown = lines(Gradient("sum(x**2)", {"x": x}, 1.0, {"x": 2 * x}), None, Style("plain", width=40))
    assert len(shown) == 2
    assert shown[1] == f"df/dx = {(2 * x).tolist()!r}"


def test_a_wide_jacobian_is_whole() -> None:
    names = [f"x{i}" for i in range(500)]
    shown = lines(samples.jacobian(np.ones((30, 500)), names), None, Style("plain", width=40))
    assert len(shown) == 32
    assert shown[1].split() == names
    assert shown[-1].split() == ["f[29]", *["1.0"] * 500]
