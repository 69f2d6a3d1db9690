"""How large the result of a call is, where it can be larger than its arguments: known before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

import numpy as np

from gradcli.reread.budget import Budget
from gradcli.reread.outside import Outside

__all__ = ["check_growth", "check_matrices"]

_MOST_ROWS = 400
"""Of a matrix whose decomposition is computed: about 0.2 s."""


def check_growth(kind: str, args: Sequence[Any]) -> None:
    """See that there is room for a call's result.

    Args:
        kind: how the size comes about.
        args: the arguments, those by name at the end.

    Raises:
        Outside: if there is not.
    """
    if kind == "":
        shapes = [np.shape(arg) for arg in args if isinstance(arg, np.ndarray)]
        try:
            Budget.room(*np.broadcast_shapes(*shapes))
        except ValueError:
            Budget.room(*(float(np.prod(shape)) for shape in shapes))
        return
    Budget.room(*_SIZES[kind](args))


def check_matrices(args: Sequence[Any]) -> None:
    """See that linear algebra ends soon: no matrix is too large, none holds what is not finite.

    Raises:
        Outside: if one does; LAPACK may never come back from a NaN.
    """
    for arg in args:
        if isinstance(arg, np.ndarray) and arg.ndim > 1:
            if max(arg.shape) > _MOST_ROWS:
                raise Outside(f"a matrix of it has more than {_MOST_ROWS} rows")
            if not np.all(np.isfinite(arg)):
                raise Outside("a matrix of it is not finite")


def _numbers(args: Sequence[Any]) -> Iterator[float]:
    for arg in args:
        if isinstance(arg, list | tuple | np.ndarray):
            yield from (abs(float(n)) for n in np.ravel(np.asarray(arg, dtype=float)))
        elif isinstance(arg, bool | int | float):
            yield abs(float(arg))


def _size(arg: Any) -> float:
    return float(np.size(arg))


def _range(args: Sequence[Any]) -> tuple[float, ...]:
    numbers = [float(arg) for arg in args if isinstance(arg, int | float)]
    start, stop, step = {1: (0.0, *numbers, 1.0), 2: (*numbers, 1.0)}.get(len(numbers), (*numbers, 0.0, 0.0, 0.0)[:3])
    return (ceil(min(abs(stop - start), 1e300) / abs(step)) if step else float("inf"),)


def _padded(args: Sequence[Any]) -> tuple[float, ...]:
    widest = max(_numbers(args[1:]), default=0.0)
    return tuple(length + 2 * widest for length in np.shape(args[0]))


_SIZES: dict[str, Callable[[Sequence[Any]], tuple[float, ...]]] = {
    "arange": _range,
    "broadcast_to": lambda args: tuple(_numbers(args[1:])),
    "diag": lambda args: (_size(args[0]) + sum(_numbers(args[1:])),) * (2 if np.ndim(args[0]) == 1 else 1),
    "eye": lambda args: (*_numbers(args), *_numbers(args))[:2],
    "linspace": lambda args: (max(_numbers(args[2:]), default=50.0),),
    "matmul": lambda args: (_size(args[0]) * (np.shape(args[1])[-1] if np.ndim(args[1]) > 1 else 1) / 64,),
    "ones": lambda args: tuple(_numbers(args)),
    "pad": _padded,
    "product": lambda args: tuple(_size(arg) for arg in args if isinstance(arg, np.ndarray)),
    "repeat": lambda args: (_size(args[0]), max(_numbers(args[1:]), default=1.0)),
    "tile": lambda args: (_size(args[0]), *_numbers(args[1:])),
    "zeros": lambda args: tuple(_numbers(args)),
}
