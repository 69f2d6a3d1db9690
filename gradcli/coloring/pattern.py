"""Where a matrix may differ from zero."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pattern"]

Index = NDArray[np.int64]


class Pattern(NamedTuple):
    """The places of a matrix's entries, in compressed rows, each row's columns ascending.

    Attributes:
        shape: rows and columns.
        indptr: where each row begins among `indices`, and the end.
        indices: the columns, row after row.

    >>> pattern = Pattern.of([[1, 0, 2], [0, 0, 3]])
    >>> pattern.nnz, pattern.indices, pattern.rows()
    (3, array([0, 2, 2]), array([0, 0, 1]))
    """

    shape: tuple[int, int]
    indptr: Index
    indices: Index

    @classmethod
    def of(cls, matrix: Any) -> Pattern:
        """That of an array, or of a SciPy matrix of any format, whose stored entries all count."""
        if hasattr(matrix, "tocsr"):
            rows = matrix.tocsr()
            rows.sum_duplicates()
            return cls(rows.shape, rows.indptr.astype(np.int64), rows.indices.astype(np.int64))
        dense = np.not_equal(matrix, 0)
        places = np.nonzero(dense)
        starts = np.concatenate([[0], np.cumsum(dense.sum(axis=1))])
        return cls((dense.shape[0], dense.shape[1]), starts, places[1])

    @property
    def nnz(self) -> int:
        """How many entries may differ from zero."""
        return len(self.indices)

    def rows(self) -> Index:
        """The row of each entry."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    def transposed(self) -> Pattern:
        """The pattern of the transposed matrix."""
        from scipy.sparse import csr_array

        turned = csr_array((np.ones(self.nnz, dtype=np.int8), self.indices, self.indptr), shape=self.shape).T.tocsr()
        return Pattern((self.shape[1], self.shape[0]), turned.indptr.astype(np.int64), turned.indices.astype(np.int64))

    def kept(self, rows: Any) -> Pattern:
        """The rows for which a mask is true; the others are empty."""
        lengths = np.where(rows, np.diff(self.indptr), 0)
        return Pattern(
            self.shape, np.concatenate([[0], np.cumsum(lengths)]), self.indices[np.asarray(rows)[self.rows()]]
        )

    def filled(self, data: Any) -> Any:
        """The SciPy matrix, in compressed rows, with these numbers."""
        from scipy.sparse import csr_array

        return csr_array((data, self.indices, self.indptr), shape=self.shape)

    @property
    def bandwidth(self) -> tuple[int, int]:
        """How far the entries reach below the diagonal and above it.

        >>> Pattern.of([[1, 1, 1], [0, 1, 0], [0, 1, 1]]).bandwidth
        (1, 2)
        """
        if not self.nnz:
            return 0, 0
        offsets = self.indices - self.rows()
        return max(0, -int(offsets.min())), max(0, int(offsets.max()))

    def densest_row(self) -> int:
        """The entries of the fullest row: as many columns share no sweep."""
        return int(np.diff(self.indptr).max(initial=0))
