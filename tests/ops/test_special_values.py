"""What the table's functions give for infinities, NaNs, zeros of both signs, poles and ends of domains."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.torch.functions import operation_of
from gradcli.errors import DomainProblem
from gradcli.ops import TABLE

INF, NAN = np.inf, np.nan


def value(call: str, **variables: float) -> float:
    return float(gradcli.evaluate(call, variables).value)


@pytest.mark.parametrize(
    ("call", "variables", "right"),
    [
        ("fmax(x, y)", {"x": NAN, "y": 1.0}, 1.0),
        ("fmax(x, y)", {"x": 1.0, "y": NAN}, 1.0),
        ("fmin(x, y)", {"x": NAN, "y": 1.0}, 1.0),
        ("fmin(x, y)", {"x": NAN, "y": NAN}, NAN),
        ("maximum(x, y)", {"x": NAN, "y": 1.0}, NAN),
        ("minimum(x, y)", {"x": 1.0, "y": NAN}, NAN),
        ("sgn(x)", {"x": NAN}, 0.0),
        ("sgn(x)", {"x": -INF}, -1.0),
        ("sign(x)", {"x": NAN}, NAN),
        ("asec(x)", {"x": -1.0}, np.pi),
        ("asec(x)", {"x": 1.0}, 0.0),
        ("asec(x)", {"x": -INF}, np.pi / 2),
        ("acsc(x)", {"x": -1.0}, -np.pi / 2),
        ("asech(x)", {"x": 0.0}, INF),
        ("asech(x)", {"x": -0.0}, INF),
        ("asech(x)", {"x": -0.5}, NAN),
        ("loggamma(x)", {"x": -0.5}, NAN),
        ("loggamma(x)", {"x": -1.5}, NAN),
        ("loggamma(x)", {"x": 0.0}, INF),
        ("lgamma(x)", {"x": -0.5}, 1.2655121234846454),
        ("betaln(x, y)", {"x": INF, "y": 1.0}, -INF),
        ("betaln(x, y)", {"x": 2.0, "y": INF}, -INF),
        ("betaln(x, y)", {"x": 0.0, "y": INF}, INF),
        ("betaln(x, y)", {"x": INF, "y": INF}, NAN),
        ("beta(x, y)", {"x": INF, "y": 1.0}, 0.0),
        ("beta(x, y)", {"x": 0.5, "y": INF}, 0.0),
        ("fmod(x, y)", {"x": -2.5, "y": 1.0}, -0.5),
        ("fmod(x, y)", {"x": 1.0, "y": 0.1}, 0.09999999999999995),
        ("fmod(x, y)", {"x": 1.0, "y": INF}, 1.0),
    ],
)
def test_value(call: str, variables: dict[str, float], right: float) -> None:
    np.testing.assert_array_equal(value(call, **variables), right)


@pytest.mark.parametrize(
    ("call", "variables", "right"),
    [
        ("fmax(x, y)", {"x": 2.0, "y": 1.0}, (1, 0)),
        ("fmax(x, y)", {"x": 1.0, "y": 1.0}, (1, 0)),
        ("fmax(x, y)", {"x": NAN, "y": 1.0}, (0, 1)),
        ("fmax(x, y)", {"x": 1.0, "y": NAN}, (1, 0)),
        ("fmin(x, y)", {"x": 2.0, "y": 1.0}, (0, 1)),
        ("fmin(x, y)", {"x": 1.0, "y": 1.0}, (1, 0)),
        ("fmin(x, y)", {"x": NAN, "y": 1.0}, (0, 1)),
        ("asec(x)", {"x": -1.0}, (INF,)),
        ("acsc(x)", {"x": -1.0}, (-INF,)),
        ("asech(x)", {"x": -0.0}, (-INF,)),
        ("logsumexp([x, y])", {"x": -INF, "y": -INF}, (NAN, NAN)),
        ("logsumexp([x, y])", {"x": -INF, "y": 1.0}, (0, 1)),
        ("logsumexp([x, y])", {"x": INF, "y": 1.0}, (NAN, 0)),
        ("logsumexp([x, y])", {"x": INF, "y": INF}, (NAN, NAN)),
    ],
)
def test_gradient(call: str, variables: dict[str, float], right: tuple[float, ...]) -> None:
    found = gradcli.grad(call, variables).gradients
    np.testing.assert_array_equal([found[name] for name in variables], right)


POLES = {
    "digamma": (0.0, -0.0, -1.0, -2.0),
    "gamma": (0.0, -0.0, -1.0, -2.0),
    "lgamma": (0.0, -0.0, -1.0, -2.0),
    "loggamma": (0.0,),
}


@pytest.mark.parametrize(("name", "x"), [(name, x) for name, places in POLES.items() for x in places])
def test_at_poles_neither_the_value_nor_the_derivative_is_finite(name: str, x: float) -> None:
    found = gradcli.grad(f"{name}(x)", {"x": x})
    assert not np.isfinite(found.value)
    assert not np.isfinite(found.gradients["x"])


EXTREME: list[Any] = [0.0, -0.0, 1.0, -1.0, 2.5, -2.0, INF, -INF, NAN, 1e308, -1e308, 5e-324]
OURS = [
    op.name
    for op in TABLE.values()
    if op.kind == "elementwise" and op.value.startswith(("ops.", "scipy.")) and op.name != "pow_scalar"
]


@pytest.mark.filterwarnings(r"ignore::RuntimeWarning:gradcli\.engine\..*")  # of the sum of their values
@pytest.mark.parametrize("name", OURS)
def test_functions_of_our_own_give_no_warnings(name: str) -> None:
    op = TABLE[name]
    points = np.array(np.meshgrid(*[EXTREME] * len(op.params))).reshape(len(op.params), -1)
    if op.partials[0] is None:
        points = points[:, points[0] == 1.0]
    ran = 0
    for block in np.array_split(points, points.shape[1], axis=1) if op.reach or op.unlearned else [points]:
        leaves = [
            gradcli.tensor(p, requires_grad=partial is not None) for p, partial in zip(block, op.partials, strict=True)
        ]
        try:
            getattr(gradcli, name)(*leaves).sum().backward()
        except DomainProblem:  # out of reach
            continue
        ran += 1
    assert ran


@pytest.mark.parametrize(
    "name",
    ["logsumexp", "softmax", "log_softmax", "norm", "sum", "mean", "prod", "std", "var", "median", "max", "cumprod"],
)
@pytest.mark.parametrize("x", [[-INF, -INF], [INF, INF], [INF, -INF], [1e308, 1e308], [0.0, 0.0]])
@pytest.mark.filterwarnings(r"ignore::RuntimeWarning:gradcli\..*")  # not those of NumPy's modules
def test_reductions_give_no_warnings(name: str, x: list[float]) -> None:
    leaf = gradcli.tensor(x, requires_grad=True)
    operation_of(name)(leaf, axis=0).sum().backward()


def test_numpys_own_functions_give_none_where_nobody_asks_for_them() -> None:
    program = "import gradcli as g; t = g.tensor(0.0, requires_grad=True); (t.log() + 1/t + (t - 1)**0.5).backward()"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr == ""


def test_warnings_of_other_code_stay() -> None:
    program = "import gradcli, numpy; gradcli.tensor(0.0); numpy.log(numpy.zeros(1))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "divide by zero" in ran.stderr


@pytest.mark.parametrize(
    ("x", "y", "quotient"), [(1.0, 0.1, 9), (-1.0, 0.1, -10), (0.3, 0.1, 2), (4.35, 0.01, 434), (7.0, -2.5, -3)]
)
def test_the_derivative_of_a_remainder_by_its_divisor_is_the_quotient_that_the_value_used(
    x: float, y: float, quotient: int
) -> None:
    found = gradcli.grad("x % y", {"x": x, "y": y})
    assert found.gradients == {"x": 1.0, "y": -quotient}
    assert abs(x - quotient * y - float(found.value)) < 1e-14


def test_of_short_decimals() -> None:
    tenths = np.arange(1, 100) / 10
    x, y = (v.ravel() for v in np.meshgrid(tenths, tenths))
    for name, value in (("remainder", np.mod), ("fmod", np.fmod)):
        divisor = gradcli.tensor(y, requires_grad=True)
        getattr(gradcli, name)(gradcli.tensor(x), divisor).sum().backward()
        assert divisor.grad is not None
        np.testing.assert_array_equal(divisor.grad.numpy(), np.rint((value(x, y) - x) / y))


@pytest.mark.parametrize(
    ("call", "x", "right"),
    [
        ("gammainc(4, x)", 0.0, [0, 0, 0, 0, 1, -4]),
        ("gammainc(1, x)", 0.0, [0, 1, -1, 1, -1]),
        ("gammaincc(3, x)", 0.0, [1, 0, 0, -1, 3]),
        ("gamma_density(1000, x)", 0.0, [0, 0, 0]),
        ("gamma_density(0.5, x)", 0.0, [INF, -INF]),
        ("gamma_density(1.5, x)", 0.0, [0, INF]),
        ("betainc(3, 3, x)", 0.0, [0, 0, 0, 60, -360]),
        ("betainc(3, 3, x)", 1.0, [1, 0, 0, 60, 360]),
        ("betainc(1, 3, x)", 0.0, [0, 3, -6, 6, 0]),
        ("betainc(1, 1, x)", 1.0, [1, 1, 0, 0, 0]),
        ("betainc(200, 300, x)", 1.0, [1, 0, 0]),
        ("beta_density(3, 0.5, x)", 1.0, [INF, INF]),
        ("beta_density(0.5, 0.5, x)", 0.0, [INF, -INF]),
    ],
)
def test_integrals_and_densities_at_the_ends_of_their_range(call: str, x: float, right: list[float]) -> None:
    found = gradcli.derivative(call, {"x": x}, order=len(right) - 1)
    assert [found.value, *found.derivatives] == right
