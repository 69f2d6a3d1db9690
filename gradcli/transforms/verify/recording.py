"""A program run once more with everything recorded: what does not depend on the variables of a derivative too.

The engine records only what leads to the variables that are differentiated by. Rounding happens everywhere: in
constant sub-expressions, and in those of other variables. Here every variable is a leaf that requires a
gradient, and so is each number that is computed from constants alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        recorder = _Recorder(rounded, move, [inputs[name] for name in prepared.wrt])
        interpreter = Interpreter(
            number=lambda node, value: np.float64(value),  # pi is the float64 of that name for all witnesses
            apply=recorder.apply,
            argument=to_number,
            arguments=lambda node, op, args, keywords: recorder.arguments(op, args, keywords),
            choose=choose,
        )
        result = interpreter.run(prepared.program, inputs)
    value = result if isinstance(result, Tensor) else Tensor(np.asarray(result, dtype=np.float64))
    if value.array.dtype.kind != "f":
        value = Tensor(np.asarray(value.array, dtype=np.float64))
    return Recording(value, inputs, rounded)


class _Recorder:
    """What the interpretation does with numbers and calls.

    Args:
        rounded: takes every tensor that is computed.
        move: to move every computed number by a little.
        wanted: the leaves that are differentiated by.
    """

    def __init__(self, rounded: list[Tensor], move: Move | None, wanted: Sequence[Tensor]) -> None:
        self._rounded = rounded
        self._move = move
        self._varying = {id(leaf): leaf for leaf in wanted}
        self._unmoved: dict[int, tuple[Tensor, Tensor]] = {}

    def apply(self, node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        """An operation's value, as a leaf where nothing in it is one."""
        made = self._recorded(op, compute(node, op, params, statics))
        if any(id(param) in self._varying for param in params):
            self._varying |= {id(one): one for one in (made if isinstance(made, Several) else (made,))}
        if self._move is not None:
            self._remember(made, compute(node, op, [self._still(param) for param in params], statics))
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

    def arguments(self, op: Op, args: list[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call, static ones as plain constants."""
        kept = {key: value if key in op.params else self._still(value) for key, value in keywords.items()}
        return self._differentiable(op, args), kept

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
        if op.name == "pow" and self._is_constant_exponent(*given):
            given[1] = self._still(given[1])  # the engine's rule for constant exponents needs no logarithm of the base
        return given

    def _is_constant_exponent(self, base: Any, exponent: Any) -> bool:
        """Whether a power is to be taken as one with whole constant exponents; of bases that are not positive it is."""
        if not _is_whole(self._still(exponent)):
            return False
        return id(exponent) not in self._varying or not bool(np.all(np.asarray(getattr(base, "array", base)) > 0))

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
