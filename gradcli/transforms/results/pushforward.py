"""A derivative along a direction as a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from gradcli.transforms.results.base import Derived, changed
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.symbolic import Question

__all__ = ["Pushforward"]


@dataclass(frozen=True, slots=True)
class Pushforward(Derived):
    """A value and its derivative along a direction: the Jacobian times a tangent.

    Attributes:
        tangents: the direction, by name; variables that are not named stand still.
        derivative: of the value's shape.
    """

    command: ClassVar[str] = "jvp"

    tangents: dict[str, Value]
    derivative: Value

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The change of f along a tangent is its differential, `df`."""
        yield f"d{self.outputs.called}", self.derivative

    def given(self) -> Iterator[tuple[str, Value]]:
        """The tangents."""
        return ((f"tangent {name}", tangent) for name, tangent in self.tangents.items())

    def bare(self) -> list[Value]:
        """The value's tangent."""
        return [self.derivative]

    def document(self) -> dict[str, Any]:
        """The tangents of the variables and of the value."""
        return {"tangents": self.tangents, "derivative": self.derivative}

    def wrt(self) -> tuple[str, ...]:
        """The variables that move."""
        return tuple(self.tangents)

    def by_each(self) -> tuple[str, ...]:
        """None: all move together."""
        return ()

    def direction(self) -> Mapping[str, Value]:
        """The tangents."""
        return self.tangents

    def count(self) -> int:
        """As many as the value has entries."""
        return int(np.size(self.derivative))

    def address(self, position: int) -> EntryAddress:
        """An output, along the direction."""
        from gradcli.address import EntryAddress

        return EntryAddress(position, along=True)

    def derivative_at(self, address: EntryAddress) -> float:
        """The tangent's entry."""
        return float(np.ravel(self.derivative)[address.output])

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the value's tangent."""
        at = {address.output: number for address, number in numbers.items()}
        return replace(self, derivative=changed(self.derivative, at))

    def label(self, address: EntryAddress) -> str:
        """Such as "df[1]"."""
        return "d" * address.along + self.output_label(address.output)

    def question(self) -> Question:
        """The value's tangent."""
        from gradcli.symbolic import Question

        tangents = {name: np.asarray(tangent).tolist() for name, tangent in self.tangents.items()}
        return Question(self.expression, self.nested_inputs(), self.wrt(), "pushforward", tangents=tangents)
