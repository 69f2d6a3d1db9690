"""Colourings of columns: two of one colour never have an entry in the same row, so that one sweep gives both.

It is a colouring of the bipartite graph of rows and columns at distance two; that of rows is the same of the transposed
matrix.

Source: A. R. Curtis, M. J. D. Powell, J. K. Reid, "On the estimation of sparse Jacobian matrices", J. Inst. Maths
Applics 13 (1974) 117-119; A. H. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian?", SIAM Review 47 (2005)
629-705.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradcli.coloring.orders import largest_first, neighbours, smallest_last
from gradcli.coloring.pattern import Index, Pattern

__all__ = ["Coloring", "color_columns", "greedy", "is_valid", "periodic"]


class Coloring(NamedTuple):
    """Colours of columns.

    Attributes:
        colors: for each column its colour; -1 for one without entries, which needs no sweep.
        total: how many colours there are.
        order: in which order the columns were coloured; "periodic" where the colours repeat along the columns.
    """

    colors: Index
    total: int
    order: str


def color_columns(pattern: Pattern, grid: tuple[int, ...] = ()) -> Coloring:
    """Colours of columns, few of them: of what repeats the fewest, else the best of three orders.

    Args:
        pattern: of the matrix.
        grid: the axes of the array that the columns are the entries of, where its shape is known.

    >>> tridiagonal = Pattern.of(np.eye(5) + np.eye(5, k=1) + np.eye(5, k=-1))
    >>> color_columns(tridiagonal)
    Coloring(colors=array([0, 1, 2, 0, 1]), total=3, order='periodic')
    """
    least = pattern.densest_row()
    found = periodic(pattern, grid) if least else None
    if found is not None:
        return found
    turned = pattern.transposed()
    best = Coloring(*greedy(turned, np.arange(pattern.shape[1])), "natural")
    if best.total <= least:
        return best
    graph = neighbours(pattern)
    if graph is None:
        return best
    for name, order in (("largest first", largest_first), ("smallest last", smallest_last)):
        other = Coloring(*greedy(turned, order(graph)), name)
        best = other if other.total < best.total else best
        if best.total <= least:
            break
    return best


def greedy(turned: Pattern, order: Index) -> tuple[Index, int]:
    """Give each column in turn the first colour that none in its rows has; and how many colours that takes.

    A row's colours are the bits of one number, so that a column asks each of its rows once, however full they are.

    Args:
        turned: the pattern of the transposed matrix: a row of it for each column.
        order: of the columns.
    """
    starts, rows = turned.indptr.tolist(), turned.indices.tolist()
    taken = [0] * turned.shape[1]
    colors = [-1] * turned.shape[0]
    count = 0
    for column in order.tolist():
        mine = rows[starts[column] : starts[column + 1]]
        if not mine:
            continue
        used = 0
        for row in mine:
            used |= taken[row]
        bit = ~used & (used + 1)
        for row in mine:
            taken[row] |= bit
        colors[column] = bit.bit_length() - 1
        count = max(count, bit.bit_length())
    return np.array(colors, dtype=np.int64), count


_SAMPLE = 256
"""Rows that a periodic colouring is tried on before all are."""


def periodic(pattern: Pattern, grid: tuple[int, ...] = ()) -> Coloring | None:
    """Colours that repeat along the columns, if as few as the fullest row has entries do: no colouring has fewer.

    They are those of bands, column % count, and those of stencils on a grid, (i*step + j) % count.

    >>> one, line = np.eye(4), np.eye(4) + np.eye(4, k=1) + np.eye(4, k=-1)
    >>> periodic(Pattern.of(np.kron(one, line) + np.kron(line, one)), (4, 4)).total
    5
    """
    count = pattern.densest_row()
    if not count:
        return None
    columns = np.arange(pattern.shape[1])
    sample = _some_rows(pattern)
    for width in _widths(pattern, grid):
        along, across = columns % width, columns // width
        for step in range(count if width < pattern.shape[1] else 1):
            colors = (along + step * across) % count
            if is_valid(sample, colors) and is_valid(pattern, colors):
                used = np.bincount(pattern.indices, minlength=pattern.shape[1]) > 0
                return Coloring(np.where(used, colors, -1), count, "periodic")
    return None


def _widths(pattern: Pattern, grid: tuple[int, ...]) -> list[int]:
    """Lengths of a grid's rows that the pattern may be one of: all columns, the last axis, and what offsets tell."""
    n = pattern.shape[1]
    found = [n]
    if len(grid) > 1:
        found.append(grid[-1])
    middle = pattern.shape[0] // 2
    row = pattern.indices[pattern.indptr[middle] : pattern.indptr[middle + 1]]
    if row.size > 1:
        gap = int(row[-1] - row[row.size // 2])
        found += [gap + d for d in (0, -1, 1, -2, 2) if 1 < gap + d < n]
    return list(dict.fromkeys(found))


def _some_rows(pattern: Pattern) -> Pattern:
    """A few rows of the pattern, evenly spread."""
    m = pattern.shape[0]
    if m <= _SAMPLE:
        return pattern
    picked = np.linspace(0, m - 1, _SAMPLE).astype(np.int64)
    lengths = np.diff(pattern.indptr)[picked]
    places = np.repeat(pattern.indptr[picked] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    return Pattern((_SAMPLE, pattern.shape[1]), np.concatenate([[0], np.cumsum(lengths)]), pattern.indices[places])


def is_valid(pattern: Pattern, colors: Index) -> bool:
    """Whether no row has two columns of one colour, and every column with an entry has one.

    >>> is_valid(Pattern.of([[1, 1], [0, 1]]), np.array([0, 0])), is_valid(Pattern.of(np.eye(2)), np.array([0, 0]))
    (False, True)
    """
    if not pattern.nnz:
        return True
    worn = colors[pattern.indices]
    if worn.min() < 0:
        return False
    count = int(worn.max()) + 1
    seen = np.zeros(pattern.shape[0] * count, dtype=bool)
    seen[pattern.rows() * count + worn] = True
    return int(np.count_nonzero(seen)) == pattern.nnz
