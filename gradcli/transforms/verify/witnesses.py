"""The witnesses of a result, side by side: the engine, SymPy, a derivative made from values alone, and enclosures.

They fail in different ways. The engine and the numeric derivative share the operations' values; SymPy has its own,
and its own derivatives; FLINT has its own values with bounds, and power series. All of them read the expression through
one parser.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from gradcli.address import EntryAddress
from gradcli.enclosures.process.prover import Prover
from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.symbolic import Answer, NotChecked, Oracle, Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Witnesses
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, large, picked
from gradcli.transforms.verify.combine import combine, notes_on
from gradcli.transforms.verify.compare import EntryComparer
from gradcli.transforms.verify.numeric import LATE, Numeric, numeric
from gradcli.transforms.verify.proof import by_proof, prove, request_of, testified, with_proof
from gradcli.transforms.verify.proved_digits import request_for_digits

__all__ = ["EXPLAINED", "by_sample", "check", "examine", "verify", "verify_by_proof", "witnesses"]

_LEAST = 1.0
"""Seconds that the numeric witness has at least: a person waits so long without noticing."""

_SAMPLE = 48
"""Of a result that is too large for SymPy, so many entries are looked at, if the time allows."""

EXPLAINED = 20
"""Of so many entries, the worst, the condition is worked out: as many as are shown."""


_PATIENCE = 2.0
"""Seconds that the enclosures have at least, and longer than SymPy, where it has answered: they are most often there
before it."""


def check(result: Derived, timeout: float = 10.0) -> Verdict:
    """Derive a result again with SymPy, in another process, and compare; and prove how near it is, in a third.

    Args:
        result: from `grad`, `jacobian`, `hessian`, `hvp`, `jvp` or `derivative`.
        timeout: seconds until the check gives up.

    >>> from gradcli.transforms.operators.grad import grad
    >>> verdict = check(grad("x**2", {"x": 3.0}), timeout=60)
    >>> verdict.verdict, verdict.proof.ulps
    ('verified', 0.0)
    """
    with Oracle.start(timeout=timeout) as oracle, Prover() as prover:
        return verify(result, oracle, timeout, prover=prover)


def verify(
    result: Derived,
    oracle: Oracle,
    timeout: float,
    *,
    full: bool = False,
    prover: Prover | None = None,
    digits: int | None = None,
) -> Verdict:
    """The verdict on a result: SymPy's and the proof's, or with `full` that of all witnesses, entry by entry.

    Where a result has too many inputs for SymPy, a proof or the numeric derivative of a sample of its entries decides.

    Args:
        result: from any of the transforms that differentiate.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has, and the enclosures.
        full: whether all witnesses are heard.
        prover: of the enclosures, not asked yet; None for no proof.
        digits: as many proved digits of each number are wanted, beside the verdict.
    """
    if full:
        return examine(result, oracle, timeout, prover, digits)
    oracle.ask(result.question(), timeout)
    if prover is not None:
        prover.ask(_request(result, digits), max(timeout, _PATIENCE))
    answer = oracle.answer()
    found = _enclosures(prover, answer, digits is not None)
    verdict = by_sample(result, answer) if large(result) and isinstance(found, NotChecked) else judge(result, answer)
    return verdict if prover is None else with_proof(result, verdict, answer, found)


def _request(result: Derived, digits: int | None = None) -> Request:
    """What the enclosures are asked; of a result that is too large for SymPy for a sample, but for all digits."""
    if digits is not None:
        return request_for_digits(result, digits)
    return request_of(result.question(), _SAMPLE if large(result) else None)


def _enclosures(prover: Prover | None, answer: Answer | NotChecked, wanted: bool = False) -> Enclosures | NotChecked:
    """The enclosures; where SymPy is silent, or they are wanted themselves, they have all the time there is."""
    if prover is None:
        return NotChecked("")
    return prover.answer() if wanted or isinstance(answer, NotChecked) else prover.answer(_PATIENCE)


def verify_by_proof(result: Derived, prover: Prover, timeout: float, digits: int | None = None) -> Verdict:
    """The verdict on a result by its enclosures alone.

    Args:
        result: from any of the transforms that differentiate.
        prover: not asked yet.
        timeout: seconds that there are.
        digits: as many proved digits of each number are wanted, beside the verdict.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Prover() as prover:
    ...     verdict = verify_by_proof(grad("exp(x)", {"x": 1.0}), prover, 60)
    >>> verdict.verdict, verdict.proof.entries, verdict.proof.ulps < 1
    ('verified', 1, True)
    """
    asked = request_of(result.question()) if digits is None else request_for_digits(result, digits)
    prover.ask(asked, timeout)
    return by_proof(result, prover.answer())


def by_sample(result: Derived, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result that is too large for SymPy: the numeric derivative's, on a sample of its entries."""
    if isinstance(answer, Answer) or not result.numeric_witness:
        return judge(result, answer)
    deadline = time.monotonic() + _LEAST
    found = numeric(result, picked(result, _SAMPLE), deadline)
    return replace(witnesses(result, answer, found, deadline), witnesses=None)


def examine(
    result: Derived, oracle: Oracle, timeout: float, prover: Prover | None = None, digits: int | None = None
) -> Verdict:
    """Ask all witnesses about a result.

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
    limit = _SAMPLE if large(result) else asked.limit
    if prover is not None:
        prover.ask(_request(result, digits), max(timeout, _PATIENCE))
    deadline = time.monotonic() + max(timeout, _LEAST)
    found = numeric(result, picked(result, limit), deadline)
    answer = oracle.answer()
    enclosures = None if prover is None else _enclosures(prover, answer, digits is not None)
    return witnesses(result, answer, found, deadline, enclosures)


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
