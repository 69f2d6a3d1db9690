"""Taylor series and nested gradients through every entry of the table, against mpmath and against each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from gradcli.engine.api import autograd
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, apply_several
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import Problem
from gradcli.ops import TABLE, Op, lookup
from gradcli.ops.table.special import HIGHER
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.taylor.computation import Computation
from tests.enclosures.test_functions import FUNCTIONS
from tests.ops.array_samples import Sample
from tests.ops.checks import DSinc, expression, points, statics_of, symbols
from tests.ops.test_arrays import SAMPLES, label

ORDER = 4

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise"]


def along(
    op: Op, statics: dict[str, Any], start: Sequence[Any], steps: Sequence[Any], order: int = ORDER, which: int = 0
) -> list[Any]:
    """The derivatives 0 to `order` of an operation (of its output `which`) along a line, by one Taylor series."""
    computation = Computation(order)
    moving = [
        computation.variable(x, d) if np.any(d) else computation.constant(x) for x, d in zip(start, steps, strict=True)
    ]
    with np.errstate(all="ignore"):
        made = computation.apply(op, moving, statics)
        found = (made[which] if op.multi_output else made).upto(order)
    return [math.factorial(k) * np.asarray(c) for k, c in enumerate(found)]


def nested(
    op: Op,
    statics: dict[str, Any],
    start: Sequence[Any],
    steps: Sequence[Any],
    seed: Any,
    order: int = ORDER,
    which: int = 0,
) -> list[float]:
    """The derivatives 1 to `order` of <seed, op> along a line, by gradients of gradients."""
    t = Tensor(np.float64(0.0), True)
    moving = [
        Tensor(np.asarray(x, dtype=float)) + t * Tensor(np.asarray(d, dtype=float)) if np.any(d) else np.asarray(x)
        for x, d in zip(start, steps, strict=True)
    ]
    rule = rule_of(op.name)
    out = apply_several(rule, moving, statics)[which] if op.multi_output else apply(rule, moving, statics)
    value: Tensor | None = (out * Tensor(np.asarray(seed))).sum()
    found = []
    for _ in range(order):
        if value is not None and value.requires_grad:
            (value,) = autograd.grad(value, [t], create_graph=True, allow_unused=True)
        else:
            value = None
        found.append(0.0 if value is None else float(value.array))
    return found


def steps_of(op: Op) -> list[float]:
    """A direction; nothing moves in a parameter that has no derivative."""
    return [0.0 if partial is None else (0.75, -0.5, 0.3125, 0.25)[i] for i, partial in enumerate(op.partials)]


def reference(op: Op, statics: dict[str, Any], point: Sequence[float], steps: Sequence[float]) -> list[float]:
    """The derivatives 0 to 4 along a line, by mpmath at 60 digits."""
    names = list(symbols(op).values())
    own = {DSinc.__name__: lambda n, x: mpmath.diff(mpmath.sincpi, x, int(n))}
    if op in HIGHER:  # lambdify knows other names for some, and betainc without its normalization
        function = FUNCTIONS[op.name]
    else:
        function = sympy.lambdify(names, expression(op, statics), modules=[own, "mpmath"])
    with mpmath.workdps(60):
        start, direction = list(map(mpmath.mpf, point)), list(map(mpmath.mpf, steps))

        def on_line(t: Any) -> Any:
            moved = [x + t * d for x, d in zip(start, direction, strict=True)]
            return mpmath.mpf(mpmath.re(function(*moved)))

        return [float(d) for d in mpmath.diffs(on_line, mpmath.mpf(0), ORDER)]


def check_elementwise(op: Op) -> None:
    for statics in statics_of(op):
        for point in list(points(op, 3))[:: max(1, 3 ** len(op.params) // 4)]:
            steps = steps_of(op)
            want = reference(op, statics, point, steps)
            scale = max(map(abs, want))
            ours = [float(c) for c in along(op, statics, point, steps)]
            engine = nested(op, statics, point, steps, 1.0)
            for k in range(1, ORDER + 1):
                for name, got in (("series", ours[k]), ("engine", engine[k - 1])):
                    error = abs(got - want[k])
                    assert error <= 1e-10 * max(abs(want[k]), 1e-3 * scale, 1e-9), (
                        f"{op.name}{point}{statics}, order {k} by {name}: {got!r}, not {want[k]!r}"
                    )


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_four_derivatives_of_every_elementwise_operation_against_mpmath(op: Op) -> None:
    check_elementwise(op)


def outputs_of(sample: Sample) -> list[int]:
    """The outputs that have derivatives: what completes a basis has none."""
    op = TABLE[sample.name]
    if not op.multi_output:
        return [0]
    if sample.statics.get("full_matrices") or sample.statics.get("mode") == "complete":
        return [1]
    return list(range(len(rule_of(op.name).forward(*sample.arrays, **sample.statics))))


@pytest.mark.parametrize("sample", SAMPLES, ids=label)
def test_series_and_nested_gradients_agree_on_every_operation_on_arrays(sample: Sample) -> None:
    random = np.random.default_rng(1)
    op = TABLE[sample.name]
    steps = [random.uniform(-1, 1, np.shape(a)) for a in sample.arrays]
    for which in outputs_of(sample):
        series = along(op, sample.statics, sample.arrays, steps, 3, which)
        seed = random.uniform(-1, 1, np.shape(series[0]))
        engine = nested(op, sample.statics, sample.arrays, steps, seed, 3, which)
        for k, want in enumerate(engine, start=1):
            got = float(np.sum(seed * series[k]))
            assert got == pytest.approx(want, rel=1e-9, abs=1e-9), f"output {which}, order {k}"


def test_a_wrong_partial_is_seen() -> None:
    rule = rule_of("sinh")
    right = rule.vjps, rule.jvps
    for k in range(2):
        wrong = tuple(lambda *args, push=right[0][0]: push(*args) * (1 + 1e-8) for _ in range(1))
        rule.vjps, rule.jvps = (wrong, right[1]) if k == 0 else (right[0], wrong)
        try:
            with pytest.raises(AssertionError, match="by engine" if k == 0 else "by series"):
                check_elementwise(lookup("sinh"))
        finally:
            rule.vjps, rule.jvps = right


def eigenvalue(x: Any) -> Any:
    return (x + x**2 - mpmath.sqrt((x - x**2) ** 2 + 4)) / 2


def spread_of(x: Any) -> Any:
    mean = (x + x**2 + 1) / 3
    return mpmath.sqrt(((x - mean) ** 2 + (x**2 - mean) ** 2 + (1 - mean) ** 2) / 3)


TO_ORDER_20: list[tuple[str, Callable[[Any], Any], float]] = [
    ("prod([x, sin(x), x - 0.5])", lambda x: x * mpmath.sin(x) * (x - 0.5), 0.5),
    ("det([[x, 1, 2], [exp(x), x, 1], [0, x**2, x]])",
     lambda x: (2 * x - 1) * x * mpmath.exp(x), 0.75),
    ("inv([[x, 1], [2, x]])[0, 1]", lambda x: -1 / (x * x - 2), 0.5),
    ("solve([[x, 1], [2, x]], [x, 1])[0]", lambda x: (x * x - 1) / (x * x - 2), 0.5),
    ("solve([[x, 1], [2, x]], [[x, 1], [1, x]])[0, 1]", lambda x: 0 * x, 0.5),
    ("cholesky([[x + 2, x], [x, 2]])[1, 1]", lambda x: mpmath.sqrt(2 - x**2 / (x + 2)), 0.5),
    ("expm([[0, x], [-x, 0]])[0, 1]", mpmath.sin, 0.5),
    ("matrix_power([[x, 1], [1, 0]], 3)[0, 0]", lambda x: x**3 + 2 * x, 0.5),
    ("matrix_power([[x, 1], [1, 0]], -1)[1, 1]", lambda x: -x, 0.5),
    ("eigvalsh([[x, 1], [1, x**2]])[0]", eigenvalue, 0.5),
    ("svdvals([[x, 1], [0, 2]])[0]",
     lambda x: mpmath.sqrt((x**2 + 5 + mpmath.sqrt((x**2 + 5) ** 2 - 16 * x**2)) / 2), 0.5),
    ("std([x, x**2, 1])", spread_of, 0.25),
    ("var([x, 2*x], ddof=1)", lambda x: x**2 / 2, 0.25),
    ("logsumexp([x, 2*x, 1])", lambda x: mpmath.log(mpmath.exp(x) + mpmath.exp(2 * x) + mpmath.e), 0.25),
    ("softmax([x, 1])[0]", lambda x: 1 / (1 + mpmath.exp(1 - x)), 0.25),
    ("log_softmax([x, x**2])[1]", lambda x: -mpmath.log(1 + mpmath.exp(x - x**2)), 0.25),
    ("norm([x, 1, x**2], 3)", lambda x: mpmath.cbrt(x**3 + 1 + x**6), 0.25),
    ("norm([[x, 1], [0, 2]], \"nuc\")", lambda x: mpmath.sqrt(x**2 + 5 + 4 * x), 0.5),
    ("median([x, x**2, 3])*max([x, 1])*min([exp(x), 9])", lambda x: x * mpmath.exp(x), 0.5),
    ("cumprod([x, x, sin(x)])[2]", lambda x: x**2 * mpmath.sin(x), 0.0),
    ("sort([3, x, 1 - x])[1]", lambda x: 1 - x, 0.25),
    ("einsum(\"ij,j->i\", [[x, 1], [2, x]], [sin(x), x])[0]", lambda x: x * mpmath.sin(x) + x, 0.25),
    ("pinv([[x], [1]])[0, 0]", lambda x: x / (x**2 + 1), 0.5),
    ("logabsdet([[x, 1], [2, x]])", lambda x: mpmath.log(abs(x * x - 2)), 0.5),
    ("eigh([[x, 1], [1, x**2]])[0][0]", eigenvalue, 0.5),
    ("U, s, V = svd([[x, 1], [0, 2]]); s[0]",
     lambda x: mpmath.sqrt((x**2 + 5 + mpmath.sqrt((x**2 + 5) ** 2 - 16 * x**2)) / 2), 0.5),
    ("abs(qr([[x, 1], [2, x]])[1][0, 0])", lambda x: mpmath.sqrt(x**2 + 4), 0.5),
    ("slogdet([[x, 1], [2, x]])[1]", lambda x: mpmath.log(abs(x * x - 2)), 0.5),
    ("split([x, x**2, x**3], 3)[1][0]", lambda x: x**2, 0.5),
    ("j0(x)", lambda x: mpmath.besselj(0, x), 1.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "function", "x"), TO_ORDER_20, ids=[s[0] for s in TO_ORDER_20])
def test_twenty_derivatives_of_operations_on_arrays_against_mpmath(
    text: str, function: Callable[[Any], Any], x: float
) -> None:
    found = derivative(text, {"x": x}, order=20).derivatives
    with mpmath.workdps(80):
        want = [float(d) for d in mpmath.diffs(function, mpmath.mpf(x), 20)][1:]
    for k, (ours, exact) in enumerate(zip(found, want, strict=True), start=1):
        scale = max(abs(exact), 1e-3 * math.factorial(k))
        assert abs(float(ours) - exact) <= 1e-10 * scale, f"order {k}: {ours!r}, not {exact!r}"


def test_what_stops_a_series_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        return np.linalg.inv(np.zeros((2, 2)))

    monkeypatch.setattr(rule_of("logabsdet"), "jvps", (refused,))
    with pytest.raises(Problem, match="up to order 3 cannot be computed here: Singular matrix") as caught:
        derivative("1 + logabsdet([[x, 1], [1, 1]])*2", {"x": 3.0}, order=3)
    assert caught.value.span == (4, 31)


def test_a_parameter_without_a_derivative_is_refused() -> None:
    with pytest.raises(Problem, match="polygamma has no derivative by its parameter 'n'"):
        derivative("polygamma(n, 2)", {"n": 1.0}, order=2)


def test_nested_operations_need_no_recursion() -> None:
    text = "logsumexp([" * 300 + "x" + ", 0])" * 300
    assert derivative(text, {"x": 0.0}, order=3).derivatives[0] == pytest.approx(1 / 301)


def test_indices_are_told_apart() -> None:
    found = derivative("sum([x, x**2, x**3][[0, 0, 2]]) + [x, x**2, x**3][1]", {"x": 2.0})
    assert found.derivatives == (2 + 12 + 4.0,)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_determinant_is_a_polynomial_at_a_singular_matrix_too(n: int) -> None:
    rows = [["x" if i == j else "1" for j in range(n)] for i in range(n)]
    text = "det([" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "])"
    found = derivative(text, {"x": 1.0}, order=n + 1).derivatives
    polynomial = sympy.Poly((sympy.Symbol("x") - 1) ** (n - 1) * (sympy.Symbol("x") + n - 1))
    want = [float(polynomial.diff((sympy.Symbol("x"), k)).eval(1)) for k in range(1, n + 2)]
    assert found == pytest.approx(want, abs=1e-12)
    second = hessian(text.replace("det", "sum(cofactors").replace("])", "]))"), {"x": 1.0}).hessian
    whole = sympy.Matrix(n, n, lambda i, j: sympy.Symbol("x") if i == j else 1).cofactor_matrix()
    assert second[0, 0] == pytest.approx(float(sympy.diff(sum(whole), "x", 2).subs("x", 1)), abs=1e-12)


def test_eigenvalues_move_as_they_do_from_a_diagonal_matrix() -> None:
    text = "eigvalsh([[1, x**2, x], [x**2, 2, 0], [x, 0, 4]])[0]"
    found = derivative(text, {"x": 0.0}, order=6).derivatives
    with mpmath.workdps(60):
        want = mpmath.diffs(
            lambda x: min(mpmath.eigsy(mpmath.matrix([[1, x**2, x], [x**2, 2, 0], [x, 0, 4]]), eigvals_only=True)),
            mpmath.mpf(0),
            6,
        )
        assert found == pytest.approx([float(d) for d in want][1:], abs=1e-9)
    t = Tensor(np.float64(0.0), True)
    values = apply(rule_of("eigvalsh"), [matrix_of(t)], {})
    value: Tensor = values[0]
    for k in range(6):
        (found_k,) = autograd.grad(value, [t], create_graph=True)
        assert found_k is not None
        value = found_k
        assert float(value.array) == pytest.approx(found[k], abs=1e-9)


def matrix_of(t: Tensor) -> Tensor:
    basis = np.zeros((2, 3, 3))
    basis[0, 0, 1] = basis[0, 1, 0] = basis[1, 0, 2] = basis[1, 2, 0] = 1.0
    return t**2 * Tensor(basis[0]) + t * Tensor(basis[1]) + Tensor(np.diag([1.0, 2.0, 4.0]))


def test_a_series_that_is_gone_is_not_taken_for_the_next_one() -> None:
    computation = Computation(1)
    for k in range(100):
        given = np.full(3, float(k))
        found = computation.apply(lookup("sqrt"), [computation.constant(given)], {})
        assert found.coefficients[0].tolist() == np.sqrt(given).tolist()


def test_higher_derivatives_with_constants_of_arrays_are_the_same_each_time() -> None:
    given = {"T": np.linspace(0.2, 2.4, 18).reshape(2, 3, 3), "a": 1.1}
    found = {derivative("sum(gammaincc(i1(T), a))", given, 2, "a").derivatives for _ in range(30)}
    assert len(found) == 1
