"""A gradient as a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from gradcli.transforms.results.base import Derived, changed_by_name, input_at
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.symbolic import Question

__all__ = ["Gradient"]


@dataclass(frozen=True, slots=True)
class Gradient(Derived):
    """A value and its gradient by each variable, of the variable's shape; or a vector-Jacobian product.

    Attributes:
        gradients: by name.
        seed: the cotangent that weighted the outputs, or None for a scalar value.
    """

    command: ClassVar[str] = "grad"
    numeric_witness: ClassVar[bool] = True

    gradients: dict[str, Value]
    seed: Value | None = None

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The derivatives by each variable."""
        for name, gradient in self.gradients.items():
            yield derivative_name(name, seeded=self.seed is not None, of=self.outputs.called), gradient

    def given(self) -> Iterator[tuple[str, Value]]:
        """The seed."""
        if self.seed is not None:
            yield "seed", self.seed

    def bare(self) -> list[Value]:
        """The gradients."""
        return [*self.gradients.values()]

    def document(self) -> dict[str, Any]:
        """Seed and gradients."""
        return {"seed": self.seed, "gradients": self.gradients}

    def wrt(self) -> tuple[str, ...]:
        """The variables of the gradients."""
        return tuple(self.gradients)

    def weights(self) -> Value | None:
        """The seed."""
        return self.seed

    def count(self) -> int:
        """As many as the variables have entries."""
        return sum(int(np.size(gradient)) for gradient in self.gradients.values())

    def address(self, position: int) -> EntryAddress:
        """By the variable's entry at this place."""
        from gradcli.address import EntryAddress

        return EntryAddress(0, (input_at(self.inputs, self.wrt(), position),))

    def derivative_at(self, address: EntryAddress) -> float:
        """The gradient's entry."""
        (by,) = address.by
        return float(np.ravel(self.gradients[by.name])[by.entry])

    def differentiated(self, output: int) -> str:
        """One number: the value, or the sum that the seed makes of its entries."""
        del output
        return self.outputs.called

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the gradients."""
        by_input = {address.by[0]: number for address, number in numbers.items()}
        return replace(self, gradients=changed_by_name(self.gradients, by_input))

    def label(self, address: EntryAddress) -> str:
        """Such as "df/dx[0]"."""
        if not address.by:
            return self.output_label(address.output)
        return derivative_name(self.input_label(address.by[0]), of=self.outputs.called)

    def question(self) -> Question:
        """The gradient, with the seed."""
        from gradcli.symbolic import Question

        seed = None if self.seed is None else np.asarray(self.seed).tolist()
        return Question(self.expression, self.nested_inputs(), self.wrt(), "gradient", seed)
