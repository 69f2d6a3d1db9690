"""Sparse Jacobians and Hessians as results: the entries that may differ from zero, and where they stand."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gradcli.address import EntryAddress, spread
from gradcli.coloring.pattern import Pattern
from gradcli.transforms.results.base import Derived, changed_by_name, column, input_at
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.symbolic import Question

__all__ = ["SparseHessian", "SparseJacobian", "SparseResult"]


@dataclass(frozen=True, slots=True)
class SparseResult(Derived):
    """A matrix of derivatives of which most are zero.

    Attributes:
        names: the variables that are differentiated by, whose entries are the columns, one after the other.
        pattern: where the matrix may differ from zero.
        data: the numbers there, row by row.
        method: "sparse-columns", "sparse-rows" or "sparse-both".
        sweeps: how many directions went through the program.
        order: in which order columns or rows were coloured.
    """

    numeric_witness: ClassVar[bool] = True
    most_enclosed: ClassVar[int] = 5_000  # each row that is looked at is a sweep through all balls
    title: ClassVar[str] = ""

    names: tuple[str, ...]
    pattern: Pattern
    data: NDArray[np.float64]
    method: str
    sweeps: int
    order: str

    @abstractmethod
    def at(self, row: int, place: int) -> EntryAddress:
        """The address of an entry of the matrix."""

    def sparse(self) -> Any:
        """The SciPy matrix, in compressed rows."""
        return self.pattern.filled(self.data)

    def triplets(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Row, column and number of each entry, row by row."""
        return self.pattern.rows(), self.pattern.indices, self.data

    def entries(self, most: int | None = None) -> Iterator[tuple[str, float]]:
        """The entries under their labels, the first ones alone if `most` says how many."""
        rows, columns, data = (part[:most].tolist() for part in self.triplets())
        for row, place, number in zip(rows, columns, data, strict=True):
            yield self.label(self.at(row, place)), number

    def remarks(self) -> Iterator[tuple[str, str]]:
        """How many entries there are, and what they took."""
        rows, columns = self.pattern.shape
        yield "shape", f"{rows} x {columns}"
        yield "nnz", str(self.pattern.nnz)
        yield "sweeps", f"{self.sweeps} ({self.method}, {self.order})"

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The entries."""
        return self.entries()

    def numbers(self) -> Iterator[tuple[str, Value]]:
        """The value and the entries, all under one name."""
        yield self.outputs.called, self.value
        yield f"the {self.title}", self.data

    def bare(self) -> list[Value]:
        """A line of three numbers for each entry: its row, its column, the number."""
        return [np.column_stack([part.astype(np.float64) for part in self.triplets()])]

    def document(self) -> dict[str, Any]:
        """The entries as triplets, counted from 0."""
        rows, columns, data = self.triplets()
        return {
            "format": "coo",
            "shape": self.pattern.shape,
            "nnz": self.pattern.nnz,
            "rows": tuple(rows.tolist()),
            "cols": tuple(columns.tolist()),
            "data": data,
            "method": self.method,
            "sweeps": self.sweeps,
        }

    def wrt(self) -> tuple[str, ...]:
        """The variables of the columns."""
        return self.names

    def picks(self, limit: int) -> tuple[int, ...]:
        """Half of them entries of the pattern, half of them places that are left out, both evenly spread."""
        if self.count() <= limit:
            return tuple(range(self.count()))
        height, width = self.pattern.shape
        rows, columns, _ = self.triplets()
        inside = rows * width + columns
        chosen = set(inside[list(spread(inside.size, max(1, limit // 2)))].tolist()) if inside.size else set()
        for row in spread(height, limit - len(chosen)):
            mine = self.pattern.indices[self.pattern.indptr[row] : self.pattern.indptr[row + 1]]
            beside = mine[-1] + 1 if mine.size else row  # what is next to an entry is most likely one that was missed
            for place in (int(beside) % width, (row * 7919 + 13) % width):
                if place not in mine:
                    chosen.add(row * width + place)
                    break
        return tuple(self.positions(sorted(chosen)))

    def positions(self, places: list[int]) -> list[int]:
        """The positions, among all derivative entries, of places of the matrix, counted row by row."""
        return places

    def stored(self, row: int, place: int) -> float:
        """The number of the matrix there; 0 where it is left out."""
        start, stop = self.pattern.indptr[row], self.pattern.indptr[row + 1]
        at = start + int(np.searchsorted(self.pattern.indices[start:stop], place))
        return float(self.data[at]) if at < stop and self.pattern.indices[at] == place else 0.0

    def with_stored(self, numbers: Mapping[tuple[int, int], float]) -> Self:
        """With other numbers at some places, which need not have been in the pattern."""
        if not numbers:
            return self
        rows, columns, data = self.triplets()
        found = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), data.tolist(), strict=True)) | dict(numbers)
        places = sorted(found)
        lengths = np.bincount([row for row, _ in places], minlength=self.pattern.shape[0])
        pattern = Pattern(
            self.pattern.shape,
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([place for _, place in places], dtype=np.int64),
        )
        return replace(self, pattern=pattern, data=np.array([found[place] for place in places]))


@dataclass(frozen=True, slots=True)
class SparseJacobian(SparseResult):
    """A value and the derivatives of its entries that may differ from zero."""

    command: ClassVar[str] = "jacobian"
    title: ClassVar[str] = "Jacobian"

    def count(self) -> int:
        """As many as the matrix has places: of those that are left out it is said that they are 0."""
        return self.pattern.shape[0] * self.pattern.shape[1]

    def at(self, row: int, place: int) -> EntryAddress:
        """An output by an input."""
        return EntryAddress(row, (input_at(self.inputs, self.names, place),))

    def address(self, position: int) -> EntryAddress:
        """Row by row."""
        return self.at(*divmod(position, self.pattern.shape[1]))

    def derivative_at(self, address: EntryAddress) -> float:
        """The entry of the matrix."""
        return self.stored(address.output, column(self.inputs, self.names, address.by[0]))

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the matrix."""
        return self.with_stored(
            {(a.output, column(self.inputs, self.names, a.by[0])): number for a, number in numbers.items()}
        )

    def label(self, address: EntryAddress) -> str:
        """Such as "df[1]/dx[0]"."""
        output = self.output_label(address.output)
        return f"d{output}/d{self.input_label(address.by[0])}" if address.by else output

    def question(self) -> Question:
        """The Jacobian, at some places of the pattern and some that are left out."""
        from gradcli.symbolic import Question

        asked = Question(self.expression, self.nested_inputs(), self.wrt(), "jacobian")
        return asked._replace(picked=self.picks(asked.limit))


