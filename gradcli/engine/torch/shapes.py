"""PyTorch's methods that show the same entries in another shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.tape.apply import call, caller
from gradcli.engine.tape.inplace import refuse
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.errors import ShapeProblem

__all__ = ["SHAPES", "axes_of", "axis_of", "narrow", "permuted", "sizes_of"]


_reshape, _transpose = caller("reshape"), caller("transpose")


def sizes_of(given: Any) -> tuple[int, ...]:
    """Sizes or axes given one by one, or as one tuple."""
    whole = given[0] if len(given) == 1 and isinstance(given[0], list | tuple) else given
    return tuple([n if type(n) is int else int(unwrap(n)) for n in whole])


def axis_of(x: Tensor, dim: int, more: int = 0) -> int:
    """An axis counted from the front.

    Raises:
        ShapeProblem: if there is no such axis.
    """
    n = x.ndim + more or 1
    if not -n <= dim < n:
        raise ShapeProblem(f"there is no axis {dim} in a tensor of shape {x.shape}")
    return dim % n


def axes_of(x: Tensor, dim: Any, keepdim: bool = False) -> dict[str, Any]:
    """NumPy's keywords for a reduction over these axes; PyTorch's numbers have an axis 0 to be reduced too.

    Raises:
        ShapeProblem: if a number is to be reduced over another axis.
    """
    axes = tuple(dim) if isinstance(dim, list | tuple) else dim
    if x.ndim or axes is None:
        return {"axis": axes, "keepdims": keepdim}
    for axis in axes if isinstance(axes, tuple) else (axes,):
        axis_of(x, axis)
    return {"axis": None, "keepdims": False}


def reshape(x: Tensor, *shape: Any) -> Tensor:
    """The same entries in another shape; sizes or one tuple of them, -1 for what follows from the others."""
    if x.takes_call is None:
        x.memory()  # makes an array of a number, for the result to share
    shown: Tensor = _reshape(x, sizes_of(shape))
    return shown


def view(x: Tensor, *shape: Any) -> Tensor:
    """`reshape` without copying.

    Raises:
        ShapeProblem: if the entries would have to be copied.
    """
    shown = reshape(x, *shape)
    if not shown._is_view() and x.array.size:
        raise ShapeProblem(
            f"a tensor of shape {x.shape} whose entries are not in order cannot be viewed as {shown.shape}",
            hint="use reshape",
        )
    return shown


def flatten(x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The axes from start_dim to end_dim joined to one."""
    start, end = axis_of(x, start_dim), axis_of(x, end_dim)
    if start > end:
        raise ShapeProblem(f"there are no axes from {start_dim} to {end_dim} in a tensor of shape {x.shape}")
    if x.ndim and start == end:
        return x
    return reshape(x, (*x.shape[:start], int(np.prod(x.shape[start : end + 1])), *x.shape[end + 1 :]))


def contiguous(x: Tensor) -> Tensor:
    """The tensor itself if its entries are in order, else a copy."""
    return x if x.memory().flags.c_contiguous else x.clone()


def expand(x: Tensor, *sizes: Any) -> Tensor:
    """Unit axes repeated without copying; -1 keeps a size.

    Raises:
        ShapeProblem: for fewer axes than there are.
    """
    wanted = sizes_of(sizes)
    if len(wanted) < x.ndim:
        raise ShapeProblem(f"a tensor of shape {x.shape} cannot be expanded to {wanted}, which has fewer axes")
    if -1 in wanted[: len(wanted) - x.ndim]:
        raise ShapeProblem(
            f"-1 keeps the size of an axis, and a tensor of shape {x.shape} has none for each in {wanted}"
        )
    if x.takes_call is None:
        x.memory()  # as in reshape
    kept = (1,) * (len(wanted) - x.ndim) + x.shape
    return call("broadcast_to", x, shape=tuple(k if w == -1 else w for w, k in zip(wanted, kept, strict=True)))


