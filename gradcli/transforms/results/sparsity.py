"""A pattern, and the sweeps that it takes, as a result."""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import JacobianPlan, SymmetricPlan

__all__ = ["Sparsity"]


@dataclass(frozen=True, slots=True)
class Sparsity:
    """Where a program's derivatives may differ from zero.

    Attributes:
        expression: the program's text.
        of: "jacobian" or "hessian".
        plan: the sweeps.
        notes: what the user should know of how the program and the shapes were understood.
    """

    expression: str
    of: str
    plan: JacobianPlan | SymmetricPlan
    notes: tuple[str, ...] = ()

    @property
    def pattern(self) -> Pattern:
        """Where the matrix may differ from zero."""
        return self.plan.pattern

    @property
    def forward(self) -> int:
        """How many sweeps go forward: the colours of columns."""
        return self.plan.forward if isinstance(self.plan, JacobianPlan) else self.plan.sweeps

    @property
    def backward(self) -> int:
        """How many sweeps go backward: the colours of rows."""
        return self.plan.backward if isinstance(self.plan, JacobianPlan) else 0
