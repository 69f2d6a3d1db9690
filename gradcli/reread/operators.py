"""Python's operators, on float64."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.reread.budget import Budget
from gradcli.reread.outside import Outside
from gradcli.reread.values import floats, is_truth, kept_array, operand, plain, scalar_truth, whole

__all__ = ["binary", "compare", "unary"]

_ARITHMETIC: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}

_COMPARISONS: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}

_LOGIC: dict[type[ast.operator], Callable[..., Any]] = {ast.BitAnd: np.logical_and, ast.BitOr: np.logical_or}

_MOST_PRODUCTS = 2**28
"""Multiplications of a matrix product: about a quarter of a second."""


def binary(kind: type[ast.operator], left: Any, right: Any) -> Any:
    """The value of `left OP right`.

    Raises:
        Outside: where Python's or NumPy's meaning is another by documentation, or there is none.

    >>> binary(ast.FloorDiv, 7, 2), binary(ast.Pow, 2, -1), binary(ast.Pow, 2, 1000)
    (3, 0.5, 1.0715086071862673e+301)
    """
    a, b = operand(left), operand(right)
    if kind in _LOGIC:
        if not (is_truth(a) and is_truth(b)):
            raise Outside("& and | of numbers are bits in Python")
        return plain(_LOGIC[kind](a, b))
    if kind is ast.MatMult:
        return _product(a, b)
    if kind not in _ARITHMETIC:
        raise Outside(f"'{kind.__name__}' is no operator of the language")
    if is_truth(a) and is_truth(b):
        if kind is ast.Mult:
            return plain(np.logical_and(a, b))
        if np.ndim(a) or np.ndim(b):
            raise Outside("arithmetic makes numbers of truth values, NumPy's does not")
    Budget.room(*np.broadcast_shapes(np.shape(a), np.shape(b)))
    made = _ARITHMETIC[kind](floats(a), floats(b))
    keeps = kind is not ast.Div and all(whole(x) or is_truth(x) for x in (a, b))
    return _as_whole(made) if keeps else plain(made)


def _product(a: Any, b: Any) -> Any:
    if is_truth(a) and is_truth(b):
        raise Outside("arithmetic makes numbers of truth values, NumPy's does not")
    if np.size(a) * (np.shape(b)[-1] if np.ndim(b) > 1 else 1) > _MOST_PRODUCTS:
        raise Outside("a matrix product of it is too large to compute again")
    return plain(np.matmul(floats(a), floats(b)))


def _as_whole(made: Any) -> Any:
    """Whole numbers as such where float64 holds them exactly; a zero with a sign, which ints lack, stays."""
    array = np.asarray(made)
    exact = np.isfinite(array) & (np.abs(array) <= 2.0**53) & (array == np.floor(array))
    if not np.all(exact) or np.any((array == 0) & np.signbit(array)):
        return plain(made)
    return plain(array.astype(np.int64))


def unary(kind: type[ast.unaryop], value: Any) -> Any:
    """The value of `OP value`.

    Raises:
        Outside: where Python's or NumPy's meaning is another by documentation.

    >>> unary(ast.USub, 2), unary(ast.USub, 0), unary(ast.Not, 0.5)
    (-2, -0.0, False)
    """
    if kind is ast.Not:
        return not scalar_truth(value)
    x = operand(value)
    if kind is ast.Invert:
        if not is_truth(x):
            raise Outside("~ of numbers turns their bits in Python")
        return plain(np.logical_not(x))
    if is_truth(x) and isinstance(x, np.ndarray):
        raise Outside("NumPy has no sign for truth values")
    made = np.negative(floats(x)) if kind is ast.USub else np.positive(floats(x))
    return _as_whole(made) if whole(x) or is_truth(x) else plain(made)


def compare(kind: type[ast.cmpop], left: Any, right: Any) -> Any:
    """The truth of `left OP right`, entry by entry."""
    if kind not in _COMPARISONS:
        raise Outside("'in' and 'is' are not in the language")
    a, b = kept_array(operand(left)), kept_array(operand(right))
    Budget.room(*np.broadcast_shapes(a.shape, b.shape))
    return plain(_COMPARISONS[kind](a, b))
