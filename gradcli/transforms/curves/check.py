"""The check of a plot: at some of its places SymPy derives the numbers again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import Program
from gradcli.symbolic import Oracle
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.plot import Curve, Surface
from gradcli.transforms.results.value import plain
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.rows.sample import Checked, counted
from gradcli.transforms.verify.alike import Alike

__all__ = ["check_curve", "check_surface"]


def check_curve(program: Program, found: Curve, samples: int, oracle: Oracle, timeout: float) -> Checked:
    """What SymPy says of the ends of a curve, of its middle and its marks, and of places between.

    Args:
        program: what was plotted.
        found: the curve.
        samples: how many places.
        oracle: started, and not asked yet.
        timeout: seconds for all of them together.
    """
    places = list(dict.fromkeys(_places(found)))[:samples]
    order = max(found.order, 1)
    results: list[tuple[str, Derived | Problem]] = []
    for x in places:
        told = f"the point {found.axis.name} = {x!r}"
        try:
            result = derivative(program, {**found.fixed, found.axis.name: x}, order, found.axis.name, explain=False)
        except Problem as problem:
            results.append((told, problem))
            continue
        i = int(np.searchsorted(found.x, x))
        if i < len(found.x) and found.x[i] == x:
            numbers = [plain(found.values[k, :, i].reshape(found.shape)) for k in range(found.order + 1)]
            kept = result.derivatives[found.order :]
            result = replace(result, value=numbers[0], derivatives=(*numbers[1:], *kept))
        results.append((told, result))
    return _checked(results, oracle, timeout)


def _places(found: Curve) -> Iterator[float]:
    """Where to look.

    What is filled by a limit has no value of its own, and of a derivative nothing is left where it is zero: an extremum
    is right if the derivative changes its sign there, which is how it was found.
    """
    filled = {one.x for one in found.breaks if one.kind == "removable"}
    filled |= {mark.x for mark in found.marks if mark.kind != "root"}
    x = found.x[~np.isin(found.x, list(filled))] if filled else found.x
    yield float(x[0])
    yield float(x[-1])
    yield float(x[len(x) // 2])
    yield from (mark.x for mark in found.marks if mark.x not in filled and not mark.proved)
    drawn = np.random.default_rng(0).permutation(len(x))  # the same places are looked at each time
    yield from x[drawn].tolist()


def check_surface(program: Program, found: Surface, samples: int, oracle: Oracle, timeout: float) -> Checked:
    """What SymPy says of the corners of a map, of its centre, and of places between.

    Args:
        program: what was plotted.
        found: the map.
        samples: how many places.
        oracle: started, and not asked yet.
        timeout: seconds for all of them together.
    """
    rows, columns = found.value.shape
    drawn = np.random.default_rng(0).permutation(rows * columns)[: samples + 1]
    corners = [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)]
    places = list(dict.fromkeys([*corners, *(divmod(int(one), columns) for one in drawn)]))[:samples]
    names = [axis.name for axis in found.axes]
    results: list[tuple[str, Derived | Problem]] = []
    for row, column in places:
        point: dict[str, Any] = dict(zip(names, (float(found.x[column]), float(found.y[row])), strict=True))
        told = "the point " + ", ".join(f"{name} = {value!r}" for name, value in point.items())
        try:
            result = grad(program, {**found.fixed, **point}, names, explain=False)
        except Problem as problem:
            results.append((told, problem))
            continue
        slopes = dict(zip(names, found.gradient[:, row, column].tolist(), strict=False))
        value = float(found.value[row, column])
        results.append((told, replace(result, value=value, gradients={**result.gradients, **slopes})))
    return _checked(results, oracle, timeout)


def _checked(results: Sequence[tuple[str, Derived | Problem]], oracle: Oracle, timeout: float) -> Checked:
    derived = [result for _, result in results if not isinstance(result, Problem)]
    found = iter(Alike(oracle, None).verdicts(derived, timeout))
    verdicts = [
        Verdict("not checked", reason=one.message) if isinstance(one, Problem) else next(found) for _, one in results
    ]
    return counted([told for told, _ in results], verdicts)
