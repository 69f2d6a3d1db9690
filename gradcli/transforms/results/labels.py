"""What a person calls the entries of an array, and derivatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsIndex

import numpy as np

__all__ = ["derivative_name", "label_of", "labels", "nth_name"]


def labels(name: str, shape: tuple[int, ...]) -> list[str]:
    """A label for each entry in C order.

    >>> labels("x", (2,)), labels("x", ())
    (['x[0]', 'x[1]'], ['x'])
    """
    if not shape:
        return [name]
    return [_indexed(name, index) for index in np.ndindex(*shape)]


def label_of(name: str, shape: tuple[int, ...], entry: int) -> str:
    """The label of one entry: of a large array all of them take seconds.

    >>> label_of("x", (2, 3), 4)
    'x[1,1]'
    """
    return _indexed(name, np.unravel_index(entry, shape)) if shape else name


def _indexed(name: str, index: Iterable[SupportsIndex]) -> str:
    return f"{name}[{','.join(map(str, index))}]"


def derivative_name(name: str, seeded: bool = False) -> str:
    """What a gradient is called: with a seed it is the derivative of the weighted sum.

    >>> derivative_name("x"), derivative_name("x", seeded=True)
    ('df/dx', 'd(sum(seed*f))/dx')
    """
    return f"d(sum(seed*f))/d{name}" if seeded else f"df/d{name}"


def nth_name(name: str, order: int, output: str = "f") -> str:
    """What a derivative of some order is called; a name that ends in a digit is kept apart from the order.

    >>> nth_name("x", 1), nth_name("x", 3), nth_name("x1", 2), nth_name("x", 2, "f[0]")
    ('df/dx', 'd3f/dx3', 'd2f/d(x1)2', 'd2f[0]/dx2')
    """
    if order == 1:
        return f"d{output}/d{name}"
    variable = f"({name})" if name[-1].isdigit() else name
    return f"d{order}{output}/d{variable}{order}"
