"""What evaluation offers to the functions that it evaluates, be it SymPy's expressions or the steps of a text."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

__all__ = ["Level", "Value"]

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

    def suspect(self, node: Any) -> None:
        """Note that rounding may have taken all digits of a node's value, so that it is tried again with more bits."""

    def sign(self, node: Any, a: Value, b: Value) -> int | None:
        """The sign of a - b, on which the value of a node turns; None where one of them is not-a-number.

        Every comparison must go through here: the level takes note of how close it was, and an answer that
        rounding could have changed is tried again with more bits.
        """
