"""A Taylor series whose coefficients are computed when they are asked for, each from those of other series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gradcli.engine.torch.protocols import is_query, name_of
from gradcli.errors import UsageProblem
from gradcli.ops import Op, lookup

__all__ = ["Needs", "Operations", "Recipe", "Series"]

Recipe: TypeAlias = Callable[[Sequence[Any], int], Any]
"""(the coefficients known so far, k) -> the coefficient k >= 1."""

Needs: TypeAlias = Callable[[int], list[tuple["Series", int]]]
"""k -> the series and how far they must be known before the coefficient k can be computed."""


class Operations(Protocol):
    """What a series asks of the computation that it belongs to.

    Attributes:
        place: where in the program the series belong that are being made.
    """

    place: Any

    def call(self, name: str, args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        """An operation as the rules of the table write it."""

    def apply(self, op: Op, args: Sequence[Series], statics: dict[str, Any]) -> Any:
        """The series of an operation's value."""


class Series(NDArrayOperatorsMixin):
    """Coefficients known so far, the first from the start, and how to get the next from those of other series."""

    __slots__ = ("coefficients", "computation", "constant", "needs", "place", "recipe")
    __array_priority__ = 2000

    def __init__(
        self, computation: Operations, first: Any, recipe: Recipe, needs: Needs, constant: bool = False
    ) -> None:
        self.computation = computation
        self.coefficients: list[Any] = [first]
        self.recipe = recipe
        self.needs = needs
        self.constant = constant
        self.place = computation.place

    @property
    def array(self) -> Any:
        """The value at t = 0."""
        return self.coefficients[0]

    @property
    def requires_grad(self) -> bool:
        """Whether it depends on t: no axis, shape or index may."""
        return not self.constant

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes, those of every coefficient."""
        return np.shape(self.coefficients[0])

    def upto(self, order: int) -> list[Any]:
        """The coefficients 0 to `order`, without recursion: whatever is missing is computed first."""
        stack = [(self, order)]
        while stack:
            series, k = stack[-1]
            known = len(series.coefficients)
            if known > k:
                stack.pop()
                continue
            self.computation.place = series.place
            missing = [(s, i) for s, i in series.needs(known) if len(s.coefficients) <= i]
            if missing:
                stack += missing
            else:
                series.coefficients.append(series.recipe(series.coefficients, known))
        return self.coefficients[: order + 1]

    def __getitem__(self, index: Any) -> Series:
        whole = index if isinstance(index, tuple) else (index,)
        picked: Series = self.computation.apply(lookup("getitem"), [self], {"index": whole})
        return picked

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__" or keywords:
            raise UsageProblem(f"higher derivatives do not go through {ufunc.__name__}.{method}")
        return self.computation.call(name_of(ufunc), inputs, {})

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        if is_query(function):
            return function(*(getattr(a, "array", a) for a in args), **keywords)
        name = name_of(function)
        return args[0][args[1]] if name == "getitem" else self.computation.call(name, args, keywords)
