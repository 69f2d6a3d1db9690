"""Enclosures of decompositions hold mpmath's numbers: values, and derivatives by differences of its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.program import eigen, exponential, nuclear, triangular
from gradcli.enclosures.program.isolation import isolate
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian

DIGITS = 80
FIRST, SECOND = mpf(10) ** -25, mpf(10) ** -18
"""Steps of the differences: these are known to their squares, times derivatives two orders higher."""
SLACK = {0: mpf(10) ** -65, 1: mpf(10) ** -40, 2: mpf(10) ** -26}
"""To which the truth is known, by the derivative's order."""

Truth = Callable[[Any, Any], list[Any]]
"""(matrix, float64 matrix whose vectors' signs are meant) -> the entries of the value."""


def symmetric_pairs(x: Any, signs: Any) -> tuple[list[Any], list[list[Any]]]:
    """Eigenvalues in ascending order, and eigenvectors with NumPy's signs."""
    values, vectors = mp.eigsy((x + x.T) / 2)
    order = sorted(range(len(values)), key=lambda k: values[k])
    meant = np.linalg.eigh((signs + signs.T) / 2)[1]
    columns = []
    for place, k in enumerate(order):
        column = [vectors[i, k] for i in range(x.rows)]
        columns.append(with_sign(column, meant[:, place]))
    return [values[k] for k in order], columns


def with_sign(vector: Sequence[Any], meant: Any) -> list[Any]:
    cosine = sum(v * mpf(float(s)) for v, s in zip(vector, meant, strict=True))
    return [v if cosine > 0 else -v for v in vector]


def rows_of(columns: Sequence[Sequence[Any]]) -> list[Any]:
    return [e for row in zip(*columns, strict=True) for e in row]


def singular_values(x: Any) -> list[Any]:
    tall = x if x.rows >= x.cols else x.T
    return sorted(mp.svd_r(tall, compute_uv=False), reverse=True)


def svd(x: Any, signs: Any, part: int) -> list[Any]:
    tall = x if x.rows >= x.cols else x.T
    u, s, v = mp.svd_r(tall)
    of_u, _, of_v = np.linalg.svd(signs, full_matrices=False)
    if x.rows < x.cols:
        of_u, of_v = of_v.T, of_u.T
    left = [with_sign([u[i, k] for i in range(u.rows)], of_u[:, k]) for k in range(len(s))]
    right = [with_sign([v[k, i] for i in range(v.cols)], of_v[k]) for k in range(len(s))]
    if x.rows < x.cols:
        left, right = right, left
    if part == 1:
        return list(s)
    return rows_of(left) if part == 0 else [e for row in right for e in row]


def qr(x: Any, signs: Any, part: int) -> list[Any]:
    count = min(x.rows, x.cols)
    q, _ = mp.qr(x[:, :count], mode="skinny")
    diagonal = np.diagonal(np.linalg.qr(signs)[1])
    r = q.T * x
    flip = [1 if (r[k, k] > 0) == (diagonal[k] > 0) else -1 for k in range(count)]
    if part == 0:
        return [q[i, k] * flip[k] for i in range(x.rows) for k in range(count)]
    return [r[k, j] * flip[k] if j >= k else mpf(0) for k in range(count) for j in range(x.cols)]


SQUARE: dict[str, Truth] = {
    "eigvalsh(x)": lambda x, signs: symmetric_pairs(x, signs)[0],
    "eigh(x)[0]": lambda x, signs: symmetric_pairs(x, signs)[0],
    "eigh(x)[1]": lambda x, signs: rows_of(symmetric_pairs(x, signs)[1]),
    "eigenvectors(x)": lambda x, signs: rows_of(symmetric_pairs(x, signs)[1]),
    "expm(x)": lambda x, signs: list(mp.expm(x)),
}
ANY: dict[str, Truth] = {
    "svdvals(x)": lambda x, signs: singular_values(x),
    "norm(x, 'nuc')": lambda x, signs: [sum(singular_values(x))],
    "norm(x, 2)": lambda x, signs: singular_values(x)[:1],
    "norm(x, -2)": lambda x, signs: singular_values(x)[-1:],
    "svd(x)[0]": lambda x, signs: svd(x, signs, 0),
    "svd(x)[1]": lambda x, signs: svd(x, signs, 1),
    "svd(x)[2]": lambda x, signs: svd(x, signs, 2),
    "qr(x)[0]": lambda x, signs: qr(x, signs, 0),
    "qr(x)[1]": lambda x, signs: qr(x, signs, 1),
}
TRUTHS = {**SQUARE, **ANY}

