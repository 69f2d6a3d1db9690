"""Backward of what shows or replaces a part of an array: a part of the array's cotangent is changed in place.

The transposes in the table make an array of the argument's size for each part, which is mathematics and what is
recorded. A program that reads an array row by row would so make as many arrays as there are rows. A sweep that is not
recorded holds one sum for each node, and what only a part of the array has sent goes to that part of the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np

from gradcli.engine.tape.node import Edge, Node
from gradcli.ops.functions.windows import shown

__all__ = ["ADD_IN_PLACE"]


class Sums(Protocol):
    """As much of a sweep as is needed here."""

    def add(self, edge: Edge, cotangent: Any, output_nr: int = 0) -> None:
        """Add a cotangent to what has arrived at a node's output."""

    def give(self, edge: Edge, cotangent: Any, output_nr: int = 0) -> None:
        """Add a cotangent that nobody else holds."""

    def own(self, edge: Edge, shape: tuple[int, ...], dtype: Any) -> Any:
        """What has arrived at a node's only output, as an array in C order that may be changed."""


AddInPlace: TypeAlias = Callable[[Sums, Node, Any, bool], None]
"""(sweep, node, g, whether g may be changed) -> None"""


def _add_at(sweep: Sums, node: Node, g: Any, window: Any, index: tuple[Any, ...]) -> None:
    """Add the cotangent of a part to that of the whole."""
    edge, (shape, *_) = node.edges[0], node.shapes
    assert edge is not None, "what is recorded has an edge"
    if edge.rule.multi_output:
        part = np.zeros(shape, g.dtype)
        _add(shown(part, window), index, g)
        sweep.give(edge, part, node.output_nrs[0])
    elif _gathers(index) and np.size(g) * _MANY > prod(shape):
        part = np.zeros(shape, g.dtype)  # sums of what comes to one entry first, as in the transpose
        np.add.at(shown(part, window), index, g)
        sweep.give(edge, part)
    else:
        _add(shown(sweep.own(edge, shape, g.dtype), window), index, g)


_MANY = 8
"""An index that gathers this part of an array's entries gains nothing from not making an array of its size."""


def _gathers(index: tuple[Any, ...]) -> bool:
    """Whether an index has positions or a mask, so that it may name an entry several times."""
    return not all(map(_POINTS.__contains__, map(type, index)))


def _add(whole: Any, index: tuple[Any, ...], g: Any) -> None:
    if not _gathers(index):
        part = whole[index if Ellipsis in index else (*index, Ellipsis)]
        if 0 in part.strides:
            part, g = _once(part, g)
        np.add(part, g, out=part, casting="same_kind")
    else:
        np.add.at(whole, index, g)


def _once(part: Any, g: Any) -> tuple[Any, Any]:
    """A part that shows an entry several times, with each of them once, and the sum of what they are sent."""
    repeated = [axis for axis, stride in enumerate(part.strides) if stride == 0]
    once = tuple([slice(0, 1) if axis in repeated else slice(None) for axis in range(part.ndim)])
    return part[once], np.add.reduce(g, axis=tuple(repeated), keepdims=True)


_POINTS = frozenset({int, slice, type(None), type(Ellipsis)})


def _getitem(sweep: Sums, node: Node, g: Any, owned: bool) -> None:
    _add_at(sweep, node, g, None, node.statics["index"])


def _unpack(sweep: Sums, node: Node, g: Any, owned: bool) -> None:
    _add_at(sweep, node, g, None, (node.statics["place"],))


def _take(sweep: Sums, node: Node, g: Any, owned: bool) -> None:
    statics, shape = node.statics, node.shapes[0]
    index = np.asarray(statics["indices"], dtype=int)
    if statics["axis"] is None or not shape:
        _add_at(sweep, node, g, (0, (int(np.prod(shape, dtype=int)),), (1,)), (index,))
    else:
        _add_at(sweep, node, g, None, (*(slice(None),) * (statics["axis"] % len(shape)), index))


def _as_strided(sweep: Sums, node: Node, g: Any, owned: bool) -> None:
    _add_at(sweep, node, g, **node.statics)


def _copy_slices(sweep: Sums, node: Node, g: Any, owned: bool) -> None:
    """The part that was replaced gets its cotangent; what was there before gets none."""
    (base, values), (_, shape), output_nrs = node.edges, node.shapes, node.output_nrs
    window, index = node.statics["window"], node.statics["index"]
    whole = g if owned and isinstance(g, np.ndarray) and g.flags.c_contiguous else np.array(g, order="C")
    part = shown(whole, window)
    if values is not None:
        sweep.give(values, np.array(part[index]).reshape(shape), output_nrs[1])
    if base is not None:
        part[index] = 0.0
        sweep.give(base, whole, output_nrs[0])


ADD_IN_PLACE: dict[str, AddInPlace] = {
    "as_strided": _as_strided,
    "copy_slices": _copy_slices,
    "getitem": _getitem,
    "take": _take,
    "unpack": _unpack,
}
"""By the operation."""
