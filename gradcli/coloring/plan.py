"""Plans: which sweeps to make for a sparse Jacobian or Hessian, and where its entries are read off.

A Jacobian's columns of one colour share a sweep forward, its rows of one colour a sweep backward. Where a few rows are
full and the rest is sparse, neither will do alone: the full rows go backward, all others forward, or the other way
round. A Hessian's columns share sweeps by a star colouring, or by an acyclic one where that is much smaller.

Source: T. F. Coleman, A. Verma, "The efficient computation of sparse Jacobian matrices using automatic
differentiation", SIAM J. Sci. Comput. 19 (1998) 1210-1233, on both directions; for the rest see `columns` and
`symmetric`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from gradcli.coloring.columns import Coloring, color_columns
from gradcli.coloring.pattern import Index, Pattern
from gradcli.coloring.symmetric import color_symmetric, stands_alone

__all__ = ["JacobianPlan", "SymmetricPlan", "members", "plan_jacobian", "plan_symmetric"]

_THRESHOLDS = 4
"""So many sets of full rows, or columns, are tried to be taken apart."""

_WORTH = 0.75
"""Of the sweeps of one direction, as many as both may take at most: they are two kinds of sweeps."""

_ACYCLIC = 0.67
"""Of a star colouring's sweeps, as many as an acyclic one may take at most: its entries follow from each other."""


@dataclass(frozen=True, eq=False)
class JacobianPlan:
    """The sweeps of a Jacobian.

    Attributes:
        pattern: of the matrix.
        columns: for each column the sweep forward that it is in, -1 for none.
        rows: for each row the sweep backward that it is in, -1 for none.
        forward: how many sweeps there are forward.
        backward: how many there are backward.
        order: of the colouring.
        pulled_where: for each entry whether it is read off a sweep backward; None where all are of one kind.
    """

    pattern: Pattern
    columns: Index
    rows: Index
    forward: int
    backward: int
    order: str
    pulled_where: NDArray[np.bool_] | None = None

    @property
    def sweeps(self) -> int:
        """How many sweeps there are in all."""
        return self.forward + self.backward

    @property
    def method(self) -> str:
        """Which of them there are."""
        if self.forward and self.backward:
            return "sparse-both"
        return "sparse-rows" if self.backward else "sparse-columns"

    @cached_property
    def pushed_together(self) -> list[Index]:
        """The columns of each sweep forward."""
        return members(self.columns, self.forward)

    @cached_property
    def pulled_together(self) -> list[Index]:
        """The rows of each sweep backward."""
        return members(self.rows, self.backward)

    @cached_property
    def _places(self) -> Index:
        """Where each entry stands in what came of all sweeps, laid out one after the other, those forward first."""
        height, width = self.pattern.shape
        rows, columns = self.pattern.rows(), self.pattern.indices
        pushed = self.columns[columns] * height + rows
        if not self.backward:
            return pushed
        pulled = self.forward * height + self.rows[rows] * width + columns
        return pulled if self.pulled_where is None else np.where(self.pulled_where, pulled, pushed)

    def read(self, pushed: NDArray[Any], pulled: NDArray[Any]) -> NDArray[Any]:
        """The entries, in the pattern's order.

        Args:
            pushed: what came of each sweep forward, of shape (forward, rows of the matrix).
            pulled: what came of each sweep backward, of shape (backward, columns of the matrix).
        """
        if not self.backward or not self.forward:
            return (pulled if self.backward else pushed).ravel().take(self._places)
        return np.concatenate([pushed.ravel(), pulled.ravel()]).take(self._places)


def members(colors: Index, count: int) -> list[Index]:
    """What has each colour.

    >>> members(np.array([1, 0, -1, 1]), 2)
    [array([1]), array([0, 3])]
    """
    order = np.argsort(colors, kind="stable")
    return np.split(order, np.searchsorted(colors[order], np.arange(count + 1)))[1:-1] if count else []


