"""What is asked about a program at a point, and the enclosures that are answered."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.address import EntryAddress

__all__ = ["Ball", "Enclosures", "Kind", "Request", "Search", "Stretch", "Undecided", "Zero", "Zeros"]

Kind: TypeAlias = Literal["gradient", "jacobian", "hessian", "hvp", "pushforward", "derivative"]


class Request(NamedTuple):
    """A program, the point, and the derivatives that are to be enclosed there.

    Attributes:
        source: the program's text.
        values: for each variable a number or a nested list of numbers, exactly as the engine used them.
        wrt: the variables to differentiate by.
        kind: of a gradient the entries are those of sum(seed*f); of a jacobian those of every output; of a
            hessian those of the gradient, and of every pair of inputs; of an hvp those of the gradient's derivative
            along `tangents`; of a pushforward those of the value's; of a derivative those of each order up to `order`.
        seed: for the gradient of an array a nested list in the array's shape.
        tangents: for an hvp or a pushforward the direction, by name, as nested lists.
        order: the highest derivative.
        limit: how many derivative entries are enclosed; of more, so many are picked, evenly spread.
        picked: the positions of the entries that are enclosed, where the result picks them itself.
        digits: decimal digits wanted, each of them proved; None for as many bits as a float64 needs.
        most_bits: the highest precision.
    """

    source: str
    values: dict[str, Any]
    wrt: tuple[str, ...]
    kind: Kind
    seed: Any = None
    tangents: dict[str, Any] | None = None
    order: int = 1
    limit: int = 400
    picked: tuple[int, ...] | None = None
    digits: int | None = None
    most_bits: int = 4096


class Ball(NamedTuple):
    """A number enclosed: low*2**exponent <= number <= high*2**exponent.

    Attributes:
        address: which number of the result it is.
        text: the number as a decimal, rounded to the digits that were wanted, each of them right.
    """

    address: EntryAddress
    low: int
    high: int
    exponent: int
    text: str = ""


class Undecided(NamedTuple):
    """A number without an enclosure.

    Attributes:
        address: which number of the result it is.
        reason: why, as a fragment of a sentence: "abs is not differentiable at 0".
    """

    address: EntryAddress
    reason: str


class Enclosures(NamedTuple):
    """The value's entries and the derivatives, in order of output, variable and entry.

    Attributes:
        total: how many derivative entries there are.
        sampled: whether some entries, of the value or of the derivatives, were left out.
        bits: the highest precision that was used.
    """

    values: tuple[Ball | Undecided, ...]
    derivatives: tuple[Ball | Undecided, ...]
    total: int
    sampled: bool
    bits: int


class Search(NamedTuple):
    """A program along one variable, and the derivatives whose zeros are all to be found in a range.

    Attributes:
        source: the program's text.
        values: for each other variable a number or a nested list of numbers.
        name: of the variable.
        start: the least value of the range.
        stop: its largest one.
        orders: of the derivatives: 0 is the value itself.
        gaps: pairs of places, rising, between which nothing is looked for: where the program is known to break.
        log: whether what is near the start counts as much as what is near the stop.
        most: how often the program is evaluated, about: then no further part of the range is looked at.
        seconds: of the processor's time, the same.
    """

    source: str
    values: dict[str, Any]
    name: str
    start: float
    stop: float
    orders: tuple[int, ...]
    gaps: tuple[tuple[float, float], ...] = ()
    log: bool = False
    most: int = 30_000
    seconds: float = 4.0


class Zero(NamedTuple):
    """A zero of a derivative, proved to be there, and to be the only one around it.

    Attributes:
        output: which entry of the value.
        order: of the derivative.
        x: the float64 nearest to it.
        left: the sign of that derivative before it.
        right: after it.
    """

    output: int
    order: int
    x: float
    left: int
    right: int


class Stretch(NamedTuple):
    """A part of the range in which the zeros of a derivative are not known.

    Attributes:
        output: which entry of the value.
        order: of the derivative.
        low: where it begins.
        high: where it ends.
        left: the sign of the derivative at its beginning; 0 where that is not known.
        right: at its end.
    """

    output: int
    order: int
    low: float
    high: float
    left: int = 0
    right: int = 0


class Zeros(NamedTuple):
    """The zeros that are proved, and where others may be; everywhere else there is none.

    Attributes:
        zeros: from the left to the right, for each entry and order.
        undecided: the same.
        flat: stretches on which a derivative is zero all along.
        complete: whether the search came to its end; if not, more work would leave less undecided.
    """

    zeros: tuple[Zero, ...]
    undecided: tuple[Stretch, ...]
    flat: tuple[Stretch, ...]
    complete: bool
