"""NumPy's functions without what they look at first: for small arrays that takes longer than the arithmetic.

Each computes what the function of NumPy's that the table names computes, bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["DIRECT"]


def _sum(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.add.reduce(x, axis, keepdims=keepdims)


def _max(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.maximum.reduce(x, axis, keepdims=keepdims)


def _min(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    return np.minimum.reduce(x, axis, keepdims=keepdims)


def _mean(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if type(x) is not np.ndarray or x.dtype.char != "d" or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    total = np.add.reduce(x, axis, keepdims=keepdims)
    return total / (x.size // total.size)


def _reshape(x: Any, shape: Any) -> Any:
    return x.reshape(shape) if type(x) is np.ndarray else np.reshape(x, shape)


def _transpose(x: Any, axes: Any = None) -> Any:
    return x.transpose(axes) if type(x) is np.ndarray else np.transpose(x, axes)


def _squeeze(x: Any, axis: Any = None) -> Any:
    return x.squeeze(axis) if type(x) is np.ndarray else np.squeeze(x, axis)


def _broadcast_to(x: Any, shape: Any) -> Any:
    if type(x) is not np.ndarray or type(shape) is not tuple:
        return np.broadcast_to(x, shape)
    more = len(shape) - x.ndim
    fits = more >= 0 and x.size and x.flags.c_contiguous
    if not fits or any(n not in (1, wanted) for n, wanted in zip(x.shape, shape[more:], strict=True)):
        return np.broadcast_to(x, shape)
    strides = [0 if n == 1 else stride for n, stride in zip(x.shape, x.strides, strict=True)]
    return np.ndarray(shape, x.dtype, x, 0, ((0,) * more + tuple(strides)))


def _ravel(x: Any) -> Any:
    return x.ravel() if type(x) is np.ndarray else np.ravel(x)


DIRECT: dict[str, Callable[..., Any]] = {
    "numpy.broadcast_to": _broadcast_to,
    "numpy.dot": np.dot,
    "numpy.matmul": np.matmul,
    "numpy.max": _max,
    "numpy.mean": _mean,
    "numpy.min": _min,
    "numpy.ravel": _ravel,
    "numpy.reshape": _reshape,
    "numpy.squeeze": _squeeze,
    "numpy.sum": _sum,
    "numpy.transpose": _transpose,
}
"""By the paths of the table. What they warn of, they warn of in this package, whose warnings are filtered."""
