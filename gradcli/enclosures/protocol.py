"""What is asked about a program at a point, and the enclosures that are answered."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.address import EntryAddress

__all__ = ["Ball", "Enclosures", "Kind", "Request", "Undecided"]

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
