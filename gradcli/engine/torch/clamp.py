"""`clip` with one bound or both, as functions and methods have it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.inplace import in_place
from gradcli.engine.tape.tensor import Tensor, TensorLike

__all__ = ["clamp"]


_WHOLE = [np.dtype(name) for name in ("int8", "int16", "int32", "int64", "uint8")]
_LOWEST: dict[Any, Any] = {np.dtype(np.bool_): False} | {kind: np.iinfo(kind).min for kind in _WHOLE}
_HIGHEST: dict[Any, Any] = {np.dtype(np.bool_): True} | {kind: np.iinfo(kind).max for kind in _WHOLE}


def clamp(name: str, x: Tensor, lower: TensorLike, upper: TensorLike) -> Tensor:
    """`clip` with one bound or both, as the method `name`."""
    kind = x.array.dtype
    if kind == np.bool_ and not all(_is_truth(bound) for bound in (lower, upper)):
        kind = np.dtype(np.int64)  # beside whole numbers a truth value is one of them
    bounds = (
        _LOWEST.get(kind, -np.inf) if lower is None else lower,
        _HIGHEST.get(kind, np.inf) if upper is None else upper,
    )
    return in_place(x, "clip", *bounds) if name.endswith("_") else call("clip", x, *bounds)


def _is_truth(bound: TensorLike) -> bool:
    """Whether a bound is a truth value, or is not given."""
    return bound is None or np.asarray(getattr(bound, "array", bound)).dtype == np.bool_
