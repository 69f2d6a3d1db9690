"""Which of many rows side by side are at a kink of some operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.abreast import Abreast, lead
from gradcli.engine.tape.abreast_call import call_abreast
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call
from gradcli.ops import TABLE, Op
from gradcli.transforms.kinks.conditions import can_be_at_kink, evaluate_kink

__all__ = ["KinksAbreast"]

_Compute: TypeAlias = Callable[[Call, Op, list[Any], dict[str, Any]], Any]


class KinksAbreast:
    """Looks at operations as they are computed.

    Attributes:
        found: the rows at a kink.
    """

    def __init__(self, rows: int) -> None:
        self.found = np.zeros(rows, bool)

    def watching(self, compute: _Compute) -> _Compute:
        """What computes an operation, and looks at its arguments where they are those of a derivative."""

        def computed(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
            value = compute(node, op, params, statics)
            if op.kinks and any(isinstance(p, Abreast) and _requires_grad(p) for p in params):
                self.found |= _at_kink(op, params, statics, value, len(self.found))
            return value

        return computed


def _requires_grad(value: Abreast) -> bool:
    return isinstance(value.value, Tensor) and value.value.requires_grad


def _plain(value: Any) -> Any:
    return Abreast(unwrap(value.value)) if isinstance(value, Abreast) else unwrap(value)


def _at_kink(op: Op, params: list[Any], statics: dict[str, Any], value: Any, rows: int) -> NDArray[np.bool_]:
    args = [_plain(param) for param in params]
    if op.kind in ("elementwise", "predicate"):
        literals = tuple(float(a) if not isinstance(a, Abreast) and np.ndim(a) == 0 else None for a in args)
        if not can_be_at_kink(op.name, literals):
            return np.zeros(rows, bool)
        rank = max(len(np.shape(a)) if not isinstance(a, Abreast) else a.ndim for a in args)
        places = dict(zip(op.params, (lead(a, rank) for a in args), strict=False))
        places = {name: unwrap(array) for name, array in places.items()} | {"out": unwrap(value.value)}
        return _any([np.asarray(evaluate_kink(kink, places)) == 0 for kink in op.kinks], rows)
    (x,) = args
    array = np.asarray(x.value)
    if op.name in ("max", "min"):
        kept = call_abreast(op, [x], {**statics, "keepdims": True})
        axes = statics["axis"]
        equal = array == np.asarray(unwrap(kept.value))
        counts = equal.sum(axis=tuple(range(1, array.ndim)) if axes is None else _of_rows(axes))
        return _any([counts > 1], rows)
    if op.name in ("sort", "median"):
        ordered = call_abreast(TABLE["sort"], [x], {"axis": statics["axis"] if op.name == "sort" else None})
        return _any([np.diff(np.asarray(unwrap(ordered.value)), axis=-1) == 0], rows)
    if op.name in ("eigvalsh", "svdvals", "eigh", "svd"):
        several = value if isinstance(value, tuple) else (value,)
        values = min((np.asarray(unwrap(one.value)) for one in several), key=np.ndim)
        ties = [np.diff(values, axis=-1) == 0]
        return _any([*ties, values == 0] if op.name in ("svdvals", "svd") else ties, rows)
    if op.name == "norm" and statics["ord"] is not None:
        from gradcli.ops.functions.norms import norm_kinks  # imports the rules of matrices

        return np.array([np.any(norm_kinks(entry, statics["ord"], statics["axis"])) for entry in array], bool)
    return _any([np.asarray(unwrap(value.value)) == 0], rows)


def _of_rows(axes: Any) -> Any:
    if isinstance(axes, tuple | list):
        return tuple(map(_of_rows, axes))
    return axes + 1 if axes >= 0 else axes


def _any(conditions: list[NDArray[np.bool_]], rows: int) -> NDArray[np.bool_]:
    found = np.zeros(rows, bool)
    for condition in conditions:
        if condition.ndim and len(condition) == rows:
            found |= condition.reshape(rows, -1).any(axis=1)
        else:
            found |= bool(condition.any())
    return found
