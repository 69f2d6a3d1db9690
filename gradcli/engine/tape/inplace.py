"""Operations in place: on leaves, on computed tensors and on views, with history or a clear refusal.

Each computes a new result first, as the operation that is not in place does, then puts it into the memory, counts the
change and takes the result's history over. A change of a view is recorded in its base as CopySlices: the base's
entries with some of them replaced.

Source: PyTorch's notes, "Autograd mechanics", In-place operations with autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.engine.rules.rule import Statics, rule_of
from gradcli.engine.tape.apply import call, output_nrs_of
from gradcli.engine.tape.modes import counts, mode
from gradcli.engine.tape.node import AccumulateGrad, Edge, Node
from gradcli.engine.tape.tensor import Tensor, TensorLike, marked
from gradcli.engine.tape.views import place_of
from gradcli.errors import AutogradError, ShapeProblem

__all__ = ["add_array", "assign", "in_place", "overwrite", "refresh", "refuse", "write"]


def in_place(tensor: Tensor, name: str, *args: TensorLike, **keywords: Any) -> Tensor:
    """Compute `name(tensor, *args)` and put the result into the tensor's memory.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the result has another shape than the tensor.
    """
    refuse(tensor, *args)
    before = _as_it_is(tensor)
    result = call(name, before, *args, **keywords)
    if result.dtype != tensor.dtype and not np.can_cast(result.dtype, tensor.dtype, "same_kind"):
        raise AutogradError(
            f"the result of {name}_ is {result.dtype} and does not fit a tensor of {tensor.dtype}",
            hint=f"use {name}, or make the tensor one of {result.dtype} first",
        )
    node = result._edge
    if isinstance(node, Node) and any(saved is before for saved in node.tensors):
        before.array = before.array.copy()  # what is saved is what was there before
    return write(tensor, result, name)


def _as_it_is(tensor: Tensor) -> Tensor:
    """The tensor with its history, before it is changed."""
    seen = marked(Tensor(tensor.array, tensor.requires_grad, tensor.grad_fn))
    if tensor.output_nr:
        seen.meta().output_nr, seen.meta().slow_path = tensor.output_nr, True
    return seen


def add_array(tensor: Tensor, array: Any) -> None:
    """Add an array of its shape to a tensor that has no history, in place."""
    if tensor._is_view() or 0 in tensor.array.strides:
        in_place(tensor, "add", array)
        return
    memory = tensor.memory()
    np.add(memory, array, out=memory, casting="same_kind")
    _count(tensor, "add")


_POINTS = frozenset({int, slice, type(None), type(Ellipsis)})
"""Types of an index that shows a part of memory; with others NumPy gathers entries."""


def assign(tensor: Tensor, index: tuple[Any, ...], value: TensorLike) -> None:
    """`tensor[index] = value`, the value broadcast to the region.

    Raises:
        AutogradError: for a leaf that requires a gradient, outside `no_grad`.
        ShapeProblem: if the value does not fit.
    """
    refuse(tensor, value)
    given = value if isinstance(value, Tensor) else Tensor(np.asarray(value))
    if not all(map(_POINTS.__contains__, map(type, index))):
        index = _without_repeats(tensor, index, given)
    elif Ellipsis not in index:
        index = (*index, Ellipsis)
    region = tensor.memory()[index]
    extra = max(0, given.ndim - region.ndim)
    if extra and given.shape[:extra] == (1,) * extra:  # as in PyTorch, unit axes in front do not count
        given = call("reshape", given, shape=given.shape[extra:])
    _splice(tensor, index, _shaped(given, region.shape), "copy")


def _without_repeats(tensor: Tensor, index: tuple[Any, ...], value: Tensor) -> tuple[Any, ...]:
    """The index with each entry once, where that makes a difference.

    Raises:
        AutogradError: if an entry would get several values that have a gradient: which of them stays, and with it
            the gradient, is not defined.
    """
    if not (mode.enabled and value.requires_grad and any(isinstance(part, np.ndarray | list) for part in index)):
        return index
    region = np.arange(tensor.array.size).reshape(tensor.shape)[index]
    once = np.unique(region)
    if once.size == region.size:
        return index
    if value.array.size > 1:
        raise AutogradError(
            "an index names an entry more than once, and which of its values stays is not defined",
            hint="name each entry once; to add values up, use index_add",
        )
    return tuple(np.unravel_index(once, tensor.shape))


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
    if tensor._is_view():
        _splice(tensor, (Ellipsis,), result, name)
        return tensor
    tensor.memory()[...] = result.array
    _count(tensor, name)
    if mode.enabled:
        history = _cast(result, tensor)
        _adopt(tensor, history.edge() if history.requires_grad else None, history.output_nr)
    return tensor


def overwrite(tensor: Tensor, source: TensorLike, name: str) -> Tensor:
    """Put other values, broadcast, into a tensor's memory; what was there has no say any more."""
    refuse(tensor, source)
    given = source if isinstance(source, Tensor) else Tensor(np.asarray(source))
    _splice(tensor, (Ellipsis,), _shaped(given, tensor.shape), name)
    return tensor


