"""What NumPy raises for arguments that an operation does not take, and what a user is told instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import DomainProblem, MemoryProblem, Problem, ShapeProblem
from gradcli.ops.entry.op import Op

__all__ = ["NUMERIC_ERRORS", "explain"]

NUMERIC_ERRORS = (ValueError, TypeError, IndexError, MemoryError, ArithmeticError)
"""What NumPy raises for arguments that an operation does not take."""


def explain(op: Op, args: Sequence[Any], error: Exception) -> Problem:
    """A sentence about the user's arrays in the place of NumPy's.

    Args:
        op: the operation that was called.
        args: its arguments; those that have a shape are told of by it.
        error: what NumPy raised.

    >>> import numpy as np
    >>> from gradcli.ops import lookup
    >>> print(explain(lookup("add"), [np.zeros(2), np.zeros(3)], ValueError()).message)
    shapes (2,) and (3,) do not broadcast in add
    """
    shapes = [tuple(arg.shape) for arg in args if hasattr(arg, "shape")]
    if isinstance(error, MemoryError):
        return MemoryProblem(f"{op.name} needs more memory than there is: {error}")
    if isinstance(error, IndexError) and shapes:  # an axis that is not there too
        return ShapeProblem(f"{error}; the shape is {shapes[0]}", hint="indices and axes count from 0, or from -1 back")
    if len(shapes) > 1 and op.kind == "elementwise":
        listed = " and ".join(map(str, shapes))
        return ShapeProblem(
            f"shapes {listed} do not broadcast in {op.name}",
            hint="shapes are matched from the last axis; sizes must be equal or 1",
        )
    if op.kind == "multilinear":
        return ShapeProblem(
            f"shapes {' and '.join(map(str, shapes))} do not fit in {op.name}",
            hint="the columns of the left one must be as many as the rows of the right one",
        )
    told = f" of shape {' and '.join(map(str, shapes))}" if shapes else ""
    return DomainProblem(f"{op.name} cannot take its argument{told}: {error}")
