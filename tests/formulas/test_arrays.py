"""Formulas of whole arrays: the table's rules as text, and gradients for all sizes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem, ShapeProblem, UsageProblem
from gradcli.formulas.array_sizes import broadcast
from gradcli.ops import TABLE
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from tests import corpora
from tests.formulas.programs import numbers

RULES = [(op.name, ranks, position) for op in TABLE.values() for ranks, texts in op.texts.items()
         for position in range(len(texts))]  # fmt: skip
SIZES = {"m": 2, "n": 3, "k": 4}


def arrays(shapes: dict[str, tuple[Any, ...]], sizes: dict[str, int]) -> dict[str, Any]:
    drawn = np.random.default_rng(5)
    return {
        name: drawn.uniform(0.5, 1.5, [sizes.get(size, size) for size in shape]).round(3)
        + (np.eye(sizes[shape[0]]) if len(shape) == 2 and shape[0] == shape[1] else 0)
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize(("name", "ranks", "position"), RULES)
def test_rules_as_text_are_the_functions(name: str, ranks: str, position: int) -> None:
    """Of different sizes where the operation allows it, so that a transpose in the wrong place is seen."""
    op = TABLE[name]
    shapes: dict[str, tuple[Any, ...]] = {}
    for param, rank in zip(op.params, ranks, strict=True):
        shapes[param] = ("n", "n")[: int(rank)]
    if name in ("matmul", "dot") and ranks in ("21", "22", "12"):
        shapes[op.params[0]] = ("m", "n") if ranks[0] == "2" else ("n",)
        shapes[op.params[1]] = ("n", "k") if ranks[1] == "2" else ("n",)
    if name == "outer":
        shapes = {"a": ("m",), "b": ("n",)}
    if name == "inner" and "2" in ranks:
        shapes = {"a": ("m", "n")[2 - int(ranks[0]) :], "b": ("k", "n")[2 - int(ranks[1]) :]}
    if name == "solve" and ranks == "22":
        shapes["b"] = ("n", "k")
    if name == "transpose" and ranks == "2":
        shapes["x"] = ("m", "n")
    values = arrays(shapes, SIZES)
    call = f"{name}({', '.join(op.params)})"
    out = evaluate(call, values).value
    seed = np.random.default_rng(6).uniform(0.5, 1.5, np.shape(out)).round(3)
    wanted = grad(call, values, seed=seed).gradients[op.params[position]]
    found = numbers(op.texts[ranks][position], {**values, "g": seed, "out": out})
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


GRADIENTS = [
    ("x@A@x", {"x": ("n",), "A": ("n", "n")}, {"x": "(A + A.T)@x", "A": "outer(x, x)"}),
    ("norm(A@x - b)**2", {"A": ("m", "n"), "x": ("n",), "b": ("m",)},
     {"x": "2*A.T@(A@x - b)", "A": "2*outer(A@x - b, x)", "b": "-2*(A@x - b)"}),
    ("log(det(X))", {"X": ("n", "n")}, {"X": "inv(X).T"}),
    ("logabsdet(X)", {"X": ("n", "n")}, {"X": "inv(X).T"}),
    ("trace(A@X@B)", {"A": ("n", "m"), "X": ("m", "k"), "B": ("k", "n")}, {"X": "A.T@B.T"}),
    ("trace(X.T@X)", {"X": ("m", "n")}, {"X": "2*X"}),
    ("trace(inv(X))", {"X": ("n", "n")}, {"X": "-inv(X).T@inv(X).T"}),
    ("det(X)", {"X": ("n", "n")}, {"X": "cofactors(X)"}),
    ("sum(log(1 + exp(-y*(X@w))))", {"X": ("m", "n"), "w": ("n",), "y": ("m",)},
     {"w": "-X.T@(y*exp(-y*(X@w))/(1 + exp(-y*(X@w))))"}),
    ("sum(X@w)", {"X": ("m", "n"), "w": ("n",)}, {"w": "sum(X, axis=0)", "X": "outer(ones(len(X)), w)"}),
    ("sum(X*w) + k*sum(w)", {"X": ("m", "n"), "w": ("n",), "k": ()},
     {"w": "k + sum(X, axis=0)", "k": "sum(w)"}),
    ("mean(x**2)", {"x": ("n",)}, {"x": "2*x/len(x)"}),
    ("sum(X, axis=1)@y", {"X": ("m", "n"), "y": ("m",)}, {"y": "sum(X, axis=1)"}),
    ("sum(solve(A, b))", {"A": ("n", "n"), "b": ("n",)}, {"b": "solve(A.T, ones(len(A)))"}),
    ("sum(k + x)", {"k": (), "x": ("n",)}, {"k": "len(x)", "x": "ones(len(x))"}),
    ("x@y + dot(y, x) + inner(x, y) + vdot(x, y)", {"x": ("n",), "y": ("n",)}, {"x": "4*y"}),
    ("sum(outer(x, y)*A)", {"x": ("m",), "y": ("n",), "A": ("m", "n")}, {"x": "A@y", "y": "A.T@x"}),
    ("a = A@x; sum(a**2) + sum(a)", {"A": ("m", "n"), "x": ("n",)}, {}),
    ("sum(maximum(x, 0)*k) + sum(where(x > 1, x, x**2))", {"x": ("n",), "k": ()}, {}),
    ("sum(mean(X, axis=0)**2) + sum(mean(X, axis=1))", {"X": ("m", "n")}, {}),
    ("sum(X - mean(X))", {"X": ("m", "n")}, {}),
    ("exp(x@x)*norm(X)", {"x": ("n",), "X": ("m", "n")}, {}),
    ("logsumexp(x)", {"x": ("n",)}, {"x": "softmax(x)"}),
    ("logsumexp(X)", {"X": ("m", "n")}, {"X": "exp(X - logsumexp(X))"}),
    ("-sum(y*log_softmax(x))", {"x": ("n",), "y": ("n",)}, {"y": "-log_softmax(x)"}),
    ("sum(softmax(x)*y)", {"x": ("n",), "y": ("n",)}, {"y": "softmax(x)"}),
    ("var(x)", {"x": ("n",)}, {"x": "2*(x - mean(x))/len(x)"}),
    ("std(x) + var(X) + std(X)", {"x": ("n",), "X": ("m", "n")}, {}),
    ("max(x)*min(X) + max(X - 1)", {"x": ("n",), "X": ("m", "n")}, {}),
    ("sum(cumsum(x)*y)", {"x": ("n",), "y": ("n",)}, {"x": "flip(cumsum(flip(y)))"}),
    ("sum(flip(x)*y)", {"x": ("n",), "y": ("n",)}, {"x": "flip(y)"}),
    ("norm(x, 1) + norm(y, 2)", {"x": ("n",), "y": ("n",)}, {"x": "sign(x)"}),
    ("sum((X@w - y)**2)/len(y)", {"X": ("m", "n"), "w": ("n",), "y": ("m",)}, {"w": "2*X.T@(X@w - y)/len(X)"}),
    ("sum(inv(A)@B)", {"A": ("n", "n"), "B": ("n", "k")}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shapes", "stated"), GRADIENTS)
def test_gradients_hold_for_all_sizes(text: str, shapes: dict[str, Any], stated: dict[str, str]) -> None:
    found = {formula.names[0]: formula for formula in diff(text, shapes=shapes).formulas}
    for name, formula in stated.items():
        assert found[name].text.replace(" @ ", "@") == formula
    for sizes in (SIZES, {"m": 3, "n": 2, "k": 1}):
        values = arrays(shapes, sizes)
        engine = grad(text, values).gradients
        for name, derivative in found.items():
            number = numbers(derivative.text, values)
            assert number.shape == np.shape(engine[name])
            np.testing.assert_allclose(number, engine[name], rtol=1e-11, atol=1e-12, err_msg=derivative.text)


def test_matrix_cookbook() -> None:
    """Read back with the right numbers; and as short as what is stated there in two of three cases."""
    longer, count = [], 0
    for record in corpora.records("matrix_cookbook"):
        shapes = {name: tuple(fact["shape"]) for name, fact in record["vars"].items()}
        for name in record["wrt"]:
            formula = diff(record["expr"], wrt=[name], shapes=shapes, guarded=False).formulas[0].text
            for point, gradients in zip(record["points"], record["grads"], strict=True):
                np.testing.assert_allclose(numbers(formula, point), gradients[name], rtol=1e-10, atol=1e-10)
            stated = record.get("stated_gradient", {}).get(name)
            if stated:
                count += 1
                if tokens(formula) > tokens(stated):
                    longer.append((record["expr"], formula, stated))
    assert count > 25
    assert len(longer) <= count / 3, longer


def tokens(text: str) -> int:
    return len(re.findall(r"\w+|\*\*|[^\s\w]", text))


def test_what_has_no_formula_of_arrays() -> None:
    assert diff("x[0]*x[1]", shapes={"x": (2,)}).formulas[0].text == "[x[1], x[0]]"
    found = diff("x[0]*x[1]", shapes={"x": ("n",)}).formulas[0]
    assert found.text == "x[0]*one_hot(1, len(x)) + x[1]*one_hot(0, len(x))"
    with pytest.raises(Problem, match="an index has no formula of arrays"):
        diff("A[0]@x", shapes={"A": ("m", "n"), "x": ("n",)})
    with pytest.raises(Problem, match="the derivative of an array by an array"):
        diff("A@x", shapes={"A": ("m", "n"), "x": ("n",)})
    with pytest.raises(UsageProblem, match="this derivative is written entry by entry"):
        diff("x@x", "derivative", shapes={"x": ("n",)})
    with pytest.raises(ShapeProblem, match="takes a square matrix"):
        diff("det(X)", shapes={"X": ("m", "n")})


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ShapeProblem, match=r"shapes \(m,\) and \(n,\) do not broadcast"):
        broadcast(("m",), ("n",))
    with pytest.raises(ShapeProblem, match="do not fit in matmul"):
        diff("x@y", shapes={"x": ("n",), "y": ("m",)})
