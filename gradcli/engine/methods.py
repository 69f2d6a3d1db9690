"""Tensor's methods: every operation of the table, in place too, and PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcli.engine.inplace import in_place, refuse_leaf, write
from gradcli.engine.tensor import Tensor, TensorLike, call, unwrap
from gradcli.errors import NameProblem, ShapeProblem
from gradcli.ops import lookup

__all__ = ["method"]


def method(tensor: Tensor, name: str) -> Any:
    """The method or property of this name.

    Raises:
        AttributeError: if there is none.
    """
    if name in _PROPERTIES:
        return _PROPERTIES[name](tensor)
    if name in METHODS:
        return partial(METHODS[name], tensor)
    if not name.startswith("_"):
        try:
            if name.endswith("_"):
                return partial(in_place, tensor, lookup(name[:-1]).name)
            return partial(_by_table, lookup(name).name, tensor)
        except NameProblem:
            pass
    raise AttributeError(f"'Tensor' object has no attribute '{name}'")


def _by_table(name: str, *args: Any, **keywords: Any) -> Any:
    return call(name, *args, **numpy_names(keywords))


def numpy_names(keywords: dict[str, Any]) -> dict[str, Any]:
    """PyTorch's `dim` and `keepdim` as NumPy's `axis` and `keepdims`."""
    return {{"dim": "axis", "keepdim": "keepdims"}.get(k, k): v for k, v in keywords.items()}


def view(x: Tensor, *shape: Any) -> Tensor:
    """The same entries, the same memory, in another shape; sizes or one tuple of them."""
    return call("reshape", x, shape=_sizes(shape))


def expand(x: Tensor, *sizes: Any) -> Tensor:
    """Unit axes repeated without copying; -1 keeps a size."""
    wanted = _sizes(sizes)
    kept = (1,) * (len(wanted) - x.ndim) + x.shape
    return call("broadcast_to", x, shape=tuple(k if w == -1 else w for w, k in zip(wanted, kept, strict=True)))


def squeeze(x: Tensor, dim: int | None = None) -> Tensor:
    """Without axes of length one, or without this one if it is of length one."""
    drop = range(x.ndim) if dim is None else (dim % max(x.ndim, 1),)
    return call("reshape", x, shape=tuple(n for i, n in enumerate(x.shape) if not (i in drop and n == 1)))


def unsqueeze(x: Tensor, dim: int) -> Tensor:
    """With an axis of length one more, before axis `dim`."""
    at = dim % (x.ndim + 1)
    return call("reshape", x, shape=(*x.shape[:at], 1, *x.shape[at:]))


def split(x: Tensor, size: int | list[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of this size (the last may be shorter), or of these sizes, along an axis."""
    n = x.shape[dim]
    sizes = [min(size, n - i) for i in range(0, n, size)] if isinstance(size, int) else list(size)
    if sum(sizes) != n:
        raise ShapeProblem(f"pieces of {sizes} do not make up an axis of {n}")
    ends = np.cumsum(sizes).tolist()
    lead = (slice(None),) * (dim % x.ndim)
    return tuple(x[(*lead, slice(end - k, end))] for k, end in zip(sizes, ends, strict=True))


def chunk(x: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most so many pieces of equal size along an axis."""
    return split(x, max(1, -(-x.shape[dim] // chunks)), dim)


def transpose(x: Tensor, *axes: Any) -> Tensor:
    """Two axes exchanged, as in PyTorch; with none, or a permutation, as in NumPy."""
    if len(axes) == 2 and all(isinstance(a, int) for a in axes) and x.ndim != 2:
        order = list(range(x.ndim))
        order[axes[0]], order[axes[1]] = order[axes[1]], order[axes[0]]
        return call("transpose", x, axes=tuple(order))
    if len(axes) == 2 and all(isinstance(a, int) for a in axes):
        return call("transpose", x) if axes[0] % 2 != axes[1] % 2 else x
    return call("transpose", x, axes=None if not axes else _sizes(axes))


def fill_(x: Tensor, value: TensorLike) -> Tensor:
    """Every entry set to a value, in place."""
    return _overwritten(x, value, "fill")


def copy_(x: Tensor, source: TensorLike) -> Tensor:
    """The entries of another tensor, broadcast, put into this one's memory."""
    return _overwritten(x, source, "copy")


def _overwritten(x: Tensor, source: TensorLike, name: str) -> Tensor:
    refuse_leaf(x)
    given = source if isinstance(source, Tensor) else Tensor(np.asarray(source))
    return write(x, call("broadcast_to", given, shape=x.shape), name)


def detach_(x: Tensor) -> Tensor:
    """Forget the history."""
    x._grad_fn, x._requires_grad = None, False
    return x


def to(x: Tensor, dtype: Any) -> Tensor:
    """In another precision."""
    return x if x.dtype == np.dtype(dtype) else call("astype", x, dtype=np.dtype(dtype))


def _sizes(given: Any) -> tuple[int, ...]:
    whole = given[0] if len(given) == 1 and isinstance(given[0], list | tuple) else given
    return tuple(int(unwrap(n)) for n in whole)


METHODS: dict[str, Callable[..., Any]] = {
    "chunk": chunk,
    "copy_": copy_,
    "detach_": detach_,
    "dim": lambda x: x.ndim,
    "double": lambda x: to(x, np.float64),
    "expand": expand,
    "fill_": fill_,
    "float": lambda x: to(x, np.float32),
    "long": lambda x: to(x, np.int64),
    "mm": lambda x, other: call("matmul", x, other),
    "numel": lambda x: int(x.array.size),
    "permute": lambda x, *axes: call("transpose", x, axes=_sizes(axes)),
    "reshape": view,
    "size": lambda x, dim=None: x.shape if dim is None else x.shape[dim],
    "split": split,
    "squeeze": squeeze,
    "t": lambda x: call("transpose", x),
    "to": to,
    "transpose": transpose,
    "type": to,
    "unsqueeze": unsqueeze,
    "view": view,
    "zero_": lambda x: fill_(x, 0.0),
}

_PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "T": lambda x: call("transpose", x),
}
