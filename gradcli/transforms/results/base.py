"""What every result has, and what a derived one says of its entries.

A result describes itself: its numbers under their names, the fields of its JSON document, its entries with address,
label and value, and its question to the oracle. So the check and the formats need to know no kind of result.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.labels import Outputs, label_of
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.address import EntryAddress, Input
    from gradcli.symbolic import Question
    from gradcli.transforms.results.digits import Digits
    from gradcli.transforms.results.findings import Kink, Limit, Origin

__all__ = ["Derived", "LabelledMatrix", "Result", "changed", "changed_by_name", "column", "input_at", "sizes"]


class LabelledMatrix(NamedTuple):
    """A matrix with a label for each row and column.

    Attributes:
        title: "jacobian" or "hessian".
    """

    title: str
    matrix: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What every transform's result has.

    Attributes:
        command: the command that gives it, on the command line and in JSON.
        is_about_the_verdict: whether the verdict is what was asked for, and the numbers are not.
        expression: the program's text.
        inputs: the values that the variables had.
        value: the program's value.
        origin: where the first non-finite number arose, if any number is not finite.
        warnings: what else is to be said, a sentence each.
        kinks: the operations at which the result is not differentiable, or wrong because of their conventions.
        limits: where the value is NaN, what it and its derivatives tend to, as far as that is known.
        digits: the numbers with as many proved digits as were wanted, if any were.
        outputs: what the program calls its value and the parts of it.
    """

    command: ClassVar[str] = ""
    is_about_the_verdict: ClassVar[bool] = False

    expression: str
    inputs: dict[str, Value]
    value: Value
    origin: Origin | None = field(default=None, kw_only=True)
    warnings: tuple[str, ...] = field(default=(), kw_only=True)
    kinks: tuple[Kink, ...] = field(default=(), kw_only=True)
    limits: tuple[Limit, ...] = field(default=(), kw_only=True)
    digits: Digits | None = field(default=None, kw_only=True)
    outputs: Outputs = field(default=Outputs(), kw_only=True, repr=False)

    @property
    def value_name(self) -> str:
        """What its value is called where it is shown; "" where it is all there is to show."""
        return self.outputs.called

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """What was derived, each array under its name; a matrix is in `matrix` instead."""
        return iter(())

    def matrix(self) -> LabelledMatrix | None:
        """The matrix that was derived, if there is one."""
        return None

    def given(self) -> Iterator[tuple[str, Value]]:
        """What the derivatives are weighted with or taken along, each under its name."""
        return iter(())

    def remarks(self) -> Iterator[tuple[str, str]]:
        """What else is shown to a person, each text under its name."""
        return iter(())

    def bare(self) -> list[Value] | None:
        """What was asked for and nothing else; None where that is more than numbers."""
        return None

    def formula(self) -> str | None:
        """The formula that was asked for; None where numbers were."""
        return None

    def document(self) -> dict[str, Any]:
        """The fields of the JSON document that are special to this kind: arrays, names, numbers, and dicts of them."""
        return {}

    def numbers(self) -> Iterator[tuple[str, Value]]:
        """The value and everything that was derived, under their names."""
        yield self.outputs.called, self.value
        yield from self.arrays()
        labelled = self.matrix()
        if labelled is not None:
            yield f"the {labelled.title.capitalize()}", labelled.matrix


