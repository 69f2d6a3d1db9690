"""Functions of large arguments: with all the bits that reducing them takes, or not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp

from gradcli.lang import parse
from gradcli.onesided.budget import Budget, TooMuchWork
from gradcli.onesided.coefficients import as_mpf
from gradcli.onesided.interpret import one_sided_series
from gradcli.ops.calls.resolve import resolve

_BITS = 6000

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "sec": mp.sec,
    "csc": mp.csc,
    "cot": mp.cot,
    "sinc": mp.sincpi,
    "floor": mp.floor,
    "frac": lambda x: x - mp.floor(x),
}
"""By a text with one argument; their values need its bits behind the binary point."""


def _constant(text: str, x: float) -> Any:
    """The first coefficient of a program's series; None where it is not known."""
    program = resolve(parse(text))
    found = one_sided_series(program, {"x": np.float64(x)}, {"x": np.float64(1.0)}, budget=Budget(60_000))[()]
    return None if found.failure else as_mpf(found.constant_term)


@pytest.mark.parametrize("size", [1e10, 1e60, 1e90, 1e100, 1e200, 1e300])
@pytest.mark.parametrize("inner", ["sqrt(2*x)*{size}", "x*{size}/3", "pi*(x*{size})**2"])
@pytest.mark.parametrize("name", [*_FUNCTIONS, "exp"])
def test_what_reduces_its_argument_knows_it(name: str, inner: str, size: float) -> None:
    at = inner.format(size=repr(size))
    call = f"x*({at}) % 1" if name == "frac" else f"exp({at} - ({at}) - 1 + x)" if name == "exp" else f"{name}({at})"
    found = _constant(call, 1.0)
    if name == "exp":
        assert found is None or abs(found - 1) < mp.mpf(2) ** -60
        return
    with mp.workprec(_BITS):
        given = mp.mpf(size)
        point = {"s": mp.sqrt(2) * given, "x": given / 3, "p": mp.mpf(np.pi) * given**2}[inner[0]]
        right = _FUNCTIONS[name](point)
        assert found is None or abs(found - right) <= abs(right) * mp.mpf(2) ** -50, (call, mp.nstr(right, 20))
    if size < 1e200 and name != "sinc":
        assert found is not None


@pytest.mark.parametrize("name", ["fresnel_c", "fresnel_s"])
@pytest.mark.parametrize("size", [1e80, 1e160, 1e200, 1e300])
def test_slopes_of_fresnel_integrals_far_out(name: str, size: float) -> None:
    """They are cos and sin of pi*x**2/2, of which a whole x that is a multiple of two makes 1 and 0."""
    program = resolve(parse(f"{name}(x)"))
    try:
        found = one_sided_series(program, {"x": np.float64(size)}, {"x": np.float64(1.0)}, budget=Budget(60_000))[()]
    except TooMuchWork:
        return
    if not found.failure:
        assert abs(as_mpf(found.at((1, 0))) - (name == "fresnel_c")) < mp.mpf(2) ** -60


def test_what_tends_to_a_constant_takes_any_large_argument() -> None:
    for text in ("atan(exp(5000*x))", "asinh(exp(5000*x))"):
        assert _constant(text, 1.0) is not None
