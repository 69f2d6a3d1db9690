"""What is assumed of the points at which a claim is made: bounds of variables, and linear equalities.

An equality is linear if its derivatives, as formulas, hold no variable, and its values at some points are those of the
linear form that they make. Where it is not, or two assumptions leave no point, that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, nextafter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import InputProblem, NameProblem, Problem, SyntaxProblem, UsageProblem, suggest
from gradcli.lang import Call, Literal, Name, Program, Tree, parse, variables
from gradcli.ops import CONSTANTS
from gradcli.symbolic.protocol.inquiry import Equality, Interval
from gradcli.transforms.claims.types import Case
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad

__all__ = ["Plane", "Region", "region_of"]

_INEQUALITIES = {"less": (False, True), "less_equal": (False, False), "greater": (True, True),
                 "greater_equal": (True, False)}  # fmt: skip
"""Of each comparison whether its left side is the larger one, and whether it is strict."""

_HINT = "an assumption is a bound, --assume 'k>0' or '0<=k<1', or a linear equality, --assume 'sum(y)==1'"
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Plane:
    """A linear equality of the numbers that vary.

    Attributes:
        given: its text as it was given.
        equality: what the oracle is told of it.
        slopes: the coefficients of each variable's entries, in C order.
        constant: the value where all of them are 0.
    """

    given: str
    equality: Equality
    slopes: dict[str, NDArray[np.float64]]
    constant: float


@dataclass(frozen=True, slots=True)
class Region:
    """Where the points of a claim are.

    Attributes:
        intervals: of variables that are limited.
        planes: the equalities; no two have a variable in common.
    """

    intervals: dict[str, Interval] = field(default_factory=dict)
    planes: tuple[Plane, ...] = ()


def region_of(case: Case, free: Mapping[str, tuple[int, ...]]) -> Region:
    """The ranges and assumptions of a case, together.

    Args:
        case: with the texts, and the values of what does not vary.
        free: the shapes of the variables that vary.

    Raises:
        Problem: about an assumption, or if no point satisfies all.

    >>> region_of(Case("k*y", (), assume=("k>0", "k+y==1")), {"k": (), "y": ()}).intervals
    {'k': Interval(low=0.0, high=inf, open_low=True, open_high=False)}
    """
    intervals = {name: Interval(*ends) for name, ends in case.ranges.items() if name in free}
    planes: list[Plane] = []
    for given in case.assume:
        program = _read(given)
        for part in _parts(program, given):
            names = _names(part, given, case, free)
            if part.function == "equal":
                plane = _plane(part, given, names, case, free)
                if plane is not None:
                    planes.append(_alone(plane, planes))
                continue
            name, found = _bound(part, given, names, case)
            if name in free:
                intervals[name] = _both(name, intervals.get(name, Interval()), found, given)
    for plane in planes:
        _check_reach(plane, intervals)
    return Region(intervals, tuple(planes))


def _read(given: str) -> Program:
    try:
        program = parse(given)
    except SyntaxProblem:
        if "=" in given and "==" not in given:
            told = f"--assume '{given}' sets no name: an equality has two signs"
            raise UsageProblem(told, hint=f"write {given.replace('=', '==', 1)}") from None
        raise
    if program.assignments:
        raise UsageProblem(f"'{given}' is no assumption: it has several statements", hint=_HINT)
    return program


def _parts(program: Program, given: str) -> Iterator[Call]:
    """The comparisons of an assumption: several of `0 < k < 1`, and of `a and b`.

    Raises:
        UsageProblem: if it is anything else.
    """
    stack: list[Tree] = [program.result]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.function == "logical_and":
            stack += reversed(node.args)
        elif isinstance(node, Call) and node.function in (*_INEQUALITIES, "equal"):
            yield node
        else:
            raise UsageProblem(f"'{given}' is no assumption that can be made", hint=_HINT)


def _names(part: Call, given: str, case: Case, free: Mapping[str, tuple[int, ...]]) -> list[str]:
    """The variables of a comparison.

    Raises:
        NameProblem: for one that the expression does not have.
    """
    found = []
    for name, span in variables(_program(part, given)).items():
        if name in free or name in case.fixed:
            found.append(name)
        elif name not in CONSTANTS:
            known = [*free, *case.fixed]
            near = suggest(name, known)
            listed = f"it has {', '.join(known)}" if known else "it has none"
            raise NameProblem(
                f"the expression has no variable '{name}' to assume something of",
                source=given,
                span=span,
                hint=f"did you mean '{near}'? {listed}" if near else listed,
            )
    return found


def _program(tree: Tree, source: str) -> Program:
    return Program(source, (), tree)


def _number(tree: Tree, given: str, case: Case, names: list[str]) -> tuple[float, bool]:
    """The value of the side that has no variable that varies, and whether it is what is written."""
    value = evaluate(_program(tree, given), {n: case.fixed[n] for n in names}).value
    exact = isinstance(tree, Literal) or (
        isinstance(tree, Call) and tree.function == "neg" and isinstance(tree.args[0], Literal)
    )
    if np.ndim(value) or not np.isfinite(value):
        raise UsageProblem(f"'{given}' has a bound that is no finite number", hint=_HINT)
    return float(value), exact


def _bound(part: Call, given: str, names: list[str], case: Case) -> tuple[str, Interval]:
    """The variable of an inequality, and where it is.

    Raises:
        UsageProblem: if it does not compare one variable with a number, or is wrong of a value that was given.
    """
    left, right = part.args
    upward, strict = _INEQUALITIES[part.function]
    sides = [(left, right, upward), (right, left, not upward)]
    for side, other, above in sides:
        if not isinstance(side, Name) or side.id not in names:
            continue
        inside = [name for name in variables(_program(other, given)) if name in names]
        if any(name not in case.fixed for name in inside):
            continue
        number, exact = _number(other, given, case, inside)
        # Of a number that float64 rounds, as of pi, the interval is the larger one, and its ends are not in it.
        end = number if exact else nextafter(number, -inf if above else inf)
        found = Interval(end, inf, strict or not exact) if above else Interval(-inf, end, False, strict or not exact)
        if not all(found.holds(value) for value in np.ravel(case.fixed.get(side.id, [])).tolist()):
            raise UsageProblem(f"the value of '{side.id}' contradicts the assumption {given}")
        return side.id, found
    raise UsageProblem(f"'{given}' does not compare one variable with a number", hint=_HINT)


def _both(name: str, first: Interval, second: Interval, given: str) -> Interval:
    """The numbers of both intervals.

    Raises:
        UsageProblem: if there are none.
    """
    low, high = max(first.low, second.low), min(first.high, second.high)
    open_low = any(i.open_low for i in (first, second) if i.low == low)
    open_high = any(i.open_high for i in (first, second) if i.high == high)
    if low > high or (low == high and (open_low or open_high)):
        raise UsageProblem(
            f"the assumptions contradict each other: no '{name}' satisfies {given} and what else is said"
        )
    return Interval(low, high, open_low, open_high)


def _alone(plane: Plane, others: list[Plane]) -> Plane:
    """An equality that has no variable in common with others.

    Raises:
        UsageProblem: if it has one.
    """
    for other in others:
        for name in other.slopes:
            if name in plane.slopes:
                told = f"'{name}' is in two equalities, {other.given} and {plane.given}: one a variable can be assumed"
                raise UsageProblem(told, hint="solve one of them, and write the result into the expression")
    return plane


def _plane(part: Call, given: str, names: list[str], case: Case, free: Mapping[str, tuple[int, ...]]) -> Plane | None:
    """An equality as a linear form; None for one of values alone, which is true.

    Raises:
        UsageProblem: if it is not linear, or has no variable that matters, or is wrong of values that were given.
    """
    left, right = (given[slice(*side.span)] for side in part.args)
    text = f"({left}) - ({right})"
    moving = [name for name in names if name in free]
    fixed = {name: case.fixed[name] for name in names if name not in free}
    shapes = {name: free[name] for name in moving if free[name]} | {n: np.shape(v) for n, v in fixed.items()}
    zero = {**{name: np.zeros(free[name]) for name in moving}, **fixed}
    not_linear = UsageProblem(f"'{given}' is not linear in {', '.join(moving)}", hint=_HINT)
    try:
        value = evaluate(text, zero).value
        if np.ndim(value):
            raise UsageProblem(f"'{given}' is an equality of {np.size(value)} numbers", hint=f"of one alone; {_HINT}")
        if not moving:
            if abs(float(value)) > _CLOSE:
                raise UsageProblem(f"the values that are given contradict the assumption {given}")
            return None
        formulas = diff(text, wrt=moving, shapes=shapes, guarded=False).formulas
        if any(name in moving for formula in formulas for name in variables(formula.program)):
            raise not_linear
        slopes = {n: np.ravel(g).astype(float) for n, g in grad(text, zero, moving).gradients.items()}
    except UsageProblem:
        raise
    except Problem as problem:
        raise InputProblem(f"'{given}' cannot be assumed: {problem.message}", hint=_HINT) from None
    constant = float(value)
    if not _is_linear(text, slopes, constant, zero, free):
        raise not_linear
    sizes = [(abs(c), name, i) for name, array in slopes.items() for i, c in enumerate(array.tolist())]
    if not any(size for size, _, _ in sizes):
        raise UsageProblem(f"'{given}' does not depend on {', '.join(moving)}", hint=_HINT)
    largest = max(size for size, _, _ in sizes)
    _, name, index = [entry for entry in sizes if entry[0] == largest][-1]
    return Plane(given, Equality(text, name, index, tuple(names)), slopes, constant)


def _is_linear(
    text: str,
    slopes: Mapping[str, NDArray[np.float64]],
    constant: float,
    zero: Mapping[str, Any],
    free: Mapping[str, tuple[int, ...]],
) -> bool:
    """Whether values are those of a linear form: steps have derivatives without variables, too."""
    random = np.random.default_rng(0)
    for scale in (1.0, 10.0, 1000.0):
        drawn = {name: scale * random.standard_normal(free[name]) for name in slopes}
        terms = [float(np.dot(slopes[name], np.ravel(array))) for name, array in drawn.items()]
        value = float(np.asarray(evaluate(text, {**zero, **drawn}).value))
        size = abs(constant) + sum(float(np.abs(slopes[n]) @ np.abs(np.ravel(a))) for n, a in drawn.items())
        if not abs(value - constant - sum(terms)) <= _CLOSE * size:
            return False
    return True


def _check_reach(plane: Plane, intervals: Mapping[str, Interval]) -> None:
    """See that some point within the intervals satisfies an equality.

    Raises:
        UsageProblem: if none does.
    """
    low = high = plane.constant
    open_low = open_high = False
    for name, slopes in plane.slopes.items():
        inside = intervals.get(name, Interval())
        for slope in slopes.tolist():
            if not slope:
                continue
            ends = [(inside.low, inside.open_low), (inside.high, inside.open_high)]
            first, second = ends if slope > 0 else reversed(ends)
            low, open_low = low + slope * first[0], open_low or first[1]
            high, open_high = high + slope * second[0], open_high or second[1]
    slack = _CLOSE * max(1.0, abs(plane.constant))
    if low > slack or high < -slack or (low >= -slack and open_low) or (high <= slack and open_high):
        raise UsageProblem(f"the assumptions contradict each other: no point within the bounds satisfies {plane.given}")
