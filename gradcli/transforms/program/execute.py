"""Running a prepared program on tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.modes import no_grad
from gradcli.engine.tape.tensor import Tensor, apply, apply_several, power, unwrap
from gradcli.errors import DomainProblem, MemoryProblem, Problem, ShapeProblem, UsageProblem
from gradcli.lang import Call, Literal, Name, Program, run
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.calls.bind import as_number, bind
from gradcli.ops.calls.branches import takes_first
from gradcli.ops.calls.memory import check_call
from gradcli.ops.calls.outputs import Several, pick
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.kinds import Value

NUMERIC_ERRORS = (ValueError, TypeError, IndexError, MemoryError, ArithmeticError)
"""What NumPy raises for arguments that an operation does not take."""

__all__ = ["NUMERIC_ERRORS", "Observer", "compute", "constant_value", "execute", "leaves"]

Observer: TypeAlias = Callable[[Literal | Name | Call, list[Any], dict[str, Any], Any], None]
"""(node of the syntax tree, the values of its arguments, its value)."""


def leaves(prepared: Prepared) -> dict[str, Tensor]:
    """A tensor for each variable; those to differentiate by require a gradient."""
    return {name: Tensor(array, name in prepared.wrt) for name, array in prepared.values.items()}


def execute(
    program: Program,
    tensors: Mapping[str, Tensor],
    observe: Observer | None = None,
    assigned: Callable[[str, Any], Any] | None = None,
) -> Tensor:
    """The program's value.

    Args:
        program: resolved and unrolled.
        tensors: a tensor for each variable.
        observe: told of every sub-expression as it is computed.
        assigned: told of every assignment, as `lang.run` does.

    Raises:
        Problem: for shapes that do not fit and the like, with the place of the operation.
    """

    def literal(node: Literal) -> Any:
        value = np.float64(node.value) if isinstance(node.value, float) else node.value
        if observe is not None:
            observe(node, [], {}, value)
        return value

    def name(node: Name) -> Any:
        value = tensors[node.id] if node.id in tensors else np.float64(CONSTANTS[node.id])
        if observe is not None:
            observe(node, [], {}, value)
        return value

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            value = compute(node, args, keywords)
        except Problem as problem:
            raise problem.locate(program.source, node.span) from None
        except NUMERIC_ERRORS as error:
            raise explain(node, args, error).locate(program.source, node.head) from error
        if observe is not None:
            picked = node.function == "output"
            observe(node, list(args[0].args) if picked else args, keywords, value)
        return value

    def choose(node: Call, condition: Any) -> bool:
        try:
            return takes_first(unwrap(condition))
        except Problem as problem:
            raise problem.locate(program.source, node.args[0].span) from None

    with np.errstate(all="ignore"):
        result = run(program, literal, name, call, assigned, choose)
    return _number(result, program)


def _number(result: Any, program: Program) -> Tensor:
    if isinstance(result, bool):  # the program is a single True or False
        result = np.float64(result)
    tensor = result if isinstance(result, Tensor) else Tensor(result)
    kind = getattr(tensor.array, "dtype", np.dtype(object)).kind
    if kind not in "fiub":
        raise UsageProblem(
            "the expression's value is not a number or an array of numbers",
            source=program.source,
            span=program.result.span,
        )
    return tensor if kind == "f" else Tensor(np.asarray(tensor.array, dtype=np.float64))


def compute(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
    """The value of a call, given those of its arguments."""
    op = TABLE[node.function]
    args = [_number_for(op, a) for a in args]
    if op.name == "pow":
        check_call(op, args, {})
        return power(*args)
    if not op.statics and not keywords and not op.multi_output and not op.variadic:
        if len(args) > 1:
            check_call(op, args, {})
        return apply(rule_of(op.name), args)
    bound, statics = bind(op, args, keywords)
    if op.name == "slice":
        return rule_of(op.name).forward(**statics)
    check_call(op, bound, statics)
    if op.name == "output":
        return pick(*bound, **statics)
    if op.multi_output:
        return Several.of(apply_several(rule_of(op.name), bound, statics), args)
    return apply(rule_of(op.name), bound, statics)


def _number_for(op: Op, value: Any) -> Any:
    if not isinstance(value, Tensor):
        return as_number(op, value)
    number = as_number(op, value.array)
    return value if number is value.array else Tensor(number)


def explain(node: Call, args: list[Any], error: Exception) -> Problem:
    """A sentence about the user's arrays, tensors or not, in the place of NumPy's."""
    op = TABLE[node.function]
    shapes = [np.shape(unwrap(a)) for a in args if isinstance(a, Tensor | np.ndarray | np.generic)]
    if isinstance(error, MemoryError):
        return MemoryProblem(f"{op.name} needs more memory than there is: {error}")
    if isinstance(error, IndexError) and shapes:  # an axis that is not there too
        return ShapeProblem(f"{error}; the shape is {shapes[0]}", hint="indices and axes count from 0, or from -1 back")
    if len(shapes) > 1 and op.kind == "elementwise":
        listed = " and ".join(map(str, shapes))
        return ShapeProblem(
            f"shapes {listed} do not broadcast in {op.name}",
            hint="shapes are matched from the last axis; sizes must be equal or 1",
        )
    if op.kind == "multilinear":
        return ShapeProblem(
            f"shapes {' and '.join(map(str, shapes))} do not fit in {op.name}",
            hint="the columns of the left one must be as many as the rows of the right one",
        )
    told = f" of shape {' and '.join(map(str, shapes))}" if shapes else ""
    return DomainProblem(f"{op.name} cannot take its argument{told}: {error}")


def constant_value(text: str) -> Value | NDArray[np.bool_] | bool:
    """The value of an expression without variables: `pi/4`, `[[1, 2], [3, 4]]`, `[True, False]`, `linspace(0, 1, 5)`.

    Raises:
        Problem: about the text, variables included.

    >>> constant_value("[1, 2**0.5]")
    array([1.        , 1.41421356])
    """
    from gradcli.transforms.program.prepare import prepare, truths
    from gradcli.transforms.results.kinds import plain

    prepared = prepare(text, {})
    with no_grad():
        array = execute(prepared.program, {}).array
    return truths(array) if prepared.kind == "truth" else plain(array)
