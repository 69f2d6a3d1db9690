"""Forward mode: each value carries its tangent, pushed through by the same partials that backward pulls by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rule import rule_of
from gradcli.errors import Problem
from gradcli.lang import Call, Literal, Name, Program, run
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.bind import as_number, bind
from gradcli.ops.memory import check_call
from gradcli.ops.outputs import Several, pick
from gradcli.transforms.directions import direction
from gradcli.transforms.execute import NUMERIC_ERRORS
from gradcli.transforms.execute import explain as problem_of
from gradcli.transforms.inputs import prepare
from gradcli.transforms.kinks import with_kinks
from gradcli.transforms.remedy import offer
from gradcli.transforms.results import Pushforward, plain
from gradcli.transforms.settle import settle_tangent

__all__ = ["jvp"]


class Dual(NamedTuple):
    """A value and its tangent; no tangent where the value stands still."""

    value: Any
    tangent: Any


def jvp(
    expression: str | Program, values: Mapping[str, Any], tangents: Mapping[str, Any], *, explain: bool = True
) -> Pushforward:
    """The value of an expression and its derivative along a direction, in one pass forward.

    Args:
        expression: text of the language, or a parsed program; its value may have any shape.
        values: for each variable a number, a nested list or an array.
        tangents: for each variable that moves its direction; the others stand still.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values or the tangents.

    >>> jvp("[x*y, x/y]", {"x": 6, "y": 2}, {"y": 1}).derivative
    array([ 6. , -1.5])
    """
    prepared = prepare(expression, values)
    given = direction(prepared, tangents, "tangent")
    program = prepared.program
    inputs = {name: Dual(array[()], given.get(name)) for name, array in prepared.values.items()}

    def literal(node: Literal) -> Any:
        return Dual(np.float64(node.value), None) if isinstance(node.value, float) else node.value

    def name(node: Name) -> Any:
        return inputs[node.id] if node.id in inputs else Dual(np.float64(CONSTANTS[node.id]), None)

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            return _push(node, args, keywords)
        except Problem as problem:
            raise problem.locate(program.source, node.span) from None
        except NUMERIC_ERRORS as error:
            raise problem_of(node, [_value(a) for a in args], error).locate(program.source, node.head) from error

    with np.errstate(all="ignore"):
        result = run(program, literal, name, call)
    value, tangent = result if isinstance(result, Dual) else (result, None)
    moved = np.zeros(np.shape(value)) if tangent is None else np.broadcast_to(tangent, np.shape(value))
    moved, origin = settle_tangent(prepared, value, given, moved, explain)
    result = Pushforward(
        program.source,
        {name: plain(array) for name, array in prepared.values.items()},
        plain(value),
        {name: plain(t) for name, t in given.items()},
        plain(moved),
        origin=origin,
    )
    return with_kinks(offer(result, lambda text: jvp(text, values, tangents, explain=False)), prepared)


def _value(arg: Any) -> Any:
    return arg.value if isinstance(arg, Dual) else arg


def _wrapped(arg: Any) -> Any:
    """An argument as `bind` takes it."""
    if isinstance(arg, Several):
        return Several.of([_wrapped(item) for item in arg])
    return _Bare(arg) if isinstance(arg, Dual) else arg


def _unwrapped(arg: Any) -> Any:
    if isinstance(arg, Several):
        return Several.of([_unwrapped(item) for item in arg])
    return arg.dual if isinstance(arg, _Bare) else arg


def _push(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
    op = TABLE[node.function]
    rule = rule_of(op.name)
    statics_first = {k: _value(v) for k, v in keywords.items()}
    bound, statics = bind(op, [_wrapped(a) for a in args], statics_first)
    if op.name == "output":
        return pick(*map(_unwrapped, bound), **statics)
    duals = [a.dual if isinstance(a, _Bare) else Dual(a, None) for a in bound]
    values = tuple(as_number(op, d.value) for d in duals)
    check_call(op, values, statics)
    out = rule.forward(*values, **statics)
    if isinstance(out, slice):
        return out
    moving = [i for i, d in enumerate(duals) if d.tangent is not None]
    if not moving or not rule.pushes:
        return Several.of([Dual(o, None) for o in out]) if op.several else Dual(out, None)
    shapes = [np.shape(v) for v in values]
    if op.variadic:
        tangents = [np.zeros(s) if d.tangent is None else d.tangent for d, s in zip(duals, shapes, strict=True)]
        pushed = rule.pushes[0](tangents, out, values, shapes, statics)
        return _duals(out, pushed) if op.several else Dual(out, pushed)
    if op.several:
        return _duals(out, rule.pushes[0](duals[0].tangent, out, values, shapes, statics))
    total: Any = 0.0
    for i in moving:
        total = total + rule.pushes[i](duals[i].tangent, out, values, shapes, statics)
    return Dual(out, np.broadcast_to(total, np.shape(out)))  # a partial of 1 leaves the argument's shape


def _duals(out: Any, pushed: Any) -> Several:
    return Several.of([Dual(o, t) for o, t in zip(out, pushed, strict=True)])


class _Bare:
    """A dual on its way through `bind`, which makes static arguments of plain values and refuses moving ones."""

    def __init__(self, dual: Dual) -> None:
        self.dual = dual

    @property
    def requires_grad(self) -> bool:
        return self.dual.tangent is not None

    @property
    def array(self) -> Any:
        return self.dual.value
