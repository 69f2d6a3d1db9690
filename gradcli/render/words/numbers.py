"""Numbers as text: exact where they are shown, rounded only in a summary of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.value import Value, Whole

__all__ = ["brief", "exact", "is_finite", "nested", "one_hot", "rounded_text", "spellers", "summary"]


_DIGITS = 6
"""Significant digits of what is rounded: what a person reads at a glance, and float32 has."""

_ENTRY = 5
"""Characters that an entry of an array takes at least, with what stands before the next."""


def exact(value: Value | Whole) -> str:
    """The shortest text that reads back to the same float64, for arrays as nested lists; whole numbers have no point.

    >>> exact(0.1), exact(-0.0), exact(np.array([[1.0, np.nan], [1e-300, np.inf]])), exact(2)
    ('0.1', '-0.0', '[[1.0, nan], [1e-300, inf]]', '2')
    """
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    return repr(value) if type(value) is int else repr(float(value))


def rounded_text(number: float) -> str:
    """A number to six significant digits, exact where it has no more.

    >>> rounded_text(2 / 3), rounded_text(-1.5), rounded_text(1234567.0), rounded_text(1e-300)
    ('0.666667', '-1.5', '1.23457e+06', '1e-300')
    """
    short = f"{number:.{_DIGITS}g}"
    if float(short) == number:
        return exact(number)
    return f"{short}.0" if short.lstrip("-").isdigit() and len(short.lstrip("-")) < _DIGITS else short


def summary(array: NDArray[np.float64] | NDArray[np.int64], unicode: bool = True) -> str:
    """An array's shape and range, to four digits.

    >>> summary(np.linspace(-2.1, 3.4, 3000).reshape(1000, 3)), summary(np.ones(7), unicode=False)
    ('<1000×3, -2.1 … 3.4>', '<7 entries, all 1>')
    """
    times, dots = ("×", "…") if unicode else ("x", "..")
    shape = times.join(map(str, array.shape)) if array.ndim > 1 else f"{array.size} entries"
    if array.size == 0:
        return f"<{shape}, empty>" if array.ndim > 1 else "<empty>"
    finite = array[np.isfinite(array)]
    strange = array.size - finite.size
    if finite.size == 0:
        return f"<{shape}, none finite>"
    low, high = f"{finite.min():.4g}", f"{finite.max():.4g}"
    if strange:
        return f"<{shape}, {low} {dots} {high}, {strange} not finite>"
    return f"<{shape}, all {low}>" if finite.min() == finite.max() else f"<{shape}, {low} {dots} {high}>"


def brief(value: Value | Whole, limit: int = 40, unicode: bool = True) -> str:
    """The exact text where it is short; of an array else its entries rounded, or where they are many a summary.

    >>> brief(np.array([1.0, 2.0])), brief(np.array([1 / 3, 2 / 3]), 30), brief(np.zeros((100, 3)))
    ('[1.0, 2.0]', '[0.333333, 0.666667]', '<100×3, all 0>')
    """
    if not isinstance(value, np.ndarray):
        return exact(value)
    if value.size <= limit // _ENTRY + 1:
        for spell in spellers(value, exact):
            text = nested(value, spell)
            if len(text) <= limit:
                return text
    return summary(value, unicode)


def spellers(array: NDArray[np.float64] | NDArray[np.int64], first: Callable[[Any], str]) -> list[Callable[[Any], str]]:
    """How the entries of an array are written, and how where that is too long; whole numbers are never rounded."""
    return [str] if array.dtype.kind == "i" else [first, rounded_text]


def nested(array: NDArray[np.float64] | NDArray[np.int64], spell: Callable[[Any], str]) -> str:
    """Entries in brackets, a pair for each axis.

    >>> nested(np.array([[1.0, 2.5], [0.0, -1.0]]), rounded_text)
    '[[1.0, 2.5], [0.0, -1.0]]'
    """
    texts = [spell(entry) for entry in array.ravel().tolist()]
    for size in reversed(array.shape):
        texts = [f"[{', '.join(texts[i : i + size])}]" for i in range(0, len(texts), size)] if size else ["[]"]
    return texts[0]


def is_finite(value: Value) -> bool:
    """Whether every entry is a finite number."""
    return bool(np.isfinite(value).all())


def one_hot(shape: tuple[int, ...], position: int) -> Value:
    """The seed that is one at a position, counted in C order, and zero elsewhere.

    >>> one_hot((2, 2), 1)
    array([[0., 1.],
           [0., 0.]])
    """
    seed = np.zeros(shape)
    seed.flat[position] = 1.0
    return seed if shape else 1.0