def squeeze(x: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """Without axes of length one, or without these if they are of length one."""
    if dim is None:
        return reshape(x, tuple([n for n in x.shape if n != 1]))
    drop = {axis_of(x, d) for d in (dim if isinstance(dim, tuple) else (dim,))}
    return reshape(x, tuple([n for i, n in enumerate(x.shape) if not (n == 1 and i in drop)]))


def unsqueeze(x: Tensor, dim: int) -> Tensor:
    """With an axis of length one more, before axis `dim`."""
    at = axis_of(x, dim, 1)
    return reshape(x, (*x.shape[:at], 1, *x.shape[at:]))


def narrow(x: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`length` entries from `start` along an axis."""
    return x[(*_lead(x, dim), slice(start, start + length))]


def select(x: Tensor, dim: int, index: int) -> Tensor:
    """One slice along an axis."""
    return x[(*_lead(x, dim), index)]


def _lead(x: Tensor, dim: int) -> tuple[slice, ...]:
    return (slice(None),) * axis_of(x, dim)


def split(x: Tensor, split_size_or_sections: int | list[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of this size (the last may be shorter), or of these sizes, along an axis."""
    n = x.shape[axis_of(x, dim)]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and n):
            raise ShapeProblem(f"an axis of {n} does not split into pieces of {size}")
        return _several(call("split", x, sections=tuple(range(size, n, size or 1)), axis=dim))
    sizes = [int(k) for k in split_size_or_sections]
    if sum(sizes) != n or any(k < 0 for k in sizes):
        raise ShapeProblem(f"pieces of {sizes} do not make up an axis of {n}")
    ends = tuple(sum(sizes[: i + 1]) for i in range(len(sizes) - 1))
    return _several(call("split_with_sizes", x, sections=ends, axis=dim))


def _several(made: Any) -> tuple[Tensor, ...]:
    return tuple(made)


def chunk(x: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most so many pieces of equal size along an axis."""
    return _several(call("chunk", x, chunks=chunks, axis=dim))


def tensor_split(x: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """So many pieces whose lengths differ by one at most, or the pieces between positions."""
    axis = axis_of(x, dim)
    n = x.shape[axis] if x.ndim else 1
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise ShapeProblem(f"an axis of {n} does not split into {indices_or_sections} pieces")
        size, more = divmod(n, indices_or_sections)
        ends = [size * (i + 1) + min(i + 1, more) for i in range(indices_or_sections - 1)]
    else:
        ends = [int(unwrap(end)) for end in indices_or_sections]
    lead = (slice(None),) * axis
    return tuple(x[(*lead, slice(a, b))] for a, b in zip([None, *ends], [*ends, None], strict=True))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Coordinates of the points of a grid; the first vector runs along the first axis, as in PyTorch."""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], list | tuple) else tensors
    return _several(call("meshgrid", *given, indexing=indexing))


def permuted(x: Tensor, order: tuple[int, ...] | None) -> Tensor:
    """A view with the axes in this order, or in reverse."""
    if x.takes_call is None:
        x.memory()  # as in reshape
    shown: Tensor = _transpose(x, order)
    return shown


def transpose(x: Tensor, *axes: Any, dim0: int | None = None, dim1: int | None = None) -> Tensor:
    """Two axes exchanged, as in PyTorch; with none, or a permutation, as in NumPy."""
    axes = (*axes, *(dim for dim in (dim0, dim1) if dim is not None))
    if len(axes) != 2 or not (isinstance(axes[0], int) and isinstance(axes[1], int)):
        return permuted(x, None if not axes else sizes_of(axes))
    order = list(range(x.ndim))
    first, second = axis_of(x, axes[0]), axis_of(x, axes[1])
    if order:
        order[first], order[second] = order[second], order[first]
    return permuted(x, tuple(order))


def swapaxes(x: Tensor, axis0: int, axis1: int) -> Tensor:
    """Two axes exchanged."""
    return transpose(x, axis0, axis1)


def permute(x: Tensor, *axes: Any, dims: Any = None) -> Tensor:
    """The axes in another order."""
    return permuted(x, sizes_of(axes if dims is None else (dims,)))


def split_with_sizes(x: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of these sizes along an axis."""
    return split(x, list(split_sizes), dim)


def t(x: Tensor) -> Tensor:
    """A matrix transposed; a vector or a number as it is.

    Raises:
        ShapeProblem: for more than two axes.
    """
    if x.ndim > 2:
        raise ShapeProblem(f"t() takes a tensor of at most two axes, not one of shape {x.shape}", hint="use transpose")
    return permuted(x, None)


def movedim(x: Tensor, source: int, destination: int) -> Tensor:
    """One axis moved to another place."""
    order = [i for i in range(x.ndim) if i != axis_of(x, source)]
    order.insert(axis_of(x, destination), axis_of(x, source))
    return permuted(x, tuple(order))


def stride(x: Tensor) -> tuple[int, ...]:
    """For each axis how many entries of memory lie between neighbours."""
    memory = x.memory()
    return tuple(s // memory.itemsize for s in memory.strides)


def masked_fill_(x: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Every entry under the mask set to a value, in place."""
    refuse(x, value)
    x[np.broadcast_to(unwrap(mask), x.shape)] = value
    return x


SHAPES: dict[str, Callable[..., Any]] = {
    "chunk": chunk,
    "contiguous": contiguous,
    "expand": expand,
    "expand_as": lambda x, other: expand(x, other.shape),
    "flatten": flatten,
    "is_contiguous": lambda x: bool(x.memory().flags.c_contiguous),
    "masked_fill_": masked_fill_,
    "movedim": movedim,
    "narrow": narrow,
    "permute": permute,
    "ravel": flatten,
    "reshape": reshape,
    "select": select,
    "size": lambda x, dim=None: x.shape if dim is None else x.shape[dim],
    "split": split,
    "split_with_sizes": split_with_sizes,
    "squeeze": squeeze,
    "stride": stride,
    "swapaxes": swapaxes,
    "swapdims": transpose,
    "t": t,
    "tensor_split": tensor_split,
    "transpose": transpose,
    "unsqueeze": unsqueeze,
    "view": view,
    "view_as": lambda x, other: view(x, other.shape),
}
