"""From the testimonies of all entries to a verdict, and to sentences that say what follows and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcli.symbolic import Answer, NotChecked
from gradcli.transforms.results.findings import Agreement, EntryComparison, ValueWitness
from gradcli.transforms.results.verdict import Verdict

__all__ = ["combine", "notes_on", "with_value"]

_ENOUGH = 8.0
"""Digits that a numeric derivative must vouch for to stand for SymPy's."""

_LOST = 12.0
"""A number with fewer right digits than this has an explanation coming."""

_UNIT = 2.0**-53
_NAMED = 3

_SUSPECTS: dict[Agreement, str] = {
    "SymPy and numeric": "SymPy and the numeric derivative agree and gradcli does not: its derivative is suspect. "
    "The two share no derivative rule, but read the expression through the same parser.",
    "engine and numeric": "gradcli and the numeric derivative agree and SymPy does not: SymPy, or what the "
    "expression was told to it as, is suspect. The two share the values of the operations: if one of those is "
    "wrong, both are.",
    "engine and SymPy": "gradcli and SymPy agree and the numeric derivative does not: it is suspect. Near a kink, "
    "a jump or an edge of the domain differences of values fail; this does not show which of these it is.",
    "none": "no two witnesses agree: nothing is proved about any of them.",
    "undecided": "the numeric derivative is too coarse to say whether gradcli or SymPy is right.",
}


def combine(verdict: Verdict, answer: Answer | NotChecked, entries: Sequence[EntryComparison]) -> Verdict:
    """The verdict of all witnesses: SymPy's, or where SymPy is silent the numeric derivative's."""
    if isinstance(answer, Answer) or not entries:
        return verdict
    silent = answer.reason if answer.reason.startswith("SymPy") else f"SymPy: {answer.reason}"
    heard = [e for e in entries if e.agreement == "both"]
    wrong = [e for e in entries if e.agreement == "none"]
    kinks = [e for e in entries if e.agreement == "kink"]
    checked = len(heard) + len(wrong)
    if wrong:
        details = [f"{e.label}: gradcli has {e.engine!r}, the numeric derivative is {e.numeric!r}" for e in wrong]
        reason = f"{len(wrong)} of {checked} entries differ from the numeric derivative; {silent}"
        return Verdict("differs", checked, verdict.entries, None, reason, tuple(details[:10]), witness="numeric")
    fewest = min((e.digits for e in heard if e.digits is not None), default=0.0)
    if kinks:
        details = [f"{e.label}: {e.method}" for e in kinks]
        reason = f"the values show no derivative at {len(kinks)} of {len(entries)} entries; {silent}"
        return Verdict("kink", checked, verdict.entries, None, reason, tuple(details[:10]), witness="numeric")
    enough = len(heard) == len(entries) or (len(entries) < verdict.entries and 2 * len(heard) > len(entries))
    if enough and fewest >= _ENOUGH:
        reason = f"by the numeric derivative alone, to {int(fewest)} digits; {silent}"
        return Verdict("verified", checked, verdict.entries, None, reason, witness="numeric")
    reason = f"{answer.reason}; the numeric derivative bears out {len(heard)} of {len(entries)} entries"
    if heard:
        reason += f", to {int(fewest)} digits"
    return replace(verdict, checked=checked, reason=reason)


def with_value(verdict: Verdict, value: ValueWitness) -> Verdict:
    """The verdict with what another reading of the program says of its value, which overrules it where that differs.

    What the others agree on is then the derivative of another program, perhaps.

    >>> from gradcli.transforms.results.findings import Witnesses
    >>> with_value(Verdict("verified", witnesses=Witnesses((), 0)), ValueWitness("differs", 1.0, "1, not 2")).verdict
    'differs'
    """
    if verdict.witnesses is not None:
        verdict = replace(verdict, witnesses=replace(verdict.witnesses, value=value))
    if value.verdict != "differs":
        return verdict
    details = (f"f: {value.reason}", *verdict.details)
    if verdict.verdict == "differs":
        return replace(verdict, reason=f"{_READ_OTHERWISE}; {verdict.reason}", details=details)
    return replace(verdict, verdict="differs", reason=_READ_OTHERWISE, details=details)


_READ_OTHERWISE = (
    "the value is another than Python's and NumPy's: the program may have been read otherwise than Python reads it"
)


def notes_on(entries: Sequence[EntryComparison], answered: bool) -> tuple[str, ...]:
    """Who is suspect where witnesses disagree, and why digits are lost, a sentence each."""
    found = [told for who in ("gradcli", "SymPy", "numeric") for told in _excluded(entries, who)]
    for agreement, told in _SUSPECTS.items():
        odd = [e for e in entries if e.agreement == agreement and e.numeric is not None and answered and not e.excluded]
        if odd:
            found.append(f"{_names(odd)}: {told}")
    lost = [e for e in entries if e.ulps is not None and e.digits is not None and e.digits < _LOST]
    explained = [e for e in lost if e.rounding is not None and e.agreement in ("all", "both", "engine and SymPy")]
    if explained:
        found.append(_why(min(explained, key=lambda e: e.digits or 0.0)))
    return tuple(found)


def _excluded(entries: Sequence[EntryComparison], who: str) -> list[str]:
    """That a witness is wrong, where the enclosures exclude its numbers."""
    odd = [e for e in entries if who in e.excluded]
    if not odd:
        return []
    whose = "the numeric derivative" if who == "numeric" else f"{who}'s number"
    right = [w for w in ("gradcli", "SymPy") if not any(w in e.excluded for e in odd)]
    right = [w for w in right if w != "SymPy" or all(e.truth is not None for e in odd)]
    held = f" and holds that of {' and '.join(right)}" if right else ""
    return [f"{_names(odd)}: the enclosure excludes {whose}{held}: {whose} is wrong."]


def _names(entries: Sequence[EntryComparison]) -> str:
    shown = ", ".join(e.label for e in entries[:_NAMED])
    return shown if len(entries) <= _NAMED else f"{shown} and {len(entries) - _NAMED} more"


def _why(entry: EntryComparison) -> str:
    """Whether digits are lost to the point, or to the way the expression is written."""
    assert entry.ulps is not None
    assert entry.digits is not None
    lost = f"{entry.label} has {int(entry.digits)} of 16 digits"
    bound = f" (rounding in it can make {entry.rounding:.2g} ulps)"
    if entry.condition is None:
        return f"{lost} because of the way the expression is written{bound}"
    if entry.condition * 8 >= entry.ulps:
        return (
            f"{lost} because the point is ill-conditioned: a relative change of the inputs by 1e-16 changes it by "
            f"{entry.condition * 1e-16:.1g}, however it is computed"
        )
    return (
        f"{lost} because of the way the expression is written{bound}: the point itself has condition "
        f"{entry.condition:.2g}, so that another form would keep the digits"
    )
