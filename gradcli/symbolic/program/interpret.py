"""A program evaluated on symbols, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import sympy
from mpmath import mp

from gradcli.lang import Call, Literal, Name, Program, calls, is_conditional
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops import Op
from gradcli.ops.calls.axes import over_axes
from gradcli.ops.calls.branches import array_condition
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.objects import on_objects
from gradcli.ops.calls.outputs import Several
from gradcli.ops.calls.paths import resolve_value
from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.constants import Constants, UnevaluatedConstants
from gradcli.symbolic.program import arrays
from gradcli.symbolic.program.operands import from_operands, to_operands
from gradcli.symbolic.program.scalars import Scalars
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions
from gradcli.symbolic.program.statics import concrete

__all__ = ["Meaning", "evaluate", "interpret", "interpret_with"]


class Meaning(NamedTuple):
    """What a program means at a point.

    Attributes:
        entries: an expression for each entry of the value, in C order.
        shape: the value's shape.
        symbols: for each variable to differentiate by the symbols of its entries, in C order.
        point: the values of all symbols.
        constants: the symbols of its constants.
        subexpressions: the symbols of its larger parts.
    """

    entries: list[Any]
    shape: tuple[int, ...]
    symbols: dict[str, list[Any]]
    point: Point
    constants: Constants
    subexpressions: SharedSubexpressions


def interpret(program: Program, values: Mapping[str, Any], wrt: tuple[str, ...], simplify: bool = True) -> Meaning:
    """Evaluate a program, resolved and without loops, on symbols.

    Args:
        program: what to evaluate.
        values: for each variable its number or nested list of numbers.
        wrt: the variables that are symbols; the others are constants.
        simplify: whether SymPy sees more than one operation at a time, so that its algebra applies: x/x is 1.

    Raises:
        Problem: if the program does not fit the values.
        Inexpressible: if SymPy has no counterpart for something in it.
    """
    point = Point()
    subexpressions = SharedSubexpressions(point) if simplify else SharedSubexpressions(point, size=1, depth=1)
    return interpret_with(program, values, wrt, Constants(point, shown=simplify), subexpressions)


def evaluate(program: Program, values: Mapping[str, Any]) -> Meaning:
    """Evaluate a program in numbers, as it is written: no algebra has had its way with it.

    Raises:
        Problem: if the program does not fit the values.
        Inexpressible: if SymPy has no counterpart for something in it.
    """
    point = Point()
    return interpret_with(
        program, values, (), UnevaluatedConstants(point), SharedSubexpressions(point, size=0, depth=0)
    )


def interpret_with(
    program: Program,
    values: Mapping[str, Any],
    wrt: tuple[str, ...],
    constants: Constants,
    subexpressions: SharedSubexpressions,
) -> Meaning:
    """The same, given what numbers are read as and how large an expression may grow.

    Raises:
        Problem: if the program does not fit the values.
        Inexpressible: if SymPy has no counterpart for something in it.
    """
    inputs: dict[str, Any] = {}
    symbols: dict[str, list[Any]] = {}
    for name, value in values.items():
        inputs[name] = _input(value, _symbol(name, constants.point) if name in wrt else _number(constants))
        if name in wrt:
            symbols[name] = arrays.flat(inputs[name])
    point = constants.point
    point.watched = frozenset(symbol for entries in symbols.values() for symbol in entries)
    result = _run(program, inputs, Scalars(constants, subexpressions))
    point.watched = frozenset()
    return Meaning(arrays.flat(result), arrays.shape_of(result), symbols, point, constants, subexpressions)


def _input(value: Any, entry: Callable[[float, tuple[int, ...]], Any]) -> Any:
    return entry(float(value), ()) if isinstance(value, int | float) else arrays.from_nested(value, entry)


def _symbol(name: str, point: Point) -> Callable[[float, tuple[int, ...]], Any]:
    def entry(number: float, index: tuple[int, ...]) -> Any:
        symbol = sympy.Dummy(f"{name}[{', '.join(map(str, index))}]" if index else name, real=True)
        point.bindings[symbol] = mp.mpf(number)
        return symbol

    return entry


def _number(constants: Constants) -> Callable[[float, tuple[int, ...]], Any]:
    return lambda number, index: constants.of(number)


def _run(program: Program, inputs: Mapping[str, Any], scalars: Scalars) -> Any:
    constants = scalars.constants

    def number(node: Literal | Name, value: float) -> Any:
        if isinstance(node, Name):
            return constants.named(node.id)
        return constants.written(value, program.source[slice(*node.span)])

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        if is_conditional(node) and arrays.shape_of(params[1]) != arrays.shape_of(params[2]):
            truth = constants.point.number(scalars.arithmetic.compact(params[0]))  # no choice entry by entry
            return params[1] if truth != 0 else params[2]
        return _apply(scalars, op, params, statics)

    def assigned(name: str, value: Any) -> Any:
        if isinstance(value, Several):
            return Several.of([arrays.forced(item, scalars.arithmetic.compact) for item in value])
        return arrays.forced(value, scalars.arithmetic.compact)

    interpreter = Interpreter(
        number=number,
        apply=apply,
        truth=lambda value: sympy.true if value else sympy.false,
        choose=lambda node, condition: _branch(scalars, condition),
        static=lambda value: concrete(value, constants),
    )
    if any(call.function in DERIVATIVES for call in calls(program)):
        from gradcli.symbolic.program.derivatives import run_with_derivatives  # few programs hold derivatives

        return run_with_derivatives(
            program, inputs, scalars, lambda part, known: interpreter.run(part, known, assigned)
        )
    return interpreter.run(program, inputs, assigned)


def _branch(scalars: Scalars, condition: Any) -> bool | None:
    """The branch of a conditional that a constant condition takes; both where it depends on the symbols."""
    if not arrays.is_scalar(condition):
        raise array_condition()
    if condition is sympy.true or condition is sympy.false:
        return condition is sympy.true
    truth, constants = scalars.arithmetic.compact(condition), scalars.constants
    known = isinstance(constants, UnevaluatedConstants) or truth in constants
    return constants.point.number(truth) != 0 if known else None


def _apply(scalars: Scalars, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        return arrays.map_entries(lambda *entries: scalars.apply(op, entries, statics), params)
    if op.sympy.startswith("matrices."):
        from gradcli.symbolic.program.matrices import array_counterpart  # imports all that is known of matrices

        return array_counterpart(op.sympy)(scalars, *map(arrays.to_array, params), **statics)
    if op.kind == "reduction":
        return _reduce(scalars, op, params[0], **statics)
    if op.name == "stack" and statics["axis"] == 0:
        rows = arrays.stack(params)
        if rows is not None:
            return rows
    function = resolve_value(op.value)
    if op.kind == "constructor":
        return from_operands(scalars.arithmetic, function(*statics.values()))
    found = on_objects(function, *[to_operands(scalars.arithmetic, p) for p in params], **statics)
    if op.multi_output:
        return [from_operands(scalars.arithmetic, output) for output in found]
    return from_operands(scalars.arithmetic, found)


def _reduce(scalars: Scalars, op: Op, value: Any, axis: Any, keepdims: bool) -> Any:
    if axis is None and not keepdims:
        return scalars.reduce(op, arrays.flat(value))
    return over_axes(arrays.to_array(value), axis, keepdims, lambda entries: scalars.reduce(op, entries))
