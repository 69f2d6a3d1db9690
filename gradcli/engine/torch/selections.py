"""PyTorch's reductions and orderings where they are not NumPy's: they tell positions too, or count otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.engine.torch.shapes import axes_of, axis_of
from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.ops.functions.scan_rules import along, grid_of

__all__ = ["SELECTIONS", "Selected", "positions", "size_along"]


class Selected(NamedTuple):
    """Entries, and where they were along the axis."""

    values: Tensor
    indices: Tensor


def _tensor(x: TensorLike) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(np.asarray(x))


def _along(x: Tensor, positions: Any, axis: int) -> Tensor:
    """Entries by their positions along an axis; `call` would lose the shape of positions of which there are none."""
    return apply(rule_of("take_along_axis"), (x,), {"indices": np.asarray(positions), "axis": axis})


def _at(x: Tensor, positions: Any, dim: int, keepdim: bool) -> Selected:
    """The entries at one position of each row along an axis; the gradient goes to these alone."""
    shape = x.shape
    if keepdim:
        places = np.asarray(positions).reshape((*shape[:dim], 1, *shape[dim + 1 :]))
        return Selected(_along(x, places, dim), Tensor(places))
    places = np.asarray(positions)
    grid = grid_of((*shape[:dim], *shape[dim + 1 :]))
    index = (*grid[:dim], places, *grid[dim:])
    return Selected(apply(rule_of("getitem"), (x,), {"index": index}), Tensor(places))


def _of_number(x: Tensor) -> Selected:
    """What is selected of a number: itself, at position 0 of an axis that only PyTorch sees."""
    return Selected(call("clone", x), Tensor(np.int64(0)))


def _extreme(name: str, other: str, position: Callable[..., Any]) -> Callable[..., Any]:
    def operation(x: TensorLike, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
        dim = axis if dim is None else dim
        x = _tensor(x)
        if dim is None:
            return call(name, x)
        if isinstance(dim, Tensor | np.ndarray | float):
            return call(other, x, dim)
        at = axis_of(x, int(dim))
        if x.ndim == 0:
            return _of_number(x)
        return _at(x, position(x.array, at), at, keepdim)

    operation.__doc__ = f"The {name} of all entries; with `dim` those along an axis, and where they are."
    operation.__name__ = name
    return operation


def _rank(array: Any, axis: int) -> Any:
    """The position of the lower middle along an axis; of the first NaN, where there is one."""
    order = np.argsort(array, axis=axis, kind="stable")
    middle = np.take(order, (array.shape[axis] - 1) // 2, axis=axis)
    lost = np.isnan(array)
    return np.where(lost.any(axis=axis), np.argmax(lost, axis=axis), middle) if lost.any() else middle


def median(x: TensorLike, dim: int | None = None, keepdim: bool = False, *, axis: int | None = None) -> Any:
    """The middle entry, the lower one of two; entries equal to it share equally. With `dim` where it is too."""
    dim = axis if dim is None else dim
    x = _tensor(x)
    if dim is not None:
        at = axis_of(x, dim)
        return _at(x, _rank(x.array, at), at, keepdim) if x.ndim else _of_number(x)
    if not x.array.size:
        return call("mean", x * np.nan)
    flat = x.reshape(-1)
    equal = np.flatnonzero(flat.array == flat.array[_rank(flat.array, 0)])
    picked = call("take", flat, indices=equal)
    return picked[0] if equal.size == 1 else call("mean", picked)


def _spread(name: str) -> Callable[..., Any]:
    """`var` or `std` by PyTorch's parameters, and by NumPy's names for three of them: axis, keepdims, ddof."""

    def operation(
        x: TensorLike,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: float | None = None,
        axis: Any = None,
        keepdims: bool = False,
        ddof: float | None = None,
    ) -> Tensor:
        if isinstance(dim, bool):  # PyTorch's var(unbiased), over all entries
            dim, unbiased = None, dim
        axes = axes_of(_tensor(x), axis if dim is None else dim, keepdim or keepdims)
        return call(name, _tensor(x), **axes, ddof=_correction(name, unbiased, correction, ddof))

    operation.__doc__ = f"PyTorch's {name}: over n - 1 entries unless `correction` (or `ddof`) says otherwise."
    operation.__name__ = name
    return operation


def _correction(name: str, unbiased: bool | None, correction: float | None, ddof: float | None) -> float:
    """What is taken from the number of entries before it divides: 1, unless one of the three says otherwise.

    Raises:
        UsageProblem: if more than one of them does.
    """
    told = [given for given in (correction, ddof) if given is not None]
    if unbiased is not None:
        told.append(int(unbiased))
    if len(told) > 1:
        raise UsageProblem(f"{name} takes one of correction, unbiased and ddof")
    return told[0] if told else 1


def _with_mean(name: str) -> Callable[..., Any]:
    """`var_mean` or `std_mean`, which have PyTorch's parameters alone."""
    spread = _spread(name)

    def operation(
        x: TensorLike,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: float | None = None,
    ) -> tuple[Tensor, Tensor]:
        axes = axes_of(_tensor(x), None if isinstance(dim, bool) else dim, keepdim)
        return spread(x, dim, unbiased, keepdim, correction=correction), call("mean", _tensor(x), **axes)

    operation.__doc__ = f"PyTorch's {name}, and the mean over the same axes."
    operation.__name__ = f"{name}_mean"
    return operation


