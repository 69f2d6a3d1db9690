"""The uncertainty of a value as a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.base import LabelledMatrix
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value

__all__ = ["Propagation", "Simulated", "rounded"]


class Simulated(NamedTuple):
    """What draws of the inputs gave.

    Attributes:
        draws: how many.
        mean: of the value.
        uncertainty: the standard deviation of the value.
    """

    draws: int
    mean: Value
    uncertainty: Value


@dataclass(frozen=True, slots=True)
class Propagation(Jacobian):
    """A value, its standard uncertainty to first order, and where that comes from.

    Attributes:
        uncertainties: of each input, by name, of its shape.
        uncertainty: of the value, of its shape.
        shares: of a single value's variance that which each input's uncertainty makes, by label; with correlations one
            may be negative.
        covariance: of the value's entries, shape (outputs, outputs).
        second_order: what curvature adds to a single value's uncertainty, and by how much it moves its mean.
        simulated: what draws of the inputs gave, if any were made.
    """

    command: ClassVar[str] = "propagate"

    uncertainties: dict[str, Value]
    uncertainty: Value
    shares: dict[str, float]
    covariance: NDArray[np.float64]
    second_order: tuple[float, float] | None = None
    simulated: Simulated | None = None

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The uncertainty; then derivatives and shares, or of several values their covariance."""
        yield f"u({self.outputs.called})", self.uncertainty
        if np.ndim(self.value):
            yield "covariance", self.covariance
            return
        for label, slope in zip(self.columns, self.jacobian[0].tolist(), strict=True):
            yield derivative_name(label, of=self.outputs.called), slope
        for label, share in self.shares.items():
            yield f"share of {label}", share
        if self.simulated is not None:
            yield f"u({self.outputs.called}) of {self.simulated.draws:,} draws", self.simulated.uncertainty

    def matrix(self) -> LabelledMatrix | None:
        """Of several values the Jacobian."""
        return super(Propagation, self).matrix() if np.ndim(self.value) else None

    def remarks(self) -> Iterator[tuple[str, str]]:
        """The value with the digits that its uncertainty leaves it."""
        if not np.ndim(self.value):
            yield "result", rounded(float(self.value), float(self.uncertainty))

    def bare(self) -> list[Value]:
        """The uncertainty."""
        return [self.uncertainty]

    def document(self) -> dict[str, Any]:
        """The uncertainties, the shares and the covariance beside the matrix."""
        simulated = self.simulated
        return {
            "uncertainty": self.uncertainty,
            "uncertainties": self.uncertainties,
            "shares": self.shares,
            "covariance": self.covariance,
            "rounded": next((text for _, text in self.remarks()), None),
            "second_order": None
            if self.second_order is None
            else {"uncertainty": self.second_order[0], "shift": self.second_order[1]},
            "monte_carlo": None if simulated is None else simulated._asdict(),
            **super(Propagation, self).document(),
        }


_DIGITS = 2
"""Of an uncertainty, as the Guide to the Expression of Uncertainty in Measurement has it (7.2.6)."""


def rounded(value: float, uncertainty: float) -> str:
    """A value and its uncertainty, this to two digits and that to the same place.

    >>> rounded(9.81234, 0.0456), rounded(123456.0, 789.0), rounded(2.0, 0.0), rounded(1.5e-9, 2.4e-11)
    ('9.812 ± 0.046', '123460 ± 790', '2.0 ± 0', '(1.500 ± 0.024)e-09')
    """
    if not (np.isfinite(value) and np.isfinite(uncertainty)):
        return f"{value!r} ± {uncertainty!r}"
    if uncertainty == 0:
        return f"{value!r} ± 0"
    size = f"{uncertainty:.{_DIGITS - 1}e}"  # 0.0996 is 0.10: rounding may carry
    place = int(size.partition("e")[2]) - _DIGITS + 1
    top = int(f"{max(abs(value), uncertainty):e}".partition("e")[2])
    if top - place > _PLACES:
        return f"{value!r} ± {float(size)!r}"
    if _LEAST <= top <= _MOST and place > -_MOST:
        return f"{_at(value, place)} ± {_at(float(size), place)}"
    shifted = (float(Decimal(repr(number)).scaleb(-top)) for number in (value, float(size)))  # 1e-320 has no inverse
    return "({} ± {})e{:+03d}".format(*(_at(number, place - top) for number in shifted), top)


_PLACES = 25
"""Of a value written out; beyond these all of them would be zeros."""

_LEAST, _MOST = -5, 9
"""Powers of ten between which numbers are written without one."""


def _at(number: float, place: int) -> str:
    """A number rounded at a decimal place: -2 for hundredths, 1 for tens."""
    return f"{number:.{-place}f}" if place < 0 else f"{round(number, -place):.0f}"
