"""Derivatives by a complex step: f(x + ih) has h f'(x) as its imaginary part, and nothing is subtracted.

For functions of which every recorded operation continues to complex numbers.

Source: W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40
(1998) 110-112.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.node import AccumulateGrad, Edge
from gradcli.engine.tape.tensor import Tensor

__all__ = ["complex_columns"]

Array: TypeAlias = NDArray[np.float64]

_STEP = 2.0**-70
"""The step, times the entry's size where that is below 1.

A complex step is wrong by its square, 2**-140, times a sixth of the third derivative. Next to a unit roundoff of 2**-53
that is nothing, even where the third derivative is 2**80 times the first.
"""


def complex_columns(func: Callable[..., Tensor], arguments: Sequence[Any], which: int) -> Array | None:
    """The Jacobian of a function's tensor by one of its arguments; None where it does not continue.

    >>> import gradcli
    >>> complex_columns(lambda x: x**3, [gradcli.tensor([1.0, 2.0], requires_grad=True)], 0)
    array([[ 3.,  0.],
           [ 0., 12.]])
    >>> complex_columns(lambda x: abs(x), [gradcli.tensor([1.0, 2.0], requires_grad=True)], 0)
    """
    point = np.asarray(arguments[which].array)
    columns = []
    for index in np.ndindex(point.shape):
        moved = point.astype(np.complex128)
        step = _STEP * min(abs(point[index]) or 1.0, 1.0)
        moved[index] += 1j * step
        out = _value(func, [Tensor(moved, True) if i == which else x for i, x in enumerate(arguments)])
        if out is None:
            return None
        columns.append(np.ravel(np.imag(out.array)) / step)
    return np.stack(columns, axis=1) if columns else None


def _value(func: Callable[..., Tensor], arguments: Sequence[Any]) -> Tensor | None:
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            out = func(*arguments)
    except Exception:  # noqa: BLE001  # whatever the user's function makes of complex numbers
        return None
    return out if _continues(out) else None


def _continues(out: Tensor) -> bool:
    """Whether every operation of the graph does."""
    seen: set[int] = set()
    todo: list[Edge | None] = [out.edge()] if out.requires_grad else []
    while todo:
        node = todo.pop()
        if node is None or node.key in seen or isinstance(node, AccumulateGrad):
            continue
        if not node.rule.op.analytic:
            return False
        seen.add(node.key)
        todo += node.edges
    return True
