"""Which operations of a computation are at a kink, by the values that they were given."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.modes import no_grad
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name, Program, Tree
from gradcli.ops import TABLE, Op
from gradcli.ops.calls.bind import bind
from gradcli.ops.calls.interpreter import Observer
from gradcli.ops.calls.outputs import Several
from gradcli.ops.calls.paths import resolve_value
from gradcli.transforms.kinks.conditions import can_be_at_kink, evaluate_kink
from gradcli.transforms.program.execute import execute
from gradcli.transforms.program.prepare import Prepared

__all__ = ["CallAtKink", "KinkDetector", "calls_at_kinks"]


class CallAtKink(NamedTuple):
    """A call with an argument exactly at a kink of its operation.

    Attributes:
        node: the call.
        args: its arguments' values.
        where: which entries, in the shape of the arguments or of the value; one boolean for a number.
    """

    node: Call
    args: list[Any]
    where: NDArray[np.bool_]


class KinkDetector:
    """Looks at a program's calls as they are computed, if any of them can be at a kink.

    Attributes:
        observer: for `execute`; None where there is nothing to look at.
        found: the calls at a kink, in the order of evaluation.
    """

    def __init__(self, program: Program) -> None:
        self._watched = _candidates(program)
        self.observer: Observer | None = self._observe if self._watched else None
        self.found: list[CallAtKink] = []

    def _observe(self, node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        if id(node) in self._watched and isinstance(node, Call):
            plain = [unwrap(a) for a in args]
            found = tuple(map(unwrap, value)) if isinstance(value, Several) else unwrap(value)
            where = _kinks(TABLE[node.function], plain, keywords, found)
            if node.function == "pow" and getattr(args[1], "requires_grad", False):
                # x**2 is smooth at 0; where the exponent varies too, powers of 0 next to it are not.
                where = where | (np.asarray(plain[0]) == 0)
            if np.any(where):
                self.found.append(CallAtKink(node, plain, where))


def calls_at_kinks(prepared: Prepared) -> list[CallAtKink]:
    """The calls at a kink; a program that cannot have any is not run.

    >>> from gradcli.transforms.program.prepare import prepare
    >>> [found.node.function for found in calls_at_kinks(prepare("abs(x) + relu(x - 1)", {"x": 1.0}))]
    ['relu']
    """
    watch = KinkDetector(prepared.program)
    if watch.observer is not None:
        with no_grad():
            execute(prepared.program, {n: Tensor(array) for n, array in prepared.values.items()}, watch.observer)
    return watch.found


def _candidates(program: Program) -> set[int]:
    """The ids of the calls that may be at a kink."""
    kinked = _kinked()
    found: set[int] = set()
    chains: set[int] = set()
    stack: list[Tree] = [program.result, *(a.tree for a in program.assignments)]
    while stack:
        node = stack.pop()
        if type(node) is not Call:
            continue
        function = node.function
        if function == "logical_and":  # a chain of comparisons holds its middle operand twice
            if id(node) in chains:
                continue
            chains.add(id(node))
        if function in kinked and _may_be_at_kink(node):
            found.add(id(node))
        stack.extend(node.args)
        if node.keywords:
            stack.extend([value for _, value in node.keywords])
    return found


@cache
def _kinked() -> frozenset[str]:
    return frozenset(op.name for op in TABLE.values() if op.kinks)


def _may_be_at_kink(call: Call) -> bool:
    """Whether the constants among its arguments leave that open: x**2 has no kink, x**0.5 has one."""
    literals = tuple(a.value if isinstance(a, Literal) and isinstance(a.value, float) else None for a in call.args)
    return can_be_at_kink(call.function, literals) if any(v is not None for v in literals) else True


def _kinks(op: Op, args: list[Any], keywords: dict[str, Any], value: Any) -> NDArray[np.bool_]:
    if any(getattr(a, "dtype", None) == np.bool_ or isinstance(a, bool) for a in args):
        return np.zeros((), dtype=bool)  # truth values lie apart
    if op.kind in ("elementwise", "predicate"):
        places = dict(zip(op.params, args, strict=False)) | {"out": value}
        first, *others = (np.asarray(evaluate_kink(kink, places)) == 0 for kink in op.kinks)
        for other in others:
            first = first | other
        return np.asarray(first)
    _, statics = bind(op, args, keywords)
    x = np.asarray(args[0])
    if op.name in ("max", "min"):
        return _ties(x, resolve_value(op.value)(x, axis=statics["axis"], keepdims=True), statics["axis"])
    if op.name in ("sort", "median"):
        return _neighbours(np.sort(x, axis=statics["axis"]) if op.name == "sort" else np.sort(x, axis=None))
    if op.multi_output:  # of values and vectors the values, which have an axis less
        value = min(map(np.asarray, value), key=np.ndim)
    if op.name in ("eigvalsh", "svdvals", "eigh", "svd"):
        singular = op.name in ("svdvals", "svd")
        return _neighbours(np.asarray(value)) | (singular and bool(np.any(np.asarray(value) == 0)))
    if op.name == "norm":
        from gradcli.ops.functions.norms import norm_kinks  # imports the rules of matrices

        return np.asarray(norm_kinks(x, statics["ord"], statics["axis"]))
    return np.asarray(np.asarray(value) == 0)


def _ties(x: Any, extreme: Any, axis: Any) -> NDArray[np.bool_]:
    equal = x == extreme
    return np.asarray(equal & (np.sum(equal, axis=axis, keepdims=True) > 1))


def _neighbours(ordered: Any) -> NDArray[np.bool_]:
    return np.asarray(np.any(np.diff(ordered, axis=-1) == 0)) if ordered.size > 1 else np.zeros((), dtype=bool)
