"""A program evaluated on one-sided series: how its value goes on from a point in a direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isinf
from typing import Any, TypeAlias

import numpy as np
from mpmath import mp
from numpy.typing import NDArray

from gradcli.errors import Problem
from gradcli.lang import Call, Program
from gradcli.onesided.axes import AXES
from gradcli.onesided.budget import Budget, TooMuchWork
from gradcli.onesided.coefficients import as_mpf
from gradcli.onesided.functions import apply
from gradcli.onesided.series import Context, MoreTermsNeeded, OneSidedSeries
from gradcli.onesided.sides import determines
from gradcli.ops import Op
from gradcli.ops.calls.bind import as_number, static
from gradcli.ops.calls.branches import array_condition
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.objects import on_objects
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.calls.positions import is_truth_valued

__all__ = ["Observer", "one_sided_series"]

Observer: TypeAlias = Callable[[Call, list[Any], Any], None]
"""(call, the one-sided series of its arguments, its own)."""

_CALL = 3
"""What a call costs beside its products, in products."""

_BITS = (320, 2400)
_DEPTHS = (4, 10, 24)
"""More of either is tried where the first do not tell a number, or a series, from zero."""


def one_sided_series(
    program: Program,
    values: Mapping[str, Any],
    directions: Mapping[str, Any],
    observe: Observer | None = None,
    order: int = 1,
    budget: Budget | None = None,
) -> Any:
    """An array of one-sided series, of the shape of the program's value.

    Args:
        program: resolved and unrolled.
        values: for each variable a float64 array.
        directions: for each variable that moves where it goes, in its shape.
        observe: told of every call, perhaps several times: the last time counts.
        order: of the highest derivative that is wanted.
        budget: of the work that it may be; without it there is no bound.

    Raises:
        TooMuchWork: if it is more.
        Problem: if the program does not fit the values.
    """
    bits, depths = list(_BITS), list(_DEPTHS)
    while True:
        context = Context(bits[0], depths[0] + order - 1, final=len(depths) == 1, budget=budget)
        try:
            with mp.workprec(context.prec), np.errstate(all="ignore"):
                result = _run(program, context, values, directions, observe)
            if not context.final and not all(determines(series, order) for series in result.ravel()):
                raise MoreTermsNeeded
        except MoreTermsNeeded:
            depths.pop(0)
            continue
        if not context.doubtful or len(bits) == 1:
            return result
        bits.pop(0)


def _run(
    program: Program,
    context: Context,
    values: Mapping[str, Any],
    directions: Mapping[str, Any],
    observe: Observer | None,
) -> Any:
    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        context.spend(_CALL)
        if op.name == "neg" and isinstance(params[0], float):
            return -params[0]
        result = _apply(context, op, params, statics)
        if observe is not None:
            observe(node, params, result)
        return result

    interpreter = Interpreter(
        # Of an infinity there is no series; as the order of a norm or a bound it stays the number that it is.
        number=lambda node, number: number if isinf(number) else context.number(number),
        apply=apply,
        truth=lambda value: context.number(float(value)),
        choose=_branch,
        arguments=_with_masks,
        static=_static,
    )
    inputs = {name: _input(context, array, directions.get(name)) for name, array in values.items()}
    return _array(context, interpreter.run(program, inputs))


def _branch(node: Call, condition: Any) -> bool | None:
    """The branch on this side of the point; both where that is not known."""
    if not isinstance(condition, OneSidedSeries):
        raise array_condition()
    return None if condition.failure == "unknown" else bool(condition.failure or condition.sign())


def _with_masks(node: Call, op: Op, args: list[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, masks among the indices as truth values at the point itself."""
    if op.name == "getitem":
        masks = map(is_truth_valued, node.args)
        args = [_mask(a) if is_mask else a for a, is_mask in zip(args, masks, strict=True)]
    return args, keywords


def _mask(value: Any) -> NDArray[np.bool_]:
    """Truth values at the point itself.

    Raises:
        TooMuchWork: if one of them is not known, and with it which entries are taken.
    """
    numbers = np.asarray(_floats(value))
    if np.isnan(numbers).any():
        raise TooMuchWork
    return np.asarray(numbers != 0)


def _input(context: Context, array: Any, direction: Any) -> Any:
    moves = np.zeros(np.shape(array)) if direction is None else np.broadcast_to(direction, np.shape(array))
    out = np.empty(np.shape(array), dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = context.variable(float(array[index]), float(moves[index]))
    return out[()]


class _Constant:
    """A series or an array of series as `static` takes it: a number if it does not move, refused if it does."""

    def __init__(self, value: Any) -> None:
        self.requires_grad = isinstance(value, OneSidedSeries) and not value.is_constant
        self.array = _floats(value)


def _static(value: Any) -> Any:
    """A static argument as NumPy takes it."""
    if isinstance(value, tuple):
        return tuple(_static(item) for item in value)
    return static(_Constant(value)) if isinstance(value, OneSidedSeries | np.ndarray) else value


def _floats(value: Any) -> Any:
    """The point itself in float64."""
    if isinstance(value, OneSidedSeries):
        return np.float64("nan") if value.failure else np.float64(float(as_mpf(value.constant_term)))
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([_floats(v) for v in value.ravel()], dtype=float).reshape(value.shape)
    return value


def _array(context: Context, value: Any) -> Any:
    """The series of every entry, as an object array."""
    if (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and all(isinstance(v, OneSidedSeries) for v in value.ravel())
    ):
        return value
    source = np.asarray(value, dtype=object)
    out = np.empty(source.shape, dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = _entry(context, source[index])
    return out


def _entry(context: Context, item: Any) -> OneSidedSeries:
    return item if isinstance(item, OneSidedSeries) else context.number(float(item))


def _apply(context: Context, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    if op.kind == "constructor":
        return _array(context, resolve_value(op.value)(*statics.values()))
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        return _each(context, op, params, statics)
    arrays = [_array(context, p) for p in params]
    try:
        if op.name in AXES:
            return AXES[op.name](context, *arrays, **statics)
        if op.sympy == "<object arrays>":
            return _outputs(context, op, on_objects(resolve_value(op.value), *(a[()] for a in arrays), **statics))
    except Problem:
        raise
    except (NotImplementedError, TypeError, ValueError, IndexError, ArithmeticError):
        pass  # no rule, or NumPy takes no objects there
    return _otherwise(context, op, arrays, statics)


def _each(context: Context, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    extra = [context.number(float(v)) for v in statics.values()]
    if all(isinstance(p, OneSidedSeries) for p in params):
        return apply(context, op, [*params, *extra])
    grids: Any = np.broadcast_arrays(*[_array(context, p) for p in params])
    out = np.empty(grids[0].shape, dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = apply(context, op, [*[g[index] for g in grids], *extra])
    return out[()]


def _otherwise(context: Context, op: Op, arrays: list[Any], statics: dict[str, Any]) -> Any:
    """An operation without one-sided series of its own: a number of constants, not known of what moves."""
    points = [as_number(op, _floats(a)) for a in arrays]
    value = resolve_value(op.value)(*points, **statics)
    if all(series.is_constant for a in arrays for series in a.ravel()):
        return _outputs(context, op, value)
    return [_unknown(context, v) for v in value] if op.multi_output else _unknown(context, value)


def _outputs(context: Context, op: Op, value: Any) -> Any:
    return [_array(context, v)[()] for v in value] if op.multi_output else _array(context, value)[()]


def _unknown(context: Context, value: Any) -> Any:
    out = np.empty(np.shape(value), dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = OneSidedSeries.failed(context, "unknown")
    return out[()]
