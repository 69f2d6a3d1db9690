"""Which operations of a computation are at a kink, by the values that they were given."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.modes import no_grad
from gradcli.engine.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name, Tree, calls, fold, parse
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.bind import bind
from gradcli.ops.paths import resolve_value
from gradcli.transforms.execute import execute
from gradcli.transforms.inputs import Prepared

__all__ = ["AtKink", "at_kinks"]


class AtKink(NamedTuple):
    """A call with an argument exactly at a kink of its operation.

    Attributes:
        node: the call.
        args: its arguments' values.
        where: which entries, in the shape of the arguments or of the value; one boolean for a number.
    """

    node: Call
    args: list[Any]
    where: NDArray[np.bool_]


def at_kinks(prepared: Prepared) -> list[AtKink]:
    """The calls at a kink, in the order of evaluation.

    A program without an operation that has kinks, apart from its constants, is not run.

    >>> from gradcli.transforms.inputs import prepare
    >>> [found.node.function for found in at_kinks(prepare("abs(x) + relu(x - 1)", {"x": 1.0}))]
    ['relu']
    """
    watched = {id(call) for call in calls(prepared.program) if _may_be_at_kink(call)}
    if not watched:
        return []
    found: list[AtKink] = []

    def observe(node: Literal | Name | Call, args: list[Any], value: Any) -> None:
        if id(node) in watched and isinstance(node, Call):
            plain = [unwrap(a) for a in args]
            where = _kinks(TABLE[node.function], node, plain, unwrap(value))
            if np.any(where):
                found.append(AtKink(node, plain, where))

    with no_grad():
        execute(prepared.program, {name: Tensor(array) for name, array in prepared.values.items()}, observe)
    return found


def _may_be_at_kink(call: Call) -> bool:
    """Whether the constants among its arguments leave that open: x**2 has no kink, x**0.5 has one."""
    op = TABLE[call.function]
    if not op.kinks:
        return False
    literals = tuple(a.value if isinstance(a, Literal) and isinstance(a.value, float) else None for a in call.args)
    return _open(op.name, literals) if any(v is not None for v in literals) else True


@cache
def _open(name: str, literals: tuple[float | None, ...]) -> bool:
    op = TABLE[name]
    if op.kind not in ("elementwise", "predicate"):
        return True
    places = {p: np.float64(np.nan if v is None else v) for p, v in zip(op.params, literals, strict=False)}
    with np.errstate(all="ignore"):
        values = [_evaluate(kink, places) for kink in op.kinks]
    return any(np.isnan(v) or v == 0 for v in values)


def _kinks(op: Op, node: Call, args: list[Any], value: Any) -> NDArray[np.bool_]:
    if op.kind in ("elementwise", "predicate"):
        if any(getattr(a, "dtype", None) == np.bool_ or isinstance(a, bool) for a in args):
            return np.zeros((), dtype=bool)  # truth values lie apart
        places = dict(zip(op.params, args, strict=False)) | {"out": value}
        marks = [np.asarray(_evaluate(kink, places)) == 0 for kink in op.kinks]
        return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*marks)))
    keywords = {key: tree.value for key, tree in node.keywords if isinstance(tree, Literal)}
    _, statics = bind(op, args, keywords)
    x = np.asarray(args[0])
    if op.name in ("max", "min"):
        return _ties(x, resolve_value(op.value)(x, axis=statics["axis"], keepdims=True), statics["axis"])
    if op.name in ("sort", "median"):
        return _neighbours(np.sort(x, axis=statics["axis"]) if op.name == "sort" else np.sort(x, axis=None))
    if op.several:  # of values and vectors the values, which have an axis less
        value = min(map(np.asarray, value), key=np.ndim)
    if op.name in ("eigvalsh", "svdvals", "eigh", "svd"):
        singular = op.name in ("svdvals", "svd")
        return _neighbours(np.asarray(value)) | (singular and bool(np.any(np.asarray(value) == 0)))
    if op.name == "norm" and statics["ord"] not in (None, 2, "fro"):
        return np.asarray(x == 0) | (x.size > 1)  # their kinks are those of abs and max
    return np.asarray(np.asarray(value) == 0)


def _ties(x: Any, extreme: Any, axis: Any) -> NDArray[np.bool_]:
    equal = x == extreme
    return np.asarray(equal & (np.sum(equal, axis=axis, keepdims=True) > 1))


def _neighbours(ordered: Any) -> NDArray[np.bool_]:
    return np.asarray(np.any(np.diff(ordered, axis=-1) == 0)) if ordered.size > 1 else np.zeros((), dtype=bool)


def _evaluate(text: str, places: dict[str, Any]) -> Any:
    """A kink's expression in numbers."""

    def name(node: Name) -> Any:
        return places[node.id] if node.id in places else np.float64(CONSTANTS[node.id])

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        return resolve_value(TABLE[node.function].value)(*args)

    return fold(_tree(text), lambda node: node.value, name, call)


@cache
def _tree(text: str) -> Tree:
    return parse(text).result
