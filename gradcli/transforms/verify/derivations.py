"""SymPy's derivations of earlier runs: the check of a program that has been seen before takes them.

A derivation is a text in the language, kept on disk under a digest of everything that it was made from. It is parsed as
any program is, its numbers at the point are computed by mpmath in another process, without SymPy and without any rule
of the table, and compared with the engine's as SymPy's own are. Where the point is an unusual one, or the value is
another than the engine's, SymPy is asked as if nothing had been kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from gradcli.digest import digest
from gradcli.symbolic import Answer, Oracle, Question
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, too_large
from gradcli.transforms.verify.entries import entry_of, suspects

if TYPE_CHECKING:
    from gradcli.lang import Program
    from gradcli.symbolic.protocol.inquiry import Finding, Inquiry

__all__ = ["Derivations", "Store", "key_of"]

_FORMAT = 1
"""Of what is kept; it is part of every key."""

_LONGEST = 100_000
"""Characters of a program whose derivation is kept."""

_SHARE = 0.5
"""Of the time that there is, the part after which a derivation is given up, so that SymPy has some left."""

_PATIENCE = 2.0
"""Seconds that a derivation is waited for, when everything else is done. It comes most often with the answer."""

_TOLD = 200
"""Characters of the program that stand above its derivation, for people."""

_COMMENT = "#"
_PROOF = "# proof: "

_STALE = (
    "the derivation was kept by an earlier run: --no-cache has SymPy derive it anew, `gradcli cache clear` forgets it"
)


class Store(Protocol):
    """Where texts are kept, each under a key."""

    def read(self, key: str) -> str | None:
        """The text under a key; None where there is none."""

    def write(self, key: str, text: str) -> None:
        """Put a text under a key, if that can be."""

    def mark(self, key: str) -> None:
        """Leave a mark."""

    def is_marked(self, key: str) -> bool:
        """Whether a mark is there."""


class Derivations:
    """What is kept, and what is to be.

    Args:
        store: where it is kept.
        makers: tells what derivations are made by: with another SymPy, or another gradcli, they might be others.
        words: a digest of the command's words, which is marked where there is a derivation for them.
    """

    def __init__(self, store: Store, makers: Callable[[], str], words: str = "") -> None:
        self._store = store
        self._makers = makers
        self._words = words
        self._key: str | None = None
        self._accepted: tuple[str, str] | None = None
        self._tried: Derived | None = None
        self._given_up = False

    def judge(self, result: Derived, oracle: Oracle, timeout: float) -> Verdict | None:
        """The verdict by what is kept; None where SymPy is to be asked.

        Args:
            result: what the engine has.
            oracle: not asked yet.
            timeout: seconds that there are.
        """
        if too_large(result) is not None:
            return None
        found = self.answer(result, result.question(), oracle, timeout)
        return None if found is None else self.verdict(result, found)

    def answer(self, result: Derived, question: Question, oracle: Oracle, timeout: float) -> Answer | None:
        """The answer by what is kept; None where SymPy is to be asked, as where there was none before.

        Args:
            result: what the engine has.
            question: the result's.
            oracle: not asked yet.
            timeout: seconds that there are.
        """
        if self._tried is result:
            return None
        self._tried = result
        self._key = key_of(question, self._makers)
        unusual = bool(result.kinks) or result.origin is not None
        text = None if self._key is None or unusual else self._store.read(self._key)
        if text is None:
            return None
        found = oracle.recall(question._replace(derivation=text), _SHARE * timeout)
        if not isinstance(found, Answer) or self.verdict(result, found) is None:
            return None
        self._mark()
        return found

    def verdict(self, result: Derived, answer: Answer) -> Verdict | None:
        """The verdict by a recalled answer; None where it is SymPy's matter.

        It is "verified", or "differs" where a derivative is another one. What rounding has spoilt, and a value that is
        not the program's, says nothing about the derivation.
        """
        told = replace(judge(result, answer), recalled=True)
        if told.verdict == "verified":
            return told
        entries = [entry_of(result, truth) for truth in (*answer.values, *answer.derivatives)]
        wrong, _ = suspects(result, entries)
        if told.verdict != "differs" or not wrong or any(not e.truth.address.order for e in wrong):
            return None
        return replace(told, reason=f"{told.reason}; {_STALE}")

    def wanted(self, question: Question) -> Question:
        """The question that there was no answer for, which asks for its derivation too, if that can be kept."""
        return question._replace(keep=self._key is not None)

    def accept(self, question: Question, verdict: Verdict) -> None:
        """Take note of SymPy's verdict on what it has derived: what has verified nothing is not kept."""
        if self._key is not None and verdict.verdict == "verified" and verdict.witness == "SymPy":
            self._accepted = self._key, _heading(question)

    def settle(self, oracle: Oracle) -> None:
        """Keep what was accepted; everything else has been done."""
        if self._accepted is None:
            return
        key, heading = self._accepted
        self._accepted = None
        text = oracle.derivation(_PATIENCE)
        if text:
            self._store.write(key, f"{heading}\n{text}\n")
            self._mark()

    @property
    def makers(self) -> Callable[[], str]:
        """What tells what derivations are made by."""
        return self._makers

    def read(self, key: str) -> str | None:
        """What is kept under a key; None for nothing."""
        return self._store.read(key)

    def keep(self, key: str, question: Question, text: str) -> None:
        """Keep a derivation that has verified something."""
        self._store.write(key, f"{_heading(question)}\n{text}\n")
        self._mark()

    def use(self) -> None:
        """Leave a mark: what was kept has verified something."""
        self._mark()

    def _mark(self) -> None:
        if self._words and not self._store.is_marked(self._words):
            self._store.mark(self._words)

    def findings(self, inquiry: Inquiry, oracle: Oracle, timeout: float) -> tuple[Finding, ...] | None:
        """What is known of claims that an earlier run has proved: the derivatives at the points, and the proofs.

        Whether the claims have the same values there is for the caller to see.

        Returns:
            None where SymPy is to be asked; from then on it is, for it has been imported.
        """
        from gradcli.symbolic.protocol.inquiry import Finding, Outcome, Recollection  # for claims alone

        self._key = key_of_claims(inquiry, self._makers)
        text = None if self._key is None or self._given_up else self._store.read(self._key)
        kept = [] if text is None else [line for line in text.splitlines() if not line.startswith(_COMMENT)]
        proofs = [] if text is None else _proofs(text)
        if not kept or len(kept) != len(inquiry.claims) or len(proofs) != len(kept):
            self._given_up = True
            return None
        found = oracle.recollect(Recollection(tuple(kept), inquiry.points), _SHARE * timeout)
        if found is None:
            self._given_up = True
            return None
        self._mark()
        return tuple(
            Finding(tuple(Outcome("agree", tuple(entries)) for entries in points), proof=proof)
            for points, proof in zip(found, proofs, strict=True)
        )

    def keep_findings(self, inquiry: Inquiry, findings: tuple[Finding, ...]) -> None:
        """Keep SymPy's derivations of claims, if it has proved all of them, and there was nothing unusual."""
        if self._key is None or not all(_is_plain(finding) for finding in findings):
            return
        told = [f"# claims about {' '.join(inquiry.source.split())}"[:_TOLD]]
        for claim, finding in zip(inquiry.claims, findings, strict=True):
            told += [f"# by {', '.join(claim.names)}", f"{_PROOF}{finding.proof}", finding.derivation]
        self._store.write(self._key, "\n".join([*told, ""]))
        self._mark()


