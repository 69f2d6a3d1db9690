"""The language against Python: the same program by both, and what is known of their differences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

import gradcli
from gradcli.errors import AutogradError, Problem
from gradcli.lang import parse, variables
from tests.conformance.reference import python_value
from tests.conformance.spellings import VALUES, Spelling
from tests.corpora import records

__all__ = ["Compared", "compare", "explained", "report", "slopes_differ"]

_DIFFERENCES = [(r["outcome"], re.compile(r["pattern"]), r["why"]) for r in records("differences")]
_STEP = 1e-6


class Compared(NamedTuple):
    """What became of one spelling.

    Attributes:
        outcome: "same", "both refuse", "ours gives", "ours refuses" or "differs".
        told: both answers.
    """

    spelling: Spelling
    outcome: str
    told: str


def compare(spellings: Iterable[Spelling]) -> Iterator[Compared]:
    """Each spelling, once, by both."""
    seen: set[str] = set()
    for spelling in spellings:
        if spelling.ours not in seen:
            seen.add(spelling.ours)
            yield _compared(spelling)


def _compared(spelling: Spelling) -> Compared:
    found: list[Any] = []
    values: list[Callable[[], Any]] = [
        lambda: _ours(spelling.ours),
        lambda: python_value(spelling.python, VALUES),
    ]
    for value in values:
        try:
            with np.errstate(all="ignore"):
                found.append(value())
        except Problem as problem:
            found.append(problem)
        except (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError) as error:
            found.append(error)
    ours, python = found
    if isinstance(ours, Exception) and not isinstance(ours, Problem):
        raise AssertionError(f"{spelling.ours} fails with {ours!r}")
    if isinstance(ours, Exception) or isinstance(python, Exception):
        gives = {(True, True): "both refuse", (False, True): "ours gives", (True, False): "ours refuses"}
        outcome = gives[isinstance(ours, Exception), isinstance(python, Exception)]
    else:
        same = ours.shape == python.shape and np.allclose(ours, python, rtol=1e-9, atol=1e-12, equal_nan=True)
        outcome = "same" if same else "differs"
    return Compared(spelling, outcome, f"{ours!r} here, {python!r} in Python")


def _ours(text: str) -> Any:
    program = parse(text)
    given = {name: VALUES[name] for name in variables(program) if name in VALUES}
    return np.asarray(gradcli.evaluate(program, given, explain=False).value)


def explained(compared: Compared) -> str | None:
    """The reason of a difference, if it is known; "" where there is none."""
    if compared.outcome in ("same", "both refuse"):
        return ""
    text = compared.spelling.ours
    return next((why for outcome, at, why in _DIFFERENCES if outcome == compared.outcome and at.search(text)), None)


def report(found: Iterable[Compared]) -> list[str]:
    """How many there are of each outcome and reason."""
    counts = Counter((compared.outcome, explained(compared) or "") for compared in found)
    return [f"{count:6d} {outcome}{': ' if why else ''}{why}" for (outcome, why), count in sorted(counts.items())]


def slopes_differ(spelling: Spelling) -> str:
    """How the gradient by each real variable differs from differences of Python's value; "" where it does not."""
    used = [name for name in variables(parse(spelling.ours)) if name in ("x", "y", "A", "B", "S", "U", "s")]
    given = {name: VALUES[name] for name in variables(parse(spelling.ours)) if name in VALUES}
    with np.errstate(all="ignore"):
        size = np.shape(python_value(spelling.python, VALUES))
        weights = np.cos(np.arange(1, 1 + int(np.prod(size)))).reshape(size)
        try:
            found = gradcli.grad(spelling.ours, given, seed=weights).gradients
        except AutogradError:  # by the order of a Bessel function
            return ""
        for name in used:
            if name not in found:
                continue
            start = np.asarray(VALUES[name], dtype=float)
            expected = np.zeros(start.shape)
            for index in np.ndindex(start.shape):
                moved = []
                for sign in (1, -1):
                    there = start.copy()
                    there[index] += sign * _STEP
                    moved.append(np.sum(python_value(spelling.python, {**VALUES, name: there[()]}) * weights))
                expected[index] = (moved[0] - moved[1]) / (2 * _STEP)
            if not np.allclose(found[name], expected, rtol=1e-5, atol=1e-6, equal_nan=True):
                return f"by {name}: {found[name]} here, differences of Python's value give {expected}"
    return ""
