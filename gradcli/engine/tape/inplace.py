"""Operations in place: on leaves, on computed tensors and on views, with history or a clear refusal.

Each computes a new result first, as the operation that is not in place does, then puts it into the memory, counts the
change and takes the result's history over. A change of a view is recorded in its base as CopySlices: the base's
entries with some of them replaced.

Source: PyTorch's notes, "Autograd mechanics", In-place operations with autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.modes import counts, enable_grad, mode
from gradcli.engine.tape.node import AccumulateGrad, Node
from gradcli.engine.tape.tensor import Tensor, TensorLike, marked
from gradcli.engine.tape.views import positions
from gradcli.errors import AutogradError, ShapeProblem

__all__ = ["assign", "in_place", "overwrite", "refresh", "refuse", "write"]


def in_place(tensor: Tensor, name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """Compute `name(tensor, *args)` and put the result into the tensor's memory.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the result has another shape than the tensor.
    """
    refuse(tensor, *args)
    result = call(name, _before(tensor), *args, **keywords)
    if not np.can_cast(result.dtype, tensor.dtype, "same_kind"):
        raise AutogradError(
            f"the result of {name}_ is {result.dtype} and does not fit a tensor of {tensor.dtype}",
            hint=f"use {name}, or make the tensor one of {result.dtype} first",
        )
    return write(tensor, result, name)


def _before(tensor: Tensor) -> Tensor:
    """The tensor as it is now, with its history, in memory of its own."""
    copy = marked(Tensor(tensor.array.copy(), tensor.requires_grad, tensor.grad_fn))
    if tensor.output_nr:
        copy.meta().output_nr, copy.meta().slow_path = tensor.output_nr, True
    return copy


def assign(tensor: Tensor, index: tuple[Any, ...], value: TensorLike) -> None:
    """`tensor[index] = value`, the value broadcast to the region.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the value does not fit.
    """
    refuse(tensor, value)
    region = np.asarray(np.arange(tensor.array.size).reshape(tensor.shape)[index])
    given = value if isinstance(value, Tensor) else Tensor(np.asarray(value))
    if any(isinstance(part, np.ndarray | list) for part in index):
        region = _without_repeats(region, given)
    base = tensor.base_of_views()
    where = region if base is tensor else positions(base, tensor).ravel()[region]
    extra = max(0, given.ndim - region.ndim)
    if given.shape[:extra] == (1,) * extra:  # as in PyTorch, unit axes in front do not count
        given = call("reshape", given, shape=given.shape[extra:])
    _splice(base, where, _shaped(given, region.shape), "copy")


def _without_repeats(region: NDArray[Any], value: Tensor) -> NDArray[Any]:
    """The region with each entry once, where that makes a difference.

    Raises:
        AutogradError: if an entry would get several values that have a gradient: which of them stays, and with it
            the gradient, is not defined.
    """
    if not (mode.enabled and value.requires_grad):
        return region
    once = np.unique(region)
    if once.size == region.size:
        return region
    if value.array.size > 1:
        raise AutogradError(
            "an index names an entry more than once, and which of its values stays is not defined",
            hint="name each entry once; to add values up, use index_add",
        )
    return once


def _shaped(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    if value.shape == shape:
        return value
    try:
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


def overwrite(tensor: Tensor, source: TensorLike, name: str) -> Tensor:
    """Put other values, broadcast, into a tensor's memory; what was there has no say any more."""
    refuse(tensor, source)
    base = tensor.base_of_views()
    given = source if isinstance(source, Tensor) else Tensor(np.asarray(source))
    _splice(base, positions(base, tensor), _shaped(given, tensor.shape), name)
    return tensor


