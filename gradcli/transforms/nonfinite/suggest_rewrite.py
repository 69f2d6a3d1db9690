"""Another way to write a program whose result is not finite: tried by running it, confirmed by SymPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.ops import CONSTANTS
from gradcli.ops.calls.memory import most_bytes
from gradcli.transforms.results.base import Result

__all__ = ["all_finite", "confirm", "suggest_rewrite"]

if TYPE_CHECKING:
    from gradcli.symbolic.protocol.inquiry import Finding, Inquiry
    from gradcli.transforms.results.findings import Origin

R = TypeVar("R", bound=Result)

_TRIED = 12
_POINTS = 8
_ENOUGH = 3


def suggest_rewrite(result: R, again: Callable[[str], Result]) -> R:
    """A result whose origin names a rewriting, if there is one that makes all numbers finite here.

    Where the derivative is infinite one that gives a finite value is better than none.

    Args:
        result: with an origin, or without.
        again: gives the result of another program text at the same point.
    """
    origin = result.origin
    if origin is None or origin.kind == "input":
        return result
    from gradcli.transforms.nonfinite.rewrites import candidates

    second = None
    for candidate in islice(candidates(origin.source, origin.span), _TRIED):
        try:
            rewritten = again(candidate.remedy.program)
        except Problem:
            continue
        remedy = replace(candidate.remedy, claim=(candidate.before, candidate.after))
        if all_finite(rewritten):
            return replace(result, origin=replace(origin, remedy=remedy))
        if second is None and not _is_finite(result.value) and _infinite_slopes_alone(rewritten):
            second = replace(remedy, value_only=True)
    return result if second is None else replace(result, origin=replace(origin, remedy=second))


def _is_finite(numbers: Any) -> bool:
    return bool(np.all(np.isfinite(numbers)))


def _infinite_slopes_alone(result: Result) -> bool:
    """Whether the value is finite, and what is derived of it is at least a number or an infinity."""
    return _is_finite(result.value) and not any(bool(np.any(np.isnan(n))) for _, n in result.numbers())


def all_finite(result: Result) -> bool:
    """Whether a value and everything that was derived of it is finite.

    >>> all_finite(Result("1/x", {"x": 0.0}, float("inf")))
    False
    """
    return all(_is_finite(numbers) for _, numbers in result.numbers())


def confirm(origin: Origin, inputs: Mapping[str, Any], timeout: float = 10.0) -> Origin:
    """The origin with its remedy if SymPy confirms that both texts are equal, without it otherwise.

    They are compared by 50 digits at several points, and by algebra.

    Args:
        origin: of a result.
        inputs: the values of the variables.
        timeout: seconds that SymPy has.
    """
    remedy = origin.remedy
    if remedy is None or remedy.confirmed:
        return origin
    from gradcli.symbolic import BASE_MEMORY, NotChecked, Oracle

    with Oracle.start(memory=most_bytes() + BASE_MEMORY) as oracle:
        told = oracle.inquire(_inquiry(remedy.claim, inputs), timeout)
    confirmed = "" if isinstance(told, NotChecked) or not told else _confirmed(told[0])
    return replace(origin, remedy=replace(remedy, confirmed=confirmed) if confirmed else None)


_PARAMETER = 1.0
"""Near which a function's parameter is taken in a formula of its body."""


def _inquiry(texts: tuple[str, str], inputs: Mapping[str, Any]) -> Inquiry:
    """That the derivative of t*before by t is after: that both are equal."""
    from gradcli.symbolic.protocol.inquiry import Claim, Inquiry

    before, after = texts
    program = parse(before)
    used = [name for name in variables(program) if name in inputs or name not in CONSTANTS]
    t = next(name for name in ("t", "t_", "t__", "t___", "t____") if name not in used)
    random = np.random.default_rng(0)
    points = []
    for scale in np.linspace(0, 2, _POINTS):
        point = {name: _near(inputs.get(name, _PARAMETER), scale, random) for name in used}
        points.append({**point, t: 1.0})
    return Inquiry(f"{t}*({before})", (Claim((t,), after),), tuple(points), (*used, t))


def _near(value: Any, scale: float, random: np.random.Generator) -> Any:
    array = np.where(np.isfinite(value), value, 0.0)
    moved = array + scale * random.uniform(-1, 1.5, np.shape(array))
    return moved.tolist()


def _confirmed(finding: Finding) -> str:
    statuses = [outcome.status for outcome in finding.outcomes]
    if finding.refutation is not None or "differ" in statuses or "undefined" in statuses:
        return ""
    if finding.proof:
        return "proved"
    agreed = statuses.count("agree")
    return f"equal at {agreed} points" if agreed >= _ENOUGH else ""
