"""Which entries of a product depend on which entries of a factor.

Every product of the table is a sum of products over labelled axes, as einsum writes it. A term counts where the other
factor may differ from zero there: a constant's zeros are left out, so that a sparse matrix has a sparse product.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sparsity.index_sets import Sets, relation
from gradcli.ops.calls.memory import check_entries

__all__ = ["Terms", "depends", "terms_of"]

Shape = tuple[int, ...]


class Terms(NamedTuple):
    """A product as a sum over labels.

    Attributes:
        sizes: how far each label counts.
        factors: for each factor, label by label, how far apart its entries are along it; 0 where it does not move.
        value: the same of the value.
        entries: how many the value has.
    """

    sizes: tuple[int, ...]
    factors: tuple[tuple[int, ...], ...]
    value: tuple[int, ...]
    entries: int


def depends(terms: Terms, i: int, lives: Sequence[NDArray[np.bool_]]) -> Sets:
    """Which of the value's entries read which entries of factor i.

    Args:
        terms: of the product.
        i: the factor.
        lives: for each factor, flat, where it may differ from zero.

    Raises:
        MemoryProblem: for more terms than there is room for.
    """
    known = np.zeros((len(terms.sizes), 1), dtype=np.int64)  # of each term the place along each label
    free = list(range(len(terms.sizes)))
    for k in [k for k in range(len(lives)) if k != i]:
        mine = [label for label in free if terms.factors[k][label]]
        known = _spread_over(known, mine, terms.sizes)
        free = [label for label in free if label not in mine]
        if not lives[k].all():
            known = known[:, lives[k][np.array(terms.factors[k], dtype=np.int64) @ known]]
    known = _spread_over(known, free, terms.sizes)
    rows = np.array(terms.value, dtype=np.int64) @ known
    columns = np.array(terms.factors[i], dtype=np.int64) @ known
    return relation(rows, columns, (terms.entries, len(lives[i])))


def _spread_over(known: NDArray[np.int64], labels: Sequence[int], sizes: Shape) -> NDArray[np.int64]:
    """The terms that are known so far, each at every place along some more labels."""
    for label in labels:
        size, count = sizes[label], known.shape[1]
        check_entries("the terms of a product", count * size)
        known = np.repeat(known, size, axis=1)
        known[label] = np.tile(np.arange(size), count)
    return known


def terms_of(name: str, shapes: Sequence[Shape], statics: dict[str, Any]) -> Terms | None:
    """A product as a sum over labels; None for one that is not written so.

    >>> terms_of("matmul", [(2, 3), (3,)], {})
    Terms(sizes=(2, 3), factors=((3, 1), (0, 1)), value=(1, 0), entries=2)
    """
    if name == "einsum":
        return _of_subscripts(statics["subscripts"], shapes)
    if len(shapes) != 2:
        return None
    a, b = shapes
    if name == "matmul":
        return _of_matmul(a, b)
    if name in ("dot", "inner"):
        if not a or not b:
            return _made(
                list(range(len(a) + len(b))), [list(range(len(a))), list(range(len(a), len(a) + len(b)))], shapes
            )
        summed = len(b) - (1 if name == "inner" or len(b) == 1 else 2)
        return _contracted(shapes, [len(a) - 1], [summed])
    if name == "outer":
        return _contracted([(prod(a),), (prod(b),)], [], [])
    if name == "vdot":
        return _contracted([(prod(a),), (prod(b),)], [0], [0])
    if name == "tensordot":
        axes = statics["axes"]
        if isinstance(axes, int):
            return _contracted(shapes, list(range(len(a) - axes, len(a))), list(range(axes)))
        first, second = ([x] if isinstance(x, int) else list(x) for x in axes)
        return _contracted(shapes, [x % len(a) for x in first], [x % len(b) for x in second])
    if name == "kron":
        return _of_kron(a, b)
    return None


def _contracted(shapes: Sequence[Shape], first: list[int], second: list[int]) -> Terms:
    """Sums over pairs of axes; the value has the other axes of both."""
    a, b = shapes
    labels_a = list(range(len(a)))
    labels_b = [labels_a[first[second.index(k)]] if k in second else len(a) + k for k in range(len(b))]
    out = [x for k, x in enumerate(labels_a) if k not in first] + [x for k, x in enumerate(labels_b) if k not in second]
    return _made(out, [labels_a, labels_b], shapes)


def _of_matmul(a: Shape, b: Shape) -> Terms:
    row, inner, column = -1, -2, -3
    labels_a = [*range(max(len(a) - 2, 0)), row, inner] if len(a) > 1 else [inner]
    labels_b = [*range(max(len(b) - 2, 0)), inner, column] if len(b) > 1 else [inner]
    extra_a, extra_b = max(len(a) - 2, 0), max(len(b) - 2, 0)
    most = max(extra_a, extra_b)
    labels_a = [x + most - extra_a if x >= 0 else x for x in labels_a]
    labels_b = [x + most - extra_b if x >= 0 else x for x in labels_b]
    out = [*range(most), *([row] if len(a) > 1 else []), *([column] if len(b) > 1 else [])]
    return _made(out, [labels_a, labels_b], [a, b])


def _of_kron(a: Shape, b: Shape) -> Terms:
    """Each axis of the value is one of the first factor's, and within it one of the second's."""
    dims = max(len(a), len(b))
    a, b = (1,) * (dims - len(a)) + a, (1,) * (dims - len(b)) + b
    steps = _steps(tuple(m * n for m, n in zip(a, b, strict=True)))
    value = tuple(n * step for n, step in zip(b, steps, strict=True)) + steps
    nothing = (0,) * dims
    return Terms(a + b, (_steps(a) + nothing, nothing + _steps(b)), value, prod(a) * prod(b))


def _of_subscripts(subscripts: str, shapes: Sequence[Shape]) -> Terms | None:
    text = subscripts.replace(" ", "")
    if "." in text:
        return None
    given, arrow, out = text.partition("->")
    if not arrow:
        out = "".join(sorted(x for x in set(given) - {","} if given.count(x) == 1))
    order = {letter: i for i, letter in enumerate(dict.fromkeys(given.replace(",", "")))}
    return _made([order[x] for x in out], [[order[x] for x in part] for part in given.split(",")], shapes)


def _made(out: Sequence[int], labels: Sequence[Sequence[int]], shapes: Sequence[Shape]) -> Terms:
    """Terms from the labels of each axis; along one of length one that others repeat a factor on it does not move."""
    sizes: dict[int, int] = {}
    for of, shape in zip(labels, shapes, strict=True):
        for label, n in zip(of, shape, strict=True):
            sizes[label] = n if sizes.get(label, 1) == 1 else sizes[label]
    order = list(sizes)
    factors = [_along(order, of, shape, _steps(shape), sizes) for of, shape in zip(labels, shapes, strict=True)]
    value = tuple(sizes[label] for label in out)
    steps = _along(order, out, value, _steps(value), sizes)
    return Terms(tuple(sizes[x] for x in order), tuple(factors), steps, prod(value))


def _along(
    order: Sequence[int], labels: Sequence[int], shape: Shape, steps: Shape, sizes: dict[int, int]
) -> tuple[int, ...]:
    return tuple(
        sum(step for of, n, step in zip(labels, shape, steps, strict=True) if of == label and n == sizes[label])
        for label in order
    )


def _steps(shape: Shape) -> tuple[int, ...]:
    """How far apart the entries of an array are along each axis, in C order."""
    return tuple(prod(shape[k + 1 :]) for k in range(len(shape)))