SHAPES = [(n, n) for n in range(1, 7)]
CASES = [(text, shape) for text in SQUARE for shape in SHAPES]
CASES += [(text, shape) for text in ANY for shape in [*SHAPES, (4, 2), (2, 4)]]


def matrix(shape: tuple[int, ...], seed: int = 0) -> Any:
    return np.random.default_rng([*shape, seed]).normal(size=shape)


def exact(x: Any) -> Any:
    return mp.matrix([[mpf(float(e)) for e in row] for row in x])


def weighted(text: str, x: Any) -> tuple[str, Any]:
    """A program with one value, and the weights in it."""
    count = np.size(truth_of(text, x, {}))
    weights = np.random.default_rng(count).uniform(0.5, 1.5, size=count)
    spelled = ", ".join(repr(float(w)) for w in weights)
    return (f"sum(ravel({text})*[{spelled}])", weights)


def truth_of(text: str, x: Any, moved: dict[int, Any]) -> list[Any]:
    """The entries of the value, with some entries of the matrix moved."""
    at = exact(x)
    for i, step in moved.items():
        at[i // at.cols, i % at.cols] += step
    return TRUTHS[text](at, x)


def holds(ball: Ball, truth: Any, order: int) -> bool:
    """Whether the truth is inside, as far as it is known."""
    with mp.workdps(400):
        slack = SLACK[order] * max(abs(truth), 1)
        low, high = (mp.ldexp(mpf(end), ball.exponent) for end in (ball.low, ball.high))
        return bool(low - slack <= truth <= high + slack)


def narrow(ball: Ball | Undecided) -> Ball:
    assert isinstance(ball, Ball), ball
    width, size = ball.high - ball.low, max(abs(ball.low), abs(ball.high))
    assert width << 59 <= size or size == 0 or size.bit_length() + ball.exponent < -1100, ball
    return ball


def asked(text: str, x: Any, kind: Any, **more: Any) -> Enclosures:
    return enclose(Request(text, {"x": x.tolist()}, ("x",), kind, limit=10_000, **more))


def some(count: int, wanted: int) -> list[int]:
    return sorted({(i * count) // wanted for i in range(wanted)})


@pytest.fixture(autouse=True)
def digits() -> Any:
    with mp.workdps(DIGITS):
        yield


@pytest.mark.parametrize(("text", "shape"), CASES)
def test_the_value_and_the_jacobian_hold_mpmath_s_numbers(text: str, shape: tuple[int, int]) -> None:
    x = matrix(shape)
    found = asked(text, x, "jacobian")
    for ball, value in zip(found.values, truth_of(text, x, {}), strict=True):
        assert holds(narrow(ball), value, 0)
    for by in some(x.size, 3):
        up, down = truth_of(text, x, {by: FIRST}), truth_of(text, x, {by: -FIRST})
        for output, (high, low) in enumerate(zip(up, down, strict=True)):
            ball = narrow(found.derivatives[output * x.size + by])
            assert holds(ball, (high - low) / (2 * FIRST), 1), (output, by)


@pytest.mark.parametrize(("text", "shape"), [case for case in CASES if case[1] in [(2, 2), (3, 3), (4, 2)]])
def test_gradients_and_hessians_hold_mpmath_s_numbers(text: str, shape: tuple[int, int]) -> None:
    x = matrix(shape, 1)
    size = x.size
    program, weights = weighted(text, x)
    exactly = [mpf(float(w)) for w in weights]

    def value(moved: dict[int, Any]) -> Any:
        return mp.fdot(exactly, truth_of(text, x, moved))

    def slope(i: int) -> Any:
        return (value({i: FIRST}) - value({i: -FIRST})) / (2 * FIRST)

    def curvature(i: int, j: int) -> Any:
        if i == j:
            return (value({i: SECOND}) - 2 * value({}) + value({i: -SECOND})) / SECOND**2
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        return sum(a * b * value({i: a * SECOND, j: b * SECOND}) for a, b in signs) / (4 * SECOND**2)

    first = asked(program, x, "gradient").derivatives
    both = asked(program, x, "hessian").derivatives
    for i in some(size, 2):
        assert holds(narrow(first[i]), slope(i), 1)
        assert holds(narrow(both[i]), slope(i), 1)
    for i, j in [(0, size - 1), (size // 2, size // 2)]:
        assert holds(narrow(both[size + i * size + j]), curvature(i, j), 2)
    checks_the_engine(program, x, first, both[size:])


def checks_the_engine(program: str, x: Any, first: Any, second: Any) -> None:
    """The engine's rules, which are formulas for derivatives, and the enclosures, which use none, agree."""
    values = {"x": x.tolist()}
    of_gradient = np.ravel(grad(program, values).gradients["x"])
    assert of_gradient == pytest.approx([middle(b) for b in first], rel=1e-9, abs=1e-9)
    of_hessian = np.ravel(hessian(program, values).hessian)
    assert of_hessian == pytest.approx([middle(b) for b in second], rel=1e-7, abs=1e-7)


def middle(ball: Any) -> float:
    return float(mp.ldexp(mpf(ball.low) + mpf(ball.high), ball.exponent - 1))


def overlap(a: Ball | Undecided, b: Ball | Undecided) -> bool:
    with mp.workdps(400):
        (low, high), (other_low, other_high) = (
            (mp.ldexp(mpf(ball.low), ball.exponent), mp.ldexp(mpf(ball.high), ball.exponent))
            for ball in (narrow(a), narrow(b))
        )
        return bool(low <= other_high and other_low <= high)


@pytest.mark.parametrize("text", [*TRUTHS, "x@x", "solve(x, x.T)"])
def test_sweeps_forward_and_series_agree_with_sweeps_back(text: str) -> None:
    x, direction = matrix((4, 4), 2), matrix((4, 4), 3)
    back = asked(text, x, "jacobian").derivatives
    outputs = len(back) // 16
    forward = asked(f"outer(ones(17), {text})", x, "jacobian").derivatives
    assert len(forward) == 17 * len(back)
    assert all(overlap(a, b) for a, b in zip(forward, [*back, *back], strict=False))
    along = asked(text, x, "pushforward", tangents={"x": direction.tolist()}).derivatives
    for output in range(outputs):
        with mp.workdps(400):
            steps = [mpf(float(d)) for d in direction.ravel()]
            row = [narrow(ball) for ball in back[16 * output :][:16]]
            middles = [mp.ldexp(mpf(b.low) + mpf(b.high), b.exponent - 1) for b in row]
            slack = sum(
                mp.ldexp(mpf(b.high) - mpf(b.low), b.exponent) * abs(d) for b, d in zip(row, steps, strict=True)
            )
            ball = narrow(along[output])
            low, high = mp.ldexp(mpf(ball.low), ball.exponent), mp.ldexp(mpf(ball.high), ball.exponent)
            assert low - slack <= mp.fdot(middles, steps) <= high + slack


def test_gradients_of_twenty_eigenvalues() -> None:
    x, direction = matrix((20, 20)), matrix((20, 20), 1)
    weights = [k + 1 for k in range(20)]
    found = asked("sum(eigvalsh(x)*arange(1, 21))", x, "gradient")

    def value(step: Any) -> Any:
        at = exact(x) + step * exact(direction)
        values = mp.eigsy((at + at.T) / 2, eigvals_only=True)
        return mp.fdot(weights, sorted(values))

    slope = (value(FIRST) - value(-FIRST)) / (2 * FIRST)
    balls = [narrow(ball) for ball in found.derivatives]
    with mp.workdps(400):
        steps = [mpf(float(d)) for d in direction.ravel()]
        ends = [
            (mp.ldexp(b.low, b.exponent) * d, mp.ldexp(b.high, b.exponent) * d)
            for b, d in zip(balls, steps, strict=True)
        ]
        slack = SLACK[1] * 100
        assert sum(map(min, ends)) - slack <= slope <= sum(map(max, ends)) + slack


@pytest.mark.parametrize(
    ("module", "name", "text"),
    [
        (eigen._Pair, "pull", "eigvalsh(x)"),
        (eigen._Pair, "pull", "svd(x)[2]"),
        (exponential._Exponential, "pull", "expm(x)"),
        (nuclear._TraceOfRoot, "pull", "norm(x, 'nuc')"),
        (triangular._Factors, "pull", "qr(x)[0]"),
        (triangular._Factors, "pull", "qr(x)[1]"),
    ],
)
def test_a_wrong_partial_is_seen(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, text: str) -> None:
    right = getattr(module, name)

    def wrong(self: Any, cotangents: Any) -> Any:
        first, *rest = right(self, cotangents)
        return [first * (1 + mpf_to_arb(1e-12)), *rest]

    monkeypatch.setattr(module, name, wrong)
    with pytest.raises(AssertionError):
        test_gradients_and_hessians_hold_mpmath_s_numbers(text, (3, 3))


def mpf_to_arb(x: float) -> Any:
    from flint import arb

    return arb(x)


def test_a_wrong_eigenvector_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = isolate

    def wrong(a: Any) -> Any:
        found = right(a)
        return found._replace(vectors=found.vectors * mpf_to_arb(1 + 1e-12))

    monkeypatch.setattr(eigen, "isolate", wrong)
    with pytest.raises(AssertionError):
        test_the_value_and_the_jacobian_hold_mpmath_s_numbers("eigh(x)[1]", (3, 3))


MATRIX_OF_T = "[[t, t**2], [t**2, exp(t)]]"


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("eigvalsh(M)[0]", lambda a, b, d: (a + d - mp.sqrt((a - d) ** 2 + 4 * b**2)) / 2),
        ("eigh(M)[1][0, 1]**2", lambda a, b, d: mp.cos(mp.atan2(2 * b, a - d) / 2) ** 2),
        ("svdvals(M)[1]", lambda a, b, d: abs(a + d - mp.sqrt((a - d) ** 2 + 4 * b**2)) / 2),
        ("qr(M)[1][0, 1]**2", lambda a, b, d: (a * b + b * d) ** 2 / (a**2 + b**2)),
    ],
)
def test_derivatives_of_high_order(text: str, function: Callable[..., Any]) -> None:
    program = text.replace("M", MATRIX_OF_T)
    found = enclose(Request(program, {"t": 0.75}, ("t",), "derivative", order=10))
    coefficients = mp.taylor(lambda t: function(t, t**2, mp.exp(t)), mpf(0.75), 10)
    for k, ball in enumerate(found.derivatives, start=1):
        assert holds(narrow(ball), coefficients[k] * mp.factorial(k), 1), k


def test_derivatives_of_high_order_of_an_exponential() -> None:
    x = matrix((3, 3))
    found = enclose(Request("expm(t*x)[0, 2]", {"x": x.tolist(), "t": 0.75}, ("t",), "derivative", order=12))
    at = exact(x)
    whole = mp.expm(at * mpf(0.75))
    for ball in found.derivatives:
        whole = at * whole
        assert holds(narrow(ball), whole[0, 2], 0)


def ends(balls: Sequence[Ball | Undecided]) -> list[tuple[int, int]]:
    return [(ball.low, ball.high) for ball in map(narrow, balls)]


def test_stacks_are_taken_one_by_one() -> None:
    x = matrix((2, 3, 3))
    stacked = asked("eigvalsh(x)", x, "jacobian")
    for i in range(2):
        alone = asked("eigvalsh(x)", x[i], "jacobian")
        for output in range(3):
            row = stacked.derivatives[18 * (3 * i + output) :][:18]
            assert ends(row[9 * i :][:9]) == ends(alone.derivatives[9 * output :][:9])
            assert set(ends([*row[: 9 * i], *row[9 * (i + 1) :]])) == {(0, 0)}


def solution(a: Any, b: Any) -> list[Any]:
    return rows_of([list(mp.lu_solve(a, b[:, j])) for j in range(b.cols)])


@pytest.mark.parametrize(
    ("a", "b"),
    [((2, 3, 3), (2, 3, 2)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 1)), ((2, 1, 2, 2), (3, 2, 2)), ((2, 2), (2,))],
)
def test_solve_of_stacks(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = matrix(a), matrix(b)
    values = {"a": x.tolist(), "b": y.tolist()}
    columns = y[:, None] if y.ndim == 1 else y
    lead = np.broadcast_shapes(x.shape[:-2], columns.shape[:-2])
    x, columns = np.broadcast_to(x, (*lead, *x.shape[-2:])), np.broadcast_to(columns, (*lead, *columns.shape[-2:]))
    truth = [e for index in np.ndindex(lead) for e in solution(exact(x[index]), exact(columns[index]))]
    found = enclose(Request("solve(a, b)", values, ("a", "b"), "jacobian"))
    assert all(holds(narrow(ball), t, 0) for ball, t in zip(found.values, truth, strict=True))
    first = enclose(Request("sum(solve(a, b)**2)", values, ("a", "b"), "gradient")).derivatives
    engine = grad("sum(solve(a, b)**2)", values).gradients
    of_engine = np.concatenate([np.ravel(engine["a"]), np.ravel(engine["b"])])
    assert of_engine == pytest.approx([middle(narrow(ball)) for ball in first], rel=1e-9)


def reasons(found: Enclosures) -> set[str]:
    return {b.reason for b in found.derivatives if isinstance(b, Undecided)}


def test_equal_eigenvalues_have_values_and_no_derivatives() -> None:
    found = asked("eigvalsh(x)", np.diag([1.0, 1.0, 2.0]), "jacobian")
    assert [middle(narrow(ball)) for ball in found.values] == [1, 1, 2]
    assert reasons(found) == {"eigenvalues are equal"}
    assert all(isinstance(ball, Undecided) for ball in found.derivatives[:18])
    assert [middle(narrow(ball)) for ball in found.derivatives[18:]] == [0] * 8 + [1]
    assert found.bits <= 192


def test_one_of_which_others_are_equal_is_as_narrow_as_any() -> None:
    x = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    found = asked("eigh(x)[1][0, 2]*eigvalsh(x)[2]", x, "gradient")
    assert [holds(narrow(found.values[0]), sign * 3 / mp.sqrt(2), 0) for sign in (1, -1)].count(True) == 1
    assert not reasons(found)


def test_the_sum_of_equal_singular_values_has_derivatives() -> None:
    turned = np.array([[3.0, -4.0, 0.0], [4.0, 3.0, 0.0], [0.0, 0.0, 2.0]])
    found = asked("norm(x, 'nuc')", turned, "hessian")
    assert holds(narrow(found.values[0]), mpf(12), 0)
    for ball, entry in zip(found.derivatives[:9], (turned / [5, 5, 2]).ravel(), strict=True):
        assert abs(middle(narrow(ball)) - entry) < 1e-16
    # of a skew change A of 5*Q the polar factor changes by Q*A/5, of a symmetric one not at all
    assert [round(middle(narrow(ball)), 15) for ball in found.derivatives[9:][:9]] == pytest.approx(
        [0.064, 0.048, 0.0, -0.048, 0.064, 0.0, 0.0, 0.0, 0.0]
    )


def test_nearly_equal_eigenvalues_are_told_apart() -> None:
    x = np.diag([1.0, 1.0 + 2.0**-52, 4.0])
    found = asked("eigvalsh(x)[1]", x, "gradient")
    assert [middle(narrow(ball)) for ball in found.derivatives] == [0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_vectors_whose_sign_float64_does_not_tell() -> None:
    source = "eigh(x + 1e-20*[[1, 2], [2, 1]])"
    found = asked(f"{source}[0][0]", np.eye(2), "gradient")
    assert [middle(narrow(ball)) for ball in found.derivatives] == [0.5, -0.5, -0.5, 0.5]
    found = asked(f"{source}[1][0, 0]", np.eye(2), "gradient")
    assert reasons(found) == {"float64 does not tell eigenvalues apart, nor the sign of a vector"}


RANK_ONE = np.outer([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    ("text", "x", "reason"),
    [
        ("svdvals(x)[1]", RANK_ONE, "a singular value is 0, where it is not differentiable"),
        ("norm(x, 'nuc')", RANK_ONE, "a singular value is 0, where it is not differentiable"),
        ("norm(x, -2)", RANK_ONE, "a singular value is 0, where it is not differentiable"),
        ("norm(x, 2)", np.eye(2), "singular values are equal"),
        ("norm(x, 2)", np.zeros((2, 2)), "a singular value is 0, where it is not differentiable"),
        ("svd(x)[0][0, 1]", RANK_ONE, "a singular value is 0, where it is not differentiable"),
        ("svd(x, full_matrices=True)[0][0, 2]", RANK_ONE[:, :2] + np.eye(3, 2),
         "some vectors of svd(..., full_matrices=True) are not unique"),
        ("eigh(x)[1][0, 0]", np.eye(3), "eigenvalues are equal"),
        ("qr(x)[1][0, 0]", RANK_ONE, "columns are linearly dependent, where qr is not differentiable"),
        ("eigvalsh(x)[0]", np.eye(61), "eigenvalues are enclosed up to 60 of them"),
        ("norm(x, 'nuc')", np.eye(61, 62), "singular values are enclosed up to 60 of them"),
        ("qr(x)[1][0, 0]", np.eye(61, 2), "Q and R are enclosed of matrices of up to 60 rows and columns"),
    ],
)  # fmt: skip
def test_what_is_not_enclosed_says_why(text: str, x: Any, reason: str) -> None:
    found = asked(text, x, "gradient")
    undecided = [b for b in (*found.values, *found.derivatives) if isinstance(b, Undecided)]
    assert undecided
    assert {b.reason for b in undecided} == {reason}
    assert not any(isinstance(b, Ball) for b in found.derivatives)


def test_what_a_matrix_of_low_rank_does_have() -> None:
    norm = mp.sqrt(14) * mp.sqrt(21)
    for text in ("norm(x, 2)", "svdvals(x)[0]", "svd(x, full_matrices=True)[1][0]"):
        found = asked(text, RANK_ONE, "gradient")
        assert holds(narrow(found.values[0]), norm, 0)
        for ball, u in zip(found.derivatives, np.outer([1, 2, 3], [1, 2, 4]).ravel(), strict=True):
            assert holds(narrow(ball), int(u) / norm, 0)
    assert [middle(b) for b in asked("svdvals(x)", RANK_ONE, "jacobian").values[1:]] == [0, 0]


def test_an_eigenvalue_that_is_0() -> None:
    found = asked("eigvalsh(x)[0]", np.array([[1.0, 2.0], [2.0, 4.0]]), "gradient")
    assert ends(found.values) == [(0, 0)]
    assert [middle(narrow(ball)) for ball in found.derivatives] == [0.8, -0.4, -0.4, 0.2]


@pytest.mark.parametrize(
    "text", ["norm(x, 'nuc', keepdims=True)", "norm(x, 2, axis=(2, 0))", "norm(x, -2, axis=(0, 1))"]
)
def test_norms_of_stacks(text: str) -> None:
    x = matrix((2, 3, 2)) if "axis" in text else matrix((3, 2))
    program = f"sum({text})"
    found = asked(program, x, "gradient")
    engine = np.ravel(grad(program, {"x": x.tolist()}).gradients["x"])
    assert engine == pytest.approx([middle(narrow(ball)) for ball in found.derivatives], rel=1e-9)
