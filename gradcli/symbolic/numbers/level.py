"""What evaluation offers to the functions that it evaluates, and what it asks of those that are gradcli's own.

Evaluation (`gradcli.symbolic.numbers.evaluate`) knows none of the classes in `gradcli.symbolic.functions`: a
`RealFunction` computes its own value, given the level of precision that asks for it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from sympy.core.expr import Expr

from gradcli.symbolic.numbers.level_protocol import Level, Value

__all__ = ["Level", "RealFunction", "Value"]


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
