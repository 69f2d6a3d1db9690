"""Operations in place: on leaves, on computed tensors and on views, with history or a clear refusal."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.engine.modes import changes, mode
from gradcli.engine.rule import rule_of
from gradcli.engine.tensor import Tensor, TensorLike, apply, call
from gradcli.engine.views import positions
from gradcli.errors import AutogradError, ShapeProblem

__all__ = ["assign", "in_place", "write"]


def in_place(tensor: Tensor, name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """Compute `name(tensor, *args)` and put the result into the tensor's memory.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the result has another shape than the tensor.
    """
    refuse_leaf(tensor)
    return write(tensor, call(name, _before(tensor), *args, **keywords), name)


def _before(tensor: Tensor) -> Tensor:
    """The tensor as it is now, with its history, in memory of its own."""
    copy = Tensor(tensor.array.copy(), tensor.requires_grad, tensor.grad_fn)
    if tensor.output_nr:
        copy.extra().output, copy.extra().special = tensor.output_nr, True
    return copy


def assign(tensor: Tensor, index: tuple[Any, ...], value: TensorLike) -> None:
    """`tensor[index] = value`, the value broadcast to the region.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the value does not fit.
    """
    refuse_leaf(tensor)
    region = np.asarray(np.arange(tensor.array.size).reshape(tensor.shape)[index])
    given = value if isinstance(value, Tensor) else Tensor(np.asarray(value))
    base = tensor.base_of_views()
    where = region if base is tensor else positions(base, tensor).ravel()[region]
    _splice(base, where, _shaped(given, region.shape), "copy_")


def _shaped(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    if value.shape == shape:
        return value
    try:
        if value.ndim > len(shape) and value.array.size == int(np.prod(shape)):
            return call("reshape", value, shape=shape)
        return call("broadcast_to", value, shape=shape)
    except ValueError:
        raise ShapeProblem(f"a value of shape {value.shape} does not fit a region of shape {shape}") from None


def write(tensor: Tensor, result: Tensor, name: str) -> Tensor:
    """Put a computed result, with its history, into a tensor's memory."""
    if result.shape != tensor.shape:
        raise ShapeProblem(
            f"the result of {name}_ has shape {result.shape} and the tensor has shape {tensor.shape}",
            hint="an operation in place cannot change the shape",
        )
    base = tensor.base_of_views()
    if base is not tensor:
        _splice(base, positions(base, tensor), result, name)
        return tensor
    tensor.memory()[...] = result.array
    _count(tensor, name)
    if mode.enabled:
        _adopt(tensor, _cast(result, tensor))
    return tensor


def _splice(base: Tensor, where: Any, result: Tensor, name: str) -> None:
    """Put a result into some entries of a base, whose history then is a CopySlices of both."""
    recorded = mode.enabled and (base.requires_grad or result.requires_grad)
    spliced = (
        apply(rule_of("copy_slices"), (_before(base), _cast(result, base)), {"index": where}) if recorded else None
    )
    np.put(base.memory(), where, result.array)
    _count(base, name)
    if spliced is not None:
        _adopt(base, spliced)


def _cast(result: Tensor, base: Tensor) -> Tensor:
    return result if result.dtype == base.dtype else call("astype", result, dtype=base.dtype)


def _adopt(tensor: Tensor, result: Tensor) -> None:
    """Take over the history of what is in the memory now."""
    tensor._grad_fn = result.grad_fn
    tensor._requires_grad = result.requires_grad
    tensor.extra().output = result.output_nr


def _count(tensor: Tensor, name: str) -> None:
    """Count a change; backward refuses what was saved before it."""
    changes.count += 1
    extra = tensor.extra()
    extra.version += 1
    extra.changed = name
    extra.special = True
    if tensor._grad_fn is not None and tensor._grad_fn.out is not None:
        tensor._grad_fn.changed = name


def refuse_leaf(tensor: Tensor) -> None:
    """Raise for a leaf (or a view of one) that requires a gradient, as nothing could record its change."""
    base = tensor.base_of_views()
    if not mode.enabled or not base._requires_grad or base._grad_fn is not None:
        return
    if tensor is base or tensor.requires_grad:
        which = "a leaf" if tensor is base else "a view of a leaf"
        raise AutogradError(
            f"{which} that requires grad is being used in an in-place operation",
            hint="do it under no_grad(), or on a .clone()",
        )
