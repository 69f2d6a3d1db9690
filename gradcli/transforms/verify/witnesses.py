"""The witnesses of a result, side by side: the engine, SymPy, a derivative made from values alone, and enclosures.

They fail in different ways. The engine and the numeric derivative share the operations' values; SymPy has its own,
and its own derivatives; FLINT has its own values with bounds, and power series. All of them read the expression through
one parser; so one more, of the value alone, reads it with Python's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from gradcli.address import EntryAddress
from gradcli.enclosures.process.prover import Prover
from gradcli.enclosures.protocol import Enclosures
from gradcli.symbolic import Answer, NotChecked, Oracle, Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Witnesses
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, picked, too_large
from gradcli.transforms.verify.combine import combine, notes_on, with_value
from gradcli.transforms.verify.compare import EntryComparer
from gradcli.transforms.verify.derivations import Derivations
from gradcli.transforms.verify.numeric import LATE, Numeric, numeric
from gradcli.transforms.verify.proof import prove, testified, with_proof
from gradcli.transforms.verify.requests import PATIENCE, SAMPLE, enclosures_of, request_for
from gradcli.transforms.verify.value import value_witness

__all__ = ["EXPLAINED", "GRACE", "by_sample", "examine", "witnesses"]

_LEAST = 1.0
"""Seconds that the numeric witness has at least: a person waits so long without noticing."""

_LONGER = 2
"""Times as long as the answer took."""

GRACE = 0.3
"""Seconds beyond the deadline that the numeric derivative may take where SymPy has used up the time."""

EXPLAINED = 20
"""Of so many entries, the worst, the condition is worked out: as many as are shown."""


def by_sample(result: Derived, answer: Answer | NotChecked, took: float = 0.0, end: float = float("inf")) -> Verdict:
    """The verdict on a result on which SymPy is silent: the numeric derivative's, on a sample of its entries.

    Args:
        result: from any of the transforms that differentiate.
        answer: SymPy's; if it is one, it decides.
        took: seconds that the answer took.
        end: on the clock of `time.monotonic`, when the time for the whole check is over.
    """
    if isinstance(answer, Answer) or not result.numeric_witness:
        return judge(result, answer)
    now = time.monotonic()
    deadline = max(min(now + max(_LEAST, _LONGER * took), end), now + GRACE)
    found = numeric(result, picked(result, SAMPLE), deadline, continued=not result.kinks)
    verdict = replace(witnesses(result, answer, found, deadline), witnesses=None)
    return _of_kinks(result, verdict, answer)


def _of_kinks(result: Derived, verdict: Verdict, answer: NotChecked) -> Verdict:
    """A verdict by values alone, which may miss a kink that the series from both sides have told of."""
    kinds = {kink.kind for kink in result.kinks}
    if verdict.verdict != "verified" or not kinds & {"kink", "singular"}:
        return verdict
    reason = f"the expression is not differentiable at this point, by its series from both sides; {answer.reason}"
    return replace(verdict, verdict="singular" if "singular" in kinds else "kink", reason=reason)


def examine(
    result: Derived,
    oracle: Oracle,
    timeout: float,
    prover: Prover | None = None,
    digits: int | None = None,
    derivations: Derivations | None = None,
) -> Verdict:
    """Ask all witnesses about a result: of its derivatives, and of its value.

    Args:
        result: from `grad`, `jacobian` or `hessian`.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has; the numeric derivative has as many, and one at least.
        prover: of the enclosures, not asked yet; None for none.
        digits: as many proved digits of each number are wanted, beside the verdict.
        derivations: SymPy's of earlier runs, and where the one of this run is kept; None for none.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verdict = examine(grad("x**2", {"x": 3.0}), oracle, 60)
    >>> [(entry.truth, entry.numeric, entry.agreement) for entry in verdict.witnesses.entries]
    [('6.0', 6.0, 'all')]
    """
    refused = too_large(result)
    limit = SAMPLE
    recalled: Answer | None = None
    if refused is None:
        asked = result.question()
        limit = asked.limit
        if derivations is not None:
            recalled = derivations.answer(result, asked, oracle, timeout)
            asked = derivations.wanted(asked)
        if recalled is None:
            oracle.ask(asked, timeout)
    if prover is not None:
        prover.ask(request_for(result, digits), max(timeout, PATIENCE))
    deadline = time.monotonic() + max(timeout, _LEAST)
    value = value_witness(result)
    found = numeric(result, picked(result, limit), deadline)
    answer = refused or recalled or oracle.answer()
    enclosures = None if prover is None else enclosures_of(prover, answer, digits is not None)
    if derivations is not None and recalled is None and refused is None:
        derivations.accept(asked, judge(result, answer))
    if derivations is not None and recalled is not None:
        told = derivations.verdict(result, recalled)
        if told is not None and told.verdict == "differs":  # what was kept is on trial, and nobody speaks for it
            return replace(told, witnesses=witnesses(result, recalled, found, deadline).witnesses)
    verdict = with_value(witnesses(result, answer, found, deadline, enclosures), value)
    return replace(verdict, recalled=recalled is not None)


def witnesses(
    result: Derived,
    answer: Answer | NotChecked,
    found: Mapping[EntryAddress, Numeric],
    deadline: float = float("inf"),
    enclosures: Enclosures | NotChecked | None = None,
) -> Verdict:
    """The verdict, with what each witness says of each entry.

    Args:
        result: what the engine has.
        answer: what SymPy has.
        found: what the numeric witness has, for each entry to be compared.
        deadline: on the clock of `time.monotonic`, until when lost digits are explained.
        enclosures: of the entries, or why there are none; None where none were asked for.
    """
    truths: Mapping[EntryAddress, Truth] = {}
    if isinstance(answer, Answer):
        truths = {truth.address: truth for truth in answer.derivatives}
    comparer = EntryComparer(result, deadline)
    # What nobody but the engine has spoken of is no part of the sample.
    compared = [a for a in found if a in truths or found[a].method != LATE] or list(found)
    entries = [comparer.compare(address, truths.get(address), found[address]) for address in compared]
    worst = {id(entry) for entry in Witnesses(tuple(entries), 0).worst(EXPLAINED)}
    told = tuple(
        comparer.explained(entry, address, truths.get(address)) if id(entry) in worst else entry
        for address, entry in zip(compared, entries, strict=True)
    )
    verdict = combine(judge(result, answer), answer, told)
    if enclosures is not None:
        verdict = with_proof(result, verdict, answer, enclosures)
    if isinstance(enclosures, Enclosures):
        proved = prove(result, enclosures, answer)
        told = tuple(testified(e, a, proved, truths.get(a)) for a, e in zip(compared, told, strict=True))
    gathered = Witnesses(told, result.count(), notes_on(told, isinstance(answer, Answer)))
    return replace(verdict, witnesses=gathered)
