"""Formulas, read back from their text, have the engine's numbers: over the whole table, at kinks, over corpora."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from gradcli.formulas.rules import differentiable
from gradcli.ops import TABLE, Op
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from tests import corpora
from tests.formulas.programs import formulas, numbers

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise" and not op.statics]
KINKS = [op for op in ELEMENTWISE if op.peers is not None]

PROGRAMS = [
    ("a = w + x; b = w + 1; a*b", {"w": 1.0, "x": 2.0}),
    ("s = sin(x); s*exp(s)*s", {"x": 0.7}),
    ("x**2*y**3 - 3*x/y", {"x": 1.5, "y": -0.5}),
    ("where(x > 0, sqrt(x), x**2)*y", {"x": 2.0, "y": 3.0}),
    ("log(x) if x > 1 else x*y", {"x": 0.5, "y": 2.0}),
    ("sum(x**i/i for i in range(1, 6))", {"x": 0.3}),
    ("sum([cos(i*x)*y for i in range(4)])", {"x": 0.3, "y": 2.0}),
    ("max(x, y, 3*z)", {"x": 0.3, "y": 2.0, "z": 0.1}),
    ("1 < x < 2", {"x": 1.5}),
    ("norm(A@x - b)**2", {"A": [[1.0, 2.0], [3.0, 5.0]], "x": [0.5, -1.0], "b": [1.0, 1.0]}),
    ("x@A@x/2", {"A": [[1.0, 2.0], [3.0, 5.0]], "x": [0.5, -1.0]}),
    ("log(det(X)) + trace(inv(X))", {"X": [[2.0, 1.0], [0.5, 3.0]]}),
    ("sum(solve(A, b)**2)", {"A": [[2.0, 1.0], [0.5, 3.0]], "b": [1.0, -1.0]}),
    ("sum(log(1 + exp(-y*(X@w))))", {"X": [[2.0, 1.0], [0.5, 3.0]], "w": [0.1, 0.2], "y": [1.0, -1.0]}),
    ("logsumexp(x) + sum(softmax(x)*x) + std(x) + var(x, ddof=1)", {"x": [0.1, 0.7, -0.4]}),
    ("prod(x) + mean(x**2) + x[0]*x[-1] + sum(x[1:])", {"x": [0.1, 0.7, -0.4]}),
    ("max(x) + min(x) + norm(x)", {"x": [0.1, 0.7, -0.4]}),
    ("max(x)", {"x": [2.0, 2.0, 2.0]}),
    ("norm(x)", {"x": [0.0, 0.0]}),
    ("std(x)", {"x": [1.0, 1.0]}),
    ("sum(cumsum(x)*outer(x, x)[0]) + einsum('i,i->', x, x)", {"x": [0.1, 0.7, -0.4]}),
    ("dot(cross(a, b), [1, 2, 3])", {"a": [1.0, 2.0, 3.0], "b": [3.0, 1.0, 0.5]}),
    ("sum(k + x)", {"k": 2.0, "x": [1.0, 2.0, 3.0]}),
    ("sum(matrix_power(A, 3)) + det(A)", {"A": [[0.2, 0.1, 0.4], [0.5, 0.3, 0.2], [1.0, -0.5, 0.7]]}),
    ("x + pi*e", {"x": 1.0, "e": 2.0}),
]  # fmt: skip


def close(found: Any, wanted: Any, scale: float = 1.0) -> bool:
    found, wanted = np.asarray(found), np.asarray(wanted)
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    with np.errstate(invalid="ignore"):
        near = abs(found - wanted) <= 1e-12 * np.maximum(abs(wanted), scale)
    return found.shape == wanted.shape and bool(np.all(same | near))


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_the_whole_table(op: Op) -> None:
    points = list(itertools.product(*[[np.mean(one) for one in domain] for domain in op.sample_domains]))
    moving = [param for i, param in enumerate(op.params) if op.partials[i] is not None]
    for point in points:
        values = {param: float(number) for param, number in zip(op.params, point, strict=True)}
        fixed = {param: repr(value) for param, value in values.items() if param not in moving}
        call = f"{op.name}({', '.join(fixed.get(param, param) for param in op.params)})"
        given = {param: values[param] for param in moving}
        engine = grad(call, given).gradients
        for name, formula in formulas(call, given, neat=point is points[0]).items():
            assert close(numbers(formula, given), engine[name]), (point, name, formula)


@pytest.mark.parametrize("op", KINKS, ids=lambda op: op.name)
def test_conventions_at_kinks(op: Op) -> None:
    assert op.peers is not None
    given = {"x": op.peers.x}
    formula = formulas(op.peers.call, given, neat=False)["x"]
    assert close(numbers(formula, given), grad(op.peers.call, given).gradients["x"]), formula


@pytest.mark.parametrize(("text", "values"), PROGRAMS)
@pytest.mark.parametrize("neat", [True, False])
def test_gradients(text: str, values: dict[str, Any], neat: bool) -> None:
    engine = grad(text, values).gradients
    for name, formula in formulas(text, values, neat=neat).items():
        assert close(numbers(formula, values), engine[name]), formula


@pytest.mark.parametrize(("text", "values"), [case for case in PROGRAMS if "<" not in case[0]])
def test_hessians(text: str, values: dict[str, Any]) -> None:
    if text in ("norm(x)", "std(x)", "max(x)"):
        pytest.skip("a kink")
    engine = hessian(text, values).hessian
    formula = formulas(text, values, of="hessian", neat=False)[""]
    assert close(numbers(formula, values), engine, scale=np.abs(engine).max()), formula


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[x**2*y, sin(x) + y, x/y]", {"x": 2.0, "y": 3.0}),
        ("A@x", {"A": [[1.0, 2.0], [3.0, 5.0]], "x": [0.5, -1.0]}),
        ("softmax(x)", {"x": [0.5, -1.0, 2.0]}),
        ("softmax(x, None)[0]", {"x": [[0.5, -1.0], [2.0, 0.1]]}),
        ("log_softmax([x, 2*x], (0, -1))[:, 1]", {"x": [[0.5, -1.0], [2.0, 0.1]]}),
        ("softmax(x) + log_softmax(x*x)", {"x": 0.5}),
        ("x*sum(x) + y", {"x": [0.5, -1.0, 2.0], "y": 2.0}),
    ],
)
def test_jacobians(text: str, values: dict[str, Any]) -> None:
    engine = jacobian(text, values)
    found = [
        numbers(formula, values).reshape(np.size(engine.value), -1)
        for formula in formulas(text, values, of="jacobian").values()
    ]
    assert close(np.hstack(found), engine.jacobian)


@pytest.mark.parametrize("file", corpora.SCALAR_FILES)
def test_corpora(file: str) -> None:
    """Some of each; `scripts/trust` takes all."""
    for case in list(corpora.cases(file))[::61]:
        engine = None
        for name, formula in formulas(case.expression, case.point).items():
            found, wanted = float(numbers(formula, case.point)), case.gradients[name]
            if not abs(found - wanted) <= 1e-10 * abs(wanted):
                engine = engine or grad(case.expression, case.point).gradients
                error = abs(float(np.asarray(engine[name])) - wanted)
                assert abs(found - wanted) <= max(10 * error, 1e-15), (case, formula)  # what cancels


def test_no_derivative_is_told() -> None:
    from gradcli.errors import UsageProblem

    with pytest.raises(UsageProblem, match="jv has no derivative by its parameter 'n'"):
        differentiable("jv", 0)


def test_a_fault_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli.formulas.arithmetic import Arithmetic

    text, values = "x + y*cos(x)", {"x": 2.0, "y": 3.0}
    monkeypatch.setattr(Arithmetic, "neg", lambda self, a: a)
    assert not close(numbers(formulas(text, values)["x"], values), grad(text, values).gradients["x"])
