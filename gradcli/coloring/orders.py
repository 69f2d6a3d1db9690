"""The orders in which columns, or vertices, are coloured.

Source: A. H. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian?", SIAM Review 47 (2005) 629-705; D. W.
Matula, L. L. Beck, "Smallest-last ordering and clustering and graph coloring algorithms", JACM 30 (1983) 417-427.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from gradcli.coloring.pattern import Index, Pattern

__all__ = ["MOST_NEIGHBOURS", "ORDERS", "largest_first", "neighbours", "smallest_last"]

ORDERS = ("natural", "largest first", "smallest last")

MOST_NEIGHBOURS = 2_000_000
"""Pairs of neighbours up to which orders are made from them: beyond, the natural order has to do."""


def neighbours(pattern: Pattern) -> Pattern | None:
    """For each column those that have an entry in one of its rows; None where these are too many pairs."""
    lengths = np.diff(pattern.indptr)
    if int(np.sum(lengths * lengths)) > MOST_NEIGHBOURS:
        return None
    matrix = pattern.filled(np.ones(pattern.nnz, dtype=bool))
    graph = Pattern.of(matrix.T @ matrix)
    return without_diagonal(graph)


def without_diagonal(graph: Pattern) -> Pattern:
    """The pattern without the places on the diagonal."""
    rows = graph.rows()
    off = graph.indices != rows
    lengths = np.bincount(rows[off], minlength=graph.shape[0])
    return Pattern(graph.shape, np.concatenate([[0], np.cumsum(lengths)]), graph.indices[off])


def largest_first(graph: Pattern) -> Index:
    """The vertices by how many neighbours they have, most first."""
    return np.argsort(-np.diff(graph.indptr), kind="stable")


def smallest_last(graph: Pattern) -> Index:
    """The vertices, each with the fewest neighbours among itself and all that come before it.

    >>> star = Pattern.of([[0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    >>> int(smallest_last(star)[0])
    3
    """
    starts, others = graph.indptr.tolist(), graph.indices.tolist()
    degree = np.diff(graph.indptr).tolist()
    waiting = [(d, v) for v, d in enumerate(degree)]
    heapify(waiting)
    last: list[int] = []
    gone = [False] * len(degree)
    while waiting:
        d, v = heappop(waiting)
        if gone[v] or d != degree[v]:
            continue
        gone[v] = True
        last.append(v)
        for w in others[starts[v] : starts[v + 1]]:
            if not gone[w]:
                degree[w] -= 1
                heappush(waiting, (degree[w], w))
    return np.array(last[::-1], dtype=np.int64)
