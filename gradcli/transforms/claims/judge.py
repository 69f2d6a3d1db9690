"""Whether hand-derived derivatives are right.

Three witnesses are heard: SymPy's derivative and the claim itself, both with many digits, in the oracle's process,
and the engine's reverse mode at the same points. A claim is false where the two derivatives say so; it is true for
all values only where algebra proves it; agreement at points is called that and no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.address import EntryAddress
from gradcli.errors import NameProblem, Problem, ShapeProblem, SyntaxProblem, UsageProblem, suggest
from gradcli.lang import Program, parse, variables
from gradcli.ops import CONSTANTS
from gradcli.symbolic import NotChecked, Oracle
from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry, Outcome, Refutation
from gradcli.transforms.claims.assumptions import Region, region_of
from gradcli.transforms.claims.indices import IndexValues, index_values, index_variables
from gradcli.transforms.claims.sampling import sample
from gradcli.transforms.claims.symmetric import on_symmetric
from gradcli.transforms.claims.types import Case, CaseVerdicts, Claimed, ClaimVerdict, CounterExample
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.program.variables import check_functions, mentions_derivatives
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.formula import Of
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.tolerances import NEGLIGIBLE
from gradcli.transforms.results.value import Value, plain
from gradcli.transforms.verify.derivations import Derivations
from gradcli.transforms.verify.rounding import Bounds

__all__ = ["judge_claims"]

_PLAIN = 2.0**-20
_ALIKE = 1e-9
"""By how much a claim, computed in float64, may differ from the derivative that an earlier run has proved it to be. One
that loses more digits is SymPy's matter again."""

_ENTRIES = 400
_READABLE = 400
"""Characters of a formula that is told beside a false claim."""


def judge_claims(case: Case, oracle: Oracle, timeout: float, derivations: Derivations | None = None) -> CaseVerdicts:
    """Judge the claims of a case.

    Args:
        case: what is claimed.
        oracle: started, and asked no question.
        timeout: seconds that SymPy has; what it has found until then counts.
        derivations: SymPy's of earlier runs, and where those of this run are kept; None for none.

    Raises:
        Problem: about the expression, a claim, a value or a shape.

    >>> with Oracle.start() as oracle:
    ...     found = judge_claims(Case("x**2", (Claimed(("x",), "2*x"), Claimed(("x",), "2*x + 1"))), oracle, 60)
    >>> [found.verdict for found in found.verdicts], found.verdicts[1].counterexample.point
    (['proved', 'false'], {'x': 0.0})
    """
    program = _read(case.expression, ())
    free = _free(program, case)
    region = region_of(case, free)
    indices = index_variables(program, case, free)
    with _told_of_shapes(case, free, indices):
        spread = index_values(program, case, free, [n for n in free if n in indices], region)

    def told(verdicts: Iterable[ClaimVerdict]) -> CaseVerdicts:
        equalities = tuple(plane.given for plane in region.planes)
        return CaseVerdicts(case, tuple(verdicts), tuple(free), region.intervals, equalities, indices, spread.numbers)

    absent = [_is_absent(claimed, program) for claimed in case.claims]
    if any(absent):
        present = tuple(c for c, without in zip(case.claims, absent, strict=True) if not without)
        others = iter(
            judge_claims(replace(case, claims=present), oracle, timeout, derivations).verdicts if present else ()
        )
        return told(_absent(c) if without else next(others) for c, without in zip(case.claims, absent, strict=True))
    for claimed in case.claims:
        _check_claim(claimed, program, {*free, *case.fixed}, indices)
    made = on_symmetric(case, free | {name: np.shape(value) for name, value in case.fixed.items()})
    with _told_of_shapes(case, free, indices):
        points, every_index = _points(_read(made.expression, ()), made, free, region, spread)
    if not points:
        reason = "no point was found at which the expression has a value and a derivative"
        return told(ClaimVerdict(claimed, "undecided", reason=reason) for claimed in case.claims)
    for claimed in case.claims:
        _check_shape(claimed, program, points[0])
    claims = tuple(Claim(c.names, _without_derivatives(c, points[0]), c.order) for c in made.claims)
    inquiry = Inquiry(
        made.expression,
        claims,
        tuple(points),
        tuple(free),
        region.intervals,
        prove=not case.tolerance,
        tolerance=case.tolerance,
        assume=tuple(plane.equality for plane in region.planes),
        indices=tuple(spread.numbers),
        every_index=every_index,
    )
    if spread.numbers:
        derivations = None  # what SymPy derives is another formula at each index
    if derivations is not None:
        recalled = _recalled(case, inquiry, derivations.findings(inquiry, oracle, timeout))
        if recalled is not None:
            return told(recalled)
        inquiry = inquiry._replace(keep=True)
    found = oracle.inquire(inquiry, timeout)
    if derivations is not None and not isinstance(found, NotChecked):
        derivations.keep_findings(inquiry, found)
    if isinstance(found, NotChecked):
        return told(ClaimVerdict(c, "undecided", 0, len(points), None, found.reason) for c in case.claims)
    return told(
        _Judge(case, made.expression, claimed, points, spread.numbers).rule(finding)
        for claimed, finding in zip(case.claims, found, strict=True)
    )


