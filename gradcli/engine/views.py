"""Tensors that show another tensor's memory, and their history when that memory is changed in place.

A view's base counts the changes of the memory for all of them. When a base with history has been changed,
the history of a view of it is out of date, and is written anew when it is next asked for: the view is
then the gathering of its entries from the base as it is now (PyTorch's AsStridedBackward).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.modes import enable_grad
from gradcli.engine.rule import rule_of
from gradcli.engine.tensor import Tensor, apply

__all__ = ["mark_view", "positions", "refresh", "share"]

_DETACHED = -1


def mark_view(made: Tensor, source: Any) -> None:
    """Say that a computed tensor shows the memory of the one that it was computed from, if it does."""
    if not isinstance(source, Tensor):
        return
    if not isinstance(source.array, np.ndarray) or not np.may_share_memory(made.array, source.array):
        return
    share(made, source)
    extra = made.extra()
    extra.seen = source._version if source._extra is None or source._extra.seen != _DETACHED else _DETACHED


def share(made: Tensor, source: Tensor) -> Tensor:
    """Make `made` a view of the memory of `source`, without history from it."""
    base = source.base_of_views()
    extra = made.extra()
    extra.base = base
    extra.special = base.extra().special = True
    extra.seen = _DETACHED
    return made


def refresh(view: Tensor) -> None:
    """Write a view's history anew if its base has been changed in place since."""
    extra = view.extra()
    base = extra.base
    if base is None or extra.seen in (_DETACHED, base._version) or not base._requires_grad:
        return
    extra.seen = base._version
    with enable_grad():
        gathered = apply(rule_of("as_strided"), (base,), {"index": positions(base, view)})
    view._grad_fn = gathered._grad_fn
    view._requires_grad = True


def positions(base: Tensor, view: Tensor) -> NDArray[np.int64]:
    """For each entry of a view its position in the base's memory, counted in the base's C order."""
    memory, shown = base.memory(), view.memory()
    order = np.arange(memory.size).reshape(memory.shape)
    if not memory.flags.c_contiguous:
        order = _laid_out_like(memory, order)
    offset = (shown.__array_interface__["data"][0] - memory.__array_interface__["data"][0]) // memory.itemsize
    strides = tuple(s // memory.itemsize * order.itemsize for s in shown.strides)
    flat = order.ravel(order="K")
    start = flat[offset:] if shown.size else flat[:0]
    return np.lib.stride_tricks.as_strided(start, shown.shape, strides).copy()


def _laid_out_like(memory: NDArray[Any], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of the entries, in the same layout as the memory itself."""
    copy = np.empty_like(memory, dtype=np.int64)
    copy[...] = order
    return copy
