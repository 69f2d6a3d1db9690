"""Polynomials about a point as text that reads back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["linear_text", "number_text", "polynomial_text"]

_WHOLE = 2**53
"""Below it whole numbers are exact."""

_SAME = 2.0**-40
"""How far a computed coefficient may be from the exact one, relatively: derivatives of order n lose some n units."""


_DIGITS = 30
"""Of a fraction that is written out. A decimal number, which as a float64 is one over a power of 2, has more."""


def number_text(number: float) -> str:
    """A number that reads back to the same float64; whole numbers without a point.

    >>> number_text(2.0), number_text(-0.1), number_text(1e300)
    ('2', '-0.1', '1e+300')
    """
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(float(number))


def polynomial_text(
    terms: Sequence[tuple[Mapping[str, int], Any]],
    point: Mapping[str, float],
    exact: Sequence[Sequence[Fraction | None]] = (),
) -> str:
    """The Taylor polynomial of some derivatives; of several outputs an array of polynomials.

    Args:
        terms: for each derivative how often it is by each variable, and its number or array.
        point: where they were taken.
        exact: for each term the coefficient of each output, where it is known to be a rational number.

    >>> polynomial_text([({}, 1.0), ({"x": 1}, -2.0), ({"x": 2}, 0.5), ({"x": 3}, 1.0)], {"x": 0.0})
    '1 - 2*x + 0.25*x**2 + x**3/6'
    >>> polynomial_text([({}, np.array([0.0, 2.0])), ({"x": 1}, np.array([1.0, 0.0]))], {"x": -1.0})
    '[x + 1, 2]'
    >>> polynomial_text([({"x": 2}, 0.6666666666666665)], {"x": 0.0}, [[Fraction(1, 3)]])
    'x**2/3'
    """

    def entry(place: int) -> str:
        parts = []
        for position, (orders, number) in enumerate(terms):
            known = exact[position][place] if position < len(exact) and place < len(exact[position]) else None
            parts.append(_term(orders, float(np.ravel(number)[place]), point, known))
        return _sum([part for part in parts if part])

    return _each(np.shape(terms[0][1]), entry)


def linear_text(value: Any, slopes: Mapping[str, Any], point: Mapping[str, Any]) -> str:
    """The tangent to a value; an array's part of it is the sum of its entries' parts.

    Args:
        value: at the point.
        slopes: by each variable, of shape value.shape + variable.shape.
        point: the values of the variables.

    >>> linear_text(3.0, {"x": 2.0}, {"x": 1.0})
    '3 + 2*(x - 1)'
    >>> linear_text(5.0, {"x": np.array([2.0, 4.0])}, {"x": np.array([1.0, 2.0])})
    '5 + sum([2, 4]*(x - [1, 2]))'
    """
    shape, size = np.shape(value), int(np.size(value))

    def entry(place: int) -> str:
        parts = [part for part in (_term({}, float(np.ravel(value)[place]), {}),) if part]
        for name, slope in slopes.items():
            own = np.reshape(slope, (size, *np.shape(point[name])))[place]
            if not np.ndim(point[name]):
                part = _term({name: 1}, float(own), {name: float(np.asarray(point[name]))})
                parts += [part] if part else []
            elif np.any(own):
                moved = name if not np.any(point[name]) else f"({name} - {_array_text(np.asarray(point[name]))})"
                parts.append(f"sum({_array_text(own)}*{moved})")
        return _sum(parts)

    return _each(shape, entry)


def _each(shape: tuple[int, ...], entry: Callable[[int], str]) -> str:
    """The texts of all entries as nested lists."""
    texts = [entry(place) for place in range(math.prod(shape))]
    for size in reversed(shape):
        texts = [f"[{', '.join(texts[i : i + size])}]" for i in range(0, len(texts), size)] if size else ["[]"]
    return texts[0]


def _array_text(array: Any) -> str:
    return _each(np.shape(array), lambda place: number_text(float(np.ravel(array)[place])))


def _term(
    orders: Mapping[str, int], derivative: float, point: Mapping[str, float], exact: Fraction | None = None
) -> str:
    """A derivative's term, "" where it is 0: a whole number over factorials is a fraction, and stays exact."""
    if derivative == 0:
        return ""
    factorial = math.prod(math.factorial(order) for order in orders.values())
    factors = [_power(name, point[name], order) for name, order in orders.items() if order]
    share = _share(derivative, factorial, exact)
    if share is None:
        head, below = number_text(derivative / factorial), 1
    else:
        head, below = str(share.numerator), share.denominator
    sign, head = ("-", head[1:]) if head.startswith("-") else ("", head)
    if factors and head == "1":
        head = ""
    return f"{sign}{'*'.join(filter(None, [head, *factors]))}{f'/{below}' if below != 1 else ''}"


def _share(derivative: float, factorial: int, exact: Fraction | None) -> Fraction | None:
    """A coefficient as a fraction: of a whole derivative, or the exact one where that is short; None for a decimal."""
    if exact is not None and abs(Fraction(derivative) - exact * factorial) <= _SAME * abs(exact * factorial):
        whole = (exact * factorial).denominator == 1 and abs(exact * factorial) < _WHOLE
        digits = len(f"{exact.numerator}{exact.denominator}")
        return exact if whole or digits <= _DIGITS else None
    if derivative.is_integer() and abs(derivative) < _WHOLE:
        return Fraction(int(derivative), factorial)
    return None


def _power(name: str, point: float, order: int) -> str:
    text = number_text(point)
    step = name if point == 0 else f"({name} + {text[1:]})" if text.startswith("-") else f"({name} - {text})"
    return step if order == 1 else f"{step}**{order}"


def _sum(parts: Sequence[str]) -> str:
    if not parts:
        return "0"
    first, *others = parts
    if first.startswith("(") and first.endswith(")") and first.count("(") == 1:  # x - 1 begins a sum as it is
        first = first[1:-1]
    return first + "".join(f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in others)
