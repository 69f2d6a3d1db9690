"""What calls are resolved to, and what is known of operands before anything is computed."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli import evaluate
from gradcli.errors import Problem
from gradcli.lang import parse, unparse
from gradcli.ops.calls.operands import Operand, Variable, variable_of
from gradcli.ops.calls.resolve import _Resolver, resolve, resolve_with

VALUES = {
    "x": np.array([0.5, 1.5, 2.5]),
    "A": np.arange(6.0).reshape(2, 3) + 0.5,
    "m": np.array([True, False, True]),
    "k": np.float64(1.0),
    "s": np.float64(0.5),
}
VARIABLES = {name: variable_of(value) for name, value in VALUES.items()}


def operand(text: str) -> Operand:
    program = parse(text)
    return _Resolver(program.source, VARIABLES).read(program.result)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("stack(x, x, axis=1)", "stack(x, x, axis=1)"),
        ("stack([x, x], 1)", "stack(x, x, axis=1)"),
        ("concatenate(A)", "concatenate(unbind(A))"),
        ("concatenate(A, 1)", "concatenate(unbind(A), axis=1)"),
        ("stack(s, 1)", "stack(s, 1)"),
        ("norm(ord=1, x=x)", "norm(x, ord=1)"),
        ("clip(x, min=0)", "maximum(x, 0)"),
        ("x[m*m]", "x[not (not m*m)]"),
        ("x[x > 1]", "x[x > 1]"),
        ("True + 1", "1 + 1"),
        ("s if 1 < 2 else x", "s"),
    ],
)
def test_resolved(text: str, resolved: str) -> None:
    spelled = unparse(resolve(parse(text), VARIABLES))
    assert spelled.replace("~", "not ") == resolved.replace("~", "not ") or spelled == unparse(parse(resolved))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("m", "truth"), ("x > 1", "truth"), ("m*(x > 1)", "truth"), ("roll(m, 1)", "truth"), ("[True, False]", "truth"),
        ("where(m, m, x > 1)", "truth"), ("any(m)", "truth"), ("split(m, 3)[0]", "truth"),
        ("meshgrid(m, x)[0]", "truth"), ("meshgrid(m, x)[1]", "real"),
        ("m + m", "count"), ("abs(m)", "count"), ("m @ m", "count"), ("sum(m)", "whole"),
        ("m + 1", "whole"), ("-m", "whole"), ("k", "whole"), ("2*k - 1", "whole"), ("k//2", "whole"), ("s//1", "whole"),
        ("len(x)", "whole"), ("argmax(x)", "whole"), ("2**3", "whole"), ("2**-1", "real"), ("2**k", "unknown"),
        ("k/1", "real"), ("s", "real"), ("m/1", "real"), ("sin(k)", "real"), ("unknown_variable", "unknown"),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: str) -> None:
    assert operand(text).kind == kind


@pytest.mark.parametrize(
    "text",
    ["x", "A", "s", "x + A", "A[0]", "A[:, 1]", "A[0, 1]", "A[None]", "x[m]", "A[..., 0]", "sum(A)", "sum(A[0])",
     "sum(A, axis=0)", "sum(A, axis=0, keepdims=True)", "A.T", "A @ x", "x @ x", "A @ A.T", "[x, x]",
     "[[s, s], [s, s]]",
     "concatenate([x, x])", "stack([A, A])", "ravel(A)", "reshape(x, (3, 1))", "expand_dims(x, 0)", "outer(x, x)",
     "cumsum(A)", "cumsum(A, 1)", "sort(A)", "sort(A, axis=None)", "len(x)", "trace(A)", "zeros((2, 2))", "ones(3)",
     "eye(2)", "max(x, s)", "argmax(A, 1)", "norm(A)", "where(m, x, s)", "diagonal(A)", "x[1:]", "A[m[:2]]"],
)  # fmt: skip
def test_ranks_are_those_of_the_values(text: str) -> None:
    rank = operand(text).rank
    assert rank == np.ndim(evaluate(text, {n: v for n, v in VALUES.items() if n in _names(text)}).value)


def _names(text: str) -> set[str]:
    from gradcli.lang import variables

    return set(variables(parse(text)))


def test_a_rank_that_is_not_known_is_none() -> None:
    assert [operand(text).rank for text in ("A[[0, 1], [1, 2]]", "tile(x, 2)", "unknown_variable + x")] == [None] * 3


def test_positions_are_found() -> None:
    found = resolve_with(parse("x[k]*s + sum(A, axis=k) + x[argmax(x)]"), VARIABLES)
    assert found.positions == {"k"}


@pytest.mark.parametrize(
    "text", ["sum(None)", "x['a']", "sin(...)", "amax(x, s)", "x[s]", "zeros(3/2)", "m & s", "x[m + m]"]
)
def test_refused_before_anything_is_computed(text: str) -> None:
    with pytest.raises(Problem) as caught:
        resolve(parse(text), VARIABLES)
    assert caught.value.span is not None


def test_nested_lists_and_arrays_are_the_same_variables() -> None:
    for value in VALUES.values():
        assert variable_of(value.tolist()) == variable_of(value)
    assert variable_of([]) == Variable("whole", 1)
    assert variable_of([float("inf"), 1.0]).kind == variable_of(np.array([np.inf, 1.0])).kind == "real"
