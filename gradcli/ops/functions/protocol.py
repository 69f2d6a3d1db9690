"""How our own functions of arrays give way to Tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np

__all__ = ["Array", "in_shape", "in_type_of", "plain", "protocol", "quiet"]

Array: TypeAlias = Any
"""An ndarray or NumPy scalar; a Tensor too, where a rule is being recorded."""

quiet = np.errstate(all="ignore")
"""A decorator: infinities and NaNs are values like others and arise without NumPy's warnings, as in PyTorch."""

F = TypeVar("F", bound=Callable[..., Any])


def protocol(function: F) -> F:
    """Let a function of arrays be overridden by array-likes, as NumPy's functions are (NEP 18).

    As the attribute `of_arrays` it keeps the function itself, for those who know that they have arrays.
    """

    @functools.wraps(function)
    def dispatching(*args: Any, **kwargs: Any) -> Any:
        for arg in args:
            if type(arg) is np.ndarray or type(arg) is np.float64:
                continue
            for item in arg if isinstance(arg, list | tuple) else (arg,):
                override = getattr(type(item), "__array_function__", None)
                if override is not None and type(item) is not np.ndarray:
                    return override(item, dispatching, (type(item),), args, kwargs)
        return function(*args, **kwargs)

    dispatching.of_arrays = function  # type: ignore[attr-defined]
    return dispatching  # type: ignore[return-value]  # functools.wraps keeps the signature


def in_shape(x: Array, shape: tuple[int, ...]) -> Array:
    """The entries in another shape."""
    return x.reshape(shape) if type(x) is np.ndarray else np.reshape(x, shape)


def in_type_of(x: Array, out: Array) -> Array:
    """A result computed in float64, in float32 where the argument is."""
    return out.astype(np.float32) if getattr(x, "dtype", None) == np.float32 else out


def plain(x: Array) -> Array:
    """The numbers of a Tensor, for parts of a rule that no gradient flows through; an array as it is."""
    return getattr(x, "array", x)
