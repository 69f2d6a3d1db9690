"""NumPy's functions on arrays of objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["on_objects"]


def on_objects(function: Callable[..., Any], *arrays: Any, **statics: Any) -> Any:
    """A function's value for arrays of objects.

    NumPy's dot goes on to the next entry after an error in an object's arithmetic; Python then says SystemError, and
    the error itself stands at the end of the chain of causes.

    Raises:
        Exception: what the objects' arithmetic raised, or the function.

    >>> import numpy as np
    >>> class Tired:
    ...     def __mul__(self, other):
    ...         raise RuntimeError("too much work")
    >>> tired = np.array([[Tired(), Tired()], [Tired(), Tired()]])
    >>> on_objects(np.dot, tired, tired)
    Traceback (most recent call last):
        ...
    RuntimeError: too much work
    """
    try:
        return function(*arrays, **statics)
    except SystemError as error:
        cause: BaseException = error
        while isinstance(cause, SystemError) and cause.__cause__ is not None:
            cause = cause.__cause__
        raise cause from None
