"""What is said of claims, as text: for pipes, programs and terminals."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcli.errors import Problem
from gradcli.render.style import Style
from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import exact
from gradcli.transforms.claims.types import CaseVerdicts, ClaimVerdict

__all__ = ["Tried", "details", "render_rulings", "render_summary", "render_tried", "seed_line", "sentence", "summary"]

SCHEMA = "gradcli/1"
VERDICTS = ("proved", "sampled", "false", "undecided")


class Tried(NamedTuple):
    """A case and what came of it.

    Attributes:
        place: its file and line; "" on the command line.
        rulings: None if there was a problem.
        problem: what was wrong with the case.
    """

    place: str
    rulings: CaseVerdicts | None
    problem: Problem | None = None


def render_rulings(tried: Sequence[Tried], style: Style) -> str:
    """All cases; JSON is one object however many there are."""
    if style.format == "json":
        document = {
            "schema": SCHEMA,
            "command": "claims",
            "cases": [_document(one) for one in tried],
            "summary": _counts(tried),
        }
        return json.dumps(document, allow_nan=False) + "\n"
    return "".join(render_tried(one, style) for one in tried)


def render_tried(tried: Tried, style: Style) -> str:
    """One case; nothing for one with a problem, which is told on standard error."""
    if tried.rulings is None:
        return ""
    if style.format == "quiet":
        head = f"{tried.place}: " if tried.place else ""
        return "".join(f"{head}{ruling.verdict}\n" for ruling in tried.rulings.rulings)
    if style.format == "rich":
        from gradcli.render.claims.terminal import render_rulings_rich

        return render_rulings_rich(tried, style)
    return "".join(f"{line}\n" for line in _lines(tried.place, tried.rulings))


def render_summary(tried: Sequence[Tried], style: Style) -> str:
    """How many there were of each verdict; for a person who asked for quiet, nothing."""
    return "" if style.format == "quiet" else f"{summary(tried)}\n"


def summary(tried: Sequence[Tried]) -> str:
    """One line that counts.

    >>> summary([])
    '0 claims in 0 cases: 0 proved, 0 sampled, 0 false, 0 undecided'
    """
    counts = _counts(tried)
    claims = sum(counts[verdict] for verdict in VERDICTS)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
    errors = counts["errors"]
    bad = f"; {errors} {'case' if errors == 1 else 'cases'} with errors" if errors else ""
    return (
        f"{claims} {'claim' if claims == 1 else 'claims'} in {len(tried)} {'case' if len(tried) == 1 else 'cases'}: "
        f"{told}{bad}"
    )


def _counts(tried: Sequence[Tried]) -> dict[str, int]:
    found: Counter[str] = Counter(
        ruling.verdict for one in tried if one.rulings is not None for ruling in one.rulings.rulings
    )
    return {**{verdict: found[verdict] for verdict in VERDICTS}, "errors": sum(one.rulings is None for one in tried)}


def _lines(place: str, rulings: CaseVerdicts) -> Iterator[str]:
    head = f"{place}: " if place else ""
    name = f"{visible(rulings.case.name)}: " if rulings.case.name else ""
    for ruling in rulings.rulings:
        yield f"{head}{name}{ruling.stated.label}: {sentence(rulings, ruling)}"
        if not place:
            yield from (f"  {detail}" for detail in details(ruling))
    if not place and rulings.free:
        yield seed_line(rulings)


def seed_line(rulings: CaseVerdicts) -> str:
    """How the points can be had again."""
    return f"random seed = {rulings.case.random_seed}"


def sentence(rulings: CaseVerdicts, ruling: ClaimVerdict) -> str:
    """The verdict in a line."""
    if ruling.verdict == "undecided":
        return _one_line(f"undecided: {ruling.reason}")
    if ruling.counterexample is not None:
        example = ruling.counterexample
        entry = "the derivative" if example.entry == ruling.stated.label else example.entry
        point = ", ".join(f"{name} = {exact(value)}" for name, value in example.point.items())
        where = f" at {point}" if point else ""
        return f"false{where}: {entry} is {example.derivative}, the claim is {example.claim}"
    both = ", where both have a value" if any("has no value" in c for c in ruling.caveats) else ""
    if ruling.verdict == "proved":
        return f"true for all {_domain(rulings)}{both} (proved)"
    if not rulings.free:
        return f"true at {', '.join(f'{name} = {_value(value)}' for name, value in rulings.case.fixed.items())}"
    where = f"{ruling.agreeing} sampled points"
    return f"true at all {where} of {_domain(rulings)}{both} (not proved)"


def details(ruling: ClaimVerdict) -> list[str]:
    """What else is to be known of a claim."""
    reason = [f"no proof: {ruling.reason}"] if ruling.verdict == "sampled" and ruling.reason else []
    return [_one_line(line) for line in (*reason, *ruling.caveats)]


def _domain(rulings: CaseVerdicts) -> str:
    told = []
    for name in rulings.free:
        low, high = rulings.case.ranges.get(name, (-math.inf, math.inf))
        if math.isinf(low) and math.isinf(high):
            told.append(name)
        elif math.isinf(high):
            told.append(f"{name} >= {low!r}")
        else:
            told.append(f"{name} <= {high!r}" if math.isinf(low) else f"{name} in [{low!r}, {high!r}]")
    fixed = [f"{name} = {_value(value)}" for name, value in rulings.case.fixed.items()]
    return ", ".join(told) + (f" at {', '.join(fixed)}" if fixed else "")


def _value(value: Any) -> str:
    return exact(np.asarray(value, dtype=float)) if isinstance(value, list) else exact(value)


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _document(tried: Tried) -> dict[str, Any]:
    error = None
    if tried.problem is not None:
        error = {"message": tried.problem.message, "hint": tried.problem.hint}
    document: dict[str, Any] = {"place": tried.place or None, "error": error}
    if tried.rulings is None:
        return document
    case = tried.rulings.case
    return {
        **document,
        "name": case.name,
        "expression": case.expression,
        "fixed": case.fixed,
        "free": {name: _range(tried.rulings, name) for name in tried.rulings.free},
        "points": case.points,
        "random_seed": case.random_seed,
        "claims": [_claim(ruling) for ruling in tried.rulings.rulings],
    }


def _range(rulings: CaseVerdicts, name: str) -> dict[str, Any]:
    low, high = rulings.case.ranges.get(name, (-math.inf, math.inf))
    return {
        "low": None if math.isinf(low) else low,
        "high": None if math.isinf(high) else high,
        "shape": list(rulings.case.shapes.get(name, ())),
    }


def _claim(ruling: ClaimVerdict) -> dict[str, Any]:
    example = ruling.counterexample
    return {
        "claim": ruling.stated.label,
        "variables": list(ruling.stated.names),
        "order": ruling.stated.order,
        "formula": ruling.stated.text,
        "verdict": ruling.verdict,
        "agreeing": ruling.agreeing,
        "points": ruling.points,
        "counterexample": None
        if example is None
        else {
            "point": {name: np.asarray(value).tolist() for name, value in example.point.items()},
            "entry": example.entry,
            "derivative": example.derivative,
            "claim": example.claim,
        },
        "reason": ruling.reason or None,
        "caveats": list(ruling.caveats),
    }
