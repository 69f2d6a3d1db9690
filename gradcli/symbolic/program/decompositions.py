"""Counterparts of the decompositions of matrices, derived from their definitions and not from the engine's formulas.

Eigenvalues are roots of the characteristic polynomial, eigenvectors columns of an adjugate, singular values and
vectors those of the smaller of x'x and xx', Q and R come by Gram and Schmidt. What a definition leaves open, the
signs of vectors, is taken from NumPy, which both sides mean to follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from gradcli.symbolic.functions.roots import Root
from gradcli.symbolic.numbers.adaptive_precision import is_finite
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program.entries import call, dot, matmul, total
from gradcli.symbolic.program.scalars import Scalars

__all__ = ["eigh", "eigvalsh", "qr", "svd", "svdvals"]

_LARGEST = 4
"""Rows and columns of a matrix that is decomposed: the gradient by eigh of 4 by 4 entries takes 3 s, of 5 by 5 10 s,
which is all the time that the oracle has unless told otherwise."""

_SEPARATION = 1e-9
"""Eigenvalues that are closer to each other than this, relative to the largest, count as equal, and columns that span
as little as dependent. It is a million times the rounding of float64, in which NumPy chooses the vectors' signs."""


def eigvalsh(scalars: Scalars, x: Any) -> Any:
    """The eigenvalues of the symmetric part."""
    return _eigenvalues(scalars, _symmetric(scalars, x))[0]


