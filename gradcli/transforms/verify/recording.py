"""A program run once more with everything recorded: what does not depend on the variables of a derivative too.

The engine records only what leads to the variables that are differentiated by. Rounding happens everywhere: in
constant sub-expressions, and in those of other variables. Here every variable is a leaf that requires a
gradient, and so is each number that is computed from constants alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.modes import watching
from gradcli.engine.tape.tensor import Tensor, apply
from gradcli.lang import Call, Literal, Name, run
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.calls.outputs import Several
from gradcli.transforms.program.execute import compute
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
    with watching() as rounded, np.errstate(all="ignore"):
        recorder = _Recorder(inputs, rounded, move)
        result = run(prepared.program, recorder.literal, recorder.name, recorder.call)
    value = result if isinstance(result, Tensor) else Tensor(result)
    if value.array.dtype.kind != "f":
        value = Tensor(np.asarray(value.array, dtype=np.float64))
    return Recording(value, inputs, rounded)


class _Recorder:
    """What `lang.run` is given."""

    def __init__(self, inputs: Mapping[str, Tensor], rounded: list[Tensor], move: Move | None) -> None:
        self._inputs = inputs
        self._rounded = rounded
        self._move = move
        self._unmoved: dict[int, tuple[Tensor, Tensor]] = {}

    def literal(self, node: Literal) -> Any:
        """The number as it is: float64 holds it exactly."""
        return np.float64(node.value) if isinstance(node.value, float) else node.value

    def name(self, node: Name) -> Any:
        """A variable, or a constant: pi is the float64 number of that name for all witnesses."""
        return self._inputs[node.id] if node.id in self._inputs else np.float64(CONSTANTS[node.id])

    def call(self, node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        """An operation's value, as a leaf where nothing in it is one."""
        op = TABLE[node.function]
        kept = {key: value if key in op.params else self._still(value) for key, value in keywords.items()}
        computed = compute(node, self._differentiable(op, args), kept)
        made = self._recorded(op, computed)
        if self._move is not None:
            still = {key: self._still(value) for key, value in keywords.items()}
            self._remember(made, compute(node, [self._still(a) for a in args], still))
        return made

    def _recorded(self, op: Op, made: Any) -> Any:
        if not isinstance(made, Tensor) or made.array.dtype.kind != "f" or op.kind == "predicate":
            return made
        if not made.requires_grad:
            constant = op.kind == "general" and not op.transposes
            return made if constant else self._leaf(op, made.array)
        if self._move is None or made.is_leaf or op.kind == "linear" or op.name == "output":
            return made
        return apply(rule_of("mul"), (made, self._move(made.array)))

    def _leaf(self, op: Op, array: Any) -> Tensor:
        moves = self._move is not None and op.kind not in ("linear", "constructor")
        leaf = Tensor(array * self._move(array) if self._move is not None and moves else array, True)
        self._rounded.append(leaf)
        return leaf

    def _differentiable(self, op: Op, args: list[Any]) -> list[Any]:
        """The arguments, with plain constants for what is never differentiated by: axes, orders, whole exponents."""
        if op.name == "output" or (op.variadic and args and isinstance(args[0], Several)):
            return [args[0], *map(self._still, args[1:])]
        if op.variadic:
            return args
        given = [*args[: len(op.params)], *map(self._still, args[len(op.params) :])]
        for i, partial in enumerate(op.partials[: len(given)]):
            if partial is None and op.kind == "elementwise":
                given[i] = self._still(given[i])
        if op.name == "pow" and _is_whole(self._still(given[1])):
            given[1] = self._still(given[1])  # the engine's rule for constant exponents needs no logarithm of the base
        return given

    def _still(self, value: Any) -> Any:
        """A value as a constant, and not moved."""
        if isinstance(value, Several):
            return Several.of([self._still(part) for part in value], value.args)
        if not isinstance(value, Tensor):
            return value
        if id(value) in self._unmoved:
            return self._unmoved[id(value)][1]
        return Tensor(value.array) if value.requires_grad else value

    def _remember(self, made: Any, unmoved: Any) -> None:
        if isinstance(made, Several):
            for one, other in zip(made, unmoved, strict=True):
                self._remember(one, other)
        elif isinstance(made, Tensor):
            self._unmoved[id(made)] = made, unmoved


def _is_whole(exponent: Any) -> bool:
    array = np.asarray(getattr(exponent, "array", exponent), dtype=float)
    return bool(np.all(array == np.floor(array)))
