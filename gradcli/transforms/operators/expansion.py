"""Taylor polynomials as formulas; of degree 1 the tangent line or plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement
from math import comb
from typing import Any, TypeVar

import numpy as np

from gradcli.errors import DomainProblem, UsageProblem
from gradcli.lang import Program, parse
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.polynomial import linear_text, number_text, polynomial_text
from gradcli.transforms.operators.rational import rational_coefficients
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.expansion import Expansion, Tangent, Term
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.value import Value

__all__ = ["expand", "tangent"]

_MOST_TERMS = 200
"""Terms of a polynomial in several variables: a page of text."""


def expand(
    expression: str | Program,
    values: Mapping[str, Any],
    degree: int,
    wrt: Sequence[str] | None = None,
    *,
    explain: bool = True,
) -> Expansion:
    """The Taylor polynomial of an expression about a point.

    At a removable singularity it is that of what the expression tends to.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable its value at the point.
        degree: of the polynomial; by several variables of all together.
        wrt: the variables, which are numbers; the others are constants (default: all).
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: where there is none, as the expression is not differentiable at the point; about the expression, the
            values or the variables.

    >>> expand("sin(x)", {"x": 0}, 5).polynomial, expand("exp(x*y)", {"x": 0, "y": 1}, 2).polynomial
    ('x - x**3/6 + x**5/120', '1 + x + x**2/2 + x*(y - 1)')
    """
    names = list(values) if wrt is None else list(wrt)
    if len(names) != 1:
        return _joint(expression, values, degree, names, explain)
    found = derivative(expression, values, degree, names[0], explain=explain)
    _check_kinks(found)
    numbers, by_limits = _numbers(found, degree)
    terms = [Term({names[0]: order} if order else {}, number) for order, number in enumerate(numbers)]
    exact = rational_coefficients(expression, values, names[0], degree)
    text = polynomial_text([(term.orders, term.derivative) for term in terms], _point_of(found, names), exact)
    return _made(found, names, degree, terms, kind=Expansion, by_limits=by_limits, text=text)


def tangent(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, explain: bool = True
) -> Tangent:
    """The tangent line of an expression at a point, or its tangent plane; variables may be arrays.

    Raises:
        Problem: where there is none; about the expression, the values or the variables.

    >>> tangent("x**2", {"x": 1}).polynomial, tangent("x*y", {"x": 2, "y": 3}).polynomial
    ('1 + 2*(x - 1)', '6 + 3*(x - 2) + 2*(y - 3)')
    """
    rows = jacobian(expression, values, wrt, explain=explain)
    found: Gradient | Jacobian = rows if np.ndim(rows.value) else grad(expression, values, wrt, explain=explain)
    if not found.wrt():
        raise UsageProblem("the expression has no variable, and its graph no tangent")
    _check_kinks(found, "tangent")
    value, by_limits = found.value, False
    slopes = found.gradients if isinstance(found, Gradient) else found.jacobians
    if not is_finite(value, *slopes.values()):
        numbers, by_limits = _numbers(found, 1, "tangent")
        value, slopes = numbers[0], {found.wrt()[0]: numbers[1]}
    names = found.wrt()
    scalars = all(np.ndim(found.inputs[name]) == 0 for name in names)
    terms = [Term({}, value), *(Term({name: 1}, slopes[name]) for name in names)] if scalars else [Term({}, value)]
    text = linear_text(value, slopes, found.inputs)
    return _made(found, names, 1, terms, by_limits=by_limits, text=text, kind=Tangent)


E = TypeVar("E", bound=Expansion)


def _made(
    found: Derived,
    names: Sequence[str],
    degree: int,
    terms: Sequence[Term],
    *,
    kind: type[E],
    by_limits: bool = False,
    text: str = "",
) -> E:
    point = _point_of(found, names)
    polynomial = text or polynomial_text([(term.orders, term.derivative) for term in terms], point)
    at = ", ".join(f"{name} = {number_text(number)}" for name, number in point.items())
    called = found.outputs.called
    told = f"{called} has no value at {at}; the polynomial is that of what {called} and its derivatives tend to"
    return kind(
        found.expression,
        found.inputs,
        terms[0].derivative,
        tuple(names),
        degree,
        polynomial,
        tuple(terms),
        found,
        by_limits,
        warnings=(*found.warnings, *([told] if by_limits else [])),
        outputs=found.outputs,
    )


def _point_of(found: Derived, names: Sequence[str]) -> dict[str, float]:
    """The values of the variables that are numbers."""
    return {name: float(np.asarray(found.inputs[name])) for name in names if np.ndim(found.inputs[name]) == 0}


def _check_kinks(found: Derived, what: str = "polynomial") -> None:
    """Refuse a point where the expression is not differentiable.

    Raises:
        DomainProblem: with the operation's place.
    """
    for kink in found.kinks:
        if kink.kind != "smooth":
            doubt = "may not be" if kink.kind == "undecided" else "is not"
            sides = "; ".join(
                f"{one.of} from the left {_side(one.left)}, from the right {_side(one.right)}" for one in kink.sides[:3]
            )
            raise DomainProblem(
                f"there is no {what}: the expression {doubt} differentiable here",
                source=kink.source,
                span=kink.span,
                hint=sides or kink.reason,
            )


def _side(number: float | None) -> str:
    return "none" if number is None else repr(number)


def _numbers(found: Derived, degree: int, what: str = "polynomial") -> tuple[list[Value], bool]:
    """The value and the derivatives by the one variable, or what they tend to; and whether they are that.

    Raises:
        DomainProblem: where one is not finite and no limit is known.
    """
    numbers: list[Value] = [found.value, *(number for _, number in found.arrays())]
    if is_finite(*numbers):
        return numbers, False
    limits = {limit.order: limit.both for limit in found.limits if not limit.along}
    known = [limits.get(order) for order in range(degree + 1)]
    if np.ndim(found.value) or len(found.wrt()) != 1 or any(number is None for number in known):
        told = "the value" if not is_finite(found.value) else "a derivative"
        origin = found.origin
        raise DomainProblem(
            f"there is no {what}: {told} is not finite here, and no limit of all that it takes is known",
            source=None if origin is None else origin.source,
            span=None if origin is None else origin.span,
            hint=None if origin is None else origin.message,
        )
    return [number for number in known if number is not None], True


def _joint(
    expression: str | Program, values: Mapping[str, Any], degree: int, names: Sequence[str], explain: bool
) -> Expansion:
    """The polynomial by several variables: the derivatives up to the degree are the Jacobian of those below it."""
    if not names:
        raise UsageProblem("the expression has no variable to expand in")
    for name in names:
        if np.ndim(np.asarray(values.get(name, 0.0), dtype=object)):
            raise DomainProblem(f"'{name}' is an array: a polynomial of several variables is in numbers",
                                hint="`gradcli diff --tangent-line` takes arrays")  # fmt: skip
    if degree < 1:
        raise UsageProblem(f"the degree must be 1 at least, not {degree}")
    if _count(len(names), degree) > _MOST_TERMS:
        raise UsageProblem(
            f"a polynomial of degree {degree} in {len(names)} variables has {_count(len(names), degree):,} terms",
            hint="name fewer variables with --wrt, or take a lower --order",
        )
    program = parse(expression) if isinstance(expression, str) else expression
    first = jacobian(program, values, names, explain=explain)  # what is wrong is told of the expression itself
    _check_kinks(first)
    if np.ndim(first.value):
        raise DomainProblem("a polynomial of several variables is of one number",
                            hint="name one variable with --wrt, or expand the entries one by one")  # fmt: skip
    lower = [chosen for order in range(degree) for chosen in combinations_with_replacement(range(len(names)), order)]
    texts = [_derived_text(program, [names[i] for i in chosen]) for chosen in lower]
    start, end = program.result.span
    whole = f"{program.source[:start]}[{', '.join(texts)}]{program.source[end:]}"
    found = jacobian(whole, values, names, explain=explain)
    _check_kinks(found)
    if not is_finite(found.value, found.jacobian):
        raise DomainProblem("there is no polynomial: the value or a derivative is not finite here",
                            hint="at a removable singularity there is one by one variable: --wrt NAME")  # fmt: skip
    known = {chosen: float(number) for chosen, number in zip(lower, np.asarray(found.value), strict=True)}
    for row, chosen in enumerate(lower):
        for i in range(len(names)):
            known.setdefault(tuple(sorted((*chosen, i))), float(found.jacobian[row, i]))
    ordered = [chosen for order in range(degree + 1)
               for chosen in combinations_with_replacement(range(len(names)), order)]  # fmt: skip
    terms = [Term({names[i]: chosen.count(i) for i in dict.fromkeys(chosen)}, known[chosen]) for chosen in ordered]
    made = _made(found, names, degree, terms, kind=Expansion)
    return replace(made, expression=program.source, outputs=first.outputs)


def _derived_text(program: Program, names: Sequence[str]) -> str:
    text = program.source[slice(*program.result.span)]
    return f"diff({text}, {', '.join(names)})" if names else f"({text})"


def _count(variables: int, degree: int) -> int:
    return comb(variables + degree, degree)
