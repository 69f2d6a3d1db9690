"""What is said of claims, as text: for pipes, programs and terminals."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.render.claims.sentences import (
    Tried,
    details,
    has_random,
    right_formula,
    seed_line,
    sentence,
    stated_verdict,
)
from gradcli.render.style import Style
from gradcli.render.words.escape import visible
from gradcli.transforms.claims.types import CaseVerdicts, ClaimVerdict
from gradcli.transforms.results.value import whole_by_name

__all__ = ["TABLES", "render_claims", "render_summary", "render_tried", "summary"]

SCHEMA = "gradcli/2"
TABLES = ("csv", "tsv", "markdown")
VERDICTS = ("proved", "sampled", "true to float64", "within tolerance", "false", "undecided")
_NEW = "within tolerance"  # it is counted in JSON where there is one, as in --tol
_RARE = ("true to float64", "within tolerance")


def render_claims(tried: Sequence[Tried], style: Style) -> str:
    """All cases; JSON is one object however many there are."""
    if style.format == "json":
        document = {
            "schema": SCHEMA,
            "command": "claims",
            "cases": [_document(one) for one in tried],
            "summary": {verdict: count for verdict, count in _counts(tried).items() if count or verdict != _NEW},
        }
        return json.dumps(document, allow_nan=False) + "\n"
    if style.format in TABLES:
        from gradcli.render.claims.tables import render_table

        return render_table(tried, style)
    return "".join(render_tried(one, style) for one in tried)


def render_tried(tried: Tried, style: Style) -> str:
    """One case; nothing for one with a problem, which is told on standard error."""
    if tried.verdicts is None:
        return ""
    if style.format == "quiet":
        head = f"{tried.place}: " if tried.place else ""
        return "".join(f"{head}{stated_verdict(tried.verdicts, claim)}\n" for claim in tried.verdicts.verdicts)
    if style.format == "rich":
        from gradcli.render.claims.terminal import render_claims_rich

        return render_claims_rich(tried, style)
    return "".join(f"{line}\n" for line in _lines(tried.place, tried.verdicts))


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
    shown = [verdict for verdict in VERDICTS if counts[verdict] or verdict not in _RARE]
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in shown)
    errors = counts["errors"]
    bad = f"; {errors} {'case' if errors == 1 else 'cases'} with errors" if errors else ""
    return (
        f"{claims} {'claim' if claims == 1 else 'claims'} in {len(tried)} {'case' if len(tried) == 1 else 'cases'}: "
        f"{told}{bad}"
    )


def _counts(tried: Sequence[Tried]) -> dict[str, int]:
    found: Counter[str] = Counter(
        claim.verdict for one in tried if one.verdicts is not None for claim in one.verdicts.verdicts
    )
    return {**{verdict: found[verdict] for verdict in VERDICTS}, "errors": sum(one.verdicts is None for one in tried)}


def _lines(place: str, verdicts: CaseVerdicts) -> Iterator[str]:
    head = f"{place}: " if place else ""
    name = f"{visible(verdicts.case.name)}: " if verdicts.case.name else ""
    for claim in verdicts.verdicts:
        told = f"{head}{name}{claim.claimed.label}: {sentence(verdicts, claim)}"
        if place:
            yield f"{told}; {right_formula(claim)}" if claim.formula else told
            continue
        yield told
        yield from (f"  {detail}" for detail in details(claim))
    if not place and has_random(verdicts):
        yield seed_line(verdicts)


def _document(tried: Tried) -> dict[str, Any]:
    error = None
    if tried.problem is not None:
        error = {"message": tried.problem.message, "hint": tried.problem.hint}
    document: dict[str, Any] = {"place": tried.place or None, "error": error}
    if tried.verdicts is None:
        return document
    case = tried.verdicts.case
    return {
        **document,
        "name": case.name,
        "expression": case.expression,
        "fixed": _listed(case.fixed, tried.verdicts),
        "free": {name: _range(tried.verdicts, name) for name in tried.verdicts.free},
        "points": case.points,
        "random_seed": case.random_seed,
        **({"assume": list(case.assume)} if case.assume else {}),
        **({"symmetric": list(case.symmetric)} if case.symmetric else {}),
        **({"tolerance": case.tolerance} if case.tolerance else {}),
        "claims": [_claim(claim, tried.verdicts) for claim in tried.verdicts.verdicts],
    }


def _range(verdicts: CaseVerdicts, name: str) -> dict[str, Any]:
    low, high, *_ = verdicts.interval(name)
    return {
        "low": None if math.isinf(low) else low,
        "high": None if math.isinf(high) else high,
        "shape": list(verdicts.case.shapes.get(name, ())),
        **({"numbers": list(verdicts.numbers[name])} if name in verdicts.numbers else {}),
    }


def _listed(values: Mapping[str, Any], verdicts: CaseVerdicts) -> dict[str, Any]:
    """Values by name, as JSON has them."""
    whole = whole_by_name({name: value for name, value in values.items() if name in verdicts.indices}, verdicts.indices)
    return {name: np.asarray(whole.get(name, value)).tolist() for name, value in values.items()}


def _claim(claim: ClaimVerdict, verdicts: CaseVerdicts) -> dict[str, Any]:
    example = claim.counterexample
    return {
        "claim": claim.claimed.label,
        "variables": list(claim.claimed.names),
        "order": claim.claimed.order,
        "formula": claim.claimed.text,
        "verdict": claim.verdict,
        "agreeing": claim.agreeing,
        "points": claim.points,
        "counterexample": None
        if example is None
        else {
            "point": _listed(example.point, verdicts),
            "entry": example.entry,
            "derivative": example.derivative,
            "claim": example.claim,
        },
        "reason": claim.reason or None,
        "derivative": claim.formula or None,
        **({"derivative_at": claim.formula_at} if claim.formula_at else {}),
        "caveats": list(claim.caveats),
        **({"derivation": "cached"} if claim.recalled else {}),
    }
