"""Second derivatives of every operation on arrays, along directions, at three points: the engine's and SymPy's.

Those of operations on numbers are in `tests/ops/test_elementwise.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.engine.rules.rule import rule_of
from gradcli.ops import TABLE
from gradcli.ops.table.lookup import INTERNAL
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.hessian import hvp
from gradcli.transforms.results.hessian import HessianProduct
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge
from tests.ops.array_samples import Sample, sample
from tests.transforms.test_array_operations import literal, text

V = np.array([1.5, 0.75])
M = np.array([[1.5, 0.5], [0.25, -2.0]])
P = np.array([[2.0, 0.5], [0.25, 1.0]])

SAMPLES = [
    *[sample(op.name, V) for op in TABLE.values() if op.kind == "reduction" and op.name not in ("std", "median")],
    sample("std", np.append(V, 2.0), ddof=1),
    sample("median", np.append(V, 2.0)),
    sample("norm", V, ord=3),
    *[sample(name, V) for name in ("cumsum", "cumprod", "softmax", "log_softmax", "sort", "ravel", "flip", "diag")],
    *[sample(name, M, V) for name in ("matmul", "dot", "solve")],
    *[sample(name, V, V[::-1]) for name in ("inner", "vdot", "outer", "kron")],
    sample("cross", np.append(V, 2.0), np.append(2.0, V)),
    sample("tensordot", M, P, axes=((0,), (1,))),
    sample("einsum", M, V, subscripts="ij,i->j"),
    *[sample(name, M) for name in ("det", "logabsdet", "slogdet", "inv", "expm", "trace", "tril", "triu")],
    *[sample(name, M) for name in ("transpose", "diagonal", "svdvals")],
    *[sample(name, P) for name in ("cholesky", "eigvalsh", "eigh")],
    sample("svd", np.array([[1.0, 0.5]])),
    *[sample(name, V[:, np.newaxis]) for name in ("pinv", "qr")],
    *[sample("matrix_power", M, n=n) for n in (3, -1)],
    sample("squeeze", V[:, np.newaxis]),
    sample("expand_dims", V, axis=0),
    sample("moveaxis", M, source=0, destination=1),
    sample("swapaxes", M, axis1=0, axis2=1),
    sample("roll", V, shift=1),
    sample("tile", V, reps=2),
    sample("repeat", V, repeats=2),
    sample("pad", V, pad_width=1),
    sample("take", V, indices=(0, 0, 1)),
    sample("take_along_axis", M, indices=((0, 0), (1, 0))),
    sample("unbind", M),
    *[sample(name, V, sections=2) for name in ("split", "array_split")],
    sample("chunk", V, chunks=2),
    sample("meshgrid", V, V[::-1]),
    sample("reshape", M, shape=(4,)),
    sample("broadcast_to", V, shape=(2, 2)),
    sample("concatenate", V, M[0]),
    sample("stack", V, M[0], axis=1),
    sample("hstack", M, M[::-1]),
    sample("vstack", V[:2], M),
]


def label(s: Sample) -> str:
    return text(s).replace(" ", "")[:60]


def programs(s: Sample, random: np.random.Generator) -> list[str]:
    """A weighted sum of the entries of each output; squared, where the output is linear in the arguments."""
    several = rule_of(s.name).multi_output
    found = rule_of(s.name).forward(*s.arrays, **s.statics)
    outputs = [(f"{text(s)}[{i}]", out) for i, out in enumerate(found)] if several else [(text(s), found)]
    power = "**2" if TABLE[s.name].kind == "linear" else ""
    return [
        f"sum({literal(np.asarray(random.uniform(0.5, 1.5, np.shape(out))).tolist())}*{part}{power})"
        for part, out in outputs
    ]


def products(s: Sample) -> list[HessianProduct]:
    """The Hessian of each program times a vector, at three points."""
    found = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        arguments = {f"x{i}": a + random.uniform(-0.1, 0.1, a.shape) for i, a in enumerate(s.arrays)}
        vectors = {name: random.uniform(-1, 1, a.shape) for name, a in arguments.items()}
        found += [hvp(program, arguments, vectors) for program in programs(s, random)]
    return found


def verdict(result: HessianProduct) -> Verdict:
    return judge(result, solve(result.question()))


@pytest.mark.parametrize("s", [s for s in SAMPLES if s.name != "expm"], ids=label)
def test_sympy_agrees(s: Sample) -> None:
    for result in products(s):
        found = verdict(result)
        assert found.verdict == "verified", found
        assert found.checked == found.entries


def test_every_operation_is_asked_about() -> None:
    kinds = ("linear", "multilinear", "reduction", "general")
    wanted = [op for op in TABLE.values() if op.kind in kinds and op.differentiable and op.name not in INTERNAL]
    assert {op.name for op in wanted} == {s.name for s in SAMPLES}


@pytest.mark.parametrize("s", [s for s in SAMPLES if s.name in ("logsumexp", "kron", "inv", "eigh")], ids=label)
def test_a_second_derivative_off_by_a_millionth_is_found(s: Sample) -> None:
    result = products(s)[-1]
    for name, product in result.products.items():
        planted = replace(result, products={**result.products, name: product * (1 + 1e-6)})
        assert verdict(planted).verdict == "differs"


def test_the_matrix_exponential_against_differences_in_60_digits() -> None:
    """SymPy cannot express it."""
    s = next(s for s in SAMPLES if s.name == "expm")
    for result in products(s):
        weights = np.array(json.loads(result.expression.removeprefix("sum(").partition("*")[0]))
        x, t = np.asarray(result.inputs["x0"]), np.asarray(result.vectors["x0"])
        np.testing.assert_allclose(result.products["x0"], second_of_expm(x, t, weights), rtol=1e-13)


def second_of_expm(x: Any, t: Any, weights: Any) -> Any:
    """For each entry of x the mixed difference of sum(weights*expm) along it and along t."""
    with mpmath.workdps(60):
        at, along, h = mpmath.matrix(x.tolist()), mpmath.matrix(t.tolist()), mpmath.mpf("1e-15")

        def total(a: Any, b: Any) -> Any:
            found = mpmath.expm(at + a + b * along)
            return mpmath.fsum(weights[i, j] * found[i, j] for i, j in np.ndindex(x.shape))

        def entry(i: int, j: int) -> float:
            unit = mpmath.zeros(*x.shape)
            unit[i, j] = h
            corners = total(unit, h) - total(unit, -h) - total(-unit, h) + total(-unit, -h)
            return float(corners / (4 * h * h))

        return np.array([[entry(i, j) for j in range(x.shape[1])] for i in range(x.shape[0])])
