"""Which numbers are finite: the question that comes before all of `gradcli.transforms.nonfinite.recompute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.tape.tensor import unwrap

if TYPE_CHECKING:
    from gradcli.engine.sweeps.structural_dependence import Mask

__all__ = ["is_finite", "not_a_number", "not_finite"]


def not_finite(value: Any) -> Mask:
    """Which entries are infinite or not a number; what is no number at all is finite."""
    array = np.asarray(unwrap(value))
    if array.dtype.kind != "f":
        return np.zeros(array.shape, dtype=bool)
    return np.asarray(~np.isfinite(array))


def not_a_number(value: Any) -> Mask:
    """Which entries are not a number."""
    array = np.asarray(unwrap(value))
    return np.asarray(np.isnan(array)) if array.dtype.kind == "f" else np.zeros(array.shape, dtype=bool)


def is_finite(*numbers: Any) -> bool:
    """Whether all entries are finite."""
    return not any(not_finite(n).any() for n in numbers)