def eigh(scalars: Scalars, x: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of the symmetric part."""
    import numpy as np

    symmetric = _symmetric(scalars, x)
    numbers = _numbers(scalars, symmetric)
    return _eigenpairs(scalars, symmetric, np.linalg.eigh(numbers)[1])


def svdvals(scalars: Scalars, x: Any) -> Any:
    """The singular values, the largest first."""
    tall = x if x.shape[0] >= x.shape[1] else x.T
    return _singular_values(scalars, _eigenvalues(scalars, matmul(scalars, tall.T, tall))[0])


def svd(scalars: Scalars, x: Any, full_matrices: bool) -> tuple[Any, Any, Any]:
    """U, S and the transposed V."""
    import numpy as np

    wide = x.shape[0] < x.shape[1]
    if full_matrices and x.shape[0] != x.shape[1]:
        raise Inexpressible("the vectors of svd(..., full_matrices=True) are not unique")
    tall = x.T if wide else x
    u, _, vh = np.linalg.svd(_numbers(scalars, x), full_matrices=False)
    signs = u if wide else vh.T
    squares, vectors = _eigenpairs(scalars, matmul(scalars, tall.T, tall), signs[:, ::-1])
    values, right = _singular_values(scalars, squares), vectors[:, ::-1]
    left = matmul(scalars, tall, right)
    for i, j in np.ndindex(left.shape):
        left[i, j] = scalars.arithmetic.divide(left[i, j], values[j])
    return (right, values, left.T) if wide else (left, values, right.T)


def _singular_values(scalars: Scalars, squares: Any) -> Any:
    if _numbers(scalars, squares)[0] <= 0:
        raise Inexpressible("a singular value is 0, where it is not differentiable")
    values = squares[::-1].copy()
    for i, square in enumerate(squares[::-1]):
        values[i] = scalars.arithmetic.compact(call(scalars, "sqrt", square))
    return values


def qr(scalars: Scalars, x: Any, mode: str) -> tuple[Any, Any]:
    """Q and R by Gram and Schmidt, with NumPy's signs on the diagonal of R."""
    import numpy as np

    m, n = x.shape
    k = min(m, n)
    if mode == "complete" and m > n:
        raise Inexpressible("the Q of qr(..., mode='complete') is not unique")
    if k > _LARGEST:
        raise Inexpressible(f"a {m} by {n} matrix is too large for a decomposition in symbols")
    arithmetic = scalars.arithmetic
    diagonal = np.diagonal(np.linalg.qr(_numbers(scalars, x))[1])
    if np.any(np.abs(diagonal) <= _SEPARATION * np.max(np.abs(diagonal), initial=0)):
        raise Inexpressible("the columns are linearly dependent")
    q = np.empty((m, k), dtype=object)
    r = np.empty((k, n), dtype=object)
    r[...] = scalars.constants.of(0.0)
    for j in range(n):
        rest = list(x[:, j])
        for i in range(min(j, k)):
            r[i, j] = arithmetic.compact(dot(scalars, list(q[:, i]), rest))
            rest = [arithmetic.subtract(e, arithmetic.multiply(r[i, j], b)) for e, b in zip(rest, q[:, i], strict=True)]
            rest = [arithmetic.compact(e) for e in rest]
        if j < k:
            length = call(scalars, "sqrt", dot(scalars, rest, rest))
            r[j, j] = arithmetic.compact(length if diagonal[j] > 0 else arithmetic.negate(length))
            q[:, j] = [arithmetic.compact(arithmetic.divide(e, r[j, j])) for e in rest]
    return q, r


def _symmetric(scalars: Scalars, x: Any) -> Any:
    if x.shape[0] != x.shape[1]:
        raise Inexpressible("only square matrices have eigenvalues")
    arithmetic, half = scalars.arithmetic, scalars.constants.of(0.5)
    out = x.copy()
    for i, j in [(i, j) for i in range(len(x)) for j in range(len(x))]:
        out[i, j] = arithmetic.compact(arithmetic.multiply(half, arithmetic.add(x[i, j], x[j, i])))
    return out


def _numbers(scalars: Scalars, x: Any) -> Any:
    """The entries' values as float64."""
    import numpy as np

    found = [scalars.constants.point.number(scalars.arithmetic.compact(e)) for e in x.ravel()]
    if not all(is_finite(number) for number in found):
        raise Inexpressible("a matrix has an entry that is not finite")
    return np.array([float(number) for number in found]).reshape(x.shape)


def _eigenvalues(scalars: Scalars, x: Any) -> tuple[Any, list[Any]]:
    """The roots of the characteristic polynomial, and the matrices whose sum, by powers, is the adjugate of t - x.

    Source: D. K. Faddeev, V. N. Faddeeva, Computational Methods of Linear Algebra (1963), paragraph 47.
    """
    import numpy as np

    n = len(x)
    if n > _LARGEST:
        raise Inexpressible(f"a {n} by {n} matrix is too large for eigenvalues in symbols")
    arithmetic = scalars.arithmetic
    numbers = np.linalg.eigvalsh(_numbers(scalars, x))
    if np.any(np.diff(numbers) <= _SEPARATION * np.max(np.abs(numbers))):
        raise Inexpressible("eigenvalues or singular values are equal, where they are not differentiable")
    coefficients: list[Any] = []
    powers: list[Any] = []
    product = np.full((n, n), scalars.constants.of(0.0), dtype=object)
    coefficient = scalars.constants.of(1.0)
    for k in range(1, n + 1):
        power = product.copy()
        for i in range(n):
            power[i, i] = arithmetic.add(power[i, i], coefficient)
        powers.append(power)
        product = _each(arithmetic.compact, matmul(scalars, x, power))
        trace = total(scalars, [product[i, i] for i in range(n)])
        coefficient = arithmetic.compact(arithmetic.divide(arithmetic.negate(trace), scalars.constants.of(float(k))))
        coefficients.append(coefficient)
    roots = np.empty(n, dtype=object)
    roots[:] = [_root(scalars, k, coefficients[::-1]) for k in range(n)]
    return roots, powers


def _root(scalars: Scalars, k: int, coefficients: list[Any]) -> Any:
    root = Root(sympy.Integer(k), *coefficients)
    return scalars.constants.fold(root) if all(c in scalars.constants for c in coefficients) else root


def _eigenpairs(scalars: Scalars, x: Any, signs: Any) -> tuple[Any, Any]:
    """Eigenvalues, and eigenvectors with the signs of these columns.

    The adjugate of t - x at an eigenvalue t is v v' times the product of the differences to the other eigenvalues,
    which is its trace; its largest column tells v but for the sign.
    """
    import numpy as np

    values, powers = _eigenvalues(scalars, x)
    arithmetic, n = scalars.arithmetic, len(x)
    vectors = np.empty((n, n), dtype=object)
    for k in range(n):
        value = arithmetic.compact(values[k])
        adjugate = powers[0]
        for power in powers[1:]:
            adjugate = _horner_step(scalars, adjugate, value, power)
        pivot = int(np.argmax(np.abs(signs[:, k])))
        trace = arithmetic.compact(total(scalars, [adjugate[i, i] for i in range(n)]))
        square = arithmetic.compact(arithmetic.divide(adjugate[pivot, pivot], trace))
        scale = arithmetic.compact(arithmetic.multiply(trace, call(scalars, "sqrt", square)))
        for i in range(n):
            entry = arithmetic.divide(adjugate[i, pivot], scale)
            vectors[i, k] = arithmetic.compact(entry if signs[pivot, k] > 0 else arithmetic.negate(entry))
    return values, vectors


def _each(function: Callable[[Any], Any], array: Any) -> Any:
    out = array.copy()
    out.reshape(-1)[:] = [function(e) for e in array.ravel()]
    return out


def _horner_step(scalars: Scalars, x: Any, value: Any, added: Any) -> Any:
    """A matrix times a number, and another matrix added to it."""
    arithmetic = scalars.arithmetic
    out = x.copy()
    pairs = zip(x.ravel(), added.ravel(), strict=True)
    out.reshape(-1)[:] = [arithmetic.compact(arithmetic.add(arithmetic.multiply(a, value), b)) for a, b in pairs]
    return out
