"""A program's value, read by Python and computed by NumPy and SciPy."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.reread.budget import Budget
from gradcli.reread.outside import Outside
from gradcli.reread.source import python_tree
from gradcli.reread.values import operand, plain
from gradcli.reread.walk import Change, Walk

__all__ = ["Extremes", "read_again", "shaken"]

_UNITS = 2.0**-51
"""By how much a computed number is changed, relative to itself: by the units that functions may be off by."""

_COARSE = 2.0**-40
"""The same for SciPy's functions: of a sum of large logarithms, as in betaln, so much may be left."""

_LARGE, _SMALL = 1e150, 1e-150
"""Squares of numbers beyond overflow or vanish: a formula that scales them first goes on."""


def read_again(
    text: str, values: Mapping[str, Any], seconds: float = 1.0, change: Change | None = None
) -> float | NDArray[np.float64]:
    """The value of a program by another road.

    Args:
        text: of the language, as far as Python reads it too.
        values: for each variable a number or an array.
        seconds: how long it may take.
        change: what becomes of each number that is computed.

    Raises:
        Outside: if the program is not in Python's and NumPy's common part, or takes too much.

    >>> read_again("a = [1, 2]; sum(a*x^2)", {"x": 3.0})
    27.0
    """
    budget = Budget(seconds)
    inputs = {name: _input(value) for name, value in values.items()}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = operand(Walk(inputs, budget, change).program(python_tree(text)))
        except Outside:
            raise
        except MemoryError:
            raise Outside("there is no memory to compute it again") from None
        except (ArithmeticError, TypeError, ValueError) as error:
            raise Outside(f"Python refuses it: {error}") from None
    return found.astype(np.float64) if isinstance(found, np.ndarray) else float(found)


def _input(value: Any) -> Any:
    """A variable's value: a whole number as Python would have it, but for a zero with a sign."""
    found = plain(np.asarray(value))
    if isinstance(found, float) and found.is_integer() and abs(found) <= 2.0**53 and (found or str(found) == "0.0"):
        return int(found)
    return found


def shaken(seed: int) -> Change:
    """Changes each number that may have been rounded by a few units in the last place: not whole ones.

    >>> shaken(0)(0.1, False) - 0.1, shaken(0)(3.0, False)
    (4.163336342344337e-17, 3.0)
    """
    random = np.random.default_rng(seed)

    def change(value: Any, coarse: bool) -> Any:
        if isinstance(value, tuple):
            return tuple(change(part, coarse) for part in value)
        if not _is_real(value):
            return value
        array = np.asarray(value)
        moved = array * (1 + (_COARSE if coarse else _UNITS) * random.choice([-1.0, 1.0], array.shape))
        exact = (array == np.floor(array)) & (np.abs(array) <= 2.0**53)
        return plain(np.where(exact, array, moved))

    return change


def _is_real(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


class Extremes:
    """Sees whether the numbers that are computed come near the ends of float64's range; changes nothing.

    >>> seen = Extremes()
    >>> seen(1e200, False), seen.near
    (1e+200, True)
    """

    near = False

    def __call__(self, value: Any, coarse: bool = False) -> Any:
        """Look at a value, whatever its digits."""
        del coarse
        for part in value if isinstance(value, tuple) else (value,):
            if _is_real(part):
                sizes = np.abs(np.asarray(part))
                large = np.any((sizes > _LARGE) & np.isfinite(sizes))
                self.near |= bool(large or np.any((sizes < _SMALL) & (sizes > 0)))
        return value
