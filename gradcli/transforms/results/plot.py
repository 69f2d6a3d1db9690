"""What a plot shows: a curve with its derivatives, breaks and marks, or a map over two variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.labels import Outputs, labels, nth_name
from gradcli.transforms.results.value import Value

__all__ = ["Axis", "Break", "BreakKind", "Curve", "Doubt", "Line", "Mark", "MarkKind", "Surface", "column_name"]

BreakKind: TypeAlias = Literal["pole", "jump", "kink", "removable", "edge", "no limit", "overflow"]
MarkKind: TypeAlias = Literal["root", "minimum", "maximum", "inflection"]

_OUTPUTS = Outputs()


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of a variable.

    Attributes:
        name: of the variable.
        start: its first value.
        stop: its last value, which is larger.
        count: how many values are wanted; None where that is left open.
    """

    name: str
    start: float
    stop: float
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a curve, or one of its derivatives, does not go on.

    Attributes:
        x: where.
        kind: what becomes of the value there; of a "kink" it goes on, and a derivative does not.
        order: of the lowest derivative that does not go on, 0 for the value; None where all do, once a removable
            singularity is filled.
        left: what the value tends to from the left, of a kink the derivative of that order; None for nothing.
        right: from the right.
        output: which entry of the value, in C order.
        below: the last float64 that belongs to the left side.
        above: the first float64 that belongs to the right side.
        filled: the limits of the value and of its derivatives, of a removable singularity.
    """

    x: float
    kind: BreakKind
    order: int | None
    left: float | None
    right: float | None
    output: int = 0
    below: float = field(default=np.nan, repr=False)
    above: float = field(default=np.nan, repr=False)
    filled: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a curve that has a name.

    Attributes:
        kind: what it is.
        x: where; of a root and of an extremum the float64 next to it.
        value: of the curve there.
        derivative: its first derivative there.
        output: which entry of the value, in C order.
        touches: of a root, whether the curve touches zero there and does not cross it.
        proved: whether enclosures prove that it is there, and `x` the float64 nearest to it; if not it was found by
            samples.
    """

    kind: MarkKind
    x: float
    value: float
    derivative: float
    output: int = 0
    touches: bool = False
    proved: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of a curve on which marks of a kind may be missing.

    Attributes:
        kind: "root" where the value may have further zeros, "extremum" where its derivative may, "inflection" where
            the second derivative may.
        low: where it begins.
        high: where it ends.
        output: which entry of the value, in C order.
    """

    kind: Literal["root", "extremum", "inflection"]
    low: float
    high: float
    output: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A Taylor polynomial; of degree 1 a tangent.

    Attributes:
        kind: "tangent" or "taylor".
        at: its centre.
        coefficients: of the powers of x - at, from the constant on.
        output: which entry of the value, in C order.
    """

    kind: Literal["tangent", "taylor"]
    at: float
    coefficients: tuple[float, ...]
    output: int = 0

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its values.

        >>> Line("tangent", 1.0, (3.0, 2.0))(np.array([1.0, 2.0]))
        array([3., 5.])
        """
        total = np.zeros_like(x)
        for coefficient in reversed(self.coefficients):
            total = total * (x - self.at) + coefficient
        return total


@dataclass(frozen=True, slots=True)
class Curve:
    """A program's value and its derivatives over a range of one variable.

    Attributes:
        expression: the program's text.
        axis: the range.
        fixed: the values of the other variables.
        x: where it was computed, shape (n,), rising.
        values: of derivatives, entries of the value and places, shape (orders + 1, entries, n); where a singularity is
            removable it is filled.
        shape: of the value.
        breaks: from the left to the right.
        wanted: which marks were asked for: some of "roots", "extrema", "inflections".
        marks: those that were asked for, by kind and from the left to the right.
        doubts: where enclosures do not tell whether there are further ones; elsewhere there are none.
        unproved: why no enclosures were asked, as a fragment of a sentence; "" where they were, or no marks are wanted.
        lines: tangents and Taylor polynomials.
        zeros: stretches (from, to, entry) on which the value is zero all along.
        outputs: what the program calls its value.
        log: whether places were chosen for an axis of powers of ten.
        notes: what else is to be said, a sentence each.
    """

    expression: str
    axis: Axis
    fixed: dict[str, Value]
    x: NDArray[np.float64]
    values: NDArray[np.float64]
    shape: tuple[int, ...] = ()
    breaks: tuple[Break, ...] = ()
    wanted: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    unproved: str = ""
    lines: tuple[Line, ...] = ()
    zeros: tuple[tuple[float, float, int], ...] = ()
    outputs: Outputs = _OUTPUTS
    log: bool = False
    notes: tuple[str, ...] = ()

    @property
    def order(self) -> int:
        """Of the highest derivative."""
        return len(self.values) - 1

    @property
    def entries(self) -> int:
        """How many numbers the value has."""
        return int(self.values.shape[1])

    def label(self, order: int, output: int) -> str:
        """What a person calls a curve: "f", "df/dx"."""
        name = self.outputs.label(self.shape, output)
        return nth_name(self.axis.name, order, name) if order else name

    def columns(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """All numbers by the names that columns of tables have: x, value, d_x, tangent."""
        yield self.axis.name, self.x
        for order, found in enumerate(self.values):
            yield from zip(labels(column_name(self.axis.name, order), self.shape), found, strict=True)
        for line in self.lines:
            yield labels(line.kind, self.shape)[line.output], line(self.x)

    def pieces(self, order: int, output: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A derivative's places and values, with NaN between pieces that do not join.

        >>> broken = Break(0.0, "jump", 0, -1.0, 1.0, below=-5e-324, above=0.0)
        >>> curve = Curve("x", Axis("x", -1, 1), {}, np.array([-1.0, 1.0]), np.array([[[-1.0, 1.0]]]), breaks=(broken,))
        >>> curve.pieces(0, 0)[1]
        array([-1., nan,  1.])
        """
        cut: set[int] = set()
        for one in self.breaks:
            if one.output == output and one.order is not None and one.order <= order:
                cut |= {int(np.searchsorted(self.x, one.below, "right")), int(np.searchsorted(self.x, one.above))}
        places = sorted(cut - {0, len(self.x)})
        x, y = self.x, self.values[order, output]
        return np.insert(x, places, x[places]), np.insert(y, places, np.nan)


