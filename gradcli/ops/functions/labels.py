"""Whole numbers that name classes: as an index, and as rows of zeros with a one."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import InputProblem
from gradcli.ops.functions.protocol import Array

__all__ = ["class_labels", "cross_entropy", "one_hot"]


def class_labels(indices: Any) -> Array:
    """Positions that count from 0: others of NumPy's, which count from the end, name no class.

    Raises:
        InputProblem: for a number that is no such position.

    >>> class_labels([0.0, 2.0])
    array([0, 2])
    """
    given = np.asarray(indices)
    if given.dtype.kind == "i" and given.min(initial=0) >= 0:
        return given.astype(np.intp)
    numbers = given.astype(float)
    wrong = numbers[~((numbers >= 0) & (numbers == np.floor(numbers)) & np.isfinite(numbers))]
    if wrong.size:
        raise InputProblem(f"a class is a whole number from 0 up, not {float(wrong.ravel()[0])!r}")
    return numbers.astype(np.intp)


def one_hot(indices: Any, n: Any) -> Array:
    """For each class a row of n numbers, 1 at the class and 0 elsewhere.

    Raises:
        InputProblem: for what is no class below n.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = class_labels(indices)
    if labels.size and labels.max() >= n:
        raise InputProblem(f"there is no class {labels.max()} of {int(n)}", hint="classes count from 0")
    return (labels[..., np.newaxis] == np.arange(int(n))) * 1.0


def cross_entropy(x: Array, target: Array) -> Array:
    """The mean of -log(softmax(x)) at the target classes, or of its products with the target's probabilities.

    The classes are along the second axis, of a vector along its only one, as in PyTorch's
    `torch.nn.functional.cross_entropy`.

    >>> float(cross_entropy(np.array([0.0, 0.0]), 1)), float(cross_entropy(np.zeros((1, 2)), np.array([[0.5, 0.5]])))
    (0.6931471805599453, 0.6931471805599453)
    """
    axis = 1 if np.ndim(x) > 1 else 0
    shifted = x - np.max(x, axis=axis, keepdims=True)
    logs = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    if np.ndim(target) == np.ndim(x):
        return -np.mean(np.sum(target * logs, axis=axis))
    picked = np.take_along_axis(logs, np.expand_dims(class_labels(target), axis), axis)
    return -np.mean(picked)
