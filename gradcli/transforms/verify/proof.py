"""What enclosures prove of a result, and the verdict of SymPy and of them together.

An enclosure decides where it can: it holds the exact derivative of the program as it was read. So an engine's number
outside of it, by more than rounding explains, is wrong, whoever agrees with it; and where SymPy is silent, numbers that
are proved are verified. At kinks and singular points there is no enclosure, and what the others say stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gradcli.address import EntryAddress
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.process.refusal import NotChecked
from gradcli.symbolic import Answer, Truth
from gradcli.transforms.program.variables import mentions_derivatives
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import EntryComparison
from gradcli.transforms.results.verdict import Proof, Verdict
from gradcli.transforms.verify.check import broken_sides, is_conventional, is_of_a_kink, judge, kinked_inputs
from gradcli.transforms.verify.digits import digits_of
from gradcli.transforms.verify.enclosed import Enclosed, bounds_text, enclosed
from gradcli.transforms.verify.entries import Entry, entry_of, is_gone, listed, remark, spoilt, suspects

if TYPE_CHECKING:
    from gradcli.symbolic import Question

__all__ = ["Proved", "by_proof", "prove", "request_of", "testified", "with_proof"]


_TOLD = 20
"""Digits of a bound in a sentence: three more than a float64 takes to be read back."""


@dataclass(frozen=True)
class Proved:
    """The entries of a result by what their enclosures say.

    Attributes:
        within: entries that are proved to be no farther from the exact number than rounding explains.
        lost: those of them of which rounding has taken more than half of the digits.
        outside: entries that are farther away, wherever in the enclosure the exact number is.
        undecided: the others, and why.
        bits: the highest precision that was used.
        sampled: whether entries were left out.
        of: how many derivative entries there are.
    """

    within: dict[EntryAddress, Enclosed] = field(default_factory=dict)
    lost: frozenset[EntryAddress] = frozenset()
    outside: dict[EntryAddress, Enclosed] = field(default_factory=dict)
    undecided: dict[EntryAddress, str] = field(default_factory=dict)
    bits: int = 0
    sampled: bool = False
    of: int = 0

    @property
    def derivatives(self) -> list[Enclosed]:
        """Of the entries that are proved the derivatives."""
        return [entry for address, entry in self.within.items() if address.order]

    @property
    def complete(self) -> bool:
        """Whether everything that was looked at is proved."""
        return not self.outside and not self.undecided

    @property
    def enough(self) -> bool:
        """Whether that makes a verdict: derivatives are proved, or there are none."""
        return self.complete and (bool(self.derivatives) or not self.of)

    @property
    def settles(self) -> bool:
        """Whether nobody else need be heard: everything is proved, and no digits are lost."""
        return self.enough and not self.lost


def request_of(question: Question, limit: int | None = None, digits: int | None = None) -> Request:
    """What the enclosures are asked where the oracle is asked a question.

    Args:
        question: the oracle's.
        limit: how many derivative entries are enclosed, where it is not as many as SymPy checks.
        digits: how many decimal digits are wanted.
    """
    source = question.source
    if mentions_derivatives(source):
        from gradcli.transforms.program.derivatives import as_formulas  # few programs hold derivatives

        source = as_formulas(source, question.values)
    return Request(
        source,
        question.values,
        question.wrt,
        question.kind,
        question.seed,
        question.tangents,
        question.order,
        question.limit if limit is None else limit,
        question.picked,
        digits,
    )


def prove(result: Derived, found: Enclosures, answer: Answer | NotChecked) -> Proved:
    """Compare a result with its enclosures.

    Args:
        result: what the engine has.
        found: the enclosures.
        answer: what SymPy has: at what it calls a kink or a pole, nothing is proved.
    """
    everything = (*found.values, *found.derivatives)
    if not np.size(result.value):  # an undecided branch may be told of all the same
        everything = ()
    undecided = {entry.address: entry.reason for entry in everything if isinstance(entry, Undecided)}
    undecided |= _special(result, found, answer)
    balls = [entry for entry in everything if isinstance(entry, Ball)]
    entries = [enclosed(result.number(b.address), b) for b in balls if b.address not in undecided]
    far = [entry_of(result, entry.farthest()) for entry in entries]
    wrong, lost = (_addresses(group) for group in suspects(result, far))
    doubtful = [entry_of(result, entry.nearest()) for entry in entries if entry.address in wrong]
    outside = _addresses(suspects(result, doubtful)[0])
    undecided |= dict.fromkeys(wrong - outside, "its enclosure is too wide to tell")
    return Proved(
        {entry.address: entry for entry in entries if entry.address not in wrong},
        lost,
        {entry.address: entry for entry in entries if entry.address in outside},
        undecided,
        found.bits,
        found.sampled,
        result.count(),
    )


def _addresses(entries: Sequence[Entry]) -> frozenset[EntryAddress]:
    return frozenset(entry.truth.address for entry in entries)


def _special(result: Derived, found: Enclosures, answer: Answer | NotChecked) -> dict[EntryAddress, str]:
    """The entries whose enclosures, if there are any, say nothing: no value, a kink, or none that others know of."""
    without = {entry.address.output for entry in found.values if isinstance(entry, Undecided)}
    if result.weights() is not None and without:
        without = {0}
    told = {sides.address for sides in broken_sides(result)}
    kinked = kinked_inputs(result, [])
    open_ones = {}
    for address in (entry.address for entry in found.derivatives):
        if address.output in without:
            open_ones[address] = "the value has no enclosure"
        elif address in told or is_of_a_kink(address, kinked) or is_conventional(result, address):
            open_ones[address] = "the expression is not differentiable at this point"
    if isinstance(answer, Answer):
        for truth in (*answer.values, *answer.derivatives):
            # Of a formula that is differentiated again there may be no value where the derivative has one.
            if truth.status != "number" and not (truth.status == "undefined" and truth.address.order > 1):
                open_ones[truth.address] = f"{truth.status}, SymPy says"
    return open_ones


def with_proof(
    result: Derived,
    verdict: Verdict,
    answer: Answer | NotChecked,
    found: Enclosures | NotChecked,
    proved: Proved | None = None,
) -> Verdict:
    """A verdict and what the enclosures prove: with SymPy's, beside it, or against it.

    Args:
        result: what the engine has.
        verdict: SymPy's, or that of the witnesses but the enclosures.
        answer: what SymPy has.
        found: the enclosures.
        proved: what they prove without SymPy, where that is known already.
    """
    if isinstance(found, NotChecked):
        return replace(verdict, proof=Proof(0, result.count(), reason=found.reason))
    if proved is None or isinstance(answer, Answer):
        proved = prove(result, found, answer)
    proof = _proof(result, proved)
    told = replace(verdict, proof=proof)
    if proved.outside:
        return _outside(result, told, proved, answer)
    if isinstance(answer, NotChecked) or verdict.verdict == "not checked":
        if proved.enough:
            return _verified(result, told, proved, f"SymPy: {_silence(verdict, answer)}")
        silent = verdict.verdict == "not checked" and proof.entries
        return replace(told, reason=_partly(verdict.reason, proof)) if silent else told
    if verdict.verdict == "differs":
        return _arbitrated(result, told, proved, answer)
    return told


def by_proof(result: Derived, found: Enclosures | NotChecked) -> Verdict:
    """The verdict of the enclosures alone."""
    if isinstance(found, NotChecked):
        proof = Proof(0, result.count(), reason=found.reason)
        return Verdict("not checked", 0, result.count(), None, found.reason, proof=proof)
    proved = prove(result, found, NotChecked(""))
    proof = _proof(result, proved)
    blank = Verdict("not checked", 0, result.count(), proof=proof)
    if proved.outside:
        return _outside(result, blank, proved, NotChecked(""))
    if proved.enough:
        return _verified(result, blank, proved, "")
    return replace(blank, reason=_partly(None, proof))


def _silence(verdict: Verdict, answer: Answer | NotChecked) -> str:
    return answer.reason if isinstance(answer, NotChecked) else verdict.reason or "no answer"


def _proof(result: Derived, proved: Proved) -> Proof:
    entries = proved.derivatives
    gone = [e for e in entries if is_gone(entry_of(result, e.farthest()))]
    ulps = max((e.ulps for e in entries if e not in gone), default=None)
    within = max((float(e.distance) for e in gone), default=None)
    single = entries[0] if len(entries) == proved.of == 1 else None
    return Proof(
        len(entries),
        proved.of,
        ulps,
        within,
        proved.bits,
        None if single is None else bounds_text(single.lower, single.upper),
        _why_not(result, proved),
        proved.sampled and len(entries) < proved.of,
    )


def _why_not(result: Derived, proved: Proved) -> str | None:
    """Why the first of those entries is not proved that are not."""
    if proved.outside:
        (address, *_), told = proved.outside, "outside of its enclosure"
    elif proved.undecided:
        (address, *_) = proved.undecided
        told = f"not decided: {proved.undecided[address]}"
    else:
        return None
    return f"{result.label(address)} is {told}"


def _partly(reason: str | None, proof: Proof) -> str:
    """Why there is no verdict, and what is proved all the same."""
    parts = [reason] if reason else []
    if proof.entries:
        parts.append(f"{proof.entries} of {proof.of} entries proved {proof.words}")
    return "; ".join([*parts, *filter(None, [proof.reason])]) or "nothing is proved"


def _verified(result: Derived, told: Verdict, proved: Proved, others: str) -> Verdict:
    """Verified by proof, or spoilt by rounding."""
    assert told.proof is not None
    proof = told.proof
    entries = [entry_of(result, entry.farthest()) for entry in proved.within.values()]
    lost = [e for e in entries if e.truth.address in proved.lost]
    if lost:
        said = [spoilt(result, [e.truth.address for e in lost], proof.entries)]
    else:
        said = [_by_proof(proof), *filter(None, [remark(entries, proof.ulps or 0.0)])]
    return replace(
        told,
        verdict="differs" if lost else "verified",
        checked=proof.entries,
        entries=proof.of,
        max_ulps=proof.ulps,
        reason="; ".join(filter(None, [*said, others])),
        details=listed([_beside(result, proved.within[e.truth.address]) for e in lost]),
        by_proof=True,
    )


def _by_proof(proof: Proof) -> str:
    sample = " (a sample)" if proof.sampled else ""
    if not proof.of:
        return "by proof, the value; nothing to differentiate by"
    counted = f"by proof, {proof.entries} of {proof.of} entries{sample}"
    return f"{counted} {proof.words}" if proof.entries else counted


def _beside(result: Derived, entry: Enclosed) -> str:
    low, high = bounds_text(entry.lower, entry.upper, _TOLD)
    told = low if low == high else f"between {low} and {high}"
    return f"{result.label(entry.address)}: gradcli has {entry.number!r}, the exact number is {told}"


def _outside(result: Derived, told: Verdict, proved: Proved, answer: Answer | NotChecked) -> Verdict:
    """The engine's numbers are wrong, by proof."""
    assert told.proof is not None
    if told.verdict == "differs" and isinstance(answer, Answer):
        truths = {truth.address: truth for truth in (*answer.values, *answer.derivatives)}
        held = all(a in truths and not entry.excludes(truths[a]) for a, entry in proved.outside.items())
        whose = "hold SymPy's numbers, and not gradcli's" if held else "exclude gradcli's numbers"
        return replace(told, reason=f"{told.reason}; the enclosures {whose}")
    slopes = [address for address in proved.outside if address.order]
    count = f"{len(slopes)} of {len(slopes) + told.proof.entries} entries are outside of their enclosures"
    said = [count if slopes else "the value is outside of its enclosure"]
    if isinstance(answer, NotChecked):
        said += [f"SymPy: {answer.reason}"] if answer.reason else []
    else:
        said.append(f"SymPy's verdict is: {told.verdict}")
    return replace(
        told,
        verdict="differs",
        max_ulps=None,
        reason="; ".join(said),
        details=listed([_beside(result, entry) for entry in proved.outside.values()]),
    )


