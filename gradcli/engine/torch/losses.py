"""Losses and labels under PyTorch's names, put together from other operations."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.ops.functions import labels

__all__ = ["cross_entropy", "one_hot"]


def one_hot(indices: TensorLike, num_classes: int = -1) -> Tensor:
    """For each whole number a row of as many as there are classes, 1 at its place, as whole numbers.

    Args:
        indices: whole numbers from 0 up.
        num_classes: by default one more than the largest of them.

    Raises:
        InputProblem: for what is no class.

    >>> one_hot([2, 0])
    tensor([[0, 0, 1],
            [1, 0, 0]])
    """
    numbers = labels.class_labels(unwrap(indices))
    count = int(numbers.max(initial=-1)) + 1 if num_classes < 0 else num_classes
    return Tensor(labels.one_hot(numbers, count).astype(np.int64))


def cross_entropy(
    input: TensorLike,
    target: TensorLike,
    weight: Any = None,
    *,
    reduction: Literal["mean", "sum", "none"] = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log(softmax(input)) at the target's classes, or its products with the target's probabilities, summed.

    Args:
        input: logits, whose classes are along the second axis, of a vector along its only one.
        target: whole numbers for classes, without that axis; or probabilities, in the input's shape.
        weight: of the classes; None alone is taken.
        reduction: whether the mean of the losses is given, their sum, or each.
        label_smoothing: 0 alone is taken.

    Raises:
        UsageProblem: for weights or smoothing.
        ShapeProblem: for a target that does not fit.
        InputProblem: for what is no class.

    >>> cross_entropy([[0.0, 0.0], [1.0, 1.0]], [1, 0])
    tensor(0.6931)
    """
    if weight is not None or label_smoothing:
        raise UsageProblem("cross_entropy takes neither weights of classes nor smoothing of labels here")
    if reduction not in ("mean", "sum", "none"):
        raise UsageProblem(f"the reduction is 'mean', 'sum' or 'none', not {reduction!r}")
    x = input if isinstance(input, Tensor) else Tensor(np.asarray(input, dtype=float))
    axis = 1 if x.ndim > 1 else 0
    shape = np.shape(unwrap(target))
    logs = call("log_softmax", x, axis=axis)
    if shape == x.shape:
        losses = call("neg", call("sum", call("mul", target, logs), axis=axis))
    elif shape == (*x.shape[:axis], *x.shape[axis + 1 :]):
        places = np.expand_dims(labels.class_labels(unwrap(target)), axis)
        losses = call("neg", call("squeeze", call("take_along_axis", logs, indices=places, axis=axis), axis=axis))
    else:
        raise ShapeProblem(f"a target of shape {shape} does not fit logits of shape {x.shape}")
    return losses if reduction == "none" else call(reduction, losses)
