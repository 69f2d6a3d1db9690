"""A removable singularity filled in: `where(x == 0, 1 + x/2, expm1(x)/x)`, by the limits that are known there.

The polynomial in the place of the point has the limits of the value and of the derivatives that were asked for, so that
these come out right. It is looked for where no rewriting without a `where` was found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import Program, parse, unparse, variables
from gradcli.ops import CONSTANTS
from gradcli.transforms.nonfinite.rewrites import candidates
from gradcli.transforms.nonfinite.suggest_rewrite import all_finite
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Limit, Remedy

__all__ = ["suggest_continuation"]

R = TypeVar("R", bound=Derived)

_TRIED = 12
_SAFER = ("expm1(", "log1p(")
"""What keeps the digits beside a point where exp(x) - 1 or log(1 + x) is divided by something that goes to 0."""
_DERIVATIVES = 4
"""More terms than these are no readable remedy."""
_SAME = 1e-9
"""The relative distance of a number from its limit: the polynomial's coefficients are rounded, and nothing else."""


def suggest_continuation(result: R, again: Callable[[str], Any]) -> R:
    """A result whose origin names the program with the singularity filled in, if it has none yet.

    Args:
        result: with the limits that are known.
        again: gives the result of another program text at the same point.

    >>> from gradcli.transforms.operators.grad import grad
    >>> grad("erf(x)/x", {"x": 0.0}).origin.remedy.after
    'where(x == 0, 1.1283791670955126, erf(x)/x)'
    """
    origin = result.origin
    if origin is None or (origin.remedy is not None and not origin.remedy.value_only):
        return result
    program = parse(result.expression)
    terms = _terms(result, program)
    if terms is None:
        return result
    ((name, point),) = result.inputs.items()
    shown = repr(float(np.asarray(point))).removesuffix(".0")
    start, end = program.result.span
    for inner in _inner(result.expression, origin.span, (start, end)):
        text = f"where({name} == {shown}, {_polynomial(name, shown, terms)}, {inner})"
        whole = result.expression[:start] + text + result.expression[end:]
        try:
            filled = again(whole)
        except Problem:
            continue
        if all_finite(filled) and _has(filled, result.limits):
            before = unparse(program.result)
            remedy = Remedy((start, end), result.expression[start:end], text, whole, claim=(before, text))
            return replace(result, origin=replace(origin, remedy=remedy))
    return result


def _terms(result: Derived, program: Program) -> list[float] | None:
    """The coefficients of the polynomial by its powers; None where the singularity is none that it fills in."""
    scalar = np.ndim(result.value) == 0 and [np.ndim(value) for value in result.inputs.values()] == [0]
    if (
        not scalar
        or program.assignments
        or program.definitions
        or set(variables(program)) - CONSTANTS.keys() - result.inputs.keys()
    ):
        return None
    by_order = {limit.order: limit.both for limit in result.limits if not limit.along}
    wanted = result.highest_order()
    known = [by_order.get(k) for k in range(wanted + 1)]
    if wanted > _DERIVATIVES or any(number is None for number in known):
        return None
    return [number / math.factorial(k) for k, number in enumerate(known) if number is not None]


def _inner(source: str, place: tuple[int, int], span: tuple[int, int]) -> Iterator[str]:
    """What is computed beside the point: first in a form that keeps more digits there, if one is known."""
    for candidate in islice(candidates(source, place), _TRIED):
        if any(function in candidate.remedy.after for function in _SAFER):
            yield unparse(parse(candidate.remedy.program).result)
    yield source[span[0] : span[1]]


def _polynomial(name: str, point: str, terms: list[float]) -> str:
    step = (
        name if float(point) == 0 else f"({name} - {point})" if not point.startswith("-") else f"({name} + {point[1:]})"
    )
    parts = [str(terms[0]).removesuffix(".0")] if terms[0] or not any(terms) else []
    for power, number in enumerate(terms[1:], start=1):
        if number:
            factor = "" if abs(number) == 1 else f"{str(abs(number)).removesuffix('.0')}*"
            sign = ("-" if number < 0 else "") if not parts else " - " if number < 0 else " + "
            parts.append(f"{sign}{factor}{step}{f'**{power}' if power > 1 else ''}")
    return "".join(parts)


def _has(result: Derived, limits: tuple[Limit, ...]) -> bool:
    """Whether a result has the limits as its numbers."""
    by_label = {result.label(a): result.number(a) for a in map(result.address, range(result.count()))}
    by_label[result.output_label(0)] = float(np.asarray(result.value))
    pairs = [(by_label.get(limit.of), limit.both) for limit in limits]
    return all(a is None or b is None or math.isclose(a, b, rel_tol=_SAME, abs_tol=_SAME) for a, b in pairs)
