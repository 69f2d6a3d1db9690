"""Variables that stand where a whole number must, as the numbers that they are given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from gradcli.lang import Program, parse

__all__ = ["with_fixed"]


def with_fixed(program: Program, values: Mapping[str, Any], names: Collection[str]) -> Program:
    """The program with some of its variables assigned their values: a formula holds for one place in an array.

    Args:
        program: with variables that are indices, axes or sizes.
        values: of those, whole numbers or arrays of them.
        names: the variables.

    >>> with_fixed(parse("z[label]**2"), {"label": 1.0}, ["label"]).source
    'label = 1; z[label]**2'
    """
    fixed = [f"{name} = {np.asarray(values[name]).astype(int).tolist()}; " for name in values if name in names]
    return parse("".join(fixed) + program.source) if fixed else program
