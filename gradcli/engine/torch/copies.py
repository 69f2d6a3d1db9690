"""Copies of tensors by the modules `copy` and `pickle`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.engine.tape.tensor import Tensor, like, marked, share
from gradcli.errors import AutogradError

__all__ = ["PROTOCOL"]


def _leaf(array: Any, requires_grad: bool, kind: type[Tensor] = Tensor) -> Tensor:
    made = marked(like(Tensor(array), object.__new__(kind)))
    made.requires_grad = requires_grad
    return made


def reduce_ex(x: Tensor, protocol: object) -> tuple[Any, ...]:
    """For `pickle`: a leaf of the same values that requires a gradient if the tensor does; no history, no `.grad`."""
    del protocol
    return _leaf, (x.array, x.requires_grad, type(x)), x.__dict__ or None


def deepcopy(x: Tensor, memo: dict[int, Any]) -> Tensor:
    """For `copy.deepcopy`: a leaf with values and a gradient of its own; what shares memory shares that of the copies.

    Raises:
        AutogradError: for a tensor with a history, which belongs to its graph.
    """
    if not x.is_leaf:
        raise AutogradError(
            "only leaf tensors can be copied deeply: this one was computed, and its graph would not be copied",
            hint="use .clone(), or .detach() first",
        )
    made = memo[id(x)] = _on_copied_memory(x, memo)
    made.requires_grad = x.requires_grad
    grad = x.grad
    if grad is not None:
        made.grad = copy.deepcopy(grad.detach(), memo)
    made.__dict__.update(copy.deepcopy(x.__dict__, memo))
    return made


def _on_copied_memory(x: Tensor, memo: dict[int, Any]) -> Tensor:
    """A tensor on a copy of the memory that counts the changes of this one's: each is copied once."""
    owner = x.owner()
    memory = owner.memory() if isinstance(x.array, np.ndarray) else np.empty(0)
    if not memory.flags.forc or not np.may_share_memory(memory, x.array):
        return marked(like(Tensor(x.array.copy()), x))
    counts = memo.setdefault(id(_KEY), {})  # Python keeps ids of what it copies there; this one is nobody else's
    if id(owner) not in counts:
        counts[id(owner)] = marked(like(Tensor(memory.copy(order="K")), owner))
    copied: Tensor = counts[id(owner)]
    if x is owner:
        return copied
    start = (_start(x.array) - _start(memory)) // memory.itemsize
    flat = copied.memory().ravel(order="K")[start:]
    shown = np.lib.stride_tricks.as_strided(flat, x.array.shape, x.array.strides)
    return share(marked(like(Tensor(shown), x)), copied)


_KEY = object()


def _start(array: Any) -> int:
    """The address of the first entry."""
    address: int = array.__array_interface__["data"][0]
    return address


PROTOCOL: dict[str, Callable[..., Any]] = {"__reduce_ex__": reduce_ex, "__deepcopy__": deepcopy}
"""What Python's modules ask an object for."""
