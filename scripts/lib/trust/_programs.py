"""A program for each operation of the table, to differentiate and check: the operation alone, weighted if need be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gradcli.ops import TABLE, Op
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.table.lookup import INTERNAL

SPECIAL = {"where": "where(c > 0, x, y)", "pow_scalar": "x**2.5"}
"""Calls that are not written as the signature."""

INSIDE: dict[str, tuple[str, dict[str, Any], bool]] = {
    "getitem": ("x[0]*x[1]", {"x": [1.5, 2.5]}, False),
    "unbind": ("sum(unbind(x)[0])", {"x": [[1.5, 2.5], [0.5, 1.0]]}, False),
    "split": ("sum(split(x, 2)[0]**2)", {"x": [[1.5, 0.5], [0.25, 1.0]]}, False),
    "array_split": ("sum(array_split(x, 2)[0]**2)", {"x": [1.5, 0.5, 0.25, 1.0]}, False),
    "chunk": ("sum(chunk(x, 2)[0]**2)", {"x": [1.5, 0.5, 0.25, 1.0]}, False),
    "meshgrid": ("sum(meshgrid(x, x**2)[0]**2)", {"x": [1.5, 0.5]}, False),
    "slogdet": ("slogdet(x)[1]", {"x": [[1.5, 0.5], [0.25, 1.0]]}, False),
    "qr": ("qr(x)[1][0, 1]", {"x": [[1.5, 0.5], [0.25, 1.0]]}, False),
    "svd": ("svd(x)[1][0]", {"x": [[1.5, 0.5], [0.25, 1.0]]}, False),
    "eigh": ("eigh(x)[0][1]", {"x": [[1.5, 0.5], [0.25, 1.0]]}, False),
}
"""Operations that are not called by name: text, point, and whether only second derivatives use their rule."""

_LARGEST = 40


class Program(NamedTuple):
    """A text with one value, and a point.

    Attributes:
        position: of the differentiable argument that is looked at.
        variable: its name.
        second: whether to look at the Hessian.
    """

    op: Op
    position: int
    variable: str
    text: str
    point: dict[str, Any]
    second: bool = False


def call(op: Op, constants: dict[str, float]) -> str:
    """The call of an elementwise operation, its parameters being variables, or numbers where they are constants."""
    if op.name in SPECIAL:
        return SPECIAL[op.name]
    return f"{op.name}({', '.join(repr(constants[p]) if p in constants else p for p in op.params)})"


def constants_of(op: Op) -> dict[str, float]:
    """Numbers for the parameters that cannot be differentiated by."""
    if op.name == "where":
        return {}
    return {p: op.sample_domains[i][0][0] for i, p in enumerate(op.params) if op.partials[i] is None}


def elementwise(random: np.random.Generator, count: int) -> Iterator[Program]:
    """Every elementwise operation by each of its parameters, at random points inside its intervals."""
    for op in TABLE.values():
        if op.kind != "elementwise" or op.multi_output or (op.name in INTERNAL and op.name not in SPECIAL):
            continue
        constants = constants_of(op)
        for i, (param, partial) in enumerate(zip(op.params, op.partials, strict=True)):
            if partial is None:
                continue
            for _ in range(count):
                point = {p: inside(op, k, random) for k, p in enumerate(op.params) if p not in constants}
                if op.name == "where":
                    point = {"c": point["condition"], "x": point["x"], "y": point["y"]}
                yield Program(op, i, param, call(op, constants), point)


def inside(op: Op, position: int, random: np.random.Generator) -> float:
    """A random number in one of a parameter's intervals."""
    low, high = op.sample_domains[position][random.integers(len(op.sample_domains[position]))]
    return float(random.uniform(low, high))


def on_arrays(each: int) -> Iterator[Program]:
    """Every other operation, by the samples that the tests try it with, the smallest ones first."""
    from tests.ops.test_arrays import SAMPLES

    by_name: dict[str, list[Any]] = {}
    for sample in sorted(SAMPLES, key=lambda s: sum(np.size(a) for a in s.arrays)):
        by_name.setdefault(sample.name, []).append(sample)
    for name, samples in by_name.items():
        op = TABLE[name]
        if op.name in INTERNAL or not op.differentiable or op.kind == "elementwise":
            continue
        for sample in [s for s in samples if sum(np.size(a) for a in s.arrays) > 1][:each]:
            yield from _of_sample(op, sample)
    for name, (text, point, second) in INSIDE.items():
        yield Program(TABLE[name], 0, "x", text, point, second)


def _of_sample(op: Op, sample: Any) -> Iterator[Program]:
    names = [f"a{i}" for i in range(len(sample.arrays))]
    statics = [f"{k}={_written(v)}" for k, v in sample.statics.items() if not _same(v, op.statics.get(k))]
    text = f"{op.name}({', '.join([*names, *statics])})"
    if op.variadic:
        text = f"{op.name}({', '.join([*statics, *names])})" if op.name == "einsum" else text
        text = text.replace("subscripts=", "")
    value = resolve_value(op.value)(*[np.asarray(a, dtype=float) for a in sample.arrays], **sample.statics)
    if op.multi_output or isinstance(value, tuple):
        return
    size = int(np.size(value))
    if np.ndim(value):
        text = f"sum(ravel({text})*linspace(1, 2, {size}))"
    point = dict(zip(names, sample.arrays, strict=True))
    for i, name in enumerate(names if not op.variadic else names[:1]):
        yield Program(op, i, name, text, point)


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(np.all(value == default))


def _written(value: Any) -> str:
    if isinstance(value, tuple | list | np.ndarray):
        return f"[{', '.join(_written(v) for v in value)}]"
    if isinstance(value, float | np.floating) and np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)