@contextmanager
def _told_of_shapes(case: Case, free: Mapping[str, tuple[int, ...]], indices: Collection[str]) -> Iterator[None]:
    """Tell how arrays are given, where a program does not fit variables that vary as single numbers."""
    numbers = [n for n, shape in free.items() if not shape and n not in indices and n not in case.ranges]
    try:
        yield
    except ShapeProblem as problem:
        if numbers:
            listed = " and ".join(f"'{name}'" for name in numbers)
            one = len(numbers) == 1
            told = f"{listed} {'varies as a single number' if one else 'vary as single numbers'}"
            name, made = numbers[0], "an array of it" if one else "arrays of them"
            problem.hint = f"{told}: --shape {name}=3, or {name}=3,3, makes {made}"
        raise


def _points(
    program: Program, case: Case, free: Mapping[str, tuple[int, ...]], region: Region, spread: IndexValues
) -> tuple[list[dict[str, Any]], bool]:
    """Where the claims are looked at: with index variables at some points for each of their values.

    Returns:
        The points, and whether all that the index variables can be is among them.

    Raises:
        Problem: if the program does not fit the values, whatever they are.
    """
    if not spread.numbers:
        return sample(program, case, free, region), True
    moving = {name: shape for name, shape in free.items() if name not in spread.numbers}
    count = max(2, case.points // len(spread.combinations))
    points, every, problem = list[dict[str, Any]](), spread.every, None
    for values in spread.combinations:
        try:
            found = sample(program, replace(case, fixed=case.fixed | values, points=count), moving, region)
        except Problem as error:  # as of z[i + j], where each index has a value for itself
            problem = problem or error
            continue
        points += found
        every = every and bool(found)
    if problem is not None and not points:
        raise problem
    return points, every


def _recalled(case: Case, inquiry: Inquiry, found: tuple[Finding, ...] | None) -> list[ClaimVerdict] | None:
    """The verdicts on claims that an earlier run has proved, if claims and engine agree with the derivatives again."""
    if found is None:
        return None
    verdicts = []
    for claimed, stated, finding in zip(case.claims, inquiry.claims, found, strict=True):
        claim = parse(stated.text)
        used = [name for name in variables(claim) if name in inquiry.points[0]]
        for point, outcome in zip(inquiry.points, finding.outcomes, strict=True):
            values = np.ravel(evaluate(claim, {name: point[name] for name in used}).value)
            expected = np.array(outcome.derivatives)
            if values.shape != expected.shape or not np.allclose(values, expected, rtol=_ALIKE, atol=0):
                return None
        verdict = _Judge(case, inquiry.source, claimed, inquiry.points, ()).rule(finding)
        if verdict.verdict != "proved":
            return None
        verdicts.append(replace(verdict, recalled=True))
    return verdicts


def _free(program: Program, case: Case) -> dict[str, tuple[int, ...]]:
    """The shapes of the variables that vary.

    Raises:
        NameProblem, UsageProblem: about a value, a range or a shape.
    """
    used = list(variables(program))
    for given in (case.fixed, case.ranges, case.shapes):
        for name in given:
            if name not in used:
                raise _no_variable(name, used)
    for name in case.fixed:
        if name in case.ranges or name in case.shapes:
            raise UsageProblem(f"'{name}' has a value and a range or a shape", hint="leave one of them out")
    claimed = {name for claimed in case.claims for name in claimed.names}
    moving = [n for n in used if n not in CONSTANTS or n in claimed or n in case.ranges or n in case.shapes]
    free = {name: case.shapes.get(name, ()) for name in moving if name not in case.fixed}
    _check_size("the variables that vary have", sum(map(_size, free.values())))
    return free


def _read(text: str, known: Collection[str]) -> Program:
    """The program of a text whose functions are known; what is wrong with it is told with the corrected line."""
    try:
        program = parse(text)
        check_functions(program)
    except (SyntaxProblem, NameProblem) as problem:
        from gradcli.transforms.program.teach import teach

        raise teach(problem, text, known) from None
    return program


def _without_derivatives(claimed: Claimed, point: Mapping[str, Any]) -> str:
    """The text of a claim with formulas in the place of the derivatives in it."""
    if not mentions_derivatives(claimed.text):
        return claimed.text
    from gradcli.transforms.program.derivatives import as_formulas  # few claims hold derivatives

    try:
        return as_formulas(claimed.text, point)
    except Problem as problem:
        problem.message = f"in the claim about {claimed.label}: {problem.message}"
        problem.args = (problem.message,)
        raise


def _is_absent(claimed: Claimed, program: Program) -> bool:
    """Whether it is claimed that a derivative by what the program does not have is 0."""
    if any(name in variables(program) for name in claimed.names):
        return False
    claim = _read(claimed.text, ())
    return not variables(claim) and not np.any(evaluate(claim, {}).value)


def _absent(claimed: Claimed) -> ClaimVerdict:
    names = " and ".join(f"'{name}'" for name in claimed.names)
    return ClaimVerdict(claimed, "proved", caveats=(f"the expression has no variable {names}",))


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=int))