def sort(
    x: TensorLike, dim: int = -1, descending: bool = False, stable: bool = True, *, axis: int | None = None
) -> Selected:
    """The entries along an axis in order, and where they were. The order is a stable one."""
    del stable
    x = _tensor(x)
    at = axis_of(x, dim if axis is None else axis)
    if x.ndim == 0:
        return _of_number(x)
    order = _order(x.array, at, descending)
    return Selected(_along(x, order, at), Tensor(order))


def _order(array: Any, axis: int, descending: bool) -> Any:
    if not descending:
        return np.argsort(array, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(array, axis), axis=axis, kind="stable")
    return array.shape[axis] - 1 - np.flip(backwards, axis)


def argsort(x: TensorLike, dim: int = -1, descending: bool = False, stable: bool = True, **keywords: Any) -> Tensor:
    """Where the entries along an axis were before they were put in order."""
    return sort(x, dim, descending, stable, **keywords).indices


def topk(x: TensorLike, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Selected:
    """The k largest entries along an axis, or smallest, and where they are."""
    del sorted
    x = _tensor(x)
    at = axis_of(x, dim)
    n = x.shape[at] if x.ndim else 1
    if not 0 <= k <= n:
        raise ShapeProblem(f"an axis of {n} entries has no {k} of them")
    if x.ndim == 0:
        return _of_number(x)
    order = np.take(_order(x.array, at, largest), range(k), axis=at)
    return Selected(_along(x, order, at), Tensor(order))


def positions(index: TensorLike, function: str, end: int | None = None) -> Any:
    """An array of positions, of a whole type as PyTorch wants it: neither truth values nor 1.0.

    Args:
        end: the size of the axis, for functions that count from its beginning alone.

    Raises:
        UsageProblem: for another type.
        IndexError: for a negative one, if there is an end.
    """
    places = np.asarray(unwrap(index))
    if not places.size:
        return places.astype(int)
    if places.dtype.kind not in "iu":
        raise UsageProblem(
            f"{function} takes positions of a whole type, not {places.dtype}",
            hint="x[m] picks the entries where m holds" if places.dtype.kind == "b" else "index.long() has one",
        )
    if end is not None and (wrong := np.minimum.reduce(places, axis=None)) < 0:  # NumPy itself refuses those too large
        raise IndexError(f"{function} takes positions from 0 to {end - 1}, not {wrong}")
    return places.astype(int)


def size_along(x: Tensor, axis: int) -> int:
    """How many entries an axis has; a number is an axis of one."""
    return x.shape[axis] if x.ndim else 1


def gather(x: TensorLike, dim: int, index: TensorLike) -> Tensor:
    """For each entry of `index` the entry of x at that position along an axis, at its own place on the others."""
    x = _tensor(x)
    at = axis_of(x, dim)
    places = positions(index, "gather", size_along(x, at))
    if x.ndim == 0:
        entry: Tensor = x.reshape(1)
        return entry[places]
    return apply(rule_of("getitem"), (x,), {"index": along(places, places.shape, at)})


def take_along_dim(x: TensorLike, indices: TensorLike, dim: int | None = None) -> Tensor:
    """`take_along_axis`; of all entries in a row without an axis."""
    x, places = _tensor(x), positions(indices, "take_along_dim")
    if dim is None:
        return call("take", x, indices=np.ravel(places))
    return _along(x, places, axis_of(x, dim))


def index_select(x: TensorLike, dim: int, index: TensorLike) -> Tensor:
    """Slices along an axis by their positions, the only one of a number.

    Raises:
        ShapeProblem: for positions that are no vector, or of a number more than one.
    """
    x = _tensor(x)
    at = axis_of(x, dim)
    places = positions(index, "index_select", size_along(x, at))
    if places.ndim > 1 or (x.ndim == 0 and places.size != 1):
        raise ShapeProblem(f"index_select takes a vector of positions (of a number one), not a shape {places.shape}")
    if x.ndim == 0:
        entry: Tensor = x.reshape(1)
        return entry[places.reshape(())]
    return apply(rule_of("take"), (x,), {"indices": places.reshape(-1), "axis": at})


def _scan(name: str) -> Callable[..., Any]:
    def operation(x: TensorLike, dim: Any = None, *, axis: Any = None) -> Tensor:
        x, along = _tensor(x), axis if dim is None else dim
        if x.ndim or along is None:
            return call(name, x, axis=along)
        axis_of(x, along)
        return call("reshape", call(name, x.reshape(1), axis=0), shape=())

    operation.__doc__ = f"PyTorch's {name} along an axis; NumPy's of all entries in a row without one."
    operation.__name__ = name
    return operation


def masked_select(x: TensorLike, mask: TensorLike) -> Tensor:
    """The entries where a mask holds, as a vector."""
    x, shown = _tensor(x), np.asarray(unwrap(mask))
    shape = np.broadcast_shapes(x.shape, shown.shape)
    return call("broadcast_to", x, shape=shape)[np.broadcast_to(shown, shape)]


def norm(x: TensorLike, p: Any = 2, dim: Any = None, keepdim: bool = False, **keywords: Any) -> Tensor:
    """PyTorch's norm: of the entries in a row, unless p is "fro" or "nuc"; NumPy's keywords mean NumPy's norm."""
    x = _tensor(x)
    if {"ord", "axis", "keepdims"} & keywords.keys():
        return call("norm", x, ord=keywords.get("ord", None if p == 2 else p), axis=keywords.get("axis", dim),
                    keepdims=keywords.get("keepdims", keepdim))  # fmt: skip
    if x.ndim == 0:
        axes_of(x, dim)
        return call("norm", x.reshape(1), ord=2 if isinstance(p, str) else p, axis=0)
    if isinstance(p, str):
        return call("norm", x, ord=p, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)
    if dim is None and p == 2:
        return call("norm", x, ord=None, axis=None, keepdims=keepdim)
    if dim is None or (isinstance(dim, list | tuple) and len(dim) != 1):
        axes = range(x.ndim) if dim is None else [axis_of(x, d) for d in dim]
        others = [i for i in range(x.ndim) if i not in axes]
        flat = call("transpose", x, axes=(*others, *axes)).reshape(*(x.shape[i] for i in others), -1)
        found = call("norm", flat, ord=p, axis=-1)
        kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
        return call("reshape", found, shape=kept) if keepdim else found
    return call("norm", x, ord=p, axis=dim if isinstance(dim, int) else dim[0], keepdims=keepdim)


var, std = _spread("var"), _spread("std")


def _taking(name: str) -> Callable[..., Any]:
    """NumPy's `take` and its kin, which would take truth values for the positions 1 and 0."""

    def operation(x: TensorLike, indices: TensorLike, *rest: Any, **named: Any) -> Tensor:
        if np.asarray(unwrap(indices)).dtype.kind == "b":
            positions(indices, name)
        return call(name, x, indices, *rest, **named)

    return operation


SELECTIONS: dict[str, Callable[..., Any]] = {
    "argsort": argsort,
    "cumprod": _scan("cumprod"),
    "cumsum": _scan("cumsum"),
    "gather": gather,
    "index_select": index_select,
    "masked_select": masked_select,
    "max": _extreme("max", "maximum", np.ndarray.argmax),
    "median": median,
    "min": _extreme("min", "minimum", np.ndarray.argmin),
    "norm": norm,
    "sort": sort,
    "std": std,
    "std_mean": _with_mean("std"),
    "take": _taking("take"),
    "take_along_axis": _taking("take_along_axis"),
    "take_along_dim": take_along_dim,
    "topk": topk,
    "var": var,
    "var_mean": _with_mean("var"),
}
"""By PyTorch's names, as functions and methods."""
