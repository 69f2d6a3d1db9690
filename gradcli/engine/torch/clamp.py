"""`clip` with one bound or both, as functions and methods have it."""

from __future__ import annotations

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.inplace import in_place
from gradcli.engine.tape.tensor import Tensor, TensorLike

__all__ = ["clamp"]


def clamp(name: str, x: Tensor, lower: TensorLike, upper: TensorLike) -> Tensor:
    """`clip` with one bound or both, as the method `name`."""
    operation = "clip"
    bounds: tuple[TensorLike, ...] = (-np.inf if lower is None else lower, np.inf if upper is None else upper)
    if upper is None and isinstance(lower, Tensor):
        operation, bounds = "maximum", (lower,)
    elif lower is None and isinstance(upper, Tensor):
        operation, bounds = "minimum", (upper,)
    return in_place(x, operation, *bounds) if name.endswith("_") else call(operation, x, *bounds)
