"""A Hessian, and the Hessian times a vector, as results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.base import Derived, LabelledMatrix, changed, changed_by_name, column, input_at
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.symbolic import Question

__all__ = ["Hessian", "HessianProduct"]


@dataclass(frozen=True, slots=True)
class Hessian(Derived):
    """A value, its gradient, and the symmetric matrix of its second derivatives.

    Attributes:
        gradients: by name.
        hessian: shape (inputs, inputs), the inputs flattened in C order, one variable after the other.
        columns: a label for each input, `x[1]`.
        method: how the matrix was computed: "forward", by columns, or "sparse-columns".
        sweeps: how many directions went through the recorded gradient.
    """

    command: ClassVar[str] = "hessian"
    numeric_witness: ClassVar[bool] = True

    gradients: dict[str, Value]
    hessian: NDArray[np.float64]
    columns: tuple[str, ...]
    method: str = field(default="forward", kw_only=True)
    sweeps: int = field(default=0, kw_only=True)

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The first derivatives."""
        return ((derivative_name(name, of=self.outputs.called), gradient) for name, gradient in self.gradients.items())

    def matrix(self) -> LabelledMatrix:
        """The second derivatives."""
        return LabelledMatrix("hessian", self.hessian, self.columns, self.columns)

    def bare(self) -> list[Value]:
        """The whole matrix."""
        return [self.hessian]

    def document(self) -> dict[str, Any]:
        """The gradient, and the matrix with its labels."""
        return {
            "gradients": self.gradients,
            "hessian": self.hessian,
            "columns": self.columns,
            "method": self.method,
            "sweeps": self.sweeps,
        }

    def wrt(self) -> tuple[str, ...]:
        """The variables of the columns."""
        return tuple(self.gradients)

    def highest_order(self) -> int:
        """Two."""
        return 2

    def count(self) -> int:
        """The gradient's entries and the matrix's."""
        return int(self.hessian.size) + len(self.columns)

    def address(self, position: int) -> EntryAddress:
        """The gradient first, then the matrix row by row."""
        from gradcli.address import EntryAddress

        row, place = divmod(position, len(self.columns))
        by = input_at(self.inputs, self.wrt(), place)
        return EntryAddress(0, (input_at(self.inputs, self.wrt(), row - 1), by) if row else (by,))

    def derivative_at(self, address: EntryAddress) -> float:
        """The gradient's entry, or the matrix's."""
        if address.order == 1:
            return float(np.ravel(self.gradients[address.by[0].name])[address.by[0].entry])
        row, across = (column(self.inputs, self.wrt(), by) for by in address.by)
        return float(self.hessian[row, across])

    def mirrored(self, address: EntryAddress) -> float | None:
        """The matrix's number on the other side of the diagonal."""
        return self.derivative_at(address._replace(by=address.by[::-1])) if address.order == 2 else None

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the gradient and the matrix, which stays symmetric."""
        first = {address.by[0]: number for address, number in numbers.items() if address.order == 1}
        second = {}
        for address, number in numbers.items():
            if address.order == 2:
                row, across = (column(self.inputs, self.wrt(), by) for by in address.by)
                second[row * len(self.columns) + across] = second[across * len(self.columns) + row] = number
        matrix = np.asarray(changed(self.hessian, second))
        return replace(self, gradients=changed_by_name(self.gradients, first), hessian=matrix)

    def label(self, address: EntryAddress) -> str:
        """Such as "d2f/dx[0] dx[1]"."""
        inputs = [self.input_label(by) for by in address.by]
        if address.order == 2:
            return f"d2{self.outputs.called}/d{inputs[0]} d{inputs[1]}"
        return derivative_name(inputs[0], of=self.outputs.called) if inputs else self.output_label(address.output)

    def question(self) -> Question:
        """Gradient and Hessian."""
        from gradcli.symbolic import Question

        return Question(self.expression, self.nested_inputs(), self.wrt(), "hessian")


@dataclass(frozen=True, slots=True)
class HessianProduct(Derived):
    """A value and the derivative of its gradient along a direction: the Hessian times a vector.

    Attributes:
        vectors: the direction, by name.
        products: by name, of the variable's shape.
    """

    command: ClassVar[str] = "hvp"

    vectors: dict[str, Value]
    products: dict[str, Value]

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The change of df/dx along the vector is its differential, `d(df/dx)`."""
        return (
            (f"d({derivative_name(name, of=self.outputs.called)})", product) for name, product in self.products.items()
        )

    def given(self) -> Iterator[tuple[str, Value]]:
        """The vector."""
        return ((f"vector {name}", vector) for name, vector in self.vectors.items())

    def bare(self) -> list[Value]:
        """The products."""
        return [*self.products.values()]

    def document(self) -> dict[str, Any]:
        """Vector and products."""
        return {"vectors": self.vectors, "products": self.products}

    def wrt(self) -> tuple[str, ...]:
        """The variables of the products."""
        return tuple(self.products)

    def direction(self) -> Mapping[str, Value]:
        """The vector."""
        return self.vectors

    def highest_order(self) -> int:
        """Two."""
        return 2

    def count(self) -> int:
        """As many as the variables have entries."""
        return sum(int(np.size(product)) for product in self.products.values())

    def address(self, position: int) -> EntryAddress:
        """By the variable's entry at this place, and along the vector."""
        from gradcli.address import EntryAddress

        return EntryAddress(0, (input_at(self.inputs, self.wrt(), position),), along=True)

    def derivative_at(self, address: EntryAddress) -> float:
        """The product's entry."""
        (by,) = address.by
        return float(np.ravel(self.products[by.name])[by.entry])

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the products."""
        by_input = {address.by[0]: number for address, number in numbers.items()}
        return replace(self, products=changed_by_name(self.products, by_input))

    def label(self, address: EntryAddress) -> str:
        """Such as "d(df/dx[0])"."""
        if not address.by:
            return self.output_label(address.output)
        return f"d({derivative_name(self.input_label(address.by[0]), of=self.outputs.called)})"

    def question(self) -> Question:
        """The Hessian times the vector."""
        from gradcli.symbolic import Question

        vectors = {name: np.asarray(vector).tolist() for name, vector in self.vectors.items()}
        return Question(self.expression, self.nested_inputs(), self.wrt(), "hvp", tangents=vectors)
