"""Running a prepared program on tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, apply_several, power
from gradcli.engine.tape.modes import no_grad
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.errors import UsageProblem
from gradcli.lang import Call, Literal, Name, Program
from gradcli.ops import Op
from gradcli.ops.calls.bind import as_number
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.interpreter import Assigned, Interpreter, Observer
from gradcli.ops.calls.numeric_errors import explain
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.value import Value

__all__ = ["choose", "compute", "constant_value", "execute", "leaves", "number", "to_number"]


def leaves(prepared: Prepared) -> dict[str, Tensor]:
    """A tensor for each variable; those to differentiate by require a gradient."""
    return {name: Tensor(array, name in prepared.wrt) for name, array in prepared.values.items()}


def execute(
    program: Program,
    tensors: Mapping[str, Tensor],
    observe: Observer | None = None,
    assigned: Assigned | None = None,
    chosen: Callable[[Call, bool], None] | None = None,
) -> Tensor:
    """The program's value.

    Args:
        program: resolved and unrolled.
        tensors: a tensor for each variable.
        observe: told of every sub-expression as it is computed.
        assigned: told of every assignment, as `lang.run` does.
        chosen: told of every conditional, and whether its first branch is taken.

    Raises:
        Problem: for shapes that do not fit and the like, with the place of the operation.
    """

    def choosing(node: Call, condition: Any) -> bool:
        first = choose(node, condition)
        if chosen is not None:
            chosen(node, first)
        return first

    interpreter = Interpreter(
        number=number, apply=compute, argument=to_number, choose=choosing, explain=explain, observe=observe
    )
    with np.errstate(all="ignore"):
        result = interpreter.run(program, tensors, assigned)
    return _result(result, program)


def _result(value: Any, program: Program) -> Tensor:
    if isinstance(value, bool):  # the program is a single True or False
        value = np.float64(value)
    if value is None or isinstance(value, str):  # nor are they an argument of anything that could say so
        raise _no_number(program)
    tensor = value if isinstance(value, Tensor) else Tensor(value)
    kind = getattr(tensor.array, "dtype", np.dtype(object)).kind
    if kind not in "fiub":
        raise _no_number(program)
    return tensor if kind == "f" else Tensor(np.asarray(tensor.array, dtype=np.float64))


def _no_number(program: Program) -> UsageProblem:
    return UsageProblem(
        "the expression's value is not a number or an array of numbers",
        source=program.source,
        span=program.result.span,
    )


def number(node: Literal | Name, value: float) -> np.float64:
    """The value of a number that a program writes."""
    return np.float64(value)


def to_number(op: Op, value: Any) -> Any:
    """An argument, a tensor or not, with truth values and integers as float64 where the operation takes numbers."""
    if not isinstance(value, Tensor):
        return as_number(op, value)
    converted = as_number(op, value.array)
    return value if converted is value.array else Tensor(converted)


def choose(node: Call, condition: Any) -> bool:
    """The branch of a conditional, by the value of its condition."""
    return takes_first(unwrap(condition))


def compute(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    """The value of a bound call: a tensor, a number, or a tuple of tensors."""
    if op.name == "pow":
        return power(*params)
    if op.multi_output:
        return apply_several(rule_of(op.name), params, statics)
    return apply(rule_of(op.name), params, statics)


def constant_value(text: str) -> Value | NDArray[np.bool_] | bool:
    """The value of an expression without variables: `pi/4`, `[[1, 2], [3, 4]]`, `[True, False]`, `linspace(0, 1, 5)`.

    Raises:
        Problem: about the text, variables included.

    >>> constant_value("[1, 2**0.5]")
    array([1.        , 1.41421356])
    """
    from gradcli.transforms.program.prepare import prepare, truths
    from gradcli.transforms.results.value import plain

    prepared = prepare(text, {})
    with no_grad():
        array = execute(prepared.program, {}).array
    return truths(array) if prepared.kind == "truth" else plain(array)