@dataclass(frozen=True, slots=True)
class Surface:
    """A program's value and gradient on a grid of two variables.

    Attributes:
        expression: the program's text.
        axes: the ranges, x first.
        fixed: the values of the other variables.
        x: values of the first variable, shape (columns,).
        y: values of the second one, shape (rows,).
        value: shape (rows, columns).
        gradient: by both variables, shape (2, rows, columns); without entries where it was not asked for.
        outputs: what the program calls its value.
        notes: what else is to be said, a sentence each.
    """

    expression: str
    axes: tuple[Axis, Axis]
    fixed: dict[str, Value]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    value: NDArray[np.float64]
    gradient: NDArray[np.float64]
    outputs: Outputs = _OUTPUTS
    notes: tuple[str, ...] = ()

    def columns(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """All numbers by the names that columns of tables have, the second variable moving fastest."""
        first, second = (axis.name for axis in self.axes)
        yield first, np.repeat(self.x, len(self.y))
        yield second, np.tile(self.y, len(self.x))
        yield "value", self.value.T.ravel()
        for name, slopes in zip((first, second), self.gradient, strict=False):
            yield f"d_{name}", slopes.T.ravel()


def column_name(name: str, order: int) -> str:
    """What the column of a derivative is called, as in tables; of order 0 that of the value.

    >>> column_name("x", 0), column_name("x", 1), column_name("x", 2)
    ('value', 'd_x', 'd2_x')
    """
    return "value" if not order else f"d_{name}" if order == 1 else f"d{order}_{name}"
