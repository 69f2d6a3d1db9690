"""Further names of PyTorch's, each in a step or two of what the table has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.engine.torch.selections import positions, size_along
from gradcli.engine.torch.shapes import axes_of, axis_of, narrow

__all__ = ["MORE"]


def _added(x: Tensor, source: TensorLike, index: tuple[Any, ...]) -> Tensor:
    return x + apply(rule_of("scatter"), (source,), {"index": index, "shape": x.shape})


def scatter_add(x: Tensor, dim: int, index: TensorLike, src: Tensor) -> Tensor:
    """x with entries of `src` added at their positions along an axis, and at their own places on the others."""
    places = positions(index, "scatter_add", size_along(x, axis_of(x, dim)))
    if x.ndim == 0:
        return call("reshape", scatter_add(x.reshape(1), 0, places.reshape(-1), src.reshape(-1)), shape=())
    grid = list(np.ix_(*(range(n) for n in places.shape)))
    grid[axis_of(x, dim)] = places
    return _added(x, src[tuple(slice(n) for n in places.shape)], tuple(grid))


def index_add(x: Tensor, dim: int, index: TensorLike, source: TensorLike, *, alpha: Any = 1) -> Tensor:
    """x with slices of `source` added at their positions along an axis."""
    axis = axis_of(x, dim)
    places = positions(index, "index_add", size_along(x, axis))
    if x.ndim == 0:
        return call("reshape", index_add(x.reshape(1), 0, index, source, alpha=alpha), shape=())
    return _added(x, source if alpha == 1 else source * alpha, (*(slice(None),) * axis, places))


def trapezoid(y: Tensor, x: TensorLike = None, *, dx: Any = 1.0, dim: int = -1) -> Tensor:
    """The integral along an axis by the trapezoidal rule."""
    n = y.shape[axis_of(y, dim)]
    means = (narrow(y, dim, 1, n - 1) + narrow(y, dim, 0, n - 1)) / 2
    steps = dx if x is None else narrow(x, -1, 1, n - 1) - narrow(x, -1, 0, n - 1)
    return call("sum", means * steps, axis=dim)


def nansum(x: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The sum of what is not NaN."""
    kept = call("where", np.isnan(unwrap(x)), np.zeros((), x.dtype), x)
    return call("sum", kept, **axes_of(x, dim, keepdim))


def isclose(
    x: TensorLike, other: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Which entries are equal but for tolerances."""
    return Tensor(np.isclose(unwrap(x), unwrap(other), rtol, atol, equal_nan))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Tensors of one common shape, without copying."""
    shape = np.broadcast_shapes(*(t.shape for t in tensors))
    return tuple(call("broadcast_to", t, shape=shape) for t in tensors)


MORE: dict[str, Callable[..., Any]] = {
    "addmv": lambda x, matrix, vector, *, beta=1, alpha=1: beta * x + alpha * (matrix @ vector),
    "addr": lambda x, a, b, *, beta=1, alpha=1: beta * x + alpha * call("outer", a, b),
    "baddbmm": lambda x, a, b, *, beta=1, alpha=1: beta * x + alpha * (a @ b),
    "broadcast_tensors": broadcast_tensors,
    "detach": lambda x: x.detach(),
    "fliplr": lambda x: call("flip", x, axis=1),
    "flipud": lambda x: call("flip", x, axis=0),
    "ger": lambda a, b: call("outer", a, b),
    "index_add": index_add,
    "isclose": isclose,
    "nansum": nansum,
    "nonzero": lambda x: Tensor(np.argwhere(unwrap(x))),
    "scatter_add": scatter_add,
    "trapezoid": trapezoid,
    "trapz": trapezoid,
}
"""As functions and methods."""
