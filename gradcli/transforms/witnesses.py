"""Three witnesses of a result, side by side: the engine, SymPy, and a derivative made from values alone.

They fail in different ways. The engine and the numeric derivative share the operations' values; SymPy has its own,
and its own derivatives. All of them read the expression through one parser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.lang import Program
from gradcli.symbolic import Answer, NotChecked, Oracle, Truth
from gradcli.transforms.check import judge, question, ulps_between
from gradcli.transforms.entries import Place, count, label, ours, picked, place_of
from gradcli.transforms.evaluate import evaluate
from gradcli.transforms.grad import grad
from gradcli.transforms.hessian import hessian
from gradcli.transforms.jacobian import jacobian
from gradcli.transforms.results import Checked, Gradient, Hessian, Jacobian, Testimony, Verdict, Witnesses
from gradcli.transforms.truths import digits_right, truth_text

__all__ = ["Examined", "derive", "examine", "witnesses"]

Examined: TypeAlias = Gradient | Jacobian | Hessian


def examine(result: Examined, oracle: Oracle, timeout: float) -> Verdict:
    """Ask all witnesses about a result.

    Args:
        result: from `grad`, `jacobian` or `hessian`.
        oracle: started, and not asked yet.
        timeout: seconds that each witness has.

    >>> from gradcli.transforms.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verdict = examine(grad("x**2", {"x": 3.0}), oracle, 60)
    >>> verdict.verdict, verdict.witnesses.entries[0].truth
    ('verified', '6.0')
    """
    asked = question(result)
    oracle.ask(asked, timeout)
    return witnesses(result, oracle.answer(), asked.limit)


def witnesses(result: Examined, answer: Answer | NotChecked, limit: int) -> Verdict:
    """The verdict, with each entry's testimony, given what SymPy found."""
    verdict = judge(result, answer)
    truths: Mapping[Place, Truth] = {}
    if isinstance(answer, Answer):
        truths = {place_of(truth): truth for truth in answer.derivatives}
    found = tuple(_testimony(result, place, truths.get(place)) for place in picked(result, limit))
    gathered = Witnesses(found, count(result))
    return Verdict(
        verdict.verdict, verdict.checked, verdict.entries, verdict.max_ulps, verdict.reason, verdict.details, gathered
    )


def _testimony(result: Examined, place: Place, truth: Truth | None) -> Testimony:
    about = Truth(*place, "number", 0.0)
    number = ours(result, about)
    ulps = None if truth is None or truth.status != "number" else ulps_between(number, truth)
    digits = None if truth is None or truth.status != "number" else digits_right(number, truth)
    return Testimony(
        label(result, about),
        number,
        None if truth is None else truth_text(truth),
        None,
        None,
        "",
        "unknown" if ulps is None else "engine and SymPy",
        ulps,
        digits,
    )


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
        derived.expression, derived.inputs, derived.value, of, derived, origin=derived.origin, warnings=derived.warnings
    )
