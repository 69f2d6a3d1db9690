"""Whether formulas are the derivatives that they are said to be, by all three witnesses."""

from __future__ import annotations

from dataclasses import replace

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.symbolic import Oracle
from gradcli.transforms.claims.judge import judge_claims
from gradcli.transforms.claims.types import Case, Claimed, ClaimVerdict
from gradcli.transforms.results.formula import Confirmation, Formula, Formulas
from gradcli.transforms.verify.derivations import Derivations

__all__ = ["confirm"]

_POINTS = 20

_LETTERS = (3, 2, 4)
"""What letters of shapes stand for where formulas are compared: different, and small."""


def confirm(found: Formulas, oracle: Oracle, timeout: float, derivations: Derivations | None = None) -> Confirmation:
    """Compare formulas with SymPy's derivative, by proof if there is one, else at points with the engine's number too.

    Args:
        found: the formulas; of a higher derivative the last step is checked, that from the order before it.
        oracle: started, and asked no question.
        timeout: seconds that there are.
        derivations: SymPy's of earlier runs, and where those of this run are kept; None for none.

    >>> from gradcli.transforms.operators.diff import diff
    >>> with Oracle.start() as oracle:
    ...     confirm(diff("x**2*sin(x)"), oracle, 60).verdict
    'proved'
    """
    source = found.steps[-1].text if found.steps else found.expression
    claims = tuple(_claim(found, formula) for formula in found.formulas)
    shapes = _sizes(found)
    case = Case(source, claims, shapes=shapes, points=_POINTS, symmetric=found.symmetric)
    try:
        verdicts = judge_claims(case, oracle, timeout, derivations).verdicts
        if found.steps and not {*case.claims[0].names} & variables(parse(source)).keys():
            verdicts = tuple(replace(verdict, caveats=()) for verdict in verdicts)  # the program does have the variable
    except Problem as problem:
        return Confirmation("not checked", reason=problem.message)
    return _together(verdicts, found.formulas)


def _sizes(found: Formulas) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays, with a number for each letter."""
    letters: dict[str, int] = {}
    for shape in found.shapes.values():
        for size in shape:
            if isinstance(size, str):
                letters.setdefault(size, _LETTERS[len(letters) % len(_LETTERS)])
    return {
        name: tuple(letters[size] if isinstance(size, str) else size for size in shape)
        for name, shape in found.shapes.items()
        if shape
    }


def _claim(found: Formulas, formula: Formula) -> Claimed:
    return Claimed(formula.names, formula.text, 2 if found.of == "hessian" else 1, of=formula.of)


def _together(verdicts: tuple[ClaimVerdict, ...], formulas: tuple[Formula, ...]) -> Confirmation:
    """One verdict of several: the worst."""
    points = min((verdict.agreeing for verdict in verdicts), default=0)
    caveats = tuple(
        caveat if len(formulas) == 1 else f"{formula.label}: {caveat}"
        for verdict, formula in zip(verdicts, formulas, strict=True)
        for caveat in verdict.caveats
    )
    for verdict, formula in zip(verdicts, formulas, strict=True):
        example = verdict.counterexample
        if example is not None:
            point = ", ".join(f"{name} = {value!r}" for name, value in example.point.items())
            where = f" at {point}" if point else ""
            return Confirmation(
                "differs", 0, f"{formula.label} is {example.derivative}{where}, the formula {example.claim}", caveats
            )
    for verdict in verdicts:
        if verdict.verdict == "undecided":
            return Confirmation("not checked", 0, verdict.reason, caveats)
    if all(verdict.verdict == "proved" for verdict in verdicts):
        recalled = any(verdict.recalled for verdict in verdicts)
        return Confirmation("proved", points, "", caveats, recalled)
    reason = next((verdict.reason for verdict in verdicts if verdict.reason), "")
    return Confirmation("equal", points, reason, caveats)
