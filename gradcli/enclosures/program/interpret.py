"""A program evaluated on enclosed numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from flint import arb

from gradcli.enclosures.functions.decide import Truth, Undecidable, truth_of
from gradcli.enclosures.functions.elementwise import ELEMENTWISE
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Tape
from gradcli.enclosures.program.arrays import concrete, from_numpy, map_entries, numbers, to_array
from gradcli.lang import Call, Program
from gradcli.ops import Op
from gradcli.ops.calls.branches import array_condition
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.objects import on_objects
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.entry.op import OBJECTS

__all__ = ["array_functions", "interpret"]


def _stack(*arrays: Any, axis: int) -> Any:
    return np.stack(arrays, axis=axis) if arrays else np.zeros(0, dtype=object)


@cache
def array_functions() -> dict[str, Callable[..., Any]]:
    """The operations on whole arrays by their names, imported with the first of them: many programs have none."""
    from gradcli.enclosures.program.decompositions import DECOMPOSITIONS
    from gradcli.enclosures.program.linalg import LINALG
    from gradcli.enclosures.program.products import PRODUCTS
    from gradcli.enclosures.program.reductions import REDUCTIONS

    return {**REDUCTIONS, **PRODUCTS, **LINALG, **DECOMPOSITIONS, "stack": _stack}


def interpret(program: Program, inputs: Mapping[str, Any], tape: Tape) -> Any:
    """The value of a program.

    Args:
        program: resolved and without loops.
        inputs: for each variable its entry, or an object array of entries.
        tape: on which they are recorded.

    Raises:
        Undecidable: if the balls do not decide something, or an operation has no enclosure.
        Problem: if the program does not fit its values.
    """

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        return _apply(tape, op, params, statics)

    interpreter = Interpreter(
        number=lambda node, value: Entry(tape, arb(value)),
        apply=apply,
        truth=lambda value: Truth(tape, value),
        choose=_choose,
        static=concrete,
    )
    return interpreter.run(program, inputs)


def _choose(node: Call, condition: Any) -> bool | None:
    if not isinstance(condition, Entry | Truth):
        raise array_condition()
    truth = truth_of(condition)
    if truth.border:
        raise Undecidable("a condition changes at this point", final=True)
    return truth.value


def _apply(tape: Tape, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    name = op.name
    function = ELEMENTWISE.get(name)
    if function is not None:
        if statics:
            return map_entries(lambda *entries: function(*entries, **statics), params)
        return map_entries(function, params)
    functions = array_functions()
    if name in functions:
        arrays = [to_array(p) for p in params]
        if name != "stack" and all(a.size == 0 for a in arrays):
            # of nothing at all NumPy's value is a constant: the sum 0, the product 1
            empty = resolve_value(op.value)(*[np.zeros(a.shape) for a in arrays], **statics)
            return from_numpy(tape, np.asarray(empty)[()])
        return functions[name](*arrays, **statics)
    if op.sympy != OBJECTS:
        raise Undecidable(f"{name} has no enclosure", final=True)
    own = resolve_value(op.value)
    if op.kind == "constructor":
        return from_numpy(tape, own(*statics.values()))
    found = on_objects(own, *[to_array(p) if op.selects_entries else numbers(p) for p in params], **statics)
    if op.multi_output:
        return [from_numpy(tape, output) for output in found]
    return from_numpy(tape, found)