@dataclass(frozen=True, slots=True)
class Derived(Result, ABC):
    """A result of derivatives, which the oracle can derive again.

    Attributes:
        numeric_witness: whether the derivatives can be made from values of the program alone, too.
        most_enclosed: entries of the inputs that are passed on to be enclosed: to write and read ten times as many
            takes seconds.
    """

    numeric_witness: ClassVar[bool] = False
    most_enclosed: ClassVar[int] = 100_000

    def wrt(self) -> tuple[str, ...]:
        """The variables that the recorded computation differentiates by, in order."""
        return tuple(self.inputs)

    def by_each(self) -> tuple[str, ...]:
        """Those of them of which every entry has derivatives of its own."""
        return self.wrt()

    def weights(self) -> Value | None:
        """What the outputs were weighted with before they were differentiated as one number; None for nothing."""
        return None

    def direction(self) -> Mapping[str, Value]:
        """The direction that derivatives are taken along, for the variables that move."""
        return {}

    def highest_order(self) -> int:
        """How often the entries of the highest order were differentiated."""
        return 1

    @abstractmethod
    def count(self) -> int:
        """How many derivative entries there are."""

    @abstractmethod
    def address(self, position: int) -> EntryAddress:
        """The entry at a position, in the order in which the oracle takes them."""

    @abstractmethod
    def derivative_at(self, address: EntryAddress) -> float:
        """The number of a derivative entry."""

    @abstractmethod
    def label(self, address: EntryAddress) -> str:
        """What a person calls an entry: "df/dx", "df[1]/dA[0,2]", "d2f/dx dy"."""

    @abstractmethod
    def question(self) -> Question:
        """What the oracle must know to derive the result by itself: text and inputs, none of the engine's numbers."""

    @abstractmethod
    def corrected(self, numbers: Mapping[EntryAddress, float]) -> Self:
        """The same result with other numbers at some addresses of derivatives."""

    def picks(self, limit: int) -> Iterable[int]:
        """The positions of the derivative entries that are checked, of more than so many."""
        from gradcli.address import spread

        return spread(self.count(), limit)

    def number(self, address: EntryAddress) -> float:
        """The number at an address, of the value or a derivative."""
        return self.derivative_at(address) if address.order else float(np.ravel(self.value)[address.output])

    def mirrored(self, address: EntryAddress) -> float | None:
        """The number of the same second derivative in the other order, where it was computed as well."""
        del address
        return None

    def output_label(self, output: int) -> str:
        """What a person calls an entry of the value."""
        return self.outputs.label(np.shape(self.value), output)

    def differentiated(self, output: int) -> str:
        """What a person calls what was differentiated: an entry of the value, unless the kind says otherwise."""
        return self.output_label(output)

    def input_label(self, by: Input) -> str:
        """What a person calls an entry of a variable."""
        return label_of(by.name, np.shape(self.inputs[by.name]), by.entry)

    def nested_inputs(self) -> dict[str, Any]:
        """The inputs as numbers and nested lists, exactly."""
        return {name: np.asarray(value).tolist() for name, value in self.inputs.items()}

    @np.errstate(all="ignore")
    def scale(self, address: EntryAddress) -> float:
        """How large such a derivative of such a value is when nothing cancels: |f|/|x|, once for each time.

        An input of 0 counts as 1. Near an extremum the true derivative is far smaller, and what rounding
        leaves of it is judged against this.

        >>> from gradcli.transforms.results.gradient import Gradient
        >>> result = Gradient("x**2", {"x": 4.0}, 16.0, {"x": 8.0})
        >>> result.scale(result.address(0))
        4.0
        """
        found = float(np.max(np.abs(self.value), initial=0.0))
        for by in address.by:
            found /= float(np.ravel(sizes(self.inputs[by.name]))[by.entry])
        if address.along:
            moves = [np.max(np.abs(t) / sizes(self.inputs[n]), initial=0.0) for n, t in self.direction().items()]
            found *= float(max(moves))
        return found


def changed(value: Value, numbers: Mapping[int, float]) -> Value:
    """The array, or the number, with other numbers at some flat indices.

    >>> changed(2.0, {0: 3.0}), changed(np.zeros(2), {1: 1.0})
    (3.0, array([0., 1.]))
    """
    array = np.array(value, dtype=np.float64)
    for entry, number in numbers.items():
        array.flat[entry] = number
    return array if array.ndim else float(array)


def changed_by_name(values: Mapping[str, Value], numbers: Mapping[Input, float]) -> dict[str, Value]:
    """Arrays by name with other numbers at some of their entries."""
    return {
        name: changed(value, {by.entry: number for by, number in numbers.items() if by.name == name})
        for name, value in values.items()
    }


def sizes(value: Any) -> Any:
    """The absolute values, ones in the place of zeros."""
    found = np.abs(np.asarray(value, dtype=float))
    return np.where(found == 0, 1.0, found)


def column(inputs: Mapping[str, Value], names: tuple[str, ...], by: Input) -> int:
    """The place of a variable's entry among the entries of all the variables, one after the other."""
    before = names[: names.index(by.name)]
    return sum(int(np.size(inputs[name])) for name in before) + by.entry


def input_at(inputs: Mapping[str, Value], names: tuple[str, ...], place: int) -> Input:
    """The variable's entry at a place among the entries of all of them.

    Raises:
        IndexError: if there is no such place.
    """
    from gradcli.address import Input

    for name in names:
        size = int(np.size(inputs[name]))
        if place < size:
            return Input(name, place)
        place -= size
    raise IndexError(place)
