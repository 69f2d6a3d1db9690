"""The n-th derivative by one variable, by one Taylor series instead of n nested gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import DomainProblem, NameProblem, Problem, UsageProblem
from gradcli.lang import Call, Literal, Name, Program
from gradcli.ops import Op
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.ops.calls.numeric_errors import explain as problem_of
from gradcli.transforms.operators.road import Computed, Found, travel
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.taylor.computation import Computation
from gradcli.transforms.taylor.series import Series

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

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
    computation = Computation(order)
    made: dict[int, Series] = {}
    series = _run(prepared.program, computation, prepared.values, variable, made)
    coefficients = _coefficients(series, order, prepared.program)
    with np.errstate(all="ignore"):  # what is not finite is reported
        value, *derivatives = [math.factorial(k) * np.asarray(c) for k, c in enumerate(coefficients)]

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import origin_of_series

        return found, origin_of_series(prepared, coefficients, made) if explain else None

    return travel(
        Derivative,
        Computed(prepared, {}, Tensor(value)),
        {"derivatives": tuple(derivatives)},
        recompute=recompute,
        again=lambda text: derivative(text, values, order, wrt, explain=False),
        labels={"variable": variable, "order": order},
    )


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
        place = series.computation.place
        raise (problem if place is None else problem.locate(program.source, place.span)) from error


def _run(
    program: Program, computation: Computation, values: Mapping[str, Any], variable: str, made: dict[int, Series]
) -> Series:
    """The series of a program; `made` is told that of each sub-expression, by the id of its tree."""
    inputs = {
        name: computation.variable(array) if name == variable else computation.constant(array[()])
        for name, array in values.items()
    }

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        computation.place = node
        return computation.apply(op, [computation.series(p) for p in params], statics)

    def observe(node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        if isinstance(value, Series) and (isinstance(node, Call) or value is inputs[variable]):
            made[id(node)] = value

    interpreter = Interpreter(
        number=lambda node, number: computation.constant(number),
        apply=apply,
        choose=lambda node, condition: takes_first(getattr(condition, "array", condition)),
        explain=problem_of,
        observe=observe,
    )
    with np.errstate(all="ignore"):
        return computation.series(interpreter.run(program, inputs))
