"""How the next coefficient of a Taylor series comes from those of others, where no derivative is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

import numpy as np

from gradcli.ops import Op
from gradcli.ops.calls.paths import resolve_rule
from gradcli.transforms.taylor.series import Needs, Recipe, Series

__all__ = ["SCHOOLBOOK", "matrix_function", "product", "quotient", "termwise"]


def termwise(forward: Callable[..., Any], args: Sequence[Series]) -> tuple[Recipe, Needs]:
    """A linear map of a series is the map of each coefficient."""
    return (
        lambda known, k: forward(*(a.coefficients[k] for a in args)),
        lambda k: [(a, k) for a in args],
    )


def product(multiply: Callable[[Any, Any], Any], a: Series, b: Series) -> tuple[Recipe, Needs]:
    """Cauchy's product."""

    def recipe(known: Sequence[Any], k: int) -> Any:
        if a.constant:
            return multiply(a.coefficients[0], b.coefficients[k])
        if b.constant:
            return multiply(a.coefficients[k], b.coefficients[0])
        return _total(multiply, a.coefficients[: k + 1], b.coefficients[: k + 1])

    return recipe, lambda k: [(a, 0 if a.constant else k), (b, 0 if b.constant else k)]


def _total(multiply: Callable[[Any, Any], Any], a: Sequence[Any], b: Sequence[Any]) -> Any:
    """The sum of products of the first of a with the last of b, the second with the last but one, ..."""
    terms = map(multiply, a, reversed(b))
    return sum(terms, start=next(terms))


def quotient(op: Op, args: Sequence[Series]) -> tuple[Recipe, Needs]:
    """divisor*out = dividend, solved for the next coefficient of `out`, with the product that the entry undoes."""
    multiply, divide = map(resolve_rule, op.quotient)
    which = op.params.index(multiply.__code__.co_varnames[0])
    divisor, dividend = args[which], args[1 - which]
    like = dividend.coefficients[0]

    def recipe(known: Sequence[Any], k: int) -> Any:
        rest = dividend.coefficients[k]
        if not divisor.constant:
            rest = rest - _total(lambda d, out: multiply(d, out, like), divisor.coefficients[1 : k + 1], known[:k])
        return divide(divisor.coefficients[0], rest, like)

    return recipe, lambda k: [(dividend, k), (divisor, 0 if divisor.constant else k)]


def matrix_function(forward: Callable[..., Any], x: Series, order: int) -> tuple[Recipe, Needs]:
    """All coefficients at once: the first row of blocks of the function's value at a block triangular matrix.

    Matrices with x[j - i] as their block (i, j) multiply as series do, and so a function of one is a series of
    functions of the other.
    Source: R. Mathias, "A chain rule for matrix functions and applications", SIAM J. Matrix Anal. Appl. 17 (1996).
    """
    found: list[Any] = []

    def recipe(known: Sequence[Any], k: int) -> Any:
        if not found:
            n = x.shape[-1]
            blocks = np.zeros((*x.shape[:-2], n * (order + 1), n * (order + 1)))
            for i in range(order + 1):
                for j in range(i, order + 1):
                    blocks[..., i * n : (i + 1) * n, j * n : (j + 1) * n] = x.coefficients[j - i]
            row = forward(blocks)[..., :n, :]
            found.extend(row[..., j * n : (j + 1) * n] for j in range(order + 1))
        return found[k]

    return recipe, lambda k: [(x, order)]


def _sum(sign: int) -> Callable[[Series, Series], tuple[Recipe, Needs]]:
    def make(a: Series, b: Series) -> tuple[Recipe, Needs]:
        def recipe(known: Sequence[Any], k: int) -> Any:
            left, right = a.coefficients[k], b.coefficients[k]
            return left + right if sign > 0 else left - right

        return recipe, lambda k: [(a, k), (b, k)]

    return make


SCHOOLBOOK: dict[str, Callable[..., tuple[Recipe, Needs]]] = {
    "add": _sum(1),
    "sub": _sum(-1),
    "mul": lambda a, b: product(mul, a, b),
    "neg": lambda a: (lambda known, k: -a.coefficients[k], lambda k: [(a, k)]),
}
"""The arithmetic of series, on which all the rest stands."""
