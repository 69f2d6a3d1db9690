"""Three witnesses of a result, side by side: the engine, SymPy, and a derivative made from values alone.

They fail in different ways. The engine and the numeric derivative share the operations' values; SymPy has its own,
and its own derivatives. All of them read the expression through one parser.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from gradcli.symbolic import Answer, EntryAddress, NotChecked, Oracle, Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.findings import Witnesses
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, picked, too_large
from gradcli.transforms.verify.combine import combine, notes_on
from gradcli.transforms.verify.compare import EntryComparer
from gradcli.transforms.verify.numeric import LATE, Numeric, numeric

__all__ = ["EXPLAINED", "by_sample", "examine", "verify", "witnesses"]

_LEAST = 1.0
"""Seconds that the numeric witness has at least: a person waits so long without noticing."""

_LONGER = 2
"""Times as long as the answer took."""

_QUICK = 1.5
"""Seconds for an answer, with the start of the process; where it took longer, one more evaluation of the program may
take longer than the check has beyond its deadline."""

_GRACE = 0.3
"""Seconds beyond the deadline that the numeric derivative may take where SymPy has used up the time."""

_SAMPLE = 48
"""Of a result on which SymPy is silent, so many entries are looked at, if the time allows."""

EXPLAINED = 20
"""Of so many entries, the worst, the condition is worked out: as many as are shown."""


def verify(result: Derived, oracle: Oracle, timeout: float, *, full: bool = False, took: float = 0.0) -> Verdict:
    """The verdict on a result: SymPy's, or with `full` that of all witnesses, entry by entry.

    Where SymPy is silent, the numeric derivative decides, of a large result that of a sample of its entries.

    Args:
        result: from any of the transforms that differentiate.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has.
        full: whether to ask all witnesses.
        took: seconds that the answer took: a person who has waited so long for it waits twice as long for the check.
    """
    if full:
        return examine(result, oracle, timeout)
    answer: Answer | NotChecked | None = too_large(result)
    end = time.monotonic() + timeout
    if answer is None:
        oracle.ask(result.question(), timeout)
        answer = oracle.answer()
        if time.monotonic() >= end and took > _QUICK:
            return judge(result, answer)
    return by_sample(result, answer, took, end + _GRACE)


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
    deadline = min(time.monotonic() + max(_LEAST, _LONGER * took), end)
    found = numeric(result, picked(result, _SAMPLE), deadline, continued=not result.kinks)
    verdict = replace(witnesses(result, answer, found, deadline), witnesses=None)
    return _of_kinks(result, verdict, answer)


def _of_kinks(result: Derived, verdict: Verdict, answer: NotChecked) -> Verdict:
    """A verdict by values alone, which may miss a kink that the series from both sides have told of."""
    kinds = {kink.kind for kink in result.kinks}
    if verdict.verdict != "verified" or not kinds & {"kink", "singular"}:
        return verdict
    reason = f"the expression is not differentiable at this point, by its series from both sides; {answer.reason}"
    return replace(verdict, verdict="singular" if "singular" in kinds else "kink", reason=reason)


def examine(result: Derived, oracle: Oracle, timeout: float) -> Verdict:
    """Ask all witnesses about a result.

    Args:
        result: from `grad`, `jacobian` or `hessian`.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has; the numeric derivative has as many, and one at least.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verdict = examine(grad("x**2", {"x": 3.0}), oracle, 60)
    >>> [(entry.truth, entry.numeric, entry.agreement) for entry in verdict.witnesses.entries]
    [('6.0', 6.0, 'all')]
    """
    refused = too_large(result)
    limit = _SAMPLE
    if refused is None:
        asked = result.question()
        oracle.ask(asked, timeout)
        limit = asked.limit
    deadline = time.monotonic() + max(timeout, _LEAST)
    found = numeric(result, picked(result, limit), deadline)
    return witnesses(result, refused or oracle.answer(), found, deadline)


def witnesses(
    result: Derived, answer: Answer | NotChecked, found: Mapping[EntryAddress, Numeric], deadline: float = float("inf")
) -> Verdict:
    """The verdict, with what each witness says of each entry.

    Args:
        result: what the engine has.
        answer: what SymPy has.
        found: what the numeric witness has, for each entry to be compared.
        deadline: on the clock of `time.monotonic`, until when lost digits are explained.
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
    gathered = Witnesses(told, result.count(), notes_on(told, isinstance(answer, Answer)))
    return replace(combine(judge(result, answer), answer, told), witnesses=gathered)
