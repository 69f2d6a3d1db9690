"""Losses and labels under PyTorch's names, put together from other operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.errors import DomainProblem, ShapeProblem, UsageProblem
from gradcli.ops.functions import labels
from gradcli.ops.functions.scan_rules import grid_of

__all__ = ["LOSSES", "binary_cross_entropy", "cross_entropy", "huber_loss", "layer_norm", "mse_loss", "one_hot"]

Reduction: TypeAlias = Literal["mean", "sum", "none"]


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
        places = labels.class_labels(unwrap(target))
        grid = grid_of(places.shape)
        losses = -logs[(*grid[:axis], places, *grid[axis:])]
    else:
        raise ShapeProblem(f"a target of shape {shape} does not fit logits of shape {x.shape}")
    return losses if reduction == "none" else call(reduction, losses)


def _reduced(losses: Tensor, reduction: str) -> Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise UsageProblem(f"the reduction is 'mean', 'sum' or 'none', not {reduction!r}")
    return losses if reduction == "none" else call(reduction, losses)


def mse_loss(input: TensorLike, target: TensorLike, *, reduction: Reduction = "mean") -> Tensor:
    """The squares of the differences, and their mean.

    >>> mse_loss([1.0, 2.0], [1.0, 4.0])
    tensor(2.)
    """
    return _reduced(call("square", call("sub", input, target)), reduction)


def huber_loss(input: TensorLike, target: TensorLike, reduction: Reduction = "mean", delta: float = 1.0) -> Tensor:
    """Half the squares of small differences, delta times the size of others, less what makes that continuous.

    Raises:
        DomainProblem: for a delta that is not positive.

    >>> huber_loss([1.0, 2.0], [1.5, 5.0], reduction="none")
    tensor([0.1250, 2.5000])
    """
    if delta <= 0:
        raise DomainProblem("huber_loss takes a delta > 0")
    apart = call("sub", input, target)
    size = call("abs", apart)
    losses = call("where", size.array <= delta, call("square", apart) * 0.5, (size - 0.5 * delta) * delta)
    return _reduced(losses, reduction)


def binary_cross_entropy(
    input: TensorLike, target: TensorLike, weight: TensorLike = None, *, reduction: Reduction = "mean"
) -> Tensor:
    """-(target*log(input) + (1 - target)*log(1 - input)), the logarithms not below -100.

    Its slope by the input is (input - target)/max(input*(1 - input), 1e-12), as in PyTorch; where the input is 0 or 1
    that by the target is of the bounded logarithms.

    Raises:
        DomainProblem: for a probability that is not from 0 to 1.
        ShapeProblem: for a target of another shape.

    >>> binary_cross_entropy([0.5, 1.0], [1.0, 1.0])
    tensor(0.3466)
    """
    x = input if isinstance(input, Tensor) else Tensor(np.asarray(input, dtype=float))
    chance = x.array
    if not np.all((chance >= 0) & (chance <= 1)):
        raise DomainProblem("binary_cross_entropy takes probabilities, from 0 to 1")
    if np.shape(unwrap(target)) != x.shape:
        raise ShapeProblem(
            f"a target of shape {np.shape(unwrap(target))} does not fit probabilities of shape {x.shape}"
        )
    target = target if isinstance(target, Tensor) else Tensor(np.asarray(target, dtype=x.dtype))
    steep = chance * (1 - chance) < _STEEP
    inside = call("where", steep, np.asarray(0.5, x.dtype), x)
    losses = (target - 1) * call("log1p", -inside) - target * call("log", inside)
    if steep.any():
        with np.errstate(divide="ignore"):
            logs = [np.maximum(log, -100).astype(x.dtype) for log in (np.log1p(-chance), np.log(chance))]
        slope = (chance - target.array) / _STEEP
        edge = (target - 1) * logs[0] - target * logs[1] + (x - chance) * slope.astype(x.dtype)
        losses = call("where", steep, edge, losses)
    return _reduced(losses if weight is None else losses * weight, reduction)


_STEEP = 9.999999960041972e-13
"""1e-12 as float32, which PyTorch has."""


def layer_norm(
    input: TensorLike, normalized_shape: Any, weight: TensorLike = None, bias: TensorLike = None, eps: float = 1e-5
) -> Tensor:
    """The last axes brought to mean 0 and variance 1, then scaled and shifted.

    Raises:
        ShapeProblem: where the last axes have another shape.

    >>> layer_norm([1.0, 3.0], [2], eps=0.0)
    tensor([-1.,  1.])
    """
    x = input if isinstance(input, Tensor) else Tensor(np.asarray(input, dtype=float))
    sizes = tuple(normalized_shape) if np.ndim(normalized_shape) else (normalized_shape,)
    if not sizes or x.shape[-len(sizes) :] != sizes:
        raise ShapeProblem(f"layer_norm is told of axes {sizes}, and the input has the shape {x.shape}")
    axes = tuple(range(-len(sizes), 0))
    apart = x - call("mean", x, axis=axes, keepdims=True)
    spread = call("mean", call("square", apart), axis=axes, keepdims=True)
    out = apart / call("sqrt", spread + eps)
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


LOSSES: dict[str, Callable[..., Any]] = {
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "huber_loss": huber_loss,
    "layer_norm": layer_norm,
    "mse_loss": mse_loss,
    "one_hot": one_hot,
}
"""By PyTorch's names."""
