"""The pattern of a Jacobian, from the graph: where an output depends on an input, whatever numbers the inputs have.

The index sets of the points go through the graph once, as tangents do. What is not differentiated by is constant: its
zeros are zeros of the pattern. Where the computation branches on a variable, the branch that was taken counts; a choice
by `where`, or the largest of some entries, counts with all that it chooses from.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.coloring.pattern import Pattern
from gradcli.engine.sparsity.dependence import Varies, sets_of
from gradcli.engine.sparsity.index_sets import Sets, empty, stacked, units
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.tape.tensor import Tensor

__all__ = ["detect", "detect_sparse", "is_truth"]


def is_truth(saved: Any) -> bool:
    """Whether a saved value holds truth values, which most often come of comparing variables."""
    return getattr(getattr(saved, "array", saved), "dtype", None) == np.bool_


def detect(
    outputs: Sequence[Tensor], points: Sequence[Tensor], varies: Varies = is_truth, stretch: Stretch | None = None
) -> Pattern:
    """Where the entries of the outputs, one after the other, depend on those of the points.

    Args:
        outputs: with their history.
        points: what is differentiated by.
        varies: whether a saved value that no gradient passes through is no constant all the same.
        stretch: what lies between them, where it is known.

    Raises:
        MemoryProblem: for more places than there is room for.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> detect([x[1:] * x[:-1]], [x]).filled([1, 1, 1, 1]).toarray()
    array([[1, 1, 0],
           [0, 1, 1]])
    """
    found = detect_sparse(stretch or Stretch(outputs, points), varies, None)
    assert found is not None  # nothing is too much
    return found


def detect_sparse(stretch: Stretch, varies: Varies, most: int | None) -> Pattern | None:
    """The pattern of all that a stretch leads to; None as soon as any array on the way has more places than `most`.

    Raises:
        MemoryProblem: for more places than there is room for.
    """
    outputs, points = stretch.asked, stretch.points
    width = sum(point.array.size for point in points)
    known = _points(points, width)
    uses = Counter(slot for node in stretch.nodes for slot in _read(node))
    uses.update(slot_of(out) for out in outputs if out.requires_grad)
    for node in stretch.nodes:
        arrived = [
            None if edge is None else known.get((edge.key, nr))
            for edge, nr in zip(node.edges, node.output_nrs, strict=True)
        ]
        several = len(node.output_shapes) if node.rule.multi_output else 1
        shapes = [stretch.shapes.get((node.key, nr)) for nr in range(several)]
        for nr, sets in enumerate(sets_of(node, arrived, shapes, width, varies)):
            if most is not None and sets.nnz > most:
                return None
            if uses[node.key, nr]:
                known[node.key, nr] = sets
        for slot in _read(node):  # sets that nobody reads any more give their memory back
            uses[slot] -= 1
            if not uses[slot]:
                known.pop(slot, None)
    found = [
        known.get(slot_of(out), empty(out.array.size, width)) if out.requires_grad else empty(out.array.size, width)
        for out in outputs
    ]
    return Pattern.of(stacked([empty(0, width), *found]))  # without variables there are no outputs to stack


def _read(node: Any) -> set[Slot]:
    return {(edge.key, nr) for edge, nr in zip(node.edges, node.output_nrs, strict=True) if edge is not None}


def _points(points: Sequence[Tensor], width: int) -> dict[Slot, Sets]:
    known, start = {}, 0
    for point in points:
        known[slot_of(point)] = units(point.array.size, start, width)
        start += point.array.size
    return known
