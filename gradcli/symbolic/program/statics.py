"""Axes, shapes and indices out of expressions: they must be plain Python values for NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from mpmath import mp

from gradcli.ops.calls.bind import static
from gradcli.symbolic.functions.predicates import Compare, Logical
from gradcli.symbolic.numbers.adaptive_precision import is_finite
from gradcli.symbolic.numbers.constants import Constants, UnevaluatedConstants
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program.arrays import Rows, is_scalar, to_array
from gradcli.symbolic.program.lazy_sums import LazyOperation, as_expression

__all__ = ["concrete"]


def concrete(value: Any, constants: Constants) -> Any:
    """A static argument as NumPy takes it; a comparison in an index is decided at the point.

    >>> from gradcli.symbolic.numbers.adaptive_precision import Point
    >>> concrete(sympy.Integer(2), Constants(Point()))
    2
    """
    if isinstance(value, tuple):
        return tuple(concrete(v, constants) for v in value)
    if isinstance(value, Rows) or not is_scalar(value):
        return _array(to_array(value), constants)
    if isinstance(value, sympy.logic.boolalg.BooleanAtom):
        return value is sympy.true
    if isinstance(value, sympy.Basic | LazyOperation):
        return _number(as_expression(value), constants)
    return value


def _array(array: Any, constants: Constants) -> Any:
    import numpy as np

    entries = array.ravel()
    if entries.size and all(isinstance(e, Compare | Logical | sympy.logic.boolalg.BooleanAtom) for e in entries):
        _check_settled([as_expression(e) for e in entries], constants)
        truths = [constants.point.number(as_expression(e)) != 0 for e in entries]
        return np.array(truths, dtype=bool).reshape(array.shape)
    numbers = [_number(as_expression(e), constants) for e in entries]
    return tuple(numbers) if array.ndim == 1 else np.array(numbers, dtype=int).reshape(array.shape)


def _check_settled(conditions: Sequence[Any], constants: Constants) -> None:
    """Refuse a mask that changes at the point: which entries it picks differs from one side to the other."""
    if isinstance(constants, UnevaluatedConstants):
        return
    for condition in conditions:
        for comparison in condition.atoms(Compare):
            left, right = comparison.args
            if constants.point.number(left - right) == 0:
                raise Inexpressible("which entries an index picks changes at this point")


def _number(entry: Any, constants: Constants) -> Any:
    number = constants.point.number(entry)
    if number is not None and mp.isinf(number):  # the order of a norm
        return float(number)
    if not is_finite(number):
        raise Inexpressible("an axis, a shape or an index has no value")
    return static(float(number))
