"""Rounding in a derivative's series, which leaves no tape: how far the numbers move when others move by a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gradcli.address import EntryAddress
from gradcli.lang import parse, unroll, variables
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.program.variables import mentions_derivatives
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.tolerances import UNIT_ROUNDOFF
from gradcli.transforms.verify.moving import moved

__all__ = ["by_moving", "nearby_series"]

_STEPS = (2.0**-46, -(2.0**-46), 2.0**-44, -(2.0**-44))
"""Relative moves of the inputs: far above a unit in the last place (2**-52), so that the number moves smoothly, and far
below what changes the derivative in its leading digits."""

_SIGNS = 2
"""With so many choices of signs every operation's value is moved, too."""

_PER_ORDER = 64
"""Rounding inside a series counts as so many units of the inputs for each order: tens of operations a coefficient."""


def nearby_series(result: Derivative) -> Iterator[tuple[float, Derivative]]:
    """The result with its inputs moved together, and with the value of each operation moved by itself; by how much."""
    still = prepare(result.expression, result.inputs).positions  # an index stays a whole number
    for step in _STEPS:
        inputs = {
            name: value if name in still or np.asarray(value).dtype == bool else value * (1 + step)
            for name, value in result.inputs.items()
        }
        yield abs(step), derivative(result.expression, inputs, result.order, result.variable)
    lengths = {name: np.shape(value)[0] for name, value in result.inputs.items() if np.ndim(value)}
    text = result.expression
    if mentions_derivatives(text):
        from gradcli.transforms.program.derivatives import as_formulas  # few programs hold derivatives

        text = as_formulas(text, result.inputs)
    program = unroll(parse(text), lengths.get)
    for seed in range(_SIGNS):
        program_there = moved(program, _STEPS[0], seed)
        used = variables(program_there)  # an unrolled loop over an array's length has no name of the array
        inputs = {name: value for name, value in result.inputs.items() if name in used}
        yield _STEPS[0], derivative(program_there, inputs, result.order, result.variable)


def by_moving(result: Derived, address: EntryAddress, others: Sequence[tuple[float, Derived]]) -> float:
    """For a Taylor series, which leaves no tape: how far the number moves when others move by some 2**-45.

    Rounding inside the series is some tens of units of the same kind; it is estimated and not bounded. Where that is
    not enough, a low order has the bound of the same derivative by reverse mode, in which the same terms cancel.
    """
    here = result.number(address)
    away = [abs(there.number(address) - here) * UNIT_ROUNDOFF / step for step, there in others]
    return _PER_ORDER * max(address.order, 1) * max(UNIT_ROUNDOFF * abs(here), *filter(np.isfinite, away))
