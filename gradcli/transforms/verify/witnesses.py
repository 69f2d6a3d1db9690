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
from gradcli.transforms.verify.check import judge, large, picked
from gradcli.transforms.verify.combine import combine, notes_on, with_value
from gradcli.transforms.verify.compare import EntryComparer
from gradcli.transforms.verify.numeric import LATE, Numeric, numeric
from gradcli.transforms.verify.proof import prove, testified, with_proof
from gradcli.transforms.verify.requests import PATIENCE, SAMPLE, enclosures_of, request_for
from gradcli.transforms.verify.value import value_witness

__all__ = ["EXPLAINED", "by_sample", "examine", "witnesses"]

_LEAST = 1.0
"""Seconds that the numeric witness has at least: a person waits so long without noticing."""

EXPLAINED = 20
"""Of so many entries, the worst, the condition is worked out: as many as are shown."""


def by_sample(result: Derived, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result that is too large for SymPy: the numeric derivative's, on a sample of its entries."""
    if isinstance(answer, Answer) or not result.numeric_witness:
        return judge(result, answer)
    deadline = time.monotonic() + _LEAST
    found = numeric(result, picked(result, SAMPLE), deadline)
    return replace(witnesses(result, answer, found, deadline), witnesses=None)


def examine(
    result: Derived, oracle: Oracle, timeout: float, prover: Prover | None = None, digits: int | None = None
) -> Verdict:
    """Ask all witnesses about a result: of its derivatives, and of its value.

    Args:
        result: from `grad`, `jacobian` or `hessian`.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has; the numeric derivative has as many, and one at least.
        prover: of the enclosures, not asked yet; None for none.
        digits: as many proved digits of each number are wanted, beside the verdict.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verdict = examine(grad("x**2", {"x": 3.0}), oracle, 60)
    >>> [(entry.truth, entry.numeric, entry.agreement) for entry in verdict.witnesses.entries]
    [('6.0', 6.0, 'all')]
    """
    asked = result.question()
    oracle.ask(asked, timeout)
    limit = SAMPLE if large(result) else asked.limit
    if prover is not None:
        prover.ask(request_for(result, digits), max(timeout, PATIENCE))
    deadline = time.monotonic() + max(timeout, _LEAST)
    value = value_witness(result)
    found = numeric(result, picked(result, limit), deadline)
    answer = oracle.answer()
    enclosures = None if prover is None else enclosures_of(prover, answer, digits is not None)
    return with_value(witnesses(result, answer, found, deadline, enclosures), value)


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
