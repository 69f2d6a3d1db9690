"""The record of a computation on enclosed numbers, and the sweeps that carry derivatives through it.

A number is a ball (`flint.arb`) or, while a direction is followed, a truncated power series in t whose coefficients
are balls (`flint.arb_series`): the value at x + t*v. Partial derivatives are of the same kind, and the chain rule is
ring arithmetic on them, so that sweeps over series give derivatives of derivatives (A. Griewank, A. Walther,
Evaluating Derivatives, 2nd edition, 2008, chapters 3 and 13). FLINT rounds outward: what encloses the parts
encloses the sum and the product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from flint import arb, arb_series

__all__ = ["Block", "Doubt", "Number", "Tape", "unknown"]

Number: TypeAlias = Any
"""An `arb`, or an `arb_series`."""


class Block(Protocol):
    """A function of many numbers with many values, differentiated as a whole: a matrix's inverse, say."""

    @property
    def inputs(self) -> Sequence[int]:
        """Places on the tape of the numbers that it depends on."""
        ...

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """For each input its cotangent, given those of the outputs; None stands for zero."""
        ...

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """For each output its tangent, given those of the inputs; None stands for zero."""
        ...


class Doubt(NamedTuple):
    """Why a derivative or a value is not enclosed.

    Attributes:
        reason: a fragment of a sentence: "abs is not differentiable at 0".
        final: whether more bits change nothing, as the numbers that decide are exact.
    """

    reason: str
    final: bool


class Tape:
    """What was computed: for each recorded number the ones that it was computed from, and the partial derivatives.

    Args:
        length: of the power series: 1 where values alone are followed.

    >>> tape = Tape(1)
    >>> x = tape.leaf(arb(3))
    >>> square = tape.record((x, x), (arb(3), arb(3)))
    >>> tape.backward({square: arb(1)})[x]
    6.00000000000000
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.doubts: list[Doubt] = []
        self._inputs: list[Sequence[int]] = []
        self._partials: list[Sequence[Number | None]] = []
        self._blocks: dict[int, tuple[Block, int]] = {}

    def leaf(self, value: Number) -> int:  # noqa: ARG002  # a leaf is recorded like any other number
        """The place of a number that derivatives are wanted by."""
        return self.record((), ())

    def record(self, inputs: Sequence[int], partials: Sequence[Number | None]) -> int:
        """The place of a new number, given those of its inputs and its derivatives by them; None stands for 1."""
        self._inputs.append(inputs)
        self._partials.append(partials)
        return len(self._inputs) - 1

    def record_block(self, block: Block, outputs: int) -> range:
        """The places of a block's outputs."""
        first = len(self._inputs)
        self._blocks[first] = (block, outputs)
        for _ in range(outputs):
            self.record((), ())
        return range(first, first + outputs)

    def doubt(self, reason: str, final: bool) -> None:
        """Remember why something is not enclosed."""
        self.doubts.append(Doubt(reason, final))

    def backward(self, cotangents: Mapping[int, Number]) -> list[Number | None]:
        """The cotangent of every recorded number, given those of some; None stands for zero."""
        found: list[Number | None] = [None] * len(self._inputs)
        for place, cotangent in cotangents.items():
            found[place] = cotangent
        for place in range(len(found) - 1, -1, -1):
            if place in self._blocks:
                self._pull(place, found)
            cotangent = found[place]
            if cotangent is None:
                continue
            for source, partial in zip(self._inputs[place], self._partials[place], strict=True):
                part = cotangent if partial is None else times(partial, cotangent)
                before = found[source]
                found[source] = part if before is None else before + part
        return found

    def _pull(self, first: int, found: list[Number | None]) -> None:
        block, outputs = self._blocks[first]
        given = found[first : first + outputs]
        if any(cotangent is not None for cotangent in given):
            for source, part in zip(block.inputs, block.pull(given), strict=True):
                before = found[source]
                found[source] = part if before is None else before + part

    def forward(self, tangents: Mapping[int, Number]) -> list[Number | None]:
        """The tangent of every recorded number, given those of the leaves; None stands for zero."""
        found: list[Number | None] = [None] * len(self._inputs)
        for place, tangent in tangents.items():
            found[place] = tangent
        for place, sources in enumerate(self._inputs):
            if place in self._blocks:
                block, outputs = self._blocks[place]
                given = [found[source] for source in block.inputs]
                if any(tangent is not None for tangent in given):
                    found[place : place + outputs] = block.push(given)
            total = found[place]
            for source, partial in zip(sources, self._partials[place], strict=True):
                tangent = found[source]
                if tangent is not None:
                    part = tangent if partial is None else times(partial, tangent)
                    total = part if total is None else total + part
            found[place] = total
        return found


def times(x: Number, y: Number) -> Number:
    """The product, which is not known where a factor is not: not of 0 either.

    FLINT keeps a power series of exact zeros as one without coefficients, and makes 0 of it times anything.

    >>> times(arb_series([0], prec=2), arb_series([arb("nan")], prec=2))[0]
    nan
    """
    product = x * y
    if type(product) is arb_series and not product.length() and not (_is_finite(x) and _is_finite(y)):
        return unknown(product.prec)
    return product


def _is_finite(x: Number) -> bool:
    return bool(x.is_finite()) if type(x) is arb else all(x[k].is_finite() for k in range(x.length()))


def unknown(length: int) -> Number:
    """What is not enclosed.

    >>> unknown(1)
    nan
    """
    return arb("nan") if length == 1 else arb_series([arb("nan")] * length, prec=length)