@dataclass(frozen=True, slots=True)
class SparseHessian(SparseResult):
    """A value, its gradient, and the second derivatives that may differ from zero.

    Attributes:
        gradients: by name.
    """

    command: ClassVar[str] = "hessian"
    title: ClassVar[str] = "Hessian"

    gradients: dict[str, Value]

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The first derivatives, and the entries of the matrix."""
        yield from ((derivative_name(name, of=self.outputs.called), part) for name, part in self.gradients.items())
        yield from self.entries()

    def numbers(self) -> Iterator[tuple[str, Value]]:
        """The value, the first derivatives, and the entries of the matrix under one name."""
        yield self.outputs.called, self.value
        yield from ((derivative_name(name, of=self.outputs.called), part) for name, part in self.gradients.items())
        yield "the Hessian", self.data

    def document(self) -> dict[str, Any]:
        """The gradient, and the entries as triplets."""
        return {"gradients": self.gradients, **SparseResult.document(self)}

    def highest_order(self) -> int:
        """Two."""
        return 2

    def count(self) -> int:
        """The gradient's entries and the matrix's places."""
        return self.pattern.shape[1] * (1 + self.pattern.shape[0])

    def at(self, row: int, place: int) -> EntryAddress:
        """By two inputs."""
        first, second = (input_at(self.inputs, self.names, k) for k in (row, place))
        return EntryAddress(0, (first, second))

    def address(self, position: int) -> EntryAddress:
        """The gradient first, then the matrix row by row."""
        row, place = divmod(position, self.pattern.shape[1])
        return self.at(row - 1, place) if row else EntryAddress(0, (input_at(self.inputs, self.names, place),))

    def positions(self, places: list[int]) -> list[int]:
        """After the gradient, of which some entries are looked at too."""
        width = self.pattern.shape[1]
        return [*spread(width, max(1, len(places) // 4)), *(place + width for place in places)]

    def derivative_at(self, address: EntryAddress) -> float:
        """The gradient's entry, or the matrix's."""
        if address.order == 1:
            return float(np.ravel(self.gradients[address.by[0].name])[address.by[0].entry])
        row, place = (column(self.inputs, self.names, by) for by in address.by)
        return self.stored(row, place)

    def mirrored(self, address: EntryAddress) -> float | None:
        """The matrix's number on the other side of the diagonal."""
        return self.derivative_at(address._replace(by=address.by[::-1])) if address.order == 2 else None

    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """With other entries of the gradient and the matrix, which stays symmetric."""
        first = {address.by[0]: number for address, number in numbers.items() if address.order == 1}
        second = {}
        for address, number in numbers.items():
            if address.order == 2:
                row, place = (column(self.inputs, self.names, by) for by in address.by)
                second[row, place] = second[place, row] = number
        return replace(self.with_stored(second), gradients=changed_by_name(self.gradients, first))

    def label(self, address: EntryAddress) -> str:
        """Such as "d2f/dx[0] dx[1]"."""
        inputs = [self.input_label(by) for by in address.by]
        if address.order == 2:
            return f"d2{self.outputs.called}/d{inputs[0]} d{inputs[1]}"
        return derivative_name(inputs[0], of=self.outputs.called) if inputs else self.output_label(address.output)

    def question(self) -> Question:
        """Gradient and Hessian, at some places."""
        from gradcli.symbolic import Question

        asked = Question(self.expression, self.nested_inputs(), self.wrt(), "hessian")
        return asked._replace(picked=self.picks(asked.limit))