def _check_size(what: str, entries: int) -> None:
    if entries > _ENTRIES:
        raise UsageProblem(f"{what} {entries:,} entries, a claim takes {_ENTRIES:,}", hint="smaller shapes will do")


def _no_variable(name: str, used: Sequence[str]) -> NameProblem:
    near = suggest(name, list(used))
    listed = f"it has {', '.join(used)}" if used else "it has none"
    return NameProblem(
        f"the expression has no variable '{name}'", hint=f"did you mean '{near}'? {listed}" if near else listed
    )


def _check_claim(claimed: Claimed, program: Program, known: set[str], indices: Collection[str]) -> None:
    used = list(variables(program))
    for name in claimed.names:
        if name not in used:
            raise _no_variable(name, used)
        if name in indices:
            message = f"'{name}' stands where a whole number must, as in an index: there is no derivative by it"
            others = [other for other in used if other not in indices and other not in CONSTANTS]
            raise UsageProblem(message, hint=f"claim one by {' or '.join(others)}" if others else "")
    claim = _read(claimed.text, known)
    for name, span in variables(claim).items():
        if name not in known and name not in CONSTANTS:
            problem = _no_variable(name, used)
            problem.message = f"the claim about {claimed.label} uses '{name}', which is no variable of the expression"
            problem.source, problem.span = claimed.text, span
            raise problem


