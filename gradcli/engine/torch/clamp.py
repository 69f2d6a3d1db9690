"""`clip` with one bound or both, as functions and methods have it."""

from __future__ import annotations

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.inplace import in_place
from gradcli.engine.tape.tensor import Tensor, TensorLike

__all__ = ["clamp"]


def clamp(name: str, x: Tensor, lower: TensorLike, upper: TensorLike) -> Tensor:
    """`clip` with one bound or both, as the method `name`."""
    kind = x.array.dtype
    low, high = (-np.inf, np.inf) if kind.kind not in "iu" else (np.iinfo(kind).min, np.iinfo(kind).max)
    bounds = (low if lower is None else lower, high if upper is None else upper)
    return in_place(x, "clip", *bounds) if name.endswith("_") else call("clip", x, *bounds)
