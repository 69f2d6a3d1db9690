"""Every operation on whole arrays in a program: the engine and SymPy find the same value and the same Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.rules.rule import rule_of
from gradcli.ops import TABLE
from gradcli.ops.table.lookup import INTERNAL
from gradcli.symbolic.answers.solve import solve
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.protocol.question import Answer
from gradcli.transforms.verify.check import judge
from tests.ops.array_samples import LINALG, PRODUCTS, SCANS, SHAPES, ZEROS, M, S, Sample, T, V, sample

BEYOND_SYMPY = frozenset({"expm"})
COUNTING = [
    sample(name, array, **statics)
    for name in ("any", "all", "count_nonzero", "argmax", "argmin")
    for array in (ZEROS, M)
    for statics in ({}, {"axis": 1}, {"axis": 0, "keepdims": True})
]
REDUCTIONS = [
    sample(name, array, axis=axis)
    for name in ("var", "std", "logsumexp", "median")
    for array, axis in ((M, None), (M, 0), (V, -1), (T, 1))
]
SAMPLES = [
    s
    for s in (
        *SCANS,
        *PRODUCTS,
        *LINALG,
        *SHAPES,
        *COUNTING,
        *REDUCTIONS,
        sample("argsort", M),
        sample("var", M, ddof=1),
    )
    if s.name not in INTERNAL and all(np.shape(a) != (5, 5) for a in s.arrays) and not s.statics.get("full_matrices")
]


def literal(value: Any) -> str:
    if isinstance(value, tuple | list | np.ndarray):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def text(s: Sample) -> str:
    names = [f"x{i}" for i in range(len(s.arrays))]
    return f"{s.name}({', '.join([*names, *(f'{k}={literal(v)}' for k, v in s.statics.items())])})"


def shapes(s: Sample) -> str:
    return "-".join(str(np.shape(a)) for a in s.arrays).replace(" ", "")


def whole(s: Sample) -> str:
    """The program; of an operation with several outputs all their entries, in one list."""
    if not TABLE[s.name].multi_output:
        return text(s)
    made = rule_of(s.name).forward(*(np.asarray(a, dtype=float) for a in s.arrays), **s.statics)
    return f"r = {text(s)}; concatenate([{', '.join(f'ravel(r[{i}])' for i in range(len(made)))}])"


CASES = [pytest.param(s, whole(s), id=f"{text(s)}-{shapes(s)}"[:80]) for s in SAMPLES]


@pytest.mark.parametrize(("s", "program"), CASES)
def test_sympy_agrees(s: Sample, program: str) -> None:
    result = gradcli.jacobian(program, {f"x{i}": np.asarray(a, dtype=float) for i, a in enumerate(s.arrays)})
    if beyond_sympy(s):
        with pytest.raises(Inexpressible, match=f"SymPy cannot express {s.name}"):
            solve(result.question())
        return
    answer = solve(result.question())
    assert isinstance(answer, Answer), answer
    verdict = judge(result, answer)
    at_a_jump = s.name in {c.name for c in COUNTING} and 0.0 in s.arrays[0]
    assert verdict.verdict == "verified" or (at_a_jump and verdict.verdict == "kink"), verdict


def beyond_sympy(s: Sample) -> bool:
    return s.name in BEYOND_SYMPY or (s.name == "solve" and any(np.ndim(a) > 2 for a in s.arrays))


@pytest.mark.parametrize("name", ["det", "inv"])
def test_large_matrices_are_not_left_to_sympy(name: str) -> None:
    x = np.kron(np.eye(3), S @ S.T)
    result = gradcli.jacobian(f"{name}(x)", {"x": x})
    with pytest.raises(Inexpressible, match="9 by 9"):
        solve(result.question())
