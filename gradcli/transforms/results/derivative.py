"""Derivatives of any order by one variable as a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from gradcli.transforms.results.base import Derived, changed
from gradcli.transforms.results.labels import nth_name
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.symbolic import Question

__all__ = ["Derivative"]


@dataclass(frozen=True, slots=True)
class Derivative(Derived):
    """A value and its derivatives by one variable, up to some order.

    Attributes:
        variable: the name.
        order: of the highest derivative.
        derivatives: the first to the highest, each of the value's shape.
    """

    command: ClassVar[str] = "derivative"

    variable: str
    order: int
    derivatives: tuple[Value, ...]

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The derivatives, order by order."""
        return (
            (nth_name(self.variable, k, self.outputs.called), found)
            for k, found in enumerate(self.derivatives, start=1)
        )

    def bare(self) -> list[Value]:
        """The highest derivative."""
        return [self.derivatives[-1]]

    def document(self) -> dict[str, Any]:
        """The variable, the order, and all derivatives."""
        return {"variable": self.variable, "order": self.order, "derivatives": self.derivatives}

    def wrt(self) -> tuple[str, ...]:
        """The one variable."""
        return (self.variable,)

    def by_each(self) -> tuple[str, ...]:
        """None: there is one variable, a number, and many orders."""
        return ()

    def highest_order(self) -> int:
        """The order."""
        return self.order

    def count(self) -> int:
        """As many as the derivatives have entries."""
        return sum(int(np.size(d)) for d in self.derivatives)

    def address(self, position: int) -> EntryAddress:
        """Output by output, order by order."""
        from gradcli.address import EntryAddress, Input

        output, before = divmod(position, self.order)
        return EntryAddress(output, (Input(self.variable),) * (before + 1))

    def derivative_at(self, address: EntryAddress) -> float:
        """The entry of the derivative of its order."""
        return float(np.ravel(self.derivatives[address.order - 1])[address.output])

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the derivatives."""
        made = [
            changed(found, {address.output: n for address, n in numbers.items() if address.order == order})
            for order, found in enumerate(self.derivatives, start=1)
        ]
        return replace(self, derivatives=tuple(made))

    def label(self, address: EntryAddress) -> str:
        """Such as "d3f[0]/dx3"."""
        output = self.output_label(address.output)
        return nth_name(self.variable, address.order, output) if address.order else output

    def question(self) -> Question:
        """All derivatives up to the order."""
        from gradcli.symbolic import Question

        return Question(self.expression, self.nested_inputs(), (self.variable,), "derivative", order=self.order)
