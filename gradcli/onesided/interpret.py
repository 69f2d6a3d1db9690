"""A program evaluated on one-sided series: how its value goes on from a point in a direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isinf
from typing import Any, TypeAlias

import numpy as np
from mpmath import mp

from gradcli.errors import Problem
from gradcli.lang import Call, Program
from gradcli.onesided.axes import AXES
from gradcli.onesided.functions import apply
from gradcli.onesided.series import Budget, Deeper, OneSidedSeries, World, real
from gradcli.onesided.sides import reaches
from gradcli.ops import Op
from gradcli.ops.calls.bind import as_number, static
from gradcli.ops.calls.branches import array_condition
from gradcli.ops.calls.interpreter import Interpreter
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
        Exhausted: if it is more.
        Problem: if the program does not fit the values.
    """
    bits, depths = list(_BITS), list(_DEPTHS)
    while True:
        world = World(bits[0], depths[0] + order - 1, final=len(depths) == 1, budget=budget)
        try:
            with mp.workprec(world.prec), np.errstate(all="ignore"):
                result = _run(program, world, values, directions, observe)
            if not world.final and not all(reaches(series, order) for series in result.ravel()):
                raise Deeper
        except Deeper:
            depths.pop(0)
            continue
        if not world.doubtful or len(bits) == 1:
            return result
        bits.pop(0)


def _run(
    program: Program, world: World, values: Mapping[str, Any], directions: Mapping[str, Any], observe: Observer | None
) -> Any:
    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        world.spend(_CALL)
        if op.name == "neg" and isinstance(params[0], float):
            return -params[0]
        result = _apply(world, op, params, statics)
        if observe is not None:
            observe(node, params, result)
        return result

    interpreter = Interpreter(
        # Of an infinity there is no series; as the order of a norm or a bound it stays the number that it is.
        number=lambda node, number: number if isinf(number) else world.number(number),
        apply=apply,
        truth=lambda value: world.number(float(value)),
        choose=_branch,
        arguments=_with_masks,
        static=_static,
    )
    inputs = {name: _input(world, array, directions.get(name)) for name, array in values.items()}
    return _array(world, interpreter.run(program, inputs))


def _branch(node: Call, condition: Any) -> bool | None:
    """The branch on this side of the point; both where that is not known."""
    if not isinstance(condition, OneSidedSeries):
        raise array_condition()
    return None if condition.fault == "unknown" else bool(condition.fault or condition.sign())


def _with_masks(node: Call, op: Op, args: list[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, masks among the indices as truth values at the point itself."""
    if op.name == "getitem":
        masks = map(is_truth_valued, node.args)
        args = [np.asarray(_floats(a)) != 0 if is_mask else a for a, is_mask in zip(args, masks, strict=True)]
    return args, keywords


def _input(world: World, array: Any, direction: Any) -> Any:
    moves = np.zeros(np.shape(array)) if direction is None else np.broadcast_to(direction, np.shape(array))
    out = np.empty(np.shape(array), dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = world.variable(float(array[index]), float(moves[index]))
    return out[()]


class _Constant:
    """A series or an array of series as `static` takes it: a number if it does not move, refused if it does."""

    def __init__(self, value: Any) -> None:
        self.requires_grad = isinstance(value, OneSidedSeries) and not value.constant
        self.array = _floats(value)


def _static(value: Any) -> Any:
    """A static argument as NumPy takes it."""
    if isinstance(value, tuple):
        return tuple(_static(item) for item in value)
    return static(_Constant(value)) if isinstance(value, OneSidedSeries | np.ndarray) else value


def _floats(value: Any) -> Any:
    """The point itself in float64."""
    if isinstance(value, OneSidedSeries):
        return np.float64("nan") if value.fault else np.float64(float(real(value.start)))
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([_floats(v) for v in value.ravel()], dtype=float).reshape(value.shape)
    return value


def _array(world: World, value: Any) -> Any:
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
        out[index] = _entry(world, source[index])
    return out


def _entry(world: World, item: Any) -> OneSidedSeries:
    return item if isinstance(item, OneSidedSeries) else world.number(float(item))


def _apply(world: World, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    if op.kind == "constructor":
        return _array(world, resolve_value(op.value)(*statics.values()))
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        return _each(world, op, params, statics)
    arrays = [_array(world, p) for p in params]
    try:
        if op.name in AXES:
            return AXES[op.name](world, *arrays, **statics)
        if op.sympy == "<object arrays>":
            return _outputs(world, op, resolve_value(op.value)(*(a[()] for a in arrays), **statics))
    except Problem:
        raise
    except (NotImplementedError, TypeError, ValueError, IndexError, ArithmeticError):
        pass  # no rule, or NumPy takes no objects there
    return _otherwise(world, op, arrays, statics)


def _each(world: World, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    extra = [world.number(float(v)) for v in statics.values()]
    if all(isinstance(p, OneSidedSeries) for p in params):
        return apply(world, op, [*params, *extra])
    grids: Any = np.broadcast_arrays(*[_array(world, p) for p in params])
    out = np.empty(grids[0].shape, dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = apply(world, op, [*[g[index] for g in grids], *extra])
    return out[()]


def _otherwise(world: World, op: Op, arrays: list[Any], statics: dict[str, Any]) -> Any:
    """An operation without one-sided series of its own: a number of constants, not known of what moves."""
    points = [as_number(op, _floats(a)) for a in arrays]
    value = resolve_value(op.value)(*points, **statics)
    if all(series.constant for a in arrays for series in a.ravel()):
        return _outputs(world, op, value)
    return [_unknown(world, v) for v in value] if op.multi_output else _unknown(world, value)


def _outputs(world: World, op: Op, value: Any) -> Any:
    return [_array(world, v)[()] for v in value] if op.multi_output else _array(world, value)[()]


def _unknown(world: World, value: Any) -> Any:
    out = np.empty(np.shape(value), dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = OneSidedSeries.bad(world, "unknown")
    return out[()]
