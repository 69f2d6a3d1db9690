"""A program run once more with everything recorded: what does not depend on the variables of a derivative too.

The engine records only what leads to the variables that are differentiated by. Rounding happens everywhere: in
constant sub-expressions, and in those of other variables. Here every variable is a leaf that requires a
gradient, and so is each number that is computed from constants alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply
from gradcli.engine.tape.modes import collecting
from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Call
from gradcli.ops import Op
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.outputs import Several
from gradcli.transforms.program.execute import choose, compute, to_number
from gradcli.transforms.program.prepare import Prepared

__all__ = ["Move", "Recording", "record"]

Move = Callable[[Any], NDArray[np.float64]]
"""For a computed array the factors by which its entries are moved."""


class Recording(NamedTuple):
    """A run of a program.

    Attributes:
        value: the program's value.
        inputs: a leaf for each variable; their numbers are exact.
        rounded: every tensor that was computed, in order; of constants alone those are leaves.
    """

    value: Tensor
    inputs: dict[str, Tensor]
    rounded: list[Tensor]


def record(prepared: Prepared, move: Move | None = None) -> Recording:
    """Run a program that is known to run.

    Args:
        prepared: the program and the values of its variables.
        move: to run it with every computed number moved by a little.

    >>> from gradcli.transforms.program.prepare import prepare
    >>> found = record(prepare("x*(0.1 + 0.2 - 0.3)", {"x": 1.0}))
    >>> [float(tensor.array) for tensor in found.rounded]
    [0.30000000000000004, 5.551115123125783e-17, 5.551115123125783e-17]
    """
    inputs = {name: Tensor(array, True) for name, array in prepared.values.items()}
    with collecting() as rounded, np.errstate(all="ignore"):
        recorder = _Recorder(rounded, move)
        interpreter = Interpreter(
            number=lambda node, value: np.float64(value),  # pi is the float64 of that name for all witnesses
            apply=recorder.apply,
            argument=to_number,
            arguments=lambda node, op, args, keywords: (_differentiable(op, args), _fixed(op, keywords)),
            choose=choose,
        )
        result = interpreter.run(prepared.program, inputs)
    value = result if isinstance(result, Tensor) else Tensor(result)
    if value.array.dtype.kind != "f":
        value = Tensor(np.asarray(value.array, dtype=np.float64))
    return Recording(value, inputs, rounded)


class _Recorder:
    """What the interpretation does with numbers and calls."""

    def __init__(self, rounded: list[Tensor], move: Move | None) -> None:
        self._rounded = rounded
        self._move = move

    def apply(self, node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        """An operation's value, as a leaf where nothing in it is one."""
        made = compute(node, op, params, statics)
        if not isinstance(made, Tensor) or made.array.dtype.kind != "f" or op.kind == "predicate":
            return made
        if not made.requires_grad:
            return self._leaf(made.array) if op.kind != "general" or op.transposes else made
        moves = self._move is not None and op.kind != "linear" and not made.is_leaf
        return apply(rule_of("mul"), (made, self._factors(made.array))) if moves else made

    def _leaf(self, array: Any) -> Tensor:
        leaf = Tensor(array if self._move is None else array * self._factors(array), True)
        self._rounded.append(leaf)
        return leaf

    def _factors(self, array: Any) -> Any:
        assert self._move is not None
        return self._move(array)


def _differentiable(op: Op, args: list[Any]) -> list[Any]:
    """The arguments with those as plain constants that are never differentiated by: axes, orders, whole exponents."""
    if op.name == "output":
        return [args[0], *map(_still, args[1:])]
    if op.variadic:
        return [args[0], *map(_still, args[1:])] if args and isinstance(args[0], Several) else args
    given = [*args[: len(op.params)], *map(_still, args[len(op.params) :])]
    for i, partial in enumerate(op.partials[: len(given)]):
        if partial is None and op.kind == "elementwise":
            given[i] = _still(given[i])
    if op.name == "pow" and _whole(given[1]):
        given[1] = _still(given[1])  # the engine's rule for a constant exponent, which needs no logarithm of the base
    return given


def _fixed(op: Op, keywords: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments, static ones as plain constants."""
    return {key: value if key in op.params else _still(value) for key, value in keywords.items()}


def _whole(exponent: Any) -> bool:
    array = np.asarray(getattr(exponent, "array", exponent), dtype=float)
    return bool(np.all(array == np.floor(array)))


def _still(value: Any) -> Any:
    return Tensor(value.array) if isinstance(value, Tensor) and value.requires_grad else value
