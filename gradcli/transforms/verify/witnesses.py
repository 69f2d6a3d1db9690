"""Three witnesses of a result, side by side: the engine, SymPy, and a derivative made from values alone.

They fail in different ways. The engine and the numeric derivative share the operations' values; SymPy has its own,
and its own derivatives. All of them read the expression through one parser.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.lang import Program
from gradcli.symbolic import Answer, NotChecked, Oracle, Truth
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.entries import Checkable, Place, count, picked, place_of
from gradcli.transforms.results.findings import Witnesses
from gradcli.transforms.results.kinds import Checked, Gradient, Hessian, Jacobian, Verdict
from gradcli.transforms.verify.check import judge, large, question
from gradcli.transforms.verify.combine import combine, notes_on
from gradcli.transforms.verify.compare import EntryComparer
from gradcli.transforms.verify.numeric import LATE, Numeric, numeric

__all__ = ["EXPLAINED", "Examined", "derive", "examine", "witnesses"]

Examined: TypeAlias = Gradient | Jacobian | Hessian

_LEAST = 1.0
_SAMPLE = 48
"""Of a result that is too large for SymPy, so many entries are looked at, if the time allows."""

EXPLAINED = 20
"""Of so many entries, the worst, the condition is worked out."""


def examine(result: Examined, oracle: Oracle, timeout: float) -> Verdict:
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
    asked = question(result)
    oracle.ask(asked, timeout)
    deadline = time.monotonic() + max(timeout, _LEAST)
    found = numeric(result, picked(result, _SAMPLE if large(result) else asked.limit), deadline)
    return witnesses(result, oracle.answer(), found, deadline)


def by_sample(result: Checkable, answer: Answer | NotChecked) -> Verdict:
    """The verdict on a result that is too large for SymPy: the numeric derivative's, on a sample of its entries."""
    if isinstance(answer, Answer) or not isinstance(result, Gradient | Jacobian | Hessian):
        return judge(result, answer)
    deadline = time.monotonic() + _LEAST
    found = numeric(result, picked(result, _SAMPLE), deadline)
    return replace(witnesses(result, answer, found, deadline), witnesses=None)


def witnesses(
    result: Examined, answer: Answer | NotChecked, found: Mapping[Place, Numeric], deadline: float = float("inf")
) -> Verdict:
    """The verdict, with each entry's testimony.

    Args:
        result: what the engine has.
        answer: what SymPy has.
        found: what the numeric witness has, for each entry to be compared.
        deadline: on the clock of `time.monotonic`, until when lost digits are explained.
    """
    truths: Mapping[Place, Truth] = {}
    if isinstance(answer, Answer):
        truths = {place_of(truth): truth for truth in answer.derivatives}
    weigher = EntryComparer(result, deadline)
    # What nobody but the engine has spoken of is no part of the sample.
    places = [place for place in found if place in truths or found[place].method != LATE] or list(found)
    entries = [weigher.testimony(place, truths.get(place), found[place]) for place in places]
    worst = {id(entry) for entry in Witnesses(tuple(entries), 0).worst(EXPLAINED)}
    told = tuple(
        weigher.explained(entry, place, truths.get(place)) if id(entry) in worst else entry
        for place, entry in zip(places, entries, strict=True)
    )
    gathered = Witnesses(told, count(result), notes_on(told, isinstance(answer, Answer)))
    return replace(combine(judge(result, answer), answer, told), witnesses=gathered)


def derive(
    expression: str | Program, values: Mapping[str, Any], of: str, wrt: Sequence[str] | None, seed: Any
) -> Checked:
    """The derivatives to examine.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        of: "gradient", "jacobian" or "hessian"; "auto" for the gradient of a single value or with a seed, and the
            Jacobian of an array.
        wrt: differentiate by these variables alone.
        seed: weights of a gradient's outputs.

    Raises:
        Problem: about the expression, the values or the seed.

    >>> derive("[x, x**2]", {"x": 2.0}, "auto", None, None).of
    'jacobian'
    """
    if seed is not None and of in ("jacobian", "hessian"):
        raise UsageProblem(f"a seed weights the outputs of a gradient; a {of.capitalize()} has none")
    derived: Examined
    if of == "hessian":
        derived = hessian(expression, values, wrt)
    elif of == "jacobian" or (of == "auto" and seed is None and np.size(evaluate(expression, values).value) != 1):
        derived, of = jacobian(expression, values, wrt), "jacobian"
    else:
        derived, of = grad(expression, values, wrt, seed), "gradient"
    return Checked(
        derived.expression,
        derived.inputs,
        derived.value,
        of,
        derived,
        origin=derived.origin,
        warnings=derived.warnings,
        kinks=derived.kinks,
    )
