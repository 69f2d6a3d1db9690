"""A verdict as one says it to a person; a pipe gets the sentence of `gradcli.render.words.verdicts`."""

from __future__ import annotations

from math import floor, log10

from gradcli.render.words.verdicts import CACHED, one_line, proved, sentence
from gradcli.transforms.results.verdict import SAME_LIMITS, SAME_SIDES, Verdict

__all__ = ["spoken"]

_ALL_DIGITS = 16
"""Decimal digits of a float64."""

_CONFIRMED = {
    SAME_SIDES: "SymPy confirms the values from both sides",
    SAME_LIMITS: "it confirms the limits of the derivatives",
}


def spoken(verdict: Verdict) -> tuple[str, int]:
    """The sentence, and how many characters at its beginning are the verdict itself.

    >>> spoken(Verdict("verified", 1, 1, 0.4123))
    ("agrees with SymPy's derivative to all 16 digits (0.412 ulps)", 6)
    >>> from gradcli.transforms.results.verdict import Proof
    >>> spoken(Verdict("verified", 3, 3, 1.9, proof=Proof(3, 3, 1.91)))[0]
    "all 3 entries agree with SymPy's derivatives to 15 digits; proved within 1.91 ulps"
    >>> spoken(Verdict("verified", 1, 1, 0.0, recalled=True))[0]
    "agrees with SymPy's derivative (cached derivation) to all 16 digits"
    >>> spoken(Verdict("verified", 64, 1000, 0.0))[0]
    "64 of 1,000 entries, a sample, agree with SymPy's derivatives to all 16 digits"
    >>> spoken(Verdict("verified", 0, 0, 0.0))[0]
    "agrees with SymPy's value; there is nothing to differentiate by"
    """
    if verdict.verdict == "verified" and verdict.witness == "SymPy":
        text = _proved_alone(verdict) if verdict.by_proof else _agreement(verdict)
        if text is not None:
            return one_line(text), len(_head(text))
    told = sentence(verdict)
    for words, others in _CONFIRMED.items():
        told = told.replace(words, others)
    return told, len(verdict.verdict)


def _head(text: str) -> str:
    """The words of a sentence up to what is agreed with, or the first one."""
    return text.partition(" with ")[0] if " with SymPy" in text else text.partition(" ")[0].rstrip(":")


def _agreement(verdict: Verdict) -> str | None:
    """That SymPy agrees, and how far; None where the verdict's own reason says something else."""
    if not verdict.entries:
        parts = ["agrees with SymPy's value", "there is nothing to differentiate by"]
    else:
        kept = f" ({CACHED})" if verdict.recalled else ""
        parts = [f"{_who(verdict)}{kept}{_digits(verdict)}", *proved(verdict)]
    return "; ".join([*parts, *([verdict.reason] if verdict.reason else [])])


def _who(verdict: Verdict) -> str:
    if verdict.entries == 1:
        return "agrees with SymPy's derivative"
    if verdict.checked < verdict.entries:
        return f"{verdict.checked:,} of {verdict.entries:,} entries, a sample, agree with SymPy's derivatives"
    counted = "both" if verdict.entries == 2 else f"all {verdict.entries:,}"
    return f"{counted} entries agree with SymPy's derivatives"


def _digits(verdict: Verdict) -> str:
    """To how many digits, with the figure behind it where no proof gives a better one."""
    ulps = verdict.max_ulps
    if ulps is None:
        return ""
    digits = _ALL_DIGITS if ulps <= 0.5 else max(floor(-log10(ulps * 2.0**-52)), 0)
    told = f" to {'all ' if digits == _ALL_DIGITS else ''}{digits} {'digit' if digits == 1 else 'digits'}"
    text = f"{ulps:.3g}"
    return told if not ulps or proved(verdict) else f"{told} ({text} {'ulp' if text == '1' else 'ulps'})"


def _proved_alone(verdict: Verdict) -> str | None:
    """What the enclosures alone say; None where they say more than how near the numbers are."""
    proof, reason = verdict.proof, verdict.reason or ""
    if proof is None or not proof.of or proof.entries < proof.of or proof.sampled or not reason.startswith("by proof"):
        return None
    rest = reason.partition("; ")[2]
    words = "exact" if proof.words == "exact" else f"{proof.words} of the exact {'ones' if proof.of > 1 else 'one'}"
    numbers = "the derivative" if proof.of == 1 else "both entries" if proof.of == 2 else f"all {proof.of:,} entries"
    return "; ".join(filter(None, [f"proved: {numbers} {'is' if proof.of == 1 else 'are'} {words}", rest]))
