"""A Jacobian as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.base import Derived, LabelledMatrix, changed, column, input_at
from gradcli.transforms.results.value import Value, plain

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.symbolic import Question

__all__ = ["Jacobian"]


@dataclass(frozen=True, slots=True)
class Jacobian(Derived):
    """A value and the matrix of its derivatives.

    Attributes:
        jacobian: shape (outputs, inputs), both flattened in C order.
        jacobians: by name, of shape value.shape + variable.shape.
        rows: a label for each output, `f[0]`, or the name that the program gives it.
        columns: a label for each input, `x[1]`.
        method: how it was computed, one of "rows", "blocks" and "forward".
        sweeps: how many directions went through the program.
    """

    command: ClassVar[str] = "jacobian"
    numeric_witness: ClassVar[bool] = True

    jacobian: NDArray[np.float64]
    jacobians: dict[str, Value]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    method: str = field(default="rows", kw_only=True)
    sweeps: int = field(default=0, kw_only=True)

    def matrix(self) -> LabelledMatrix | None:
        """Outputs down, inputs across."""
        return LabelledMatrix("jacobian", self.jacobian, self.rows, self.columns)

    def bare(self) -> list[Value]:
        """The whole matrix."""
        return [self.jacobian]

    def document(self) -> dict[str, Any]:
        """The matrix with its labels, and the parts of it by name."""
        return {
            "jacobian": self.jacobian,
            "rows": self.rows,
            "columns": self.columns,
            "jacobians": self.jacobians,
            "method": self.method,
            "sweeps": self.sweeps,
        }

    def wrt(self) -> tuple[str, ...]:
        """The variables of the columns."""
        return tuple(self.jacobians)

    def count(self) -> int:
        """As many as the matrix has entries."""
        return int(self.jacobian.size)

    def address(self, position: int) -> EntryAddress:
        """Row by row."""
        from gradcli.address import EntryAddress

        output, place = divmod(position, len(self.columns))
        return EntryAddress(output, (input_at(self.inputs, self.wrt(), place),))

    def derivative_at(self, address: EntryAddress) -> float:
        """The entry of the variable's part."""
        (by,) = address.by
        part = np.reshape(self.jacobians[by.name], (int(np.size(self.value)), -1))
        return float(part[address.output, by.entry])

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the matrix."""
        if not numbers:  # as where only truth values are given
            return self
        width = len(self.columns)
        at = {
            address.output * width + column(self.inputs, self.wrt(), address.by[0]): number
            for address, number in numbers.items()
        }
        matrix = np.asarray(changed(self.jacobian, at))
        starts = np.cumsum([np.size(self.inputs[name]) for name in self.wrt()])[:-1]
        parts = zip(self.jacobians.items(), np.split(matrix, starts, axis=1), strict=True)
        blocks = {name: plain(part.reshape(np.shape(block))) for (name, block), part in parts}
        return replace(self, jacobian=matrix, jacobians=blocks)

    def label(self, address: EntryAddress) -> str:
        """Such as "df[1]/dx[0]"."""
        output = self.output_label(address.output)
        return f"d{output}/d{self.input_label(address.by[0])}" if address.by else output

    def question(self) -> Question:
        """The Jacobian."""
        from gradcli.symbolic import Question

        return Question(self.expression, self.nested_inputs(), self.wrt(), "jacobian")
