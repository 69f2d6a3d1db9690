"""Copies of tensors by the modules `copy` and `pickle`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from gradcli.engine.tape.tensor import Tensor, marked
from gradcli.errors import AutogradError

__all__ = ["PROTOCOL"]


def _leaf(array: Any, requires_grad: bool) -> Tensor:
    made = marked(Tensor(array))
    made.requires_grad = requires_grad
    return made


def reduce_ex(x: Tensor, protocol: object) -> tuple[Any, ...]:
    """For `pickle`: a leaf of the same values that requires a gradient if the tensor does; no history, no `.grad`."""
    del protocol
    return _leaf, (x.array, x.requires_grad), x.__dict__ or None


def deepcopy(x: Tensor, memo: dict[int, Any]) -> Tensor:
    """For `copy.deepcopy`: a leaf with values and a gradient of its own.

    Raises:
        AutogradError: for a tensor with a history, which belongs to its graph.
    """
    if not x.is_leaf:
        raise AutogradError(
            "only leaf tensors can be copied deeply: this one was computed, and its graph would not be copied",
            hint="use .clone(), or .detach() first",
        )
    made = memo[id(x)] = _leaf(x.array.copy(), x.requires_grad)
    grad = x.grad
    if grad is not None:
        made.grad = copy.deepcopy(grad.detach(), memo)
    made.__dict__.update(copy.deepcopy(x.__dict__, memo))
    return made


PROTOCOL: dict[str, Callable[..., Any]] = {"__reduce_ex__": reduce_ex, "__deepcopy__": deepcopy}
"""What Python's modules ask an object for."""