def _splice(tensor: Tensor, index: tuple[Any, ...], result: Tensor, name: str) -> None:
    """Put a result into a part of a tensor's memory; the history of its base then is a CopySlices of both."""
    base = tensor.base_of_views()
    recorded = mode.enabled and (base.requires_grad or result.requires_grad)
    node = _copy_slices(base, _cast(result, base), place_of(base, tensor, index)) if recorded else None
    tensor.memory()[index] = result.array
    _count(tensor, name)
    if node is None:
        return
    _adopt(base, node, 0)
    if counts.collectors and mode.collector is not None:
        mode.collector.append(Tensor(base.memory().copy(), True, node))
    saving = result._edge
    if isinstance(saving, Node) and saving.out is not None:
        base.meta().own_memory().saving_nodes.append(saving)


def _copy_slices(base: Tensor, result: Tensor, place: Statics) -> Node:
    """The history of a base with a result in some of its entries: made without computing it on a copy of the base."""
    pair = (base, result)
    edges = tuple([t.edge() if t.requires_grad else None for t in pair])
    node = Node(rule_of("copy_slices"), edges, (), None, (base.shape, result.shape), place)
    return _told(node, output_nrs_of(pair))


def _told(node: Node, output_nrs: tuple[int, ...] | None) -> Node:
    """The node, with which outputs its inputs were noted if not all are the first."""
    if output_nrs is not None:
        node.writable_details().output_nrs = output_nrs
    return node


def _cast(result: Tensor, base: Tensor) -> Tensor:
    return result if result.dtype == base.dtype else call("astype", result, dtype=base.dtype)


def _adopt(tensor: Tensor, edge: Edge | None, output_nr: int) -> None:
    """Take over the history of what is in the memory now."""
    meta = tensor.meta()
    before = tensor._edge
    tensor._edge = edge
    if meta.retains_grad and before is not None and before.hooks is not None:
        hooks = before.hooks
        hooks.retain_grad_hooks = [entry for entry in hooks.retain_grad_hooks if entry[1]() is not tensor]
    meta.output_nr = output_nr
    if meta.retains_grad:
        meta.retains_grad = False
        tensor.retain_grad()


def _count(tensor: Tensor, name: str) -> None:
    """Count a change; backward refuses what was saved before it."""
    counts.in_place += 1
    memory = tensor.meta().own_memory()
    memory.version += 1
    memory.changed = name
    for node in (tensor.owner()._edge, tensor._edge, *memory.saving_nodes):
        if isinstance(node, Node) and node.out is not None:  # an output is saved as an array, which has no version
            node.change(name)
    memory.saving_nodes = []


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
    if (
        0 in tensor.array.strides
        and tensor.array.size
        and any(stride == 0 and n > 1 for stride, n in zip(tensor.array.strides, tensor.shape, strict=True))
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
    place = place_of(base, view, (Ellipsis,))
    node = Node(rule_of("as_strided"), (base._edge,), (), None, (base.shape,), place)
    view._edge = _told(node, output_nrs_of((base,)))
