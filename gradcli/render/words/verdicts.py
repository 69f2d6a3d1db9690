"""A verdict in words, the same for pipes and terminals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcli.render.words.escape import visible
from gradcli.transforms.results.verdict import Verdict

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Kink

__all__ = ["CACHED", "details", "notes", "one_line", "proved", "sentence"]


CACHED = "cached derivation"
"""That SymPy's derivation is one of an earlier run."""


def sentence(verdict: Verdict) -> str:
    """One line that says what the check found.

    >>> sentence(Verdict("verified", 4, 4, 0.0))
    'verified: 4 of 4 entries, largest error 0 ulps'
    >>> sentence(Verdict("verified", 64, 1000, 1.5))
    'verified: 64 of 1000 entries (a sample), largest error 1.5 ulps'
    >>> sentence(Verdict("verified", 0, 0, 0.0))
    'verified: the value; nothing to differentiate by'
    >>> sentence(Verdict("not checked", 0, 4, None, "SymPy took longer than 10 s"))
    'not checked: SymPy took longer than 10 s'
    >>> from gradcli.transforms.results.verdict import Proof
    >>> sentence(Verdict("verified", 1, 1, 0.4, proof=Proof(1, 1, 0.41)))
    'verified: 1 of 1 entries, largest error 0.4 ulps; proved within 0.41 ulps'
    >>> sentence(Verdict("verified", 1, 1, 0.4, recalled=True))
    'verified (cached derivation): 1 of 1 entries, largest error 0.4 ulps'
    """
    parts = [_counted(verdict), *proved(verdict)] if verdict.verdict == "verified" and not verdict.by_proof else []
    if verdict.reason:
        parts.append(verdict.reason)
    head = f"{verdict.verdict} ({CACHED})" if verdict.recalled else verdict.verdict
    return one_line(": ".join([head, "; ".join(parts)] if parts else [head]))


def details(verdict: Verdict, kinks: Sequence[Kink] = ()) -> list[str]:
    """The entries worth naming, a line each; nothing of a kink or a singular point that has been told of already."""
    told = verdict.verdict in ("kink", "singular") and kinks
    return [] if told else [one_line(detail) for detail in verdict.details]


def notes(verdict: Verdict) -> list[str]:
    """What the witnesses together say, a line each."""
    return [] if verdict.witnesses is None else [one_line(note) for note in verdict.witnesses.notes]


def one_line(text: str) -> str:
    """A text of the user's on one line, without what a terminal would obey."""
    return " ".join(visible(text).split())


def proved(verdict: Verdict) -> list[str]:
    """What the enclosures prove of entries that SymPy has verified."""
    proof = verdict.proof
    if proof is None or not proof.entries:
        return []
    if proof.entries >= verdict.checked and proof.reason is None:
        return [f"proved {proof.words}"]
    of = f" of {verdict.checked}" if proof.entries < verdict.checked else ""
    return [f"{proof.entries}{of} entries proved {proof.words}"]


def _counted(verdict: Verdict) -> str:
    if not verdict.entries:
        return "the value; nothing to differentiate by"
    sampled = " (a sample)" if verdict.checked < verdict.entries else ""
    counted = f"{verdict.checked} of {verdict.entries} entries{sampled}"
    if verdict.max_ulps is None:
        return counted
    ulps = f"{verdict.max_ulps:.3g}"
    return f"{counted}, largest error {ulps} {'ulp' if ulps == '1' else 'ulps'}"
