"""A Taylor polynomial as a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.transforms.results.base import LabelledMatrix, Result
from gradcli.transforms.results.labels import nth_name
from gradcli.transforms.results.value import Value

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Derived

__all__ = ["Expansion", "Tangent", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """One derivative, which a term of the polynomial is made of.

    Attributes:
        orders: how often it is by each variable.
        derivative: the number, or for several outputs an array of them.
    """

    orders: dict[str, int]
    derivative: Value


@dataclass(frozen=True, slots=True)
class Expansion(Result):
    """The Taylor polynomial of an expression about a point; of degree 1 the tangent.

    Attributes:
        variables: by which it is.
        degree: of the polynomial, in all variables together.
        polynomial: a formula of the language.
        terms: the value first, then the derivatives; none of an array's.
        derived: the derivatives, which are checked.
        by_limits: whether there is no value at the point, and value and derivatives are what they tend to.
    """

    command: ClassVar[str] = "derivative"

    variables: tuple[str, ...]
    degree: int
    polynomial: str
    terms: tuple[Term, ...]
    derived: Derived
    by_limits: bool = False

    @property
    def called(self) -> str:
        """What the polynomial is called where it is shown."""
        return "series"

    @property
    def value_name(self) -> str:
        """That it is no value, where there is none."""
        return f"limit of {self.outputs.called}" if self.by_limits else self.outputs.called

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The derivatives by one variable, order by order."""
        if self.by_limits:
            (name,), called = self.variables, self.outputs.called
            for order, term in enumerate(self.terms[1:], start=1):
                yield f"limit of {nth_name(name, order, called)}", term.derivative
        elif not self._is_joint():
            yield from self.derived.arrays()

    def matrix(self) -> LabelledMatrix | None:
        """The Jacobian of a tangent to several values."""
        return None if self._is_joint() else self.derived.matrix()

    def _is_joint(self) -> bool:
        """Whether the derivatives were computed as those of an array of derivatives."""
        return len(self.variables) > 1 and self.degree > 1

    def formula(self) -> str:
        """The polynomial."""
        return self.polynomial

    def remarks(self) -> Iterator[tuple[str, str]]:
        """The polynomial."""
        yield self.called, self.polynomial

    def numbers(self) -> Iterator[tuple[str, Value]]:
        """What the polynomial is made of."""
        for term in self.terms:
            yield "".join(f"{name}{order}" for name, order in term.orders.items()), term.derivative

    def document(self) -> dict[str, Any]:
        """The polynomial, its point and its terms."""
        return {
            "variables": list(self.variables),
            "degree": self.degree,
            "polynomial": self.polynomial,
            "at": {name: self.inputs[name] for name in self.variables},
            "terms": [{"orders": term.orders, "derivative": term.derivative} for term in self.terms],
            "by_limits": self.by_limits,
        }


@dataclass(frozen=True, slots=True)
class Tangent(Expansion):
    """The polynomial of degree 1, asked for as the tangent."""

    command: ClassVar[str] = "diff"

    @property
    def called(self) -> str:
        """A line, or by several numbers a plane."""
        alone = [np.ndim(self.inputs[name]) for name in self.variables] == [0]
        return "tangent line" if alone else "tangent plane"
