"""Counterparts of the operations on whole arrays: explicit formulas, entry by entry.

Each takes what combines entries, object arrays of entries and the operation's static arguments, and gives an
object array of entries or a single one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from gradcli.ops.calls.stacks import over_stack
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program.axes import AXES
from gradcli.symbolic.program.decompositions import eigh, eigvalsh, qr, svd, svdvals
from gradcli.symbolic.program.entries import call, dot, each, entries_of, matmul, total
from gradcli.symbolic.program.scalars import Scalars

__all__ = ["array_counterpart"]

_LARGEST = 6
"""Rows and columns of a matrix whose determinant is taken: the gradient takes 6 s with 6 of them, and with 7 the 10 s
that the oracle has unless told otherwise."""


def array_counterpart(name: str) -> Callable[..., Any]:
    """The function of arrays that the table calls by this name: "matrices.det".

    Raises:
        Inexpressible: if there is none.
    """
    own = name.removeprefix("matrices.")
    function = _OWN.get(own) or AXES.get(own)
    if function is None:
        raise Inexpressible(f"SymPy cannot express {own}")
    return function


def _matrices(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one matrix, applied to each of a stack of them."""

    def stacked(scalars: Scalars, x: Any, **statics: Any) -> Any:
        if 0 in x.shape[:-2]:
            raise Inexpressible("there is no matrix in the stack")
        return over_stack(x, lambda matrix: function(scalars, matrix, **statics))

    return stacked


def _faddeev_leverrier(scalars: Scalars, x: Any) -> tuple[Any, Any]:
    """Determinant and adjugate, without dividing by entries: right for singular matrices too.

    Source: D. K. Faddeev, V. N. Faddeeva, Computational Methods of Linear Algebra (1963), paragraph 47.
    """
    n = x.shape[0]
    if n > _LARGEST or x.shape[0] != x.shape[1]:
        raise Inexpressible(f"a {n} by {x.shape[1]} matrix is too large for a determinant in symbols")
    arithmetic = scalars.arithmetic
    adjugate = product = _identity(scalars, n)
    coefficient = scalars.constants.of(0.0)
    for k in range(1, n + 1):
        adjugate = product.copy()
        for i in range(n):
            adjugate[i, i] = arithmetic.add(adjugate[i, i], coefficient)
        product = matmul(scalars, x, adjugate)
        trace = total(scalars, [product[i, i] for i in range(n)])
        coefficient = arithmetic.divide(arithmetic.negate(trace), scalars.constants.of(float(k)))
    signed = adjugate.copy()
    if n % 2 == 0:
        for index, entry in entries_of(adjugate):
            signed[index] = arithmetic.negate(entry)
    return (coefficient if n % 2 == 0 else arithmetic.negate(coefficient)), signed


def _identity(scalars: Scalars, n: int) -> Any:
    import numpy as np

    out = np.empty((n, n), dtype=object)
    for i, j in np.ndindex(n, n):
        out[i, j] = scalars.constants.of(float(i == j))
    return out


def _det(scalars: Scalars, x: Any) -> Any:
    return _faddeev_leverrier(scalars, x)[0]


def _logabsdet(scalars: Scalars, x: Any) -> Any:
    return call(scalars, "log", call(scalars, "abs", _det(scalars, x)))


def _slogdet(scalars: Scalars, x: Any) -> tuple[Any, Any]:
    determinant = scalars.arithmetic.compact(_det(scalars, x))
    return call(scalars, "sign", determinant), call(scalars, "log", call(scalars, "abs", determinant))


def _pinv(scalars: Scalars, x: Any) -> Any:
    import numpy as np

    numbers = [float(scalars.constants.point.number(scalars.arithmetic.compact(e))) for e in x.ravel()]
    if np.linalg.matrix_rank(np.array(numbers).reshape(x.shape)) < min(x.shape):
        raise Inexpressible(
            "pinv jumps at a matrix that has not full rank: the derivative is that along matrices of the same rank, "
            "which SymPy cannot express"
        )
    if x.shape[0] < x.shape[1]:
        return matmul(scalars, x.T, _inv(scalars, matmul(scalars, x, x.T)))
    return matmul(scalars, _inv(scalars, matmul(scalars, x.T, x)), x.T)


def _inv(scalars: Scalars, x: Any) -> Any:
    determinant, adjugate = _faddeev_leverrier(scalars, x)
    inverse = scalars.arithmetic.compact(scalars.arithmetic.power(determinant, sympy.S.NegativeOne))
    return each(scalars, lambda entry: scalars.arithmetic.multiply(entry, inverse), adjugate)


def _solve(scalars: Scalars, a: Any, b: Any) -> Any:
    if a.ndim > 2 or b.ndim > 2:
        raise Inexpressible("SymPy cannot express solve of stacks of matrices")
    return matmul(scalars, _inv(scalars, a), b)


def _power(scalars: Scalars, x: Any, n: int) -> Any:
    base = x if n >= 0 else _inv(scalars, x)
    out = _identity(scalars, x.shape[0])
    for bit in f"{abs(n):b}":
        out = matmul(scalars, out, out)
        out = matmul(scalars, out, base) if bit == "1" else out
    return out


def _cholesky(scalars: Scalars, x: Any) -> Any:
    arithmetic, n = scalars.arithmetic, x.shape[0]
    half = scalars.constants.of(0.5)
    out = _identity(scalars, n)
    for i in range(n):
        for j in range(i + 1):
            mean = arithmetic.multiply(half, arithmetic.add(x[i, j], x[j, i]))
            rest = arithmetic.subtract(mean, arithmetic.compact(dot(scalars, out[i, :j], out[j, :j])))
            out[i, j] = arithmetic.divide(rest, out[j, j]) if j < i else call(scalars, "sqrt", rest)
    return out


_OWN: dict[str, Callable[..., Any]] = {
    "cholesky": _matrices(_cholesky),
    "det": _matrices(_det),
    "eigh": _matrices(eigh),
    "eigvalsh": _matrices(eigvalsh),
    "inv": _matrices(_inv),
    "logabsdet": _matrices(_logabsdet),
    "matrix_power": _matrices(_power),
    "pinv": _matrices(_pinv),
    "qr": _matrices(qr),
    "slogdet": _matrices(_slogdet),
    "solve": _solve,
    "svd": _matrices(svd),
    "svdvals": _matrices(svdvals),
}