def _arbitrated(result: Derived, told: Verdict, proved: Proved, answer: Answer) -> Verdict:
    """Where SymPy differs from the engine, and the enclosures hold one of the two."""
    truths = {truth.address: truth for truth in (*answer.values, *answer.derivatives)}
    wrong, lost = suspects(result, [entry_of(result, truth) for truth in truths.values()])
    disputed = [e.truth.address for e in wrong if e.truth.status == "number" and e.truth.address in proved.within]
    mistaken = {a for a in disputed if proved.within[a].excludes(truths[a])}
    if not mistaken:
        agreed = lost and not wrong and proved.lost >= _addresses(lost)
        return replace(told, reason=f"{told.reason}; the enclosures agree with SymPy") if agreed else told
    rest = Answer(
        tuple(t for t in answer.values if t.address not in mistaken),
        tuple(t for t in answer.derivatives if t.address not in mistaken),
        answer.total,
        answer.sampled,
    )
    others = judge(result, rest)
    if others.verdict != "verified":
        return told
    slopes = sum(address.order > 0 for address in mistaken)
    count = f"{slopes} of {len(answer.derivatives)} entries" if slopes else "the value"
    said = f"SymPy's numbers are wrong, by proof: those of {count} are outside of the enclosures, and gradcli's are not"
    return replace(
        others,
        checked=others.checked + slopes,
        max_ulps=max(others.max_ulps or 0.0, *(proved.within[a].ulps for a in mistaken)),
        reason="; ".join(filter(None, [said, others.reason])),
        details=listed([f"{_beside(result, proved.within[a])}, SymPy has {truths[a].high!r}" for a in mistaken]),
        proof=told.proof,
    )


def testified(entry: EntryComparison, address: EntryAddress, proved: Proved, truth: Truth | None) -> EntryComparison:
    """What the witnesses say of an entry, with its enclosure and whose numbers it excludes."""
    held = proved.within.get(address) or proved.outside.get(address)
    if held is None:
        return replace(entry, undecided=proved.undecided.get(address))
    excluded = ["gradcli"] if address in proved.outside else []
    if truth is not None and truth.status == "number" and held.excludes(truth):
        excluded.append("SymPy")
    if entry.agreement == "engine and SymPy" and not excluded:
        excluded.append("numeric")
    silent = entry.agreement == "unknown" and not excluded
    by_proof = entry.digits
    if truth is None and np.isfinite(held.number):
        by_proof = digits_of(float(held.distance), held.nearest().high)
    return replace(
        entry,
        enclosure=bounds_text(held.lower, held.upper),
        proved_ulps=held.ulps if address in proved.within and np.isfinite(held.ulps) else None,
        excluded=tuple(excluded),
        agreement="both" if silent else entry.agreement,
        digits=by_proof,
    )
