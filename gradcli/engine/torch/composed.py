"""Quantiles, interpolation, convolution and running extremes of tensors, put together from other operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.inplace import in_place
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.engine.torch.selections import Selected
from gradcli.engine.torch.shapes import axis_of
from gradcli.errors import DomainProblem, ShapeProblem, UsageProblem

__all__ = ["COMPOSED"]


def _tensor(x: TensorLike) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(np.asarray(x, dtype=float))


def _take(x: Tensor, positions: Any, axis: int = -1) -> Tensor:
    return apply(rule_of("take"), (x,), {"indices": np.asarray(positions), "axis": axis})


def quantile(
    x: TensorLike,
    q: TensorLike,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    axis: int | None = None,
) -> Tensor:
    """Quantiles of all entries or along an axis, by linear interpolation; a vector q gives one for each, in front.

    Raises:
        UsageProblem: for another interpolation.
        DomainProblem: for a q that is not from 0 to 1.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    tensor(3.)
    """
    if interpolation != "linear":
        raise UsageProblem(f"quantile interpolates linearly here, not by {interpolation!r}")
    x, along = _tensor(x), axis if dim is None else dim
    ranks = np.asarray(unwrap(q), dtype=float)
    if ranks.ndim > 1:
        raise ShapeProblem("quantile takes a number or a vector of them as q")
    if not np.all((ranks >= 0) & (ranks <= 1)):
        raise DomainProblem("a quantile's q is from 0 to 1")
    at = 0 if along is None else axis_of(x, along)
    rows = x.reshape(-1) if along is None or not x.ndim else call("moveaxis", x, source=at, destination=-1)
    ordered = call("sort", rows, axis=-1)
    n = rows.shape[-1]
    low = np.floor(ranks * (n - 1)).astype(int)
    weight = q * (n - 1) - low.astype(x.dtype)
    below, above = _take(ordered, low), _take(ordered, np.minimum(low + 1, n - 1))
    out = call("add", below, call("mul", weight, call("sub", above, below)))
    if np.isnan(x.array).any():
        lost = np.isnan(rows.array).any(axis=-1)
        out = call("where", lost[..., np.newaxis] if ranks.ndim else lost, np.asarray(np.nan, x.dtype), out)
    if ranks.ndim:
        out = call("moveaxis", out, source=-1, destination=0)
    if not keepdim:
        return out
    kept = [1] * x.ndim if along is None else [1 if i == at else size for i, size in enumerate(x.shape)]
    return call("reshape", out, shape=(*ranks.shape, *kept))


def _interval(name: str, x: Tensor, xp: Tensor, fp: Tensor, least: int) -> Any:
    """For each x the position of the node before it; the first and the last interval go on outside.

    Raises:
        ShapeProblem: for nodes that do not fit.
        DomainProblem: for nodes that do not increase.
    """
    if xp.ndim != 1 or xp.shape != fp.shape or len(xp) < least:
        raise ShapeProblem(f"{name} takes vectors xp and fp of one length, {least} or more")
    if not np.all(np.diff(xp.array) > 0):
        raise DomainProblem(f"the nodes xp of {name} must increase")
    return np.clip(np.searchsorted(xp.array, x.array, side="right") - 1, 0, len(xp) - 2)


def interp(x: TensorLike, xp: TensorLike, fp: TensorLike) -> Tensor:
    """Linear interpolation, the first and the last value beyond the nodes.

    Raises:
        ShapeProblem, DomainProblem: for nodes that do not fit, or do not increase.

    >>> interp([0.5, 7.0], [0.0, 1.0, 3.0], [1.0, 5.0, 2.0])
    tensor([3., 2.])
    """
    x, xp, fp = map(_tensor, (x, xp, fp))
    k = _interval("interp", x, xp, fp, 2)
    x0, f0 = _take(xp, k), _take(fp, k)
    line = f0 + (_take(fp, k + 1) - f0) * ((x - x0) / (_take(xp, k + 1) - x0))
    inside = call("where", x.array > xp.array[-1], fp[-1], line)
    return call("where", x.array < xp.array[0], fp[0], inside)


def cubic_spline(x: TensorLike, xp: TensorLike, fp: TensorLike) -> Tensor:
    """The cubic spline through four points or more, not-a-knot at its ends, as SciPy's CubicSpline(xp, fp)(x).

    Raises:
        ShapeProblem, DomainProblem: for nodes that do not fit, or do not increase.

    >>> cubic_spline(1.5, [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 8.0, 27.0])
    tensor(3.3750)
    """
    x, xp, fp = map(_tensor, (x, xp, fp))
    k, n = _interval("cubic_spline", x, xp, fp, 4), len(xp)
    h = xp[1:] - xp[:-1]
    d = (fp[1:] - fp[:-1]) / h

    def band(entries: Tensor, before: int, after: int) -> Tensor:
        return call("pad", call("diag", entries), pad_width=((0, 0), (before, after)))

    inner = band(h[:-1], 0, 2) + band(2 * (h[:-1] + h[1:]), 1, 1) + band(h[1:], 2, 0)
    first = call("pad", call("stack", h[1], -h[0] - h[1], h[0]), pad_width=(0, n - 3))
    last = call("pad", call("stack", h[-1], -h[-2] - h[-1], h[-2]), pad_width=(n - 3, 0))
    rows = call("vstack", first, inner, last)
    m = call("solve", rows, call("pad", 6 * (d[1:] - d[:-1]), pad_width=1))
    t, m0, m1, width = x - _take(xp, k), _take(m, k), _take(m, k + 1), _take(h, k)
    slope = _take(d, k) - width * (2 * m0 + m1) / 6
    return call("add", _take(fp, k), t * (slope + t * (m0 / 2 + t * (m1 - m0) / (6 * width))))


def ediff1d(x: TensorLike) -> Tensor:
    """Differences of neighbours, of the flattened tensor."""
    row = _tensor(x).reshape(-1)
    return call("sub", row[1:], row[:-1])


def convolve(a: TensorLike, v: TensorLike, mode: Literal["full", "same", "valid"] = "full") -> Tensor:
    """The convolution of two vectors, as NumPy's.

    Raises:
        ShapeProblem: for what is no vector.
        UsageProblem: for another mode.

    >>> convolve([1.0, 2.0, 3.0], [0.0, 1.0, 0.5])
    tensor([0.0000, 1.0000, 2.5000, 4.0000, 1.5000])
    """
    a, v = _tensor(a), _tensor(v)
    if a.ndim != 1 or v.ndim != 1 or not len(a) or not len(v):
        raise ShapeProblem("convolve takes two vectors")
    if mode not in ("full", "same", "valid"):
        raise UsageProblem(f"convolve's mode is 'full', 'same' or 'valid', not {mode!r}")
    n, m = len(a), len(v)
    rows = call("pad", call("outer", a, v), pad_width=((0, 0), (0, n))).reshape(-1)[:-n]
    full = call("sum", rows.reshape(n, n + m - 1), axis=0)
    short, long = min(n, m), max(n, m)
    start = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    length = {"full": n + m - 1, "same": long, "valid": long - short + 1}[mode]
    return full[start : start + length]


def cdist(x1: TensorLike, x2: TensorLike, p: float = 2.0) -> Tensor:
    """The distances of each row of x1 to each row of x2."""
    x1, x2 = _tensor(x1), _tensor(x2)
    if min(x1.ndim, x2.ndim) < 2 or x1.shape[-1] != x2.shape[-1]:
        raise ShapeProblem(f"cdist takes rows of one length, not tensors of shapes {x1.shape} and {x2.shape}")
    apart = call("expand_dims", x1, axis=-2) - call("expand_dims", x2, axis=-3)
    return call("norm", apart, ord=p, axis=-1)


def logcumsumexp(x: TensorLike, dim: int) -> Tensor:
    """log(cumsum(exp(x))) along an axis without overflow, by a scan that doubles its stride."""
    x = _tensor(x)
    if not x.ndim:
        axis_of(x, dim)
        return call("clone", x)
    out, stride = call("moveaxis", x, source=dim, destination=-1), 1
    while stride < out.shape[-1]:
        reached = call("logaddexp", out[..., stride:], out[..., :-stride])
        out = call("concatenate", out[..., :stride], reached, axis=-1)
        stride *= 2
    return call("moveaxis", out, source=-1, destination=dim)


def _running(larger: bool) -> Callable[..., Selected]:
    def operation(x: TensorLike, dim: int) -> Selected:
        x = _tensor(x)
        at = axis_of(x, dim)
        if not x.ndim:
            return Selected(call("clone", x), Tensor(np.int64(0)))
        rows = np.moveaxis(x.array, at, -1)
        with np.errstate(invalid="ignore"):
            reached = rows == (np.maximum if larger else np.minimum).accumulate(rows, axis=-1)
        taken = np.where(reached | np.isnan(rows), np.arange(rows.shape[-1]), 0)
        indices = np.moveaxis(np.maximum.accumulate(taken, axis=-1), -1, at)
        return Selected(apply(rule_of("take_along_axis"), (x,), {"indices": indices, "axis": at}), Tensor(indices))

    operation.__doc__ = f"The {'largest' if larger else 'smallest'} entries up to each one, and where they are."
    return operation


def nan_to_num(x: TensorLike, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """x with numbers in the place of NaN (0) and of the infinities (the largest and the least of the type)."""
    x = _tensor(x)
    if x.dtype.kind != "f":
        return call("clone", x)
    limits = np.finfo(x.dtype)
    parts = (
        (np.isnan(x.array), 0.0 if nan is None else nan),
        (np.isposinf(x.array), limits.max if posinf is None else posinf),
        (np.isneginf(x.array), limits.min if neginf is None else neginf),
    )
    out = x
    for mask, value in parts:
        out = call("where", mask, np.asarray(value, x.dtype), out)
    return out


def index_put_(x: Tensor, indices: Any, values: TensorLike, accumulate: bool = False) -> Tensor:
    """Entries put, or with `accumulate` added, at their positions, in place; what is added at one place adds up."""
    index = tuple(np.asarray(unwrap(i)) for i in indices)
    if not accumulate:
        x[index] = values
        return x
    shape = x.array[index].shape
    given = call("broadcast_to", values, shape=shape)
    return in_place(x, "add", apply(rule_of("scatter"), (given,), {"index": index, "shape": x.shape}))


COMPOSED: dict[str, Callable[..., Any]] = {
    "cdist": cdist,
    "convolve": convolve,
    "cubic_spline": cubic_spline,
    "cummax": _running(larger=True),
    "cummin": _running(larger=False),
    "ediff1d": ediff1d,
    "index_put_": index_put_,
    "interp": interp,
    "logcumsumexp": logcumsumexp,
    "nan_to_num": nan_to_num,
    "quantile": quantile,
}
"""By their names, as functions and methods."""
