"""Verdicts on claims in words, the same for a person and in plain text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from gradcli.errors import Problem
from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import exact
from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.claims.types import CaseVerdicts, ClaimVerdict, CounterExample
from gradcli.transforms.results.value import whole_by_name

__all__ = [
    "Tried", "details", "has_random", "notes", "point_text", "right_formula", "seed_line", "sentence", "stated_verdict",
]  # fmt: skip


_LISTED = 5
"""Numbers of an index variable that are told one by one."""


class Tried(NamedTuple):
    """A case and what came of it.

    Attributes:
        place: its file and line; "" on the command line.
        verdicts: None if there was a problem.
        problem: what was wrong with the case.
    """

    place: str
    verdicts: CaseVerdicts | None
    problem: Problem | None = None


def seed_line(verdicts: CaseVerdicts) -> str:
    """How the points can be had again."""
    return f"random seed = {verdicts.case.random_seed}"


def sentence(verdicts: CaseVerdicts, claim: ClaimVerdict) -> str:
    """The verdict in a line."""
    if claim.verdict == "undecided":
        return _one_line(f"undecided: {claim.reason}")
    if claim.counterexample is not None:
        example = claim.counterexample
        entry = "the derivative" if example.entry == claim.claimed.label else example.entry
        where = f" at {point_text(verdicts, example)}" if example.point else ""
        return f"false{where}: {entry} is {example.derivative}, the claim is {example.claim}"
    both = ", where both have a value" if any("has no value" in c for c in claim.caveats) else ""
    if claim.verdict == "proved":
        where = f" for all {_domain(verdicts)}" if verdicts.free or verdicts.case.fixed else ""
        return f"true{where}{both} (proved{', cached derivation' if claim.recalled else ''})"
    true = stated_verdict(verdicts, claim) if claim.verdict in ("true to float64", "within tolerance") else "true"
    if not verdicts.free:
        return f"{true} at {_fixed(verdicts)}"
    where = f"{claim.agreeing} sampled points"
    return f"{true} at all {where} of {_domain(verdicts)}{both} (not proved)"


def stated_verdict(verdicts: CaseVerdicts, claim: ClaimVerdict) -> str:
    """The verdict in a word or a few, with the tolerance that it depends on."""
    return f"true within {verdicts.case.tolerance!r}" if claim.verdict == "within tolerance" else claim.verdict


def has_random(verdicts: CaseVerdicts) -> bool:
    """Whether what is said of a case may hang on the points that were drawn at random; what is proved does not."""
    said = (claim.verdict != "proved" or (claim.caveats and claim.points) for claim in verdicts.verdicts)
    return bool(verdicts.free) and any(said)


def details(claim: ClaimVerdict) -> list[str]:
    """What else is to be known of a claim: the right formula beside a wrong one, and its notes."""
    return [*([right_formula(claim)] if claim.formula else []), *notes(claim)]


def notes(claim: ClaimVerdict) -> list[str]:
    """Why there is no proof, and where a claim has no value or the derivative does not exist."""
    reason = [f"no proof: {claim.reason}"] if claim.verdict == "sampled" and claim.reason else []
    if claim.verdict == "true to float64":
        reason = ["the claim's constants are within a unit in the last place of the right ones"]
    if claim.verdict == "within tolerance" and claim.reason:
        reason = [claim.reason]
    return [_one_line(line) for line in (*reason, *claim.caveats)]


def point_text(verdicts: CaseVerdicts, example: CounterExample) -> str:
    """The point at which a claim is false."""
    point = whole_by_name(example.point, verdicts.indices)
    return ", ".join(f"{name} = {exact(value)}" for name, value in point.items())


def right_formula(claim: ClaimVerdict) -> str:
    """What the derivative is that a claim is false about; "" if there is no formula."""
    if not claim.formula:
        return ""
    at = f"  (at {claim.formula_at.replace(';', ',')})" if claim.formula_at else ""
    return _one_line(f"{claim.claimed.label} = {claim.formula}") + at


def _domain(verdicts: CaseVerdicts) -> str:
    symmetric = verdicts.case.symmetric
    told = [
        f"{'symmetric ' if name in symmetric else ''}{_within(name, verdicts.interval(name))}"
        if name not in verdicts.numbers
        else _among(name, verdicts.numbers[name])
        for name in verdicts.free
    ]
    at = f" at {_fixed(verdicts)}" if verdicts.case.fixed else ""
    on = f" with {', '.join(map(_one_line, verdicts.equalities))}" if verdicts.equalities else ""
    return f"{', '.join(told)}{at}{on}"


def _within(name: str, interval: Interval) -> str:
    """A variable, with where it is if it is limited."""
    low, high, open_low, open_high = interval
    if math.isinf(low) and math.isinf(high):
        return name
    if math.isinf(high):
        return f"{name} {'>' if open_low else '>='} {low!r}"
    if math.isinf(low):
        return f"{name} {'<' if open_high else '<='} {high!r}"
    return f"{name} in {'(' if open_low else '['}{low!r}, {high!r}{')' if open_high else ']'}"


def _among(name: str, numbers: Sequence[int]) -> str:
    """An index variable, with the numbers that it takes.

    >>> _among("k", (0, 1, 2)), _among("k", tuple(range(9))), _among("k", (0, 2, 4, 6, 8))
    ('k in {0, 1, 2}', 'k in {0, 1, ..., 8}', 'k in {0, 2, 4, 6, 8}')
    """
    regular = len(numbers) > _LISTED and numbers[-1] - numbers[0] == len(numbers) - 1
    listed = [*map(str, numbers[:2]), "...", str(numbers[-1])] if regular else map(str, numbers)
    return f"{name} in {{{', '.join(listed)}}}"


def _fixed(verdicts: CaseVerdicts) -> str:
    """The values that do not vary; of what stands where a whole number must, whole numbers."""
    told = [f"{name} = {exact(value)}" for name, value in whole_by_name(verdicts.case.fixed, verdicts.indices).items()]
    return ", ".join(told)


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())
