"""Tensors that show another tensor's memory, and their history when that memory is changed in place.

A view's base counts the changes of the memory for all of them. When a base with history has been changed,
the history of a view of it is out of date, and is written anew when it is next asked for: the view is
then the gathering of its entries from the base as it is now (PyTorch's AsStridedBackward).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.modes import mode
from gradcli.engine.tape.tensor import Tensor, share

__all__ = ["mark_view", "positions"]


def mark_view(made: Tensor, source: Any, frozen: str = "") -> None:
    """Say that a computed tensor shows the memory of the one that it was computed from, if it does.

    Args:
        frozen: why it must not be changed in place with history, if so.
    """
    if not isinstance(source, Tensor):
        return
    if not isinstance(source.array, np.ndarray):
        return
    if not _shows(made.array, source.array):
        return
    share(made, source)
    meta = made.meta()
    meta.base = source.base_of_views()
    meta.seen_version = source._version
    meta.frozen = frozen or source.meta().frozen or ("" if mode.enabled else "a view made under no_grad()")


def _shows(made: NDArray[Any], source: NDArray[Any]) -> bool:
    """Whether an array has the memory of another; one without entries has that of the array that it was cut from."""
    if made.size:
        return np.may_share_memory(made, source)
    return _owner(made) is _owner(source)


def _owner(array: NDArray[Any]) -> Any:
    owner: Any = array
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    return owner


def positions(base: Tensor, view: Tensor) -> NDArray[np.int64]:
    """For each entry of a view its position in the base's memory, counted in the base's C order."""
    memory, shown = base.memory(), view.memory()
    if memory.flags.c_contiguous:
        start: int = memory.__array_interface__["data"][0]
        offsets: NDArray[np.int64] = (_addresses(shown) - start) // memory.itemsize
        return offsets
    places = _addresses(memory).ravel()
    order = np.argsort(places)
    found: NDArray[np.int64] = order[np.searchsorted(places, _addresses(shown), sorter=order)]
    return found


def _addresses(array: NDArray[Any]) -> NDArray[np.int64]:
    """Where each entry of an array lies."""
    places = np.asarray(array.__array_interface__["data"][0], dtype=np.int64)
    for n, stride in zip(array.shape, array.strides, strict=True):
        places = places[..., None] + np.arange(n, dtype=np.int64) * stride
    return places