def plan_jacobian(
    pattern: Pattern, grid: tuple[int, ...] = (), outputs: tuple[int, ...] = (), forward: bool = True
) -> JacobianPlan:
    """The sweeps that give a Jacobian: of columns, of rows, or of both, whichever are fewest.

    Args:
        pattern: of the matrix.
        grid: the axes of the array that the columns are the entries of, where its shape is known.
        outputs: the same of the rows.
        forward: whether sweeps forward can be made at all.

    >>> arrow = np.eye(6)
    >>> arrow[0, :] = arrow[:, 0] = 1
    >>> plan = plan_jacobian(Pattern.of(arrow))
    >>> plan.method, plan.forward, plan.backward
    ('sparse-both', 2, 1)
    """
    turned = pattern.transposed()
    none = (np.full(pattern.shape[0], -1), np.full(pattern.shape[1], -1))
    best: JacobianPlan | None = None
    if forward:
        across = color_columns(pattern, grid)
        best = JacobianPlan(pattern, across.colors, none[0], across.total, 0, across.order)
    # No colouring of rows is smaller than the fullest column, so that most are not even looked for.
    if best is None or turned.densest_row() < best.sweeps:
        down = color_columns(turned, outputs)
        if best is None or down.total < best.sweeps:
            best = JacobianPlan(pattern, none[1], down.colors, 0, down.total, down.order)
    if forward and best.sweeps > 3:
        best = _by_both(pattern, turned, best)
    return best


def _by_both(pattern: Pattern, turned: Pattern, best: JacobianPlan) -> JacobianPlan:
    """A plan of both directions, if it is well below that of one."""
    limit = _WORTH * best.sweeps
    for rows_apart in (True, False):
        matrix = pattern if rows_apart else turned
        lengths = np.diff(matrix.indptr)
        for bound in _bounds(lengths):
            full = lengths > bound
            if np.count_nonzero(full) > limit:
                continue
            rest = color_columns(matrix.kept(~full))
            apart = color_columns(matrix.kept(full).transposed())
            if rest.total + apart.total <= limit:
                limit = rest.total + apart.total - 1
                best = _of_both(pattern, rest, apart, rows_apart)
    return best


def _of_both(pattern: Pattern, rest: Coloring, apart: Coloring, rows_apart: bool) -> JacobianPlan:
    order = f"{'rows' if rows_apart else 'columns'} apart, {rest.order}"
    if rows_apart:
        pulled = (apart.colors >= 0)[pattern.rows()]
        return JacobianPlan(pattern, rest.colors, apart.colors, rest.total, apart.total, order, pulled)
    pulled = (apart.colors < 0)[pattern.indices]
    return JacobianPlan(pattern, apart.colors, rest.colors, apart.total, rest.total, order, pulled)


def _bounds(lengths: Index) -> list[int]:
    """How many entries a row may have that is not taken apart: the lengths below the largest gaps among them."""
    kinds = np.unique(lengths)
    if kinds.size < 2:
        return []
    jumps = np.argsort(-(kinds[1:] / np.maximum(kinds[:-1], 1)), kind="stable")[:_THRESHOLDS]
    return [int(kinds[i]) for i in jumps]


@dataclass(frozen=True, eq=False)
class SymmetricPlan:
    """The sweeps of a Hessian.

    Attributes:
        pattern: of the matrix, symmetric.
        colors: for each column the sweep that it is in, -1 for none.
        sweeps: how many there are.
        kind: "star" or "acyclic".
        order: of the colouring.
        places: of a star colouring, where each entry stands in what came of the sweeps, laid out sweep by sweep.
        steps: of an acyclic one, the entry that each step of the substitution gives: it, the mirrored one, where its
            sum stands, and where the sum stands that it is taken from.
    """

    pattern: Pattern
    colors: Index
    sweeps: int
    kind: str
    order: str
    places: Index
    steps: list[tuple[int, int, int, int]]

    method: ClassVar[str] = "sparse-columns"

    @cached_property
    def pushed_together(self) -> list[Index]:
        """The columns of each sweep."""
        return members(self.colors, self.sweeps)

    def read(self, pushed: NDArray[Any]) -> NDArray[Any]:
        """The entries, in the pattern's order.

        Args:
            pushed: what came of each sweep, of shape (sweeps, rows of the matrix).
        """
        sums = pushed.ravel()
        if self.kind == "star":
            return sums.take(self.places)
        found = np.zeros(self.pattern.nnz)
        diagonal = self.places >= 0
        found[diagonal] = sums[self.places[diagonal]]
        left = sums.tolist()
        for entry, mirrored, here, there in self.steps:
            number = left[here]
            found[entry] = found[mirrored] = number
            left[there] -= number
        return found


