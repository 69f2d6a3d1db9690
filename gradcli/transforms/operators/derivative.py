"""The n-th derivative by one variable, by one Taylor series instead of n nested gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.errors import DomainProblem, NameProblem, Problem, UsageProblem
from gradcli.lang import Call, Literal, Name, Program, run
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.bind import bind
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.memory import check_call
from gradcli.ops.calls.outputs import Several, pick
from gradcli.transforms.kinks.explain import explain_kinks
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.program.execute import NUMERIC_ERRORS
from gradcli.transforms.program.execute import explain as problem_of
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.kinds import Derivative, plain
from gradcli.transforms.taylor.series import Series, World

__all__ = ["derivative"]

HIGHEST = 150
"""The factorial of 171 is beyond float64; well before it so are most derivatives."""


def derivative(
    expression: str | Program,
    values: Mapping[str, Any],
    order: int = 1,
    wrt: str | None = None,
    *,
    explain: bool = True,
) -> Derivative:
    """The derivatives of an expression by one variable, up to an order.

    Args:
        expression: text of the language, or a parsed program; its value may have any shape.
        values: for each variable a number; a nested list or an array for those that are not differentiated by.
        order: of the highest derivative, 1 to 150.
        wrt: the variable; may be left out where there is one alone.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values, the variable or the order; among others for operations
            whose higher derivatives the series does not reach.

    >>> derivative("x**4", {"x": 2.0}, order=5).derivatives
    (32.0, 48.0, 48.0, 24.0, 0.0)
    """
    if not 1 <= order <= HIGHEST:
        raise UsageProblem(f"the order must be from 1 to {HIGHEST}, not {order}")
    prepared = prepare(expression, values, [wrt] if wrt is not None and wrt in values else None)
    variable = _variable(list(prepared.wrt), wrt)
    if prepared.values[variable].ndim:
        raise DomainProblem(
            f"'{variable}' has shape {prepared.values[variable].shape}: a derivative of order {order} needs a number",
            hint="use `gradcli grad` or `jacobian` for the first derivatives by an array, `hessian` for the second",
        )
    world = World(order)
    made: dict[int, Series] = {}
    series = _run(prepared.program, world, prepared.values, variable, made)
    coefficients = _coefficients(series, order, prepared.program)
    found = [plain(math.factorial(k) * np.asarray(c)) for k, c in enumerate(coefficients)]
    origin = None
    if explain and not is_finite(*coefficients):
        from gradcli.transforms.nonfinite.recompute import origin_of_series

        origin = origin_of_series(prepared, coefficients, made)
    result = Derivative(
        prepared.program.source,
        prepared.inputs,
        found[0],
        variable,
        order,
        tuple(found[1:]),
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: derivative(text, values, order, wrt, explain=False))
    return explain_kinks(result, prepared)


def _variable(names: list[str], wrt: str | None) -> str:
    listed = ", ".join(names) or "none"
    if not names:
        raise UsageProblem("the expression has no variable to differentiate by")
    if wrt is not None:
        if wrt not in names:
            raise NameProblem(
                f"cannot differentiate by '{wrt}': the expression has no such variable",
                hint=f"its variables are {listed}",
            )
        return wrt
    if len(names) != 1:
        raise UsageProblem(f"name the variable to differentiate by: {listed}", hint="with --wrt NAME")
    return names[0]


def _coefficients(series: Series, order: int, program: Program) -> list[Any]:
    """The coefficients of a series; what stops them is told with the place in the program where it was met."""
    try:
        with np.errstate(all="ignore"):
            return series.upto(order)
    except (Problem, *NUMERIC_ERRORS) as error:
        problem = DomainProblem(f"the derivatives up to order {order} cannot be computed here: {error}")
        place = series.world.place
        raise (problem if place is None else problem.locate(program.source, place.span)) from error


def _run(program: Program, world: World, values: Mapping[str, Any], variable: str, made: dict[int, Series]) -> Series:
    """The series of a program; `made` is told that of each sub-expression, by the id of its tree."""
    moving = world.variable(values[variable])
    still = {name: world.constant(array[()]) for name, array in values.items() if name != variable}

    def literal(node: Literal) -> Any:
        return world.constant(node.value) if isinstance(node.value, float) else node.value

    def name(node: Name) -> Any:
        if node.id == variable:
            made[id(node)] = moving
            return moving
        return still[node.id] if node.id in still else world.constant(CONSTANTS[node.id])

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        op = TABLE[node.function]
        try:
            bound, statics = bind(op, [_wrapped(a) for a in args], {k: _wrapped(v) for k, v in keywords.items()})
            if op.name == "slice":
                return slice(*statics.values())
            if op.name == "output":
                return pick(*map(_unwrapped, bound), **statics)
            world.place = node
            check_call(op, [_shaped(b) for b in bound], statics)
            applied = world.apply(op, [_series(world, b) for b in bound], statics)
            if isinstance(applied, Series):
                made[id(node)] = applied
            return applied
        except Problem as problem:
            raise problem.locate(program.source, node.span) from None
        except NUMERIC_ERRORS as error:
            arrays = [a.array if isinstance(a, Series) else a for a in args]
            raise problem_of(node, arrays, error).locate(program.source, node.head) from error

    def choose(node: Call, condition: Any) -> bool:
        try:
            return takes_first(_shaped(_wrapped(condition)))
        except Problem as problem:
            raise problem.locate(program.source, node.args[0].span) from None

    with np.errstate(all="ignore"):
        result = run(program, literal, name, call, choose=choose)
    return result if isinstance(result, Series) else world.constant(result)


class _Argument:
    """An argument on its way through `bind`, which makes static arguments of constants and refuses others."""

    def __init__(self, value: Series) -> None:
        self.value = value
        self.requires_grad = not value.constant

    @property
    def array(self) -> Any:
        return self.value.array


def _wrapped(value: Any) -> Any:
    """An argument as `bind` takes it."""
    if isinstance(value, Several):
        return Several.of([_wrapped(item) for item in value])
    return _Argument(value) if isinstance(value, Series) else value


def _shaped(argument: Any) -> Any:
    """An argument's value, which has a shape."""
    return argument.array if isinstance(argument, _Argument) else argument


def _unwrapped(argument: Any) -> Any:
    if isinstance(argument, Several):
        return Several.of([_unwrapped(item) for item in argument])
    return argument.value if isinstance(argument, _Argument) else argument


def _series(world: World, argument: Any) -> Series:
    value = _unwrapped(argument)
    return value if isinstance(value, Series) else world.constant(value)
