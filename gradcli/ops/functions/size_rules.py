"""How many entries an operation's value has, from the shapes of its arguments and its static arguments.

For the operations whose value can be larger than what their arguments broadcast to. Wrong arguments may raise
whatever they raise: the operation itself then says what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, TypeAlias

from gradcli.errors import ShapeProblem
from gradcli.ops.functions.product_rules import read_subscripts

Shape: TypeAlias = tuple[int, ...]

__all__ = [
    "arange", "broadcast_to", "diag", "dot", "einsum", "eye", "inner", "kron", "linspace", "matmul", "meshgrid",
    "outer", "pad", "repeat", "shape_given", "take", "tensordot", "tile", "triangle",
]  # fmt: skip


def shape_given(shapes: Sequence[Shape], *, shape: Any, **_: Any) -> int:
    """Number of entries of an array of a given shape: zeros, ones, broadcast_to.

    >>> shape_given([], shape=(1000, 1000))
    1000000
    """
    return prod(_numbers(shape)) if not isinstance(shape, float) else int(shape)


broadcast_to = shape_given


def eye(shapes: Sequence[Shape], *, n: Any, m: Any) -> int:
    """Number of entries of an identity matrix."""
    return int(n) * int(n if m is None else m)


def one_hot(shapes: Sequence[Shape], *, indices: Any, n: Any) -> int:
    """Number of entries of a row for each index."""
    return class_labels(shapes, indices=indices) * int(n)


def class_labels(shapes: Sequence[Shape], *, indices: Any) -> int:
    """Number of indices."""
    return int(getattr(indices, "size", None) or _leaves(indices))


def linspace(shapes: Sequence[Shape], *, start: Any, stop: Any, num: Any) -> int:
    """Number of evenly spaced numbers that are asked for."""
    return int(num)


def arange(shapes: Sequence[Shape], *, start: Any, stop: Any, step: Any) -> int:
    """Number of steps that fit between start and stop.

    >>> arange([], start=5, stop=None, step=2)
    3
    """
    first, last = (0, start) if stop is None else (start, stop)
    return max(0, int(-(-(last - first) // step)))


def outer(shapes: Sequence[Shape]) -> int:
    """Number of pairs of an entry of one array with an entry of the other: outer, kron."""
    return prod(shapes[0]) * prod(shapes[1])


kron = outer


def meshgrid(shapes: Sequence[Shape], **_: Any) -> int:
    """Number of entries of the coordinates: for each vector an array with the axes of all.

    >>> meshgrid([(1000,), (1000,)])
    2000000
    """
    return len(shapes) * prod(map(prod, shapes))


def matmul(shapes: Sequence[Shape]) -> int:
    """Number of entries of a matrix product: rows of the left one times columns of the right one, in each batch.

    >>> matmul([(1000, 1), (1, 1000)])
    1000000
    """
    left, right = shapes
    rows = left[-2] if len(left) > 1 else 1
    columns = right[-1] if len(right) > 1 else 1
    return max(prod(left[:-2]), prod(right[:-2])) * rows * columns


def dot(shapes: Sequence[Shape]) -> int:
    """Number of entries of a dot product, which keeps all axes of both arrays but the one that is summed over."""
    left, right = shapes
    if not left or not right:
        return prod(left) * prod(right)
    return prod(left[:-1]) * prod(right[:-2]) * (right[-1] if len(right) > 1 else 1)


def inner(shapes: Sequence[Shape]) -> int:
    """Number of entries of an inner product, which keeps all axes of both arrays but the last."""
    left, right = shapes
    return prod(left[:-1]) * prod(right[:-1]) if left and right else prod(left) * prod(right)


def tensordot(shapes: Sequence[Shape], *, axes: Any) -> int:
    """Number of entries of a tensor product, which keeps all axes of both arrays but those that are summed over.

    Raises:
        ShapeProblem: if there are not so many, of which NumPy would make a list first.
    """
    left, right = shapes
    if isinstance(axes, int):
        if axes > min(len(left), len(right)):
            raise ShapeProblem(f"tensordot cannot sum over {axes:,} axes: there are {len(left)} and {len(right)}")
        return prod(left[: len(left) - axes]) * prod(right[axes:])
    first, second = (_numbers(part) for part in axes)
    summed = prod(left[i] for i in first) * prod(right[i] for i in second)
    return prod(left) * prod(right) // max(1, summed)


def einsum(shapes: Sequence[Shape], *, subscripts: str) -> int:
    """Number of entries of the result: the product of the lengths of its axes."""
    parsed = read_subscripts(subscripts, shapes)
    lengths: dict[str, int] = {}
    for term, shape in zip(parsed.terms, shapes, strict=True):
        for letter, n in zip(term, shape, strict=True):
            lengths[letter] = n if lengths.get(letter, 1) == 1 else lengths[letter]
    return prod(lengths[letter] for letter in parsed.out)


def tile(shapes: Sequence[Shape], *, reps: Any) -> int:
    """Number of entries of all copies together."""
    return prod(shapes[0]) * prod(_numbers(reps))


def repeat(shapes: Sequence[Shape], *, repeats: Any, axis: Any) -> int:
    """Number of entries where each is repeated so many times.

    >>> repeat([(3, 2)], repeats=10**6, axis=0)
    6000000
    """
    shape, counts = shapes[0], _numbers(repeats)
    if len(counts) == 1:
        return prod(shape) * counts[0]
    return sum(counts) if axis is None or not shape else prod(shape) // max(1, shape[axis]) * sum(counts)


def pad(shapes: Sequence[Shape], *, pad_width: Any) -> int:
    """Number of entries of the padded array, each axis of which is longer by what is put before and behind it."""
    shape = shapes[0]
    widths = pad_width if isinstance(pad_width, tuple) else (pad_width,)
    if not any(isinstance(width, tuple) for width in widths):
        widths = (widths,) * len(shape)
    elif len(widths) == 1:
        widths = widths * len(shape)
    grown = (_numbers(width) for width in widths)
    return prod(n + (width[0] + width[-1]) for n, width in zip(shape, grown, strict=True))


def take(shapes: Sequence[Shape], *, indices: Any, axis: Any) -> int:
    """Number of entries of the slices that are taken, one for each index."""
    count = getattr(indices, "size", None) or _leaves(indices)
    shape = shapes[0]
    return count if axis is None or not shape else prod(shape) // max(1, shape[axis]) * count


def diag(shapes: Sequence[Shape], *, k: Any) -> int:
    """Number of entries of the square matrix that a vector makes; a diagonal is smaller than its matrix."""
    shape = shapes[0]
    return (shape[0] + abs(int(k))) ** 2 if len(shape) == 1 else 0


def triangle(shapes: Sequence[Shape], *, k: Any) -> int:
    """Number of entries of a triangle; of a vector NumPy makes a square matrix first, each row the vector."""
    shape = shapes[0]
    return prod(shape) * (shape[0] if len(shape) == 1 else 1)


def _numbers(value: Any) -> tuple[int, ...]:
    """A static argument that may be one number or several, as several."""
    return tuple(int(v) for v in value) if isinstance(value, tuple | list) else (int(value),)


def _leaves(value: Any) -> int:
    """Number of numbers in nested tuples."""
    return sum(_leaves(v) for v in value) if isinstance(value, tuple | list) else 1
