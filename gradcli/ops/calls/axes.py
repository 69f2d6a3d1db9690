"""Functions of a list of entries on the axes of an object array, whatever the entries are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["along_axes", "along_axis", "axes_of", "over_axes"]


def axes_of(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """The axes that a static argument `axis` names, counted from 0; None names all.

    >>> axes_of((-1, 0), 3), axes_of(None, 2)
    ((2, 0), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def over_axes(x: Any, axis: int | tuple[int, ...] | None, keepdims: bool, function: Callable[[list[Any]], Any]) -> Any:
    """Some axes of an array reduced by a function of the list of entries on them.

    Returns:
        An object array without these axes, or with `keepdims` with a single entry on each; the entry itself
        where no axis is left.

    >>> import numpy as np
    >>> over_axes(np.array([[1, 2], [3, 4]], dtype=object), 0, False, max)
    array([3, 4], dtype=object)
    >>> over_axes(np.array([[1, 2], [3, 4]], dtype=object), None, False, sum)
    10
    """
    import numpy as np

    reduced = sorted(axes_of(axis, x.ndim))
    kept = [a for a in range(x.ndim) if a not in reduced]
    rows = x.transpose([*kept, *reduced]).reshape([*(x.shape[a] for a in kept), -1])
    out = np.empty(rows.shape[:-1], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = function(list(rows[index]))
    if keepdims:
        out = out.reshape([1 if a in reduced else n for a, n in enumerate(x.shape)])
    return out if out.ndim else out[()]


def along_axis(x: Any, axis: int | None, function: Callable[[list[Any]], list[Any]]) -> Any:
    """An array with the list of entries on one axis replaced by a function of it that gives as many.

    Args:
        axis: None stands for the only axis of the flattened array.

    >>> import numpy as np
    >>> along_axis(np.array([[2, 1], [3, 4]], dtype=object), -1, sorted)
    array([[1, 2],
           [3, 4]], dtype=object)
    """
    import numpy as np

    rows = x.reshape(-1) if axis is None else np.moveaxis(x, axis, -1)
    out = np.empty(rows.shape, dtype=object)
    for index in np.ndindex(rows.shape[:-1]):
        out[index] = function(list(rows[index]))
    return out if axis is None else np.moveaxis(out, -1, axis)


def along_axes(x: Any, axis: int | tuple[int, ...] | None, function: Callable[[list[Any]], list[Any]]) -> Any:
    """The same of the entries on some axes together, which keeps the shape.

    Args:
        axis: None stands for all axes; a single entry is an axis of its own.

    >>> import numpy as np
    >>> along_axes(np.array([[2, 1], [4, 3]], dtype=object), None, sorted)
    array([[1, 2],
           [3, 4]], dtype=object)
    """
    import numpy as np

    if not np.ndim(x):
        return function([x[()] if isinstance(x, np.ndarray) else x])[0]
    axes = axes_of(axis, x.ndim)
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    rows = along_axis(moved.reshape((*moved.shape[: x.ndim - len(axes)], -1)), -1, function)
    return np.moveaxis(rows.reshape(moved.shape), last, axes)