def _splice(base: Tensor, where: Any, result: Tensor, name: str) -> None:
    """Put a result into some entries of a base, whose history then is a CopySlices of both."""
    recorded = mode.enabled and (base.requires_grad or result.requires_grad)
    spliced = (
        apply(rule_of("copy_slices"), (_before(base), _cast(result, base)), {"index": where}) if recorded else None
    )
    np.put(base.memory(), where, np.asarray(result.array).astype(base.dtype))
    _count(base, name)
    if spliced is not None:
        _adopt(base, spliced)
        node = result._edge
        if isinstance(node, Node) and node.out is not None:
            base.owner().meta().saving_nodes.append(node)


def _cast(result: Tensor, base: Tensor) -> Tensor:
    return result if result.dtype == base.dtype else call("astype", result, dtype=base.dtype)


def _adopt(tensor: Tensor, result: Tensor) -> None:
    """Take over the history of what is in the memory now."""
    meta = tensor.meta()
    before = tensor._edge
    tensor._edge = result.edge() if result.requires_grad else None
    if meta.retains_grad and before is not None and before.hooks is not None:
        hooks = before.hooks
        hooks.retain_grad_hooks = [entry for entry in hooks.retain_grad_hooks if entry[1]() is not tensor]
    meta.output_nr = result.output_nr
    if meta.retains_grad:
        meta.retains_grad = False
        tensor.retain_grad()


def _count(tensor: Tensor, name: str) -> None:
    """Count a change; backward refuses what was saved before it."""
    counts.in_place += 1
    owner = tensor.owner()
    meta = owner.meta()
    meta.version += 1
    meta.changed = name
    meta.slow_path = tensor.meta().slow_path = True
    for node in (owner._edge, tensor._edge, *meta.saving_nodes):
        if isinstance(node, Node) and node.out is not None:  # an output is saved as an array, which has no version
            node.change(name)
    meta.saving_nodes = []


def refuse(tensor: Tensor, *args: TensorLike) -> None:
    """Raise for what cannot be changed in place.

    Raises:
        AutogradError: for memory in which one number stands for several entries; for a leaf (or a view of
            one) that requires a gradient, as nothing could record its change; for a view whose base could
            not know of it.
    """
    _refuse_repeated(tensor)
    _refuse_leaf(tensor)
    frozen = "" if tensor._meta is None else tensor._meta.frozen
    if frozen and mode.enabled and any(isinstance(t, Tensor) and t.requires_grad for t in (tensor, *args)):
        raise AutogradError(
            f"this tensor is {frozen}, and is being modified in place",
            hint="use the operation that is not in place, or .clone() first",
        )


def _refuse_repeated(tensor: Tensor) -> None:
    if tensor.array.size and any(
        stride == 0 and n > 1 for stride, n in zip(tensor.array.strides, tensor.shape, strict=True)
    ):
        raise AutogradError(
            "more than one entry of the tensor refers to a single place in memory, which cannot be changed in place",
            hint="use .clone() first",
        )


def _refuse_leaf(tensor: Tensor) -> None:
    base = tensor.base_of_views()
    if not mode.enabled or not isinstance(base._edge, AccumulateGrad):
        return
    if tensor is base or tensor.requires_grad:
        which = "a leaf" if tensor is base else "a view of a leaf"
        raise AutogradError(
            f"{which} that requires grad is being used in an in-place operation",
            hint="do it under no_grad(), or on a .clone()",
        )


def refresh(view: Tensor) -> None:
    """Write a view's history anew if its base has been changed in place since.

    Raises:
        AutogradError: if the view's history cannot be written anew.
    """
    meta = view.meta()
    base = meta.base
    if base is None or meta.seen_version == base._version or base._edge is None:
        return
    if meta.frozen and mode.enabled:
        raise AutogradError(
            f"this tensor is {meta.frozen}, and the memory that it shows has been modified in place since",
            hint="make the view anew, or .clone() it before the change",
        )
    meta.seen_version = base._version
    with enable_grad():
        gathered = apply(rule_of("as_strided"), (base,), {"index": positions(base, view)})
    view._edge = gathered._edge
