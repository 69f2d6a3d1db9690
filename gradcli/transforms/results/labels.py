"""What a person calls the entries of an array."""

from __future__ import annotations

import numpy as np

__all__ = ["labels"]


def labels(name: str, shape: tuple[int, ...]) -> list[str]:
    """A label for each entry in C order.

    >>> labels("x", (2,)), labels("x", ())
    (['x[0]', 'x[1]'], ['x'])
    """
    if not shape:
        return [name]
    return [f"{name}[{','.join(map(str, index))}]" for index in np.ndindex(*shape)]