def _check_shape(claimed: Claimed, program: Program, point: dict[str, Any]) -> None:
    value = np.shape(evaluate(program, point).value)
    inputs = [np.shape(point[name]) for name in claimed.names]
    count = sum(map(_size, inputs))
    one = inputs[0] if len(inputs) == 1 else (count,)
    if claimed.order == 2 and _size(value) != 1:
        raise ShapeProblem(
            f"the value has shape {value}: a Hessian needs one number",
            hint="write sum(...) around the expression, or pick an entry",
        )
    expected = value + one if claimed.order == 1 else one + one
    _check_size("the derivative has", _size(expected))
    claim = parse(claimed.text)
    try:
        shape = np.shape(evaluate(claim, {name: point[name] for name in variables(claim) if name in point}).value)
    except Problem as problem:
        problem.message = f"in the claim about {claimed.label}: {problem.message}"
        problem.args = (problem.message,)
        raise
    if shape != expected:
        raise ShapeProblem(
            f"the claim about {claimed.label} has {_shape(shape)}, and the derivative has {_shape(expected)}",
            hint="outputs come first, then inputs; of a number by a number the derivative is a number",
        )


def _shape(shape: tuple[int, ...]) -> str:
    return f"shape {shape}" if shape else "no axes"


class _Judge:
    """One claim of a case, at the points."""

    def __init__(
        self, case: Case, expression: str, claimed: Claimed, points: Sequence[dict[str, Any]], indices: Collection[str]
    ) -> None:
        self._case = case
        self._indices = sorted(indices)
        self._expression = expression
        self._stated = claimed
        self._points = points
        self._seen = 0

    def rule(self, finding: Finding) -> ClaimVerdict:
        """The found, given what the oracle found."""
        self._seen = len(finding.outcomes)
        agreeing = sum(outcome.status == "agree" for outcome in finding.outcomes)
        if finding.refutation is not None and finding.sampled is not None:
            found = self._against(finding.refutation, agreeing)
            return found if found.verdict == "false" else self._against(finding.sampled, agreeing)
        for point, outcome in zip(self._points, finding.outcomes, strict=False):
            doubt = self._doubt(point, outcome.derivatives)
            if doubt:
                return self._claim_verdict("undecided", agreeing, reason=doubt)
        caveats = tuple(self._caveats(finding))
        if finding.to_float64:
            return self._claim_verdict("true to float64", agreeing, caveats=caveats)
        if finding.proof:
            return self._claim_verdict("proved", agreeing, caveats=caveats)
        if agreeing and self._case.tolerance:
            return self._claim_verdict("within tolerance", agreeing, reason=finding.note, caveats=caveats)
        if agreeing:
            return self._claim_verdict("sampled", agreeing, reason=finding.note, caveats=caveats)
        reason = finding.note or "there is no point at which both can be compared"
        return self._claim_verdict("undecided", 0, reason=reason, caveats=caveats)

    def _claim_verdict(self, verdict: Any, agreeing: int, **more: Any) -> ClaimVerdict:
        return ClaimVerdict(self._stated, verdict, agreeing, self._seen, **more)

    def _against(self, counter: Refutation, agreeing: int) -> ClaimVerdict:
        result = self._result(counter.point)
        entry, number = self._address(result, counter.entry), counter.derivatives[counter.entry]
        if not _explained(result, [(entry, number)])[0]:
            return self._claim_verdict(
                "undecided", agreeing, reason=_disagreement(result, entry, number, counter.point)
            )
        example = CounterExample(
            {name: self._seen_value(name, value) for name, value in counter.point.items()},
            result.label(entry),
            counter.derivative,
            counter.claim,
        )
        indices = "; ".join(f"{n} = {int(counter.point[n])}" for n in self._indices if not np.ndim(counter.point[n]))
        formula = self._formula(indices)
        return self._claim_verdict(
            "false", agreeing, counterexample=example, formula=formula, formula_at=indices if formula else ""
        )

    def _seen_value(self, name: str, value: Any) -> Value:
        """The value of a variable; of a symmetric matrix its symmetric part, which alone is computed with."""
        return plain((np.asarray(value) + np.transpose(value)) / 2 if name in self._case.symmetric else value)

    def _formula(self, indices: str) -> str:
        """The derivative that the claim should have been; "" if it has no formula, or one too long to read.

        Args:
            indices: statements that give those their numbers that vary, or "".
        """
        shapes = self._case.shapes | {name: np.shape(value) for name, value in self._case.fixed.items()}
        # By one variable it is a formula of whole arrays where there is one, as people write it.
        of: Of = "hessian" if self._stated.order == 2 else "gradient" if len(self._stated.names) == 1 else "jacobian"
        try:
            text = f"{indices}; {self._case.expression}" if indices else self._case.expression
            found = diff(text, of, self._stated.names, shapes=shapes, symmetric=self._case.symmetric)
        except Problem:
            return ""
        text = found.formulas[0].text
        return text if len(text) <= _READABLE else ""

    def _doubt(self, point: dict[str, Any], derivatives: Sequence[float]) -> str:
        """Why the engine's number is not SymPy's, where rounding does not explain it."""
        result = self._result(point)
        numbers = [(self._address(result, i), number) for i, number in enumerate(derivatives) if np.isfinite(number)]
        for (entry, number), explained in zip(numbers, _explained(result, numbers), strict=True):
            if not explained and not result.kinks:  # at a kink the engine has a convention, and SymPy perhaps a limit
                return _disagreement(result, entry, number, point)
        return ""

    def _result(self, point: dict[str, Any]) -> Jacobian | Hessian:
        if self._stated.order == 2:
            return hessian(self._expression, point, self._stated.names)
        return jacobian(self._expression, point, self._stated.names)

    def _address(self, result: Jacobian | Hessian, entry: int) -> EntryAddress:
        """The address of a flat index into the derivative that is claimed."""
        gradient_entries = len(result.columns) if self._stated.order == 2 else 0
        return result.address(gradient_entries + entry)

    def _caveats(self, finding: Finding) -> list[str]:
        told = []
        undefined = [i for i, outcome in enumerate(finding.outcomes) if outcome.status == "undefined"]
        if finding.undefined_region:
            told.append(f"the claim has no value for {finding.undefined_region}, where the derivative exists")
        elif undefined:
            outcome = finding.outcomes[undefined[0]]
            told.append(
                f"the claim has no value at {len(undefined)} of {self._seen} points where the derivative exists, "
                f"as at {_point_text(self._points[undefined[0]])}{_place(outcome)}"
            )
        kinks = [i for i, outcome in enumerate(finding.outcomes) if outcome.status == "kink"]
        if kinks:
            outcome = finding.outcomes[kinks[0]]
            told.append(f"there is no derivative at {_point_text(self._points[kinks[0]])}, a kink{_place(outcome)}")
        return told


def _place(outcome: Outcome) -> str:
    return f" ({outcome.where})" if outcome.where and "…" not in outcome.where else ""


def _point_text(point: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in point.items())


def _explained(result: Derived, numbers: Sequence[tuple[EntryAddress, float]]) -> list[bool]:
    """Of each number by SymPy whether the engine's is that one but for rounding."""
    errors = [abs(result.number(address) - number) for address, number in numbers]
    good = [error <= _PLAIN * abs(number) for error, (_, number) in zip(errors, numbers, strict=True)]
    bounds = Bounds(result)
    for i, (address, _) in enumerate(numbers):
        good[i] = good[i] or bounds.explain(errors[i], address, NEGLIGIBLE * result.scale(address))
    return good


def _disagreement(result: Derived, address: EntryAddress, number: float, point: dict[str, Any]) -> str:
    return (
        f"gradcli has {result.number(address)!r} and SymPy has {number!r} for {result.label(address)} "
        f"at {_point_text(point)}"
    )
