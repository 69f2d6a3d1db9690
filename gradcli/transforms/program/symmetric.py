"""Variables that are symmetric matrices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from gradcli.errors import NameProblem, ShapeProblem, UsageProblem, suggest
from gradcli.lang import parse, variables

__all__ = ["check_symmetric", "check_symmetric_values", "made_symmetric"]


def made_symmetric(text: str, names: Collection[str]) -> str:
    """A program that takes the symmetric part of some of its variables first.

    Its gradient by one of them is (G + G.T)/2 with the gradient G on all matrices: the one on the symmetric matrices.

    >>> made_symmetric("x@A@x", ["A"])
    'A = (A + A.T)/2; x@A@x'
    """
    used = variables(parse(text))
    return "".join(f"{name} = ({name} + {name}.T)/2; " for name in names if name in used) + text


def check_symmetric(names: Iterable[str], shapes: Mapping[str, tuple[int | str, ...]]) -> None:
    """Refuse a symmetric matrix that is none.

    Raises:
        NameProblem, ShapeProblem: if there is no such variable, or it is no square matrix.

    >>> check_symmetric(["A"], {"A": ("n", "n")})
    """
    for name in names:
        if name not in shapes:
            near = suggest(name, list(shapes))
            hint = f"did you mean '{near}'?" if near else ""
            raise NameProblem(f"the expression has no variable '{name}'", hint=hint)
        shape = shapes[name]
        if len(shape) != 2 or shape[0] != shape[1]:
            told = ",".join(map(str, shape)) or "of a number"
            raise ShapeProblem(
                f"a symmetric matrix is square, and '{name}' has the shape {told}", hint=f"such as --shape {name}=n,n"
            )


def check_symmetric_values(names: Iterable[str], values: Mapping[str, Any]) -> None:
    """Refuse the value of a symmetric matrix that is not.

    Raises:
        UsageProblem: if there is one.

    >>> check_symmetric_values(["A"], {"A": [[1.0, 2.0], [2.0, 5.0]]})
    """
    for name in names:
        if name in values:
            value = np.asarray(values[name])
            if value.ndim == 2 and not np.array_equal(value, value.T):
                raise UsageProblem(f"'{name}' is said to be symmetric, and its value is not", hint="(A + A.T)/2 is")
