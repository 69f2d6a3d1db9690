"""The numeric witness: derivatives from values of the program alone, knowing neither its rules nor its formula.

Where every operation that an input reaches continues to complex numbers, by a complex step, which has no
cancellation; elsewhere by central differences, extrapolated to step zero. Second derivatives are differences of
complex steps, or differences of values in two directions.

Source: W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40
(1998) 110-112.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.address import EntryAddress, Input
from gradcli.lang import Program
from gradcli.transforms.program.numpy_eval import NotAnalytic, numpy_eval
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.base import Derived, column
from gradcli.transforms.verify.differences import Estimate, extrapolated, noise_of, scale_of, slope

__all__ = ["COMPLEX", "DIFFERENCES", "LATE", "Numeric", "numeric"]

Array: TypeAlias = NDArray[Any]

COMPLEX, DIFFERENCES = "complex step", "differences"
LATE = "not reached in time"

_STEPS = (2.0**-70, 2.0**-84)
_WIDE = 2.0**-24
_SAME = 2.0**-30
_EPS = 2.0**-52


class Numeric(NamedTuple):
    """A derivative entry from values.

    Attributes:
        value: the number, None where there is none.
        error: how far off it may be.
        method: how it was made, or why it was not.
        kink: whether the slopes of both sides differ.
    """

    value: float | None
    error: float
    method: str
    kink: bool = False


class _Late(Exception):
    """The time is over."""


def numeric(
    result: Derived, addresses: Sequence[EntryAddress], deadline: float = float("inf"), *, continued: bool = True
) -> dict[EntryAddress, Numeric]:
    """The numeric witness's derivative for each address; what the deadline does not leave time for says so.

    Args:
        result: whose program, inputs and seed are used, and none of its derivatives.
        addresses: the entries asked for.
        deadline: on the clock of `time.monotonic`.
        continued: whether complex steps are taken where they can be. They do not see a kink at the point itself.

    >>> from gradcli.transforms.verify.check import picked
    >>> from gradcli.transforms.operators.grad import grad
    >>> found = grad("exp(x)*abs(y)", {"x": 1.0, "y": 2.0})
    >>> [(n.method, round(n.value, 9)) for n in numeric(found, picked(found, 10)).values()]
    [('complex step', 5.436563657), ('differences', 2.718281828)]
    """
    work = _Work(result, deadline, continued)
    found = dict.fromkeys(addresses, Numeric(None, np.nan, LATE))
    try:
        with np.errstate(all="ignore"):
            for address in _scattered(addresses):
                found[address] = work.entry(address)
    except _Late:
        pass
    return found


def _scattered(addresses: Sequence[EntryAddress]) -> list[EntryAddress]:
    """In an order of which every beginning is spread over the whole: that of the reversed bits of the positions."""
    bits = max(len(addresses) - 1, 0).bit_length()
    return [addresses[i] for i in sorted(range(len(addresses)), key=lambda i: f"{i:0{bits}b}"[::-1])]


class _Work:
    """What the entries of one result share: each input's derivatives, for all outputs at once."""

    def __init__(self, result: Derived, deadline: float, continued: bool) -> None:
        prepared = prepare(result.expression, result.inputs)
        self._program: Program = prepared.program
        self._values: dict[str, Any] = {k: v if v.ndim else v[()] for k, v in prepared.values.items()}
        self._result = result
        self._deadline = deadline
        self._continued = continued
        self._first: dict[Input, tuple[Estimate, str]] = {}
        self._second: dict[tuple[Input, ...], Numeric] = {}

    def entry(self, address: EntryAddress) -> Numeric:
        """One entry."""
        if address.order == 2:
            first, second = sorted(address.by, key=lambda by: column(self._result.inputs, self._result.wrt(), by))
            if (first, second) not in self._second:
                self._second[first, second] = self._twice(first, second)
            return self._second[first, second]
        (where,) = address.by
        if where not in self._first:
            self._first[where] = self._once(where)
        estimate, method = self._first[where]
        return _numeric(estimate, address.output, method)

    def _value(self, moved: Mapping[Input, complex]) -> Array:
        """The outputs with some inputs moved."""
        if time.monotonic() > self._deadline:
            raise _Late
        values = dict(self._values)
        for (name, entry), step in moved.items():
            there = np.array(values[name], dtype=np.result_type(values[name], type(step)))
            there.flat[entry] += step
            values[name] = there if there.ndim else there[()]
        return self._outputs(numpy_eval(self._program, values))

    def _outputs(self, found: Array) -> Array:
        """The numbers that are differentiated; NaN where a step has changed how many there are, as a mask may."""
        seed = self._result.weights()
        if found.size != np.size(self._result.value):
            return np.full(np.size(self._result.value) if seed is None else 1, np.nan)
        return found if seed is None else np.array([np.sum(np.ravel(seed) * found)])

    def _at(self, where: Input) -> float:
        return float(np.ravel(self._values[where[0]])[where[1]])

    def _once(self, where: Input) -> tuple[Estimate, str]:
        try:
            estimate = self._complex(where, {})
            here = abs(self._at(where)) or 1.0
            noise = noise_of(lambda t: self._stepped(where, {where: t}, _STEPS[0])[1], *{_WIDE, _WIDE * here})
            return estimate._replace(error=estimate.error + 3 * noise), COMPLEX
        except NotAnalytic:
            return slope(lambda t: self._value({where: t}), self._at(where)), DIFFERENCES

    def _complex(self, where: Input, moved: Mapping[Input, float]) -> Estimate:
        """The derivative by one input at the point that others (or this one) have been moved to.

        Raises:
            NotAnalytic: where the continuation has another value than the program, or another slope with another step.
        """
        if not self._continued:
            raise NotAnalytic("there may be a kink")
        here = self._value(moved)
        slopes = []
        for step in _STEPS:
            there, found = self._stepped(where, moved, step)
            if not np.all(np.abs(there - here) <= _SAME * np.abs(here)):
                raise NotAnalytic("the continuation has another value")
            slopes.append(found)
        error = np.abs(slopes[0] - slopes[1]) + 4 * _EPS * np.abs(slopes[0])
        if not np.all(error <= _SAME * np.abs(slopes[0])):
            raise NotAnalytic("the slope depends on the step")
        return Estimate(slopes[0], error, np.zeros(error.shape, dtype=bool))

    def _stepped(self, where: Input, moved: Mapping[Input, float], step: float) -> tuple[Array, Array]:
        """The continuation's real part and slope after one complex step."""
        width = step * (abs(self._at(where)) or 1.0)
        shifted = self._value({**moved, where: moved.get(where, 0.0) + 1j * width})
        return shifted.real, shifted.imag / width

    def _twice(self, row: Input, by: Input) -> Numeric:
        try:
            self._complex(by, {})
            estimate = slope(lambda t: self._complex(by, {row: t}).value, self._at(row))
            return _numeric(estimate, 0, f"{DIFFERENCES} of {COMPLEX}s")
        except NotAnalytic:
            return _numeric(self._mixed(row, by), 0, f"second {DIFFERENCES}")

    def _mixed(self, row: Input, by: Input) -> Estimate:
        """Second differences in one or two directions, whose error has even powers of the step too."""
        scales = [scale_of(self._at(where)) for where in (row, by)]
        noise = 3 * np.fmax(
            noise_of(lambda t: self._value({row: t * scales[0]}), 2.0**-44),
            noise_of(lambda t: self._value({by: t * scales[1]}), 2.0**-44),
        )
        here = self._value({})

        def difference(step: float) -> tuple[Array, Array, Array]:
            a, b = (step * scale for scale in scales)
            if row == by:
                found = (self._value({row: a}) - 2 * here + self._value({row: -a})) / a**2
            else:
                near = self._value({row: a, by: b}) + self._value({row: -a, by: -b})
                far = self._value({row: a, by: -b}) + self._value({row: -a, by: b})
                found = (near - far) / (4 * a * b)
            return found, np.zeros(found.shape), 2 * noise / (a * b)

        return extrapolated(difference, 0.25, 2.0**-26)


def _numeric(estimate: Estimate, output: int, method: str) -> Numeric:
    if output >= estimate.value.size:
        return Numeric(None, np.nan, "the value has no such entry near the point")
    value, error = float(estimate.value[output]), float(estimate.error[output])
    if bool(estimate.kink[output]):
        return Numeric(None, np.nan, "the slopes of both sides differ", True)
    if not np.isfinite(value) or not np.isfinite(error):
        return Numeric(None, np.nan, "the values are not finite near the point")
    return Numeric(value, error, method)
