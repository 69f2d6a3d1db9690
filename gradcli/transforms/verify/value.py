"""The witness of another road: the program's value by Python's own parser and NumPy, beside the engine's.

Parser, resolver and unroller are shared by the engine, SymPy and the numeric derivative, and a fault there would be
agreed upon. `gradcli.reread` shares none of them. Both values are float64 computations of the same program: where they
are further apart than a few units in the last place, the bound on rounding must explain it; or else the value must hang
on the last digits of a number, as a comparison can, so that the program read again gives the engine's value when its
own numbers are changed by a few units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.address import EntryAddress
from gradcli.errors import Problem
from gradcli.reread import Extremes, Late, Outside, read_again, shaken
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import ValueWitness
from gradcli.transforms.results.tolerances import ULPS
from gradcli.transforms.results.value import plain
from gradcli.transforms.verify.rounding import Bounds

__all__ = ["value_witness"]

SECONDS = 0.5
"""That the value may take to be computed again; SymPy is at work meanwhile."""

_LOOKED_AT = 20
"""Of the entries that are furthest apart, so many are looked at."""

_SHAKEN = 8
"""So often the program is computed with changed roundings before a difference is called one."""

_SPREAD = 4.0
"""How far beyond the values with changed roundings the engine's may be, in their spread; it is a spread of few."""

_OUTSIDE = "not in Python's and NumPy's common part"


def value_witness(result: Derived, seconds: float = SECONDS) -> ValueWitness:
    """What Python's parser, NumPy and SciPy say of a result's value.

    Args:
        result: from any of the transforms that differentiate.
        seconds: how long it may take.

    >>> from gradcli.transforms.operators.grad import grad
    >>> value_witness(grad("-x^2", {"x": 3.0}))
    ValueWitness(verdict='agrees', value=-9.0, reason=None)
    >>> value_witness(grad("sum(max(x, 2))", {"x": [1.0, 3.0]})).reason
    "not in Python's and NumPy's common part: Python's max finds the truth of an array ambiguous"
    """
    try:
        value = plain(read_again(result.expression, result.inputs, seconds))
    except Outside as outside:
        return ValueWitness("not compared", None, f"{_OUTSIDE}: {outside}")
    ours, theirs = np.asarray(result.value, dtype=float), np.asarray(value)
    if ours.shape != theirs.shape:
        return ValueWitness("differs", value, f"gradcli's value has shape {ours.shape}, Python's {theirs.shape}")
    apart = _apart(ours, theirs)
    if not len(apart):
        return ValueWitness("agrees", value)
    nowhere = [i for i in apart if not np.isfinite(ours.flat[i]) and not np.isfinite(theirs.flat[i])]
    if len(nowhere) == len(apart):
        return ValueWitness("not compared", value, "the value is not finite, and which of them it is is a convention")
    unexplained = _unexplained(result, ours, theirs, [i for i in apart if i not in nowhere])
    if not unexplained:
        return ValueWitness("agrees", value)
    try:
        if any(not np.isfinite(theirs.flat[i]) for i in unexplained) and _near_the_ends(result, seconds):
            return ValueWitness("not compared", value, "NumPy's value overflows")
        if _hangs_on_digits(result, ours, theirs, unexplained, seconds):
            return ValueWitness("not compared", value, "the value hangs on the last digit of a number in it")
    except Late as late:  # what has not been looked at is no difference
        return ValueWitness("not compared", value, f"{_OUTSIDE}: {late}")
    return ValueWitness("differs", value, _told(ours, theirs, unexplained[0]))


def _apart(ours: Any, theirs: Any) -> list[int]:
    """The entries further apart than a few units in the last place, the furthest first."""
    with np.errstate(all="ignore"):
        size = np.spacing(np.maximum(np.abs(ours), np.abs(theirs))).ravel()
        distance = (np.abs(ours - theirs).ravel() / size).astype(float)
        distance[(ours == theirs).ravel() | (np.isnan(ours) & np.isnan(theirs)).ravel()] = 0.0
    distance[np.isnan(distance)] = np.inf
    far = np.flatnonzero(distance > ULPS)
    return [int(i) for i in far[np.argsort(-distance[far], kind="stable")][:_LOOKED_AT]]


def _unexplained(result: Derived, ours: Any, theirs: Any, apart: Sequence[int]) -> list[int]:
    """The entries whose distance rounding cannot make: each of the two values may be off by the bound."""
    bounds = Bounds(result)
    found = []
    for i in apart:
        error = abs(float(ours.flat[i]) - float(theirs.flat[i])) / 2
        if not (np.isfinite(error) and _is_rounding(bounds, error, EntryAddress(i))):
            found.append(i)
    return found


def _is_rounding(bounds: Bounds, error: float, address: EntryAddress) -> bool:
    try:
        return bounds.explain(error, address)
    except Problem:  # of a program that needs more memory to be recorded than it may have
        return False


def _hangs_on_digits(result: Derived, ours: Any, theirs: Any, apart: Sequence[int], seconds: float) -> bool:
    """Whether the program read again, with its roundings changed, comes to the engine's value in every entry.

    Raises:
        Late: if the time is over before that is known.
    """
    values = [theirs]
    for seed in range(_SHAKEN):
        try:
            values.append(np.asarray(read_again(result.expression, result.inputs, seconds / _SHAKEN, shaken(seed))))
        except Late:
            raise
        except Outside:
            continue
    values = [value for value in values if value.shape == ours.shape]
    with np.errstate(all="ignore"):
        low, high = np.min(values, axis=0), np.max(values, axis=0)
        room = _SPREAD * (high - low)
        inside = (low - room <= ours) & (ours <= high + room)
        for value in values:
            inside |= (value == ours) | (np.isnan(value) & np.isnan(ours))
    return all(bool(inside.flat[i]) for i in apart)


def _near_the_ends(result: Derived, seconds: float) -> bool:
    """Whether an input, or a number on the way, is so large or so small that a square of it is not."""
    seen = Extremes()
    for value in result.inputs.values():
        seen(np.asarray(value))
    read_again(result.expression, result.inputs, seconds, seen)
    return seen.near


def _told(ours: Any, theirs: Any, entry: int) -> str:
    place = "" if ours.ndim == 0 else f" at {list(map(int, np.unravel_index(entry, ours.shape)))}"
    return f"gradcli has {float(ours.flat[entry])!r}{place}, Python and NumPy have {float(theirs.flat[entry])!r}"
