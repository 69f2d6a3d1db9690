"""Colourings against the counts that the literature gives, against the best there are, and as entries are read off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from gradcli.coloring.columns import color_columns, greedy, is_valid, periodic
from gradcli.coloring.orders import largest_first, neighbours, smallest_last, without_diagonal
from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import plan_jacobian, plan_symmetric
from gradcli.coloring.symmetric import acyclic, color_symmetric, is_acyclic_coloring, is_star_coloring, star

RANDOM = np.random.default_rng(11)


def band(n: int, below: int, above: int) -> Any:
    return sum(np.eye(n, k=k) for k in range(-below, above + 1))


def arrow(n: int) -> Any:
    matrix = np.eye(n)
    matrix[0, :] = matrix[:, 0] = 1
    return matrix


def laplacian(n: int, m: int, corners: bool = False) -> Any:
    """The stencil of 5 points, or of 9, on a grid."""
    line = {k: band(k, 1, 1) for k in (n, m)}
    if corners:
        return np.kron(line[n], line[m])
    return (np.kron(np.eye(n), line[m]) + np.kron(line[n], np.eye(m)) > 0).astype(float)


def random_pattern(m: int, n: int, density: float) -> Any:
    return (RANDOM.random((m, n)) < density).astype(float)


def random_symmetric(n: int, density: float) -> Any:
    upper = np.triu(random_pattern(n, n, density), 1)
    return upper + upper.T + np.diag(RANDOM.random(n) < 0.7)


# Of a band the fullest row tells; of the stencils A. H. Gebremedhin, F. Manne, A. Pothen, SIAM Review 47 (2005), and
# SparseMatrixColorings.jl has the same counts for diagonals and bands.
COLUMNS = [
    ("diagonal", np.eye(50), 1),
    ("bidiagonal", band(50, 0, 1), 2),
    ("tridiagonal", band(50, 1, 1), 3),
    ("tridiagonal of 2", band(2, 1, 1), 2),
    ("band of 4 and 2", band(60, 4, 2), 7),
    ("dense", np.ones((7, 9)), 9),
    ("one full row", np.vstack([np.ones(8), np.eye(8)]), 8),
    ("5-point Laplacian", laplacian(9, 11), 5),
    ("9-point Laplacian", laplacian(8, 10, corners=True), 9),
    ("nothing", np.zeros((4, 4)), 0),
]


@pytest.mark.parametrize(("name", "matrix", "count"), COLUMNS, ids=[name for name, _, _ in COLUMNS])
def test_known_counts_of_columns(name: str, matrix: Any, count: int) -> None:
    found = color_columns(Pattern.of(matrix))
    assert found.total == count
    assert is_valid(Pattern.of(matrix), found.colors)


# A. H. Gebremedhin, A. Tarafdar, A. Pothen, A. Walther, INFORMS J. Computing 21 (2009): of a symmetric band with r
# bands beside the diagonal a star colouring has 2*floor(r/2) + 1 colours, an acyclic one floor(r/2) + 1.
@pytest.mark.parametrize("half", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [60, 400])
def test_published_counts_of_symmetric_bands(half: int, n: int) -> None:
    pattern = Pattern.of(sparse.csr_array(band(n, half, half)))
    assert color_symmetric(pattern, "star").total == 2 * half + 1
    assert color_symmetric(pattern, "acyclic").total == half + 1


def test_published_figures_of_symmetric_matrices() -> None:
    # Figure 4.1 of "What color is your Jacobian?" shows a star colouring of 3 colours.
    edges = [(0, 1), (1, 2), (1, 4), (1, 5), (2, 3), (3, 5)]
    assert color_symmetric(graph_of(6, edges), "star").total == 3
    # Figure 1 of "Efficient computation of sparse Hessians using coloring and automatic differentiation" one of 5.
    edges = [(0, 1), (0, 6), (1, 2), (1, 4), (2, 3), (2, 5), (3, 9), (4, 5), (4, 7), (5, 8), (6, 7), (7, 8), (8, 9)]
    assert color_symmetric(graph_of(10, edges), "star").total <= 5
    assert color_symmetric(Pattern.of(arrow(30)), "star").total == 2
    assert color_symmetric(Pattern.of(arrow(30)), "acyclic").total == 2


def graph_of(n: int, edges: list[tuple[int, int]]) -> Pattern:
    matrix = np.eye(n)
    for i, j in edges:
        matrix[i, j] = matrix[j, i] = 1
    return Pattern.of(matrix)


def best(count: int, is_good: Callable[[Any], bool]) -> int:
    """The fewest colours of so many vertices for which a colouring is good, by trying all."""
    for colors in range(1, count + 1):
        for rest in product(range(colors), repeat=count - 1):
            if is_good(np.array((0, *rest))):
                return colors
    return count


@pytest.mark.parametrize("trial", range(12))
def test_small_colourings_of_columns_are_hardly_beaten(trial: int) -> None:
    matrix = random_pattern(6, 6, 0.3) + np.eye(6)
    pattern = Pattern.of(matrix)
    fewest = best(6, lambda colors: is_valid(pattern, colors))
    assert fewest <= color_columns(pattern).total <= fewest + 1
    assert fewest >= pattern.densest_row()


@pytest.mark.parametrize("trial", range(8))
def test_small_symmetric_colourings_are_hardly_beaten(trial: int) -> None:
    pattern = Pattern.of(random_symmetric(6, 0.4) + np.eye(6))
    graph = without_diagonal(pattern)
    for kind, is_good in (("star", is_star_coloring), ("acyclic", is_acyclic_coloring)):
        fewest = best(6, partial(is_good, graph))
        found = color_symmetric(pattern, kind)
        assert is_good(graph, found.colors)
        assert fewest <= found.total <= fewest + 1


@pytest.mark.parametrize("density", [0.02, 0.1, 0.4])
def test_every_order_gives_a_colouring(density: float) -> None:
    pattern = Pattern.of(random_pattern(40, 60, density))
    turned = pattern.transposed()
    around = neighbours(pattern)
    assert around is not None
    used = np.bincount(pattern.indices, minlength=60) > 0
    for order in (np.arange(60), largest_first(around), smallest_last(around), RANDOM.permutation(60)):
        assert sorted(order.tolist()) == list(range(60))
        colors, count = greedy(turned, order)
        assert is_valid(pattern, colors)
        assert count == len(set(colors[used].tolist()))
        assert np.all((colors < 0) == ~used)
        assert pattern.densest_row() <= count <= np.diff(around.indptr).max() + 1


def test_orders_are_what_they_say() -> None:
    graph = without_diagonal(Pattern.of(random_symmetric(30, 0.2)))
    degrees = np.diff(graph.indptr)
    assert np.all(np.diff(degrees[largest_first(graph)]) <= 0)
    order = smallest_last(graph)
    dense = graph.filled(np.ones(graph.nnz)).toarray()
    for k in range(30, 1, -1):  # the last of each beginning has the fewest neighbours in it
        inside = dense[np.ix_(order[:k], order[:k])].sum(axis=1)
        assert inside[-1] == inside.min()


def test_a_colouring_that_is_none_is_seen() -> None:
    assert not is_valid(Pattern.of(band(5, 1, 1)), np.arange(5) % 2)
    graph = without_diagonal(Pattern.of(band(5, 1, 1)))
    assert not is_star_coloring(graph, np.arange(5) % 2)
    assert is_acyclic_coloring(graph, np.arange(5) % 2)
    ring = without_diagonal(graph_of(4, [(0, 1), (1, 2), (2, 3), (0, 3)]))
    assert not is_acyclic_coloring(ring, np.arange(4) % 2)


def test_colours_repeat_where_they_may_and_nowhere_else() -> None:
    for n, m in ((9, 11), (30, 7), (12, 12)):
        found = periodic(Pattern.of(laplacian(n, m)))
        assert found is not None
        assert found.total == 5
    assert periodic(Pattern.of(arrow(20))) is not None  # its full row has them all
    assert periodic(Pattern.of(np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1]]))) is None


PATTERNS = {
    **{name: matrix for name, matrix, _ in COLUMNS},
    "arrow": arrow(40),
    "arrow to the lower right": arrow(40)[::-1, ::-1],
    "two full rows and a full column": np.vstack([np.ones((2, 30)), band(30, 1, 1) + (np.arange(30) == 4)]),
    "wide": random_pattern(5, 80, 0.3),
    "tall": random_pattern(80, 5, 0.3),
    "sparse": random_pattern(60, 50, 0.05),
}  # fmt: skip


@pytest.mark.parametrize("name", PATTERNS)
def test_a_jacobian_is_read_off_its_sweeps(name: str) -> None:
    pattern = Pattern.of(PATTERNS[name])
    matrix = pattern.filled(RANDOM.uniform(1, 2, pattern.nnz)).toarray()
    for forward in (True, False):
        plan = plan_jacobian(pattern, forward=forward)
        pushed = [matrix[:, mine].sum(axis=1) for mine in plan.pushed_together]
        pulled = [matrix[mine].sum(axis=0) for mine in plan.pulled_together]
        shapes = (plan.forward, len(matrix)), (plan.backward, matrix.shape[1])
        found = plan.read(np.reshape(pushed, shapes[0]), np.reshape(pulled, shapes[1]))
        np.testing.assert_array_equal(pattern.filled(found).toarray(), matrix)
        assert forward or not plan.forward


def test_both_directions_together_win_where_they_should() -> None:
    plan = plan_jacobian(Pattern.of(arrow(40)))
    assert (plan.method, plan.sweeps) == ("sparse-both", 3)
    plan = plan_jacobian(Pattern.of(PATTERNS["two full rows and a full column"]))
    assert plan.method == "sparse-both"
    assert plan.sweeps <= 2 + 4 + 1
    assert plan_jacobian(Pattern.of(PATTERNS["wide"])).method == "sparse-rows"
    assert plan_jacobian(Pattern.of(PATTERNS["tall"])).method == "sparse-columns"
    assert plan_jacobian(Pattern.of(band(40, 1, 1))).sweeps == 3


@pytest.mark.parametrize("kind", ["star", "acyclic", ""])
@pytest.mark.parametrize(
    "matrix",
    [band(30, 1, 1), band(31, 3, 3), arrow(20), laplacian(5, 6), random_symmetric(25, 0.1), random_symmetric(25, 0.4),
     np.zeros((3, 3)), np.ones((6, 6))],
    ids=["tridiagonal", "band", "arrow", "Laplacian", "sparse", "half full", "nothing", "dense"],
)  # fmt: skip
def test_a_hessian_is_read_off_its_sweeps(matrix: Any, kind: str) -> None:
    pattern = Pattern.of(matrix)
    numbers = np.tril(RANDOM.integers(1, 9, matrix.shape)) * matrix  # whole, so that substitution is exact
    whole = np.tril(numbers) + np.tril(numbers, -1).T
    plan = plan_symmetric(pattern, kind)
    pushed = np.array([whole[:, mine].sum(axis=1) for mine in plan.pushed_together]).reshape(plan.sweeps, len(whole))
    np.testing.assert_array_equal(pattern.filled(plan.read(pushed)).toarray(), whole)


@pytest.mark.parametrize("density", [0.1, 0.3])
def test_symmetric_colourings_are_what_they_are_called(density: float) -> None:
    graph = without_diagonal(Pattern.of(random_symmetric(40, density)))
    for order in (np.arange(40), largest_first(graph), smallest_last(graph)):
        stars, trees = star(graph, order), acyclic(graph, order)
        assert is_star_coloring(graph, stars[0])
        assert is_acyclic_coloring(graph, trees[0])
        assert trees[1] <= stars[1]
