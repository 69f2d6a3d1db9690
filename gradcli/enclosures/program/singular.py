"""Singular values and vectors: by the eigenvalues of x'x, or of xx' where x has more columns than rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.functions.elementwise import function
from gradcli.enclosures.numbers.entry import Entry, doubtful
from gradcli.enclosures.numbers.tape import Tape
from gradcli.enclosures.program.arrays import numbers
from gradcli.enclosures.program.eigen import Spectrum, floats, undefined
from gradcli.enclosures.program.exact import exact_rank
from gradcli.enclosures.program.isolation import check_size
from gradcli.enclosures.program.nuclear import trace_of_root
from gradcli.enclosures.program.products import matmul
from gradcli.enclosures.program.reductions import REDUCTIONS, total
from gradcli.ops.calls.axes import axes_of

__all__ = ["norm", "svd", "svdvals"]

_ZERO = "a singular value is 0, where it is not differentiable"


class _Singular:
    """The singular values of a matrix, each recorded once it is asked for; the largest has number 0."""

    def __init__(self, x: Any) -> None:
        self.tall = _tall(x)
        self._count: int = self.tall.shape[1]
        self._entries: list[Entry] = list(x.ravel())
        self._spectrum = Spectrum(matmul(self.tall.T, self.tall), "singular values")
        self._rank = self._rank_of(x) if self._spectrum.ball(0).contains(0) else None
        self._values: dict[int, Entry] = {}

    def _rank_of(self, x: Any) -> int | None:
        return exact_rank(arb_mat(x.shape[0], x.shape[1], [e.ball for e in self._entries]))

    def __len__(self) -> int:
        return self._count

    @property
    def tape(self) -> Tape:
        """Where the matrix's entries are recorded."""
        return self._spectrum.tape

    def value(self, k: int) -> Entry:
        """The k-th singular value."""
        if k not in self._values:
            self._values[k] = self._root(k)
        return self._values[k]

    def _root(self, k: int) -> Entry:
        if self._rank is not None and k >= self._rank:
            return doubtful(self.tape, arb(0), self._entries, _ZERO, True)
        square = self._spectrum.value(self._count - 1 - k)
        if square.ball > 0:
            return function("sqrt", square)
        size = square.ball.nonnegative_part().sqrt()
        return doubtful(self.tape, size, self._entries, f"{_ZERO}, or not told from 0", False)

    def right(self, k: int, sign: list[float]) -> list[Entry]:
        """The eigenvector of x'x that belongs to the k-th singular value, with this one's sign."""
        return self._spectrum.vector(self._count - 1 - k, sign)

    def left(self, right: Any) -> Any:
        """x times the columns of eigenvectors of x'x, each over its singular value."""
        out = np.empty(self.tall.shape, dtype=object)
        values = [self.value(k) for k in range(self._count)]
        for k, value in enumerate(values):
            if not value.ball > 0:
                exact = value.ball.is_zero()
                out[:, k] = self.undefined(_ZERO if exact else f"{_ZERO}, or not told from 0", exact)
        known = [k for k, value in enumerate(values) if value.ball > 0]
        if known:
            product = matmul(self.tall, right[:, known])
            for place, k in enumerate(known):
                inverse = function("reciprocal", values[k])
                out[:, k] = [e * inverse for e in product[:, place]]
        return out

    def undefined(self, reason: str, final: bool) -> list[Entry]:
        """A vector of the longer side that is not determined."""
        return [undefined(self.tape, self._entries, reason, final) for _ in range(self.tall.shape[0])]


def svdvals(x: Any) -> Any:
    """The singular values, the largest first."""
    found = _Singular(x)
    out = np.empty(len(found), dtype=object)
    out[:] = [found.value(k) for k in range(len(found))]
    return out


def svd(x: Any, full_matrices: bool) -> tuple[Any, Any, Any]:
    """U, S and the transposed V, with the signs that NumPy gives the vectors."""
    wide, given = x.shape[0] < x.shape[1], floats(x)
    u, _, vh = np.linalg.svd(given, full_matrices=full_matrices)
    signs = u if wide else vh.T
    found = _Singular(x)
    count, long = len(found), found.tall.shape[0]
    values = np.empty(count, dtype=object)
    right = np.empty((count, count), dtype=object)
    left = np.empty((long, long if full_matrices else count), dtype=object)
    for k in range(count):
        values[k] = found.value(k)
        right[:, k] = found.right(k, signs[:, k].tolist())
    left[:, :count] = found.left(right)
    for k in range(count, left.shape[1]):
        left[:, k] = found.undefined("some vectors of svd(..., full_matrices=True) are not unique", True)
    return (right, values, left.T) if wide else (left, values, right.T)


def norm(x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """Norms of all kinds: those of singular values here."""
    x = numbers(x)
    axes = axes_of(axis, x.ndim)
    spectral = ord == "nuc" or (len(axes) == 2 and not isinstance(ord, str) and ord is not None and abs(ord) == 2)
    if not spectral:
        return REDUCTIONS["norm"](x, ord=ord, axis=axis, keepdims=keepdims)
    if not x.size:
        raise Undecidable("there is no matrix to take the norm of", final=True)
    matrices = np.moveaxis(x, axes, (-2, -1))
    out = np.empty(matrices.shape[:-2], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = _nuclear(matrices[index]) if ord == "nuc" else _extreme(matrices[index], ord > 0)
    if keepdims:
        out = out.reshape([1 if i in axes else size for i, size in enumerate(x.shape)])
    return out if out.ndim else out[()]


def _nuclear(x: Any) -> Entry:
    """The sum of the singular values."""
    tall = _tall(x)
    found = trace_of_root(matmul(tall.T, tall))
    if found is not None:
        return found
    each = _Singular(x)
    return total([each.value(k) for k in range(len(each))])


def _extreme(x: Any, largest: bool) -> Entry:
    found = _Singular(x)
    return found.value(0 if largest else len(found) - 1)


def _tall(x: Any) -> Any:
    check_size(min(x.shape), "singular values")
    return x if x.shape[0] >= x.shape[1] else x.T
