"""Colourings of symmetric matrices, whose entries can be read off either of their two places.

In a star colouring every path of four vertices has three colours, and each entry stands alone in some sweep. In an
acyclic one every cycle has three, and entries follow from each other along the trees that two colours make.

Source: T. F. Coleman, J. J. Moré, "Estimation of sparse Hessian matrices and graph coloring problems", Math.
Programming 28 (1984) 243-270; A. H. Gebremedhin, A. Tarafdar, F. Manne, A. Pothen, "New acyclic and star coloring
algorithms with application to computing Hessians", SIAM J. Sci. Comput. 29 (2007) 1042-1072.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gradcli.coloring.columns import Coloring, periodic
from gradcli.coloring.orders import MOST_NEIGHBOURS, largest_first, smallest_last, without_diagonal
from gradcli.coloring.pattern import Index, Pattern

__all__ = ["acyclic", "color_symmetric", "is_acyclic_coloring", "is_star_coloring", "star"]

Greedy = Callable[[Pattern, Index], tuple[Index, int]]


def color_symmetric(pattern: Pattern, kind: str = "star", grid: tuple[int, ...] = ()) -> Coloring:
    """Colours of the rows and columns of a symmetric matrix, the best of three orders.

    Args:
        pattern: symmetric.
        kind: "star" or "acyclic".
        grid: the axes of the array that the columns are the entries of, where its shape is known.

    >>> tridiagonal = Pattern.of(np.eye(6) + np.eye(6, k=1) + np.eye(6, k=-1))
    >>> color_symmetric(tridiagonal).total, color_symmetric(tridiagonal, "acyclic").total
    (3, 2)
    """
    large = pattern.nnz > _LARGE
    if large:
        found = periodic(pattern, grid)
        if found is not None and (kind == "star" or found.total <= 2):
            return found
    graph = without_diagonal(pattern)
    function: Greedy = star if kind == "star" else acyclic
    orders = [("natural", np.arange(pattern.shape[0]))]
    if graph.nnz <= MOST_NEIGHBOURS and not large:
        orders += [("largest first", largest_first(graph)), ("smallest last", smallest_last(graph))]
    least = 3 if kind == "star" else 2
    best: Coloring | None = None
    for name, order in orders:
        colors, count = function(graph, order)
        if best is None or count < best.total:
            best = Coloring(colors, count, name)
        if best.total <= least:
            break
    assert best is not None  # there is an order
    used = np.bincount(pattern.indices, minlength=pattern.shape[0]) > 0
    return best._replace(colors=np.where(used, best.colors, -1), total=int(best.colors[used].max(initial=-1)) + 1)


_LARGE = 100_000
"""Entries above which one order has to do, and colours that repeat are taken although they may be more."""


def star(graph: Pattern, order: Index) -> tuple[Index, int]:
    """Give each vertex in turn the first colour that makes no path of two colours through four vertices.

    Args:
        graph: symmetric, without its diagonal.
        order: of the vertices.
    """
    starts, others = graph.indptr.tolist(), graph.indices.tolist()
    colors = [-1] * graph.shape[0]
    around: list[dict[int, int]] = [{} for _ in colors]  # how many neighbours of each colour a vertex has
    for v in order.tolist():
        mine = around[v]
        forbidden = set(mine)
        for w in others[starts[v] : starts[v + 1]]:
            shade = colors[w]
            if shade < 0:
                continue
            if mine[shade] > 1:  # v would be inside the path: w', v, w, x
                forbidden.update(around[w])
                continue
            for x in others[starts[w] : starts[w + 1]]:  # v would be its end: v, w, x, y
                if colors[x] >= 0 and around[x].get(shade, 0) > 1:
                    forbidden.add(colors[x])
        color = _first_free(forbidden)
        colors[v] = color
        for w in others[starts[v] : starts[v + 1]]:
            around[w][color] = around[w].get(color, 0) + 1
    return np.array(colors, dtype=np.int64), max(colors, default=-1) + 1


def acyclic(graph: Pattern, order: Index) -> tuple[Index, int]:
    """Give each vertex in turn the first colour that closes no cycle of two colours.

    The vertices of two colours are trees; a vertex that touches one of them twice would close a cycle.

    Args:
        graph: symmetric, without its diagonal.
        order: of the vertices.
    """
    starts, others = graph.indptr.tolist(), graph.indices.tolist()
    colors = [-1] * graph.shape[0]
    forest = _Forest()
    for v in order.tolist():
        by_color: dict[int, list[int]] = {}
        for w in others[starts[v] : starts[v + 1]]:
            if colors[w] >= 0:
                by_color.setdefault(colors[w], []).append(w)
        color = 0
        while color in by_color or any(
            _meets_twice(forest, color, shade, found) for shade, found in by_color.items() if len(found) > 1
        ):
            color += 1
        colors[v] = color
        for shade, found in by_color.items():
            for w in found:
                forest.join((min(color, shade), max(color, shade)), v, w)
    return np.array(colors, dtype=np.int64), max(colors, default=-1) + 1


def _meets_twice(forest: _Forest, color: int, shade: int, vertices: list[int]) -> bool:
    """Whether two of the vertices are in one tree of two colours."""
    pair = (min(color, shade), max(color, shade))
    return len({forest.root(pair, w) for w in vertices}) < len(vertices)


def _first_free(forbidden: set[int]) -> int:
    color = 0
    while color in forbidden:
        color += 1
    return color


class _Forest:
    """The trees of every two colours, as disjoint sets of vertices."""

    def __init__(self) -> None:
        self._parents: dict[tuple[int, int], dict[int, int]] = {}

    def root(self, pair: tuple[int, int], v: int) -> int:
        """What stands for a vertex's tree."""
        parents = self._parents.setdefault(pair, {})
        top = v
        while parents.get(top, top) != top:
            top = parents[top]
        while parents.get(v, top) != top:  # the way is shorter next time
            parents[v], v = top, parents[v]
        return top

    def join(self, pair: tuple[int, int], v: int, w: int) -> None:
        """Make one tree of those of two vertices."""
        first, second = self.root(pair, v), self.root(pair, w)
        self._parents[pair][first] = second


def is_star_coloring(graph: Pattern, colors: Index) -> bool:
    """Whether neighbours differ and every entry stands alone in the sweep of one of its two colours."""
    rows, columns = graph.rows(), graph.indices
    if np.any(colors[rows] == colors[columns]):
        return False
    alone = stands_alone(graph, colors)
    place = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(rows, columns, strict=True))}
    return all(alone[k] or alone[place[j, i]] for (i, j), k in place.items())


def stands_alone(pattern: Pattern, colors: Index) -> NDArray[np.bool_]:
    """For each entry whether no other of its row has a column of that colour."""
    count = int(colors.max(initial=-1)) + 1
    keys = pattern.rows() * count + colors[pattern.indices]
    return np.asarray(np.bincount(keys, minlength=pattern.shape[0] * count)[keys] == 1)


def is_acyclic_coloring(graph: Pattern, colors: Index) -> bool:
    """Whether neighbours differ and no cycle has two colours alone."""
    forest = _Forest()
    for i, j in zip(graph.rows().tolist(), graph.indices.tolist(), strict=True):
        if colors[i] == colors[j]:
            return False
        if i < j:
            pair = (int(min(colors[i], colors[j])), int(max(colors[i], colors[j])))
            if forest.root(pair, i) == forest.root(pair, j):
                return False
            forest.join(pair, i, j)
    return True
