"""Tensors that show another tensor's memory, and their history when that memory is changed in place.

A view's base counts the changes of the memory for all of them. When a base with history has been changed,
the history of a view of it is out of date, and is written anew when it is next asked for: the view is
then the gathering of its entries from the base as it is now (PyTorch's AsStridedBackward).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.modes import counts, mode
from gradcli.engine.tape.tensor import Tensor, share

__all__ = ["mark_view", "place_of"]


def mark_view(made: Tensor, source: Any, frozen: str = "") -> None:
    """Say that a computed tensor shows the memory of the one that it was computed from, if it does.

    Args:
        frozen: why it must not be changed in place with history, if so.
    """
    if not (isinstance(source, Tensor) and isinstance(source.array, np.ndarray) and _shows(made.array, source.array)):
        return
    share(made, source)
    meta, shown = made.meta(), source.meta()
    meta.base = source if shown.base is None else shown.base
    if meta.memory.version:
        meta.seen_version = meta.memory.version
    if frozen or shown.frozen or (counts.not_recording and not mode.enabled):
        meta.frozen = frozen or shown.frozen or "a view made under no_grad()"


def _shows(made: NDArray[Any], source: NDArray[Any]) -> bool:
    """Whether an array has the memory of another; one without entries has that of the array that it was cut from."""
    base = made.base
    if base is source or (base is not None and base is source.base):
        return True
    if made.size:
        return base is not None and np.may_share_memory(made, source)
    return _owner(made) is _owner(source)


def _owner(array: NDArray[Any]) -> Any:
    owner: Any = array
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    return owner


def place_of(base: Tensor, view: Tensor, index: tuple[Any, ...]) -> dict[str, Any]:
    """Where the entries that an index picks from a view lie in its base: statics of `copy_slices` and `as_strided`."""
    if base is view:
        return {"window": None, "index": index}
    memory, seen = base.memory(), view.memory()
    if not memory.flags.c_contiguous:
        return {"window": (0, (memory.size,), (1,)), "index": (_positions(memory, seen)[index],)}
    size = memory.itemsize
    offset = (_start(seen) - _start(memory)) // size
    return {"window": (offset, seen.shape, tuple([stride // size for stride in seen.strides])), "index": index}


def _positions(memory: NDArray[Any], seen: NDArray[Any]) -> NDArray[np.int64]:
    """For each entry of a view its position in an array that is not in order, counted in C order."""
    places = _addresses(memory).ravel()
    order = np.argsort(places)
    found: NDArray[np.int64] = order[np.searchsorted(places, _addresses(seen), sorter=order)]
    return found


def _start(array: NDArray[Any]) -> int:
    """The address of the first entry."""
    address: int = array.__array_interface__["data"][0]
    return address


def _addresses(array: NDArray[Any]) -> NDArray[np.int64]:
    """Where each entry of an array lies."""
    places = np.asarray(_start(array), dtype=np.int64)
    for n, stride in zip(array.shape, array.strides, strict=True):
        places = places[..., None] + np.arange(n, dtype=np.int64) * stride
    return places
