"""How our own functions of arrays give way to Tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

import numpy as np

__all__ = ["Array", "in_type_of", "plain", "protocol", "quiet"]

Array: TypeAlias = Any
"""An ndarray or NumPy scalar; a Tensor too, where a rule is being recorded."""

quiet = np.errstate(all="ignore")
"""A decorator: infinities and NaNs are values like others and arise without NumPy's warnings, as in PyTorch."""

F = TypeVar("F", bound=Callable[..., Any])


def protocol(function: F) -> F:
    """Let a function of arrays be overridden by array-likes, as NumPy's functions are (NEP 18)."""

    @functools.wraps(function)
    def dispatching(*args: Any, **kwargs: Any) -> Any:
        for arg in _flat(args):
            override = getattr(type(arg), "__array_function__", None)
            if override is not None and type(arg) is not np.ndarray:
                return override(arg, dispatching, (type(arg),), args, kwargs)
        return function(*args, **kwargs)

    return dispatching  # type: ignore[return-value]  # functools.wraps keeps the signature


def _flat(args: tuple[Any, ...]) -> Iterable[Any]:
    """The arguments, and the items of lists among them."""
    for arg in args:
        if isinstance(arg, list | tuple):
            yield from arg
        else:
            yield arg


def in_type_of(x: Array, out: Array) -> Array:
    """A result computed in float64, in float32 where the argument is."""
    return out.astype(np.float32) if getattr(x, "dtype", None) == np.float32 else out


def plain(x: Array) -> Array:
    """The numbers of a Tensor, for parts of a rule that no gradient flows through; an array as it is."""
    return getattr(x, "array", x)
