"""What a person calls the entries of an array, and derivatives."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple, SupportsIndex

import numpy as np

__all__ = ["Outputs", "derivative_name", "label_of", "labels", "nth_name"]


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


class Outputs(NamedTuple):
    """What a program calls its value, and the parts of it that have names of their own.

    Attributes:
        called: the value as a whole: f, or another name where a variable is called f.
        names: of each part in C order, None for one without a name; () where no part has one.
        depth: how many axes of the value the parts lie along.
    """

    called: str = "f"
    names: tuple[str | None, ...] = ()
    depth: int = 0

    def label(self, shape: tuple[int, ...], position: int) -> str:
        """What the entry at a position of the value is called.

        >>> Outputs("f", ("u", None), 1).label((2, 3), 2), Outputs("f", ("u", None), 1).label((2, 3), 3)
        ('u[2]', 'f[1,0]')
        """
        if self.names:
            inner = shape[self.depth :]
            part, within = divmod(position, max(prod(inner), 1))
            name = self.names[part]
            if name is not None:
                return label_of(name, inner, within)
        return label_of(self.called, shape, position)

    def labels(self, shape: tuple[int, ...]) -> list[str]:
        """What each entry of the value is called, in C order.

        >>> Outputs("f", ("u", "v"), 1).labels((2,)), Outputs().labels((2,))
        (['u', 'v'], ['f[0]', 'f[1]'])
        """
        if not self.names:
            return labels(self.called, shape)
        return [self.label(shape, position) for position in range(prod(shape))]


def derivative_name(name: str, seeded: bool = False, of: str = "f") -> str:
    """What a gradient is called: with a seed it is the derivative of the weighted sum.

    >>> derivative_name("x"), derivative_name("x", seeded=True)
    ('df/dx', 'd(sum(seed*f))/dx')
    """
    return f"d(sum(seed*{of}))/d{name}" if seeded else f"d{of}/d{name}"


def nth_name(name: str, order: int, output: str = "f") -> str:
    """What a derivative of some order is called; a name that ends in a digit is kept apart from the order.

    >>> nth_name("x", 1), nth_name("x", 3), nth_name("x1", 2), nth_name("x", 2, "f[0]")
    ('df/dx', 'd3f/dx3', 'd2f/d(x1)2', 'd2f[0]/dx2')
    """
    if order == 1:
        return f"d{output}/d{name}"
    variable = f"({name})" if name[-1].isdigit() else name
    return f"d{order}{output}/d{variable}{order}"
