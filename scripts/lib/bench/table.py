"""The operations that PyTorch has too, and that `ops` does not name, each with an argument of 64 entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import gradcli

__all__ = ["Case", "cases"]

Operation = Callable[[Any, Any], Any]


class Case(NamedTuple):
    """One operation.

    Attributes:
        shape: its argument's.
        low: the argument's entries are spread from here,
        high: to here.
        operation: of the library's module and the argument.
    """

    shape: tuple[int, ...]
    low: float
    high: float
    operation: Operation

    def argument(self) -> Any:
        """The entries in an order without order, so that a matrix of them is none that decompositions refuse."""
        entries = np.linspace(self.low, self.high, int(np.prod(self.shape)))
        return np.random.default_rng(3).permutation(entries).reshape(self.shape)


VECTOR, MATRIX, BATCH = (64,), (8, 8), (4, 4, 4)

ON_THE_LINE = (
    "exp2 expm1 sin cos tan atan sinh cosh tanh asinh sigmoid relu erf erfc i0 sinc square abs neg sign floor ceil "
    "round trunc deg2rad rad2deg softplus silu gelu ndtr log_ndtr i1"
)
POSITIVE = "log log2 log10 log1p sqrt reciprocal lgamma digamma entr erfcx"
IN_THE_UNIT = "asin acos atanh erfinv logit"
OF_TWO = {
    "x + y": lambda m, x, y: x + y,
    "x - y": lambda m, x, y: x - y,
    "x * y": lambda m, x, y: x * y,
    "x / y": lambda m, x, y: x / y,
    "pow": lambda m, x, y: x**y,
    "fmod": lambda m, x, y: m.fmod(x, y),
    "atan2": lambda m, x, y: m.atan2(x, y),
    "hypot": lambda m, x, y: m.hypot(x, y),
    "maximum": lambda m, x, y: m.maximum(x, y),
    "minimum": lambda m, x, y: m.minimum(x, y),
    "fmax": lambda m, x, y: m.fmax(x, y),
    "copysign": lambda m, x, y: m.copysign(x, y),
    "logaddexp": lambda m, x, y: m.logaddexp(x, y),
    "logaddexp2": lambda m, x, y: m.logaddexp2(x, y),
    "xlogy": lambda m, x, y: m.xlogy(x, y),
    "clamp": lambda m, x, y: m.clamp(x, 0.3, 0.7),
    "polygamma": lambda m, x, y: m.polygamma(1, x),
}  # fmt: skip
"""Of `x` and a constant `y`."""

REDUCED: dict[str, Operation] = {
    "prod": lambda m, x: x.prod(),
    "prod(dim)": lambda m, x: m.prod(x, 1),
    "min": lambda m, x: x.min(),
    "min(dim)": lambda m, x: x.min(dim=1).values,
    "amax(dim)": lambda m, x: m.amax(x, 1),
    "norm": lambda m, x: m.linalg.norm(x),
    "norm(dim)": lambda m, x: m.linalg.norm(x, dim=1),
    "var": lambda m, x: x.var(),
    "var(dim)": lambda m, x: x.var(dim=1),
    "std(dim)": lambda m, x: x.std(dim=1),
    "median(dim)": lambda m, x: x.median(dim=1).values,
    "quantile(dim)": lambda m, x: m.quantile(x, 0.3, dim=1),
    "cumsum": lambda m, x: m.cumsum(x, 1),
    "cumprod": lambda m, x: m.cumprod(x, 1),
    "logcumsumexp": lambda m, x: m.logcumsumexp(x, 1),
    "cummax": lambda m, x: m.cummax(x, 1).values,
    "log_softmax": lambda m, x: m.log_softmax(x, -1),
    "sort": lambda m, x: m.sort(x, 1).values,
    "topk": lambda m, x: m.topk(x, 3, 1).values,
    "diff": lambda m, x: m.diff(x, dim=1),
}
ARRANGED: dict[str, Operation] = {
    "ravel": lambda m, x: m.ravel(x),
    "flatten": lambda m, x: m.flatten(x),
    "moveaxis": lambda m, x: m.moveaxis(x, 0, 1),
    "flip": lambda m, x: m.flip(x, [0]),
    "roll": lambda m, x: m.roll(x, 1, 0),
    "tile": lambda m, x: m.tile(x, (2, 1)),
    "repeat": lambda m, x: x.repeat(2, 1),
    "repeat_interleave": lambda m, x: m.repeat_interleave(x, 2, dim=0),
    "take": lambda m, x: m.take(x, _places(m)),
    "diag": lambda m, x: m.diag(x),
    "diagonal": lambda m, x: m.diagonal(x),
    "tril": lambda m, x: m.tril(x),
    "triu": lambda m, x: m.triu(x),
    "trace": lambda m, x: m.trace(x),
    "meshgrid": lambda m, x: m.meshgrid(x[0], x[1], indexing="ij")[0],
    "hstack": lambda m, x: m.hstack([x, x]),
    "vstack": lambda m, x: m.vstack([x, x]),
    "clone": lambda m, x: x.clone(),
    "index_add": lambda m, x: m.index_add(x, 0, _rows(m), x[:3]),
    "scatter_add": lambda m, x: m.scatter_add(x, 0, _rows(m)[:, None].expand(3, 8), x[:3]),
    "masked_fill": lambda m, x: m.masked_fill(x, x > 0.5, 0.0),
    "outer": lambda m, x: m.outer(x[0], x[1]),
    "inner": lambda m, x: m.inner(x, x),
    "kron": lambda m, x: m.kron(x[:2, :2], x[:2, :2]),
    "tensordot": lambda m, x: m.tensordot(x, x, 1),
    "det": lambda m, x: m.det(x),
    "slogdet": lambda m, x: m.linalg.slogdet(x)[1],
    "inv": lambda m, x: m.linalg.inv(x),
    "solve": lambda m, x: m.linalg.solve(x, x),
    "pinv": lambda m, x: m.linalg.pinv(x),
    "cholesky": lambda m, x: m.linalg.cholesky(x @ x.T),
    "matrix_power": lambda m, x: m.matrix_power(x, 3),
    "eigvalsh": lambda m, x: m.linalg.eigvalsh(x + x.T),
    "svdvals": lambda m, x: m.linalg.svdvals(x),
    "qr": lambda m, x: m.linalg.qr(x)[1],
    "matrix_exp": lambda m, x: m.matrix_exp(x),
    "cross_entropy": lambda m, x: m.nn.functional.cross_entropy(x, _labels(m)),
}  # fmt: skip
_KNOWN: dict[tuple[str, bool], Any] = {}


def cases() -> dict[str, Case]:
    """Every operation under its name."""
    found: dict[str, Case] = {}
    for names, low, high in ((ON_THE_LINE, -2.1, 2.3), (POSITIVE, 0.2, 3.1), (IN_THE_UNIT, 0.05, 0.9)):
        for name in names.split():
            found[name] = Case(VECTOR, low, high, _named(name))
    for name, of_two in OF_TWO.items():
        found[name] = Case(VECTOR, 0.2, 1.9, lambda m, x, of_two=of_two: of_two(m, x, _other(m)))
    for name, operation in {**REDUCED, **ARRANGED}.items():
        found[name] = Case(MATRIX, 0.2, 1.9, operation)
    found["bmm"] = Case(BATCH, 0.2, 1.9, lambda m, x: m.bmm(x, x))
    return found


def _named(name: str) -> Operation:
    def operation(m: Any, x: Any) -> Any:
        return _function(m, name)(x)

    return operation


def _function(m: Any, name: str) -> Any:
    key = name, m is gradcli
    if key not in _KNOWN:
        homes = [m, m.special, m.linalg, m.nn.functional]
        _KNOWN[key] = next(getattr(home, name) for home in homes if hasattr(home, name))
    return _KNOWN[key]


def _constant(m: Any, name: str, array: Any) -> Any:
    key = name, m is gradcli
    if key not in _KNOWN:
        _KNOWN[key] = m.tensor(array)
    return _KNOWN[key]


def _other(m: Any) -> Any:
    return _constant(m, "other", np.linspace(0.3, 1.7, 64)[::-1].copy())


def _rows(m: Any) -> Any:
    return _constant(m, "rows", np.array([5, 0, 3]))


def _places(m: Any) -> Any:
    return _constant(m, "places", np.arange(63, -1, -2))


def _labels(m: Any) -> Any:
    return _constant(m, "labels", np.arange(8)[::-1].copy())