def _heading(question: Question) -> str:
    """What stands above a derivation, for people."""
    by = ", ".join(question.wrt)
    return f"# the {question.kind} by {by} of {' '.join(question.source.split())}"[:_TOLD]


def _is_plain(finding: Finding) -> bool:
    agreed = all(outcome.status == "agree" for outcome in finding.outcomes)
    return agreed and bool(finding.proof and finding.derivation) and not finding.note and not finding.undefined_region


def _proofs(text: str) -> list[str]:
    """How claims were proved, from the comments above their derivations."""
    return [line.removeprefix(_PROOF) for line in text.splitlines() if line.startswith(_PROOF)]


def key_of_claims(inquiry: Inquiry, makers: Callable[[], str]) -> str | None:
    """A digest of all that a proof depends on; None of what is not kept: claims within a tolerance, or on planes."""
    from gradcli.lang import unparse
    from gradcli.ops.calls.read import read_program

    if inquiry.tolerance or inquiry.assume or not inquiry.prove or len(inquiry.source) > _LONGEST:
        return None
    point = inquiry.points[0]
    text = unparse(read_program(inquiry.source, point))
    claims = [(claim.names, claim.text, claim.order) for claim in inquiry.claims]
    inputs = [(name, _shape(value) if name in inquiry.free else repr(value)) for name, value in point.items()]
    asked = (claims, inquiry.free, sorted(inquiry.ranges.items()))
    return digest(repr((_FORMAT, "claims", text, asked, inputs, makers())))


def key_of(question: Question, makers: Callable[[], str]) -> str | None:
    """A digest of all that a derivation depends on; None of what is not kept.

    That is the program without loops and functions, whatever its spelling; what is asked of it; the shapes of the
    variables that are differentiated by and the values of the others, which are constants to SymPy; and the state of
    gradcli and of SymPy.

    >>> first, second, third = (
    ...     key_of(Question(text, {"x": x, "a": a}, ("x",), "gradient"), str)
    ...     for text, x, a in (("a*x", 1.0, 2.0), ("a * x", 3.0, 2.0), ("a*x", 1.0, 3.0))
    ... )
    >>> first == second, first == third
    (True, False)
    """
    from gradcli.lang import unparse
    from gradcli.ops.calls.read import read_program

    if len(question.source) > _LONGEST:
        return None
    program = read_program(question.source, question.values)
    if _holds_derivatives(program):
        return None
    text = unparse(program)
    if len(text) > _LONGEST:
        return None
    inputs = [(name, _shape(value) if name in question.wrt else repr(value)) for name, value in question.values.items()]
    asked = (
        question.kind,
        question.wrt,
        question.order,
        question.limit,
        question.picked,
        question.seed,
        question.tangents,
    )
    return digest(repr((_FORMAT, text, asked, inputs, makers())))


def _holds_derivatives(program: Program) -> bool:
    from gradcli.lang import calls
    from gradcli.lang.tree.nodes import DERIVATIVES

    return any(call.function in DERIVATIVES for call in calls(program))


def _shape(value: Any) -> tuple[int, ...]:
    shape = []
    while isinstance(value, list | tuple):
        shape.append(len(value))
        value = value[0] if value else 0.0
    return tuple(shape)
