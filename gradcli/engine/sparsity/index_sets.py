"""For each entry of an array the set of input entries that it depends on: the rows of a sparse matrix of truth values.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 7: index domains.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.ops.calls.memory import check_entries

__all__ = ["Sets", "all_of_all", "empty", "relation", "stacked", "taken", "times", "union", "units"]

Sets = Any
"""A SciPy matrix in compressed rows, of truth values: a row for each entry, in C order, a column for each input."""

_WHAT = "the pattern of the derivatives"


def units(count: int, start: int, width: int) -> Sets:
    """For `count` entries each the one input that it is, from one on."""
    return _made(np.arange(start, start + count), np.arange(count + 1), width)


def empty(count: int, width: int) -> Sets:
    """Sets without anything in them."""
    return _made(np.zeros(0, dtype=np.int64), np.zeros(count + 1, dtype=np.int64), width)


def _made(indices: Any, indptr: Any, width: int) -> Sets:
    from scipy.sparse import csr_array

    check_entries(_WHAT, len(indices))
    return csr_array((np.ones(len(indices), dtype=bool), indices, indptr), shape=(len(indptr) - 1, width))


def taken(sets: Sets, places: NDArray[np.int64]) -> Sets:
    """The sets at these places, -1 standing for an empty one."""
    count = len(places)
    if not count:
        return empty(0, sets.shape[1])
    first, last = int(places[0]), int(places[-1])
    if first >= 0 and last - first == count - 1 and bool(np.all(np.diff(places) == 1)):
        return sets if count == sets.shape[0] else sets[first : last + 1]
    lengths = np.diff(sets.indptr)[places]
    lengths[places < 0] = 0
    indptr = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    check_entries(_WHAT, int(indptr[-1]))
    at = np.repeat(sets.indptr[places] - indptr[:-1], lengths) + np.arange(indptr[-1])
    return _made(sets.indices[at], indptr, sets.shape[1])


def union(parts: Sequence[Sets]) -> Sets:
    """For each entry all that is in any of its sets."""
    different = list({id(part): part for part in parts}.values())
    found = reduce(lambda one, other: one + other, different)
    check_entries(_WHAT, found.nnz)
    return found


def stacked(parts: Sequence[Sets]) -> Sets:
    """The sets of several arrays, one after the other."""
    if len(parts) == 1:
        return parts[0]
    from scipy.sparse import vstack

    return vstack(parts, format="csr")


def times(relation: Sets, sets: Sets) -> Sets:
    """For each row of a relation the union of the sets of the entries that it names."""
    if relation.shape[0] == 1 and relation.nnz == sets.shape[0]:
        return all_of_all(sets, 1)
    found = relation @ sets
    check_entries(_WHAT, found.nnz)
    return found


def all_of_all(sets: Sets, count: int) -> Sets:
    """For each of `count` entries the union of all sets."""
    seen = np.flatnonzero(np.bincount(sets.indices, minlength=sets.shape[1]))
    check_entries(_WHAT, count * len(seen))
    return _made(np.tile(seen, count), np.arange(count + 1) * len(seen), sets.shape[1])


def relation(rows: Any, columns: Any, shape: tuple[int, int]) -> Sets:
    """What names these places."""
    from scipy.sparse import coo_array

    check_entries(_WHAT, len(rows))
    return coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=shape).tocsr()