def plan_symmetric(pattern: Pattern, kind: str = "", grid: tuple[int, ...] = ()) -> SymmetricPlan:
    """The sweeps that give a Hessian.

    Args:
        pattern: symmetric.
        kind: "star" or "acyclic"; by default acyclic where that takes a third less.
        grid: the axes of the array that the columns are the entries of, where its shape is known.

    >>> band = sum(np.eye(9, k=k) for k in range(-2, 3))
    >>> plan_symmetric(Pattern.of(band), "star").sweeps, plan_symmetric(Pattern.of(band), "acyclic").sweeps
    (5, 3)
    """
    if kind == "acyclic":
        return _acyclic_plan(pattern, grid)
    found = _star_plan(pattern, grid)
    if not kind and found.sweeps > 3 and pattern.nnz <= _SUBSTITUTED:
        other = _acyclic_plan(pattern, grid)
        if other.sweeps <= _ACYCLIC * found.sweeps:
            return other
    return found


_SUBSTITUTED = 50_000
"""Entries up to which an acyclic colouring is looked for unasked: its substitution takes them one by one."""


def _star_plan(pattern: Pattern, grid: tuple[int, ...]) -> SymmetricPlan:
    found = color_symmetric(pattern, "star", grid)
    rows, columns, n = pattern.rows(), pattern.indices, pattern.shape[0]
    if found.order == "periodic":  # no two columns of a colour meet anywhere
        places = found.colors[columns] * n + rows
        return SymmetricPlan(pattern, found.colors, found.total, "star", found.order, places, [])
    alone = stands_alone(pattern, found.colors)
    here, mirrored = found.colors[columns] * n + rows, found.colors[rows] * n + columns
    return SymmetricPlan(
        pattern, found.colors, found.total, "star", found.order, np.where(alone, here, mirrored), []
    )  # fmt: skip


def _acyclic_plan(pattern: Pattern, grid: tuple[int, ...]) -> SymmetricPlan:
    """With the order of the substitution: from the leaves of each tree of two colours inwards."""
    found = color_symmetric(pattern, "acyclic", grid)
    rows, columns, n = pattern.rows(), pattern.indices, pattern.shape[0]
    keys = found.colors[columns] * n + rows  # the sum in which an entry stands
    diagonal = rows == columns
    mirrors = np.empty(pattern.nnz, dtype=np.int64)
    mirrors[np.lexsort((columns, rows))] = np.lexsort((rows, columns))
    members: dict[int, set[int]] = {}
    for entry in np.flatnonzero(~diagonal).tolist():
        members.setdefault(int(keys[entry]), set()).add(entry)
    ready = [key for key, entries in members.items() if len(entries) == 1]
    steps: list[tuple[int, int, int, int]] = []
    while ready:
        here = ready.pop()
        if len(members[here]) != 1:  # its last entry has come from the other side
            continue
        entry = members[here].pop()
        mirrored = int(mirrors[entry])
        there = int(keys[mirrored])
        members[there].discard(mirrored)
        steps.append((entry, mirrored, here, there))
        if len(members[there]) == 1:
            ready.append(there)
    return SymmetricPlan(
        pattern, found.colors, found.total, "acyclic", found.order, np.where(diagonal, keys, -1), steps
    )  # fmt: skip
