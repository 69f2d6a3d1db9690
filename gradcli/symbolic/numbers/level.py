"""What evaluation offers to the functions that it evaluates, and what it asks of those that are gradcli's own.

Evaluation (`gradcli.symbolic.numbers.evaluate`) knows none of the classes in `gradcli.symbolic.functions`: a
`RealFunction` computes its own value, given the level of precision that asks for it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from sympy.core.expr import Expr

__all__ = ["Level", "RealFunction", "Value"]

Value: TypeAlias = Any
"""An mpf, or None for what has no real value."""


class Level(Protocol):
    """A level of precision: evaluation at one point with so many bits.

    Attributes:
        prec: bits of working precision, which are mpmath's own while a function is evaluated.
    """

    prec: int

    def value(self, expression: Any) -> Value:
        """The value of any expression at the same point with the same precision."""

    def sign(self, node: Any, a: Value, b: Value) -> int | None:
        """The sign of a - b, on which the value of a node turns; None where one of them is not-a-number.

        Every comparison must go through here: the level takes note of how close it was, and an answer that
        rounding could have changed is tried again with more bits.
        """


class RealFunction(Expr):  # type: ignore[misc]  # SymPy has no types
    """A function of gradcli's own as a SymPy expression: it differentiates itself and knows its value at a level.

    It is an `Expr` and not a `Function`, for which SymPy would look for automatic simplifications.

    Attributes:
        strict: whether it has no real value where one of its arguments has none, as nearly every function.
    """

    __slots__ = ()
    strict = True

    def __new__(cls, *args: Any) -> Any:
        """The expression as it stands, nothing evaluated."""
        return Expr.__new__(cls, *args)

    @abstractmethod
    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The value, given those of the arguments.

        Raises:
            Inexpressible: if there is no way to compute it.
        """
